/*
 * Conversion between the planes of a y4m frame and RGB pixels.
 *
 * The matrix is the format's; if that has none, as plain y4m, the size decides, as in players: Rec.
 * 709 from 1280 x 720 on, Rec. 601 below. The range is the header's. Reading and writing use the
 * same matrix. Chroma is interpolated linearly where it is subsampled, and subsampled by the mean
 * of the surrounding pixels (2 x 2 if it lies between columns, 1 2 1 across if it lies on one),
 * vertically always between the rows. Deep samples are reduced to 8 bits when read; deep output has
 * fractional colours.
 *
 * Pixels are RGB, also for RGBA frames, whose alpha is a plane behind the pixels.
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
