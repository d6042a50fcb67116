/*
 * The discriminators: multi-layer perceptrons on patches, one for texture and line, one for colour,
 * and one that sees the photo beside the comic; none sees a whole picture. Their input runs from
 * -CG_CRITIC_RANGE (black) to CG_CRITIC_RANGE (white): spectral norm bounds how much a logit may
 * change with a patch, and with a range of -1 to 1 the small differences between the teacher's flat
 * areas and the generator's were lost (both critics stayed at 50 %).
 */
#ifndef CG_TRAIN_STYLE_CRITIC_H
#define CG_TRAIN_STYLE_CRITIC_H

#include "nn/network.h"

#define CG_CRITIC_RANGE 4.0f

enum cg_critic {
    CG_CRITIC_LINE,   /* luma, 24 x 24 at stride 12: 576 -> 512 -> 256 -> 128 -> 1 */
    CG_CRITIC_COLOUR, /* RGB reduced by 4, 12 x 12 at stride 4: 432 -> 512 -> 256 -> 128 -> 1 */
    CG_CRITIC_PAIR,   /* comic and photo (pair_picture.h), 16 x 16 at stride 8: 768 -> 256 -> 128 ->
                         64 -> 1 */
    CG_CRITIC_COUNT
};

/* Short name for logs and files ("line", "colour", "pair"). */
const char *cg_critic_name(enum cg_critic critic);

/* The smallest side of pictures that it accepts, in pixels. */
int cg_critic_least_px(enum cg_critic critic);

/* Input: three channels; output: one logit a patch. Errors: CG_ERR_MEMORY. */
enum cg_status cg_critic_build(enum cg_critic critic, struct cg_network **out,
                               struct cg_error *error);

#endif
