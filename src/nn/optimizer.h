/* Initialisation, update rules and averages. All are elementwise, so callers may process ranges. */
#ifndef CG_NN_OPTIMIZER_H
#define CG_NN_OPTIMIZER_H

#include "base/rng.h"
#include "nn/network.h"

/*
 * Weights uniform with deviation gain * sqrt(2 / in) (He et al. 2015), biases 0. A linear layer
 * that a sum reads as its first term starts at a tenth of that, so that residual blocks begin near
 * the identity. Draws from streams of seed alone.
 */
void cg_parameters_init(const struct cg_network *network, uint64_t seed, float *parameters);

struct cg_adam {
    float learning_rate, beta1, beta2, epsilon;
};

/*
 * One step of Adam (Kingma and Ba 2015, algorithm 1) on count values; step counts from 1.
 * first, second: the moments, updated in place, 0 at the start.
 */
void cg_adam_step(const struct cg_adam *adam, uint64_t step, float *parameters,
                  const float *gradient, float *first, float *second, size_t count);

/* Update rules; all take their hyperparameters from struct cg_adam. */
enum cg_update_rule {
    CG_UPDATE_ADAM,
    CG_UPDATE_RMSPROP, /* Tieleman and Hinton 2012: second = beta2 second + (1 - beta2) g^2,
                          p -= rate g / (sqrt(second) + epsilon) */
    CG_UPDATE_SGD      /* with momentum: first = beta1 first + g, p -= rate first */
};
void cg_update_step(enum cg_update_rule rule, const struct cg_adam *numbers, uint64_t step,
                    float *parameters, const float *gradient, float *first, float *second,
                    size_t count);

/* average = decay * average + (1 - decay) * parameters */
void cg_ema_update(float *average, const float *parameters, size_t count, float decay);

/*
 * Decay of a moving average whose window grows with the run (Karras et al. 2024, "Analyzing and
 * Improving the Training Dynamics of Diffusion Models", section 3.1): (1 - 1/step)^(exponent + 1).
 */
float cg_ema_power_decay(uint64_t step, float exponent);

/*
 * A learning rate that does not need to know where the run ends (section 2.3 there, with warm-up):
 * rises over warmup steps, stays, and falls with the square root of step / hold from hold on.
 */
float cg_learning_rate(float peak, uint64_t step, uint64_t warmup, uint64_t hold);

/* Learning-rate schedules. None depends on the length of the run; hold is the schedule's own. */
enum cg_schedule {
    CG_SCHEDULE_CONSTANT,
    CG_SCHEDULE_ROOT,   /* as cg_learning_rate, from hold on */
    CG_SCHEDULE_HALVES, /* halved every hold steps */
    CG_SCHEDULE_COSINE  /* along a cosine from the peak to a hundredth of it at hold, then stays */
};
float cg_schedule_rate(enum cg_schedule schedule, float peak, uint64_t step, uint64_t warmup,
                       uint64_t hold);

#endif
