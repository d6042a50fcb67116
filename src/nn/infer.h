/*
 * Inference over one large picture.
 *
 * Layers are grouped into stages, each beginning with the layers that gather rows from elsewhere in
 * the picture. Within a stage, blocks of rows pass through all layers while they are in the cache,
 * distributed over threads; only maps read by later stages are kept whole. Blocks depend on
 * position alone, so the result is the same for any number of threads.
 */
#ifndef CG_NN_INFER_H
#define CG_NN_INFER_H

#include "base/pool.h"
#include "nn/network.h"

struct cg_infer;

/* For one network, which must outlive it, in one precision. Memory grows with the largest picture
 * and is kept. */
enum cg_status cg_infer_create(const struct cg_network *network, enum cg_precision precision,
                               struct cg_infer **out, struct cg_error *error);
void cg_infer_free(struct cg_infer *infer);

/*
 * input: height * width rows of the network's input channels. *output belongs to infer and is
 * valid until the next run; *shape, if not NULL, receives its shape. Errors: CG_ERR_ARGUMENT,
 * CG_ERR_MEMORY; CG_ERR_CANCELLED, if the pool is watched.
 */
enum cg_status cg_infer_run(struct cg_infer *infer, struct cg_pool *pool, const float *parameters,
                            const float *input, int height, int width, const float **output,
                            struct cg_shape *shape, struct cg_error *error);

#endif
