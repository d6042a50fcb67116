/*
 * A run's data set: see trainer.h. DIR/photos and DIR/comics; with --photos the photos come
 * from elsewhere, and DIR may hold the comics themselves.
 */
#include "train/style/trainer.h"

#include "base/memory.h"
#include "image/walk.h"
#include "train/core/run_file.h"
#include "train/data/dataset.h"

#include <stdlib.h>
#include <sys/stat.h>

#define COMIC_LONG_PX 1000
/* Lines on the comics that networks learn from. Crops are scaled by 0.8 to 1 besides. */
#define COMIC_LINE_PX 2.0f
#define CHOOSE_WHITE_MAX -1.0f

static bool is_folder(const char *path)
{
    struct stat about;
    return path != NULL && stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static enum cg_status find_photos(struct cg_training_data *data, struct cg_error *error)
{
    const struct cg_train_options *options = data->options;
    struct cg_error why;
    enum cg_status status = cg_walk_check_folder(options->data_dir, error);
    if (status != CG_OK)
        return status;
    data->photos = options->photos_dir != NULL ? cg_string_copy(options->photos_dir)
                                               : cg_run_path(options->data_dir, "photos");
    if (data->photos == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "training data: out of memory");
    status = cg_walk_check_folder(data->photos, &why);
    if (status == CG_OK)
        return CG_OK;
    return cg_fail(error, status,
                   "%s; photos to turn into comics are expected there, or in a folder named by "
                   "--photos",
                   why.text);
}

static enum cg_status find_comics(struct cg_training_data *data, struct cg_error *error)
{
    const struct cg_train_options *options = data->options;
    char *comics = cg_run_path(options->data_dir, "comics");
    char *photos = cg_run_path(options->data_dir, "photos");
    enum cg_status status = comics != NULL && photos != NULL
                                ? CG_OK
                                : cg_fail(error, CG_ERR_MEMORY, "training data: out of memory");
    if (is_folder(comics))
        data->comics = comics;
    else if (status == CG_OK && options->photos_dir != NULL && !is_folder(photos))
        data->comics = cg_string_copy(options->data_dir);
    if (comics != data->comics)
        free(comics);
    free(photos);
    return status;
}

/* ---- reports --------------------------------------------------------------------------------- */

static void tell(const struct cg_training_data *data, const struct cg_train_report *report)
{
    if (data->report != NULL)
        data->report(data->report_context, report);
}

static void tell_progress(void *context, enum cg_dataset_phase phase, size_t done, size_t total)
{
    const struct cg_train_report report = {
        .event = phase == CG_DATASET_INSPECTING ? CG_TRAIN_INSPECTING : CG_TRAIN_PREPARING,
        .done = done,
        .total = total};
    tell(context, &report);
}

static enum cg_status tell_inspected(const struct cg_training_data *data, struct cg_error *error)
{
    char *text = cg_dataset_describe(data->dataset);
    if (text == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "training data: out of memory");
    const struct cg_train_report report = {
        .event = CG_TRAIN_INSPECTED, .text = text, .dataset = data->dataset};
    tell(data, &report);
    free(text);
    return CG_OK;
}

/* ---- the public functions -------------------------------------------------------------------- */

enum cg_status cg_training_data_open(struct cg_training_data *data, struct cg_pool *pool,
                                     struct cg_error *error)
{
    const struct cg_train_options *options = data->options;
    const int comic_px = options->comic_detail_px;
    enum cg_status status = find_photos(data, error);
    if (status == CG_OK)
        status = find_comics(data, error);
    if (status == CG_OK)
        status = cg_run_check_apart(options->out_dir, data->photos, error);
    if (status == CG_OK)
        status = cg_run_check_apart(options->out_dir, data->comics, error);
    if (status != CG_OK)
        return status;
    const struct cg_dataset_options wanted = {.photos_dir = data->photos,
                                              .comics_dir = data->comics,
                                              .cache_dir = options->cache_dir,
                                              .crop_px = options->recipe.crop_px,
                                              .photo_long_px = options->detail_px,
                                              .photo_grow = options->photo_grow,
                                              .faces_file = options->faces_file,
                                              .comic_long_px =
                                                  comic_px > 0 ? comic_px : COMIC_LONG_PX,
                                              .comic_line_px = comic_px > 0 ? 0.0f : COMIC_LINE_PX,
                                              .comic_white_max = CHOOSE_WHITE_MAX,
                                              .keep_all = options->keep_all,
                                              .strict = options->strict,
                                              .pictures_min = options->pictures_min,
                                              .palette = options->recipe.palette,
                                              .ranks = data->ranks};
    status = cg_dataset_open(&wanted, pool, tell_progress, data, &data->dataset, error);
    return status == CG_OK ? tell_inspected(data, error) : status;
}

enum cg_status cg_training_data_prepare(struct cg_training_data *data, struct cg_pool *pool,
                                        struct cg_error *error)
{
    return cg_dataset_prepare(data->dataset, pool, tell_progress, data, error);
}

void cg_training_data_clear(struct cg_training_data *data)
{
    cg_dataset_free(data->dataset);
    free(data->comics);
    free(data->photos);
    data->dataset = NULL;
    data->comics = data->photos = NULL;
}

enum cg_status cg_train_check(const struct cg_train_options *options, cg_train_report_fn report,
                              void *context, struct cg_error *error)
{
    struct cg_pool *pool = NULL;
    struct cg_training_data data = {
        .options = options, .report = report, .report_context = context};
    enum cg_status status = cg_pool_create(options->threads, &pool, error);
    if (status == CG_OK)
        status = cg_training_data_open(&data, pool, error);
    if (status == CG_OK)
        status = cg_dataset_check(data.dataset, error);
    cg_training_data_clear(&data);
    cg_pool_free(pool);
    return status;
}
