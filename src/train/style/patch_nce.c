/* PatchNCE: see patch_nce.h. */
#include "train/style/patch_nce.h"

#include "tensor/kernels.h"
#include "tensor/matrix.h"

#include <math.h>
#include <stdbool.h>

/* Floyd's way to draw a sample without repetition (Bentley and Floyd 1987). */
size_t cg_patch_nce_draw(struct cg_rng *rng, size_t pixels, size_t places[CG_PATCH_NCE_PLACES])
{
    size_t wanted = pixels < CG_PATCH_NCE_PLACES ? pixels : CG_PATCH_NCE_PLACES, count = 0;
    for (size_t last = pixels - wanted; last < pixels; last++) {
        size_t place = cg_rng_below(rng, (uint32_t)last + 1);
        bool taken = false;
        for (size_t i = 0; i < count; i++)
            taken |= places[i] == place;
        places[count++] = taken ? last : place;
    }
    return count;
}

size_t cg_patch_nce_floats(size_t channels)
{
    return CG_PATCH_NCE_PLACES * (3 * channels + CG_PATCH_NCE_PLACES + 1);
}

/* The scratch, cut into its parts. */
struct parts {
    float *query, *key;   /* count x channels, of length 1 or 0 */
    float *by_query;      /* the same, the gradient */
    float *probabilities; /* count x count; logits before */
    float *lengths;       /* of the query's pixels */
};

static struct parts cut(float *scratch, size_t channels)
{
    size_t rows = CG_PATCH_NCE_PLACES * channels;
    float *square = scratch + 3 * rows;
    return (struct parts){scratch, scratch + rows, scratch + 2 * rows, square,
                          square + CG_PATCH_NCE_PLACES * CG_PATCH_NCE_PLACES};
}

/* Copy a pixel, scaled to a length of 1; its length before. Zeros stay zeros. */
static float normalise(const float *pixel, size_t channels, float *out)
{
    float length = sqrtf((float)cg_vector_dot(pixel, pixel, channels));
    cg_copy_floats(out, pixel, channels);
    if (length > 0.0f)
        cg_vector_scale(out, 1.0f / length, channels);
    return length;
}

/* Logits become probabilities, less 1 at the place itself: the loss's gradient.
 * Returns the loss. */
static double cross_entropy(float *logits, size_t count, size_t at)
{
    float most = logits[0];
    double sum = 0.0;
    for (size_t j = 1; j < count; j++)
        most = fmaxf(most, logits[j]);
    double own = (double)(logits[at] - most);
    for (size_t j = 0; j < count; j++) {
        logits[j] = expf(logits[j] - most);
        sum += (double)logits[j];
    }
    for (size_t j = 0; j < count; j++)
        logits[j] = (float)((double)logits[j] / sum);
    logits[at] -= 1.0f;
    return log(fmax(sum, 1.0)) - own; /* the largest term is 1 */
}

/* From the gradient with respect to a pixel of length 1 to that of the pixel as it was. */
static void scatter(const float *query, const float *by_query, float length, size_t channels,
                    float weight, float *gradient)
{
    if (length <= 0.0f)
        return;
    float along = (float)cg_vector_dot(query, by_query, channels), scale = weight / length;
    cg_vector_axpy(gradient, scale, by_query, channels);
    cg_vector_axpy(gradient, -scale * along, query, channels);
}

double cg_patch_nce(const struct cg_patch_nce *nce, float weight, float *gradient, float *scratch)
{
    const size_t count = nce->count, channels = nce->channels;
    const struct parts p = cut(scratch, channels);
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        size_t at = nce->places[i] * channels;
        p.lengths[i] = normalise(nce->query + at, channels, p.query + i * channels);
        normalise(nce->key + at, channels, p.key + i * channels);
    }
    struct cg_matrix keys = cg_matrix_of(p.key, count, channels);
    struct cg_matrix square = cg_matrix_make(p.probabilities, count, count);
    cg_gemm(CG_PLAIN, CG_TRANSPOSED, 1.0f / CG_PATCH_NCE_TEMPERATURE,
            cg_matrix_of(p.query, count, channels), keys, 0.0f, square);
    for (size_t i = 0; i < count; i++)
        sum += cross_entropy(p.probabilities + i * count, count, i);
    cg_gemm(CG_PLAIN, CG_PLAIN, 1.0f / CG_PATCH_NCE_TEMPERATURE, square, keys, 0.0f,
            cg_matrix_make(p.by_query, count, channels));
    for (size_t i = 0; i < count; i++)
        scatter(p.query + i * channels, p.by_query + i * channels, p.lengths[i], channels,
                weight / (float)count, gradient + nce->places[i] * channels);
    return (double)weight * sum / (double)count;
}
