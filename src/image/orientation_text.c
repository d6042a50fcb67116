/*
 * Orientation in text: see orientation.h. XMP is searched for one name and not parsed as XML
 * (XMP specification, part 2, 2016, section 3: the tiff namespace, whose prefix all writers use).
 * A raw profile is a name, a length and hexadecimal digits in lines (ImageMagick, coders/png.c).
 */
#include "image/orientation.h"

#include "image/xmp.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX_NBYTES ((size_t)1 << 20) /* inflated; the orientation is near the start */

static const uint8_t *find(const struct cg_span *in, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= in->nbytes; i++)
        if (in->bytes[i] == (uint8_t)text[0] && memcmp(in->bytes + i, text, length) == 0)
            return in->bytes + i + length;
    return NULL;
}

static int xmp_orientation(const struct cg_span *xmp)
{
    const uint8_t *at = find(xmp, "tiff:Orientation");
    if (at == NULL)
        return 0;
    const uint8_t *end = xmp->bytes + xmp->nbytes;
    while (at < end && strchr(" \t\r\n=\"'>", *at) != NULL && *at != 0)
        at++;
    bool alone = end - at > 1 && strchr("\"'<", at[1]) != NULL && at[1] != 0;
    return alone && at[0] >= '1' && at[0] <= '8' ? at[0] - '0' : 0;
}

int cg_xmp_orientation(const struct cg_span *xmp)
{
    int found = xmp_orientation(xmp);
    return found != 0 ? found : 1;
}

/* ---- raw profiles ---------------------------------------------------------------------------- */

static int digit(uint8_t letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    letter |= 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* "\nexif\n 40\n4d4d002a..."; to bytes, in place. Other characters are skipped. */
static struct cg_span unpack_digits(uint8_t *text, size_t nbytes)
{
    size_t at = nbytes > 0 && text[0] == '\n', count = 0;
    for (int lines = 0; at < nbytes && lines < 2; at++)
        lines += text[at] == '\n';
    for (int high = -1; at < nbytes; at++) {
        int value = digit(text[at]);
        if (value >= 0 && high >= 0)
            text[count++] = (uint8_t)(high << 4 | value);
        if (value >= 0)
            high = high >= 0 ? -1 : value;
    }
    return (struct cg_span){text, count};
}

static int raw_orientation(uint8_t *text, size_t nbytes, bool *is_exif)
{
    struct cg_span data = unpack_digits(text, nbytes);
    size_t prefix = data.nbytes > 6 && memcmp(data.bytes, "Exif\0", 6) == 0 ? 6 : 0;
    int found = cg_exif_orientation(data.bytes + prefix, data.nbytes - prefix);
    *is_exif = found != 0;
    return found != 0 ? found : xmp_orientation(&data);
}

/* ---- text chunks ----------------------------------------------------------------------------- */

/* The text after the keyword, a zero byte and, in iTXt, language and translated keyword. */
static struct cg_span text_of(const char *type, const struct cg_span *chunk, bool *compressed)
{
    const uint8_t *at = memchr(chunk->bytes, 0, chunk->nbytes), *end = chunk->bytes + chunk->nbytes;
    bool international = strcmp(type, "iTXt") == 0;
    *compressed = strcmp(type, "zTXt") == 0;
    if (at == NULL || end - at < 3)
        return (struct cg_span){0};
    at++;
    if (international)
        *compressed = at[0] == 1;
    at += international ? 2 : *compressed ? 1 : 0;
    for (int i = 0; international && i < 2; i++) {
        const uint8_t *zero = memchr(at, 0, (size_t)(end - at));
        at = zero != NULL ? zero + 1 : end;
    }
    return (struct cg_span){at, (size_t)(end - at)};
}

/* A copy of the text, inflated; NULL if that fails, also for lack of memory. */
static uint8_t *copy_text(const struct cg_span *text, bool compressed, size_t *nbytes)
{
    *nbytes = compressed ? TEXT_MAX_NBYTES : text->nbytes;
    uint8_t *copy = malloc(*nbytes + 1);
    if (copy == NULL || !compressed) {
        if (copy != NULL)
            memcpy(copy, text->bytes, text->nbytes);
        return copy;
    }
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    if (decompressor == NULL || libdeflate_zlib_decompress(decompressor, text->bytes, text->nbytes,
                                                           copy, *nbytes, nbytes) != 0) {
        free(copy);
        copy = NULL;
    }
    libdeflate_free_decompressor(decompressor);
    return copy;
}

#define XMP_KEYWORD "XML:com.adobe.xmp"

bool cg_png_is_xmp(const char *type, const struct cg_span *chunk)
{
    return strcmp(type, "iTXt") == 0 && chunk->nbytes > sizeof(XMP_KEYWORD) &&
           memcmp(chunk->bytes, XMP_KEYWORD, sizeof(XMP_KEYWORD)) == 0;
}

uint8_t *cg_png_copy_xmp(const struct cg_span *chunk, size_t *nbytes)
{
    bool compressed;
    struct cg_span text = text_of("iTXt", chunk, &compressed);
    *nbytes = 0;
    return text.nbytes > 0 ? copy_text(&text, compressed, nbytes) : NULL;
}

#define IPTC_KEYWORD "Raw profile type iptc"

bool cg_png_is_iptc(const struct cg_span *chunk)
{
    return chunk->nbytes > sizeof(IPTC_KEYWORD) &&
           memcmp(chunk->bytes, IPTC_KEYWORD, sizeof(IPTC_KEYWORD)) == 0;
}

/* Text begins with a letter; what is compressed with the method's number, which is 0. */
uint8_t *cg_png_copy_iptc(const struct cg_span *chunk, struct cg_span *records)
{
    bool compressed;
    const char *type = chunk->bytes[sizeof(IPTC_KEYWORD)] == 0 ? "zTXt" : "tEXt";
    struct cg_span text = text_of(type, chunk, &compressed);
    size_t nbytes;
    uint8_t *copy = text.nbytes > 0 ? copy_text(&text, compressed, &nbytes) : NULL;
    *records = (struct cg_span){0};
    if (copy == NULL)
        return NULL;
    *records = unpack_digits(copy, nbytes);
    if (records->nbytes > 4 && memcmp(records->bytes, "8BIM", 4) == 0)
        *records = cg_iptc_find(&(struct cg_span){records->bytes, records->nbytes});
    return copy;
}

int cg_png_text_orientation(const char *type, const struct cg_span *chunk, bool *is_exif)
{
    static const char raw[] = "Raw profile type ", xmp[] = XMP_KEYWORD;
    size_t length = sizeof(raw) - 1, nbytes;
    bool is_raw = chunk->nbytes > length + 5 && memcmp(chunk->bytes, raw, length) == 0;
    bool is_xmp = chunk->nbytes > sizeof(xmp) && memcmp(chunk->bytes, xmp, sizeof(xmp)) == 0;
    bool compressed;
    *is_exif = false;
    if (is_raw && memcmp(chunk->bytes + length, "exif", 5) != 0 &&
        memcmp(chunk->bytes + length, "APP1", 5) != 0 &&
        memcmp(chunk->bytes + length, "xmp", 4) != 0)
        return 0;
    struct cg_span text = text_of(type, chunk, &compressed);
    uint8_t *copy =
        (is_raw || is_xmp) && text.nbytes > 0 ? copy_text(&text, compressed, &nbytes) : NULL;
    if (copy == NULL)
        return 0;
    int found = is_raw ? raw_orientation(copy, nbytes, is_exif)
                       : xmp_orientation(&(struct cg_span){copy, nbytes});
    free(copy);
    return found;
}
