/* Picture networks for tests, and their files. What fails here fails the test. */
#ifndef CG_TESTS_UNIT_FIXTURE_CONVNET_H
#define CG_TESTS_UNIT_FIXTURE_CONVNET_H

#include "convnet/convnet.h"

/* An empty network for pictures of side_px, values 0 to 255 as they are. */
struct cg_convnet *fixture_convnet_new(int side_px);

/* Append a layer; returns its number. */
int fixture_convnet_add(struct cg_convnet *net, struct cg_conv_layer layer);

/*
 * The bytes of a compressed file for the convolutions of net: about one weight of every is kept at
 * random, out of a random codebook, with gaps of all lengths. expected, if not NULL, gets the
 * weights of all convolutions one after the other, in the file's order (out, in, down, across).
 * free() the bytes.
 */
uint8_t *fixture_compressed(const struct cg_convnet *net, uint64_t seed, float *expected,
                            size_t *nbytes);

/* A safetensors file: one convolution of 8 channels at stride 2, a pool, features and 4 classes. */
void fixture_convnet_write(const char *path);

#endif
