/*
 * The position of a map's row in its grid, for layers that gather. Private to src/nn.
 */
#ifndef CG_NN_PLACE_H
#define CG_NN_PLACE_H

#include "nn/network.h"

static inline int cg_place_clamp(int value, int limit)
{
    return value < 0 ? 0 : value >= limit ? limit - 1 : value;
}

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
