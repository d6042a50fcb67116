/* Pictures of a trained vector GAN: see vector_sample.h. */
#include "gan/vector_sample.h"

#include "base/memory.h"
#include "base/rng.h"
#include "gan/samples.h"
#include "nn/rowwise.h"
#include "tensor/kernels.h"
#include "tensor/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

#define GAP_PX 2
#define GAP_GREY 128

static void place(const float *picture, int side, int channels, int scale, int left, int top,
                  struct cg_image *out)
{
    for (int y = 0; y < side * scale; y++)
        for (int x = 0; x < side * scale; x++)
            for (int c = 0; c < channels; c++)
                out->pixels[((size_t)(top + y) * (size_t)out->width + (size_t)(left + x)) *
                                (size_t)channels +
                            (size_t)c] =
                    cg_samples_byte(picture[((y / scale) * side + x / scale) * channels + c]);
}

enum cg_status cg_grid_draw(const float *pictures, int count, int columns, int side, int channels,
                            int scale, struct cg_image *out, struct cg_error *error)
{
    int cell = side * scale, gap = count > 1 ? GAP_PX : 0;
    int rows = (count + columns - 1) / columns;
    if (rows > CG_IMAGE_SIDE_MAX_PX / (cell + gap) || columns > CG_IMAGE_SIDE_MAX_PX / (cell + gap))
        return cg_fail(error, CG_ERR_LIMIT,
                       "a grid of %d x %d pictures of %d pixels is larger than %d pixels", columns,
                       rows, cell, CG_IMAGE_SIDE_MAX_PX);
    enum cg_status status = cg_image_create(columns * (cell + gap) - gap, rows * (cell + gap) - gap,
                                            channels, out, error);
    if (status != CG_OK)
        return status;
    memset(out->pixels, GAP_GREY, (size_t)out->width * (size_t)out->height * (size_t)out->channels);
    for (int i = 0; i < count; i++)
        place(pictures + (size_t)i * (size_t)(side * side * channels), side, channels, scale,
              i % columns * (cell + gap), i / columns * (cell + gap), out);
    return CG_OK;
}
