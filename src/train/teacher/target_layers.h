/* The steps of the teacher, in the order in which target.c takes them. */
#ifndef CG_TRAIN_TEACHER_TARGET_LAYERS_H
#define CG_TRAIN_TEACHER_TARGET_LAYERS_H

#include "image/image.h"
#include "train/teacher/target_plane.h"

/* ---- target_colour.c ---- */

/* photo (RGB, sRGB) to Oklab. */
void cg_colour_decode(const struct cg_image *photo, const struct cg_lab *lab);

/* Give smoothed colour its comic tones, in place: brighter, fewer, richer. */
void cg_colour_tone(const struct cg_lab *lab);

/* Oklab to 8-bit sRGB; colours outside it lose chroma, not hue. */
void cg_colour_encode(const struct cg_lab *lab, struct cg_image *colour);

/* ---- target_flow.c ---- */

/* Unit vectors along the edges. */
struct cg_flow {
    struct cg_plane x, y;
};

void cg_flow_make(const struct cg_lab *lab, const struct cg_flow *flow,
                  const struct cg_plane scratch[4]);

/* ---- target_ink.c ---- */

/* One size of line. */
struct cg_ink_scale {
    float sigma_px;  /* of the inner Gaussian; half the width of the widest line */
    float along_px;  /* deviation of the average along the flow */
    float threshold; /* least response, lightness units, that is drawn */
    float crowding;  /* how much the mean response around raises it */
    float yielding;  /* how much the mean response of the finest scale raises it */
    float core;      /* share of a line's peak response that still is ink: its width */
};

/* What lines are taken from: lightness, vivid colours counting as darker, so that a leaf stands out
 * from a wall of the same lightness, with the line on the leaf's side. */
void cg_ink_source(const struct cg_lab *lab, const struct cg_plane *to);

/*
 * Lines of one size on the dark sides of the edges of lightness. ink: coverage 0 to 1;
 * strength: response over threshold; crowd: out, mean response around; finest: that of the finest
 * scale.
 */
void cg_ink_lines(const struct cg_plane *lightness, const struct cg_flow *flow,
                  const struct cg_ink_scale *scale, const struct cg_plane *finest,
                  const struct cg_plane *ink, const struct cg_plane *strength,
                  const struct cg_plane *crowd, const struct cg_plane scratch[2]);

/* Solid black where colour without texture is very dark: coverage, and a strength like a line's. */
void cg_ink_blacks(const struct cg_lab *lab, const struct cg_plane *ink,
                   const struct cg_plane *strength);

/* ---- target_line.c ---- */

/* Remove pieces of ink that are too small or too weak to be meant. label: width * height ints,
 * queue the same. */
void cg_line_clean(const struct cg_plane *ink, const struct cg_plane *strength, int *label,
                   int *queue);

#endif
