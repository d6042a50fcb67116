/*
 * Fields: one float a pixel, row by row, for measuring pictures. Neighbours outside the field are
 * those of its border. Nothing here allocates but cg_field_set_create.
 */
#ifndef CG_MEASURE_FIELD_H
#define CG_MEASURE_FIELD_H

#include "image/image.h"

struct cg_field {
    int width, height;
    float *v;
};

static inline size_t cg_field_count(const struct cg_field *field)
{
    return (size_t)field->width * (size_t)field->height;
}

/* Make count fields of one size, in one block of memory that free(fields[0].v) gives back.
 * Contents undefined. Error: CG_ERR_MEMORY. */
enum cg_status cg_field_set_create(int width, int height, size_t count, struct cg_field *fields,
                                   struct cg_error *error);

/* luma = (0.299 R + 0.587 G + 0.114 B) / 255 of the sRGB values (Rec. 601), 0 to 1. */
void cg_field_luma(const struct cg_image *rgb, const struct cg_field *luma);

/* to = from blurred by a Gaussian cut off at three sigma (sigma_px up to 10). The three are
 * different fields; scratch is overwritten. */
void cg_field_blur(const struct cg_field *from, float sigma_px, const struct cg_field *scratch,
                   const struct cg_field *to);

/* to = magnitude of the gradient of from by central differences, one-sided at the border, a pixel.
 * A side of one pixel has no gradient along it. from and to differ. */
void cg_field_gradient(const struct cg_field *from, const struct cg_field *to);

/* to = largest value of from in the square of 2 * radius_px + 1 pixels around. The three are
 * different fields; scratch is overwritten. */
void cg_field_box_max(const struct cg_field *from, int radius_px, const struct cg_field *scratch,
                      const struct cg_field *to);

/* The value below which a share (0 to 1) of all values lie: of n sorted values the one at
 * floor(share * (n - 1)). scratch is overwritten. */
float cg_field_quantile(const struct cg_field *field, double share, const struct cg_field *scratch);

#endif
