/*
 * What the critic of the pair is shown (critic.h): a comic beside its photo, as one picture of
 * three channels from 0 to 1: luma of the comic, luma of the photo, and the comic's Cr (JFIF), of
 * which 0.5 is no colour. A critic that sees the input judges whether this is the comic of this
 * photo, not only whether it looks like one (Isola et al. 2017).
 */
#ifndef CG_TRAIN_STYLE_PAIR_PICTURE_H
#define CG_TRAIN_STYLE_PAIR_PICTURE_H

#include <stddef.h>

/* luma (pixels) = that of a picture (pixels x RGB). */
void cg_pair_picture_luma(const float *restrict picture, size_t pixels, float *restrict luma);

/* pair (pixels x 3) = the comic (pixels x RGB) beside its photo, of which only luma is needed. */
void cg_pair_picture_compose(const float *restrict comic, const float *restrict photo_luma,
                             size_t pixels, float *restrict pair);

/* In place: from the gradient of a pair's picture to that of its comic. */
void cg_pair_picture_backward(float *gradient, size_t pixels);

#endif
