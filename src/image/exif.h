/* Adapting EXIF data to another picture. Private to src/image. */
#ifndef CG_IMAGE_EXIF_H
#define CG_IMAGE_EXIF_H

#include "image/header_fields.h"

/* The most that a JPEG can hold: a segment less its length and "Exif\0\0". */
#define CG_EXIF_MAX_NBYTES (65535 - 2 - 6)

struct cg_exif_options {
    int width, height; /* of the upright picture */
    bool keep_gps;
    bool converted; /* the colours were converted to sRGB, whatever the data says they are */
};

/*
 * A copy of the data in from (from its TIFF header on) that fits the upright picture: without what
 * describes the old file (thumbnail, layout, other metadata, makers' notes, which do not survive
 * being moved), with the new size and orientation 1. *out is to be freed; NULL if nothing is left.
 * Errors, without a text: CG_ERR_FORMAT (damaged), CG_ERR_LIMIT (too large), CG_ERR_MEMORY.
 */
enum cg_status cg_exif_carry(const struct cg_span *from, const struct cg_exif_options *options,
                             uint8_t **out, size_t *out_nbytes);

#endif
