/*
 * Distances between two sets of pictures by their features, as measures to be resampled
 * (bootstrap.h). Features are rows of dimension floats, a picture each. docs/EVAL.md has the
 * formulas and what the figures can and cannot say.
 */
#ifndef CG_EVAL_DISTANCES_H
#define CG_EVAL_DISTANCES_H

#include "eval/bootstrap.h"

#include <stddef.h>

struct cg_feature_rows {
    const float *values; /* count x dimension */
    size_t count, dimension;
};

/*
 * Frechet distance (Heusel et al. 2017, "GANs trained by a two time-scale update rule converge to a
 * local Nash equilibrium"; Dowson and Landau 1982): of the two Gaussians with the features' means
 * and covariances. With fewer pictures than dimensions it is far above what more pictures would
 * give; compare only counts that are alike. At least 2 pictures each.
 */
struct cg_frechet {
    struct cg_feature_rows a, b;
};
enum cg_status cg_frechet_measure(const void *frechet, const uint32_t *weights_a,
                                  const uint32_t *weights_b, double *out, struct cg_error *error);

/*
 * Kernel distance (Binkowski et al. 2018, "Demystifying MMD GANs"): squared maximum mean
 * discrepancy with k(x, y) = (x y / dimension + 1)^3, the unbiased estimator: about 0, and below 0
 * half of the time, for sets of one kind. Unlike the Frechet distance it does not depend on how
 * many pictures there are, only its spread does. At least 2 pictures each.
 */
struct cg_kernel_distance {
    size_t count_a, count_b;
    double *within_a, *within_b, *between; /* kernel of all pairs, owned */
};
enum cg_status cg_kernel_distance_create(const struct cg_feature_rows *a,
                                         const struct cg_feature_rows *b, struct cg_pool *pool,
                                         struct cg_kernel_distance *out, struct cg_error *error);
void cg_kernel_distance_clear(struct cg_kernel_distance *kernel);
enum cg_status cg_kernel_distance_measure(const void *kernel, const uint32_t *weights_a,
                                          const uint32_t *weights_b, double *out,
                                          struct cg_error *error);

/*
 * Inception-style score (Salimans et al. 2016, "Improved techniques for training GANs"): exp of the
 * mean Kullback-Leibler divergence of a picture's class probabilities from those of all, 1 to the
 * number of classes. Rows are probabilities. A measure of one set.
 */
enum cg_status cg_class_score_measure(const void *probability_rows, const uint32_t *weights_a,
                                      const uint32_t *weights_b, double *out,
                                      struct cg_error *error);

/* The mean of values, one a picture: struct cg_feature_rows of dimension 1. One set. */
enum cg_status cg_mean_measure(const void *rows, const uint32_t *weights_a,
                               const uint32_t *weights_b, double *out, struct cg_error *error);

#endif
