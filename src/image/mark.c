/*
 * The line in a picture file that says what made it: see image.h. It lies before the pixels, as a
 * PNG's tEXt chunk "Software" or a JPEG's comment; in a WebP, which has no place for plain text, it
 * is a property of the XMP packet behind them (XMP specification, part 1, 2012, section 7: RDF).
 * Chunks are skipped by their lengths, so a large file costs no more than a small one.
 */
#include "image/mark.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BEGIN "comicgan "
#define XMP_MAX_NBYTES ((size_t)1 << 20)

#define XMP_PROPERTY "comicgan:made='"
#define XMP_DESCRIPTION                                                                            \
    "<rdf:Description rdf:about=\"\" xmlns:comicgan=\"urn:comicgan:\" " XMP_PROPERTY "%s'/>"
#define XMP_END "</rdf:RDF>"
#define XMP_PACKET                                                                                 \
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "                                              \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">" XMP_DESCRIPTION XMP_END           \
    "</x:xmpmeta>"

/* ---- in XMP ---------------------------------------------------------------------------------- */

static const uint8_t *find_last(const struct cg_span *in, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = in->nbytes + 1; i-- > length;)
        if (memcmp(in->bytes + i - length, text, length) == 0)
            return in->bytes + i - length;
    return NULL;
}

char *cg_mark_into_xmp(const struct cg_span *xmp, const char *mark)
{
    const uint8_t *end = xmp->bytes != NULL ? find_last(xmp, XMP_END) : NULL;
    if (xmp->bytes == NULL)
        return cg_string_format(XMP_PACKET, mark);
    int before = (int)(end != NULL ? (size_t)(end - xmp->bytes) : xmp->nbytes);
    int after = (int)xmp->nbytes - before;
    return end == NULL ? cg_string_format("%.*s", before, (const char *)xmp->bytes)
                       : cg_string_format("%.*s" XMP_DESCRIPTION "%.*s", before,
                                          (const char *)xmp->bytes, mark, after, (const char *)end);
}

/* ---- in a file ------------------------------------------------------------------------------- */

/* One chunk or segment. */
struct part {
    char name[5];
    off_t begin, end; /* of its data */
    off_t next;
};

static uint32_t number(const uint8_t *bytes, int count, bool big_endian)
{
    uint32_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[big_endian ? i : count - 1 - i];
    return value;
}

/* The part at offset; a JPEG segment's name is its marker's two bytes. */
static bool read_part(int fd, enum cg_image_format format, off_t offset, struct part *part)
{
    uint8_t head[8];
    ssize_t wanted = format == CG_IMAGE_JPEG ? 4 : 8;
    if (cg_fd_read_at(fd, head, sizeof(head), offset) < wanted)
        return false;
    memset(part->name, 0, sizeof(part->name));
    part->begin = offset + wanted;
    if (format == CG_IMAGE_JPEG) {
        memcpy(part->name, head, 2);
        part->end = part->next = offset + 2 + (off_t)number(head + 2, 2, true);
        return head[0] == 0xff && part->end >= part->begin;
    }
    bool png = format == CG_IMAGE_PNG;
    memcpy(part->name, head + (png ? 4 : 0), 4);
    part->end = part->begin + (off_t)number(head + (png ? 0 : 4), 4, png);
    part->next = png ? part->end + 4 : part->end + (part->end & 1);
    return true;
}

/* The begin and end of a mark in its part's data; NULL if it is another text. */
static const char *find_mark(enum cg_image_format format, const char *text, size_t nbytes,
                             size_t *length)
{
    static const char keyword[] = "Software"; /* with the zero byte behind it */
    const struct cg_span span = {(const uint8_t *)text, nbytes};
    const char *at = text;
    if (format == CG_IMAGE_WEBP) {
        at = (const char *)find_last(&span, XMP_PROPERTY);
        at = at != NULL ? at + strlen(XMP_PROPERTY) : text + nbytes;
        const char *end = memchr(at, '\'', nbytes - (size_t)(at - text));
        *length = end != NULL ? (size_t)(end - at) : 0;
    } else {
        if (format == CG_IMAGE_PNG && nbytes > sizeof(keyword) &&
            memcmp(text, keyword, sizeof(keyword)) == 0)
            at += sizeof(keyword);
        *length = nbytes - (size_t)(at - text);
    }
    bool found = *length > strlen(BEGIN) && *length < CG_IMAGE_MARK_NBYTES &&
                 memcmp(at, BEGIN, strlen(BEGIN)) == 0;
    return found ? at : NULL;
}

static bool take_mark(int fd, enum cg_image_format format, const struct part *part, char *mark)
{
    size_t nbytes = (size_t)(part->end - part->begin), length = 0;
    char *text = nbytes < XMP_MAX_NBYTES ? malloc(nbytes + 1) : NULL;
    const char *at = NULL;
    if (text != NULL && cg_fd_read_at(fd, text, nbytes, part->begin) == (ssize_t)nbytes)
        at = find_mark(format, text, nbytes, &length);
    if (at != NULL) {
        memcpy(mark, at, length);
        mark[length] = '\0';
    }
    free(text);
    return at != NULL && strlen(mark) == length;
}

static bool search(int fd, enum cg_image_format format, char *mark)
{
    static const struct {
        off_t begin;      /* of the first part */
        const char *name; /* of those that hold text */
        const char *last; /* where the pixels begin */
    } kinds[] = {[CG_IMAGE_PNG] = {8, "tEXt", "IDAT"},
                 [CG_IMAGE_JPEG] = {2, "\xff\xfe", "\xff\xda"},
                 [CG_IMAGE_WEBP] = {12, "XMP ", ""}};
    struct part part = {.next = kinds[format].begin};
    while (read_part(fd, format, part.next, &part) && strcmp(part.name, kinds[format].last) != 0)
        if (strcmp(part.name, kinds[format].name) == 0 && take_mark(fd, format, &part, mark))
            return true;
    return false;
}

bool cg_image_read_mark(const char *path, char mark[CG_IMAGE_MARK_NBYTES])
{
    uint8_t begin[12];
    errno = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool found = false;
    mark[0] = '\0';
    if (fd >= 0 && cg_fd_read_at(fd, begin, sizeof(begin), 0) == (ssize_t)sizeof(begin))
        found = search(fd,
                       begin[0] == 0x89   ? CG_IMAGE_PNG
                       : begin[0] == 0xff ? CG_IMAGE_JPEG
                                          : CG_IMAGE_WEBP,
                       mark);
    if (fd >= 0)
        close(fd);
    if (!found)
        mark[0] = '\0';
    return found;
}
