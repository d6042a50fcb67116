/* Initialisation, update rules and averages: see optimizer.h. */
#include "nn/optimizer.h"

#include "base/multiversion.h"

#include <math.h>
#include <string.h>

static bool feeds_a_sum(const struct cg_network *network, int layer)
{
    for (int i = layer + 1; i < network->layer_count; i++)
        if (network->layers[i].kind == CG_LAYER_ADD && network->layers[i].from == layer)
            return true;
    return false;
}

void cg_parameters_init(const struct cg_network *network, uint64_t seed, float *parameters)
{
    memset(parameters, 0, network->parameter_count * sizeof(float));
    for (int i = 0; i < network->layer_count; i++) {
        const struct cg_layer *layer = &network->layers[i];
        if (layer->kind != CG_LAYER_LINEAR)
            continue;
        struct cg_rng rng = cg_rng_make(seed, (uint64_t)i, 0);
        bool is_last = i + 1 == network->layer_count;
        float gain = feeds_a_sum(network, i) || is_last ? 0.1f : 1.0f;
        float limit = gain * sqrtf(6.0f / (float)layer->in_channels);
        for (size_t w = layer->weight_offset; w < layer->bias_offset; w++)
            parameters[w] = limit * (2.0f * cg_rng_uniform(&rng) - 1.0f);
    }
}

CG_MULTIVERSION
static void adam_range(float *restrict parameters, const float *restrict gradient,
                       float *restrict first, float *restrict second, size_t count, float beta1,
                       float beta2, float rate, float second_correction, float epsilon)
{
    for (size_t i = 0; i < count; i++) {
        first[i] = beta1 * first[i] + (1.0f - beta1) * gradient[i];
        second[i] = beta2 * second[i] + (1.0f - beta2) * gradient[i] * gradient[i];
        parameters[i] -= rate * first[i] / (sqrtf(second[i] * second_correction) + epsilon);
    }
}

void cg_adam_step(const struct cg_adam *adam, uint64_t step, float *parameters,
                  const float *gradient, float *first, float *second, size_t count)
{
    double first_correction = 1.0 / (1.0 - pow(adam->beta1, (double)step));
    double second_correction = 1.0 / (1.0 - pow(adam->beta2, (double)step));
    adam_range(parameters, gradient, first, second, count, adam->beta1, adam->beta2,
               (float)(adam->learning_rate * first_correction), (float)second_correction,
               adam->epsilon);
}

CG_MULTIVERSION
static void rmsprop_range(float *restrict parameters, const float *restrict gradient,
                          float *restrict second, size_t count, float rate, float beta2,
                          float epsilon)
{
    for (size_t i = 0; i < count; i++) {
        second[i] = beta2 * second[i] + (1.0f - beta2) * gradient[i] * gradient[i];
        parameters[i] -= rate * gradient[i] / (sqrtf(second[i]) + epsilon);
    }
}

CG_MULTIVERSION
static void sgd_range(float *restrict parameters, const float *restrict gradient,
                      float *restrict first, size_t count, float rate, float momentum)
{
    for (size_t i = 0; i < count; i++) {
        first[i] = momentum * first[i] + gradient[i];
        parameters[i] -= rate * first[i];
    }
}

void cg_update_step(enum cg_update_rule rule, const struct cg_adam *numbers, uint64_t step,
                    float *parameters, const float *gradient, float *first, float *second,
                    size_t count)
{
    switch (rule) {
    case CG_UPDATE_ADAM:
        cg_adam_step(numbers, step, parameters, gradient, first, second, count);
        break;
    case CG_UPDATE_RMSPROP:
        rmsprop_range(parameters, gradient, second, count, numbers->learning_rate, numbers->beta2,
                      numbers->epsilon);
        break;
    case CG_UPDATE_SGD:
        sgd_range(parameters, gradient, first, count, numbers->learning_rate, numbers->beta1);
        break;
    }
}

CG_MULTIVERSION
void cg_ema_update(float *restrict average, const float *restrict parameters, size_t count,
                   float decay)
{
    for (size_t i = 0; i < count; i++)
        average[i] = decay * average[i] + (1.0f - decay) * parameters[i];
}

float cg_ema_power_decay(uint64_t step, float exponent)
{
    return (float)pow(1.0 - 1.0 / (double)step, exponent + 1.0);
}

float cg_learning_rate(float peak, uint64_t step, uint64_t warmup, uint64_t hold)
{
    float rate = peak;
    if (step < warmup)
        rate *= (float)(step + 1) / (float)warmup;
    if (step > hold)
        rate *= sqrtf((float)hold / (float)step);
    return rate;
}

#define COSINE_FLOOR 0.01f

float cg_schedule_rate(enum cg_schedule schedule, float peak, uint64_t step, uint64_t warmup,
                       uint64_t hold)
{
    float rate = cg_learning_rate(peak, step, warmup, UINT64_MAX);
    float done = fminf((float)step / (float)hold, 1.0f);
    switch (schedule) {
    case CG_SCHEDULE_CONSTANT:
        break;
    case CG_SCHEDULE_ROOT:
        return cg_learning_rate(peak, step, warmup, hold);
    case CG_SCHEDULE_HALVES:
        return rate * exp2f(-(float)(step / hold));
    case CG_SCHEDULE_COSINE:
        return rate *
               (COSINE_FLOOR + (1.0f - COSINE_FLOOR) * 0.5f * (1.0f + cosf(3.14159265f * done)));
    }
    return rate;
}
