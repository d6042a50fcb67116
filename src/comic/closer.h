/*
 * Faces drawn closer: what is around a face that is small in the working copy is drawn once more,
 * from the photo itself and as if it were nearer, so that eyes, mouth and glasses get lines of
 * their own. The second drawing is laid over the first, fading out around the face.
 */
#ifndef CG_COMIC_CLOSER_H
#define CG_COMIC_CLOSER_H

#include "face/finder.h"

enum {
    CG_CLOSER_MAX = 64,       /* faces of a picture that are looked at */
    CG_CLOSER_PHOTO_SHARE = 3 /* parts take one in so many of the photo's pixels at most */
};

/* A part of the photo. */
struct cg_closer_part {
    int left, top;
    struct cg_image pixels;            /* owned; in: the photo, out: the comic */
    int working_width, working_height; /* its working copy */
    float centre_x, centre_y;          /* of the face, in pixels of the part */
    float radius_x, radius_y;          /* where it has faded out */
};

struct cg_closer {
    int count;
    struct cg_closer_part part[CG_CLOSER_MAX];
};

/*
 * The parts of a photo that are worth it: copies of what is around the faces, the first ones first.
 * Their working copies have no more pixels than that of the whole photo. scale: photo pixels to a
 * pixel that faces are in. Empty where the photo is enlarged as it is. Error: CG_ERR_MEMORY; then
 * *out is empty.
 */
enum cg_status cg_closer_take(struct cg_faces faces, float scale, const struct cg_image *photo,
                              struct cg_closer *out, struct cg_error *error);

/* out = the faces in pixels of the part's working copy; as many. */
void cg_closer_see(const struct cg_closer_part *part, struct cg_faces faces, float scale,
                   struct cg_face *out);

void cg_closer_clear(struct cg_closer *closer);

/* Lay a part, by now a comic, over the whole one. amount: 0 none of it, 1 all. */
void cg_closer_lay(const struct cg_closer_part *part, float amount, const struct cg_image *comic);

#endif
