/* The mark of a picture (image.h) as a property in an XMP packet. Inside src/image only. */
#ifndef CG_IMAGE_MARK_H
#define CG_IMAGE_MARK_H

#include "image/header_fields.h"

/* A copy of the packet with the mark in it, or where there is none a packet of the mark alone; to be
 * freed, NULL when memory is short. A packet that is not as XMP is written stays as it is. */
char *cg_mark_into_xmp(const struct cg_span *xmp, const char *mark);

#endif
