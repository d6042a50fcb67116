/*
 * Distances between two sets of pictures by their features, as measures to be resampled
 * (below). Features are rows of dimension floats, a picture each. docs/EVAL.md has the
 * formulas and what the figures can and cannot say.
 */
#ifndef CG_EVAL_DISTANCES_H
#define CG_EVAL_DISTANCES_H

#include "base/error.h"
#include "base/pool.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The uncertainty of a measure of sets of pictures: intervals by resampling (Efron 1979, "Bootstrap
 * methods: another look at the jackknife").
 *
 * A set of n pictures is replaced by n draws from it with replacement, that is, every picture gets
 * a weight, how often it was drawn; the measure is taken again, and so on many times. Measures of
 * distance between sets rise when pictures repeat, so the resampled values lie beside the measure:
 * it is their spread that is used. The interval is the 2.5 % and 97.5 % quantiles of (resampled
 * value - mean of the resampled values), added to the measure.
 *
 * It says what other pictures of the same kind could have given, not whether the measure is right.
 */

/*
 * The measure of one resample. weights_a, weights_b: how often each picture counts; weights_b is
 * NULL for measures of one set. Called by several threads at once.
 */
typedef enum cg_status (*cg_measure_fn)(const void *context, const uint32_t *weights_a,
                                        const uint32_t *weights_b, double *out,
                                        struct cg_error *error);

struct cg_bootstrap {
    cg_measure_fn measure;
    const void *context;
    size_t count_a, count_b; /* pictures; count_b 0: a measure of one set */
    size_t resamples;
    uint64_t seed;
};

/*
 * values[0] = the measure with every picture once, values[1] to values[resamples] = resampled. The
 * draws depend on seed and counts alone, so measures of the same sets can be compared resample by
 * resample. Errors: the measure's; CG_ERR_MEMORY.
 */
enum cg_status cg_bootstrap_run(const struct cg_bootstrap *bootstrap, struct cg_pool *pool,
                                double *values, struct cg_error *error);

/* A measure with its interval; known is false if it could not be computed. */
struct cg_estimate {
    bool known;
    double value, low, high; /* low = high = value without resamples */
};

/* The interval around value from the spread of count resampled values, clipped at least. */
struct cg_estimate cg_estimate_make(double value, double *resampled, size_t count, double least);

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
