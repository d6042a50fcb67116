/*
 * Sources by content: a small index file that saves hashing a source again while its size and
 * modification time are unchanged.
 */
#ifndef CG_TRAIN_DATA_CONTENT_INDEX_H
#define CG_TRAIN_DATA_CONTENT_INDEX_H

#include "base/content.h"
#include "base/error.h"

/* A source as it was when it was hashed. */
struct cg_content_record {
    char *path;
    uint64_t nbytes;
    int64_t changed_s, changed_ns;
    struct cg_content_id id;
};

struct cg_content_index;

/*
 * Fill in the record of the file record->path: from known if it holds the same path, size and time,
 * else by reading the file. Thread-safe. Errors: CG_ERR_IO, ...
 */
enum cg_status cg_content_identify(const struct cg_content_index *known,
                                   struct cg_content_record *record, struct cg_error *error);

/* Read an index file. A missing or damaged one counts as empty. Error: CG_ERR_MEMORY. */
enum cg_status cg_content_index_read(const char *path, struct cg_content_index **out,
                                     struct cg_error *error);
void cg_content_index_free(struct cg_content_index *index);

/*
 * Write records, and those of known with other paths (another data set may share the cache), to
 * path, unless known has them all already. Records are sorted by path in place.
 */
enum cg_status cg_content_index_write(const char *path, const struct cg_content_index *known,
                                      struct cg_content_record *records, size_t count,
                                      struct cg_error *error);

#endif
