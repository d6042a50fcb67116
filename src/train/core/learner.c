/* A network in training: see learner.h. */
#include "train/core/learner.h"

#include "base/memory.h"
#include "train/comm/ranks.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Parameters that are one item of the pool, and are sent together. */
#define RANGE 32768
#define SPECTRAL_GAIN 2.0f

struct cg_gradient_range {
    size_t begin, count;
    atomic_int micro_batches_to_come;
    struct cg_allreduce *allreduce;
};

static enum cg_status create_arrays(struct cg_learner *learner, struct cg_error *error)
{
    size_t count = learner->count, micro_batches = (size_t)learner->micro_batch_count;
    learner->parameters = cg_alloc(count, sizeof(float), "parameters", error);
    learner->first = cg_alloc_zero(count, sizeof(float), "optimiser state", error);
    learner->second = cg_alloc_zero(count, sizeof(float), "optimiser state", error);
    learner->micro_batch_gradients =
        cg_alloc_zero(count * micro_batches, sizeof(float), "gradients", error);
    learner->gradient = learner->micro_batch_gradients;
    learner->used = learner->parameters;
    bool complete = learner->parameters != NULL && learner->first != NULL &&
                    learner->second != NULL && learner->micro_batch_gradients != NULL;
    return complete ? CG_OK : CG_ERR_MEMORY;
}

static enum cg_status create_ranges(struct cg_learner *learner, struct cg_error *error)
{
    learner->range_count = (learner->count + RANGE - 1) / RANGE;
    learner->ranges =
        cg_alloc_zero(learner->range_count, sizeof(*learner->ranges), "gradient", error);
    learner->to_come = cg_alloc_zero((size_t)learner->micro_batch_count, sizeof(*learner->to_come),
                                     "gradient", error);
    if (learner->ranges == NULL || learner->to_come == NULL)
        return CG_ERR_MEMORY;
    for (size_t r = 0; r < learner->range_count; r++) {
        struct cg_gradient_range *range = &learner->ranges[r];
        range->begin = r * RANGE;
        range->count =
            learner->count - range->begin < RANGE ? learner->count - range->begin : RANGE;
    }
    return CG_OK;
}

static enum cg_status create_spectral(struct cg_learner *learner, uint64_t seed,
                                      struct cg_error *error)
{
    learner->used = cg_alloc(learner->count, sizeof(float), "normalised parameters", error);
    if (learner->used == NULL)
        return CG_ERR_MEMORY;
    return cg_spectral_create(learner->network, SPECTRAL_GAIN, seed, &learner->spectral, error);
}

enum cg_status cg_learner_create(struct cg_network *network, struct cg_ranks *ranks,
                                 int total_micro_batches, bool spectral_norm, uint64_t seed,
                                 struct cg_learner *out, struct cg_error *error)
{
    int first, end;
    cg_ranks_share(ranks, total_micro_batches, &first, &end);
    *out = (struct cg_learner){.network = network,
                               .ranks = ranks,
                               .count = network->parameter_count,
                               .total_micro_batches = total_micro_batches,
                               .first_micro_batch = first,
                               .micro_batch_count = end - first};
    enum cg_status status = create_arrays(out, error);
    if (status == CG_OK)
        status = create_ranges(out, error);
    if (status == CG_OK && spectral_norm)
        status = create_spectral(out, seed + 1, error);
    if (status != CG_OK) {
        cg_learner_clear(out);
        return status;
    }
    cg_parameters_init(network, seed, out->parameters);
    return CG_OK;
}

enum cg_status cg_learner_join(struct cg_learner *learner, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    for (size_t r = 0; r < learner->range_count; r++) {
        struct cg_gradient_range *range = &learner->ranges[r];
        enum cg_status joined =
            cg_allreduce_create(learner->ranks, learner->gradient + range->begin, range->count,
                                &range->allreduce, error);
        if (joined != CG_OK) /* do not leave the other ranks waiting */
            status = joined;
    }
    return status;
}

void cg_learner_clear(struct cg_learner *learner)
{
    if (learner->used != learner->parameters)
        free(learner->used);
    cg_spectral_free(learner->spectral);
    for (size_t r = 0; learner->ranges != NULL && r < learner->range_count; r++)
        cg_allreduce_free(learner->ranges[r].allreduce);
    free(learner->to_come);
    free(learner->ranges);
    free(learner->micro_batch_gradients);
    free(learner->second);
    free(learner->first);
    free(learner->parameters);
    cg_network_free(learner->network);
    *learner = (struct cg_learner){0};
}

float *cg_learner_micro_batch(const struct cg_learner *learner, int micro_batch)
{
    return learner->micro_batch_gradients +
           (size_t)(micro_batch - learner->first_micro_batch) * learner->count;
}

/* ---- the gradient, range by range ------------------------------------------------------------ */

static void zero_range(void *context, size_t item, int worker)
{
    const struct cg_learner *learner = context;
    struct cg_gradient_range *range = &learner->ranges[item];
    (void)worker;
    atomic_store(&range->micro_batches_to_come, learner->micro_batch_count);
    for (int s = 0; s < learner->micro_batch_count; s++)
        memset(learner->micro_batch_gradients + (size_t)s * learner->count + range->begin, 0,
               range->count * sizeof(float));
}

void cg_learner_begin(struct cg_learner *learner, struct cg_pool *pool)
{
    cg_pool_run(pool, learner->range_count, zero_range, learner);
    for (int s = 0; s < learner->micro_batch_count; s++)
        learner->to_come[s] = learner->range_count;
    if (learner->spectral != NULL)
        cg_spectral_normalise(learner->spectral, learner->parameters, learner->used);
}

/* The range is complete in all micro-batches of this rank. */
static void sum_range(const struct cg_learner *learner, struct cg_gradient_range *range)
{
    cg_reduction_tree_sum(learner->gradient + range->begin, learner->count, range->count,
                          learner->total_micro_batches, cg_ranks_count(learner->ranks),
                          cg_ranks_index(learner->ranks));
    cg_allreduce_start(range->allreduce);
}

static void leave_range(const struct cg_learner *learner, struct cg_gradient_range *range)
{
    if (atomic_fetch_sub(&range->micro_batches_to_come, 1) == 1)
        sum_range(learner, range);
}

struct leaving {
    const struct cg_learner *learner;
    int micro_batch; /* of this rank's */
};

/* A micro-batch's gradient is complete from number `from` on. */
static void leave_behind(void *context, size_t from)
{
    const struct leaving *leaving = context;
    const struct cg_learner *learner = leaving->learner;
    size_t *to_come = &learner->to_come[leaving->micro_batch];
    for (; *to_come > 0 && learner->ranges[*to_come - 1].begin >= from; --*to_come)
        leave_range(learner, &learner->ranges[*to_come - 1]);
    cg_ranks_advance(learner->ranks);
}

void cg_learner_backward(const struct cg_learner *learner, int micro_batch, struct cg_pass *pass,
                         float *grad_output)
{
    struct leaving leaving = {learner, micro_batch - learner->first_micro_batch};
    cg_pass_listen(pass, leave_behind, &leaving);
    cg_pass_backward(pass, learner->used, grad_output, cg_learner_micro_batch(learner, micro_batch),
                     NULL);
    cg_pass_listen(pass, NULL, NULL);
}

/* For micro-batches whose last backward had no listener. */
static void complete_range(void *context, size_t item, int worker)
{
    const struct cg_learner *learner = context;
    (void)worker;
    for (int s = 0; s < learner->micro_batch_count; s++)
        if (item < learner->to_come[s])
            leave_range(learner, &learner->ranges[item]);
}

/* ---- the step -------------------------------------------------------------------------------- */

struct check {
    const struct cg_learner *learner;
    atomic_bool finite;
};

static void check_range(void *context, size_t item, int worker)
{
    struct check *check = context;
    const struct cg_gradient_range *range = &check->learner->ranges[item];
    (void)worker;
    if (!cg_vector_is_finite(check->learner->gradient + range->begin, range->count))
        atomic_store(&check->finite, false);
}

/* The factor that clips the gradient to the learner's greatest length. */
static float clip_gradient(struct cg_learner *learner)
{
    learner->gradient_length =
        sqrt(cg_vector_dot(learner->gradient, learner->gradient, learner->count));
    bool clipped = learner->clip > 0.0f && learner->gradient_length > (double)learner->clip;
    return clipped ? (float)((double)learner->clip / learner->gradient_length) : 1.0f;
}

struct update {
    struct cg_learner *learner;
    float fraction; /* of the gradient */
};

static void update_range(void *context, size_t item, int worker)
{
    const struct update *update = context;
    struct cg_learner *learner = update->learner;
    const size_t begin = learner->ranges[item].begin, count = learner->ranges[item].count;
    (void)worker;
    for (size_t i = begin; update->fraction < 1.0f && i < begin + count; i++)
        learner->gradient[i] *= update->fraction;
    cg_update_step(learner->rule, &learner->adam, learner->steps, learner->parameters + begin,
                   learner->gradient + begin, learner->first + begin, learner->second + begin,
                   count);
}

bool cg_learner_step(struct cg_learner *learner, struct cg_pool *pool)
{
    struct check check = {learner, true};
    cg_pool_run(pool, learner->range_count, complete_range, learner);
    for (size_t r = learner->range_count; r-- > 0;)
        cg_allreduce_wait(learner->ranges[r].allreduce);
    cg_pool_run(pool, learner->range_count, check_range, &check);
    if (!atomic_load(&check.finite))
        return false;
    if (learner->spectral != NULL)
        cg_spectral_backward(learner->spectral, learner->used, learner->gradient);
    struct update update = {learner, clip_gradient(learner)};
    learner->steps++;
    cg_pool_run(pool, learner->range_count, update_range, &update);
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
    const struct cg_gradient_range *range = &call->learner->ranges[item];
    (void)worker;
    cg_ema_update(call->average + range->begin, call->learner->parameters + range->begin,
                  range->count, call->decay);
}

void cg_learner_average(const struct cg_learner *learner, struct cg_pool *pool, float *average,
                        float decay)
{
    struct average_context call = {learner, average, decay};
    cg_pool_run(pool, learner->range_count, average_range, &call);
}
