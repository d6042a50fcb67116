/* The hyperparameters of a training run: loss weights, learning rates, sizes of a step. */
#ifndef CG_TRAIN_STYLE_RECIPE_H
#define CG_TRAIN_STYLE_RECIPE_H

#include "nn/loss.h"
#include "train/style/critic.h"

struct cg_recipe {
    /* one step */
    int crop_px; /* side of the crops, a multiple of 4 */
    int batch;   /* crops a step */
    float noise; /* largest deviation of the noise added to photos, whose values are 0 to 1 */
    /* weight of the difference between comics of one photo, slightly moved and with other noise;
       unless 0, every second crop is the one before it, moved */
    float consistency;
    int micro_batch_crops; /* crops of a micro-batch; batch is a multiple */
    /* stages, in steps */
    uint64_t pretrain_steps;   /* on targets alone; the critics follow */
    uint64_t head_start_steps; /* of the second stage, training only the critics */
    /* weights of the losses against the targets (docs/TRAINING.md) */
    float colour, gradient, comic, ink, chroma;
    float spurious_ink; /* of ink where the target has none nearby (spurious_ink.h) */
    float palette; /* how far the targets' colours follow the comics' (comic_palette.h), 0 to 1 */
    float target_fraction; /* factor on these in the second stage */
    /* fraction of the critics' real pictures that are the teacher's, of the same photos as the
       generated comics, instead of comics: flat and true to hue where comics would shift the
       colours; 1 without comics */
    float teacher_fraction;
    /* the game */
    enum cg_gan_objective objective;
    float adversarial[CG_CRITIC_COUNT];
    /* peak learning rates */
    float pretrain_rate, generator_rate, critic_rate;
};

extern const struct cg_recipe CG_RECIPE_DEFAULT;

/* For a new style out of a trained one, from comics: some minutes must be enough. */
extern const struct cg_recipe CG_RECIPE_RESTYLE;

#endif
