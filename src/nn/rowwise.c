/* A network over single rows: see rowwise.h. */
#include "nn/rowwise.h"

#include "base/memory.h"
#include "nn/pass.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_ROWS 64

struct cg_rowwise {
    const struct cg_network *network;
    struct cg_pool *pool;
    struct cg_pass **passes; /* one for each worker */
    float *inputs;           /* a block for each worker */
};

struct rowwise_call {
    const struct cg_rowwise *rowwise;
    const float *parameters, *input;
    size_t rows;
    float *output;
    int layer;
    float *values;
};

enum cg_status cg_rowwise_create(const struct cg_network *network, struct cg_pool *pool,
                                 struct cg_rowwise **out, struct cg_error *error)
{
    *out = NULL;
    size_t workers = (size_t)cg_pool_threads(pool);
    struct cg_rowwise *rowwise = cg_alloc_zero(1, sizeof(*rowwise), "network in use", error);
    if (rowwise == NULL)
        return CG_ERR_MEMORY;
    rowwise->network = network;
    rowwise->pool = pool;
    rowwise->passes = cg_alloc_zero(workers, sizeof(struct cg_pass *), "network in use", error);
    rowwise->inputs = cg_alloc_zero(workers * BLOCK_ROWS * (size_t)network->input_channels,
                                    sizeof(float), "network in use", error);
    enum cg_status status =
        rowwise->passes == NULL || rowwise->inputs == NULL ? CG_ERR_MEMORY : CG_OK;
    for (size_t w = 0; status == CG_OK && w < workers; w++)
        status = cg_pass_create(network, BLOCK_ROWS, 1, 1, false, &rowwise->passes[w], error);
    if (status != CG_OK) {
        cg_rowwise_free(rowwise);
        return status;
    }
    *out = rowwise;
    return CG_OK;
}

void cg_rowwise_free(struct cg_rowwise *rowwise)
{
    if (rowwise == NULL)
        return;
    for (int w = 0; rowwise->passes != NULL && w < cg_pool_threads(rowwise->pool); w++)
        cg_pass_free(rowwise->passes[w]);
    free(rowwise->inputs);
    free(rowwise->passes);
    free(rowwise);
}

static void run_block(void *context, size_t item, int worker)
{
    const struct rowwise_call *call = context;
    const struct cg_rowwise *rowwise = call->rowwise;
    const struct cg_network *network = rowwise->network;
    struct cg_pass *pass = rowwise->passes[worker];
    size_t in = (size_t)network->input_channels, begin = item * BLOCK_ROWS;
    size_t out = (size_t)cg_network_channels(network, network->layer_count - 1);
    size_t rows = call->rows - begin < BLOCK_ROWS ? call->rows - begin : BLOCK_ROWS;
    float *input = rowwise->inputs + (size_t)worker * BLOCK_ROWS * in;
    memcpy(input, call->input + begin * in, rows * in * sizeof(float));
    memset(input + rows * in, 0, (BLOCK_ROWS - rows) * in * sizeof(float));
    const float *output = cg_pass_forward(pass, call->parameters, input);
    memcpy(call->output + begin * out, output, rows * out * sizeof(float));
    if (call->values != NULL) {
        size_t width = (size_t)cg_network_channels(network, call->layer);
        memcpy(call->values + begin * width, cg_pass_values(pass, call->layer),
               rows * width * sizeof(float));
    }
}

void cg_rowwise_run(struct cg_rowwise *rowwise, const float *parameters, const float *input,
                    size_t rows, float *output, int layer, float *values)
{
    struct rowwise_call call = {rowwise, parameters, input, rows, output, layer, values};
    cg_pool_run(rowwise->pool, (rows + BLOCK_ROWS - 1) / BLOCK_ROWS, run_block, &call);
}
