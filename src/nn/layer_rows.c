/* Layers without parameters that work row by row: views, sums, channels side by side, luma,
 * dropout.
 */
#include "nn/layer.h"

#include "base/luma.h"
#include "base/multiversion.h"

#include <string.h>

static void pass_gradient(float *target, const float *gradient, size_t count, bool accumulate)
{
    if (target == NULL || target == gradient)
        return;
    if (accumulate)
        cg_vector_axpy(target, 1.0f, gradient, count);
    else
        cg_copy_floats(target, gradient, count);
}

/* ---- to_pixels: the channels of a row cut into size * size rows, in the same order in memory ----
 * Forward and backward run only if the output has memory of its own, that is if other layers read
 * the input too, or it is the network's. */

bool cg_to_pixels_shape(const struct cg_layer *layer, const struct cg_shape *in,
                        const struct cg_shape *in2, struct cg_shape *out)
{
    (void)in2;
    int area = layer->size * layer->size;
    *out = *in;
    out->height = in->height * layer->size;
    out->width = in->width * layer->size;
    out->channels = in->channels / area;
    out->cell = layer->size;
    return in->cell == 1 && in->channels % area == 0;
}

void cg_to_pixels_forward(const struct cg_layer_forward *call)
{
    size_t rows = call->end - call->begin;
    cg_copy_floats(call->out, call->in, rows * (size_t)call->out_shape->channels);
}

void cg_to_pixels_backward(const struct cg_layer_backward *call)
{
    pass_gradient(call->grad_in, call->grad_out, cg_shape_values(call->out_shape),
                  call->accumulate_in);
}

/* ---- add ---- */

static bool same_grid(const struct cg_shape *a, const struct cg_shape *b)
{
    return a->count == b->count && a->height == b->height && a->width == b->width &&
           a->cell == b->cell;
}

bool cg_add_shape(const struct cg_layer *layer, const struct cg_shape *in,
                  const struct cg_shape *in2, struct cg_shape *out)
{
    (void)layer;
    *out = *in;
    return same_grid(in, in2) && in->channels == in2->channels;
}

void cg_add_forward(const struct cg_layer_forward *call)
{
    size_t rows = call->end - call->begin;
    cg_vector_sum(call->out, call->in, call->in2, rows * (size_t)call->in_shape->channels);
}

void cg_add_backward(const struct cg_layer_backward *call)
{
    size_t count = cg_shape_values(call->out_shape);
    pass_gradient(call->grad_in, call->grad_out, count, call->accumulate_in);
    pass_gradient(call->grad_in2, call->grad_out, count, call->accumulate_in2);
}

/* ---- concat ---- */

bool cg_concat_shape(const struct cg_layer *layer, const struct cg_shape *in,
                     const struct cg_shape *in2, struct cg_shape *out)
{
    (void)layer;
    *out = *in;
    out->channels = in->channels + in2->channels;
    return same_grid(in, in2);
}

void cg_concat_forward(const struct cg_layer_forward *call)
{
    size_t first = (size_t)call->in_shape->channels;
    size_t both = (size_t)call->out_shape->channels, second = both - first;
    size_t rows = call->end - call->begin;
    float *out = call->out;
    for (size_t row = 0; row < rows; row++, out += both) {
        cg_copy_floats(out, call->in + row * first, first);
        cg_copy_floats(out + first, call->in2 + row * second, second);
    }
}

/* Columns first to first + columns - 1 of the gradient's rows, to a map of their own. */
static void pass_columns(float *target, const float *gradient, size_t rows, size_t stride,
                         size_t first, size_t columns, bool accumulate)
{
    if (target == NULL)
        return;
    for (size_t row = 0; row < rows; row++)
        pass_gradient(target + row * columns, gradient + row * stride + first, columns, accumulate);
}

void cg_concat_backward(const struct cg_layer_backward *call)
{
    size_t first = (size_t)call->in_shape->channels;
    size_t both = (size_t)call->out_shape->channels;
    size_t rows = cg_shape_rows(call->out_shape);
    pass_columns(call->grad_in, call->grad_out, rows, both, 0, first, call->accumulate_in);
    pass_columns(call->grad_in2, call->grad_out, rows, both, first, both - first,
                 call->accumulate_in2);
}

/* ---- luma ---- */

bool cg_luma_shape(const struct cg_layer *layer, const struct cg_shape *in,
                   const struct cg_shape *in2, struct cg_shape *out)
{
    (void)layer;
    (void)in2;
    *out = *in;
    out->channels = 1;
    return in->channels == 3;
}

void cg_luma_forward(const struct cg_layer_forward *call)
{
    size_t rows = call->end - call->begin;
    for (size_t row = 0; row < rows; row++)
        call->out[row] = cg_luma_of(call->in + 3 * row);
}

void cg_luma_backward(const struct cg_layer_backward *call)
{
    static const float luma_weight[3] = {CG_LUMA_RED, CG_LUMA_GREEN, CG_LUMA_BLUE};
    size_t rows = cg_shape_rows(call->out_shape);
    if (call->grad_in == NULL)
        return;
    for (size_t row = 0; row < rows; row++)
        for (size_t c = 0; c < 3; c++) {
            float gradient = luma_weight[c] * call->grad_out[row];
            float *target = &call->grad_in[3 * row + c];
            *target = call->accumulate_in ? *target + gradient : gradient;
        }
}

/* ---- dropout (Srivastava et al. 2014), scaled in training so that inference is the identity ----
 * Which values are kept is a hash of the noise and their number: nothing is kept for backward. */

bool cg_dropout_shape(const struct cg_layer *layer, const struct cg_shape *in,
                      const struct cg_shape *in2, struct cg_shape *out)
{
    (void)layer;
    (void)in2;
    *out = *in;
    return true;
}

uint64_t cg_layer_noise(uint64_t pass_noise, int layer)
{
    return pass_noise == 0 ? 0 : (pass_noise + (uint64_t)layer) * 0x9e3779b97f4a7c15u | 1;
}

static inline uint32_t mixed(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352du;
    x = (x ^ x >> 15) * 0x846ca68bu;
    return x ^ x >> 16;
}

CG_MULTIVERSION
void cg_dropout_apply(float *y, const float *x, size_t count, float rate, uint64_t noise,
                      size_t first)
{
    uint32_t low = (uint32_t)noise, high = (uint32_t)(noise >> 32);
    uint32_t threshold = (uint32_t)(rate * 0x1p24f);
    float scale = 1.0f / (1.0f - rate);
    for (size_t i = 0; i < count; i++) {
        uint32_t drawn = mixed(mixed((uint32_t)(first + i) ^ low) ^ high) >> 8;
        y[i] = drawn >= threshold ? x[i] * scale : 0.0f;
    }
}

void cg_dropout_forward(const struct cg_layer_forward *call)
{
    size_t channels = (size_t)call->out_shape->channels;
    size_t count = (call->end - call->begin) * channels;
    if (call->noise == 0)
        cg_copy_floats(call->out, call->in, count);
    else
        cg_dropout_apply(call->out, call->in, count, call->layer->rate, call->noise,
                         call->begin * channels);
}

void cg_dropout_backward(const struct cg_layer_backward *call)
{
    size_t count = cg_shape_values(call->out_shape);
    if (call->noise != 0)
        cg_dropout_apply(call->grad_out, call->grad_out, count, call->layer->rate, call->noise, 0);
    pass_gradient(call->grad_in, call->grad_out, count, call->accumulate_in);
}
