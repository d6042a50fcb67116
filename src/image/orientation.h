/* Which way up a picture is: the EXIF orientation, 1 to 8 (EXIF 2.3, section 4.6.4 A); and how large. */
#ifndef CG_IMAGE_ORIENTATION_H
#define CG_IMAGE_ORIENTATION_H

#include "image/header_fields.h"
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

/* Which way up a picture is, where text says it: XMP, and EXIF written as text. Inside src/image
 * only. */

/* tiff:Orientation in an XMP packet, as an attribute or an element; 1 when there is none. */
int cg_xmp_orientation(const struct cg_span *xmp);

/*
 * The orientation in one of a PNG's text chunks (type tEXt, zTXt or iTXt): ImageMagick's "Raw
 * profile type exif" (also APP1, xmp), or "XML:com.adobe.xmp". 0 when the chunk has none. *is_exif:
 * it stands in EXIF data, which count before XMP.
 */
int cg_png_text_orientation(const char *type, const struct cg_span *chunk, bool *is_exif);

/* Whether a text chunk is "XML:com.adobe.xmp"; and its packet, inflated where it has to be, to be
 * freed: NULL if that cannot be done, for want of memory too. */
bool cg_png_is_xmp(const char *type, const struct cg_span *chunk);
uint8_t *cg_png_copy_xmp(const struct cg_span *chunk, size_t *nbytes);

#endif
