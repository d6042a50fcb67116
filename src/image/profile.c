/*
 * Profiles in files: see profile.h. A JPEG holds one in numbered parts, as a segment ends at 64 KiB
 * (ICC.1:2010, annex B.4); a PNG in one compressed chunk, iCCP, which does not give its size.
 */
#include "image/profile.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

/* Buffer sizes tried for a compressed profile: most fit the first. */
static const size_t rooms[] = {(size_t)64 << 10, (size_t)1 << 20, CG_ICC_MAX_NBYTES};

static enum cg_status no_memory(struct cg_error *error)
{
    return cg_fail(error, CG_ERR_MEMORY,
                   "the memory for its colour profile could not be allocated");
}

static enum cg_status join_parts(const struct cg_colour_tags *colours, uint8_t **icc,
                                 size_t *icc_nbytes, struct cg_error *error)
{
    size_t total = 0;
    for (int i = 0; i < colours->icc_count; i++) {
        if (colours->icc[i].bytes == NULL)
            return CG_OK;
        total += colours->icc[i].nbytes;
    }
    uint8_t *to = *icc = malloc(total);
    if (to == NULL)
        return no_memory(error);
    *icc_nbytes = total;
    for (int i = 0; i < colours->icc_count; i++) {
        memcpy(to, colours->icc[i].bytes, colours->icc[i].nbytes);
        to += colours->icc[i].nbytes;
    }
    return CG_OK;
}

/* Inflate into ever larger buffers, until it fits or exceeds what a JPEG can hold. */
static enum cg_status inflate(const struct cg_span *span, uint8_t **icc, size_t *icc_nbytes,
                              struct cg_error *error)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    enum libdeflate_result result = LIBDEFLATE_INSUFFICIENT_SPACE;
    enum cg_status status = decompressor != NULL ? CG_OK : no_memory(error);
    for (size_t i = 0; status == CG_OK && result == LIBDEFLATE_INSUFFICIENT_SPACE &&
                       i < sizeof(rooms) / sizeof(rooms[0]);
         i++) {
        free(*icc);
        *icc = malloc(rooms[i]);
        if (*icc == NULL)
            status = no_memory(error);
        else
            result = libdeflate_zlib_decompress(decompressor, span->bytes, span->nbytes, *icc,
                                                rooms[i], icc_nbytes);
    }
    libdeflate_free_decompressor(decompressor);
    if (status != CG_OK || result != LIBDEFLATE_SUCCESS) {
        free(*icc);
        *icc = NULL;
        *icc_nbytes = 0;
    }
    return status;
}

enum cg_status cg_profile_read(const struct cg_image_header *header, uint8_t **icc,
                               size_t *icc_nbytes, struct cg_error *error)
{
    const struct cg_colour_tags *colours = &header->colours;
    *icc = NULL;
    *icc_nbytes = 0;
    if (colours->icc_count == 0 || colours->icc_broken)
        return CG_OK;
    return header->format == CG_IMAGE_PNG ? inflate(&colours->icc[0], icc, icc_nbytes, error)
                                          : join_parts(colours, icc, icc_nbytes, error);
}
