/*
 * The fully connected layer: y = act(W x + b) for every row x, where W is out x in.
 *
 * Backward, with g the gradient by y and g' = g * act'(y):
 *   dW += g'^T x     db += sum of g' over rows     dx = g' W
 */
#include "nn/layer.h"

#include "tensor/columns.h"

bool cg_linear_shape(const struct cg_layer *layer, const struct cg_shape *in,
                     const struct cg_shape *in2, struct cg_shape *out)
{
    (void)in2;
    *out = *in;
    out->channels = layer->out_channels;
    return true;
}

/* The small-weight kernel applies ReLU and leaky ReLU itself; other activations need a pass of
 * their own. */
static bool is_small(const struct cg_layer *layer)
{
    return layer->out_channels <= CG_SMALL_GEMM_OUT_MAX &&
           layer->in_channels <= CG_SMALL_GEMM_IN_MAX &&
           layer->in_channels * layer->out_channels <= CG_SMALL_GEMM_WEIGHTS_MAX &&
           layer->activation != CG_ACT_TANH && layer->activation != CG_ACT_SIGMOID;
}

static float small_slope(const struct cg_layer *layer)
{
    switch (layer->activation) {
    case CG_ACT_RELU:
        return 0.0f;
    case CG_ACT_LEAKY_RELU:
        return layer->slope;
    default:
        return 1.0f;
    }
}

size_t cg_linear_prepared_count(const struct cg_layer *layer)
{
    return is_small(layer)
               ? cg_small_gemm_floats((size_t)layer->in_channels, (size_t)layer->out_channels)
               : 0;
}

void cg_linear_prepare(const struct cg_layer *layer, const float *parameters,
                       enum cg_precision precision, float *prepared)
{
    const float *weight = parameters + layer->weight_offset,
                *bias = parameters + layer->bias_offset;
    size_t in = (size_t)layer->in_channels, out = (size_t)layer->out_channels;
    if (precision == CG_PRECISION_BF16)
        cg_bf16_gemm_prepare(weight, bias, in, out, prepared);
    else
        cg_small_gemm_prepare(weight, bias, in, out, prepared);
}

/* Columns of y, whole: bias, product and activation. */
static void forward_columns(const void *context, size_t begin, size_t end)
{
    const struct cg_layer_forward *call = context;
    const struct cg_layer *layer = call->layer;
    size_t rows = call->end - call->begin;
    size_t in = (size_t)layer->in_channels, out = (size_t)layer->out_channels;
    const float *weight = call->parameters + layer->weight_offset + begin * in;
    struct cg_matrix y = cg_columns_of(cg_matrix_make(call->out, rows, out), begin, end);
    cg_columns_fill(y, call->parameters + layer->bias_offset + begin);
    cg_gemm(CG_PLAIN, CG_TRANSPOSED, 1.0f, cg_matrix_of(call->in, rows, in),
            cg_matrix_of(weight, end - begin, in), 1.0f, y);
    cg_columns_activate(y, layer->activation, layer->slope);
}

void cg_linear_forward(const struct cg_layer_forward *call)
{
    const struct cg_layer *layer = call->layer;
    const float *weight = call->parameters + layer->weight_offset;
    const float *bias = call->parameters + layer->bias_offset;
    size_t rows = call->end - call->begin;
    size_t in = (size_t)layer->in_channels, out = (size_t)layer->out_channels;
    if (is_small(layer) && call->prepared != NULL) {
        const float slope = small_slope(layer);
        if (call->precision == CG_PRECISION_BF16)
            cg_bf16_gemm_multiply(call->in, rows, in, call->prepared, out, slope, call->out);
        else
            cg_small_gemm_multiply(call->in, rows, in, call->prepared, out, slope, call->out);
        return;
    }
    if (is_small(layer)) {
        cg_small_gemm(call->in, rows, in, weight, bias, out, small_slope(layer), call->out);
        return;
    }
    cg_columns_run(call->pool, out, forward_columns, call);
}

/* Gradients of W and b for those columns. */
static void backward_columns(const void *context, size_t begin, size_t end)
{
    const struct cg_layer_backward *call = context;
    const struct cg_layer *layer = call->layer;
    size_t rows = cg_shape_rows(call->out_shape);
    size_t in = (size_t)layer->in_channels, out = (size_t)layer->out_channels;
    struct cg_matrix gradient =
        cg_columns_of(cg_matrix_make(call->grad_out, rows, out), begin, end);
    cg_columns_activation_backward(gradient, call->out + begin, layer->activation, layer->slope);
    if (call->grad_parameters == NULL)
        return;
    float *by_weight = call->grad_parameters + layer->weight_offset + begin * in;
    cg_gemm(CG_TRANSPOSED, CG_PLAIN, 1.0f, gradient, cg_matrix_of(call->in, rows, in), 1.0f,
            cg_matrix_make(by_weight, end - begin, in));
    cg_columns_sums_add(call->grad_parameters + layer->bias_offset + begin, gradient);
}

/* All gradients, except an input gradient that must be accumulated. */
static void small_gemm_backward(const struct cg_layer_backward *call)
{
    const struct cg_layer *layer = call->layer;
    float *by_parameters = call->grad_parameters;
    const struct cg_small_gemm_backward narrow = {
        .rows = cg_shape_rows(call->out_shape),
        .in = (size_t)layer->in_channels,
        .out = (size_t)layer->out_channels,
        .x = call->in,
        .w = call->parameters + layer->weight_offset,
        .y = call->out,
        .slope = small_slope(layer),
        .gradient = call->grad_out,
        .w_gradient = by_parameters == NULL ? NULL : by_parameters + layer->weight_offset,
        .bias_gradient = by_parameters == NULL ? NULL : by_parameters + layer->bias_offset,
        .x_gradient = call->accumulate_in ? NULL : call->grad_in};
    cg_small_gemm_backward(&narrow);
}

void cg_linear_backward(const struct cg_layer_backward *call)
{
    const struct cg_layer *layer = call->layer;
    size_t rows = cg_shape_rows(call->out_shape);
    size_t in = (size_t)layer->in_channels, out = (size_t)layer->out_channels;
    bool narrow = is_small(layer);
    if (narrow)
        small_gemm_backward(call);
    else
        cg_columns_run(call->pool, out, backward_columns, call);
    if (call->grad_in != NULL && (call->accumulate_in || !narrow))
        cg_columns_gemm(call->pool, CG_PLAIN, CG_PLAIN, 1.0f,
                        cg_matrix_make(call->grad_out, rows, out),
                        cg_matrix_of(call->parameters + layer->weight_offset, out, in),
                        call->accumulate_in ? 1.0f : 0.0f, cg_matrix_make(call->grad_in, rows, in));
}
