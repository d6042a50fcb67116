/*
 * Kernel distance: see distances.h.
 *
 *     d = mean of k(a_i, a_j), i != j  +  mean of k(b_i, b_j), i != j  -  2 mean of k(a_i, b_j)
 *
 * The kernel of every pair is worked out once; a resample only weighs it. Pairs of a picture with
 * its own copies are left out there as well, or resamples would look nearer than they are.
 */
#include "eval/distances.h"

#include "base/memory.h"
#include "tensor/kernels.h"

#include <stdlib.h>

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

/* The weighted mean of a matrix; without its diagonal where that is a picture with itself. */
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
