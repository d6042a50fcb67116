/* The steps of the teacher, in the order in which teacher.c takes them. */
#ifndef CG_TRAIN_TEACHER_TEACHER_STEPS_H
#define CG_TRAIN_TEACHER_TEACHER_STEPS_H

#include "image/image.h"
#include "image/plane.h"
#include "image/regions.h"
#include "train/teacher/teacher.h"

/* ---- teacher_colour.c ---- */

/* photo (RGB, sRGB) to Oklab. */
void cg_colour_decode(const struct cg_image *photo, const struct cg_lab *lab);

/* Oklab to 8-bit sRGB; colours outside it lose chroma, not hue. */
void cg_colour_encode(const struct cg_lab *lab, struct cg_image *colour);

/* ---- teacher_face.c ---- */

/* What is known of the faces, pixel by pixel. */
struct cg_face_map {
    struct cg_plane face; /* 1 within a head, 0 away from it, soft between */
    struct cg_plane skin; /* 1 where colour is that of a face nearby */
    struct cg_plane base; /* the lightness of that face's skin, where skin is above 0 */
};

/* The box of a face in pixels, as whole numbers inside the picture, grown by so much of its size to
 * each side. width 0: nothing of it is inside. */
struct cg_box {
    int x, y, width, height;
};
struct cg_box cg_face_box(const struct cg_teacher_face *face, float grow, int width, int height);

/* lab: the picture without its texture. Margins are not made. */
void cg_face_map_make(const struct cg_lab *lab, const struct cg_teacher_face *faces,
                      size_t face_count, const struct cg_face_map *map,
                      const struct cg_plane *scratch);

/* ---- teacher_tone.c ---- */

/* How much of each region lies on heads: regions->count numbers. */
void cg_tone_heads(const struct cg_regions *regions, const struct cg_face_map *faces, float *share);

/* to = flat colour: each region's mean, with a light and a dark shape where lab leaves it. tone:
 * set alike where pixels are of one region and one step of it. */
void cg_tone_flatten(const struct cg_lab *lab, const struct cg_regions *regions,
                     const struct cg_face_map *faces, const float *head_share,
                     const struct cg_lab *to, int *tone);

/* Give flat colour the comic's tones, in place: brighter and richer; skin keeps its own. */
void cg_tone_print(const struct cg_lab *lab, const struct cg_face_map *faces);

/* ---- teacher_shape.c ---- */

/* Paint over specks of flat colour in place, but not on heads, and make each shape one colour, but
 * not where soft (0 to 1) is. tone: from cg_tone_flatten, changed;
 * label, order: scratch, all of width * height. Error: CG_ERR_MEMORY. */
enum cg_status cg_shape_clean(const struct cg_lab *lab, const struct cg_plane *head,
                              const struct cg_plane *soft, int *tone, int *label, int *order,
                              struct cg_error *error);

/* ---- teacher_flow.c ---- */

/* Unit vectors along the edges. */
struct cg_flow {
    struct cg_plane x, y;
};

void cg_flow_make(const struct cg_lab *lab, const struct cg_flow *flow,
                  const struct cg_plane scratch[4]);

/* ---- teacher_ink.c ---- */

/* One size of line. */
struct cg_ink_scale {
    float sigma_px;  /* of the inner Gaussian; half the width of the widest line */
    float along_px;  /* deviation of the average along the flow */
    float threshold; /* least response, lightness units, that is drawn */
    float crowding;  /* how much the mean response around raises it */
    float core;      /* share of a line's peak response that still is ink: its width */
};

/* What lines are taken from: lightness, vivid colours counting as darker, so that a leaf stands out
 * from a wall of the same lightness, with the line on the leaf's side. */
void cg_ink_source(const struct cg_lab *lab, const struct cg_plane *to);

/*
 * Lines of one size on the dark sides of the edges of lightness. gate: what the threshold is
 * multiplied by. ink: coverage 0 to 1; strength: response over threshold.
 */
void cg_ink_lines(const struct cg_plane *lightness, const struct cg_flow *flow,
                  const struct cg_ink_scale *scale, const struct cg_plane *gate,
                  const struct cg_plane *ink, const struct cg_plane *strength,
                  const struct cg_plane scratch[3]);

/* Low at the borders of regions, the more so the more they differ, and high within them. */
void cg_ink_gate(const struct cg_regions *regions, const struct cg_face_map *faces,
                 const struct cg_plane *gate, const struct cg_plane scratch[2]);

/* Solid black where a region is very dark: coverage, and a strength like a line's. */
void cg_ink_blacks(const struct cg_regions *regions, const struct cg_plane *ink,
                   const struct cg_plane *strength, const struct cg_plane *scratch);

/* ---- teacher_feature.c ---- */

/* Draw a face anew over what ink holds of it: brows, eyes, nose, mouth, jaw, with a pen by the
 * face's size. lightness: with its detail. scratch: of the picture's size. */
void cg_feature_draw(const struct cg_plane *lightness, const struct cg_flow *flow,
                     const struct cg_teacher_face *face, const struct cg_plane *ink,
                     const struct cg_plane *strength, const struct cg_plane scratch[6]);

/* ---- teacher_line.c ---- */

/* Least sum of the strengths of a piece of ink that stays. */
#define CG_INK_PIECE_WEIGHT 60.0f

/* Remove pieces of ink that are too small, too weak or too crowded to be meant; face: above 0 on
 * heads, where small marks stay. label: width * height ints, queue the same. */
void cg_line_clean(const struct cg_plane *ink, const struct cg_plane *strength,
                   const struct cg_plane *face, const struct cg_plane scratch[2], int *label,
                   int *queue);

#endif
