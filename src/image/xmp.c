/*
 * XMP and IPTC carried over: see xmp.h.
 *
 * A packet of XMP is not parsed as XML: properties are found by name, with the prefixes that all
 * writers use, and cut out, whether attribute or element (XMP specification, part 1, 2012, section
 * 7). Afterwards the plain text is searched for traces of the place. An IPTC record is a marker,
 * record, number, length and data (IPTC-NAA Information Interchange Model, version 4, section 1.5);
 * Photoshop's resources are described in Adobe's file format specification, "Image Resource
 * Blocks".
 */
#include "image/xmp.h"

#include <stdlib.h>
#include <string.h>

/* About the file, not about the picture. Prefixes of names. */
static const char *const of_the_file[] = {
    "tiff:Orientation", "tiff:ImageWidth", "tiff:ImageLength", "exif:PixelXDimension",
    "exif:PixelYDimension", "xmp:Thumbnails", "xmpNote:HasExtendedXMP",
    /* depth, gain maps, films and sounds behind the picture */
    "GCamera:", "GContainer:", "Container:", "GDepth:", "GImage:", "GAudio:", "hdrgm:",
    "comicgan:made", NULL};

static const char *const of_the_place[] = {"exif:GPS",
                                           "photoshop:City",
                                           "photoshop:State",
                                           "photoshop:Country",
                                           "Iptc4xmpCore:Location",
                                           "Iptc4xmpCore:CountryCode",
                                           "Iptc4xmpExt:LocationCreated",
                                           "Iptc4xmpExt:LocationShown",
                                           NULL};

/* What must not remain of the place, under any name. */
static const char *const signs_of_a_place[] = {"GPSL", "atitude", "ongitude", NULL};

#define PROPERTIES_MAX 1000 /* to be removed */

static const char spaces[] = " \t\r\n";

/* ---- XMP ------------------------------------------------------------------------------------- */

/* The position after the end tag of the element whose name is the first length bytes of name, or
 * NULL. */
static char *find_end_tag(char *text, const char *name, size_t length)
{
    while ((text = strstr(text, "</")) != NULL) {
        text += 2;
        if (strncmp(text, name, length) == 0 && strchr("> \t\r\n", text[length]) != NULL) {
            text = strchr(text, '>');
            return text != NULL ? text + 1 : NULL;
        }
    }
    return NULL;
}

/* The end of the property whose name is at name, and its begin; NULL if it is none. */
static char *find_property(char *text, char *name, char **begin)
{
    size_t length = strcspn(name, "=/> \t\r\n");
    char *after = name + length + strspn(name + length, spaces);
    *begin = name;
    if (name > text && name[-1] == '<') {
        *begin = name - 1;
        char *close = strchr(name, '>');
        if (close == NULL || close[-1] == '/')
            return close != NULL ? close + 1 : NULL;
        return find_end_tag(close, name, length);
    }
    if (name == text || strchr(spaces, name[-1]) == NULL || *after != '=')
        return NULL;
    after += 1 + strspn(after + 1, spaces);
    char *close = *after == '"' || *after == '\'' ? strchr(after + 1, *after) : NULL;
    return close != NULL ? close + 1 : NULL;
}

/* False for more of them than a packet has that is no attack on our time. */
static bool remove_properties(char *text, const char *const *names)
{
    int left = PROPERTIES_MAX;
    for (; *names != NULL; names++) {
        char *at = text, *begin;
        while ((at = strstr(at, *names)) != NULL) {
            if (left-- == 0)
                return false;
            char *end = find_property(text, at, &begin);
            if (end != NULL)
                memmove(begin, end, strlen(end) + 1);
            at = end != NULL ? begin : at + 1;
        }
    }
    return true;
}

static bool has_any(const char *text, const char *const *words)
{
    while (*words != NULL && strstr(text, *words) == NULL)
        words++;
    return *words != NULL;
}

enum cg_status cg_xmp_carry(const struct cg_span *from, bool keep_gps, uint8_t **out,
                            size_t *out_nbytes)
{
    *out = NULL;
    *out_nbytes = 0;
    if (from->nbytes > CG_XMP_WHOLE_MAX_NBYTES)
        return CG_ERR_LIMIT;
    char *text = calloc(1, from->nbytes + 1);
    if (text == NULL)
        return CG_ERR_MEMORY;
    memcpy(text, from->bytes, from->nbytes);
    enum cg_status status = strlen(text) == from->nbytes ? CG_OK : CG_ERR_FORMAT;
    if (status == CG_OK) {
        bool removed = remove_properties(text, of_the_file) &&
                       (keep_gps || remove_properties(text, of_the_place));
        bool shows_place = !keep_gps && has_any(text, signs_of_a_place);
        if (!removed || shows_place || strlen(text) > CG_XMP_MAX_NBYTES)
            status = CG_ERR_LIMIT;
    }
    if (status != CG_OK) {
        free(text);
        return status;
    }
    *out = (uint8_t *)text;
    *out_nbytes = strlen(text);
    return CG_OK;
}

/* ---- IPTC ------------------------------------------------------------------------------------ */

#define RESOURCE_IPTC 0x0404
#define RECORD_MARKER 0x1c
#define RECORD_HEAD_NBYTES 5

static size_t number(const uint8_t *bytes, int count)
{
    size_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

struct cg_span cg_iptc_find(const struct cg_span *resources)
{
    const uint8_t *at = resources->bytes;
    size_t left = resources->nbytes;
    while (left >= CG_IPTC_RESOURCE_NBYTES && memcmp(at, "8BIM", 4) == 0) {
        size_t name = ((size_t)at[6] + 2) & ~(size_t)1, head = 6 + name + 4;
        size_t nbytes = head <= left ? number(at + 6 + name, 4) : left;
        if (head > left || nbytes > left - head)
            break;
        if (number(at + 4, 2) == RESOURCE_IPTC)
            return (struct cg_span){at + head, nbytes};
        size_t whole = head + nbytes + (nbytes & 1);
        if (whole >= left)
            break;
        left -= whole;
        at += whole;
    }
    return (struct cg_span){0};
}

/* In record 2: location codes and names, city, sublocation, province, country. */
static bool is_place(const uint8_t *record)
{
    static const uint8_t numbers[] = {26, 27, 90, 92, 95, 100, 101};
    return record[1] == 2 && memchr(numbers, record[2], sizeof(numbers)) != NULL;
}

enum cg_status cg_iptc_carry(const struct cg_span *from, bool keep_gps, uint8_t **out,
                             size_t *out_nbytes)
{
    const uint8_t *at = from->bytes;
    size_t left = from->nbytes, kept = 0;
    *out = NULL;
    *out_nbytes = 0;
    if (left > CG_IPTC_MAX_NBYTES)
        return CG_ERR_LIMIT;
    uint8_t *copy = malloc(left + 1);
    if (copy == NULL)
        return CG_ERR_MEMORY;
    while (left >= RECORD_HEAD_NBYTES && at[0] == RECORD_MARKER) {
        size_t nbytes = RECORD_HEAD_NBYTES + number(at + 3, 2);
        if (nbytes > left) /* cut off, or above 32767 bytes, which no text field has */
            break;
        if (keep_gps || !is_place(at)) {
            memcpy(copy + kept, at, nbytes);
            kept += nbytes;
        }
        at += nbytes;
        left -= nbytes;
    }
    bool whole = left == 0 || at[0] != RECORD_MARKER; /* else padding */
    if (!whole || kept == 0) {
        free(copy);
        return whole ? CG_OK : CG_ERR_FORMAT;
    }
    *out = copy;
    *out_nbytes = kept;
    return CG_OK;
}
