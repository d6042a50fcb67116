/* Which way up a picture is: the EXIF orientation, 1 to 8 (EXIF 2.3, section 4.6.4 A);
 * and how large. */
#ifndef CG_IMAGE_ORIENTATION_H
#define CG_IMAGE_ORIENTATION_H

#include "image/header_fields.h"
#include "image/image.h"

/* The orientation in a block of EXIF data that begins with its TIFF header; 0 if there is none or
 * the block is invalid. */
int cg_exif_orientation(const uint8_t *tiff, size_t nbytes);

/* EXIF's dots per inch across and down; 0 if missing or 72, which stands for "unknown" (EXIF 2.3,
 * section 4.6.4 A). */
void cg_exif_resolution(const uint8_t *tiff, size_t nbytes, double dpi[2]);

/* Turn a picture stored with this orientation upright. 5 to 8 need a temporary second buffer.
 * Errors: CG_ERR_MEMORY; then image is unchanged. */
enum cg_status cg_image_turn_upright(struct cg_image *image, int orientation,
                                     struct cg_error *error);

/* Orientation from text: XMP, and EXIF written as text. Private to src/image. */

/* tiff:Orientation in an XMP packet, as an attribute or an element; 1 when there is none. */
int cg_xmp_orientation(const struct cg_span *xmp);

/*
 * The orientation in one of a PNG's text chunks (type tEXt, zTXt or iTXt): ImageMagick's "Raw
 * profile type exif" (also APP1, xmp), or "XML:com.adobe.xmp". 0 if the chunk has none. *is_exif:
 * it is from EXIF data, which take precedence over XMP.
 */
int cg_png_text_orientation(const char *type, const struct cg_span *chunk, bool *is_exif);

/* Whether a text chunk is "XML:com.adobe.xmp"; and its packet, inflated if compressed, to be freed;
 * NULL if that fails, also for lack of memory. */
bool cg_png_is_xmp(const char *type, const struct cg_span *chunk);
uint8_t *cg_png_copy_xmp(const struct cg_span *chunk, size_t *nbytes);

/* The same for "Raw profile type iptc" as tEXt or zTXt, and its *records, which lie in what is
 * returned. */
bool cg_png_is_iptc(const struct cg_span *chunk);
uint8_t *cg_png_copy_iptc(const struct cg_span *chunk, struct cg_span *records);

#endif
