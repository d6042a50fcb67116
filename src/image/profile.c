/*
 * Profiles in files: see profile.h. A JPEG holds one in numbered parts, as a segment ends at 64 KiB
 * (ICC.1:2010, annex B.4); a PNG in one compressed chunk, iCCP, that does not say its size.
 */
#include "image/profile.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#define INFLATED_FIRST_NBYTES ((size_t)64 << 10)
#define INFLATED_MAX_NBYTES ((size_t)16 << 20) /* the largest known are 4 MiB */
#define INFLATED_GROWTH 4

static enum cg_status no_memory(struct cg_error *error)
{
    return cg_fail(error, CG_ERR_MEMORY, "the memory for its colour profile could not be had");
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

/* Into more and more memory, until it fits or is larger than any profile. */
static enum cg_status inflate(const struct cg_span *span, uint8_t **icc, size_t *icc_nbytes,
                              struct cg_error *error)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    uint8_t *out = NULL;
    size_t actual = 0;
    enum libdeflate_result result = LIBDEFLATE_INSUFFICIENT_SPACE;
    enum cg_status status = decompressor != NULL ? CG_OK : no_memory(error);
    for (size_t room = INFLATED_FIRST_NBYTES;
         status == CG_OK && result == LIBDEFLATE_INSUFFICIENT_SPACE && room <= INFLATED_MAX_NBYTES;
         room *= INFLATED_GROWTH) {
        free(out);
        out = malloc(room);
        if (out == NULL)
            status = no_memory(error);
        else
            result = libdeflate_zlib_decompress(decompressor, span->bytes, span->nbytes, out, room,
                                                &actual);
    }
    libdeflate_free_decompressor(decompressor);
    if (status == CG_OK && result == LIBDEFLATE_SUCCESS) {
        *icc = out;
        *icc_nbytes = actual;
    } else {
        free(out);
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
