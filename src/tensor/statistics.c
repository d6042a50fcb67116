/* Means, covariances, distances: see statistics.h. */
#include "tensor/statistics.h"

#include "base/memory.h"
#include "tensor/singular.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* LAPACK, which comes with OpenBLAS: eigenvalues (rising) and vectors of a symmetric matrix. */
void dsyev_(const char *job, const char *triangle, const int *n, double *a, const int *stride,
            double *values, double *work, const int *work_count, int *info, size_t job_length,
            size_t triangle_length);

enum cg_status cg_gaussian_fit(const float *points, size_t count, size_t dimensions,
                               struct cg_gaussian *out, struct cg_error *error)
{
    *out = (struct cg_gaussian){.dimensions = dimensions};
    if (count < 2)
        return cg_fail(error, CG_ERR_ARGUMENT, "statistics: expected 2 points or more, got %zu",
                       count);
    out->mean =
        cg_alloc_zero(dimensions + dimensions * dimensions, sizeof(double), "covariance", error);
    double *centred = cg_alloc(dimensions, sizeof(double), "covariance", error);
    if (out->mean == NULL || centred == NULL) {
        free(centred);
        cg_gaussian_clear(out);
        return CG_ERR_MEMORY;
    }
    out->covariance = out->mean + dimensions;
    for (size_t p = 0; p < count; p++)
        for (size_t i = 0; i < dimensions; i++)
            out->mean[i] += (double)points[p * dimensions + i] / (double)count;
    for (size_t p = 0; p < count; p++) {
        for (size_t i = 0; i < dimensions; i++)
            centred[i] = (double)points[p * dimensions + i] - out->mean[i];
        for (size_t i = 0; i < dimensions; i++)
            for (size_t j = 0; j <= i; j++)
                out->covariance[i * dimensions + j] += centred[i] * centred[j] / (double)count;
    }
    for (size_t i = 0; i < dimensions; i++)
        for (size_t j = i + 1; j < dimensions; j++)
            out->covariance[i * dimensions + j] = out->covariance[j * dimensions + i];
    free(centred);
    return CG_OK;
}

void cg_gaussian_clear(struct cg_gaussian *gaussian)
{
    free(gaussian->mean);
    *gaussian = (struct cg_gaussian){0};
}

/* matrix, symmetric, becomes its eigenvectors, row k that of values[k]. */
static enum cg_status find_eigenvectors(double *matrix, size_t n, double *values,
                                        struct cg_error *error)
{
    int size = (int)n, work_count = 8 * size, info = 0;
    double *work = cg_alloc((size_t)work_count, sizeof(double), "eigenvectors", error);
    if (work == NULL)
        return CG_ERR_MEMORY;
    dsyev_("V", "U", &size, matrix, &size, values, work, &work_count, &info, 1, 1);
    free(work);
    if (info != 0)
        return cg_fail(error, CG_ERR_NUMERIC, "eigenvectors: not found (LAPACK dsyev: %d)", info);
    return CG_OK;
}

/* rows (n * n) with rows^T rows = covariance; values: n numbers of scratch. */
static enum cg_status factor_covariance(const struct cg_gaussian *gaussian, double *rows,
                                        double *values, struct cg_error *error)
{
    size_t n = gaussian->dimensions;
    memcpy(rows, gaussian->covariance, n * n * sizeof(double));
    enum cg_status status = find_eigenvectors(rows, n, values, error);
    for (size_t k = 0; status == CG_OK && k < n; k++)
        cblas_dscal((blasint)n, values[k] > 0.0 ? sqrt(values[k]) : 0.0, rows + k * n, 1);
    return status;
}

/* tr((A B)^1/2) */
static enum cg_status trace_of_root(const struct cg_gaussian *a, const struct cg_gaussian *b,
                                    double *out, struct cg_error *error)
{
    size_t n = a->dimensions;
    double *rows = cg_alloc(2 * n * n + n, sizeof(double), "Frechet distance", error);
    if (rows == NULL)
        return CG_ERR_MEMORY;
    double *rows_b = rows + n * n, *values = rows_b + n * n;
    enum cg_status status = factor_covariance(a, rows, values, error);
    if (status == CG_OK)
        status = factor_covariance(b, rows_b, values, error);
    if (status == CG_OK)
        status = cg_nuclear_norm(rows, n, rows_b, n, n, out, error);
    free(rows);
    return status;
}

enum cg_status cg_frechet_distance(const struct cg_gaussian *a, const struct cg_gaussian *b,
                                   double *out, struct cg_error *error)
{
    size_t n = a->dimensions;
    double trace = 0.0, distance = 0.0;
    if (n != b->dimensions)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "Frechet distance: points of %zu and of %zu dimensions", n, b->dimensions);
    enum cg_status status = trace_of_root(a, b, &trace, error);
    for (size_t i = 0; i < n; i++) {
        double difference = a->mean[i] - b->mean[i];
        distance += difference * difference + a->covariance[i * n + i] + b->covariance[i * n + i];
    }
    *out = fmax(distance - 2.0 * trace, 0.0);
    return status;
}

enum cg_status cg_gaussian_whitening(const struct cg_gaussian *gaussian, double ridge, float *w,
                                     struct cg_error *error)
{
    size_t n = gaussian->dimensions;
    double trace = 0.0;
    double *vectors = cg_alloc(n * n + n, sizeof(double), "whitening", error);
    if (vectors == NULL)
        return CG_ERR_MEMORY;
    double *values = vectors + n * n;
    memcpy(vectors, gaussian->covariance, n * n * sizeof(double));
    for (size_t i = 0; i < n; i++)
        trace += gaussian->covariance[i * n + i];
    enum cg_status status = find_eigenvectors(vectors, n, values, error);
    for (size_t k = 0; status == CG_OK && k < n; k++) {
        double variance = fmax(values[k], 0.0) + fmax(ridge * trace / (double)n, 1e-12);
        for (size_t i = 0; i < n; i++)
            w[k * n + i] = (float)(vectors[k * n + i] / sqrt(variance));
    }
    free(vectors);
    return status;
}
