/* Intervals by resampling: see bootstrap.h. */
#include "eval/bootstrap.h"

#include "base/memory.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

#define TAIL 0.025

enum { STREAM_A = 0x6261, STREAM_B };

struct run {
    const struct cg_bootstrap *bootstrap;
    double *values;
    enum cg_status *statuses; /* of each item */
    struct cg_error *errors;
};

static void draw(uint32_t *weights, size_t count, uint64_t seed, uint64_t stream, size_t resample)
{
    struct cg_rng rng = cg_rng_make(seed, stream, resample);
    for (size_t i = 0; i < count; i++)
        weights[i] = resample == 0;
    for (size_t i = 0; resample > 0 && i < count; i++)
        weights[cg_rng_below(&rng, (uint32_t)count)]++;
}

/* Item 0 is the measure itself. */
static void run_item(void *context, size_t item, int worker)
{
    (void)worker;
    struct run *run = context;
    const struct cg_bootstrap *bootstrap = run->bootstrap;
    struct cg_error *error = &run->errors[item];
    uint32_t *a = cg_alloc(bootstrap->count_a, sizeof(*a), "weights of a resample", error);
    uint32_t *b = cg_alloc(bootstrap->count_b, sizeof(*b), "weights of a resample", error);
    run->statuses[item] = CG_ERR_MEMORY;
    if (a != NULL && b != NULL) {
        draw(a, bootstrap->count_a, bootstrap->seed, STREAM_A, item);
        draw(b, bootstrap->count_b, bootstrap->seed, STREAM_B, item);
        run->statuses[item] = bootstrap->measure(
            bootstrap->context, a, bootstrap->count_b > 0 ? b : NULL, &run->values[item], error);
    }
    free(b);
    free(a);
}

enum cg_status cg_bootstrap_run(const struct cg_bootstrap *bootstrap, struct cg_pool *pool,
                                double *values, struct cg_error *error)
{
    size_t items = bootstrap->resamples + 1;
    struct run run = {.bootstrap = bootstrap, .values = values};
    run.statuses = cg_alloc_zero(items, sizeof(*run.statuses), "resamples", error);
    run.errors = cg_alloc_zero(items, sizeof(*run.errors), "resamples", error);
    enum cg_status status = run.statuses != NULL && run.errors != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK)
        cg_pool_run(pool, items, run_item, &run);
    for (size_t i = 0; status == CG_OK && i < items; i++)
        if (run.statuses[i] != CG_OK)
            status = cg_fail(error, run.statuses[i], "%s", run.errors[i].text);
    free(run.errors);
    free(run.statuses);
    return status;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between the sorted values, linearly. */
static double quantile(const double *sorted, size_t count, double share)
{
    double place = share * (double)(count - 1);
    size_t below = (size_t)place;
    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

struct cg_estimate cg_estimate_make(double value, double *resampled, size_t count, double least)
{
    struct cg_estimate estimate = {true, value, value, value};
    double mean = 0.0;
    if (count == 0)
        return estimate;
    for (size_t i = 0; i < count; i++)
        mean += resampled[i] / (double)count;
    qsort(resampled, count, sizeof(*resampled), by_size);
    estimate.low = fmax(value + quantile(resampled, count, TAIL) - mean, least);
    estimate.high = value + quantile(resampled, count, 1.0 - TAIL) - mean;
    return estimate;
}
