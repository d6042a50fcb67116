/*
 * Frechet distance: see distances.h.
 *
 *     d = |m_a - m_b|^2 + tr(S_a) + tr(S_b) - 2 tr((S_a S_b)^(1/2))
 *
 * With the features less their mean, divided by sqrt(n - 1), as the rows of X: S = X^T X, and the
 * eigenvalues of (S_a S_b)^(1/2) are the singular values of X_a X_b^T. So no covariance is made and
 * no matrix square root of a singular matrix taken, which sets smaller than the dimension always
 * have; the work grows with the smaller of the two. d is a squared distance, as everyone gives it.
 *
 * A picture that was drawn w times is a row times sqrt(w).
 */
#include "eval/distances.h"

#include "base/memory.h"
#include "tensor/singular.h"

#include <math.h>
#include <stdlib.h>

/* A set as its mean and the rows of X; the trace of its covariance is the sum of their squares. */
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
