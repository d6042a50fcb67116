/*
 * Layers that gather rows of a grid: the spatial part of a network, without arithmetic. Rows
 * outside the grid repeat its edge. Backward scatters each gradient to where its value came from.
 */
#include "nn/layer.h"

#include "base/clamp.h"
#include "base/multiversion.h"

#include <string.h>

typedef float eight_floats __attribute__((vector_size(32), aligned(4), may_alias));
typedef float four_floats __attribute__((vector_size(16), aligned(4), may_alias));

/* to = from, for a constant count: memcpy in the widest vectors that the target has. */
static inline __attribute__((always_inline)) void copy_constant(float *to, const float *from,
                                                                const size_t count)
{
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        *(eight_floats *)(to + i) = *(const eight_floats *)(from + i);
    for (; i + 4 <= count; i += 4)
        *(four_floats *)(to + i) = *(const four_floats *)(from + i);
    for (; i < count; i++)
        to[i] = from[i];
}

/* to += from, for the short lengths of gathers in a few vectors. */
static inline void add_floats(float *restrict to, const float *restrict from, size_t count)
{
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t j = i; j < i + 8; j++)
            to[j] += from[j];
    for (; i < count; i++)
        to[i] += from[i];
}

/* ---- patches: windows of size x size rows, one after another ---- */

bool cg_patches_shape(const struct cg_layer *layer, const struct cg_shape *in,
                      const struct cg_shape *in2, struct cg_shape *out)
{
    (void)in2;
    if (in->cell != 1 || in->height + 2 * layer->pad < layer->size ||
        in->width + 2 * layer->pad < layer->size)
        return false;
    *out = *in;
    out->height = (in->height + 2 * layer->pad - layer->size) / layer->stride + 1;
    out->width = (in->width + 2 * layer->pad - layer->size) / layer->stride + 1;
    out->channels = in->channels * layer->size * layer->size;
    out->cell = layer->cell;
    return out->height % layer->cell == 0 && out->width % layer->cell == 0;
}

/* A patch that reaches over the edge, whose rows are repeated. */
static void copy_edge_patch(const struct cg_layer_forward *call, int picture, int top, int left,
                            float *out)
{
    const struct cg_shape *in = call->in_shape;
    size_t channels = (size_t)in->channels;
    for (int y = top; y < top + call->layer->size; y++)
        for (int x = left; x < left + call->layer->size; x++, out += channels) {
            int near_y = cg_clamp_index(y, in->height), near_x = cg_clamp_index(x, in->width);
            cg_copy_floats(out, call->in + cg_place_offset(in, picture, near_y, near_x), channels);
        }
}

/* How many of a run of patches (cg_place_run), from the first on, do not reach over the edge. */
static inline int inside_of(const struct cg_layer_forward *call, int top, int left, int run)
{
    const struct cg_shape *in = call->in_shape;
    const int size = call->layer->size;
    if (top < 0 || left < 0 || top + size > in->height || left + size > in->width)
        return 0;
    const int inside = (in->width - size - left) / call->layer->stride + 1;
    return inside < run ? inside : run;
}

/* count patches beside each other. line: floats of a patch's line; a constant is faster. */
static inline __attribute__((always_inline)) void copy_patches(const struct cg_layer_forward *call,
                                                               const float *from, int count,
                                                               float *out, const size_t line)
{
    const size_t channels = (size_t)call->in_shape->channels, size = (size_t)call->layer->size;
    const size_t in_line = (size_t)call->in_shape->width * channels;
    const size_t step = (size_t)call->layer->stride * channels, out_stride = call->out_stride;
    for (int i = 0; i < count; i++, from += step, out += out_stride)
        for (size_t dy = 0; dy < size; dy++)
            copy_constant(out + dy * line, from + dy * in_line, line);
}

CG_MULTIVERSION
void cg_patches_forward(const struct cg_layer_forward *call)
{
    const struct cg_layer *layer = call->layer;
    const size_t line = (size_t)layer->size * (size_t)call->in_shape->channels;
    struct cg_place at = cg_place_of(call->out_shape, call->begin);
    float *out = call->out;
    int run;
    for (size_t row = call->begin; row < call->end; row += (size_t)run) {
        const int top = at.y * layer->stride - layer->pad, left = at.x * layer->stride - layer->pad;
        run = inside_of(call, top, left, cg_place_run(call->out_shape, &at, call->end - row));
        if (run == 0) {
            copy_edge_patch(call, at.picture, top, left, out);
            run = 1;
        } else {
            const float *from = call->in + cg_place_offset(call->in_shape, at.picture, top, left);
            if (line == 9)
                copy_patches(call, from, run, out, 9);
            else if (line == 36)
                copy_patches(call, from, run, out, 36);
            else
                copy_patches(call, from, run, out, line);
        }
        out += (size_t)run * call->out_stride;
        cg_place_advance_run(call->out_shape, &at, run);
    }
}

/* A patch that reaches over the edge. */
static void add_edge_patch(const struct cg_layer_backward *call, const struct cg_place *at,
                           const float *gradient)
{
    const struct cg_shape *in = call->in_shape;
    int size = call->layer->size, stride = call->layer->stride, pad = call->layer->pad;
    size_t channels = (size_t)in->channels;
    for (int dy = 0; dy < size; dy++)
        for (int dx = 0; dx < size; dx++, gradient += channels) {
            int y = cg_clamp_index(at->y * stride - pad + dy, in->height);
            int x = cg_clamp_index(at->x * stride - pad + dx, in->width);
            add_floats(call->grad_in + cg_place_offset(in, at->picture, y, x), gradient, channels);
        }
}

void cg_patches_backward(const struct cg_layer_backward *call)
{
    const struct cg_shape *in = call->in_shape;
    int size = call->layer->size, stride = call->layer->stride, pad = call->layer->pad;
    size_t line = (size_t)size * (size_t)in->channels, rows = cg_shape_rows(call->out_shape);
    size_t in_line = (size_t)in->width * (size_t)in->channels;
    const float *gradient = call->grad_out;
    if (call->grad_in == NULL)
        return;
    if (!call->accumulate_in)
        memset(call->grad_in, 0, cg_shape_values(in) * sizeof(float));
    struct cg_place at = cg_place_of(call->out_shape, 0);
    for (size_t row = 0; row < rows; row++, cg_place_advance(call->out_shape, &at)) {
        int left = at.x * stride - pad, top = at.y * stride - pad;
        if (left < 0 || top < 0 || left + size > in->width || top + size > in->height) {
            add_edge_patch(call, &at, gradient);
            gradient += (size_t)size * line;
            continue;
        }
        float *to = call->grad_in + cg_place_offset(in, at.picture, top, left);
        for (int dy = 0; dy < size; dy++, gradient += line, to += in_line)
            add_floats(to, gradient, line);
    }
}

/* ---- shift: an eighth of the channels from each of four rows at a distance ---- */

#define SHIFT_DIRECTIONS 4
static const int shift_dy[SHIFT_DIRECTIONS] = {-1, 1, 0, 0};
static const int shift_dx[SHIFT_DIRECTIONS] = {0, 0, -1, 1};

bool cg_shift_shape(const struct cg_layer *layer, const struct cg_shape *in,
                    const struct cg_shape *in2, struct cg_shape *out)
{
    (void)layer;
    (void)in2;
    *out = *in;
    return in->cell == 1 && in->channels % 8 == 0;
}

/* Rows first to last - 1 of one line of the grid. eighth: of the channels; a constant is faster. */
static inline __attribute__((always_inline)) void shift_line(const struct cg_layer_forward *call,
                                                             size_t first, size_t last, float *out,
                                                             const size_t eighth)
{
    const struct cg_shape *shape = call->in_shape;
    const struct cg_place at = cg_place_of(shape, first);
    const int distance = call->layer->distance, end = at.x + (int)(last - first);
    const size_t channels = 8 * eighth, kept = SHIFT_DIRECTIONS * eighth;
    const float *line = call->in + (first - (size_t)at.x) * channels;
    const float *lines[SHIFT_DIRECTIONS];
    for (size_t k = 0; k < SHIFT_DIRECTIONS; k++) {
        int y = cg_clamp_index(at.y + shift_dy[k] * distance, shape->height);
        lines[k] = call->in + cg_place_offset(shape, at.picture, y, 0) + k * eighth;
    }
    for (int x = at.x; x < end; x++, out += channels) {
        for (size_t k = 0; k < SHIFT_DIRECTIONS; k++) {
            size_t from = (size_t)cg_clamp_index(x + shift_dx[k] * distance, shape->width);
            copy_constant(out + k * eighth, lines[k] + from * channels, eighth);
        }
        copy_constant(out + kept, line + (size_t)x * channels + kept, kept);
    }
}

CG_MULTIVERSION
void cg_shift_forward(const struct cg_layer_forward *call)
{
    size_t channels = (size_t)call->in_shape->channels, width = (size_t)call->in_shape->width;
    for (size_t row = call->begin; row < call->end;) {
        size_t line_end = (row / width + 1) * width;
        size_t last = line_end < call->end ? line_end : call->end;
        float *out = call->out + (row - call->begin) * channels;
        if (channels == 32)
            shift_line(call, row, last, out, 4);
        else if (channels == 64)
            shift_line(call, row, last, out, 8);
        else if (channels == 128)
            shift_line(call, row, last, out, 16);
        else
            shift_line(call, row, last, out, channels / 8);
        row = last;
    }
}

/* Backward of shift_line, for a whole line of the grid. */
static void add_line(const struct cg_layer_backward *call, size_t first)
{
    const struct cg_shape *shape = call->in_shape;
    struct cg_place at = cg_place_of(shape, first);
    int distance = call->layer->distance;
    size_t channels = (size_t)shape->channels, eighth = channels / 8;
    size_t kept = SHIFT_DIRECTIONS * eighth;
    const float *gradient = call->grad_out + first * channels;
    float *own = call->grad_in + first * channels;
    for (int k = 0; k < SHIFT_DIRECTIONS; k++) {
        int y = cg_clamp_index(at.y + shift_dy[k] * distance, shape->height);
        float *line = call->grad_in + cg_place_offset(shape, at.picture, y, 0) + (size_t)k * eighth;
        const float *from = gradient + (size_t)k * eighth;
        for (int i = 0; i < shape->width; i++, from += channels) {
            int x = cg_clamp_index(i + shift_dx[k] * distance, shape->width);
            add_floats(line + (size_t)x * channels, from, eighth);
        }
    }
    for (int i = 0; i < shape->width; i++, own += channels, gradient += channels)
        add_floats(own + kept, gradient + kept, channels - kept);
}

void cg_shift_backward(const struct cg_layer_backward *call)
{
    const struct cg_shape *shape = call->in_shape;
    size_t rows = cg_shape_rows(shape);
    if (call->grad_in == NULL)
        return;
    if (!call->accumulate_in)
        memset(call->grad_in, 0, cg_shape_values(shape) * sizeof(float));
    for (size_t row = 0; row < rows; row += (size_t)shape->width)
        add_line(call, row);
}

/* ---- cross: a row, then the ones above, below, left and right of it ---- */

#define CROSS_ROWS 5
static const int cross_dy[CROSS_ROWS] = {0, -1, 1, 0, 0};
static const int cross_dx[CROSS_ROWS] = {0, 0, 0, -1, 1};

bool cg_cross_shape(const struct cg_layer *layer, const struct cg_shape *in,
                    const struct cg_shape *in2, struct cg_shape *out)
{
    (void)layer;
    (void)in2;
    *out = *in;
    out->channels = CROSS_ROWS * in->channels;
    return in->cell == 1;
}

void cg_cross_forward(const struct cg_layer_forward *call)
{
    const struct cg_shape *in = call->in_shape;
    size_t channels = (size_t)in->channels;
    float *out = call->out;
    struct cg_place at = cg_place_of(in, call->begin);
    for (size_t row = call->begin; row < call->end; row++, cg_place_advance(in, &at)) {
        for (int k = 0; k < CROSS_ROWS; k++, out += channels) {
            int y = cg_clamp_index(at.y + cross_dy[k], in->height);
            int x = cg_clamp_index(at.x + cross_dx[k], in->width);
            cg_copy_floats(out, call->in + cg_place_offset(in, at.picture, y, x), channels);
        }
    }
}

void cg_cross_backward(const struct cg_layer_backward *call)
{
    const struct cg_shape *in = call->in_shape;
    size_t channels = (size_t)in->channels, rows = cg_shape_rows(in);
    const float *gradient = call->grad_out;
    if (call->grad_in == NULL)
        return;
    if (!call->accumulate_in)
        memset(call->grad_in, 0, rows * channels * sizeof(float));
    struct cg_place at = cg_place_of(in, 0);
    for (size_t row = 0; row < rows; row++, cg_place_advance(in, &at)) {
        for (int k = 0; k < CROSS_ROWS; k++, gradient += channels) {
            int y = cg_clamp_index(at.y + cross_dy[k], in->height);
            int x = cg_clamp_index(at.x + cross_dx[k], in->width);
            float *target = call->grad_in + cg_place_offset(in, at.picture, y, x);
            add_floats(target, gradient, channels);
        }
    }
}

/* ---- mean pool: the mean of each block of size x size rows ---- */

bool cg_mean_pool_shape(const struct cg_layer *layer, const struct cg_shape *in,
                        const struct cg_shape *in2, struct cg_shape *out)
{
    (void)in2;
    *out = *in;
    out->height = in->height / layer->size;
    out->width = in->width / layer->size;
    return in->cell == 1 && out->height > 0 && out->width > 0;
}

void cg_mean_pool_forward(const struct cg_layer_forward *call)
{
    const struct cg_shape *in = call->in_shape;
    int size = call->layer->size;
    size_t channels = (size_t)in->channels;
    float factor = 1.0f / (float)(size * size);
    float *out = call->out;
    for (size_t row = call->begin; row < call->end; row++, out += channels) {
        struct cg_place at = cg_place_of(call->out_shape, row);
        memset(out, 0, channels * sizeof(float));
        for (int dy = 0; dy < size; dy++) {
            const float *from =
                call->in + cg_place_offset(in, at.picture, at.y * size + dy, at.x * size);
            for (int dx = 0; dx < size; dx++, from += channels)
                for (size_t c = 0; c < channels; c++)
                    out[c] += factor * from[c];
        }
    }
}

void cg_mean_pool_backward(const struct cg_layer_backward *call)
{
    const struct cg_shape *in = call->in_shape;
    int size = call->layer->size;
    size_t channels = (size_t)in->channels;
    size_t rows = cg_shape_rows(call->out_shape);
    float factor = 1.0f / (float)(size * size);
    const float *gradient = call->grad_out;
    if (call->grad_in == NULL)
        return;
    if (!call->accumulate_in)
        memset(call->grad_in, 0, cg_shape_rows(in) * channels * sizeof(float));
    for (size_t row = 0; row < rows; row++, gradient += channels) {
        struct cg_place at = cg_place_of(call->out_shape, row);
        for (int dy = 0; dy < size; dy++) {
            float *target =
                call->grad_in + cg_place_offset(in, at.picture, at.y * size + dy, at.x * size);
            for (int dx = 0; dx < size; dx++, target += channels)
                for (size_t c = 0; c < channels; c++)
                    target[c] += factor * gradient[c];
        }
    }
}
