/* Measures of one set: see distances.h. */
#include "eval/distances.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

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
