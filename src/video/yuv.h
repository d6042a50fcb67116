/*
 * Between the planes of a y4m frame and the pixels that comics are made of.
 *
 * The matrix is the format's; where that says none, as y4m alone cannot, the size does, as players
 * decide too: Rec. 709 from 1280 x 720 on, Rec. 601 below. The range is the header's. What is read
 * with one matrix is written with the same. Chroma is interpolated linearly where it is subsampled,
 * and subsampled by the mean of the pixels around (2 x 2 where it lies between columns, 1 2 1
 * across where it lies on one), vertically always as lying between the rows. Deep samples become 8
 * bits on their way in; what is written deep has the colours' fractions.
 *
 * Pixels are RGB, of RGBA frames too: their alpha is a plane of its own behind the pixels.
 */
#ifndef CG_VIDEO_YUV_H
#define CG_VIDEO_YUV_H

#include "video/y4m.h"

struct cg_yuv; /* tables and rows for one format */
enum cg_status cg_yuv_create(const struct cg_y4m_format *format, struct cg_yuv **out,
                             struct cg_error *error);
void cg_yuv_free(struct cg_yuv *yuv);

/* planes: cg_y4m_frame_nbytes; pixels: height rows of width pixels of 3 bytes. One caller at a
 * time. */
void cg_yuv_to_rgb(struct cg_yuv *yuv, const uint8_t *planes, uint8_t *pixels);
void cg_yuv_from_rgb(struct cg_yuv *yuv, const uint8_t *pixels, uint8_t *planes);

#endif
