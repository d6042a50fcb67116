/*
 * Palettes: see png_palette.h. The decoder does not look at checksums, so the new one stays zero.
 */
#include "image/png_palette.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CHUNK 8
#define COLOUR_TYPE_AT 25
#define COLOUR_TYPE_PALETTE 3
#define CHUNK_OVERHEAD_NBYTES 12
#define PALETTE_NBYTES 768

static size_t chunk_length(const uint8_t *chunk)
{
    return (size_t)chunk[0] << 24 | (size_t)chunk[1] << 16 | (size_t)chunk[2] << 8 | chunk[3];
}

enum cg_status cg_png_complete_palette(const uint8_t *bytes, size_t nbytes, uint8_t **copy,
                                       size_t *copy_nbytes, struct cg_error *error)
{
    *copy = NULL;
    if (bytes[COLOUR_TYPE_AT] != COLOUR_TYPE_PALETTE)
        return CG_OK;
    size_t at = FIRST_CHUNK;
    while (memcmp(bytes + at + 4, "PLTE", 4) != 0)
        at += chunk_length(bytes + at) + CHUNK_OVERHEAD_NBYTES;
    size_t length = chunk_length(bytes + at);
    if (length == PALETTE_NBYTES)
        return CG_OK;
    size_t added = PALETTE_NBYTES - length;
    size_t data = at + 8, rest = data + length;
    uint8_t *out = calloc(1, nbytes + added);
    if (out == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "the memory for its palette could not be allocated");
    memcpy(out, bytes, rest);
    out[at + 2] = PALETTE_NBYTES >> 8;
    out[at + 3] = PALETTE_NBYTES & 255;
    memcpy(out + rest + added, bytes + rest, nbytes - rest);
    *copy = out;
    *copy_nbytes = nbytes + added;
    return CG_OK;
}
