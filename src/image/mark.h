/* The mark of a picture (image.h) as a property in an XMP packet. Private to src/image. */
#ifndef CG_IMAGE_MARK_H
#define CG_IMAGE_MARK_H

#include "image/header_fields.h"

/* A copy of the packet with the mark added, or a new packet with the mark alone; to be freed, NULL
 * if out of memory. A malformed packet is copied unchanged. */
char *cg_mark_into_xmp(const struct cg_span *xmp, const char *mark);

#endif
