/*
 * Distances between a generator's pictures and the data during training. Pictures are compared in a
 * random projection to 64 dimensions (a fixed matrix of normal numbers of variance 1/64, which
 * preserves squared distances on average; Johnson and Lindenstrauss 1984): fast, without another
 * network, and the same for every run with pictures of one size. These figures serve to follow a
 * run; for perceptual measures see comicgan eval.
 *
 *   frechet    Frechet distance (tensor/statistics.h) of 1024 pictures from up to 4096 of the data
 *   diversity  mean distance between generated pictures over that between the data's pictures
 *   coverage   number of up to 1024 pictures of the data that are nearest to some generated one,
 *              over the number nearest to some of as many other pictures of the data
 */
#ifndef CG_GAN_VECTOR_MEASURE_H
#define CG_GAN_VECTOR_MEASURE_H

#include "gan/samples.h"
#include "gan/vector_model.h"

struct cg_vector_measure;

/* Generator and pool must outlive it; all measurements use the same latents, drawn from seed.
 * Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY. */
enum cg_status cg_vector_measure_create(const struct cg_network *generator,
                                        const struct cg_samples *samples, uint64_t seed,
                                        struct cg_pool *pool, struct cg_vector_measure **out,
                                        struct cg_error *error);
void cg_vector_measure_free(struct cg_vector_measure *measure);

enum cg_status cg_vector_measure_frechet(struct cg_vector_measure *measure, const float *parameters,
                                         double *frechet, struct cg_error *error);
void cg_vector_measure_modes(struct cg_vector_measure *measure, const float *parameters,
                             double *diversity, double *coverage);

/* The pictures of the first count (at most 1024) latents; they belong to the measure. */
const float *cg_vector_measure_pictures(struct cg_vector_measure *measure, const float *parameters,
                                        size_t count);

#endif
