/*
 * XMP beyond what one segment of a JPEG holds: see xmp.h. Each part begins with the packet's number
 * (32 digits), the length of the whole and the part's place in it (XMP specification, part 3, 2016,
 * section 1.1.3.1). The whole is a second packet, whose descriptions are put into the first.
 */
#include "image/xmp.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_NBYTES 32
#define PART_HEAD_NBYTES (NUMBER_NBYTES + 8)
#define DESCRIPTIONS_BEGIN "<rdf:RDF"
#define DESCRIPTIONS_END "</rdf:RDF>"

void cg_xmp_add_part(struct cg_xmp_extension *extension, const uint8_t *bytes, size_t nbytes)
{
    if (nbytes <= PART_HEAD_NBYTES)
        return;
    if (extension->count < CG_XMP_PARTS_MAX)
        extension->parts[extension->count] = (struct cg_span){bytes, nbytes};
    extension->count++;
}

/* The parts of the packet that has the first one's number, as text. */
static enum cg_status join_parts(const struct cg_xmp_extension *extension, char **out)
{
    const uint8_t *first = extension->parts[0].bytes;
    size_t total = cg_big32(first + NUMBER_NBYTES), joined = 0;
    if (extension->count > CG_XMP_PARTS_MAX || total > CG_XMP_PARTS_MAX * CG_XMP_MAX_NBYTES)
        return CG_ERR_LIMIT;
    *out = calloc(1, total + 1);
    if (*out == NULL)
        return CG_ERR_MEMORY;
    for (int i = 0; i < extension->count; i++) {
        const struct cg_span *part = &extension->parts[i];
        size_t nbytes = part->nbytes - PART_HEAD_NBYTES;
        if (memcmp(part->bytes, first, NUMBER_NBYTES + 4) != 0)
            continue;
        if (cg_big32(part->bytes + NUMBER_NBYTES + 4) != joined || nbytes > total - joined)
            return CG_ERR_FORMAT;
        memcpy(*out + joined, part->bytes + PART_HEAD_NBYTES, nbytes);
        joined += nbytes;
    }
    return joined == total && strlen(*out) == total ? CG_OK : CG_ERR_FORMAT;
}

static char *find_last(char *text, const char *word)
{
    char *found = NULL;
    while ((text = strstr(text, word)) != NULL)
        found = text++;
    return found;
}

/* The descriptions in a packet, cut off behind them; NULL where there are none, or prefixes that
 * they may need are declared outside of them. */
static char *find_descriptions(char *text)
{
    char *begin = strstr(text, DESCRIPTIONS_BEGIN);
    char *inside = begin != NULL ? strchr(begin, '>') : NULL;
    char *end = inside != NULL ? find_last(inside, DESCRIPTIONS_END) : NULL;
    if (end == NULL)
        return NULL;
    *inside = *end = '\0';
    char *declared = strstr(begin, "xmlns:");
    return declared == NULL || strstr(declared + 1, "xmlns:") == NULL ? inside + 1 : NULL;
}

/* A copy of text with more put in before at, which lies in it. */
static char *insert(const char *text, const char *at, const char *more)
{
    return cg_string_format("%.*s%s%s", (int)(at - text), text, more, at);
}

enum cg_status cg_xmp_join(const struct cg_span *packet, const struct cg_xmp_extension *extension,
                           char **out)
{
    char number[NUMBER_NBYTES + 1] = "", *whole = NULL;
    char *text = calloc(1, packet->nbytes + 1);
    enum cg_status status = text == NULL ? CG_ERR_MEMORY : join_parts(extension, &whole);
    *out = NULL;
    if (status == CG_OK) {
        memcpy(text, packet->bytes, packet->nbytes);
        memcpy(number, extension->parts[0].bytes, NUMBER_NBYTES);
        char *at = find_last(text, DESCRIPTIONS_END), *more = find_descriptions(whole);
        if (strlen(text) != packet->nbytes || at == NULL || more == NULL ||
            strstr(text, number) == NULL)
            status = CG_ERR_FORMAT;
        else if ((*out = insert(text, at, more)) == NULL)
            status = CG_ERR_MEMORY;
    }
    free(whole);
    free(text);
    return status;
}
