/* Inside micro-batches: what micro_batch.c and losses.c share. */
#ifndef CG_TRAIN_STYLE_MICRO_BATCH_STATE_H
#define CG_TRAIN_STYLE_MICRO_BATCH_STATE_H

#include "train/style/micro_batch.h"

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

#endif
