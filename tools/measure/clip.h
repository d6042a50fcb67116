/*
 * Videos of known motion, made from one picture, for tests and measurements: a window that moves
 * over the picture.
 */
#ifndef CG_MEASURE_CLIP_H
#define CG_MEASURE_CLIP_H

#include "image/image.h"

enum cg_clip_kind {
    CG_CLIP_STILL, /* nothing but noise of CG_CLIP_NOISE, as all of them have */
    CG_CLIP_PAN,   /* 1.7 pixels to the right and 0.6 down a frame */
    CG_CLIP_ZOOM,  /* 1 % larger with every frame */
    CG_CLIP_CUT,   /* still, and from the middle on another part of the picture, mirrored */
    CG_CLIP_FAST,  /* to and fro by 90 pixels a frame: nothing is where it was */
    CG_CLIP_KINDS
};

/* Deviation of the noise of a channel, of 255. */
#define CG_CLIP_NOISE 4.0f

const char *cg_clip_name(enum cg_clip_kind kind);

/* Frame `index` of `count`: width * height * 3 bytes of RGB. picture is RGB and is scaled so that
 * the window covers half of its sides. The same bytes for the same arguments. */
void cg_clip_frame(enum cg_clip_kind kind, const struct cg_image *picture, int index, int count,
                   int width, int height, uint8_t *pixels);

#endif
