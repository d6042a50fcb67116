/* Blending transparency onto a colour, and luma. Private to src/image; splitting and joining alpha
 * is in image.h. */
#ifndef CG_IMAGE_ALPHA_H
#define CG_IMAGE_ALPHA_H

#include "image/image.h"

/* Blend an RGBA picture onto a colour, in place: it becomes RGB. */
void cg_image_blend(struct cg_image *image, const uint8_t background[3]);

/* The same into out, RGB and of image's size. */
void cg_image_blend_into(const struct cg_image *image, const uint8_t background[3],
                         struct cg_image *out);

/* An RGB picture's luma, in place: it becomes grey. */
void cg_image_to_grey(struct cg_image *image);

#endif
