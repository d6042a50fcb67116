/* A folder of pictures: see picture_set.h. */
#include "eval/picture_set.h"

#include "base/file.h"
#include "base/memory.h"
#include "eval/features.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct work {
    int passes_each;
    struct cg_conv_pass **passes; /* passes_each of every worker */
    cg_picture_fn fn;
    void *context;
    enum cg_status *statuses;
    struct cg_error *errors;
    atomic_bool failed;
};

static void run_item(void *context, size_t item, int worker)
{
    struct work *work = context;
    if (atomic_load(&work->failed))
        return;
    struct cg_conv_pass **passes =
        work->passes != NULL ? work->passes + worker * work->passes_each : NULL;
    work->statuses[item] = work->fn(work->context, item, passes, &work->errors[item]);
    if (work->statuses[item] != CG_OK)
        atomic_store(&work->failed, true);
}

static enum cg_status make_passes(struct work *work, const struct cg_convnet *net, size_t count,
                                  struct cg_error *error)
{
    work->passes = cg_alloc_zero(count, sizeof(*work->passes), "passes of the network", error);
    enum cg_status status = work->passes != NULL ? CG_OK : CG_ERR_MEMORY;
    for (size_t i = 0; status == CG_OK && i < count; i++)
        status = cg_conv_pass_create(net, &work->passes[i], error);
    return status;
}

enum cg_status cg_picture_work(struct cg_pool *pool, size_t items, const struct cg_convnet *net,
                               int passes, cg_picture_fn fn, void *context, struct cg_error *error)
{
    size_t pass_count = net != NULL ? (size_t)cg_pool_threads(pool) * (size_t)passes : 0;
    struct work work = {.passes_each = passes, .fn = fn, .context = context};
    work.statuses = cg_alloc_zero(items, sizeof(*work.statuses), "list of pictures", error);
    work.errors = cg_alloc_zero(items, sizeof(*work.errors), "list of pictures", error);
    enum cg_status status = work.statuses != NULL && work.errors != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK && net != NULL)
        status = make_passes(&work, net, pass_count, error);
    if (status == CG_OK)
        status = cg_pool_run_watched(pool, items, run_item, &work, 0, 1, error);
    for (size_t i = 0; status == CG_OK && i < items; i++)
        if (work.statuses[i] != CG_OK)
            status = cg_fail(error, work.statuses[i], "%s", work.errors[i].text);
    for (size_t i = 0; work.passes != NULL && i < pass_count; i++)
        cg_conv_pass_free(work.passes[i]);
    free(work.passes);
    free(work.errors);
    free(work.statuses);
    return status;
}

#define FILE_MAX_NBYTES ((size_t)1 << 30)
/* Patches of a set at one level: 77 MB. Sets of more than 1024 pictures give fewer patches each. */
#define PATCHES_MAX ((size_t)CG_SWD_DESCRIPTORS << 10)

struct reading {
    struct cg_picture_set *set;
    const struct cg_picture_set_options *options;
};

static enum cg_status put_patches(const struct reading *reading, size_t item,
                                  const struct cg_image *picture, struct cg_error *error)
{
    struct cg_picture_set *set = reading->set;
    uint64_t seed = set->ids[item].low;
    int longer = picture->width > picture->height ? picture->width : picture->height;
    double scale = (double)reading->options->long_px / longer;
    if (scale >= 1.0)
        return cg_swd_set_put(set->patches, item, item, seed, picture, error);
    int width = (int)(picture->width * scale + 0.5), height = (int)(picture->height * scale + 0.5);
    struct cg_image reduced;
    enum cg_status status =
        cg_image_resize(picture, width > 0 ? width : 1, height > 0 ? height : 1, &reduced, error);
    if (status != CG_OK)
        return status;
    status = cg_swd_set_put(set->patches, item, item, seed, &reduced, error);
    cg_image_clear(&reduced);
    return status;
}

static size_t said_count(const struct cg_convnet *net)
{
    return cg_feature_count(net) + cg_class_count(net);
}

/* The network's results for a picture, cached or new. */
static enum cg_status put_features(const struct reading *reading, size_t item,
                                   struct cg_conv_pass *pass, const struct cg_image *picture,
                                   struct cg_error *error)
{
    const struct cg_convnet *net = reading->options->net;
    const char *cache = reading->options->cache_dir;
    struct cg_feature_key key = {.network = net->id, .first = reading->set->ids[item]};
    size_t count = said_count(net);
    float *said = reading->set->said + item * count;
    if (cg_feature_cache_get(cache, &key, said, count))
        return CG_OK;
    enum cg_status status = cg_features_of(pass, picture, said, error);
    return status == CG_OK ? cg_feature_cache_put(cache, &key, said, count, error) : status;
}

static enum cg_status read_picture(void *context, size_t item, struct cg_conv_pass **passes,
                                   struct cg_error *error)
{
    const struct reading *reading = context;
    const char *path = reading->set->files.paths[item];
    uint8_t *bytes;
    size_t nbytes;
    struct cg_image picture = {0};
    enum cg_status status = cg_file_read(path, FILE_MAX_NBYTES, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    reading->set->ids[item] = cg_content_hash(bytes, nbytes, 0);
    status = cg_image_decode(
        bytes, nbytes,
        &(struct cg_image_read_options){.channels = 3, .strict = reading->options->strict},
        &picture, NULL, error);
    free(bytes);
    if (status == CG_OK)
        status = put_patches(reading, item, &picture, error);
    if (status == CG_OK && passes != NULL)
        status = put_features(reading, item, passes[0], &picture, error);
    if (status != CG_OK)
        cg_error_prefix(error, "%s", cg_path_tail(path));
    cg_image_clear(&picture);
    return status;
}

/* ---- the set --------------------------------------------------------------------------------- */

static enum cg_status find_files(struct cg_picture_set *set, struct cg_error *error)
{
    const struct cg_walk_options whole_tree = {.recursive = true, .follow_folders = true};
    enum cg_status status = cg_walk_pictures(set->dir, &whole_tree, &set->files, NULL, error);
    if (status == CG_OK && set->files.count < CG_PICTURE_SET_MIN)
        return cg_fail(error, CG_ERR_FORMAT,
                       "%s: expected at least %d pictures (PNG or JPEG) to compare sets, found %zu",
                       cg_path_tail(set->dir), CG_PICTURE_SET_MIN, set->files.count);
    if (status == CG_OK && set->files.count > CG_PICTURE_SET_MAX)
        return cg_fail(error, CG_ERR_LIMIT, "%s: expected at most %d pictures, found %zu",
                       cg_path_tail(set->dir), CG_PICTURE_SET_MAX, set->files.count);
    return status;
}

static enum cg_status make_room(struct cg_picture_set *set, const struct cg_convnet *net,
                                struct cg_error *error)
{
    size_t count = set->files.count, most = PATCHES_MAX / count;
    set->ids = cg_alloc_zero(count, sizeof(*set->ids), "list of pictures", error);
    if (set->ids == NULL)
        return CG_ERR_MEMORY;
    if (net != NULL) {
        size_t bytes_each = said_count(net) * sizeof(float);
        set->said = cg_alloc_zero(count, bytes_each, "features", error);
        if (set->said == NULL)
            return CG_ERR_MEMORY;
    }
    return cg_swd_set_create(count, count, most < CG_SWD_DESCRIPTORS ? most : CG_SWD_DESCRIPTORS,
                             &set->patches, error);
}

/* One kind of rows out of the results: count floats from offset on, for each picture. */
static enum cg_status take_rows(const struct cg_picture_set *set, size_t stride, size_t offset,
                                size_t count, struct cg_feature_rows *out, struct cg_error *error)
{
    float *values = cg_alloc(set->files.count, count * sizeof(float), "features", error);
    if (values == NULL)
        return CG_ERR_MEMORY;
    for (size_t i = 0; i < set->files.count; i++)
        memcpy(values + i * count, set->said + i * stride + offset, count * sizeof(float));
    *out = (struct cg_feature_rows){values, set->files.count, count};
    return CG_OK;
}

static enum cg_status part_features(struct cg_picture_set *set, const struct cg_convnet *net,
                                    struct cg_error *error)
{
    size_t features = cg_feature_count(net), classes = cg_class_count(net);
    enum cg_status status = take_rows(set, features + classes, 0, features, &set->features, error);
    if (status == CG_OK && classes > 0)
        status = take_rows(set, features + classes, features, classes, &set->probabilities, error);
    return status;
}

enum cg_status cg_picture_set_read(const char *dir, const struct cg_picture_set_options *options,
                                   struct cg_pool *pool, struct cg_picture_set *out,
                                   struct cg_error *error)
{
    struct reading reading = {out, options};
    *out = (struct cg_picture_set){.dir = dir};
    enum cg_status status = find_files(out, error);
    if (status == CG_OK)
        status = make_room(out, options->net, error);
    if (status == CG_OK)
        status =
            cg_picture_work(pool, out->files.count, options->net, 1, read_picture, &reading, error);
    if (status == CG_OK && options->net != NULL)
        status = part_features(out, options->net, error);
    if (status != CG_OK)
        cg_picture_set_clear(out);
    return status;
}

void cg_picture_set_clear(struct cg_picture_set *set)
{
    free((void *)(uintptr_t)set->probabilities.values);
    free((void *)(uintptr_t)set->features.values);
    free(set->said);
    cg_swd_set_free(set->patches);
    free(set->ids);
    cg_path_list_clear(&set->files);
    *set = (struct cg_picture_set){0};
}
