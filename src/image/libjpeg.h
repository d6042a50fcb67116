/*
 * libjpeg behind plain calls, for what stb leaves open: JPEGs of four inks, which stb mixes into
 * RGB by itself and so leaves nothing that a profile could be applied to, and damage, which it
 * paints over without a word. Only libjpeg.c sees the library. Inside src/image only.
 */
#ifndef CG_IMAGE_LIBJPEG_H
#define CG_IMAGE_LIBJPEG_H

#include "image/header.h"

/*
 * Decode a JPEG that the header has found to be of four inks, CMYK or YCCK. out: header's width *
 * height * 4 bytes, cyan, magenta, yellow, black as stored (header->inks_inverted). *damaged: part
 * of the data was missing or made no sense. Errors, without the file's name: CG_ERR_FORMAT,
 * CG_ERR_MEMORY.
 */
enum cg_status cg_libjpeg_decode_inks(const uint8_t *bytes, size_t nbytes,
                                      const struct cg_image_header *header, uint8_t *out,
                                      bool *damaged, struct cg_error *error);

/* Whether part of the data between the markers of a JPEG is missing or makes no sense. It is
 * decoded to an eighth of its size: a quarter of what decoding costs, unless it is progressive. */
bool cg_libjpeg_is_damaged(const uint8_t *bytes, size_t nbytes,
                           const struct cg_image_header *header);

#endif
