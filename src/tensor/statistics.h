/*
 * Means and covariances, and distances based on them: the Frechet distance between two sets of
 * points, the Mahalanobis distance of a point from a set. In double.
 */
#ifndef CG_TENSOR_STATISTICS_H
#define CG_TENSOR_STATISTICS_H

#include "base/error.h"

/* A set of points as a normal distribution. */
struct cg_gaussian {
    size_t dimensions;
    double *mean;       /* dimensions; owned, with covariance behind it */
    double *covariance; /* dimensions x dimensions, of all points (divided by their number) */
};

/* Of count rows of dimensions floats; at least 2. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY. */
enum cg_status cg_gaussian_fit(const float *points, size_t count, size_t dimensions,
                               struct cg_gaussian *out, struct cg_error *error);
void cg_gaussian_clear(struct cg_gaussian *gaussian);

/*
 * The Frechet distance, squared as is usual (Heusel et al. 2017): |m - n|^2 + tr(A + B - 2 (A
 * B)^1/2) for means m, n and covariances A, B. With A = X^T X and B = Y^T Y, (A B)^1/2 has the
 * singular values of X Y^T for eigenvalues (singular.h). Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY,
 * CG_ERR_NUMERIC, CG_ERR_STATE.
 */
enum cg_status cg_frechet_distance(const struct cg_gaussian *a, const struct cg_gaussian *b,
                                   double *out, struct cg_error *error);

/*
 * A whitening matrix w (dimensions x dimensions): |w (x - mean)|^2 is the squared
 * Mahalanobis distance of x. The covariance is taken with ridge times its mean variance added to
 * each direction, so that directions in which the points hardly vary do not dominate. Errors:
 * CG_ERR_MEMORY, CG_ERR_NUMERIC.
 */
enum cg_status cg_gaussian_whitening(const struct cg_gaussian *gaussian, double ridge, float *w,
                                     struct cg_error *error);

#endif
