/*
 * Layers of picture networks: see convnet.h and convnet_layers.h.
 *
 * A convolution gathers the windows of BLOCK output pixels into rows (im2col, Chellapilla et al.
 * 2006) and multiplies them by the weights: out[p][o] = bias[o] + sum over window and channels of
 * in * w. Blocks keep that copy small; they are cut by position alone, so results depend on
 * nothing but the input. A 1 x 1 kernel needs no copy. Backward multiplies a block's gradient by
 * the weights into such rows, and adds these to the pixels that they stand for.
 *
 * Pools: size = (side + 2 padding - kernel) / stride + 1, rounded down, or up where the layer says
 * so, but no window may begin beyond the edge (Caffe's rule).
 */
#include "convnet/convnet_layers.h"

#include "tensor/kernels.h"
#include "tensor/matrix.h"

#include <string.h>

#define BLOCK 512
#define SIDE_MAX 65536

/* ---- shapes ---------------------------------------------------------------------------------- */

/* How many windows fit along one axis; 0 when none does. */
static int windows(const struct cg_conv_layer *layer, int axis, int side)
{
    int room = side + 2 * layer->padding[axis] - layer->kernel[axis], stride = layer->stride[axis];
    if (room < 0)
        return 0;
    int count = (layer->ceiling ? room + stride - 1 : room) / stride + 1;
    if (layer->ceiling && (count - 1) * stride >= side + layer->padding[axis])
        count--;
    return count;
}

/* A pool's window may not lie entirely outside the map. */
static bool window_is_sound(const struct cg_conv_layer *layer, int axis)
{
    int kernel = layer->kernel[axis], stride = layer->stride[axis], padding = layer->padding[axis];
    return kernel > 0 && kernel < SIDE_MAX && stride > 0 && stride < SIDE_MAX && padding >= 0 &&
           padding < (layer->kind == CG_CONV_CONV ? SIDE_MAX : kernel);
}

static bool windowed_shape(struct cg_conv_call *call)
{
    const struct cg_conv_layer *layer = call->layer;
    const struct cg_map_shape *in = call->in_shapes[0];
    if (!window_is_sound(layer, 0) || !window_is_sound(layer, 1))
        return false;
    call->out_shape = (struct cg_map_shape){windows(layer, 0, in->height),
                                            windows(layer, 1, in->width), in->channels};
    return call->out_shape.height > 0 && call->out_shape.width > 0;
}

static bool conv_shape(struct cg_conv_call *call)
{
    if (call->layer->channels <= 0 || call->layer->ceiling || !windowed_shape(call))
        return false;
    call->out_shape.channels = call->layer->channels;
    return true;
}

static bool global_mean_shape(struct cg_conv_call *call)
{
    call->out_shape = (struct cg_map_shape){1, 1, call->in_shapes[0]->channels};
    return true;
}

static bool concat_shape(struct cg_conv_call *call)
{
    call->out_shape = *call->in_shapes[0];
    for (int i = 1; i < call->layer->from_count; i++) {
        const struct cg_map_shape *in = call->in_shapes[i];
        if (in->height != call->out_shape.height || in->width != call->out_shape.width)
            return false;
        call->out_shape.channels += in->channels;
    }
    return true;
}

enum cg_status cg_conv_call_shape(struct cg_conv_call *call, const struct cg_map_shape *input,
                                  const struct cg_map_shape *shapes, struct cg_error *error)
{
    const struct cg_conv_layer *layer = call->layer;
    for (int i = 0; i < layer->from_count; i++)
        call->in_shapes[i] = layer->from[i] == CG_CONVNET_INPUT ? input : &shapes[layer->from[i]];
    if (cg_conv_type_of(layer->kind)->shape(call))
        return CG_OK;
    return cg_fail(error, CG_ERR_MODEL,
                   "layer %.64s: a %s of %d x %d at stride %d x %d does not fit its input of "
                   "%d x %d pixels with %d channels",
                   layer->name, cg_conv_type_of(layer->kind)->name, layer->kernel[0],
                   layer->kernel[1], layer->stride[0], layer->stride[1], call->in_shapes[0]->height,
                   call->in_shapes[0]->width, call->in_shapes[0]->channels);
}

/* ---- convolution ----------------------------------------------------------------------------- */

static size_t window_floats(const struct cg_conv_call *call)
{
    const int *kernel = call->layer->kernel;
    return (size_t)kernel[0] * (size_t)kernel[1] * (size_t)call->in_shapes[0]->channels;
}

static bool is_pointwise(const struct cg_conv_layer *layer)
{
    return layer->kernel[0] == 1 && layer->kernel[1] == 1 && layer->stride[0] == 1 &&
           layer->stride[1] == 1 && layer->padding[0] == 0 && layer->padding[1] == 0;
}

size_t cg_conv_columns_count(const struct cg_conv_call *call)
{
    if (call->layer->kind != CG_CONV_CONV || is_pointwise(call->layer))
        return 0;
    return BLOCK * window_floats(call);
}

/* One row of a window: the pixels y, x to x + count - 1, zeros where the map ends. */
static void gather_row(const float *map, const struct cg_map_shape *shape, int y, int x, int count,
                       float *out)
{
    size_t channels = (size_t)shape->channels;
    int first = x < 0 ? 0 : x, end = x + count < shape->width ? x + count : shape->width;
    if (y < 0 || y >= shape->height || end <= first) {
        memset(out, 0, (size_t)count * channels * sizeof(*out));
        return;
    }
    size_t before = (size_t)(first - x) * channels, inside = (size_t)(end - first) * channels;
    size_t at = ((size_t)y * (size_t)shape->width + (size_t)first) * channels;
    memset(out, 0, before * sizeof(*out));
    memcpy(out + before, map + at, inside * sizeof(*out));
    memset(out + before + inside, 0, ((size_t)count * channels - before - inside) * sizeof(*out));
}

/* The windows of output pixels begin to begin + count - 1, a row each. */
static void gather_windows(const struct cg_conv_call *call, size_t begin, size_t count)
{
    const struct cg_conv_layer *layer = call->layer;
    const struct cg_map_shape *in = call->in_shapes[0];
    size_t row_floats = (size_t)layer->kernel[1] * (size_t)in->channels;
    float *out = call->columns;
    for (size_t pixel = begin; pixel < begin + count; pixel++) {
        int top = (int)(pixel / (size_t)call->out_shape.width) * layer->stride[0];
        int left = (int)(pixel % (size_t)call->out_shape.width) * layer->stride[1];
        for (int ky = 0; ky < layer->kernel[0]; ky++, out += row_floats)
            gather_row(call->in[0], in, top + ky - layer->padding[0], left - layer->padding[1],
                       layer->kernel[1], out);
    }
}

static void conv_forward(const struct cg_conv_call *call)
{
    size_t window = window_floats(call), channels = (size_t)call->out_shape.channels;
    size_t pixels = (size_t)call->out_shape.height * (size_t)call->out_shape.width;
    struct cg_matrix weights = cg_matrix_of(call->layer->weights, channels, window);
    for (size_t begin = 0; begin < pixels; begin += BLOCK) {
        size_t count = pixels - begin < BLOCK ? pixels - begin : BLOCK;
        const float *rows = call->in[0] + begin * window;
        if (!is_pointwise(call->layer)) {
            gather_windows(call, begin, count);
            rows = call->columns;
        }
        float *out = call->out + begin * channels;
        cg_rows_fill(out, call->layer->bias, count, channels);
        cg_gemm(CG_PLAIN, CG_TRANSPOSED, 1.0f, cg_matrix_of(rows, count, window), weights, 1.0f,
                cg_matrix_make(out, count, channels));
        if (call->layer->relu)
            cg_activate(out, count * channels, CG_ACT_RELU, 0.0f);
    }
}

/* gather_row's transpose: add to the pixels of the map that the row was taken from. */
static void scatter_row(const float *row, const struct cg_map_shape *shape, int y, int x, int count,
                        float *map)
{
    size_t channels = (size_t)shape->channels;
    int first = x < 0 ? 0 : x, end = x + count < shape->width ? x + count : shape->width;
    if (y < 0 || y >= shape->height || end <= first)
        return;
    size_t at = ((size_t)y * (size_t)shape->width + (size_t)first) * channels;
    cg_vector_axpy(map + at, 1.0f, row + (size_t)(first - x) * channels,
                   (size_t)(end - first) * channels);
}

static void scatter_windows(const struct cg_conv_call *call, size_t begin, size_t count)
{
    const struct cg_conv_layer *layer = call->layer;
    const struct cg_map_shape *in = call->in_shapes[0];
    size_t row_floats = (size_t)layer->kernel[1] * (size_t)in->channels;
    const float *row = call->columns;
    for (size_t pixel = begin; pixel < begin + count; pixel++) {
        int top = (int)(pixel / (size_t)call->out_shape.width) * layer->stride[0];
        int left = (int)(pixel % (size_t)call->out_shape.width) * layer->stride[1];
        for (int ky = 0; ky < layer->kernel[0]; ky++, row += row_floats)
            scatter_row(row, in, top + ky - layer->padding[0], left - layer->padding[1],
                        layer->kernel[1], call->in_gradients[0]);
    }
}

static void conv_backward(const struct cg_conv_call *call)
{
    size_t window = window_floats(call), channels = (size_t)call->out_shape.channels;
    size_t pixels = (size_t)call->out_shape.height * (size_t)call->out_shape.width;
    struct cg_matrix weights = cg_matrix_of(call->layer->weights, channels, window);
    bool pointwise = is_pointwise(call->layer);
    for (size_t begin = 0; begin < pixels; begin += BLOCK) {
        size_t count = pixels - begin < BLOCK ? pixels - begin : BLOCK;
        float *gradient = call->out_gradient + begin * channels;
        float *rows = pointwise ? call->in_gradients[0] + begin * window : call->columns;
        if (call->layer->relu)
            cg_activation_backward(gradient, call->out + begin * channels, count * channels,
                                   CG_ACT_RELU, 0.0f);
        cg_gemm(CG_PLAIN, CG_PLAIN, 1.0f, cg_matrix_of(gradient, count, channels), weights,
                pointwise ? 1.0f : 0.0f, cg_matrix_make(rows, count, window));
        if (!pointwise)
            scatter_windows(call, begin, count);
    }
}

/* ---- pools and concatenation ----------------------------------------------------------------- */

/* The part of a window that lies within the map. */
struct window {
    int top, bottom, left, right; /* bottom and right are exclusive */
};

static void clip(int begin, int count, int side, int *first, int *end)
{
    *first = begin < 0 ? 0 : begin;
    *end = begin + count < side ? begin + count : side;
}

static struct window window_at(const struct cg_conv_call *call, int y, int x)
{
    const struct cg_conv_layer *layer = call->layer;
    struct window window;
    clip(y * layer->stride[0] - layer->padding[0], layer->kernel[0], call->in_shapes[0]->height,
         &window.top, &window.bottom);
    clip(x * layer->stride[1] - layer->padding[1], layer->kernel[1], call->in_shapes[0]->width,
         &window.left, &window.right);
    return window;
}

static void window_max(const float *pixel, float *out, size_t channels)
{
    for (size_t c = 0; c < channels; c++)
        out[c] = pixel[c] > out[c] ? pixel[c] : out[c];
}

/* out = maximum or mean over the window, channel by channel. */
static void pool_window(const struct cg_conv_call *call, const struct window *window, bool mean,
                        float *out)
{
    const struct cg_map_shape *in = call->in_shapes[0];
    size_t channels = (size_t)in->channels;
    for (int y = window->top; y < window->bottom; y++)
        for (int x = window->left; x < window->right; x++) {
            const float *pixel =
                call->in[0] + ((size_t)y * (size_t)in->width + (size_t)x) * channels;
            if (y == window->top && x == window->left)
                memcpy(out, pixel, channels * sizeof(*out));
            else if (mean)
                cg_vector_axpy(out, 1.0f, pixel, channels);
            else
                window_max(pixel, out, channels);
        }
    int area = (window->bottom - window->top) * (window->right - window->left);
    if (mean)
        cg_vector_scale(out, 1.0f / (float)area, channels);
}

/* To the first pixel of the window that has the maximum; gradient is used up. */
static void max_to_pixel(const float *pixel, const float *out, size_t channels, float *gradient,
                         float *to)
{
    for (size_t c = 0; c < channels; c++) {
        float share = pixel[c] == out[c] ? gradient[c] : 0.0f;
        to[c] += share;
        gradient[c] -= share;
    }
}

static void window_backward(const struct cg_conv_call *call, const struct window *window, bool mean,
                            const float *out, float *gradient)
{
    const struct cg_map_shape *in = call->in_shapes[0];
    size_t channels = (size_t)in->channels;
    float share = 1.0f / (float)((window->bottom - window->top) * (window->right - window->left));
    for (int y = window->top; y < window->bottom; y++)
        for (int x = window->left; x < window->right; x++) {
            size_t at = ((size_t)y * (size_t)in->width + (size_t)x) * channels;
            if (mean)
                cg_vector_axpy(call->in_gradients[0] + at, share, gradient, channels);
            else
                max_to_pixel(call->in[0] + at, out, channels, gradient, call->in_gradients[0] + at);
        }
}

static void pool_forward(const struct cg_conv_call *call)
{
    bool mean = call->layer->kind != CG_CONV_MAX_POOL;
    float *out = call->out;
    for (int y = 0; y < call->out_shape.height; y++)
        for (int x = 0; x < call->out_shape.width; x++, out += call->out_shape.channels) {
            struct window window = window_at(call, y, x);
            pool_window(call, &window, mean, out);
        }
}

static void pool_backward(const struct cg_conv_call *call)
{
    bool mean = call->layer->kind != CG_CONV_MAX_POOL;
    size_t at = 0;
    for (int y = 0; y < call->out_shape.height; y++)
        for (int x = 0; x < call->out_shape.width; x++, at += (size_t)call->out_shape.channels) {
            struct window window = window_at(call, y, x);
            window_backward(call, &window, mean, call->out + at, call->out_gradient + at);
        }
}

static void global_mean_forward(const struct cg_conv_call *call)
{
    struct window all = {0, call->in_shapes[0]->height, 0, call->in_shapes[0]->width};
    pool_window(call, &all, true, call->out);
}

static void global_mean_backward(const struct cg_conv_call *call)
{
    struct window all = {0, call->in_shapes[0]->height, 0, call->in_shapes[0]->width};
    window_backward(call, &all, true, call->out, call->out_gradient);
}

static void concat_forward(const struct cg_conv_call *call)
{
    size_t pixels = (size_t)call->out_shape.height * (size_t)call->out_shape.width;
    size_t stride = (size_t)call->out_shape.channels, at = 0;
    for (int i = 0; i < call->layer->from_count; i++) {
        size_t channels = (size_t)call->in_shapes[i]->channels;
        for (size_t pixel = 0; pixel < pixels; pixel++)
            memcpy(call->out + pixel * stride + at, call->in[i] + pixel * channels,
                   channels * sizeof(float));
        at += channels;
    }
}

static void concat_backward(const struct cg_conv_call *call)
{
    size_t pixels = (size_t)call->out_shape.height * (size_t)call->out_shape.width;
    size_t stride = (size_t)call->out_shape.channels, at = 0;
    for (int i = 0; i < call->layer->from_count; i++) {
        size_t channels = (size_t)call->in_shapes[i]->channels;
        for (size_t pixel = 0; pixel < pixels; pixel++)
            cg_vector_axpy(call->in_gradients[i] + pixel * channels, 1.0f,
                           call->out_gradient + pixel * stride + at, channels);
        at += channels;
    }
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct cg_conv_type types[] = {
    [CG_CONV_CONV] = {"conv", conv_shape, conv_forward, conv_backward},
    [CG_CONV_MAX_POOL] = {"max_pool", windowed_shape, pool_forward, pool_backward},
    [CG_CONV_MEAN_POOL] = {"mean_pool", windowed_shape, pool_forward, pool_backward},
    [CG_CONV_GLOBAL_MEAN] = {"global_mean", global_mean_shape, global_mean_forward,
                             global_mean_backward},
    [CG_CONV_CONCAT] = {"concat", concat_shape, concat_forward, concat_backward},
};

const struct cg_conv_type *cg_conv_type_of(enum cg_conv_kind kind)
{
    return &types[kind];
}

bool cg_conv_kind_of(const char *name, enum cg_conv_kind *out)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i].name, name) == 0) {
            *out = (enum cg_conv_kind)i;
            return true;
        }
    return false;
}
