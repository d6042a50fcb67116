/* What goes with a picture into another file (struct cg_image_extras), made ready while it is read.
 * Inside src/image only. */
#ifndef CG_IMAGE_EXTRAS_H
#define CG_IMAGE_EXTRAS_H

#include "image/exif.h"

/* Add to the note, with "; " between. */
void cg_extras_note(struct cg_image_extras *extras, const char *text);

/*
 * Fill in resolution and, unless about is NULL, EXIF, XMP and IPTC data, as far as the header has
 * them. What cannot be carried over is noted; *damage becomes the first note on something damaged.
 * Errors: CG_ERR_MEMORY.
 */
enum cg_status cg_extras_carry(const struct cg_image_header *header,
                               const struct cg_exif_options *about, struct cg_image_extras *extras,
                               const char **damage, struct cg_error *error);

#endif
