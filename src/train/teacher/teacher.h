/*
 * The teacher: a slow classical stylisation of a photo, made once for each photo as the target of
 * pretraining, in two layers, flat colour and ink. The comic is colour * (1 - ink).
 */
#ifndef CG_TRAIN_TEACHER_TEACHER_H
#define CG_TRAIN_TEACHER_TEACHER_H

#include "image/image.h"

/* Changes whenever the targets of the same photo would: part of the cache's key. */
#define CG_TEACHER_VERSION 9

/* Where a face is, as shares of the picture's width and height: from forehead to chin. */
struct cg_teacher_face {
    float x, y, width, height;
};

/*
 * photo: RGB. faces: those known in it, drawn with a finer pen and kept free of borders of tone;
 * may be NULL with face_count 0. On success *colour (RGB) and *ink (grey; 0 paper, 255 full ink)
 * are created, of the photo's size; the caller clears them. Any size from 1 x 1. Deterministic;
 * single-threaded; thread-safe. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY.
 */
enum cg_status cg_teacher_draw(const struct cg_image *photo, const struct cg_teacher_face *faces,
                               size_t face_count, struct cg_image *colour, struct cg_image *ink,
                               struct cg_error *error);

#endif
