/* The default recipe: see vector_recipe.h. A new number needs a row in vector_run.c as well. */
#include "gan/vector_recipe.h"

const struct cg_vector_recipe CG_VECTOR_RECIPE_DEFAULT = {
    .batch = 128,
    .d_steps = 1,
    .objective = CG_GAN_NON_SATURATING,
    .r1 = 0.2f,
    .rule = CG_UPDATE_ADAM,
    .generator_rate = 2e-4f,
    .discriminator_rate = 2e-4f,
    .beta1 = 0.5f,
    .beta2 = 0.99f,
    .schedule = CG_SCHEDULE_ROOT,
    .hold = 20000,
    .ema = 0.999f,
    .log_steps = 100,
};
