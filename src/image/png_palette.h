/* A short palette of a PNG made long enough. Inside src/image only. */
#ifndef CG_IMAGE_PNG_PALETTE_H
#define CG_IMAGE_PNG_PALETTE_H

#include "base/error.h"

/*
 * A damaged PNG may have pixels beyond the end of its palette, and the decoder takes for their
 * colours whatever its memory holds. bytes is a PNG that cg_png_header_read has accepted. If its
 * palette has fewer than 256 entries, *copy becomes a PNG of the same pixels with 256, the new ones
 * black, to be freed with free(); else NULL. Error: CG_ERR_MEMORY.
 */
enum cg_status cg_png_complete_palette(const uint8_t *bytes, size_t nbytes, uint8_t **copy,
                                       size_t *copy_nbytes, struct cg_error *error);

#endif
