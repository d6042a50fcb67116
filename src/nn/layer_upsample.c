/*
 * Upsample: a map enlarged size times by bilinear interpolation between the centres of its rows,
 * edges repeated, so that a coarse level leaves no steps in a finer one. Backward distributes each
 * gradient to the four rows by their weights.
 */
#include "nn/layer.h"

#include "base/clamp.h"
#include "base/multiversion.h"

#include <string.h>

/* The two rows of one direction that a place lies between, as shares of an offset into the input
 * (struct grid), and the second one's weight. */
struct between {
    size_t first, second;
    float weight;
};

/* Sizes and cells are powers of two, so that no place costs a division. */
struct grid {
    const struct cg_shape *in;
    int size_shift, cell_shift;
};

static inline struct grid grid_of(const struct cg_layer *layer, const struct cg_shape *in)
{
    return (struct grid){in, __builtin_ctz((unsigned)layer->size),
                         __builtin_ctz((unsigned)in->cell)};
}

/* First float of a row at y, x of a picture: the sum of what y and what x add (cg_place_offset). */
static inline size_t offset_of_y(const struct grid *grid, int picture, int y)
{
    int in_cell = y & (grid->in->cell - 1);
    size_t above = (size_t)picture * (size_t)grid->in->height + (size_t)(y - in_cell);
    return (above * (size_t)grid->in->width + ((size_t)in_cell << grid->cell_shift)) *
           (size_t)grid->in->channels;
}

static inline size_t offset_of_x(const struct grid *grid, int x)
{
    int in_cell = x & (grid->in->cell - 1);
    return (((size_t)(x - in_cell) << grid->cell_shift) + (size_t)in_cell) *
           (size_t)grid->in->channels;
}

/* Doubled distance from the centre of the row before the first, in 2 * size: whole and rest. */
static inline int row_before(const struct grid *grid, int at, float *weight)
{
    int steps = 2 << grid->size_shift, doubled = 2 * at + 1 + steps / 2;
    *weight = (float)(doubled & (steps - 1)) / (float)steps;
    return (doubled >> (grid->size_shift + 1)) - 1;
}

static inline struct between between_lines(const struct grid *grid, const struct cg_place *at)
{
    struct between y;
    int first = row_before(grid, at->y, &y.weight), limit = grid->in->height;
    y.first = offset_of_y(grid, at->picture, cg_clamp_index(first, limit));
    y.second = offset_of_y(grid, at->picture, cg_clamp_index(first + 1, limit));
    return y;
}

static inline struct between between_columns(const struct grid *grid, const struct cg_place *at)
{
    struct between x;
    int first = row_before(grid, at->x, &x.weight), limit = grid->in->width;
    x.first = offset_of_x(grid, cg_clamp_index(first, limit));
    x.second = offset_of_x(grid, cg_clamp_index(first + 1, limit));
    return x;
}

static inline bool is_power_of_two(int number)
{
    return (number & (number - 1)) == 0;
}

bool cg_upsample_shape(const struct cg_layer *layer, const struct cg_shape *in,
                       const struct cg_shape *in2, struct cg_shape *out)
{
    (void)in2;
    *out = *in;
    if (in->height > CG_SIDE_MAX / layer->size || in->width > CG_SIDE_MAX / layer->size)
        return false;
    out->height = in->height * layer->size;
    out->width = in->width * layer->size;
    out->cell = layer->cell;
    return is_power_of_two(layer->size) && is_power_of_two(in->cell) &&
           out->height % layer->cell == 0 && out->width % layer->cell == 0;
}

/*
 * The line below is new to the cache, and processors do not see in time that it is read on and on,
 * between lines that are not: waiting for it was half of the work. May point beyond the map, where
 * it does nothing.
 */
static inline void prefetch_ahead(const float *below)
{
    __builtin_prefetch((const void *)((uintptr_t)below + 2048));
}

/* A run of rows (cg_place_run). channels: a constant is faster. */
static inline __attribute__((always_inline)) void
interpolate(const struct cg_layer_forward *call, const struct grid *grid, struct cg_place at,
            int run, float *restrict out, const size_t channels)
{
    const struct between y = between_lines(grid, &at);
    const float *above = call->in + y.first, *below = call->in + y.second;
    for (int i = 0; i < run; i++, at.x++, out += call->out_stride) {
        const struct between x = between_columns(grid, &at);
        const float *a = above + x.first, *b = above + x.second;
        const float *c = below + x.first, *d = below + x.second;
        prefetch_ahead(d);
        float wa = (1.0f - y.weight) * (1.0f - x.weight), wb = (1.0f - y.weight) * x.weight;
        float wc = y.weight * (1.0f - x.weight), wd = y.weight * x.weight;
        for (size_t k = 0; k < channels; k++)
            out[k] = wa * a[k] + wb * b[k] + wc * c[k] + wd * d[k];
    }
}

CG_MULTIVERSION
void cg_upsample_forward(const struct cg_layer_forward *call)
{
    const struct grid grid = grid_of(call->layer, call->in_shape);
    const size_t channels = (size_t)call->in_shape->channels;
    struct cg_place at = cg_place_of(call->out_shape, call->begin);
    float *out = call->out;
    int run;
    for (size_t row = call->begin; row < call->end; row += (size_t)run) {
        run = cg_place_run(call->out_shape, &at, call->end - row);
        if (channels == 16)
            interpolate(call, &grid, at, run, out, 16);
        else
            interpolate(call, &grid, at, run, out, channels);
        out += (size_t)run * call->out_stride;
        cg_place_advance_run(call->out_shape, &at, run);
    }
}

static inline void add_scaled(float *restrict to, float weight, const float *restrict from,
                              size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] += weight * from[i];
}

CG_MULTIVERSION
void cg_upsample_backward(const struct cg_layer_backward *call)
{
    const struct grid grid = grid_of(call->layer, call->in_shape);
    size_t channels = (size_t)call->in_shape->channels, rows = cg_shape_rows(call->out_shape);
    struct cg_place at = cg_place_of(call->out_shape, 0);
    const float *gradient = call->grad_out;
    if (call->grad_in == NULL)
        return;
    if (!call->accumulate_in)
        memset(call->grad_in, 0, cg_shape_values(call->in_shape) * sizeof(float));
    for (size_t row = 0; row < rows; row++, gradient += channels) {
        struct between y = between_lines(&grid, &at), x = between_columns(&grid, &at);
        float *above = call->grad_in + y.first, *below = call->grad_in + y.second;
        add_scaled(above + x.first, (1.0f - y.weight) * (1.0f - x.weight), gradient, channels);
        add_scaled(above + x.second, (1.0f - y.weight) * x.weight, gradient, channels);
        add_scaled(below + x.first, y.weight * (1.0f - x.weight), gradient, channels);
        add_scaled(below + x.second, y.weight * x.weight, gradient, channels);
        cg_place_advance(call->out_shape, &at);
    }
}
