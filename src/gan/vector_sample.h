/* Pictures of a trained vector GAN, from a seed. */
#ifndef CG_GAN_VECTOR_SAMPLE_H
#define CG_GAN_VECTOR_SAMPLE_H

#include "base/pool.h"
#include "gan/vector_model.h"
#include "image/image.h"

/*
 * The latent of picture `index` of a seed: normal numbers. With truncation above 0, those of larger
 * magnitude are redrawn (Brock et al. 2019, section 3.1): less diverse, more typical pictures.
 */
void cg_vector_latent(uint64_t seed, uint64_t index, float truncation, int length, float *latent);

/*
 * Spherical interpolation between two latents, fraction 0 to 1: normal vectors of many dimensions
 * lie near a sphere (White 2016).
 */
void cg_vector_latent_between(const float *from, const float *to, float fraction, int length,
                              float *latent);

/* The pictures of count latents; *out to be freed. Errors: CG_ERR_MEMORY. */
enum cg_status cg_vector_generate(const struct cg_vector_model *model, struct cg_pool *pool,
                                  const float *latent, size_t count, float **out,
                                  struct cg_error *error);

/*
 * count pictures of side x side x channels floats, -1 to 1, in rows of columns, each pixel scale
 * times as large, on grey with a gap between. Errors: CG_ERR_ARGUMENT, CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_grid_draw(const float *pictures, int count, int columns, int side, int channels,
                            int scale, struct cg_image *out, struct cg_error *error);

#endif
