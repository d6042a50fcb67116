/*
 * A PNG file, walked from signature to IEND (PNG specification, second edition, 2003, sections 5
 * and 11). Checked: the order and size of the chunks that pixels depend on, and their checksums.
 * What libpng only warns about is noted (oddity) and left to it.
 */
#include "image/header.h"

#include "base/bytes.h"
#include "image/orientation.h"

#include <libdeflate.h>
#include <string.h>

#define SIGNATURE_NBYTES 8
#define IHDR_NBYTES 13
#define CHUNK_OVERHEAD_NBYTES 12 /* length, type, checksum */
#define DEFLATE_RATIO_MAX 1032   /* 258 bytes from two bits */

enum colour { GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGB_ALPHA = 6 };

struct chunk {
    const uint8_t *type, *data;
    size_t nbytes;
};

/* What the walk has found. */
struct png {
    uint32_t width, height;
    int depth, colour, samples; /* samples: per pixel as stored */
    bool interlaced, has_transparency, ended, cut_off;
    size_t palette_count, idat_nbytes;
    struct cg_span exif, xmp, iptc; /* xmp, iptc: the chunk */
    double dpi[2];
    int exif_orientation, xmp_orientation; /* in text; 0: none */
    bool has_srgb, is_plain;               /* is_plain: stb reads it as libpng does */
    const char *oddity;
    struct cg_colour_tags *colours;
};

static bool is(const struct chunk *chunk, const char *type)
{
    return memcmp(chunk->type, type, 4) == 0;
}

static enum cg_status damaged(struct cg_error *error, const struct chunk *chunk, const char *found)
{
    return cg_fail(error, CG_ERR_FORMAT, "expected a PNG with a good %.4s chunk, found %s",
                   (const char *)chunk->type, found);
}

static bool checksum_is_right(const struct chunk *chunk)
{
    return libdeflate_crc32(0, chunk->type, chunk->nbytes + 4) ==
           cg_big32(chunk->data + chunk->nbytes);
}

static void note_oddity(struct png *png, const char *what)
{
    png->is_plain = false;
    if (png->oddity == NULL)
        png->oddity = what;
}

/* The chunk at offset; its checksum is verified if pixels depend on it. */
static enum cg_status read_chunk(const uint8_t *bytes, size_t nbytes, size_t offset,
                                 struct png *png, struct chunk *chunk, struct cg_error *error)
{
    size_t left = nbytes - offset;
    size_t length = left >= CHUNK_OVERHEAD_NBYTES ? cg_big32(bytes + offset) : 0;
    png->cut_off = left < CHUNK_OVERHEAD_NBYTES || length > left - CHUNK_OVERHEAD_NBYTES;
    if (png->cut_off)
        return cg_fail(error, CG_ERR_FORMAT,
                       "expected a PNG that runs to its IEND chunk, found it cut off after %zu "
                       "bytes",
                       nbytes);
    *chunk = (struct chunk){bytes + offset + 4, bytes + offset + 8, length};
    bool critical = (chunk->type[0] & 0x20) == 0;
    if (critical && !checksum_is_right(chunk))
        return damaged(error, chunk, "a wrong checksum");
    return CG_OK;
}

static bool depth_fits_colour(int depth, int colour)
{
    switch (colour) {
    case GREY:
        return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case PALETTE:
        return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case RGB:
    case GREY_ALPHA:
    case RGB_ALPHA:
        return depth == 8 || depth == 16;
    default:
        return false;
    }
}

static enum cg_status read_ihdr(const struct chunk *chunk, struct png *png, struct cg_error *error)
{
    static const int samples[] = {1, 0, 3, 1, 2, 0, 4};
    if (is(chunk, "CgBI"))
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "expected a standard PNG, found Apple's variant for iPhone apps (CgBI)");
    if (!is(chunk, "IHDR") || chunk->nbytes != IHDR_NBYTES)
        return cg_fail(error, CG_ERR_FORMAT, "expected a PNG that begins with IHDR, found %.4s",
                       (const char *)chunk->type);
    const uint8_t *data = chunk->data;
    png->width = cg_big32(data);
    png->height = cg_big32(data + 4);
    png->depth = data[8];
    png->colour = data[9];
    png->interlaced = data[12] == 1;
    if (!depth_fits_colour(png->depth, png->colour))
        return cg_fail(error, CG_ERR_FORMAT,
                       "expected a PNG colour type and depth that exist, found type %d with %d "
                       "bits",
                       png->colour, png->depth);
    if (data[10] != 0 || data[11] != 0 || data[12] > 1)
        return damaged(error, chunk, "an unknown compression, filter or interlace method");
    png->samples = samples[png->colour];
    return cg_image_check_size(png->width, png->height, png->depth == 16 ? 8 : 4, error);
}

/* Only palette pictures depend on it. */
static enum cg_status read_plte(const struct chunk *chunk, struct png *png, struct cg_error *error)
{
    const char *fault = NULL;
    if (png->palette_count > 0 || png->idat_nbytes > 0)
        fault = "it repeated or after the pixels";
    else if (chunk->nbytes == 0 || chunk->nbytes > 768 || chunk->nbytes % 3 != 0)
        fault = "an impossible size";
    if (fault == NULL)
        png->palette_count = chunk->nbytes / 3;
    else if (png->colour == PALETTE)
        return damaged(error, chunk, fault);
    else
        note_oddity(png, "it has a palette (PLTE) that makes no sense, left out");
    return CG_OK;
}

static void read_trns(const struct chunk *chunk, struct png *png)
{
    bool fits =
        (png->colour == GREY && chunk->nbytes == 2) || (png->colour == RGB && chunk->nbytes == 6) ||
        (png->colour == PALETTE && chunk->nbytes > 0 && chunk->nbytes <= png->palette_count);
    if (fits && !png->has_transparency && png->idat_nbytes == 0 && checksum_is_right(chunk))
        png->has_transparency = true;
    else
        note_oddity(png, "its transparency (tRNS) is damaged or out of place and was left out");
}

/* "name", a zero byte, compression method 0, the profile compressed. */
static void read_iccp(const struct chunk *chunk, struct cg_colour_tags *colours)
{
    const uint8_t *end = memchr(chunk->data, 0, chunk->nbytes);
    size_t before = end == NULL ? chunk->nbytes : (size_t)(end - chunk->data) + 2;
    colours->icc_count = 1;
    if (before >= chunk->nbytes || end[1] != 0 || !checksum_is_right(chunk))
        colours->icc_broken = true;
    else
        colours->icc[0] = (struct cg_span){chunk->data + before, chunk->nbytes - before};
}

/* EXIF or XMP as text; the first of each counts. */
static void read_text(const struct chunk *chunk, struct png *png)
{
    const char type[] = {(char)chunk->type[0], (char)chunk->type[1], (char)chunk->type[2],
                         (char)chunk->type[3], 0};
    const struct cg_span data = {chunk->data, chunk->nbytes};
    bool is_exif;
    if (png->xmp.bytes == NULL && cg_png_is_xmp(type, &data))
        png->xmp = data;
    if (png->iptc.bytes == NULL && cg_png_is_iptc(&data))
        png->iptc = data;
    int found = cg_png_text_orientation(type, &data, &is_exif);
    int *orientation = is_exif ? &png->exif_orientation : &png->xmp_orientation;
    if (*orientation == 0)
        *orientation = found;
}

/* Primaries, transfer and matrix as in ITU-T H.273; sRGB is 1, 13, 0 in full range. */
static void read_cicp(const struct chunk *chunk, struct png *png)
{
    png->colours->cicp_unread = chunk->nbytes != 4 || memcmp(chunk->data, "\x01\x0d\0\x01", 4) != 0;
}

/* Dots per metre across and down; with another unit it is an aspect ratio. */
static void read_phys(const struct chunk *chunk, struct png *png)
{
    for (int i = 0; chunk->data[8] == 1 && i < 2; i++)
        png->dpi[i] = cg_big32(chunk->data + (size_t)(4 * i)) * CG_CM_PER_INCH / 100.0;
}

/* Chunks that the picture does not depend on; damaged ones are ignored. */
static void read_ancillary_chunk(const struct chunk *chunk, struct png *png)
{
    static const char wanted[][5] = {"eXIf", "sRGB", "gAMA", "cHRM", "cICP",
                                     "pHYs", "tEXt", "zTXt", "iTXt"};
    size_t kind = 0;
    if (is(chunk, "iCCP") && png->colours->icc_count == 0) {
        read_iccp(chunk, png->colours);
        return;
    }
    while (kind < sizeof(wanted) / sizeof(wanted[0]) && !is(chunk, wanted[kind]))
        kind++;
    if (kind == sizeof(wanted) / sizeof(wanted[0]) || !checksum_is_right(chunk))
        return;
    if (is(chunk, "eXIf"))
        png->exif = (struct cg_span){chunk->data, chunk->nbytes};
    else if (is(chunk, "sRGB"))
        png->has_srgb = true;
    else if (is(chunk, "cICP"))
        read_cicp(chunk, png);
    else if (is(chunk, "gAMA") && chunk->nbytes == 4)
        png->colours->gamma = cg_big32(chunk->data);
    else if (is(chunk, "cHRM") && chunk->nbytes == 32)
        for (int i = 0; i < 8; i++)
            png->colours->chromaticities[i] = cg_big32(chunk->data + (size_t)(4 * i));
    else if (is(chunk, "pHYs") && chunk->nbytes == 9)
        read_phys(chunk, png);
    else if (kind >= 6)
        read_text(chunk, png);
}

static enum cg_status read_later_chunk(const struct chunk *chunk, struct png *png,
                                       struct cg_error *error)
{
    if (is(chunk, "PLTE"))
        return read_plte(chunk, png, error);
    if (is(chunk, "tRNS")) {
        read_trns(chunk, png);
    } else if (is(chunk, "IDAT")) {
        png->idat_nbytes += chunk->nbytes;
    } else if (is(chunk, "IEND")) {
        png->ended = true;
    } else if ((chunk->type[0] & 0x20) == 0) {
        return cg_fail(error, CG_ERR_FORMAT, "expected a standard PNG, found an unknown %.4s chunk",
                       (const char *)chunk->type);
    } else {
        read_ancillary_chunk(chunk, png);
    }
    return CG_OK;
}

static bool pixels_begin(const uint8_t *bytes, size_t nbytes, size_t offset)
{
    return nbytes - offset >= 8 && memcmp(bytes + offset + 4, "IDAT", 4) == 0;
}

/* Whether a walk that failed at this offset may be past all pixels, so that the decoder must
 * decide. A file that ends within the pixels is cut off. */
static bool is_past_pixels(const struct png *png, const uint8_t *bytes, size_t nbytes,
                           size_t offset)
{
    return png->idat_nbytes > 0 && !(pixels_begin(bytes, nbytes, offset));
}

static enum cg_status walk(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                           struct png *png, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    for (size_t offset = SIGNATURE_NBYTES; status == CG_OK && !png->ended;) {
        struct chunk chunk = {0};
        if (scope == CG_HEADER_HEAD && pixels_begin(bytes, nbytes, offset))
            break;
        status = read_chunk(bytes, nbytes, offset, png, &chunk, error);
        if (status == CG_OK)
            status = offset == SIGNATURE_NBYTES ? read_ihdr(&chunk, png, error)
                                                : read_later_chunk(&chunk, png, error);
        if (status == CG_OK) {
            offset += chunk.nbytes + CHUNK_OVERHEAD_NBYTES;
        } else if (is_past_pixels(png, bytes, nbytes, offset)) {
            note_oddity(png, "its end (IEND) is missing or damaged");
            png->cut_off = false;
            status = CG_OK;
            break;
        }
    }
    if (status == CG_OK && png->colour == PALETTE && png->palette_count == 0)
        status = cg_fail(error, CG_ERR_FORMAT, "expected a PNG with a palette, found none");
    if (status == CG_OK && png->idat_nbytes == 0 && png->ended)
        status = cg_fail(error, CG_ERR_FORMAT, "expected a PNG with pixels, found no IDAT chunk");
    return status;
}

/* ---- the compressed pixels ------------------------------------------------------------------- */

/* Bytes of rows with their filter bytes; none for an empty pass. */
static size_t rows_nbytes(const struct png *png, size_t width, size_t height)
{
    size_t bits = width * (size_t)png->samples * (size_t)png->depth;
    return width == 0 ? 0 : height * (1 + (bits + 7) / 8);
}

static size_t inflated_nbytes(const struct png *png)
{
    static const size_t x0[] = {0, 4, 0, 2, 0, 1, 0}, y0[] = {0, 0, 4, 0, 2, 0, 1};
    static const size_t dx[] = {8, 8, 4, 4, 2, 2, 1}, dy[] = {8, 8, 8, 4, 4, 2, 2};
    if (!png->interlaced)
        return rows_nbytes(png, png->width, png->height);
    size_t total = 0;
    for (int pass = 0; pass < 7; pass++)
        total += rows_nbytes(png, (png->width + dx[pass] - 1 - x0[pass]) / dx[pass],
                             (png->height + dy[pass] - 1 - y0[pass]) / dy[pass]);
    return total;
}

static enum cg_status check_data(const struct png *png, struct cg_error *error)
{
    if (inflated_nbytes(png) / DEFLATE_RATIO_MAX > png->idat_nbytes)
        return cg_fail(error, CG_ERR_FORMAT,
                       "expected data for the %u x %u pixels of the PNG, found only %zu bytes",
                       png->width, png->height, png->idat_nbytes);
    return CG_OK;
}

static int orientation_of(const struct png *png)
{
    int exif = cg_exif_orientation(png->exif.bytes, png->exif.nbytes);
    int text = png->exif_orientation != 0 ? png->exif_orientation : png->xmp_orientation;
    return exif != 0 ? exif : text != 0 ? text : 1;
}

enum cg_status cg_png_header_read(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                  struct cg_image_header *out, struct cg_error *error)
{
    struct png png = {.is_plain = true, .colours = &out->colours};
    enum cg_status status = walk(bytes, nbytes, scope, &png, error);
    out->cut_off = png.cut_off;
    if (status == CG_OK && scope == CG_HEADER_WHOLE)
        status = check_data(&png, error);
    if (status != CG_OK)
        return status;
    bool has_alpha = png.has_transparency || png.colour == GREY_ALPHA || png.colour == RGB_ALPHA;
    out->format = CG_IMAGE_PNG;
    out->width = (int)png.width;
    out->height = (int)png.height;
    out->channels = has_alpha ? 4 : png.colour == GREY ? 1 : 3;
    out->depth = png.depth;
    out->is_grey = png.colour == GREY || png.colour == GREY_ALPHA;
    out->exif = png.exif;
    out->xmp = png.xmp;
    out->iptc = png.iptc;
    memcpy(out->dpi, png.dpi, sizeof(out->dpi));
    out->is_plain = png.is_plain;
    out->has_end = png.ended;
    out->oddity = png.oddity;
    out->inflated_nbytes = inflated_nbytes(&png);
    out->orientation = orientation_of(&png);
    if (png.has_srgb)
        out->colours.gamma = 0;
    return CG_OK;
}
