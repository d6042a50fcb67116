/*
 * The cache: pictures at training scale as raw planes, each in a file that is mapped, not read.
 * Entries that no data set needs any more stay until the cache is cleaned.
 */
#ifndef CG_TRAIN_DATA_CACHE_H
#define CG_TRAIN_DATA_CACHE_H

#include "base/content.h"
#include "image/image.h"

enum cg_cache_kind { CG_CACHE_PHOTO, CG_CACHE_COMIC };

/* All that an entry depends on, besides the versions of targets and format. */
struct cg_cache_key {
    struct cg_content_id source;
    enum cg_cache_kind kind;
    int long_px; /* longer pictures were reduced to this */
};

/*
 * width * height pixels, row by row: picture and colour RGB, ink grey; a comic has a picture only.
 */
struct cg_cache_entry {
    int width, height;
    const uint8_t *picture, *colour, *ink;
    void *map; /* NULL: no entry */
    size_t map_nbytes;
};

/*
 * Map the entry of key. If there is none, or it is invalid, the result is CG_OK with out->map NULL.
 * Errors: CG_ERR_LIMIT, CG_ERR_MEMORY (no more can be mapped).
 */
enum cg_status cg_cache_open(const char *dir, const struct cg_cache_key *key,
                             struct cg_cache_entry *out, struct cg_error *error);
void cg_cache_close(struct cg_cache_entry *entry);

/*
 * Write the entry of key, atomically. planes: picture, colour and ink of a photo, or the picture of
 * a comic, all of one size. Errors: CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_cache_write(const char *dir, const struct cg_cache_key *key,
                              const struct cg_image *planes, struct cg_error *error);

/* Mark an entry as used by setting its access time, if the system allows that. */
void cg_cache_touch(const char *path);

struct cg_cache_cleaned {
    size_t removed, kept; /* files */
    uint64_t removed_nbytes;
};

/*
 * Remove the entries, including findings (findings.h), that were not used for `days` days, and no
 * other files. Runs that use them continue, as mappings stay. Errors: CG_ERR_IO if the folder
 * cannot be listed or an entry not be removed.
 */
enum cg_status cg_cache_clean(const char *dir, int days, struct cg_cache_cleaned *out,
                              struct cg_error *error);

#endif
