/*
 * The recipes: see recipe.h; docs/TRAINING.md has the measurements behind the numbers.
 * Every number is written to a run's folder and read back from there when it is resumed, so a new
 * one needs a row in the table of run.c as well.
 */
#include "train/style/recipe.h"

const struct cg_recipe CG_RECIPE_DEFAULT = {
    .crop_px = 128,
    .batch = 8,
    .noise = 0.02f,
    .micro_batch_crops = 2,
    .pretrain_steps = 20000,
    .head_start_steps = 300,
    .colour = 1.0f,
    .gradient = 1.0f,
    .comic = 1.0f,
    .ink = 0.3f,
    .chroma = 1.0f,
    .palette = 0.8f,
    .target_fraction = 0.5f,
    .teacher_fraction = 0.0f,
    .objective = CG_GAN_HINGE,
    .adversarial = {[CG_CRITIC_LINE] = 0.1f, [CG_CRITIC_COLOUR] = 0.02f},
    .pretrain_rate = 1.5e-3f,
    .generator_rate = 4e-4f,
    .critic_rate = 1e-3f,
};

/* What `oz`, `pen`, `pepper` and `nursery` were made by, but for details. */
const struct cg_recipe CG_RECIPE_RESTYLE = {
    .crop_px = 128,
    .batch = 8,
    .noise = 0.02f,
    .micro_batch_crops = 2,
    .pretrain_steps = 0,
    .head_start_steps = 150,
    .colour = 1.0f,
    .gradient = 4.0f,
    .comic = 1.0f,
    .ink = 0.3f,
    .chroma = 1.0f,
    .spurious_ink = 1.0f,
    .palette = 1.0f,
    .target_fraction = 1.0f,
    .teacher_fraction = 0.3f,
    .objective = CG_GAN_HINGE,
    .adversarial = {[CG_CRITIC_LINE] = 0.08f, [CG_CRITIC_COLOUR] = 0.04f},
    .pretrain_rate = 1.5e-3f,
    .generator_rate = 4e-4f,
    .critic_rate = 1e-3f,
};
