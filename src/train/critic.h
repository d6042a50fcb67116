/*
 * The discriminators: multi-layer perceptrons on patches of pictures, 1 and -1 being white and
 * black. They judge texture and line, or colour, and never a whole picture.
 */
#ifndef CG_TRAIN_CRITIC_H
#define CG_TRAIN_CRITIC_H

#include "nn/network.h"

enum cg_critic {
    CG_CRITIC_LINE,   /* luma, patches of 24 x 24 at stride 12: 576 -> 512 -> 256 -> 128 -> 1 */
    CG_CRITIC_COLOUR, /* reduced by 4, patches of 12 x 12 at stride 4: 432 -> 512 -> 256 -> 128 -> 1
                       */
    CG_CRITIC_COUNT
};

/* Short name for logs and files ("line", "colour"). */
const char *cg_critic_name(enum cg_critic critic);

/* Smallest side of pictures that it can judge, in pixels. */
int cg_critic_least_px(enum cg_critic critic);

/* Input: RGB; output: one logit a patch. Errors: CG_ERR_MEMORY. */
enum cg_status cg_critic_build(enum cg_critic critic, struct cg_network **out,
                               struct cg_error *error);

#endif
