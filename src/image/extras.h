/* Metadata carried into another file (struct cg_image_extras), prepared while reading. Private to
 * src/image. */
#ifndef CG_IMAGE_EXTRAS_H
#define CG_IMAGE_EXTRAS_H

#include "image/exif.h"

/* Append to the note, separated by "; ". */
void cg_extras_note(struct cg_image_extras *extras, const char *text);

/*
 * Fill in the header's resolution and, unless about is NULL, its EXIF, XMP and IPTC data. What
 * cannot be carried over is noted; *damage becomes the first note about damage. Errors:
 * CG_ERR_MEMORY.
 */
enum cg_status cg_extras_carry(const struct cg_image_header *header,
                               const struct cg_exif_options *about, struct cg_image_extras *extras,
                               const char **damage, struct cg_error *error);

#endif
