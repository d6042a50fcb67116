/* The header of a JPEG: see header.h. Inside src/image only. */
#ifndef CG_IMAGE_HEADER_JPEG_H
#define CG_IMAGE_HEADER_JPEG_H

#include "image/header_fields.h"

/* bytes begin with the format's signature, *out is empty before. Errors: those of
 * cg_image_header_read. */
enum cg_status cg_jpeg_header_read(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                   struct cg_image_header *out, struct cg_error *error);

#endif
