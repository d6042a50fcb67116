/* Small pictures arranged on one larger picture. */
#ifndef CG_GAN_GRID_H
#define CG_GAN_GRID_H

#include "image/image.h"

/*
 * count pictures of side x side x channels floats, -1 to 1, in rows of columns, each pixel scale
 * times as large, on grey with a gap between. Errors: CG_ERR_ARGUMENT, CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_grid_draw(const float *pictures, int count, int columns, int side, int channels,
                            int scale, struct cg_image *out, struct cg_error *error);

#endif
