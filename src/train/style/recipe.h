/* The hyperparameters of a training run: loss weights, learning rates, sizes of a step. */
#ifndef CG_TRAIN_STYLE_RECIPE_H
#define CG_TRAIN_STYLE_RECIPE_H

#include "base/option.h"
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
    float flat;         /* of the differences between neighbours that are there at all */
    float spurious_ink; /* of ink where the target has none nearby (losses.h) */
    float palette; /* how far the targets' colours follow the comics' (comic_palette.h), 0 to 1 */
    float perceptual; /* of how comics differ from the targets to the network of `features` */
    float patch_nce;  /* of how they differ from their photos to it, place by place (patch_nce.h) */
    float target_fraction; /* what these are multiplied by in the second stage */
    /* share of the critics' real pictures that are not comics but the teacher's, of the very
       photos whose generated comics they are judged beside: calm and true to hue where comics
       would adversarial_gradient the colours away; 1 without comics */
    float teacher_fraction;
    /* the game */
    enum cg_gan_objective objective;
    float adversarial[CG_CRITIC_COUNT];
    float r1; /* of the critics' gradient penalty (nn/penalty.h) */
    /* peak learning rates */
    float pretrain_rate, generator_rate, critic_rate;
};

/* Whether a loss looks through the network of --features. */
bool cg_recipe_needs_features(const struct cg_recipe *recipe);

/* Whether the critic takes part: that of the pair only with a weight, the others always. */
bool cg_recipe_has_critic(const struct cg_recipe *recipe, enum cg_critic critic);

extern const struct cg_recipe CG_RECIPE_DEFAULT;

/* For a new style out of a trained one, from comics: some minutes must be enough. */
extern const struct cg_recipe CG_RECIPE_RESTYLE;

/* The recipe's numbers: each is kept in run.json, and those with a name are options of comicgan
 * train. */
extern const struct cg_option CG_RECIPE_OPTIONS[];

#endif
