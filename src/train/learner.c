/* A network that is being trained: see learner.h. */
#include "train/learner.h"

#include "base/memory.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Parameters that one item of the pool handles. */
#define RANGE 32768
#define SPECTRAL_GAIN 2.0f

enum cg_status cg_learner_create(struct cg_network *network, int shard_count, bool spectral_norm,
                                 uint64_t seed, struct cg_learner *out, struct cg_error *error)
{
    size_t count = network->parameter_count, shards = (size_t)shard_count;
    enum cg_status status = CG_OK;
    *out = (struct cg_learner){.network = network, .count = count, .shard_count = shard_count};
    out->parameters = cg_alloc(count, sizeof(float), "parameters", error);
    out->first = cg_alloc_zero(count, sizeof(float), "optimiser state", error);
    out->second = cg_alloc_zero(count, sizeof(float), "optimiser state", error);
    out->shard_gradients = cg_alloc_zero(count * shards, sizeof(float), "gradients", error);
    out->gradient =
        shards == 1 ? out->shard_gradients : cg_alloc_zero(count, sizeof(float), "gradient", error);
    out->used = out->parameters;
    if (spectral_norm) {
        out->used = cg_alloc(count, sizeof(float), "normalised parameters", error);
        status = cg_spectral_create(network, SPECTRAL_GAIN, seed + 1, &out->spectral, error);
    }
    if (status != CG_OK || out->parameters == NULL || out->first == NULL || out->second == NULL ||
        out->gradient == NULL || out->shard_gradients == NULL || out->used == NULL) {
        cg_learner_clear(out);
        return CG_ERR_MEMORY;
    }
    cg_parameters_init(network, seed, out->parameters);
    return CG_OK;
}

void cg_learner_clear(struct cg_learner *learner)
{
    if (learner->used != learner->parameters)
        free(learner->used);
    cg_spectral_free(learner->spectral);
    if (learner->gradient != learner->shard_gradients)
        free(learner->gradient);
    free(learner->shard_gradients);
    free(learner->second);
    free(learner->first);
    free(learner->parameters);
    cg_network_free(learner->network);
    *learner = (struct cg_learner){0};
}

float *cg_learner_shard(const struct cg_learner *learner, int shard)
{
    return learner->shard_gradients + (size_t)shard * learner->count;
}

static void range_of(const struct cg_learner *learner, size_t item, size_t *begin, size_t *count)
{
    *begin = item * RANGE;
    *count = learner->count - *begin < RANGE ? learner->count - *begin : RANGE;
}

static size_t range_count(const struct cg_learner *learner)
{
    return (learner->count + RANGE - 1) / RANGE;
}

static void zero_range(void *context, size_t item, int worker)
{
    const struct cg_learner *learner = context;
    size_t begin, count;
    (void)worker;
    range_of(learner, item, &begin, &count);
    for (int s = 0; s < learner->shard_count; s++)
        memset(cg_learner_shard(learner, s) + begin, 0, count * sizeof(float));
}

void cg_learner_begin(struct cg_learner *learner, struct cg_pool *pool)
{
    cg_pool_run(pool, range_count(learner), zero_range, learner);
    if (learner->spectral != NULL)
        cg_spectral_normalise(learner->spectral, learner->parameters, learner->used);
}

struct sum_context {
    struct cg_learner *learner;
    atomic_bool finite;
};

static void sum_range(void *context, size_t item, int worker)
{
    struct sum_context *sum = context;
    struct cg_learner *learner = sum->learner;
    size_t begin, count;
    (void)worker;
    range_of(learner, item, &begin, &count);
    float *target = learner->gradient + begin;
    if (learner->shard_count > 1)
        memcpy(target, cg_learner_shard(learner, 0) + begin, count * sizeof(float));
    for (int s = 1; s < learner->shard_count; s++)
        cg_vector_axpy(target, 1.0f, cg_learner_shard(learner, s) + begin, count);
    if (!cg_vector_is_finite(target, count))
        atomic_store(&sum->finite, false);
}

static void update_range(void *context, size_t item, int worker)
{
    struct cg_learner *learner = context;
    size_t begin, count;
    (void)worker;
    range_of(learner, item, &begin, &count);
    cg_update_step(learner->rule, &learner->adam, learner->steps, learner->parameters + begin,
                   learner->gradient + begin, learner->first + begin, learner->second + begin,
                   count);
}

bool cg_learner_step(struct cg_learner *learner, struct cg_pool *pool)
{
    struct sum_context sum = {.learner = learner, .finite = true};
    cg_pool_run(pool, range_count(learner), sum_range, &sum);
    if (!atomic_load(&sum.finite))
        return false;
    if (learner->spectral != NULL)
        cg_spectral_backward(learner->spectral, learner->used, learner->gradient);
    learner->steps++;
    cg_pool_run(pool, range_count(learner), update_range, learner);
    return true;
}

struct average_context {
    const struct cg_learner *learner;
    float *average;
    float decay;
};

static void average_range(void *context, size_t item, int worker)
{
    const struct average_context *call = context;
    size_t begin, count;
    (void)worker;
    range_of(call->learner, item, &begin, &count);
    cg_ema_update(call->average + begin, call->learner->parameters + begin, count, call->decay);
}

void cg_learner_average(const struct cg_learner *learner, struct cg_pool *pool, float *average,
                        float decay)
{
    struct average_context call = {learner, average, decay};
    cg_pool_run(pool, range_count(learner), average_range, &call);
}

double cg_learner_gradient_length(const struct cg_learner *learner)
{
    return sqrt(cg_vector_dot(learner->gradient, learner->gradient, learner->count));
}
