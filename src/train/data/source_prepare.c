/*
 * From a source file to its cache entries: see source.h. A source is decoded at most once, and not
 * at all if its entries exist.
 */
#include "train/data/source.h"
#include "train/teacher/teacher.h"

#include <stdbool.h>

/* A second scale closer than this to the first would only repeat it. */
#define SECOND_SCALE_WORTH 1.2

struct prepare {
    const struct cg_source_list *list;
    const struct cg_dataset_options *options;
    bool own;
};

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int level_long_px(const struct cg_source *source, int level)
{
    return level == 0 ? source->long_px : (int)(source->long_px * CG_SOURCE_SECOND_SCALE + 0.5);
}

/* Make a photo's targets, then the entry's file, then the entry. */
static enum cg_status write_entry(const char *dir, const struct cg_source *source,
                                  const struct cg_cache_key *key, const struct cg_image *picture,
                                  struct cg_cache_entry *out, struct cg_error *error)
{
    struct cg_image planes[3] = {*picture, {0}, {0}};
    enum cg_status status = CG_OK;
    if (key->kind == CG_CACHE_PHOTO)
        status = cg_teacher_draw(picture, source->faces, source->face_count, &planes[1], &planes[2],
                                 error);
    if (status == CG_OK)
        status = cg_cache_write(dir, key, planes, error);
    if (status == CG_OK)
        status = cg_cache_open(dir, key, out, error);
    if (status == CG_OK && out->map == NULL)
        status = cg_fail(error, CG_ERR_IO, "cache %s: an entry just written cannot be read", dir);
    cg_image_clear(&planes[2]);
    cg_image_clear(&planes[1]);
    return status;
}

/* Resize the decoded picture to the level's scale and make its entry. */
static enum cg_status make_level(const char *dir, const struct cg_source *source,
                                 const struct cg_cache_key *key, const struct cg_image *decoded,
                                 struct cg_cache_entry *out, struct cg_error *error)
{
    int long_side = larger(decoded->width, decoded->height);
    int width = cg_scaled_side(decoded->width, long_side, key->long_px, source->grow);
    int height = cg_scaled_side(decoded->height, long_side, key->long_px, source->grow);
    struct cg_image reduced = {0};
    const struct cg_image *picture = decoded;
    enum cg_status status = CG_OK;
    if (width != decoded->width || height != decoded->height) {
        status = cg_image_resize(decoded, width, height, &reduced, error);
        picture = &reduced;
    }
    if (status == CG_OK)
        status = write_entry(dir, source, key, picture, out, error);
    cg_image_clear(&reduced);
    return status;
}

/* Map one level's entry. decoded is filled when it is needed and kept for the next level. */
static enum cg_status prepare_level(const struct cg_dataset_options *options,
                                    struct cg_source *source, int level, struct cg_image *decoded,
                                    struct cg_error *error)
{
    struct cg_cache_entry *entry = &source->levels[level];
    const struct cg_findings *findings = source->findings;
    const int long_side = larger(findings->width, findings->height);
    struct cg_cache_key key = {cg_source_content(source), source->kind,
                               level_long_px(source, level)};
    enum cg_status status = cg_cache_open(options->cache_dir, &key, entry, error);
    bool sound =
        entry->width == cg_scaled_side(findings->width, long_side, key.long_px, source->grow) &&
        entry->height == cg_scaled_side(findings->height, long_side, key.long_px, source->grow);
    if (status != CG_OK || (entry->map != NULL && sound))
        return status;
    cg_cache_close(entry);
    if (decoded->pixels == NULL)
        status = cg_image_read(source->record.path, &(struct cg_image_read_options){.channels = 3},
                               decoded, NULL, error);
    return status == CG_OK ? make_level(options->cache_dir, source, &key, decoded, entry, error)
                           : status;
}

/* Judged by the first level's size, so that a source with entries need not be decoded. */
static bool second_level_wanted(const struct cg_dataset_options *options,
                                const struct cg_source *source)
{
    if (source->kind != CG_CACHE_PHOTO)
        return false;
    int long_side = larger(source->width, source->height);
    int second_px = level_long_px(source, 1);
    return long_side >= SECOND_SCALE_WORTH * second_px &&
           cg_scaled_side(source->width, long_side, second_px, 1.0f) >= options->crop_px &&
           cg_scaled_side(source->height, long_side, second_px, 1.0f) >= options->crop_px;
}

static enum cg_status prepare_source(const void *context, struct cg_source *source,
                                     struct cg_error *error)
{
    const struct cg_dataset_options *options = ((const struct prepare *)context)->options;
    struct cg_image decoded = {0};
    enum cg_status status = prepare_level(options, source, 0, &decoded, error);
    if (status == CG_OK && second_level_wanted(options, source))
        status = prepare_level(options, source, 1, &decoded, error);
    cg_image_clear(&decoded);
    return status;
}

/* Sources are dealt out in turn, since photos, which take longer, are adjacent. */
static bool is_wanted(const void *context, size_t item)
{
    const struct prepare *prepare = context;
    const struct cg_ranks *ranks = prepare->options->ranks;
    bool own = item % (size_t)cg_ranks_count(ranks) == (size_t)cg_ranks_index(ranks);
    return own == prepare->own && prepare->list->sources[item].state == CG_SOURCE_USABLE;
}

enum cg_status cg_source_list_prepare(struct cg_source_list *list, bool own,
                                      const struct cg_dataset_options *options,
                                      struct cg_pool *pool,
                                      const struct cg_source_progress *progress,
                                      struct cg_error *error)
{
    const struct prepare prepare = {list, options, own};
    const struct cg_source_task task = {.is_wanted = is_wanted,
                                        .fn = prepare_source,
                                        .context = &prepare,
                                        .doing = "preparing",
                                        .phase = CG_DATASET_PREPARING,
                                        .progress = progress};
    return cg_source_list_run(list, &task, pool, error);
}
