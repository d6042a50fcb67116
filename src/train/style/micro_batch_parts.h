/* The inside of a micro-batch. Private to micro_batch.c and micro_batch_learn.c. */
#ifndef CG_TRAIN_STYLE_MICRO_BATCH_PARTS_H
#define CG_TRAIN_STYLE_MICRO_BATCH_PARTS_H

#include "train/style/micro_batch.h"

#include <math.h>

struct cg_micro_batch {
    struct cg_recipe recipe;
    int index, crops, side;
    float fraction;
    size_t pixels; /* of all crops together */
    struct cg_losses losses;
    struct cg_crop_shift *shifts; /* of each crop from the one before it; for consistency */
    /* data: 3 floats a pixel, ink 1 */
    float *photo, *target_colour, *target_ink, *target_comic;
    float *distant, *room; /* where a target has no ink nearby (spurious_ink.h), and to work in */
    /* what the generator makes of it */
    float *colour, *logit, *ink, *comic;
    /* as critics see them: real pictures, and after these in memory the comics */
    float *real, *judged;
    float *grad_colour, *grad_logit, *grad_comic, *grad_judged, *grad_output, *grad_logits;
    struct cg_pass *generator;
    struct cg_pass *on_both[CG_CRITIC_COUNT], *on_judged[CG_CRITIC_COUNT];
};

/* A loss that is not finite makes the gradient so, which is what is looked at. */
static inline void cg_micro_batch_taint(const struct cg_micro_batch *micro_batch, float *gradient)
{
    if (!cg_losses_are_finite(&micro_batch->losses))
        gradient[0] = NAN;
}

#endif
