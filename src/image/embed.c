/*
 * Embedding: see embed.h. Where things go:
 *   JPEG  after SOI and the encoder's JFIF segment: EXIF in one APP1 segment (EXIF 2.3, section
 *         4.7.2), the profile in APP2 segments of up to 64 KiB (ICC.1:2010, annex B.4);
 *   PNG   after IHDR: the profile compressed in iCCP, EXIF in eXIf (PNG specification, third
 *         edition, sections 11.3.2.3 and 11.3.4.4).
 */
#include "image/embed.h"

#include "image/exif.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#define JPEG_HEAD_NBYTES 20 /* SOI and JFIF */
#define PNG_HEAD_NBYTES 33  /* signature and IHDR */

#define ICC_HEAD_NBYTES 14 /* "ICC_PROFILE", zero, number, count */

#define PROFILE_NAME "ICC profile" /* iCCP wants one; readers go by what is in the profile */
#define PNG_COMPRESSION_LEVEL 6

static enum cg_status pass(const struct cg_embed *embed, const void *bytes, size_t nbytes,
                           struct cg_error *error)
{
    return nbytes == 0 ? CG_OK : embed->to->add(embed->to->context, bytes, nbytes, error);
}

/* ---- JPEG ------------------------------------------------------------------------------------ */

/* A segment whose data is head, then data. */
static enum cg_status pass_segment(const struct cg_embed *embed, uint8_t marker,
                                   const uint8_t *head, size_t head_nbytes, const uint8_t *data,
                                   size_t nbytes, struct cg_error *error)
{
    size_t length = 2 + head_nbytes + nbytes;
    const uint8_t start[] = {0xff, marker, (uint8_t)(length >> 8), (uint8_t)length};
    enum cg_status status = pass(embed, start, sizeof(start), error);
    if (status == CG_OK)
        status = pass(embed, head, head_nbytes, error);
    return status == CG_OK ? pass(embed, data, nbytes, error) : status;
}

static enum cg_status pass_jpeg_exif(const struct cg_embed *embed, struct cg_error *error)
{
    const struct cg_image_extras *extras = embed->extras;
    if (extras->exif_nbytes > CG_EXIF_MAX_NBYTES)
        return cg_fail(error, CG_ERR_LIMIT, "expected at most %d bytes of EXIF data, got %zu",
                       CG_EXIF_MAX_NBYTES, extras->exif_nbytes);
    return pass_segment(embed, 0xe1, (const uint8_t *)"Exif\0", 6, extras->exif,
                        extras->exif_nbytes, error);
}

static enum cg_status pass_jpeg_profile(const struct cg_embed *embed, struct cg_error *error)
{
    const struct cg_image_extras *extras = embed->extras;
    size_t count = (extras->icc_nbytes + CG_ICC_PART_NBYTES - 1) / CG_ICC_PART_NBYTES;
    if (count > CG_ICC_PARTS_MAX)
        return cg_fail(error, CG_ERR_LIMIT, "expected a profile of at most %zu bytes, got %zu",
                       CG_ICC_MAX_NBYTES, extras->icc_nbytes);
    enum cg_status status = CG_OK;
    for (size_t i = 0; status == CG_OK && i < count; i++) {
        uint8_t head[ICC_HEAD_NBYTES] = "ICC_PROFILE";
        head[12] = (uint8_t)(i + 1);
        head[13] = (uint8_t)count;
        size_t begin = i * CG_ICC_PART_NBYTES, left = extras->icc_nbytes - begin;
        status = pass_segment(embed, 0xe2, head, sizeof(head), extras->icc + begin,
                              left < CG_ICC_PART_NBYTES ? left : CG_ICC_PART_NBYTES, error);
    }
    return status;
}

/* ---- PNG ------------------------------------------------------------------------------------- */

static void put32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (24 - 8 * i));
}

static enum cg_status pass_chunk(const struct cg_embed *embed, const char *type,
                                 const uint8_t *data, size_t nbytes, struct cg_error *error)
{
    uint8_t start[8], end[4];
    put32(start, (uint32_t)nbytes);
    memcpy(start + 4, type, 4);
    put32(end, libdeflate_crc32(libdeflate_crc32(0, type, 4), data, nbytes));
    enum cg_status status = pass(embed, start, sizeof(start), error);
    if (status == CG_OK)
        status = pass(embed, data, nbytes, error);
    return status == CG_OK ? pass(embed, end, sizeof(end), error) : status;
}

/* Name, zero, method 0, the profile compressed. */
static enum cg_status pass_png_profile(const struct cg_embed *embed, struct cg_error *error)
{
    const struct cg_image_extras *extras = embed->extras;
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(PNG_COMPRESSION_LEVEL);
    size_t head_nbytes = sizeof(PROFILE_NAME) + 1;
    size_t bound = libdeflate_zlib_compress_bound(compressor, extras->icc_nbytes);
    uint8_t *data = compressor != NULL ? calloc(1, head_nbytes + bound) : NULL;
    enum cg_status status;
    if (data == NULL) {
        status = cg_fail(error, CG_ERR_MEMORY, "the memory for its profile could not be allocated");
    } else {
        memcpy(data, PROFILE_NAME, sizeof(PROFILE_NAME));
        size_t nbytes = libdeflate_zlib_compress(compressor, extras->icc, extras->icc_nbytes,
                                                 data + head_nbytes, bound);
        status = pass_chunk(embed, "iCCP", data, head_nbytes + nbytes, error);
    }
    free(data);
    libdeflate_free_compressor(compressor);
    return status;
}

/* ---- the sink -------------------------------------------------------------------------------- */

static enum cg_status pass_extras(const struct cg_embed *embed, struct cg_error *error)
{
    const struct cg_image_extras *extras = embed->extras;
    bool png = embed->format == CG_IMAGE_PNG;
    enum cg_status status = CG_OK;
    if (png && extras->icc != NULL)
        status = pass_png_profile(embed, error);
    if (status == CG_OK && extras->exif != NULL)
        status = png ? pass_chunk(embed, "eXIf", extras->exif, extras->exif_nbytes, error)
                     : pass_jpeg_exif(embed, error);
    if (status == CG_OK && !png && extras->icc != NULL)
        status = pass_jpeg_profile(embed, error);
    return status;
}

static enum cg_status add(void *context, const void *bytes, size_t nbytes, struct cg_error *error)
{
    struct cg_embed *embed = context;
    size_t head = nbytes < embed->head_left ? nbytes : embed->head_left;
    enum cg_status status = pass(embed, bytes, head, error);
    if (status == CG_OK && head > 0) {
        embed->head_left -= head;
        if (embed->head_left == 0)
            status = pass_extras(embed, error);
    }
    return status == CG_OK ? pass(embed, (const uint8_t *)bytes + head, nbytes - head, error)
                           : status;
}

struct cg_sink cg_embed_sink(struct cg_embed *embed, const struct cg_sink *to,
                             enum cg_image_format format, const struct cg_image_extras *extras)
{
    *embed =
        (struct cg_embed){.to = to,
                          .extras = extras,
                          .format = format,
                          .head_left = format == CG_IMAGE_PNG ? PNG_HEAD_NBYTES : JPEG_HEAD_NBYTES};
    return (struct cg_sink){add, embed};
}
