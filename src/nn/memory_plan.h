/*
 * Memory planning: buffers whose lifetimes do not overlap may share memory. Greedy by size
 * (Pisarchyk and Lee 2020, "Efficient Memory Management for Deep Neural Net Inference", section 4):
 * the largest first, each at the lowest offset that is free for its whole interval.
 */
#ifndef CG_NN_MEMORY_PLAN_H
#define CG_NN_MEMORY_PLAN_H

#include "base/error.h"

#include <stdbool.h>

struct cg_interval {
    size_t size;     /* in floats; 0: needs no memory */
    int first, last; /* both included */
    size_t offset;   /* result, in floats, a multiple of a cache line */
};

/* Place all intervals in one arena; *total is its size in floats. Errors: CG_ERR_MEMORY. */
enum cg_status cg_plan_memory(struct cg_interval *intervals, size_t count, size_t *total,
                              struct cg_error *error);

struct cg_network;

/*
 * For each layer, the layer whose memory holds its output: itself; for a view, its input; for a sum
 * whose first term has no other reader, that term. root has layer_count elements.
 */
void cg_plan_roots(const struct cg_network *network, int *root);

#endif
