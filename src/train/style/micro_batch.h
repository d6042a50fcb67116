/*
 * One micro-batch of a training step: a few crops, the passes over them and their losses. The
 * micro-batches of a step are independent, so threads take them in any order.
 */
#ifndef CG_TRAIN_STYLE_MICRO_BATCH_H
#define CG_TRAIN_STYLE_MICRO_BATCH_H

#include "convnet/convnet.h"
#include "nn/pass.h"
#include "nn/penalty.h"
#include "train/core/learner.h"
#include "train/data/dataset.h"
#include "train/style/losses.h"

/* Inside micro-batches: what micro_batch.c and losses.c share. */

struct cg_micro_batch {
    struct cg_recipe recipe;
    int index, crops, side;
    float fraction;
    size_t pixels; /* of all crops together */
    struct cg_losses losses;
    struct cg_crop_shift *shifts; /* of each crop from the one before it; for consistency */
    /* data: 3 floats a pixel, ink 1 */
    float *photo, *target_colour, *target_ink, *target_comic;
    float *distant, *room; /* where a target has no ink nearby (losses.h), and to work in */
    /* what the generator makes of it */
    float *colour, *logit, *ink, *comic;
    /* as critics see them: real pictures, and after these in memory the comics */
    float *real, *judged;
    /* the same for the critic of the pair: the teacher's comics beside their photos, and after
     * these the generated ones; with the luma of the photos without noise. NULL without it */
    float *pairs, *photo_luma;
    float *grad_colour, *grad_logit, *grad_comic, *grad_judged, *grad_output, *grad_logits;
    struct cg_pass *generator;
    struct cg_pass *on_both[CG_CRITIC_COUNT], *on_judged[CG_CRITIC_COUNT];
    struct cg_penalty *r1[CG_CRITIC_COUNT]; /* NULL without it */
    /* of the network of features: on each crop's comic, and on what it is compared with; NULL
     * without it */
    struct cg_conv_pass **on_comics, *on_other;
    /* for PatchNCE, else NULL: photos without noise, and what draws each crop's places */
    float *clean_photo, *feature_scratch;
    struct cg_rng *place_rngs;
};

struct cg_micro_batch;

/* index: of the micro-batch in the step; fraction: 1 / micro-batches per step; features: NULL
 * unless the recipe needs them. Errors: CG_ERR_MODEL if crops are too small for that network;
 * CG_ERR_MEMORY. */
enum cg_status cg_micro_batch_create(const struct cg_recipe *recipe, int index, float fraction,
                                     const struct cg_network *generator,
                                     struct cg_network *const critics[CG_CRITIC_COUNT],
                                     const struct cg_convnet *features, struct cg_micro_batch **out,
                                     struct cg_error *error);
void cg_micro_batch_free(struct cg_micro_batch *micro_batch);

/* Draw the step's crops and run the generator on them. Resets the losses. */
void cg_micro_batch_generate(struct cg_micro_batch *micro_batch, const struct cg_dataset *dataset,
                             uint64_t seed, uint64_t step, const struct cg_learner *generator);

/* Draw the critics' real pictures: comics, or the teacher's (for the critic of the pair always).
 * Call after generate. */
void cg_micro_batch_draw_real(struct cg_micro_batch *micro_batch, const struct cg_dataset *dataset,
                              uint64_t seed, uint64_t step);

/* Run a critic on the real and the generated pictures; add to its gradient. */
void cg_micro_batch_criticise(struct cg_micro_batch *micro_batch, enum cg_critic critic,
                              const struct cg_learner *learner);

/*
 * The generator's losses against the targets, times target_fraction, and against the critics (NULL:
 * none); adds to its gradient. Call after generate with the same parameters.
 */
void cg_micro_batch_learn(struct cg_micro_batch *micro_batch, const struct cg_learner *generator,
                          float target_fraction, const struct cg_learner *critics);

const struct cg_losses *cg_micro_batch_losses(const struct cg_micro_batch *micro_batch);

#endif
