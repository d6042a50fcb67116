/* What the files of cel.h share. */
#ifndef CG_COMIC_CEL_PARTS_H
#define CG_COMIC_CEL_PARTS_H

#include "comic/cel.h"
#include "image/regions.h"

#include <stdbool.h>

/* v = at + dx * x + dy * y, by channel. */
struct cg_gradient {
    float at[3], dx[3], dy[3];
};

/* As loops over them become vectors, which fminf and fmaxf need not. */
static inline float cg_least(float a, float b)
{
    return a < b ? a : b;
}

static inline float cg_most(float a, float b)
{
    return a > b ? a : b;
}

struct cg_cel {
    struct cg_cel_memory *memory;
    struct cg_pool *pool;
    int width, height;
    float amount;
    const float *photo;
    float *colour, *logit;   /* the layers */
    struct cg_lab lab;       /* lightness, blue less luma, red less luma, weighed as in Oklab */
    struct cg_plane skin;    /* 0 to 1 */
    struct cg_plane soft;    /* 1 at borders without a step, falling off around them */
    struct cg_plane ground;  /* luma around strokes, before there is soft: the same plane */
    struct cg_plane scratch; /* anybody's, between calls */
    struct cg_regions regions;
    int8_t *tone;
    int *place; /* of a region's gradient, -1: it has none */
    struct cg_gradient *gradient;
};

/* ---- cel_gradient.c ---- */

/* cel->gradient and place = the least-squares fit to each region larger than that, of the colour
 * layer or of lightness, which is one channel. Error: CG_ERR_MEMORY. */
enum cg_status cg_cel_fit(struct cg_cel *cel, bool colour, float least_px, struct cg_error *error);

/* ---- cel_flow.c, cel_contour.c ---- */

/* The flow of a picture; planes of half its size. */
struct cg_flow_field {
    struct cg_plane along, down; /* the direction that edges run in, of length 1 */
    struct cg_plane agree;       /* on it, 0 to 1 */
    struct cg_plane skin;        /* 0 to 1, in faces that were found CG_CEL_FACE; blurred */
};

/* Draw contours that ink has left out, by the edges of a colour layer and of its photo. Of memory
 * the planes stay; spare: two of them, of the picture's size, which are overwritten. Error:
 * CG_ERR_MEMORY; then logit is unchanged. */
enum cg_status cg_cel_draw_contours(struct cg_cel_memory *memory, struct cg_pool *pool,
                                    const struct cg_flow_field *field, const float *photo,
                                    const float *colour, float *logit, int width, int height,
                                    float amount, const struct cg_plane spare[2],
                                    struct cg_error *error);

/* ---- cel_face.c ---- */

#define CG_CEL_FACE 2.0f

/* Let skin be CG_CEL_FACE within faces. scale: of the plane to the picture that faces are in. */
void cg_cel_mark_faces(struct cg_faces faces, float scale, const struct cg_plane *skin);

/* ---- cel_strokes.c ---- */

/* Pixels of a row that are set: from first to before end. */
struct cg_run {
    int first, end;
    int stroke; /* its number */
};

struct cg_extent {
    int left, right, top, bottom;
};

/* Across and down together. */
static inline float cg_extent_length_px(const struct cg_extent *extent)
{
    return (float)(extent->right - extent->left + extent->bottom - extent->top);
}

/* What touches, corners too, is one stroke. */
struct cg_strokes {
    struct cg_run *runs; /* row by row */
    size_t *row;         /* of each row the first run; one more than rows */
    int count;
    struct cg_extent *extents;
};

/* The strokes of what a map has above that value, in that buffer. Error: CG_ERR_MEMORY. */
enum cg_status cg_strokes_find(struct cg_buffer *memory, const float *map, ptrdiff_t stride,
                               int width, int height, float above, struct cg_strokes *out,
                               struct cg_error *error);

/* ---- cel_vivid.c ---- */

/* Take so much of the ink off lines that are there in colour; the arguments are cg_cel's. Error:
 * CG_ERR_MEMORY; then logit is unchanged. */
enum cg_status cg_cel_hold_vivid(struct cg_buffer *scratch, struct cg_pool *pool,
                                 const float *photo, float *logit, int width, int height,
                                 float amount, struct cg_error *error);

/* ---- cel_stray.c ---- */

/* Take short strokes away that are by themselves where the photo has nothing dark. Error:
 * CG_ERR_MEMORY; then logit is unchanged. */
enum cg_status cg_cel_take_stray(struct cg_cel *cel, struct cg_error *error);

/* ---- cel_shock.c ---- */

/* Give soft passages of a colour layer hard edges; the arguments are cg_cel's. Error:
 * CG_ERR_MEMORY; then colour is unchanged. */
enum cg_status cg_cel_shock(struct cg_buffer *scratch, struct cg_pool *pool, float *colour,
                            int width, int height, float amount, struct cg_error *error);

/* channel = row y of half the layer's size: the means of two by two pixels. */
void cg_cel_halve_row(const float *colour, int width, int height, int y, float *const channel[3]);

#endif
