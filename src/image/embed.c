/*
 * Embedding: see embed.h. Where things go:
 *   JPEG  the resolution into the encoder's JFIF segment, and after it the mark in a comment, EXIF
 *         and XMP in an APP1 segment each (EXIF 2.3, section 4.7.2), IPTC in APP13, the profile in
 *         APP2 segments of up to 64 KiB (ICC.1:2010, annex B.4);
 *   PNG   after IHDR: the mark in tEXt, the resolution in pHYs, the profile compressed in iCCP,
 *         EXIF in eXIf, XMP in iTXt (PNG specification, third edition, sections 11.3.2 to 11.3.4).
 *         There is no place for IPTC, so it goes into tEXt as hexadecimal digits, as ImageMagick
 *         has it and other programs read it.
 */
#include "image/embed.h"

#include "image/exif.h"
#include "image/xmp.h"

#include <libdeflate.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JPEG_HEAD_NBYTES 20                      /* SOI and JFIF */
#define PNG_HEAD_NBYTES CG_EMBED_HEAD_MAX_NBYTES /* signature and IHDR */
#define JFIF_UNIT_OFFSET 13                      /* then two numbers of 16 bits */
#define JFIF_PER_INCH 1
#define METRES_PER_INCH 0.0254

#define ICC_HEAD_NBYTES 14 /* "ICC_PROFILE", zero, number, count */

#define PROFILE_NAME "ICC profile" /* required by iCCP; readers use the profile's own */
#define PNG_COMPRESSION_LEVEL 6

#define IPTC_HEAD_MAX_NBYTES 32
#define IPTC_LINE_NBYTES 36

static enum cg_status pass(const struct cg_embed *embed, const void *bytes, size_t nbytes,
                           struct cg_error *error)
{
    return nbytes == 0 ? CG_OK : embed->to->add(embed->to->context, bytes, nbytes, error);
}

static void put32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* ---- JPEG ------------------------------------------------------------------------------------ */

/* A segment of head and data. */
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

static enum cg_status pass_jpeg_exif(const struct cg_embed *embed,
                                     const struct cg_image_extras *extras, struct cg_error *error)
{
    if (extras->exif_nbytes > CG_EXIF_MAX_NBYTES)
        return cg_fail(error, CG_ERR_LIMIT, "expected at most %d bytes of EXIF data, got %zu",
                       CG_EXIF_MAX_NBYTES, extras->exif_nbytes);
    return pass_segment(embed, 0xe1, (const uint8_t *)"Exif\0", 6, extras->exif,
                        extras->exif_nbytes, error);
}

static enum cg_status pass_jpeg_profile(const struct cg_embed *embed,
                                        const struct cg_image_extras *extras,
                                        struct cg_error *error)
{
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

/* As a single Photoshop resource, padded to an even length. */
static enum cg_status pass_jpeg_iptc(const struct cg_embed *embed,
                                     const struct cg_image_extras *extras, struct cg_error *error)
{
    size_t before = sizeof(CG_IPTC_HEAD) + CG_IPTC_RESOURCE_NBYTES, nbytes = extras->iptc_nbytes;
    uint8_t *data = calloc(1, before + nbytes + 1);
    if (data == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "the memory for its IPTC could not be allocated");
    memcpy(data, CG_IPTC_HEAD, sizeof(CG_IPTC_HEAD));
    memcpy(data + sizeof(CG_IPTC_HEAD), "8BIM\4\4", 6);
    put32(data + before - 4, (uint32_t)nbytes);
    memcpy(data + before, extras->iptc, nbytes);
    enum cg_status status =
        pass_segment(embed, 0xed, data, before + nbytes + (nbytes & 1), NULL, 0, error);
    free(data);
    return status;
}

/* Set whole dots per inch in the held head. */
static void set_jfif_density(struct cg_embed *embed, const double dpi[2])
{
    if (dpi[0] == 0.0)
        return;
    embed->head[JFIF_UNIT_OFFSET] = JFIF_PER_INCH;
    for (int i = 0; i < 2; i++) {
        long dots = lround(fmin(fmax(dpi[i], 1.0), 65535.0));
        embed->head[JFIF_UNIT_OFFSET + 1 + 2 * i] = (uint8_t)(dots >> 8);
        embed->head[JFIF_UNIT_OFFSET + 2 + 2 * i] = (uint8_t)dots;
    }
}

static enum cg_status pass_jpeg_extras(const struct cg_embed *embed,
                                       const struct cg_image_extras *extras, struct cg_error *error)
{
    const char *mark = embed->options->mark;
    enum cg_status status = CG_OK;
    if (mark != NULL)
        status = pass_segment(embed, 0xfe, NULL, 0, (const uint8_t *)mark, strlen(mark), error);
    if (status == CG_OK && extras->exif != NULL)
        status = pass_jpeg_exif(embed, extras, error);
    if (status == CG_OK && extras->xmp != NULL)
        status = pass_segment(embed, 0xe1, (const uint8_t *)CG_XMP_HEAD, sizeof(CG_XMP_HEAD),
                              extras->xmp, extras->xmp_nbytes, error);
    if (status == CG_OK && extras->iptc != NULL)
        status = pass_jpeg_iptc(embed, extras, error);
    if (status == CG_OK && extras->icc != NULL)
        status = pass_jpeg_profile(embed, extras, error);
    return status;
}

/* ---- PNG ------------------------------------------------------------------------------------- */

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

/* Name, zero, method 0, compressed profile. */
static enum cg_status pass_png_profile(const struct cg_embed *embed,
                                       const struct cg_image_extras *extras, struct cg_error *error)
{
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

/* Keyword, zero, text. */
static enum cg_status pass_png_mark(const struct cg_embed *embed, const char *mark,
                                    struct cg_error *error)
{
    uint8_t data[sizeof("Software") + CG_IMAGE_MARK_NBYTES] = "Software";
    size_t nbytes = strnlen(mark, CG_IMAGE_MARK_NBYTES);
    memcpy(data + sizeof("Software"), mark, nbytes);
    return pass_chunk(embed, "tEXt", data, sizeof("Software") + nbytes, error);
}

/* Dots per metre across and down, and the unit. */
static enum cg_status pass_png_resolution(const struct cg_embed *embed, const double dpi[2],
                                          struct cg_error *error)
{
    uint8_t data[9] = {[8] = 1};
    for (int i = 0; i < 2; i++)
        put32(data + (size_t)(4 * i), (uint32_t)lround(dpi[i] / METRES_PER_INCH));
    return pass_chunk(embed, "pHYs", data, sizeof(data), error);
}

/* Keyword, zero; uncompressed, without language and translated keyword; text. */
static enum cg_status pass_png_xmp(const struct cg_embed *embed,
                                   const struct cg_image_extras *extras, struct cg_error *error)
{
    static const char head[] = "XML:com.adobe.xmp\0\0\0\0";
    uint8_t *data = malloc(sizeof(head) + extras->xmp_nbytes);
    if (data == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "the memory for its XMP could not be allocated");
    memcpy(data, head, sizeof(head));
    memcpy(data + sizeof(head), extras->xmp, extras->xmp_nbytes);
    enum cg_status status =
        pass_chunk(embed, "iTXt", data, sizeof(head) + extras->xmp_nbytes, error);
    free(data);
    return status;
}

/* Keyword, zero, newline, name, length, and the digits in lines. */
static enum cg_status pass_png_iptc(const struct cg_embed *embed,
                                    const struct cg_image_extras *extras, struct cg_error *error)
{
    static const char keyword[] = "Raw profile type iptc";
    size_t nbytes = extras->iptc_nbytes;
    char *data =
        malloc(sizeof(keyword) + IPTC_HEAD_MAX_NBYTES + 2 * nbytes + nbytes / IPTC_LINE_NBYTES + 2);
    if (data == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "the memory for its IPTC could not be allocated");
    memcpy(data, keyword, sizeof(keyword));
    char *at = data + sizeof(keyword);
    at += snprintf(at, IPTC_HEAD_MAX_NBYTES, "\niptc\n%8zu", nbytes);
    for (size_t i = 0; i < nbytes; i++) {
        if (i % IPTC_LINE_NBYTES == 0)
            *at++ = '\n';
        *at++ = "0123456789abcdef"[extras->iptc[i] >> 4];
        *at++ = "0123456789abcdef"[extras->iptc[i] & 15];
    }
    *at++ = '\n';
    enum cg_status status =
        pass_chunk(embed, "tEXt", (const uint8_t *)data, (size_t)(at - data), error);
    free(data);
    return status;
}

static enum cg_status pass_png_extras(const struct cg_embed *embed,
                                      const struct cg_image_extras *extras, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    if (embed->options->mark != NULL)
        status = pass_png_mark(embed, embed->options->mark, error);
    if (status == CG_OK && extras->dpi[0] != 0.0)
        status = pass_png_resolution(embed, extras->dpi, error);
    if (status == CG_OK && extras->icc != NULL)
        status = pass_png_profile(embed, extras, error);
    if (status == CG_OK && extras->exif != NULL)
        status = pass_chunk(embed, "eXIf", extras->exif, extras->exif_nbytes, error);
    if (status == CG_OK && extras->xmp != NULL)
        status = pass_png_xmp(embed, extras, error);
    if (status == CG_OK && extras->iptc != NULL)
        status = pass_png_iptc(embed, extras, error);
    return status;
}

/* ---- the sink -------------------------------------------------------------------------------- */

/* Pass on the head and the embedded data. */
static enum cg_status pass_head(struct cg_embed *embed, struct cg_error *error)
{
    static const struct cg_image_extras none = {0};
    const struct cg_image_write_options *options = embed->options;
    const struct cg_image_extras *extras = options->extras != NULL ? options->extras : &none;
    bool png = options->format == CG_IMAGE_PNG;
    if (!png)
        set_jfif_density(embed, extras->dpi);
    enum cg_status status = pass(embed, embed->head, embed->head_nbytes, error);
    if (status == CG_OK)
        status =
            png ? pass_png_extras(embed, extras, error) : pass_jpeg_extras(embed, extras, error);
    return status;
}

static enum cg_status add(void *context, const void *bytes, size_t nbytes, struct cg_error *error)
{
    struct cg_embed *embed = context;
    size_t missing = embed->head_nbytes - embed->held;
    size_t taken = nbytes < missing ? nbytes : missing;
    enum cg_status status = CG_OK;
    memcpy(embed->head + embed->held, bytes, taken);
    embed->held += taken;
    if (taken > 0 && taken == missing)
        status = pass_head(embed, error);
    return status == CG_OK ? pass(embed, (const uint8_t *)bytes + taken, nbytes - taken, error)
                           : status;
}

struct cg_sink cg_embed_sink(struct cg_embed *embed, const struct cg_sink *to,
                             const struct cg_image_write_options *options)
{
    bool png = options->format == CG_IMAGE_PNG;
    *embed = (struct cg_embed){
        .to = to, .options = options, .head_nbytes = png ? PNG_HEAD_NBYTES : JPEG_HEAD_NBYTES};
    return (struct cg_sink){add, embed};
}
