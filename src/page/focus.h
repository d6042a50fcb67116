/*
 * What matters in a photo, by simple means: where it has contours, and where the colours of skin.
 * Made to place the window of a crop and the box of a caption, not to know what is shown.
 */
#ifndef CG_PAGE_FOCUS_H
#define CG_PAGE_FOCUS_H

#include "image/image.h"

struct cg_focus;

/* A rectangle of a photo, in pixels. */
struct cg_crop {
    int x, y, width, height;
};

/* photo: RGB; not used any more afterwards. Errors: CG_ERR_MEMORY. */
enum cg_status cg_focus_create(const struct cg_image *photo, struct cg_focus **out,
                               struct cg_error *error);
void cg_focus_free(struct cg_focus *focus);

/* The largest part of the photo with this width / height, where most of what matters is. */
struct cg_crop cg_focus_crop(const struct cg_focus *focus, double aspect);

/* How much of what matters lies in a part of the photo: 0 none, 1 all. */
double cg_focus_fraction(const struct cg_focus *focus, const struct cg_crop *part);

#endif
