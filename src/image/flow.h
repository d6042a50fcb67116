/*
 * Dense optical flow: where each pixel of one grey picture lies in another. After dense inverse
 * search (Kroeger, Timofte, Dai and Van Gool 2016), without its variational refinement: patches are
 * aligned from coarse to fine, and a pixel's vector is the mean of those of the patches over it,
 * each weighted by how well it explains the pixel.
 *
 * Where a picture has no texture nothing can be measured: vectors there stay near those of the
 * surroundings, and near zero when nothing moves. What comes into view has no counterpart at all;
 * its vectors mean nothing, and the caller has to look at what they lead to.
 */
#ifndef CG_IMAGE_FLOW_H
#define CG_IMAGE_FLOW_H

#include "base/pool.h"

/* Buffers, kept from call to call; one caller at a time. */
struct cg_flow;
enum cg_status cg_flow_create(struct cg_flow **out, struct cg_error *error);
void cg_flow_free(struct cg_flow *flow);

/*
 * from, to: height * width floats, 0 to 1. vectors: height * width pairs (x, y) in pixels, such
 * that from at (x, y) shows what `to` shows at (x, y) plus the vector. pool: its threads share the
 * work, the result does not depend on how many. Errors: CG_ERR_MEMORY.
 */
enum cg_status cg_flow_find(struct cg_flow *flow, struct cg_pool *pool, const float *from,
                            const float *to, int width, int height, float *vectors,
                            struct cg_error *error);

#endif
