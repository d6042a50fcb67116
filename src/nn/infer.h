/*
 * Running a network over one large picture, for use and not for training.
 *
 * Layers are cut into stages, each beginning with the layers that gather rows from all over the
 * picture. Within a stage, blocks of rows go through all layers while they are in the cache, and
 * threads share the blocks; only maps that later stages read are kept whole. Blocks are cut by
 * position alone, so the result is the same for any number of threads.
 */
#ifndef CG_NN_INFER_H
#define CG_NN_INFER_H

#include "base/pool.h"
#include "nn/network.h"

struct cg_infer;

/* For one network, which must outlive it; sized by the pictures that come, memory is kept. */
enum cg_status cg_infer_create(const struct cg_network *network, struct cg_infer **out,
                               struct cg_error *error);
void cg_infer_free(struct cg_infer *infer);

/*
 * input: height * width rows of the network's input channels. *output belongs to infer and holds
 * until the next run; *shape, if not NULL, is its shape. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY.
 */
enum cg_status cg_infer_run(struct cg_infer *infer, struct cg_pool *pool, const float *parameters,
                            const float *input, int height, int width, const float **output,
                            struct cg_shape *shape, struct cg_error *error);

#endif
