/*
 * How sure a measure of sets of pictures is: intervals by resampling (Efron 1979, "Bootstrap
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
#ifndef CG_EVAL_BOOTSTRAP_H
#define CG_EVAL_BOOTSTRAP_H

#include "base/error.h"
#include "base/pool.h"

#include <stdbool.h>

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

/* A measure with its interval; known is false where it could not be taken at all. */
struct cg_estimate {
    bool known;
    double value, low, high; /* low = high = value without resamples */
};

/* The interval around value by the spread of count resampled values, no part of it below least. */
struct cg_estimate cg_estimate_make(double value, double *resampled, size_t count, double least);

#endif
