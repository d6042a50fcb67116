/* The R1 penalty: see penalty.h. */
#include "nn/penalty.h"

#include "base/memory.h"
#include "nn/layer.h"
#include "tensor/columns.h"

#include <stdlib.h>

struct cg_penalty {
    const struct cg_network *network;
    int first; /* layer of the chain */
    size_t input_channels;
    float **deltas;     /* d of each layer's output: rows x its channels */
    float *tangents[2]; /* t, of the layer at hand and of the next */
    float *input_delta; /* df/dx */
    float *arena;
};

static bool is_piecewise_linear(enum cg_activation activation)
{
    return activation == CG_ACT_NONE || activation == CG_ACT_RELU ||
           activation == CG_ACT_LEAKY_RELU;
}

/* The number of layers at the front that only make rows of pictures. */
static int leading_layers(const struct cg_network *network)
{
    int i = 0;
    while (i < network->layer_count && network->layers[i].from == i - 1 &&
           (network->layers[i].kind == CG_LAYER_LUMA ||
            network->layers[i].kind == CG_LAYER_MEAN_POOL ||
            network->layers[i].kind == CG_LAYER_PATCHES))
        i++;
    return i;
}

static bool is_chain(const struct cg_network *network, int first)
{
    for (int i = first; i < network->layer_count; i++) {
        const struct cg_layer *layer = &network->layers[i];
        bool linear = layer->kind == CG_LAYER_LINEAR && is_piecewise_linear(layer->activation);
        if (layer->from != i - 1 || (!linear && layer->kind != CG_LAYER_DROPOUT))
            return false;
    }
    return network->layer_count > first &&
           network->layers[network->layer_count - 1].out_channels == 1;
}

/* Where each piece lies in one block of memory; with a NULL base only the size is worked out. */
static size_t lay_out(struct cg_penalty *penalty, size_t rows, float *base)
{
    const struct cg_network *network = penalty->network;
    size_t used = 0, widest = penalty->input_channels;
    for (int i = penalty->first; i < network->layer_count; i++) {
        size_t channels = (size_t)network->layers[i].out_channels;
        penalty->deltas[i] = base == NULL ? NULL : base + used;
        used += rows * channels;
        widest = channels > widest ? channels : widest;
    }
    float **others[] = {&penalty->tangents[0], &penalty->tangents[1], &penalty->input_delta};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++, used += rows * widest)
        *others[i] = base == NULL ? NULL : base + used;
    return used;
}

enum cg_status cg_penalty_create(const struct cg_network *network, size_t rows,
                                 struct cg_penalty **out, struct cg_error *error)
{
    const int first = leading_layers(network);
    *out = NULL;
    if (!is_chain(network, first))
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "R1 penalty: expected a chain of linear layers with ReLU, leaky ReLU or "
                       "no activation, and one output");
    struct cg_penalty *penalty = cg_alloc_zero(1, sizeof(*penalty), "R1 penalty", error);
    if (penalty == NULL)
        return CG_ERR_MEMORY;
    penalty->network = network;
    penalty->first = first;
    penalty->input_channels = (size_t)cg_network_channels(network, first - 1);
    penalty->deltas =
        cg_alloc_zero((size_t)network->layer_count, sizeof(float *), "R1 penalty", error);
    if (penalty->deltas != NULL)
        penalty->arena = cg_alloc(lay_out(penalty, rows, NULL), sizeof(float), "R1 penalty", error);
    if (penalty->deltas == NULL || penalty->arena == NULL) {
        cg_penalty_free(penalty);
        return CG_ERR_MEMORY;
    }
    lay_out(penalty, rows, penalty->arena);
    *out = penalty;
    return CG_OK;
}

void cg_penalty_free(struct cg_penalty *penalty)
{
    if (penalty == NULL)
        return;
    free(penalty->arena);
    free(penalty->deltas);
    free(penalty);
}

/* vector *= M: a layer's slopes at the pass's values. */
static void bend(const struct cg_pass *pass, const struct cg_layer *layer, int index, size_t rows,
                 float *vector)
{
    size_t count = rows * (size_t)layer->out_channels;
    uint64_t noise = cg_layer_noise(cg_pass_noise(pass), index);
    if (layer->kind == CG_LAYER_LINEAR)
        cg_activation_backward(vector, cg_pass_values(pass, index), count, layer->activation,
                               layer->slope);
    else if (noise != 0)
        cg_dropout_apply(vector, vector, count, layer->rate, noise, 0);
}

/* to = W from (transpose CG_TRANSPOSED, forward) or W^T from (CG_PLAIN, backward), row by row. */
static void multiply(struct cg_pool *pool, enum cg_transpose transpose,
                     const struct cg_layer *layer, const float *parameters, size_t rows,
                     const float *from, float *to)
{
    size_t in = (size_t)layer->in_channels, out = (size_t)layer->out_channels;
    size_t inner = transpose == CG_PLAIN ? out : in, outer = transpose == CG_PLAIN ? in : out;
    if (layer->kind == CG_LAYER_LINEAR)
        cg_columns_gemm(pool, CG_PLAIN, transpose, 1.0f, cg_matrix_of(from, rows, inner),
                        cg_matrix_of(parameters + layer->weight_offset, out, in), 0.0f,
                        cg_matrix_make(to, rows, outer));
    else
        cg_copy_floats(to, from, rows * out);
}

static void walk_back(struct cg_penalty *penalty, const struct cg_pass *pass, size_t rows,
                      const float *parameters)
{
    const struct cg_network *network = penalty->network;
    int last = network->layer_count - 1;
    for (size_t r = 0; r < rows; r++)
        penalty->deltas[last][r] = 1.0f;
    for (int i = last; i >= penalty->first; i--) {
        bend(pass, &network->layers[i], i, rows, penalty->deltas[i]);
        multiply(cg_pass_pool(pass), CG_PLAIN, &network->layers[i], parameters, rows,
                 penalty->deltas[i],
                 i > penalty->first ? penalty->deltas[i - 1] : penalty->input_delta);
    }
}

static void walk_forward(struct cg_penalty *penalty, const struct cg_pass *pass, size_t rows,
                         const float *parameters, float *grad_parameters)
{
    const struct cg_network *network = penalty->network;
    const float *tangent = penalty->input_delta;
    for (int i = penalty->first; i < network->layer_count; i++) {
        const struct cg_layer *layer = &network->layers[i];
        size_t in = (size_t)layer->in_channels, out = (size_t)layer->out_channels;
        float *next = penalty->tangents[i % 2];
        if (layer->kind == CG_LAYER_LINEAR)
            cg_columns_gemm(cg_pass_pool(pass), CG_TRANSPOSED, CG_PLAIN, 1.0f,
                            cg_matrix_of(penalty->deltas[i], rows, out),
                            cg_matrix_of(tangent, rows, in), 1.0f,
                            cg_matrix_make(grad_parameters + layer->weight_offset, out, in));
        if (i + 1 < network->layer_count) {
            multiply(cg_pass_pool(pass), CG_TRANSPOSED, layer, parameters, rows, tangent, next);
            bend(pass, layer, i, rows, next);
        }
        tangent = next;
    }
}

double cg_penalty_r1(struct cg_penalty *penalty, const struct cg_pass *pass, size_t rows,
                     const float *parameters, float weight, float *grad_parameters)
{
    size_t count = rows * penalty->input_channels;
    walk_back(penalty, pass, rows, parameters);
    double squares = cg_vector_dot(penalty->input_delta, penalty->input_delta, count);
    cg_vector_scale(penalty->input_delta, weight / (float)rows, count);
    walk_forward(penalty, pass, rows, parameters, grad_parameters);
    return 0.5 * (double)weight * squares / (double)rows;
}
