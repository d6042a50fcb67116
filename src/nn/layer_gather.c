/*
 * Layers that bring rows of a grid together; the spatial part of a network without arithmetic.
 * Rows outside the grid are those of its edge. Backward adds every gradient to where its value
 * came from.
 */
#include "nn/layer.h"

#include <string.h>

static int clamp(int value, int limit)
{
    return value < 0 ? 0 : value >= limit ? limit - 1 : value;
}

/* A row of a map as picture, y, x. */
struct place {
    int picture, y, x;
};

static struct place place_of(const struct cg_shape *shape, size_t row)
{
    size_t area = (size_t)shape->height * (size_t)shape->width;
    size_t inside = row % area;
    struct place place = {.picture = (int)(row / area)};
    if (shape->cell == 1) {
        place.y = (int)(inside / (size_t)shape->width);
        place.x = (int)(inside % (size_t)shape->width);
        return place;
    }
    size_t cell = (size_t)shape->cell, cell_area = cell * cell;
    size_t cells_across = (size_t)shape->width / cell;
    size_t cell_index = inside / cell_area, in_cell = inside % cell_area;
    place.y = (int)(cell_index / cells_across * cell + in_cell / cell);
    place.x = (int)(cell_index % cells_across * cell + in_cell % cell);
    return place;
}

/* First float of a row of a map with cell 1. */
static size_t offset_of(const struct cg_shape *shape, int picture, int y, int x)
{
    size_t row = ((size_t)picture * (size_t)shape->height + (size_t)y) * (size_t)shape->width;
    return (row + (size_t)x) * (size_t)shape->channels;
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

void cg_patches_forward(const struct cg_layer_forward *call)
{
    const struct cg_shape *in = call->in_shape;
    int size = call->layer->size, stride = call->layer->stride, pad = call->layer->pad;
    size_t channels = (size_t)in->channels, line = (size_t)size * channels;
    float *out = call->out;
    for (size_t row = call->begin; row < call->end; row++) {
        struct place at = place_of(call->out_shape, row);
        int left = at.x * stride - pad, top = at.y * stride - pad;
        bool inside = left >= 0 && left + size <= in->width;
        for (int dy = 0; dy < size; dy++, out += line) {
            int y = clamp(top + dy, in->height);
            if (inside) {
                cg_copy_floats(out, call->in + offset_of(in, at.picture, y, left), line);
                continue;
            }
            for (int dx = 0; dx < size; dx++)
                cg_copy_floats(out + (size_t)dx * channels,
                               call->in + offset_of(in, at.picture, y, clamp(left + dx, in->width)),
                               channels);
        }
    }
}

void cg_patches_backward(const struct cg_layer_backward *call)
{
    const struct cg_shape *in = call->in_shape;
    int size = call->layer->size, stride = call->layer->stride, pad = call->layer->pad;
    size_t channels = (size_t)in->channels, rows = cg_shape_rows(call->out_shape);
    const float *gradient = call->grad_out;
    if (call->grad_in == NULL)
        return;
    if (!call->accumulate_in)
        memset(call->grad_in, 0, cg_shape_rows(in) * channels * sizeof(float));
    for (size_t row = 0; row < rows; row++) {
        struct place at = place_of(call->out_shape, row);
        int left = at.x * stride - pad, top = at.y * stride - pad;
        for (int dy = 0; dy < size; dy++) {
            int y = clamp(top + dy, in->height);
            for (int dx = 0; dx < size; dx++, gradient += channels) {
                float *target =
                    call->grad_in + offset_of(in, at.picture, y, clamp(left + dx, in->width));
                for (size_t c = 0; c < channels; c++)
                    target[c] += gradient[c];
            }
        }
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

void cg_shift_forward(const struct cg_layer_forward *call)
{
    const struct cg_shape *shape = call->in_shape;
    int distance = call->layer->distance;
    size_t channels = (size_t)shape->channels, eighth = channels / 8;
    float *out = call->out;
    for (size_t row = call->begin; row < call->end; row++, out += channels) {
        struct place at = place_of(shape, row);
        for (int k = 0; k < SHIFT_DIRECTIONS; k++) {
            int y = clamp(at.y + shift_dy[k] * distance, shape->height);
            int x = clamp(at.x + shift_dx[k] * distance, shape->width);
            cg_copy_floats(out + (size_t)k * eighth,
                           call->in + offset_of(shape, at.picture, y, x) + (size_t)k * eighth,
                           eighth);
        }
        cg_copy_floats(out + SHIFT_DIRECTIONS * eighth,
                       call->in + row * channels + SHIFT_DIRECTIONS * eighth,
                       channels - SHIFT_DIRECTIONS * eighth);
    }
}

void cg_shift_backward(const struct cg_layer_backward *call)
{
    const struct cg_shape *shape = call->in_shape;
    int distance = call->layer->distance;
    size_t channels = (size_t)shape->channels, eighth = channels / 8;
    size_t rows = cg_shape_rows(shape);
    const float *gradient = call->grad_out;
    if (call->grad_in == NULL)
        return;
    if (!call->accumulate_in)
        memset(call->grad_in, 0, rows * channels * sizeof(float));
    for (size_t row = 0; row < rows; row++, gradient += channels) {
        struct place at = place_of(shape, row);
        for (int k = 0; k < SHIFT_DIRECTIONS; k++) {
            int y = clamp(at.y + shift_dy[k] * distance, shape->height);
            int x = clamp(at.x + shift_dx[k] * distance, shape->width);
            float *target = call->grad_in + offset_of(shape, at.picture, y, x) + (size_t)k * eighth;
            for (size_t c = 0; c < eighth; c++)
                target[c] += gradient[(size_t)k * eighth + c];
        }
        float *target = call->grad_in + row * channels;
        for (size_t c = SHIFT_DIRECTIONS * eighth; c < channels; c++)
            target[c] += gradient[c];
    }
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
    for (size_t row = call->begin; row < call->end; row++) {
        struct place at = place_of(in, row);
        for (int k = 0; k < CROSS_ROWS; k++, out += channels) {
            int y = clamp(at.y + cross_dy[k], in->height);
            int x = clamp(at.x + cross_dx[k], in->width);
            cg_copy_floats(out, call->in + offset_of(in, at.picture, y, x), channels);
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
    for (size_t row = 0; row < rows; row++) {
        struct place at = place_of(in, row);
        for (int k = 0; k < CROSS_ROWS; k++, gradient += channels) {
            int y = clamp(at.y + cross_dy[k], in->height);
            int x = clamp(at.x + cross_dx[k], in->width);
            float *target = call->grad_in + offset_of(in, at.picture, y, x);
            for (size_t c = 0; c < channels; c++)
                target[c] += gradient[c];
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
    size_t channels = (size_t)in->channels, line = (size_t)size * channels;
    float factor = 1.0f / (float)(size * size);
    float *out = call->out;
    for (size_t row = call->begin; row < call->end; row++, out += channels) {
        struct place at = place_of(call->out_shape, row);
        memset(out, 0, channels * sizeof(float));
        for (int dy = 0; dy < size; dy++) {
            const float *from = call->in + offset_of(in, at.picture, at.y * size + dy, at.x * size);
            for (size_t i = 0; i < line; i++)
                out[i % channels] += factor * from[i];
        }
    }
}

void cg_mean_pool_backward(const struct cg_layer_backward *call)
{
    const struct cg_shape *in = call->in_shape;
    int size = call->layer->size;
    size_t channels = (size_t)in->channels, line = (size_t)size * channels;
    size_t rows = cg_shape_rows(call->out_shape);
    float factor = 1.0f / (float)(size * size);
    const float *gradient = call->grad_out;
    if (call->grad_in == NULL)
        return;
    if (!call->accumulate_in)
        memset(call->grad_in, 0, cg_shape_rows(in) * channels * sizeof(float));
    for (size_t row = 0; row < rows; row++, gradient += channels) {
        struct place at = place_of(call->out_shape, row);
        for (int dy = 0; dy < size; dy++) {
            float *target =
                call->grad_in + offset_of(in, at.picture, at.y * size + dy, at.x * size);
            for (size_t i = 0; i < line; i++)
                target[i] += factor * gradient[i % channels];
        }
    }
}
