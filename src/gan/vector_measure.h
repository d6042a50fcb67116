/*
 * How far a generator's pictures are from the data's, while it is trained. Pictures are compared in
 * 64 random directions (pixels times a fixed matrix of normal numbers of variance 1/64, which keeps
 * squared distances on average; Johnson and Lindenstrauss 1984): quick, without any other network,
 * and the same for every run on pictures of one size. These figures follow a training run; they say
 * little of what people see, for which there is comicgan eval.
 *
 *   frechet    Frechet distance (tensor/statistics.h) of 1024 pictures from up to 4096 of the
 * data's diversity  mean distance between generated pictures over the mean between the data's
 *   coverage   how many of up to 1024 pictures of the data are the nearest to some generated one,
 *              over how many are the nearest to some of as many other pictures of the data
 */
#ifndef CG_GAN_VECTOR_MEASURE_H
#define CG_GAN_VECTOR_MEASURE_H

#include "gan/samples.h"
#include "gan/vector_model.h"

struct cg_vector_measure;

/* Generator and pool must outlive it; the noise of all looks is that of seed. Errors:
 * CG_ERR_ARGUMENT, CG_ERR_MEMORY. */
enum cg_status cg_vector_measure_create(const struct cg_network *generator,
                                        const struct cg_samples *samples, uint64_t seed,
                                        struct cg_pool *pool, struct cg_vector_measure **out,
                                        struct cg_error *error);
void cg_vector_measure_free(struct cg_vector_measure *measure);

enum cg_status cg_vector_measure_frechet(struct cg_vector_measure *measure, const float *parameters,
                                         double *frechet, struct cg_error *error);
void cg_vector_measure_modes(struct cg_vector_measure *measure, const float *parameters,
                             double *diversity, double *coverage);

/* The first count (at most 1024) pictures of the looks' noise; they belong to the measure. */
const float *cg_vector_measure_pictures(struct cg_vector_measure *measure, const float *parameters,
                                        size_t count);

#endif
