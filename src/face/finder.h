/*
 * Finds faces, after Rowley, Baluja and Kanade (1998, "Neural Network-Based Face Detection"): a
 * window passes over a pyramid of ever smaller copies of the picture, and networks of fully
 * connected layers say of each whether it shows a face. Upright ones and those turned by some 15
 * degrees, from the front to three quarters, about 26 pixels wide or more in a picture of 1300
 * pixels, a fiftieth of larger ones. Pictures may be grey.
 */
#ifndef CG_FACE_FINDER_H
#define CG_FACE_FINDER_H

#include "base/pool.h"
#include "image/image.h"

/* Pixels of the picture that was looked at; x, y: left, top. score: 0 to 1. */
struct cg_face {
    float x, y, width, height, score;
};

/* Not owned; count 0: none. */
struct cg_faces {
    const struct cg_face *at;
    int count;
};

/* How many of the finds, the first ones, are sure enough to draw by: two in three are faces. */
int cg_faces_sure(struct cg_faces finds);

struct cg_face_finder; /* constant once read, may be shared by threads */

/* Errors, with the file's name: CG_ERR_IO, CG_ERR_MODEL (another kind of file, damaged),
 * CG_ERR_MEMORY. */
enum cg_status cg_face_finder_read(const char *path, struct cg_face_finder **out,
                                   struct cg_error *error);
/* The one that is built into the program (models/faces.safetensors); *out is NULL if there is none.
 * Errors: CG_ERR_MODEL, CG_ERR_MEMORY. */
enum cg_status cg_face_finder_builtin(struct cg_face_finder **out, struct cg_error *error);

void cg_face_finder_free(struct cg_face_finder *finder);

/*
 * The faces of a picture, the best first, at most max. They do not depend on the number of threads.
 * Errors: CG_ERR_MEMORY; CG_ERR_CANCELLED, if the pool is watched.
 */
enum cg_status cg_face_finder_find(const struct cg_face_finder *finder, struct cg_pool *pool,
                                   const struct cg_image *picture, struct cg_face *faces, int max,
                                   int *count, struct cg_error *error);

#endif
