/*
 * Inference over any number of independent rows, in blocks of fixed size distributed over threads,
 * so that a row's result depends neither on their number nor on the threads.
 */
#ifndef CG_NN_ROWWISE_H
#define CG_NN_ROWWISE_H

#include "base/pool.h"
#include "nn/network.h"

struct cg_rowwise;

/* Network and pool must outlive it. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY. */
enum cg_status cg_rowwise_create(const struct cg_network *network, struct cg_pool *pool,
                                 struct cg_rowwise **out, struct cg_error *error);
void cg_rowwise_free(struct cg_rowwise *rowwise);

/*
 * input: rows of the network's input channels. output: receives the last layer's rows. values: if
 * not NULL, receives the rows of layer `layer`. Not thread-safe.
 */
void cg_rowwise_run(struct cg_rowwise *rowwise, const float *parameters, const float *input,
                    size_t rows, float *output, int layer, float *values);

#endif
