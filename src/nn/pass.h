/*
 * A training pass of a network over a batch of fixed size: forward keeps what backward needs.
 * Passes share only the immutable network, so several may be alive for one network, each used by a
 * different thread. Nothing is allocated after creation.
 */
#ifndef CG_NN_PASS_H
#define CG_NN_PASS_H

#include "base/error.h"
#include "base/pool.h"
#include "nn/network.h"

#include <stdbool.h>

/*
 * Memory planning: buffers whose lifetimes do not overlap may share memory. Greedy by size
 * (Pisarchyk and Lee 2020, "Efficient Memory Management for Deep Neural Net Inference", section 4):
 * the largest first, each at the lowest offset that is free for its whole interval.
 */

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

struct cg_pass;

/*
 * For count grids of height x width. input_gradient: whether backward computes the gradient with
 * respect to the input. The network must outlive the pass. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY.
 */
enum cg_status cg_pass_create(const struct cg_network *network, int count, int height, int width,
                              bool input_gradient, struct cg_pass **out, struct cg_error *error);
void cg_pass_free(struct cg_pass *pass);

/* Shape of the last layer's output. */
const struct cg_shape *cg_pass_output_shape(const struct cg_pass *pass);

/*
 * Run forward. input: count * height * width rows of the network's input channels; it must stay
 * valid until backward is done. Returns the output, which belongs to the pass.
 */
const float *cg_pass_forward(struct cg_pass *pass, const float *parameters, const float *input);

/*
 * Run backward, after forward with the same parameters.
 *   grad_output: gradient with respect to the output, of its shape; overwritten.
 *   grad_parameters: += gradient with respect to the parameters; may be NULL.
 *   grad_input: = gradient with respect to the input; NULL unless the pass was created for it.
 */
void cg_pass_backward(struct cg_pass *pass, const float *parameters, float *grad_output,
                      float *grad_parameters, float *grad_input);

/*
 * Set a callback for later backwards that compute parameter gradients, called after each layer with
 * parameters: the gradient is then complete from index `from` on. NULL: no callback.
 */
typedef void (*cg_pass_gradient_fn)(void *context, size_t from);
void cg_pass_listen(struct cg_pass *pass, cg_pass_gradient_fn fn, void *context);

/* Seed of random layers (DROPOUT) from the next forward on; 0, the initial value, disables them. */
void cg_pass_set_noise(struct cg_pass *pass, uint64_t noise);
uint64_t cg_pass_noise(const struct cg_pass *pass);

/* Set a pool for wide layers, used from the next call on; NULL, the initial value: the calling
 * thread alone. Results do not depend on the number of threads, but differ in the last digits from
 * those without a pool. */
void cg_pass_set_pool(struct cg_pass *pass, struct cg_pool *pool);
struct cg_pool *cg_pass_pool(const struct cg_pass *pass);

/* A layer's output of the last forward; it belongs to the pass. */
const float *cg_pass_values(const struct cg_pass *pass, int layer);

#endif
