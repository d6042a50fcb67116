/*
 * Opening a data set: see dataset.h. Files become sources (source.c), are inspected
 * (source_inspect.c) and become mapped cache entries (source_prepare.c, cache.c); here they are
 * divided into training and validation.
 */
#include "train/data/dataset.h"

#include "base/file.h"
#include "base/memory.h"
#include "train/data/dataset_private.h"
#include "train/teacher/teacher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VALIDATION_SHARE 0.03
#define FACE_MIN_PX 10          /* width from which a face is worth a crop of its own */
#define VALIDATION_PHOTOS_MIN 8 /* below this, all photos are needed for training */
/* The fraction of near-white pixels up to which a crop is accepted: for panels drawn to their
 * edges, and for pages with more than PAPERY_SHARE of paper inside their panels. */
#define WHITE_MAX_FILLED 0.125f
#define WHITE_MAX_PAPERY 0.6f
#define PAPERY_SHARE 0.06f

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

/* ---- dividing -------------------------------------------------------------------------------- */

size_t cg_dataset_validation_count(size_t photos)
{
    if (photos < VALIDATION_PHOTOS_MIN)
        return 0;
    size_t share = (size_t)((double)photos * VALIDATION_SHARE + 0.5);
    return share < 1 ? 1 : share > CG_DATASET_VALIDATION_MAX ? CG_DATASET_VALIDATION_MAX : share;
}

static enum cg_status table_create(struct cg_crop_table *table, size_t capacity,
                                   struct cg_error *error)
{
    table->places = cg_alloc(capacity, sizeof(*table->places), "data set", error);
    return table->places != NULL ? CG_OK : CG_ERR_MEMORY;
}

static void table_add(struct cg_crop_table *table, const struct cg_cache_entry *entry,
                      struct cg_area area, double weight)
{
    double before = table->count > 0 ? table->places[table->count - 1].end : 0.0;
    table->places[table->count++] = (struct cg_crop_place){entry, area, before + weight};
}

/* A photo at the scales it has been prepared at; the weight is the square root of the area. */
static void add_photo(struct cg_crop_table *table, const struct cg_source *source)
{
    for (int level = 0; level < CG_SOURCE_LEVELS; level++) {
        const struct cg_cache_entry *entry = &source->levels[level];
        if (entry->map != NULL)
            table_add(table, entry, (struct cg_area){0, 0, entry->width, entry->height},
                      sqrt((double)entry->width * entry->height));
    }
}

/* The faces of a photo at each of its scales; a crowd weighs more than a portrait, but not in
 * proportion. */
static void add_faces(struct cg_crop_table *table, const struct cg_source *source)
{
    for (int level = 0; level < CG_SOURCE_LEVELS; level++) {
        const struct cg_cache_entry *entry = &source->levels[level];
        for (size_t i = 0; entry->map != NULL && i < source->face_count; i++) {
            const struct cg_teacher_face *face = &source->faces[i];
            const struct cg_area area = {(int)(face->x * (float)entry->width),
                                         (int)(face->y * (float)entry->height),
                                         (int)(face->width * (float)entry->width),
                                         (int)(face->height * (float)entry->height)};
            if (area.width >= FACE_MIN_PX)
                table_add(table, entry, area, 1.0 / sqrt((double)source->face_count));
        }
    }
}

/* A comic's panels; they share the page's weight, the square root of its area, by their areas. */
static void add_comic(struct cg_crop_table *table, const struct cg_source *source)
{
    double all = 0.0;
    for (int i = 0; i < source->area_count; i++)
        all += (double)source->areas[i].width * source->areas[i].height;
    for (int i = 0; i < source->area_count; i++) {
        double share = (double)source->areas[i].width * source->areas[i].height / all;
        table_add(table, &source->levels[0], source->areas[i],
                  share * sqrt((double)source->width * source->height));
    }
}

/* The list is sorted by content, so the first photos are a random choice, and a stable one. */
static enum cg_status divide(struct cg_dataset *dataset, struct cg_error *error)
{
    size_t wanted = cg_dataset_validation_count(dataset->counts.photos);
    dataset->validation =
        cg_alloc(CG_DATASET_VALIDATION_MAX, sizeof(*dataset->validation), "data set", error);
    size_t faces = 0;
    for (size_t i = 0; i < dataset->list.count; i++)
        faces += dataset->list.sources[i].face_count;
    enum cg_status status = dataset->validation != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK)
        status = table_create(&dataset->photos, dataset->counts.photos * CG_SOURCE_LEVELS, error);
    if (status == CG_OK)
        status = table_create(&dataset->faces, faces * CG_SOURCE_LEVELS, error);
    if (status == CG_OK)
        status = table_create(&dataset->comics, dataset->counts.panels, error);
    for (size_t i = 0; status == CG_OK && i < dataset->list.count; i++) {
        const struct cg_source *source = &dataset->list.sources[i];
        if (source->state != CG_SOURCE_USABLE)
            continue;
        if (source->kind == CG_CACHE_COMIC)
            add_comic(&dataset->comics, source);
        else if (dataset->counts.validation < wanted)
            dataset->validation[dataset->counts.validation++] = source;
        else {
            add_photo(&dataset->photos, source);
            add_faces(&dataset->faces, source);
        }
    }
    return status;
}

static struct cg_content_id add_to_hash(struct cg_content_id sum, const struct cg_source *source)
{
    const struct cg_content_id content = cg_source_content(source);
    uint64_t words[] = {sum.low,
                        sum.high,
                        (uint64_t)source->kind,
                        (uint64_t)source->long_px,
                        (uint64_t)source->width,
                        content.low,
                        content.high};
    sum = cg_content_hash(words, sizeof(words), 0);
    for (int i = 0; i < source->area_count; i++) {
        const struct cg_area *area = &source->areas[i];
        uint64_t sides[] = {sum.low,
                            sum.high,
                            (uint64_t)area->x,
                            (uint64_t)area->y,
                            (uint64_t)area->width,
                            (uint64_t)area->height};
        sum = cg_content_hash(sides, sizeof(sides), 0);
    }
    return sum;
}

/* A hash of everything that crops depend on. */
static uint64_t fingerprint(const struct cg_dataset *dataset)
{
    int32_t white = (int32_t)(dataset->comic_white_max * 1e6f);
    int32_t numbers[] = {dataset->crop_px, white, CG_TEACHER_VERSION};
    struct cg_content_id sum = cg_content_hash(numbers, sizeof(numbers), 0);
    for (size_t i = 0; i < dataset->list.count; i++)
        if (dataset->list.sources[i].state == CG_SOURCE_USABLE)
            sum = add_to_hash(sum, &dataset->list.sources[i]);
    return sum.low;
}

/* If panels are drawn to their edges, white is an undetected gutter. */
static float choose_white_max(const struct cg_source_list *list)
{
    size_t pages = 0, papery = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct cg_source *source = &list->sources[i];
        if (source->state != CG_SOURCE_USABLE || source->kind != CG_CACHE_COMIC)
            continue;
        pages++;
        papery += source->findings->paper > PAPERY_SHARE;
    }
    return 2 * papery < pages ? WHITE_MAX_FILLED : WHITE_MAX_PAPERY;
}

/* ---- the public functions -------------------------------------------------------------------- */

static enum cg_status open_list(struct cg_dataset *dataset, struct cg_pool *pool,
                                const struct cg_source_progress *progress, struct cg_error *error)
{
    const struct cg_dataset_options *options = &dataset->options;
    enum cg_status status = cg_folder_make(options->cache_dir, error);
    if (status == CG_OK)
        status = cg_source_list_find(options, pool, &dataset->list, error);
    if (status == CG_OK)
        status = cg_source_list_inspect(&dataset->list, options, pool, progress, error);
    if (status != CG_OK)
        return status;
    dataset->crop_px = options->crop_px;
    dataset->comic_white_max = options->comic_white_max >= 0.0f ? options->comic_white_max
                                                                : choose_white_max(&dataset->list);
    return CG_OK;
}

enum cg_status cg_dataset_open(const struct cg_dataset_options *options, struct cg_pool *pool,
                               cg_dataset_progress_fn progress, void *progress_context,
                               struct cg_dataset **out, struct cg_error *error)
{
    const struct cg_source_progress listener = {progress, progress_context};
    *out = NULL;
    enum cg_status status = check_options(options, error);
    if (status != CG_OK)
        return status;
    struct cg_dataset *dataset = cg_alloc_zero(1, sizeof(*dataset), "data set", error);
    if (dataset == NULL)
        return CG_ERR_MEMORY;
    dataset->options = *options;
    status = open_list(dataset, pool, &listener, error);
    if (status != CG_OK) {
        cg_dataset_free(dataset);
        return status;
    }
    *out = dataset;
    return CG_OK;
}

enum cg_status cg_dataset_prepare(struct cg_dataset *dataset, struct cg_pool *pool,
                                  cg_dataset_progress_fn progress, void *progress_context,
                                  struct cg_error *error)
{
    const struct cg_dataset_options *options = &dataset->options;
    const struct cg_source_progress listener = {progress, progress_context};
    enum cg_status status = cg_dataset_check(dataset, error);
    if (status == CG_OK)
        status = cg_source_list_prepare(&dataset->list, true, options, pool, &listener, error);
    status = cg_ranks_agree(options->ranks, status, error);
    if (status == CG_OK)
        status = cg_source_list_prepare(&dataset->list, false, options, pool, NULL, error);
    if (status == CG_OK)
        status = divide(dataset, error);
    if (status != CG_OK)
        return status;
    dataset->counts.fingerprint = fingerprint(dataset);
    if (options->palette > 0.0f && dataset->counts.comics > 0)
        status = cg_dataset_learn_grade(dataset, options->palette, error);
    return status;
}

void cg_dataset_free(struct cg_dataset *dataset)
{
    if (dataset == NULL)
        return;
    cg_comic_palette_free(dataset->grade);
    free(dataset->validation);
    free(dataset->comics.places);
    free(dataset->photos.places);
    free(dataset->faces.places);
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

static void grade_image(const struct cg_comic_palette *grade, struct cg_image *image)
{
    const size_t count = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < count; i++) {
        float pixel[3];
        for (size_t c = 0; c < 3; c++)
            pixel[c] = (float)image->pixels[3 * i + c] / 255.0f;
        cg_comic_palette_apply(grade, pixel, 1);
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
    const struct cg_cache_entry *entry = &dataset->validation[index]->levels[0];
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

const char *cg_dataset_validation_path(const struct cg_dataset *dataset, size_t index)
{
    return dataset->validation[index]->record.path;
}

/* ---- panels ---- */

static const struct cg_source *find_comic(const struct cg_dataset *dataset, size_t index)
{
    for (size_t i = 0; i < dataset->list.count; i++) {
        const struct cg_source *source = &dataset->list.sources[i];
        bool counts = source->kind == CG_CACHE_COMIC && source->state == CG_SOURCE_USABLE;
        if (counts && index-- == 0)
            return source;
    }
    return NULL;
}

static struct cg_area largest_area(const struct cg_source *source)
{
    struct cg_area largest = source->areas[0];
    for (int i = 1; i < source->area_count; i++) {
        struct cg_area area = source->areas[i];
        if ((int64_t)area.width * area.height > (int64_t)largest.width * largest.height)
            largest = area;
    }
    return largest;
}

enum cg_status cg_dataset_panel(const struct cg_dataset *dataset, size_t index,
                                struct cg_image *out, struct cg_error *error)
{
    const struct cg_source *source = find_comic(dataset, index);
    *out = (struct cg_image){0};
    if (source == NULL)
        return cg_fail(error, CG_ERR_ARGUMENT, "data set: comic %zu of %zu", index,
                       dataset->counts.comics);
    const struct cg_area area = largest_area(source);
    const size_t line = 3 * (size_t)area.width, row = (size_t)source->width;
    enum cg_status status = cg_image_create(area.width, area.height, 3, out, error);
    for (size_t y = 0; status == CG_OK && y < (size_t)area.height; y++)
        memcpy(out->pixels + y * line,
               source->levels[0].picture + 3 * (((size_t)area.y + y) * row + (size_t)area.x), line);
    return status;
}
