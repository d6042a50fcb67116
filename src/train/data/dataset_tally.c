/* Counting a data set, and checking that it suffices: see dataset.h. */
#include "train/data/dataset_private.h"

#include <stdio.h>
#include <string.h>

static int shorter_side(const struct cg_source *source)
{
    return source->width < source->height ? source->width : source->height;
}

static void count_skipped(struct cg_dataset_tally *tally, const struct cg_source *source)
{
    if (tally->first_skipped == NULL ||
        strcmp(source->record.path, tally->first_skipped->record.path) < 0)
        tally->first_skipped = source;
    if (source->state == CG_SOURCE_SMALL &&
        (tally->largest_small == NULL || shorter_side(source) > shorter_side(tally->largest_small)))
        tally->largest_small = source;
}

struct cg_dataset_tally cg_dataset_tally(const struct cg_dataset *dataset, enum cg_cache_kind kind)
{
    struct cg_dataset_tally tally = {0};
    for (size_t i = 0; i < dataset->list.count; i++) {
        const struct cg_source *source = &dataset->list.sources[i];
        if (source->kind != kind)
            continue;
        tally.files++;
        tally.states[source->state]++;
        if (source->state == CG_SOURCE_USABLE)
            tally.panels += (size_t)source->area_count;
        else if (source->state != CG_SOURCE_DUPLICATE)
            count_skipped(&tally, source);
    }
    return tally;
}

/* ---- what can be wrong ----------------------------------------------------------------------- */

/* The requirements for one kind of pictures. */
struct demand {
    const char *what, *dir;
    const char *advice; /* what to do if there are none, or too few */
    int crop_px;
    size_t least;
};

static enum cg_status all_too_small(const struct cg_dataset_tally *tally,
                                    const struct demand *demand, struct cg_error *error)
{
    const struct cg_source *largest = tally->largest_small;
    int side = shorter_side(largest), step = side >= 32 ? 32 : 4;
    char advice[48] = "";
    if (side >= step && side < demand->crop_px)
        snprintf(advice, sizeof(advice), " or --crop %d", side / step * step);
    return cg_fail(error, CG_ERR_FORMAT,
                   "%s %s: %zu of %zu files are too small and none can be used: the largest is "
                   "%d x %d, crops are %d: use larger pictures%s",
                   demand->what, demand->dir, tally->states[CG_SOURCE_SMALL], tally->files,
                   largest->width, largest->height, demand->crop_px, advice);
}

static enum cg_status check_kind(const struct cg_dataset_tally *tally, const struct demand *demand,
                                 struct cg_error *error)
{
    size_t usable = tally->states[CG_SOURCE_USABLE];
    if (tally->files == 0)
        return cg_fail(error, CG_ERR_FORMAT,
                       "%s: no .png, .jpg or .jpeg files in %s or the folders in it: %s",
                       demand->what, demand->dir, demand->advice);
    if (usable == 0 && tally->largest_small != NULL)
        return all_too_small(tally, demand, error);
    if (usable == 0)
        return cg_fail(error, CG_ERR_FORMAT,
                       "%s: none of the %zu files in %s could be used; first: %s", demand->what,
                       tally->files, demand->dir,
                       tally->first_skipped != NULL ? tally->first_skipped->reason
                                                    : "all are the same as others");
    if (usable < demand->least)
        return cg_fail(error, CG_ERR_FORMAT,
                       "%s: only %zu picture%s in %s can be used, of %zu file%s, and at least %zu "
                       "are needed: %s",
                       demand->what, usable, usable == 1 ? "" : "s", demand->dir, tally->files,
                       tally->files == 1 ? "" : "s", demand->least, demand->advice);
    return CG_OK;
}

enum cg_status cg_dataset_check(struct cg_dataset *dataset, struct cg_error *error)
{
    const struct cg_dataset_options *options = &dataset->options;
    const struct cg_dataset_tally photos = cg_dataset_tally(dataset, CG_CACHE_PHOTO);
    const struct cg_dataset_tally comics = cg_dataset_tally(dataset, CG_CACHE_COMIC);
    struct cg_dataset_counts *counts = &dataset->counts;
    const struct cg_source *first =
        photos.first_skipped != NULL ? photos.first_skipped : comics.first_skipped;
    const size_t least = options->pictures_min > 1 ? (size_t)options->pictures_min : 1;
    *counts = (struct cg_dataset_counts){
        .photos = photos.states[CG_SOURCE_USABLE],
        .comics = comics.states[CG_SOURCE_USABLE],
        .panels = comics.panels,
        .duplicates = photos.states[CG_SOURCE_DUPLICATE] + comics.states[CG_SOURCE_DUPLICATE],
        .line_fraction = dataset->list.line_fraction,
        .skip_reason = first != NULL ? first->reason : NULL,
    };
    counts->photos_skipped = photos.files - counts->photos - photos.states[CG_SOURCE_DUPLICATE];
    counts->comics_skipped = comics.files - counts->comics - comics.states[CG_SOURCE_DUPLICATE];
    const struct demand of_photos = {"photos", options->photos_dir,
                                     "any photos of the kind that is to be converted will do, a "
                                     "hundred or more",
                                     options->crop_px, least};
    const struct demand of_comics = {"comics", options->comics_dir,
                                     "put pages or pictures of the style there, some twenty or "
                                     "more",
                                     options->crop_px, least};
    enum cg_status status = check_kind(&photos, &of_photos, error);
    if (status == CG_OK && options->comics_dir != NULL)
        status = check_kind(&comics, &of_comics, error);
    return status;
}
