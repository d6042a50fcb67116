/* Which way up a picture is: the EXIF orientation, 1 to 8 (EXIF 2.3, section 4.6.4 A); and how large. */
#ifndef CG_IMAGE_ORIENTATION_H
#define CG_IMAGE_ORIENTATION_H

#include "image/image.h"

/* The orientation in a block of EXIF data that begins with its TIFF header; 0 when there is none or
 * the block makes no sense. */
int cg_exif_orientation(const uint8_t *tiff, size_t nbytes);

/* Dots per inch across and down as EXIF data have them; 0 where they say nothing, or 72, which stands
 * for "unknown" (EXIF 2.3, section 4.6.4 A). */
void cg_exif_resolution(const uint8_t *tiff, size_t nbytes, double dpi[2]);

/* Turn a picture stored with this orientation upright. 5 to 8 need a second buffer for the time.
 * Errors: CG_ERR_MEMORY; then image is as it was. */
enum cg_status cg_image_turn_upright(struct cg_image *image, int orientation,
                                     struct cg_error *error);

#endif
