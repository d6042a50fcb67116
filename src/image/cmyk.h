/*
 * JPEGs of four inks. Inside src/image only. Read by libjpeg, as stb mixes inks into RGB by itself
 * and leaves nothing that a profile could be applied to.
 */
#ifndef CG_IMAGE_CMYK_H
#define CG_IMAGE_CMYK_H

#include "image/header.h"

/*
 * Decode a JPEG that the header has found to be of four inks, CMYK or YCCK. out: header's width *
 * height * 4 bytes, cyan, magenta, yellow, black as stored (header->inks_inverted). Errors, without
 * the file's name: CG_ERR_FORMAT, CG_ERR_MEMORY.
 */
enum cg_status cg_cmyk_decode(const uint8_t *bytes, size_t nbytes,
                              const struct cg_image_header *header, uint8_t *out,
                              struct cg_error *error);

/* Inks that nothing is known of into RGB: each takes its share of one colour, black of all. */
void cg_cmyk_mix(const uint8_t *cmyk, bool inverted, struct cg_image *out);

#endif
