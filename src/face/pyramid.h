/*
 * What the finder's windows look at: grey copies of a picture, each 1.25 times smaller than the one
 * before, and each also at half its size for the first network.
 */
#ifndef CG_FACE_PYRAMID_H
#define CG_FACE_PYRAMID_H

#include "image/image.h"

#define CG_FACE_WINDOW_PX 20 /* of a level */
#define CG_FACE_WINDOW_VALUES (CG_FACE_WINDOW_PX * CG_FACE_WINDOW_PX)
#define CG_FACE_LEVEL_STEP 1.25
#define CG_FACE_LEVELS_MAX 24
/* In the largest level the window covers 40 pixels of the picture; its sides are at most 650. */
#define CG_FACE_SMALLEST_PX 40
#define CG_FACE_LEVEL_MAX_PX 650

struct cg_face_pyramid {
    int count;
    float scale[CG_FACE_LEVELS_MAX]; /* pixels of the picture to one of the level */
    struct cg_image level[CG_FACE_LEVELS_MAX], half[CG_FACE_LEVELS_MAX];
};

/* The largest level: grey. *scale: pixels of the picture to one of it. Error: CG_ERR_MEMORY. */
enum cg_status cg_face_base_make(const struct cg_image *picture, struct cg_image *out, float *scale,
                                 struct cg_error *error);

/* The levels of a base, which the pyramid takes over, also on failure. Error: CG_ERR_MEMORY. */
enum cg_status cg_face_pyramid_make(struct cg_image *base, float scale, struct cg_face_pyramid *out,
                                    struct cg_error *error);
void cg_face_pyramid_clear(struct cg_face_pyramid *pyramid);

/*
 * What a network sees of side x side grey values: less their plane of best fit (light from one
 * side), by their deviation, which is taken as 6 at least, so that noise stays small.
 */
void cg_face_window_correct(const uint8_t *grey, int side, float *out);

/* A window's values halved: means of 2 x 2. */
void cg_face_window_halve(const uint8_t grey[CG_FACE_WINDOW_VALUES],
                          uint8_t half[CG_FACE_WINDOW_VALUES / 4]);

#endif
