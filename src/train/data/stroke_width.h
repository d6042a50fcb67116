/* How wide the lines of a drawing are. */
#ifndef CG_TRAIN_DATA_STROKE_WIDTH_H
#define CG_TRAIN_DATA_STROKE_WIDTH_H

#include "image/image.h"

/*
 * The median width of the dark lines in image, RGB, in its pixels: the middle of the lines' length,
 * not of their number. *out is 0 where there are too few lines to tell. Error: CG_ERR_MEMORY.
 */
enum cg_status cg_strokes_width(const struct cg_image *image, float *out, struct cg_error *error);

#endif
