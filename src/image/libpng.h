/*
 * libpng behind plain calls: the second reader, for PNGs that stb refuses or would misread. Only
 * libpng.c sees the library. Inside src/image only.
 */
#ifndef CG_IMAGE_LIBPNG_H
#define CG_IMAGE_LIBPNG_H

#include "image/header_fields.h"

/*
 * Decode a PNG that the header has found good to 8 bits of header's channels, or 3 for 1. *out is
 * created. *odd: libpng had something to say about it. Errors, without the file's name:
 * CG_ERR_FORMAT, CG_ERR_MEMORY.
 */
enum cg_status cg_libpng_decode(const uint8_t *bytes, size_t nbytes,
                                const struct cg_image_header *header, int channels,
                                struct cg_image *out, bool *odd, struct cg_error *error);

#endif
