/*
 * Opening a data set: see dataset.h. Files become sources (source.c), sources become mapped cache
 * entries (source_prepare.c, cache.c); here they are divided into training and validation, and what
 * is wrong with the whole is put into words.
 */
#include "train/dataset.h"

#include "base/file.h"
#include "base/memory.h"
#include "train/dataset_private.h"
#include "train/target.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALIDATION_SHARE 0.03
#define VALIDATION_PHOTOS_MIN 8 /* fewer photos are all needed for training */

/* ---- what can be wrong ----------------------------------------------------------------------- */

static enum cg_status check_options(const struct cg_dataset_options *options,
                                    struct cg_error *error)
{
    if (options->photos_dir == NULL || options->cache_dir == NULL)
        return cg_fail(error, CG_ERR_ARGUMENT, "data set: no folder of photos or no cache given");
    if (options->crop_px < 4 || options->crop_px > CG_DATASET_CROP_MAX_PX ||
        options->crop_px % 4 != 0)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "data set: crops: expected a multiple of 4 up to %d, got %d",
                       CG_DATASET_CROP_MAX_PX, options->crop_px);
    int shorter = options->photo_long_px < options->comic_long_px ? options->photo_long_px
                                                                  : options->comic_long_px;
    if (shorter < options->crop_px)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "data set: pictures of %d pixels are too small for crops of %d", shorter,
                       options->crop_px);
    return CG_OK;
}

/* What became of the files of one kind. */
struct tally {
    size_t files, usable, duplicates, small;
    const struct cg_source *first_skipped; /* by path */
    const struct cg_source *largest_small; /* by its shorter side */
};

static int shorter_side(const struct cg_source *source)
{
    return source->width < source->height ? source->width : source->height;
}

static void count_skipped(struct tally *tally, const struct cg_source *source)
{
    if (tally->first_skipped == NULL ||
        strcmp(source->record.path, tally->first_skipped->record.path) < 0)
        tally->first_skipped = source;
    if (source->state != CG_SOURCE_SMALL)
        return;
    tally->small++;
    if (tally->largest_small == NULL || shorter_side(source) > shorter_side(tally->largest_small))
        tally->largest_small = source;
}

static struct tally count_kind(const struct cg_source_list *list, enum cg_cache_kind kind)
{
    struct tally tally = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct cg_source *source = &list->sources[i];
        if (source->kind != kind)
            continue;
        tally.files++;
        if (source->state == CG_SOURCE_USABLE)
            tally.usable++;
        else if (source->state == CG_SOURCE_DUPLICATE)
            tally.duplicates++;
        else
            count_skipped(&tally, source);
    }
    return tally;
}

static enum cg_status all_too_small(const struct tally *tally, const char *what, const char *dir,
                                    int crop_px, struct cg_error *error)
{
    const struct cg_source *largest = tally->largest_small;
    int side = shorter_side(largest), step = side >= 32 ? 32 : 4;
    char advice[48] = "";
    if (side >= step)
        snprintf(advice, sizeof(advice), " or --crop %d", side / step * step);
    return cg_fail(error, CG_ERR_FORMAT,
                   "%s %s: %zu of %zu files are too small and none can be used: the largest is "
                   "%d x %d, crops are %d: use larger pictures%s",
                   what, dir, tally->small, tally->files, largest->width, largest->height, crop_px,
                   advice);
}

static enum cg_status check_kind(const struct tally *tally, const char *what, const char *dir,
                                 int crop_px, struct cg_error *error)
{
    if (tally->usable > 0)
        return CG_OK;
    if (tally->files == 0)
        return cg_fail(error, CG_ERR_FORMAT,
                       "%s: no .png, .jpg or .jpeg files in %s or the folders in it", what, dir);
    if (tally->small > 0)
        return all_too_small(tally, what, dir, crop_px, error);
    return cg_fail(error, CG_ERR_FORMAT, "%s: none of the %zu files in %s could be used; first: %s",
                   what, tally->files, dir, tally->first_skipped->reason);
}

/* Fill the counts and fail where there is nothing to train on. */
static enum cg_status take_stock(struct cg_dataset *dataset,
                                 const struct cg_dataset_options *options, struct cg_error *error)
{
    struct tally photos = count_kind(&dataset->list, CG_CACHE_PHOTO);
    struct tally comics = count_kind(&dataset->list, CG_CACHE_COMIC);
    struct cg_dataset_counts *counts = &dataset->counts;
    counts->photos = photos.usable;
    counts->comics = comics.usable;
    counts->duplicates = photos.duplicates + comics.duplicates;
    counts->photos_skipped = photos.files - photos.usable - photos.duplicates;
    counts->comics_skipped = comics.files - comics.usable - comics.duplicates;
    const struct cg_source *first =
        photos.first_skipped != NULL ? photos.first_skipped : comics.first_skipped;
    counts->skip_reason = first != NULL ? first->reason : NULL;
    enum cg_status status =
        check_kind(&photos, "photos", options->photos_dir, options->crop_px, error);
    if (status == CG_OK && options->comics_dir != NULL)
        status = check_kind(&comics, "comics", options->comics_dir, options->crop_px, error);
    return status;
}

/* ---- dividing -------------------------------------------------------------------------------- */

static size_t validation_count(size_t photos)
{
    if (photos < VALIDATION_PHOTOS_MIN)
        return 0;
    size_t share = (size_t)((double)photos * VALIDATION_SHARE + 0.5);
    return share < 1 ? 1 : share > CG_DATASET_VALIDATION_MAX ? CG_DATASET_VALIDATION_MAX : share;
}

static enum cg_status table_create(struct cg_crop_table *table, size_t capacity,
                                   struct cg_error *error)
{
    table->entries = cg_alloc(capacity, sizeof(*table->entries), "data set", error);
    table->ends = cg_alloc(capacity, sizeof(*table->ends), "data set", error);
    return table->entries != NULL && table->ends != NULL ? CG_OK : CG_ERR_MEMORY;
}

/* Add what the source has been prepared at; the weight is the square root of the area. */
static void table_add(struct cg_crop_table *table, const struct cg_source *source)
{
    for (int level = 0; level < CG_SOURCE_LEVELS; level++) {
        const struct cg_cache_entry *entry = &source->levels[level];
        if (entry->map == NULL)
            continue;
        double before = table->count > 0 ? table->ends[table->count - 1] : 0.0;
        table->entries[table->count] = entry;
        table->ends[table->count++] = before + sqrt((double)entry->width * entry->height);
    }
}

/* The list is sorted by content, so the first photos are as good as drawn by lot, and stay. */
static enum cg_status divide(struct cg_dataset *dataset, struct cg_error *error)
{
    size_t wanted = validation_count(dataset->counts.photos);
    dataset->validation =
        cg_alloc(CG_DATASET_VALIDATION_MAX, sizeof(*dataset->validation), "data set", error);
    enum cg_status status = dataset->validation != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK)
        status = table_create(&dataset->photos, dataset->counts.photos * CG_SOURCE_LEVELS, error);
    if (status == CG_OK)
        status = table_create(&dataset->comics, dataset->counts.comics, error);
    for (size_t i = 0; status == CG_OK && i < dataset->list.count; i++) {
        const struct cg_source *source = &dataset->list.sources[i];
        if (source->state != CG_SOURCE_USABLE)
            continue;
        if (source->kind == CG_CACHE_COMIC)
            table_add(&dataset->comics, source);
        else if (dataset->counts.validation < wanted)
            dataset->validation[dataset->counts.validation++] = &source->levels[0];
        else
            table_add(&dataset->photos, source);
    }
    return status;
}

static uint64_t fingerprint(const struct cg_source_list *list,
                            const struct cg_dataset_options *options)
{
    int32_t white = (int32_t)(options->comic_white_max * 1e6f);
    int32_t numbers[] = {options->crop_px, options->photo_long_px, options->comic_long_px, white,
                         CG_TARGET_VERSION};
    struct cg_content_id sum = cg_content_hash(numbers, sizeof(numbers), 0);
    for (size_t i = 0; i < list->count; i++) {
        const struct cg_source *source = &list->sources[i];
        if (source->state != CG_SOURCE_USABLE)
            continue;
        uint64_t words[] = {sum.low, sum.high, (uint64_t)source->kind, source->record.id.low,
                            source->record.id.high};
        sum = cg_content_hash(words, sizeof(words), 0);
    }
    return sum.low;
}

/* ---- the public functions -------------------------------------------------------------------- */

enum cg_status cg_dataset_open(const struct cg_dataset_options *options, struct cg_pool *pool,
                               cg_dataset_progress_fn progress, void *progress_context,
                               struct cg_dataset **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_dataset *dataset = NULL;
    enum cg_status status = check_options(options, error);
    if (status == CG_OK) {
        dataset = cg_alloc_zero(1, sizeof(*dataset), "data set", error);
        status = dataset != NULL ? CG_OK : CG_ERR_MEMORY;
    }
    if (status == CG_OK)
        status = cg_folder_make(options->cache_dir, error);
    if (status == CG_OK)
        status = cg_source_list_find(options, pool, &dataset->list, error);
    if (status == CG_OK)
        status = cg_source_list_prepare(&dataset->list, true, options, pool, progress,
                                        progress_context, error);
    status = cg_ranks_agree(options->ranks, status, error);
    if (status == CG_OK)
        status = cg_source_list_prepare(&dataset->list, false, options, pool, NULL, NULL, error);
    if (status == CG_OK)
        status = take_stock(dataset, options, error);
    if (status == CG_OK)
        status = divide(dataset, error);
    if (status != CG_OK) {
        cg_dataset_free(dataset);
        return status;
    }
    dataset->crop_px = options->crop_px;
    dataset->comic_white_max = options->comic_white_max;
    dataset->counts.fingerprint = fingerprint(&dataset->list, options);
    if (options->palette > 0.0f && dataset->counts.comics > 0)
        status = cg_dataset_learn_grade(dataset, options->palette, error);
    if (status != CG_OK) {
        cg_dataset_free(dataset);
        return status;
    }
    *out = dataset;
    return CG_OK;
}

void cg_dataset_free(struct cg_dataset *dataset)
{
    if (dataset == NULL)
        return;
    cg_grade_free(dataset->grade);
    free(dataset->validation);
    free(dataset->comics.ends);
    free(dataset->comics.entries);
    free(dataset->photos.ends);
    free(dataset->photos.entries);
    cg_source_list_clear(&dataset->list);
    free(dataset);
}

void cg_dataset_get_counts(const struct cg_dataset *dataset, struct cg_dataset_counts *out)
{
    *out = dataset->counts;
}

static enum cg_status copy_plane(const uint8_t *plane, const struct cg_cache_entry *entry,
                                 int channels, struct cg_image *out, struct cg_error *error)
{
    if (out == NULL)
        return CG_OK;
    enum cg_status status = cg_image_create(entry->width, entry->height, channels, out, error);
    if (status == CG_OK)
        memcpy(out->pixels, plane, (size_t)entry->width * (size_t)entry->height * (size_t)channels);
    return status;
}

static void grade_image(const struct cg_grade *grade, struct cg_image *image)
{
    const size_t count = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < count; i++) {
        float pixel[3];
        for (size_t c = 0; c < 3; c++)
            pixel[c] = (float)image->pixels[3 * i + c] / 255.0f;
        cg_grade_apply(grade, pixel, 1);
        for (size_t c = 0; c < 3; c++)
            image->pixels[3 * i + c] = (uint8_t)(pixel[c] * 255.0f + 0.5f);
    }
}

enum cg_status cg_dataset_validation(const struct cg_dataset *dataset, size_t index,
                                     struct cg_image *photo, struct cg_image *colour,
                                     struct cg_image *ink, struct cg_error *error)
{
    if (index >= dataset->counts.validation)
        return cg_fail(error, CG_ERR_ARGUMENT, "data set: validation photo %zu of %zu", index,
                       dataset->counts.validation);
    const struct cg_cache_entry *entry = dataset->validation[index];
    struct cg_image *outs[] = {photo, colour, ink};
    const uint8_t *planes[] = {entry->picture, entry->colour, entry->ink};
    enum cg_status status = CG_OK;
    for (int i = 0; i < 3; i++)
        if (outs[i] != NULL)
            *outs[i] = (struct cg_image){0};
    for (int i = 0; status == CG_OK && i < 3; i++)
        status = copy_plane(planes[i], entry, i < 2 ? 3 : 1, outs[i], error);
    if (status == CG_OK && colour != NULL && dataset->grade != NULL)
        grade_image(dataset->grade, colour);
    for (int i = 0; status != CG_OK && i < 3; i++)
        if (outs[i] != NULL)
            cg_image_clear(outs[i]);
    return status;
}
