/*
 * libjpeg behind plain calls: the second reader, for JPEGs that stb refuses or would misread, and
 * for those of four inks, which stb mixes into RGB by itself, leaving nothing that a profile could
 * be applied to. Only libjpeg.c sees the library. Inside src/image only.
 */
#ifndef CG_IMAGE_LIBJPEG_H
#define CG_IMAGE_LIBJPEG_H

#include "image/header_fields.h"

/* What it had to say about the data. */
struct cg_libjpeg_findings {
    bool damaged;    /* part of the pixels is missing or makes no sense */
    bool incomplete; /* the data end before the last pixels, or before they are fully refined */
    bool odd;        /* against the format's rules, with all pixels there */
};

/*
 * Decode a JPEG that the header has found good. out: created by the caller, of header's size and of
 * 1 channel, 3 or, for inks, 4: cyan, magenta, yellow, black as stored (header->inks_inverted).
 * What cannot be decoded is left grey. Errors, without the file's name: CG_ERR_FORMAT,
 * CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_libjpeg_decode(const uint8_t *bytes, size_t nbytes,
                                 const struct cg_image_header *header, struct cg_image *out,
                                 struct cg_libjpeg_findings *findings, struct cg_error *error);

#endif
