/*
 * Kept features: see feature_cache.h. An entry is a header and then its numbers; both are in the
 * machine's byte order, as a cache is not meant to travel.
 */
#include "eval/feature_cache.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* To be raised whenever the numbers of a picture change, by the network's input or its layers. */
#define FORMAT_VERSION 1u

struct entry_header {
    char magic[8];
    uint32_t version, count;
    struct cg_feature_key key;
    uint64_t check; /* hash of the numbers */
};

_Static_assert(sizeof(struct entry_header) == 72, "the header has no padding");

static struct entry_header make_header(const struct cg_feature_key *key, const float *values,
                                       size_t count)
{
    return (struct entry_header){.magic = "CGFEATS",
                                 .version = FORMAT_VERSION,
                                 .count = (uint32_t)count,
                                 .key = *key,
                                 .check = cg_content_hash(values, count * sizeof(*values), 0).low};
}

static char *entry_path(const char *dir, const struct cg_feature_key *key)
{
    struct cg_content_id name = cg_content_hash(key, sizeof(*key), FORMAT_VERSION);
    return cg_string_format("%s/%016" PRIx64 "%016" PRIx64 ".features", dir, name.high, name.low);
}

bool cg_feature_cache_get(const char *dir, const struct cg_feature_key *key, float *values,
                          size_t count)
{
    char *path = dir != NULL ? entry_path(dir, key) : NULL;
    size_t expected = sizeof(struct entry_header) + count * sizeof(*values), nbytes = 0;
    uint8_t *bytes = NULL;
    bool found = path != NULL && cg_file_read(path, expected, &bytes, &nbytes, NULL) == CG_OK &&
                 nbytes == expected;
    if (found) {
        memcpy(values, bytes + sizeof(struct entry_header), count * sizeof(*values));
        struct entry_header header = make_header(key, values, count);
        found = memcmp(bytes, &header, sizeof(header)) == 0;
    }
    free(bytes);
    free(path);
    return found;
}

enum cg_status cg_feature_cache_put(const char *dir, const struct cg_feature_key *key,
                                    const float *values, size_t count, struct cg_error *error)
{
    if (dir == NULL)
        return CG_OK;
    struct entry_header header = make_header(key, values, count);
    struct cg_file_writer *writer = NULL;
    char *path = entry_path(dir, key);
    enum cg_status status = path != NULL
                                ? cg_file_writer_create(path, &writer, error)
                                : cg_fail(error, CG_ERR_MEMORY, "cache %s: out of memory", dir);
    if (status == CG_OK)
        status = cg_file_writer_add(writer, &header, sizeof(header), error);
    if (status == CG_OK)
        status = cg_file_writer_add(writer, values, count * sizeof(*values), error);
    if (status == CG_OK)
        status = cg_file_writer_commit(writer, error);
    cg_file_writer_free(writer);
    free(path);
    return status;
}
