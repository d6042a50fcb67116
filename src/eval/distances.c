#include "eval/distances.h"

#include "base/memory.h"
#include "base/rng.h"
#include "tensor/kernels.h"
#include "tensor/singular.h"

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

/* A set as its mean and the rows of X, whose squares sum to the trace of its covariance. */
struct factor {
    double *mean, *rows;
    size_t count;
    double trace;
};

static void factor_clear(struct factor *factor)
{
    free(factor->rows);
    free(factor->mean);
}

static double weigh_mean(const struct cg_feature_rows *features, const uint32_t *weights,
                         double *mean, size_t *used)
{
    double total = 0.0;
    for (size_t i = 0; i < features->count; i++) {
        const float *row = features->values + i * features->dimension;
        total += weights[i];
        *used += weights[i] > 0;
        for (size_t c = 0; weights[i] > 0 && c < features->dimension; c++)
            mean[c] += weights[i] * (double)row[c];
    }
    for (size_t c = 0; c < features->dimension; c++)
        mean[c] /= total;
    return total;
}

static enum cg_status factor_make(const struct cg_feature_rows *features, const uint32_t *weights,
                                  struct factor *out, struct cg_error *error)
{
    size_t dimension = features->dimension;
    *out = (struct factor){.mean =
                               cg_alloc_zero(dimension, sizeof(double), "mean of features", error)};
    if (out->mean == NULL)
        return CG_ERR_MEMORY;
    double total = weigh_mean(features, weights, out->mean, &out->count);
    out->rows = cg_alloc(out->count * dimension, sizeof(double), "features", error);
    if (out->rows == NULL)
        return CG_ERR_MEMORY;
    double *row = out->rows;
    for (size_t i = 0; i < features->count; i++) {
        if (weights[i] == 0)
            continue;
        double scale = sqrt(weights[i] / (total - 1.0));
        for (size_t c = 0; c < dimension; c++, row++) {
            *row = scale * ((double)features->values[i * dimension + c] - out->mean[c]);
            out->trace += *row * *row;
        }
    }
    return CG_OK;
}

enum cg_status cg_frechet_measure(const void *frechet, const uint32_t *weights_a,
                                  const uint32_t *weights_b, double *out, struct cg_error *error)
{
    const struct cg_frechet *sets = frechet;
    struct factor a = {0}, b = {0};
    double norm = 0.0, means = 0.0;
    enum cg_status status = factor_make(&sets->a, weights_a, &a, error);
    if (status == CG_OK)
        status = factor_make(&sets->b, weights_b, &b, error);
    for (size_t c = 0; status == CG_OK && c < sets->a.dimension; c++)
        means += (a.mean[c] - b.mean[c]) * (a.mean[c] - b.mean[c]);
    if (status == CG_OK)
        status = cg_nuclear_norm(a.rows, a.count, b.rows, b.count, sets->a.dimension, &norm, error);
    *out = fmax(0.0, means + a.trace + b.trace - 2.0 * norm);
    factor_clear(&b);
    factor_clear(&a);
    return status;
}

/* ---- the kernel of all pairs ----------------------------------------------------------------- */

struct pairs {
    const struct cg_feature_rows *a, *b;
    double *out; /* a's count x b's count */
};

static void fill_row(void *context, size_t item, int worker)
{
    (void)worker;
    const struct pairs *pairs = context;
    size_t dimension = pairs->a->dimension;
    const float *x = pairs->a->values + item * dimension;
    for (size_t j = 0; j < pairs->b->count; j++) {
        double dot = cg_vector_dot(x, pairs->b->values + j * dimension, dimension);
        double base = dot / (double)dimension + 1.0;
        pairs->out[item * pairs->b->count + j] = base * base * base;
    }
}

static double *make_pairs(const struct cg_feature_rows *a, const struct cg_feature_rows *b,
                          struct cg_pool *pool, struct cg_error *error)
{
    struct pairs pairs = {a, b, NULL};
    pairs.out = cg_alloc(a->count * b->count, sizeof(double), "kernel of all pairs", error);
    if (pairs.out != NULL)
        cg_pool_run(pool, a->count, fill_row, &pairs);
    return pairs.out;
}

enum cg_status cg_kernel_distance_create(const struct cg_feature_rows *a,
                                         const struct cg_feature_rows *b, struct cg_pool *pool,
                                         struct cg_kernel_distance *out, struct cg_error *error)
{
    *out = (struct cg_kernel_distance){.count_a = a->count, .count_b = b->count};
    out->within_a = make_pairs(a, a, pool, error);
    out->within_b = make_pairs(b, b, pool, error);
    out->between = make_pairs(a, b, pool, error);
    if (out->within_a != NULL && out->within_b != NULL && out->between != NULL)
        return CG_OK;
    cg_kernel_distance_clear(out);
    return CG_ERR_MEMORY;
}

void cg_kernel_distance_clear(struct cg_kernel_distance *kernel)
{
    free(kernel->between);
    free(kernel->within_b);
    free(kernel->within_a);
    *kernel = (struct cg_kernel_distance){0};
}

/* ---- the measure ----------------------------------------------------------------------------- */

/* The weighted mean of a matrix; without its diagonal if that pairs pictures with themselves. */
static double weighted_mean(const double *kernel, const uint32_t *rows, size_t row_count,
                            const uint32_t *columns, size_t column_count, bool within)
{
    double sum = 0.0, weight = 0.0;
    for (size_t i = 0; i < row_count; i++) {
        double row_sum = 0.0, row_weight = 0.0;
        for (size_t j = 0; rows[i] > 0 && j < column_count; j++) {
            double w = within && i == j ? 0.0 : columns[j];
            row_sum += w * kernel[i * column_count + j];
            row_weight += w;
        }
        sum += rows[i] * row_sum;
        weight += rows[i] * row_weight;
    }
    return weight > 0.0 ? sum / weight : kernel[0];
}

enum cg_status cg_kernel_distance_measure(const void *kernel, const uint32_t *weights_a,
                                          const uint32_t *weights_b, double *out,
                                          struct cg_error *error)
{
    (void)error;
    const struct cg_kernel_distance *k = kernel;
    *out = weighted_mean(k->within_a, weights_a, k->count_a, weights_a, k->count_a, true) +
           weighted_mean(k->within_b, weights_b, k->count_b, weights_b, k->count_b, true) -
           2.0 * weighted_mean(k->between, weights_a, k->count_a, weights_b, k->count_b, false);
    return CG_OK;
}

enum cg_status cg_class_score_measure(const void *probability_rows, const uint32_t *weights_a,
                                      const uint32_t *weights_b, double *out,
                                      struct cg_error *error)
{
    (void)weights_b;
    const struct cg_feature_rows *rows = probability_rows;
    double total = 0.0, divergence = 0.0;
    double *all = cg_alloc_zero(rows->dimension, sizeof(*all), "class probabilities", error);
    if (all == NULL)
        return CG_ERR_MEMORY;
    for (size_t i = 0; i < rows->count; i++) {
        total += weights_a[i];
        for (size_t c = 0; weights_a[i] > 0 && c < rows->dimension; c++)
            all[c] += weights_a[i] * (double)rows->values[i * rows->dimension + c];
    }
    for (size_t i = 0; i < rows->count; i++)
        for (size_t c = 0; weights_a[i] > 0 && c < rows->dimension; c++) {
            double p = (double)rows->values[i * rows->dimension + c];
            if (p > 0.0)
                divergence += weights_a[i] * p * log(p * total / all[c]);
        }
    *out = exp(divergence / total);
    free(all);
    return CG_OK;
}

enum cg_status cg_mean_measure(const void *rows, const uint32_t *weights_a,
                               const uint32_t *weights_b, double *out, struct cg_error *error)
{
    (void)weights_b;
    (void)error;
    const struct cg_feature_rows *values = rows;
    double sum = 0.0, total = 0.0;
    for (size_t i = 0; i < values->count; i++) {
        sum += weights_a[i] * (double)values->values[i];
        total += weights_a[i];
    }
    *out = sum / total;
    return CG_OK;
}
