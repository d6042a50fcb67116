/* Edges of a picture, followed pixel by pixel, and what the photo says about them. */
#ifndef CG_COMIC_CEL_PATH_H
#define CG_COMIC_CEL_PATH_H

#include "comic/cel_parts.h"
#include "image/plane.h"

#include <stdbool.h>

/* Ink of a line. */
#define CG_LINE_LOGIT 0.0f

enum { CG_PATH_MOST = 1200 };

/* What is followed. */
struct cg_edges {
    const struct cg_flow_field *field;
    int width, height;
    const float *photo, *colour; /* height * width * 3 */
    float *logit;                /* height * width, of ink */
    /* How much colour changes within two pixels to each side, in the colour layer and the photo. */
    struct cg_plane step, photo_step;
};

/* From pixel to pixel, one apart. */
struct cg_path {
    int count;
    int dense;     /* pixels with ink near, at either side */
    bool inked[2]; /* there is ink at its first, its last end, or the picture's border */
    float x[CG_PATH_MOST], y[CG_PATH_MOST];
};

/* Sums over looks at the photo from along a path. */
struct cg_evidence {
    int looks;
    float step;      /* across it */
    float wide_step; /* the same, from farther away */
    float beside[2]; /* steps at its left and right */
    float turned;    /* radians from look to look */
    float skin;      /* at both sides */
    float sky;       /* looks that have sky or cloud at both sides, and blue at one of them */
};

/* Fill edges->step and edges->photo_step. */
void cg_edges_find_steps(struct cg_pool *pool, const struct cg_edges *edges);

/* Append to path the edge that runs from (x, y) in direction (dx, dy), of length 1, most_px at most
 * (and room for it): up to ink, or where it fades or goes over into another. Ink within the first
 * clear_px is no end. */
void cg_path_follow(const struct cg_edges *edges, float x, float y, float dx, float dy, int most_px,
                    int clear_px, struct cg_path *path);

/* Let its last end be the first. */
void cg_path_reverse(struct cg_path *path);
void cg_path_smooth(struct cg_path *path);

struct cg_evidence cg_path_look(const struct cg_edges *edges, const struct cg_path *path);

/* ---- looking up: positions are rounded and held to the picture ---- */

static inline size_t cg_edges_pixel(const struct cg_edges *edges, float x, float y)
{
    return (size_t)cg_clamp_index((int)(y + 0.5f), edges->height) * (size_t)edges->width +
           (size_t)cg_clamp_index((int)(x + 0.5f), edges->width);
}

static inline float cg_edges_ink(const struct cg_edges *edges, float x, float y)
{
    return edges->logit[cg_edges_pixel(edges, x, y)];
}

static inline float cg_edges_step(const struct cg_plane *step, float x, float y)
{
    return cg_plane_row(step, (int)(y + 0.5f))[cg_clamp_index((int)(x + 0.5f), step->width)];
}

/* Of a plane of the field, which has half the size. */
static inline float cg_edges_half(const struct cg_plane *half, float x, float y)
{
    return cg_plane_row(half,
                        (int)(y + 0.5f) / 2)[cg_clamp_index((int)(x + 0.5f) / 2, half->width)];
}

/* (dx, dy) = the direction of edges there, that of both ways which turns less. */
static inline void cg_edges_turn(const struct cg_edges *edges, float x, float y, float *dx,
                                 float *dy)
{
    const float along = cg_edges_half(&edges->field->along, x, y);
    const float down = cg_edges_half(&edges->field->down, x, y);
    const float sign = along * *dx + down * *dy < 0.0f ? -1.0f : 1.0f;
    *dx = sign * along;
    *dy = sign * down;
}

#endif
