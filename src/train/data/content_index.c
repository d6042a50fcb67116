/*
 * The index of sources: see content_index.h. A text file, one line for each source, sorted by path:
 *
 *     comicgan sources 2
 *     <hash, 32 hex digits> <size> <seconds> <nanoseconds> <path>
 *
 * It only saves time: if it is invalid, the sources are read again. A file changed without a change
 * of size and time is not noticed.
 */
#include "train/data/content_index.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FIRST_LINE "comicgan sources 2\n"
#define SOURCE_MAX_NBYTES ((size_t)1 << 30)
#define INDEX_MAX_NBYTES ((size_t)1 << 30)

struct cg_content_index {
    char *text; /* the file; lines are cut by NUL, record paths point into it */
    struct cg_content_record *records;
    size_t count;
};

static int compare_records(const void *a, const void *b)
{
    return strcmp(((const struct cg_content_record *)a)->path,
                  ((const struct cg_content_record *)b)->path);
}

static bool same_state(const struct cg_content_record *a, const struct cg_content_record *b)
{
    return a->nbytes == b->nbytes && a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}

static const struct cg_content_record *find(const struct cg_content_index *index,
                                            const struct cg_content_record *wanted)
{
    if (index == NULL || index->count == 0)
        return NULL;
    return bsearch(wanted, index->records, index->count, sizeof(*wanted), compare_records);
}

enum cg_status cg_content_identify(const struct cg_content_index *known,
                                   struct cg_content_record *record, struct cg_error *error)
{
    struct stat about;
    if (stat(record->path, &about) != 0)
        return cg_fail(error, CG_ERR_IO, "%s: cannot be read: %s", record->path,
                       CG_ERRNO_WORDS(errno));
    record->nbytes = (uint64_t)about.st_size;
    record->changed_s = (int64_t)about.st_mtim.tv_sec;
    record->changed_ns = (int64_t)about.st_mtim.tv_nsec;
    const struct cg_content_record *former = find(known, record);
    if (former != NULL && same_state(former, record)) {
        record->id = former->id;
        return CG_OK;
    }
    uint8_t *bytes;
    size_t nbytes;
    enum cg_status status = cg_file_read(record->path, SOURCE_MAX_NBYTES, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    record->id = cg_content_hash(bytes, nbytes, 0);
    free(bytes);
    return CG_OK;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool parse_line(char *line, struct cg_content_record *record)
{
    int path_at = 0;
    int fields = sscanf(line, "%16" SCNx64 "%16" SCNx64 " %" SCNu64 " %" SCNd64 " %" SCNd64 "%n",
                        &record->id.high, &record->id.low, &record->nbytes, &record->changed_s,
                        &record->changed_ns, &path_at);
    if (fields != 5 || line[path_at] != ' ' || line[path_at + 1] == '\0')
        return false;
    record->path = line + path_at + 1;
    return true;
}

/* Make a record of every complete valid line, and sort them. */
static enum cg_status parse(struct cg_content_index *index, char *lines, struct cg_error *error)
{
    size_t line_count = 0;
    for (const char *c = lines; *c != '\0'; c++)
        line_count += *c == '\n';
    index->records = cg_alloc(line_count, sizeof(*index->records), "index of sources", error);
    if (index->records == NULL)
        return CG_ERR_MEMORY;
    char *line = lines, *end;
    for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        index->count += parse_line(line, &index->records[index->count]);
    }
    if (index->count > 1)
        qsort(index->records, index->count, sizeof(*index->records), compare_records);
    return CG_OK;
}

enum cg_status cg_content_index_read(const char *path, struct cg_content_index **out,
                                     struct cg_error *error)
{
    *out = NULL;
    struct cg_content_index *index = cg_alloc_zero(1, sizeof(*index), "index of sources", error);
    if (index == NULL)
        return CG_ERR_MEMORY;
    uint8_t *bytes = NULL;
    size_t nbytes = 0;
    enum cg_status status = CG_OK;
    if (cg_file_read(path, INDEX_MAX_NBYTES, &bytes, &nbytes, NULL) == CG_OK) {
        index->text = cg_alloc_zero(nbytes + 1, 1, "index of sources", error);
        if (index->text != NULL)
            memcpy(index->text, bytes, nbytes);
        free(bytes);
        size_t skip = strlen(FIRST_LINE);
        if (index->text == NULL)
            status = CG_ERR_MEMORY;
        else if (strncmp(index->text, FIRST_LINE, skip) == 0)
            status = parse(index, index->text + skip, error);
    }
    if (status != CG_OK) {
        cg_content_index_free(index);
        return status;
    }
    *out = index;
    return CG_OK;
}

void cg_content_index_free(struct cg_content_index *index)
{
    if (index == NULL)
        return;
    free(index->records);
    free(index->text);
    free(index);
}

/* ---- writing --------------------------------------------------------------------------------- */

static size_t line_nbytes_max(const struct cg_content_record *record)
{
    return strlen(record->path) + 32 + 3 * 21 + 4;
}

static size_t print_line(char *to, size_t room, const struct cg_content_record *record)
{
    if (strchr(record->path, '\n') != NULL)
        return 0;
    int length =
        snprintf(to, room, "%016" PRIx64 "%016" PRIx64 " %" PRIu64 " %" PRId64 " %" PRId64 " %s\n",
                 record->id.high, record->id.low, record->nbytes, record->changed_s,
                 record->changed_ns, record->path);
    return length < 0 ? 0 : (size_t)length;
}

/* Merge both lists by path; for a path in both, the new record counts. */
static size_t print_merged(char *text, size_t room, const struct cg_content_index *known,
                           const struct cg_content_record *records, size_t count)
{
    size_t used = (size_t)snprintf(text, room, "%s", FIRST_LINE);
    size_t old = 0, new = 0;
    while (old < known->count || new < count) {
        int order = old == known->count ? 1
                    : new == count      ? -1
                                        : compare_records(&known->records[old], &records[new]);
        const struct cg_content_record *next = order < 0 ? &known->records[old] : &records[new];
        used += print_line(text + used, room - used, next);
        old += order <= 0;
        new += order >= 0;
    }
    return used;
}

static bool nothing_new(const struct cg_content_index *known,
                        const struct cg_content_record *records, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct cg_content_record *former = find(known, &records[i]);
        if (former == NULL || !same_state(former, &records[i]))
            return false;
    }
    return true;
}

enum cg_status cg_content_index_write(const char *path, const struct cg_content_index *known,
                                      struct cg_content_record *records, size_t count,
                                      struct cg_error *error)
{
    if (count > 1)
        qsort(records, count, sizeof(*records), compare_records);
    if (nothing_new(known, records, count))
        return CG_OK;
    size_t room = strlen(FIRST_LINE) + 1;
    for (size_t i = 0; i < known->count; i++)
        room += line_nbytes_max(&known->records[i]);
    for (size_t i = 0; i < count; i++)
        room += line_nbytes_max(&records[i]);
    char *text = cg_alloc(room, 1, "index of sources", error);
    if (text == NULL)
        return CG_ERR_MEMORY;
    size_t nbytes = print_merged(text, room, known, records, count);
    enum cg_status status = cg_file_write(path, text, nbytes, error);
    free(text);
    return status;
}
