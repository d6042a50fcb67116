/*
 * The interface of a layer kind, one row of the table in layer.c. Private to src/nn.
 */
#ifndef CG_NN_LAYER_H
#define CG_NN_LAYER_H

#include "base/pool.h"
#include "nn/network.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * One forward call, for rows begin to end - 1 of the output map. out points at row begin. Kinds
 * that gather get their input as a whole map; for the others, in (and in2) point at the first row
 * that row begin depends on.
 */
struct cg_layer_forward {
    const struct cg_layer *layer;
    const float *parameters;
    const float *prepared;       /* parameters packed by prepare; NULL: forward packs them itself */
    enum cg_precision precision; /* that of prepared */
    const struct cg_shape *in_shape, *out_shape;
    const float *in, *in2;
    float *out;
    size_t
        out_stride; /* floats from row to row of out: its channels, or more if the kind strides */
    size_t begin, end;
    uint64_t noise;       /* seed of DROPOUT; 0: inference, nothing is dropped */
    struct cg_pool *pool; /* for wide layers; NULL: this thread alone */
};

/*
 * One backward call, always for whole maps. grad_out: gradient with respect to the output; may be
 * overwritten. grad_in, grad_in2: += if the accumulate flag is set, else =; may be NULL.
 * grad_parameters: the network's whole blob, +=; may be NULL.
 */
struct cg_layer_backward {
    const struct cg_layer *layer;
    const float *parameters;
    const struct cg_shape *in_shape, *in2_shape, *out_shape;
    const float *in, *out;
    float *grad_out;
    float *grad_in, *grad_in2;
    bool accumulate_in, accumulate_in2;
    float *grad_parameters;
    uint64_t noise;       /* the forward call's */
    struct cg_pool *pool; /* as in forward */
};

struct cg_layer_type {
    const char *name;
    bool gathers;    /* reads rows other than the ones it writes */
    bool has_second; /* reads from2 */
    bool strides;    /* can write rows out_stride apart; others, none between them */
    bool needs_in;   /* backward reads the input's values */
    bool needs_out;  /* backward reads the output's values */
    /* Compute the output's shape (cell included); false if the layer cannot take this input. */
    bool (*shape)(const struct cg_layer *layer, const struct cg_shape *in,
                  const struct cg_shape *in2, struct cg_shape *out);
    /* Pack the parameters for many forward calls; NULL for kinds that need no packing.
     * prepared_count: how many floats that takes, 0 if this layer does not use it. */
    size_t (*prepared_count)(const struct cg_layer *layer);
    void (*prepare)(const struct cg_layer *layer, const float *parameters,
                    enum cg_precision precision, float *prepared);
    void (*forward)(const struct cg_layer_forward *call);
    void (*backward)(const struct cg_layer_backward *call);
};

const struct cg_layer_type *cg_layer_type_of(enum cg_layer_kind kind);

/* Whether the output is the input's values in another shape (TO_PIXELS), so that no work is needed
 * if the memory plan puts it in the input's memory. */
bool cg_layer_is_view(const struct cg_layer *layer);

/* layer_linear.c */
bool cg_linear_shape(const struct cg_layer *, const struct cg_shape *, const struct cg_shape *,
                     struct cg_shape *);
size_t cg_linear_prepared_count(const struct cg_layer *layer);
void cg_linear_prepare(const struct cg_layer *layer, const float *parameters,
                       enum cg_precision precision, float *prepared);
void cg_linear_forward(const struct cg_layer_forward *call);
void cg_linear_backward(const struct cg_layer_backward *call);

/* layer_gather.c */
bool cg_patches_shape(const struct cg_layer *, const struct cg_shape *, const struct cg_shape *,
                      struct cg_shape *);
void cg_patches_forward(const struct cg_layer_forward *call);
void cg_patches_backward(const struct cg_layer_backward *call);
bool cg_shift_shape(const struct cg_layer *, const struct cg_shape *, const struct cg_shape *,
                    struct cg_shape *);
void cg_shift_forward(const struct cg_layer_forward *call);
void cg_shift_backward(const struct cg_layer_backward *call);
bool cg_cross_shape(const struct cg_layer *, const struct cg_shape *, const struct cg_shape *,
                    struct cg_shape *);
void cg_cross_forward(const struct cg_layer_forward *call);
void cg_cross_backward(const struct cg_layer_backward *call);
bool cg_mean_pool_shape(const struct cg_layer *, const struct cg_shape *, const struct cg_shape *,
                        struct cg_shape *);
void cg_mean_pool_forward(const struct cg_layer_forward *call);
void cg_mean_pool_backward(const struct cg_layer_backward *call);

/* layer_upsample.c */
bool cg_upsample_shape(const struct cg_layer *, const struct cg_shape *, const struct cg_shape *,
                       struct cg_shape *);
void cg_upsample_forward(const struct cg_layer_forward *call);
void cg_upsample_backward(const struct cg_layer_backward *call);

/* layer_rows.c */
bool cg_to_pixels_shape(const struct cg_layer *, const struct cg_shape *, const struct cg_shape *,
                        struct cg_shape *);
void cg_to_pixels_forward(const struct cg_layer_forward *call);
void cg_to_pixels_backward(const struct cg_layer_backward *call);
bool cg_add_shape(const struct cg_layer *, const struct cg_shape *, const struct cg_shape *,
                  struct cg_shape *);
void cg_add_forward(const struct cg_layer_forward *call);
void cg_add_backward(const struct cg_layer_backward *call);
bool cg_concat_shape(const struct cg_layer *, const struct cg_shape *, const struct cg_shape *,
                     struct cg_shape *);
void cg_concat_forward(const struct cg_layer_forward *call);
void cg_concat_backward(const struct cg_layer_backward *call);
bool cg_luma_shape(const struct cg_layer *, const struct cg_shape *, const struct cg_shape *,
                   struct cg_shape *);
void cg_luma_forward(const struct cg_layer_forward *call);
void cg_luma_backward(const struct cg_layer_backward *call);
bool cg_dropout_shape(const struct cg_layer *, const struct cg_shape *, const struct cg_shape *,
                      struct cg_shape *);
void cg_dropout_forward(const struct cg_layer_forward *call);
void cg_dropout_backward(const struct cg_layer_backward *call);

/* y = x where noise keeps value number first + i, times 1 / (1 - rate), else 0. y may be x. */
void cg_dropout_apply(float *y, const float *x, size_t count, float rate, uint64_t noise,
                      size_t first);

/* A layer's seed, derived from its pass's; 0 stays 0. */
uint64_t cg_layer_noise(uint64_t pass_noise, int layer);

/*
 * The position of a map's row in its grid, for layers that gather. Private to src/nn.
 */

/* A row of a map as picture, y, x; and where in its cell it lies. */
struct cg_place {
    int picture, y, x;
    int in_y, in_x;
};

static inline struct cg_place cg_place_of(const struct cg_shape *shape, size_t row)
{
    size_t area = (size_t)shape->height * (size_t)shape->width;
    size_t cell = (size_t)shape->cell, cell_area = cell * cell;
    size_t cells_across = (size_t)shape->width / cell;
    size_t cell_index = row % area / cell_area, in_cell = row % area % cell_area;
    struct cg_place place = {
        .picture = (int)(row / area), .in_y = (int)(in_cell / cell), .in_x = (int)(in_cell % cell)};
    place.y = (int)(cell_index / cells_across * cell) + place.in_y;
    place.x = (int)(cell_index % cells_across * cell) + place.in_x;
    return place;
}

/* The place of the next row: along the cell, down the cell, along the cells, down, next picture. */
static inline void cg_place_advance(const struct cg_shape *shape, struct cg_place *place)
{
    int cell = shape->cell;
    place->x++;
    if (++place->in_x < cell)
        return;
    place->in_x = 0;
    place->x -= cell;
    place->y++;
    if (++place->in_y < cell)
        return;
    place->in_y = 0;
    place->y -= cell;
    place->x += cell;
    if (place->x < shape->width)
        return;
    place->x = 0;
    place->y += cell;
    if (place->y < shape->height)
        return;
    place->y = 0;
    place->picture++;
}

/* How many rows from a place on, `most` at the most, lie on one line and one after another. */
static inline int cg_place_run(const struct cg_shape *shape, const struct cg_place *place,
                               size_t most)
{
    int run = shape->cell > 1 ? shape->cell - place->in_x : shape->width - place->x;
    return (size_t)run < most ? run : (int)most;
}

/* The place after a run. */
static inline void cg_place_advance_run(const struct cg_shape *shape, struct cg_place *place,
                                        int run)
{
    place->x += run - 1;
    place->in_x += shape->cell > 1 ? run - 1 : 0;
    cg_place_advance(shape, place);
}

/* First float of the row at a place, by the cells of its map. */
static inline size_t cg_place_offset(const struct cg_shape *shape, int picture, int y, int x)
{
    int cell = shape->cell;
    size_t row = ((size_t)picture * (size_t)shape->height + (size_t)y) * (size_t)shape->width;
    if (cell > 1)
        row += (size_t)(x / cell * cell * cell + y % cell * cell + x % cell) -
               (size_t)(y % cell) * (size_t)shape->width;
    else
        row += (size_t)x;
    return row * (size_t)shape->channels;
}

#endif
