/*
 * SqueezeNet v1.0 (Iandola, Han et al. 2016, arXiv 1602.07360) in the pruned and quantised form
 * that its authors give out (Han, Mao and Dally 2016, "Deep compression", arXiv 1510.00149).
 */
#ifndef CG_EVAL_SQUEEZENET_H
#define CG_EVAL_SQUEEZENET_H

#include "eval/convnet.h"

/* Build the network from the bytes of its file. Errors: CG_ERR_MODEL, CG_ERR_MEMORY. */
enum cg_status cg_squeezenet_parse(const uint8_t *bytes, size_t nbytes, struct cg_convnet **out,
                                   struct cg_error *error);

/* Fill the weights of all convolutions of net, in their order, from compressed bytes. Error:
 * CG_ERR_MODEL (the bytes are not those of a network of these sizes). */
enum cg_status cg_compressed_decode(const uint8_t *bytes, size_t nbytes, struct cg_convnet *net,
                                    struct cg_error *error);

#endif
