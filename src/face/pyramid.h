/*
 * What the finder's windows look at: grey copies of a picture, each 1.25 times smaller than the one
 * before, and each also at half its size for the first network, and at a quarter in colour.
 */
#ifndef CG_FACE_PYRAMID_H
#define CG_FACE_PYRAMID_H

#include "image/image.h"

#define CG_FACE_WINDOW_PX 20 /* of a level */
#define CG_FACE_WINDOW_VALUES (CG_FACE_WINDOW_PX * CG_FACE_WINDOW_PX)
#define CG_FACE_CELL_PX 4
#define CG_FACE_CELLS_ACROSS (CG_FACE_WINDOW_PX / CG_FACE_CELL_PX)
#define CG_FACE_WINDOW_CELLS (CG_FACE_CELLS_ACROSS * CG_FACE_CELLS_ACROSS)
#define CG_FACE_LEVEL_STEP 1.25
#define CG_FACE_LEVELS_MAX 24
/* In the largest level the window covers 40 pixels of the picture; its sides are at most 650. */
#define CG_FACE_SMALLEST_PX 40
#define CG_FACE_LEVEL_MAX_PX 650

/* A picture reduced to its largest level: grey, and its colours four times smaller than that.
 * scale: pixels of the picture to one of the level. */
struct cg_face_base {
    struct cg_image grey, colour;
    float scale;
};

/* Error: CG_ERR_MEMORY. */
enum cg_status cg_face_base_make(const struct cg_image *picture, struct cg_face_base *out,
                                 struct cg_error *error);
void cg_face_base_clear(struct cg_face_base *base);

struct cg_face_pyramid {
    int count;
    float scale[CG_FACE_LEVELS_MAX]; /* pixels of the picture to one of the level */
    struct cg_image level[CG_FACE_LEVELS_MAX], half[CG_FACE_LEVELS_MAX];
    struct cg_image colour[CG_FACE_LEVELS_MAX];
};

/* Error: CG_ERR_MEMORY. */
enum cg_status cg_face_pyramid_make(const struct cg_face_base *base, struct cg_face_pyramid *out,
                                    struct cg_error *error);
void cg_face_pyramid_clear(struct cg_face_pyramid *pyramid);

/* A window of a level: its grey values, and the RGB of its cells of 4 x 4. */
struct cg_face_window {
    uint8_t grey[CG_FACE_WINDOW_VALUES];
    uint8_t colour[CG_FACE_WINDOW_CELLS][3];
};

/*
 * What a network sees of side x side grey values, side that of a window or half of it: less their
 * plane of best fit (light from one side), by their deviation, which is taken as 6 at least, so
 * that noise stays small.
 */
void cg_face_window_correct(const uint8_t *grey, int side, float *out);

/* And of colours: two differences a cell, which light does not change, 0 for grey. */
void cg_face_window_differ(const uint8_t colour[CG_FACE_WINDOW_CELLS][3],
                           float out[2 * CG_FACE_WINDOW_CELLS]);

/*
 * And of grey values: how steep they are in 8 directions, in 5 x 5 fields of 6 x 6 pixels that
 * overlap by half. A field's values are shares of how steep it and the window are; after Dalal and
 * Triggs (2005, "Histograms of Oriented Gradients for Human Detection").
 */
#define CG_FACE_DIRECTIONS 8
#define CG_FACE_FIELDS_ACROSS 5
#define CG_FACE_EDGE_VALUES (CG_FACE_FIELDS_ACROSS * CG_FACE_FIELDS_ACROSS * CG_FACE_DIRECTIONS)
void cg_face_window_edges(const uint8_t grey[CG_FACE_WINDOW_VALUES],
                          float out[CG_FACE_EDGE_VALUES]);

/* The cell of a level's colours for a pixel. */
void cg_face_colour_at(const struct cg_image *colour, int x, int y, uint8_t rgb[3]);

/* A window's values halved: means of 2 x 2. */
void cg_face_window_halve(const uint8_t grey[CG_FACE_WINDOW_VALUES],
                          uint8_t half[CG_FACE_WINDOW_VALUES / 4]);

#endif
