/*
 * Differentiable augmentation (Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient
 * GAN Training"): real and generated pictures pass through the same kinds of random change before D
 * sees them, and G's gradient is propagated through it, so that D cannot memorise a small data set
 * and the changes do not leak into generated pictures. Every change is affine in the pixels.
 */
#ifndef CG_GAN_DIFF_AUGMENT_H
#define CG_GAN_DIFF_AUGMENT_H

#include "base/rng.h"

#include <stdbool.h>

/* Bits of a policy. */
enum {
    CG_AUGMENT_COLOUR = 1,      /* lighter or darker by up to 0.5, contrast times 0.5 to 1.5 */
    CG_AUGMENT_TRANSLATION = 2, /* by up to an eighth of the side; vacated pixels are black */
    CG_AUGMENT_CUTOUT = 4       /* a square of half the side becomes grey (0) */
};
#define CG_AUGMENT_ALL 7

/* Pictures of side x side x channels floats. */
struct cg_augment {
    int side, channels;
    int policy;
};

/* The change of one picture. */
struct cg_augment_draw {
    float brightness, contrast;
    int dx, dy;
    int cut_x, cut_y, cut_side; /* 0: none */
};

struct cg_augment_draw cg_augment_draw(const struct cg_augment *augment, struct cg_rng *rng);

/* out = the changed picture; not in place. */
void cg_augment_forward(const struct cg_augment *augment, const struct cg_augment_draw *draw,
                        const float *in, float *out);

/* grad_in = the gradient with respect to the picture, from grad_out, the one with respect to the
 * changed picture, which may be overwritten; not in place. */
void cg_augment_backward(const struct cg_augment *augment, const struct cg_augment_draw *draw,
                         float *grad_out, float *grad_in);

#endif
