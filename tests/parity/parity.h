/* What is computed here against the tensors of a file that PyTorch has made. */
#ifndef CG_TESTS_PARITY_PARITY_H
#define CG_TESTS_PARITY_PARITY_H

#include "model/safetensors.h"
#include "nn/network.h"

/* The numbers of a tensor that must be there. */
const float *parity_find(const struct cg_safetensors *torch, const char *name);

/* Fail unless all numbers are within 1e-4 of the largest expected one. */
void parity_expect(const char *what, const float *found, const float *expected, size_t count);

/* Compare a network's blob, tensor by tensor, with those named prefix + name. */
void parity_expect_blob(const struct cg_safetensors *torch, const char *prefix,
                        const struct cg_network *network, const float *blob);

/* Fill the blob from the tensors named "start." + name. */
void parity_load_blob(const struct cg_safetensors *torch, const struct cg_network *network,
                      float *blob);

#endif
