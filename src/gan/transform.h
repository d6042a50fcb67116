/* Label-preserving random changes of a picture, for data augmentation. */
#ifndef CG_GAN_TRANSFORM_H
#define CG_GAN_TRANSFORM_H

#include "base/rng.h"
#include "image/image.h"

#include <stdbool.h>

/* How strong the changes are; 0 turns one off. */
struct cg_transform {
    bool mirror;      /* half of the time */
    float degrees;    /* rotated by up to this much to either side */
    float zoom;       /* enlarged by up to this fraction */
    float shift;      /* moved by up to this fraction of each side */
    float brightness; /* lighter or darker by up to this fraction of white */
    float contrast;   /* contrast times 1 plus or minus up to this */
};

extern const struct cg_transform CG_TRANSFORM_DEFAULT;

/*
 * A changed copy of the same size; *out is created. Bilinear; edges are repeated.
 * Errors: CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_transform_apply(const struct cg_transform *transform,
                                  const struct cg_image *image, struct cg_rng *rng,
                                  struct cg_image *out, struct cg_error *error);

#endif
