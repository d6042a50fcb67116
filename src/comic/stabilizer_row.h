/* The arithmetic of stabilizer.c, a row at a time, so that threads can share a frame. Inside
 * src/comic only. Rows are of the working copy; y is the row's number where neighbours are looked
 * at. */
#ifndef CG_COMIC_STABILIZER_ROW_H
#define CG_COMIC_STABILIZER_ROW_H

#include <stddef.h>

/* What is carried of a pixel: eight floats, so that one load brings all of it. */
struct cg_stabilizer_pixel {
    float photo[3];  /* calmed */
    float colour[3]; /* calmed */
    float logit;
    float age; /* frames in which it was trusted, itself included */
};

struct cg_stabilizer_limits {
    float leniency;             /* how much larger than noise a difference may be, 1: as measured */
    float age_max;              /* frames that a mean is taken over */
    float photo, colour, logit; /* the most that may be added at full trust */
    float colour_held, logit_held; /* changes up to these are held back altogether */
    float black_held, black_logit; /* so much more of them where both frames are black */
};

/* stability: 0 to 1 */
struct cg_stabilizer_limits cg_stabilizer_limits_make(float stability);

/* Row y of the halved lumas of photo and former. */
void cg_stabilizer_grey_row(const float *photo, const struct cg_stabilizer_pixel *former, int width,
                            int height, int y, float *grey, float *former_grey);

/* carried = former at the places that the vectors (of the halved picture) lead to, by Catmull and
 * Rom's cubic; age 0 for places outside. carried is the row, former the whole picture. */
void cg_stabilizer_carry_row(const struct cg_stabilizer_pixel *former, const float *vectors,
                             int width, int height, int y, struct cg_stabilizer_pixel *carried);

/* Mean square of the difference of the carried and the new photo; 1 for age 0. */
void cg_stabilizer_difference_row(const struct cg_stabilizer_pixel *carried, const float *photo,
                                  int width, float *difference);

/* out = root of the mean of difference in the square around each pixel; out is the row. */
void cg_stabilizer_around_row(const float *difference, int width, int height, int y, float *out);

/* Sums over a row: of trust, and of trust and one weighted by the photo's contrast. */
struct cg_stabilizer_sums {
    float trust, contrast_trust, contrast;
};

/* In place, from the difference around a pixel to its trust; photo is the row. */
struct cg_stabilizer_sums cg_stabilizer_trust_row(float *trust, const float *photo, float noise,
                                                  const struct cg_stabilizer_limits *limits,
                                                  int width);

/* smooth = photo, moved towards the carried one; it and the new age are put into carried. The
 * carried colour follows the photo where it is not trusted, so that it can stand for this frame's,
 * too. */
void cg_stabilizer_photo_row(const float *photo, const float *trust,
                             const struct cg_stabilizer_limits *limits, int width,
                             struct cg_stabilizer_pixel *carried, float *smooth);

/* The same for the layers. */
void cg_stabilizer_layers_row(const float *colour, const float *logit, const float *trust,
                              const struct cg_stabilizer_limits *limits, int width,
                              struct cg_stabilizer_pixel *carried, float *out_colour,
                              float *out_logit);

/* For a frame that is not drawn: the carried layers. */
void cg_stabilizer_kept_row(const struct cg_stabilizer_pixel *carried, int width, float *out_colour,
                            float *out_logit);

#endif
