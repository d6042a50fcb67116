/*
 * Targets for pretraining: a slow classical stylisation of a photo (the teacher) in two layers,
 * flat colour and ink. The comic is colour * (1 - ink).
 */
#ifndef CG_TRAIN_TEACHER_TARGET_H
#define CG_TRAIN_TEACHER_TARGET_H

#include "image/image.h"

/* Changes whenever the targets of the same photo would: part of the cache's key. */
#define CG_TARGET_VERSION 4

/*
 * photo: RGB. On success *colour (RGB) and *ink (grey; 0 paper, 255 full ink) are created, of the
 * photo's size; the caller clears them. Any size from 1 x 1. Deterministic; single-threaded;
 * thread-safe. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY.
 */
enum cg_status cg_target_make(const struct cg_image *photo, struct cg_image *colour,
                              struct cg_image *ink, struct cg_error *error);

#endif
