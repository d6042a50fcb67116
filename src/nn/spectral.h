/*
 * Spectral normalisation (Miyato et al. 2018, "Spectral Normalization for Generative Adversarial
 * Networks", section 2 and appendix A): every weight matrix W is used as W / sigma(W), the
 * largest singular value estimated by one step of power iteration a call. Operates on
 * the parameter blob, invisible to the network. With a gain, gain * W / sigma(W) is used: leaky
 * ReLU attenuates, so with a gain of 1 the output of a deep network hardly varies.
 */
#ifndef CG_NN_SPECTRAL_H
#define CG_NN_SPECTRAL_H

#include "nn/network.h"

struct cg_spectral;

/* For one network, which must outlive it; the right vectors are initialised at random from seed. */
enum cg_status cg_spectral_create(const struct cg_network *network, float gain, uint64_t seed,
                                  struct cg_spectral **out, struct cg_error *error);
void cg_spectral_free(struct cg_spectral *spectral);

/* The state to keep in checkpoints: the right vectors, one after another. Owned by spectral. */
float *cg_spectral_vectors(struct cg_spectral *spectral, size_t *count);

/* One power iteration, then normalised = parameters with every weight times gain / sigma. */
void cg_spectral_normalise(struct cg_spectral *spectral, const float *parameters,
                           float *normalised);

/*
 * Turn the gradient with respect to the normalised parameters into the one with respect to the
 * parameters, in place (equation 9 there): (g - <g, W/sigma> u v^T) gain / sigma. Call after
 * normalise with the same parameters.
 */
void cg_spectral_backward(const struct cg_spectral *spectral, const float *normalised,
                          float *gradient);

#endif
