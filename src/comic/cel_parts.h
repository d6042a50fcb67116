/* What the files of cel.h share. */
#ifndef CG_COMIC_CEL_PARTS_H
#define CG_COMIC_CEL_PARTS_H

#include "image/regions.h"

#include <stdbool.h>

/* v = at + dx * x + dy * y, by channel. */
struct cg_gradient {
    float at[3], dx[3], dy[3];
};

struct cg_cel {
    int width, height;
    float amount;
    float *colour, *logit;      /* the layers */
    struct cg_lab lab;          /* lightness, blue less luma, red less luma, weighed as in Oklab */
    struct cg_plane skin;       /* 0 to 1 */
    struct cg_plane soft;       /* 1 at borders without a step, falling off around them */
    struct cg_plane scratch[2]; /* anybody's, between calls */
    struct cg_regions regions;
    int *tone;
    struct cg_gradient *gradient; /* by region */
};

/* ---- cel_gradient.c ---- */

/* cel->gradient = the least-squares fit to each region of the colour layer, or of lightness, which
 * is one channel. Error: CG_ERR_MEMORY. */
enum cg_status cg_cel_fit(struct cg_cel *cel, bool colour, struct cg_error *error);

/* Channel c of a gradient at a pixel. */
static inline float cg_gradient_at(const struct cg_gradient *gradient, int c, int x, int y)
{
    return gradient->at[c] + gradient->dx[c] * (float)x + gradient->dy[c] * (float)y;
}

/* ---- cel_ink.c ---- */

/* Close the contours of the regions. Error: CG_ERR_MEMORY; then logit is unchanged. */
enum cg_status cg_cel_ink(struct cg_cel *cel, struct cg_error *error);

#endif
