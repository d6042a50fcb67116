/* Pictures of a trained vector GAN: see vector_sample.h. */
#include "gan/vector_sample.h"

#include "base/memory.h"
#include "base/rng.h"
#include "nn/rowwise.h"
#include "tensor/kernels.h"
#include "tensor/matrix.h"

#include <math.h>
#include <stdlib.h>

#define PURPOSE_SAMPLE 301
#define SMALLEST_ANGLE 1e-3

void cg_vector_latent(uint64_t seed, uint64_t index, float truncation, int length, float *latent)
{
    struct cg_rng rng = cg_rng_make(seed, PURPOSE_SAMPLE, index);
    for (int i = 0; i < length; i++)
        do
            latent[i] = cg_rng_normal(&rng);
        while (truncation > 0.0f && fabsf(latent[i]) > truncation);
}

void cg_vector_latent_between(const float *from, const float *to, float fraction, int length,
                              float *latent)
{
    size_t count = (size_t)length;
    double lengths = sqrt(cg_vector_dot(from, from, count) * cg_vector_dot(to, to, count));
    double angle = acos(fmax(-1.0, fmin(1.0, cg_vector_dot(from, to, count) / lengths)));
    double a = 1.0 - (double)fraction, b = (double)fraction;
    if (angle > SMALLEST_ANGLE) {
        a = sin(a * angle) / sin(angle);
        b = sin(b * angle) / sin(angle);
    }
    for (size_t i = 0; i < count; i++)
        latent[i] = (float)(a * from[i] + b * to[i]);
}

enum cg_status cg_vector_generate(const struct cg_vector_model *model, struct cg_pool *pool,
                                  const float *latent, size_t count, float **out,
                                  struct cg_error *error)
{
    struct cg_rowwise *generator = NULL;
    cg_blas_single_threaded();
    *out = NULL;
    float *pictures =
        cg_alloc(count * cg_vector_pixels(&model->config), sizeof(float), "pictures", error);
    if (pictures == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status =
        cg_rowwise_create(model->networks[CG_VECTOR_G], pool, &generator, error);
    if (status == CG_OK)
        cg_rowwise_run(generator, model->parameters[CG_VECTOR_G], latent, count, pictures, 0, NULL);
    cg_rowwise_free(generator);
    if (status != CG_OK) {
        free(pictures);
        return status;
    }
    *out = pictures;
    return CG_OK;
}
