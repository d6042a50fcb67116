/* Which way up a picture is, where text says it: XMP, and EXIF written as text. XMP in a PNG. Inside src/image
 * only. */
#ifndef CG_IMAGE_ORIENTATION_TEXT_H
#define CG_IMAGE_ORIENTATION_TEXT_H

#include "image/header_fields.h"

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
