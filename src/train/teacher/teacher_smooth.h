/* Edge-preserving smoothing for the teacher. */
#ifndef CG_TRAIN_TEACHER_TEACHER_SMOOTH_H
#define CG_TRAIN_TEACHER_TEACHER_SMOOTH_H

#include "image/plane.h"

struct cg_smooth {
    int radius;   /* taps at each side, 1 to 4 */
    int step_px;  /* distance between taps; radius * step_px <= CG_PLANE_MARGIN_PX */
    float range;  /* colour distance (Oklab) from which a pixel no longer counts */
    float chroma; /* weight of chroma in that distance, lightness counting 1 */
};

/*
 * One bilateral pass over source, the weights taken from guide (source itself, or another picture:
 * the joint filter). row holds 4 * width floats. to must be neither source nor guide.
 */
void cg_smooth_pass(const struct cg_lab *source, const struct cg_lab *guide,
                    const struct cg_lab *to, const struct cg_smooth *how, float *row);

/* Steepen what is left of an edge's slope, without overshoot: to = unsharp mask of source, kept
 * between the least and the greatest value within radius_px (1 to 4). */
void cg_sharpen_edges(const struct cg_plane *source, const struct cg_plane *to,
                      const struct cg_plane scratch[2], int radius_px, float amount);

#endif
