/*
 * Turn photos into comics, by one style or several, and measure what changed (picture_quality.h),
 * how near the comics come to those that a style learned from (quality_swd.h), and how well their
 * edges show what people see as boundaries (boundary.h); beside them the photos themselves, the
 * teacher's comics, or those of another program. A table or JSON; and a contact sheet, since
 * figures are no eyes.
 *
 * Photos and comics longer than 960 pixels are reduced to that, and compared there. The order is
 * the list's; the number of threads does not change the figures.
 *
 * Exit codes are those of comicgan: 0 all done, 1 a photo failed, 2 usage, 3 no such style.
 */
#include "base/memory.h"
#include "comic/engine.h"
#include "measure/quality_list.h"
#include "measure/quality_options.h"
#include "measure/quality_run.h"
#include "measure/quality_sheet.h"
#include "measure/quality_subject.h"
#include "startup/core_type.h"
#include "tensor/matrix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LONG_PX 960

/* What main works with, besides the results. */
struct work {
    const struct quality_options *options;
    struct quality_run run;
    struct quality_strip *strips; /* of the photos; without pictures when there is no sheet */
    struct cg_style_list *known;
    struct cg_pool *pool;
    const char *folder;             /* that the photos' names are below */
    size_t listed;                  /* photos asked for */
    struct cg_boundary_truth truth; /* of the photo at hand */
};

static void complain(const struct cg_error *error)
{
    fprintf(stderr, "comicgan-quality: %s\n", error->text);
}

/* ---- photos ---------------------------------------------------------------------------------- */

/* The names of the photos to measure, and the folder that they are below. */
static enum cg_status list_photos(struct work *work, struct cg_error *error)
{
    const struct quality_options *options = work->options;
    struct stat about;
    bool is_folder = stat(options->photos, &about) == 0 && S_ISDIR(about.st_mode);
    work->folder = is_folder ? options->photos : options->root;
    return is_folder ? quality_list_folder(options->photos, work->run.names, &work->listed, error)
                     : quality_list_read(options->photos, work->run.names, &work->listed, error);
}

/* What is kept of a picture, photo (column 0) or comic: crops and its place on the sheet. */
static enum cg_status keep_picture(struct work *work, size_t index, size_t column,
                                   struct cg_swd_set *crops, const struct cg_image *picture,
                                   struct cg_error *error)
{
    struct cg_image *pictures = work->strips[index].pictures;
    enum cg_status status = CG_OK;
    if (crops != NULL)
        status = quality_crops_put(crops, index, picture, error);
    if (status == CG_OK && pictures != NULL)
        status = quality_sheet_reduce(picture, &pictures[column], error);
    return status;
}

/* picture gets the size of another. */
static enum cg_status fit(struct cg_image *picture, const struct cg_image *to,
                          struct cg_error *error)
{
    if (picture->width == to->width && picture->height == to->height)
        return CG_OK;
    struct cg_image before = *picture;
    enum cg_status status = cg_image_resize(&before, to->width, to->height, picture, error);
    cg_image_clear(&before);
    return status;
}

/* photo: at its own size; reduced: at the size measured at. */
static enum cg_status measure_style(struct work *work, size_t index, size_t style_index,
                                    const char *name, const struct cg_image *photo,
                                    const struct cg_image *reduced, struct cg_error *error)
{
    struct quality_style *style = &work->run.styles[style_index];
    struct cg_image comic = {0};
    enum cg_status status =
        quality_subject_make(style, name, photo, work->options->detail_px, &comic, error);
    if (status == CG_OK)
        status = fit(&comic, reduced, error);
    if (status == CG_OK)
        status = cg_quality_measure(reduced, &comic, &style->qualities[index], error);
    if (status == CG_OK)
        status = keep_picture(work, index, style_index + 1, style->crops, &comic, error);
    if (status == CG_OK && style->boundaries != NULL)
        status = cg_boundary_measure(&comic, &work->truth, &style->boundaries[index], error);
    cg_image_clear(&comic);
    return status;
}

static void strip_clear(struct quality_strip *strip, size_t columns)
{
    for (size_t i = 0; strip->pictures != NULL && i < columns; i++)
        cg_image_clear(&strip->pictures[i]);
    free(strip->pictures);
    strip->pictures = NULL;
}

static enum cg_status read_photo(const struct work *work, const char *name, struct cg_image *photo,
                                 struct cg_image *reduced, struct cg_error *error)
{
    char *path = cg_string_format("%s/%s", work->folder, name);
    enum cg_status status = path != NULL ? quality_photo_read(path, photo, error)
                                         : cg_fail(error, CG_ERR_MEMORY, "%s: out of memory", name);
    if (status == CG_OK)
        status = quality_photo_read(path, reduced, error);
    if (status == CG_OK)
        status = quality_reduce(reduced, LONG_PX, error);
    free(path);
    return status;
}

/* The photo's own edges; what people drew in it is kept for those of its comics. */
static enum cg_status measure_boundaries(struct work *work, const char *name, size_t index,
                                         const struct cg_image *reduced, struct cg_error *error)
{
    if (work->options->boundaries == NULL)
        return CG_OK;
    enum cg_status status =
        quality_truth_read(work->options->boundaries, name, reduced, &work->truth, error);
    if (status == CG_OK)
        status = cg_boundary_measure(reduced, &work->truth, &work->run.boundaries[index], error);
    return status;
}

/* Measure a photo under all styles into place index. */
static enum cg_status measure_photo(struct work *work, const char *name, size_t index,
                                    struct cg_error *error)
{
    struct quality_run *run = &work->run;
    struct quality_strip *strip = &work->strips[index];
    struct cg_image photo = {0}, reduced = {0};
    enum cg_status status = read_photo(work, name, &photo, &reduced, error);
    if (status == CG_OK && work->options->sheet != NULL) {
        strip->pictures =
            cg_alloc_zero(run->style_count + 1, sizeof(*strip->pictures), "contact sheet", error);
        status = strip->pictures != NULL ? CG_OK : CG_ERR_MEMORY;
    }
    if (status == CG_OK)
        status = keep_picture(work, index, 0, run->crops, &reduced, error);
    if (status == CG_OK)
        status = measure_boundaries(work, name, index, &reduced, error);
    for (size_t i = 0; status == CG_OK && i < run->style_count; i++)
        status = measure_style(work, index, i, name, &photo, &reduced, error);
    if (status != CG_OK)
        strip_clear(strip, run->style_count + 1);
    free(work->truth.marked);
    work->truth.marked = NULL;
    cg_image_clear(&reduced);
    cg_image_clear(&photo);
    return status;
}

/* All listed photos, as far as they can be used; names of those that can stay. */
static enum cg_status measure_photos(struct work *work, struct cg_error *error)
{
    struct quality_run *run = &work->run;
    size_t listed = work->listed;
    for (size_t i = 0; i < listed; i++) {
        struct cg_error reason;
        char *name = run->names[i];
        if (measure_photo(work, name, run->photo_count, &reason) == CG_OK) {
            run->names[i] = run->names[run->photo_count];
            run->names[run->photo_count++] = name;
        } else {
            complain(&reason);
            run->failed++;
        }
    }
    if (run->photo_count == 0)
        return cg_fail(error, CG_ERR_FORMAT, "none of the %zu photos could be measured", listed);
    for (size_t i = 0; i < run->style_count; i++)
        cg_quality_mean(run->styles[i].qualities, run->photo_count, &run->styles[i].mean);
    return CG_OK;
}

/* ---- styles ---------------------------------------------------------------------------------- */

static struct quality_style *add_row(struct quality_run *run, enum quality_kind kind,
                                     const char *name, struct cg_error *error)
{
    if (run->style_count == QUALITY_STYLES_MAX) {
        cg_fail(error, CG_ERR_LIMIT, "more than %d styles", QUALITY_STYLES_MAX);
        return NULL;
    }
    struct quality_style *style = &run->styles[run->style_count++];
    *style = (struct quality_style){.kind = kind, .name = name, .source = ""};
    return style;
}

static enum cg_status open_style(struct work *work, const char *name, struct cg_error *error)
{
    struct quality_style *style = add_row(&work->run, QUALITY_STYLE, name, error);
    if (style == NULL)
        return CG_ERR_LIMIT;
    enum cg_status status =
        cg_engine_open_in(getenv("COMICGAN_MODELS"), name, &style->engine, error);
    if (status == CG_OK)
        status = cg_session_create(style->engine, work->options->threads, &style->session, error);
    if (status == CG_OK) {
        style->name = cg_engine_style(style->engine)->name;
        style->source = cg_engine_style(style->engine)->source;
    }
    return status;
}

/* Rows that are no styles: photos, the teacher, pictures of other programs. */
static enum cg_status add_others(struct work *work, struct cg_error *error)
{
    const struct quality_options *options = work->options;
    struct quality_run *run = &work->run;
    if (options->all && add_row(run, QUALITY_PHOTO, "photos", error) == NULL)
        return CG_ERR_LIMIT;
    if (options->teacher && add_row(run, QUALITY_TEACHER, "teacher", error) == NULL)
        return CG_ERR_LIMIT;
    for (size_t i = 0; i < options->pictures.count; i++) {
        const struct quality_comics *pictures = &options->pictures.each[i];
        struct quality_style *row = add_row(run, QUALITY_FOLDER, pictures->name, error);
        if (row == NULL)
            return CG_ERR_LIMIT;
        row->source = pictures->dir;
    }
    return CG_OK;
}

static enum cg_status open_styles(struct work *work, struct cg_error *error)
{
    const struct quality_options *options = work->options;
    enum cg_status status = add_others(work, error);
    for (size_t i = 0; status == CG_OK && i < options->style_count; i++)
        status = open_style(work, options->styles[i], error);
    if (status == CG_OK && options->all)
        status = cg_style_list_create(getenv("COMICGAN_MODELS"), &work->known, error);
    if (work->known != NULL && cg_style_list_left_out(work->known, 0) != NULL)
        status = cg_fail(error, CG_ERR_MODEL, "%s", cg_style_list_left_out(work->known, 0));
    for (size_t i = 0; status == CG_OK && options->all && i < cg_style_list_count(work->known); i++)
        status = open_style(work, cg_style_list_get(work->known, i)->name, error);
    if (status == CG_OK && work->run.style_count == 0)
        status = open_style(work, CG_DEFAULT_STYLE, error);
    return status;
}

/* Those of the styles at hand, or all. */
static void choose_comics(struct work *work)
{
    struct quality_run *run = &work->run;
    for (size_t i = 0; i < work->options->comics.count; i++) {
        bool wanted = work->options->all;
        for (size_t s = 0; s < run->style_count; s++)
            wanted = wanted || strcmp(run->styles[s].name, work->options->comics.each[i].name) == 0;
        if (wanted)
            run->comics[run->comics_count++] = work->options->comics.each[i];
    }
}

static enum cg_status make_counts(const struct work *work, struct cg_boundary_counts **out,
                                  struct cg_error *error)
{
    if (work->options->boundaries == NULL)
        return CG_OK;
    *out = cg_alloc_zero(work->listed, sizeof(**out), "boundaries", error);
    return *out != NULL ? CG_OK : CG_ERR_MEMORY;
}

/* Room for what so many photos give. */
static enum cg_status make_room(struct work *work, struct cg_error *error)
{
    struct quality_run *run = &work->run;
    size_t listed = work->listed;
    bool crops = run->comics_count > 0;
    enum cg_status status = CG_OK;
    work->strips = cg_alloc_zero(listed, sizeof(*work->strips), "contact sheet", error);
    if (work->strips == NULL)
        return CG_ERR_MEMORY;
    if (crops)
        status = quality_crops_create(listed, &run->crops, error);
    if (status == CG_OK)
        status = make_counts(work, &run->boundaries, error);
    for (size_t i = 0; status == CG_OK && i < run->style_count; i++) {
        struct quality_style *style = &run->styles[i];
        style->qualities = cg_alloc_zero(listed, sizeof(*style->qualities), "measures", error);
        if (style->qualities == NULL)
            return CG_ERR_MEMORY;
        if (crops)
            status = quality_crops_create(listed, &style->crops, error);
        if (status == CG_OK && style->kind != QUALITY_PHOTO)
            status = make_counts(work, &style->boundaries, error);
    }
    return status;
}

/* ---- distances ------------------------------------------------------------------------------- */

static enum cg_status measure_to(struct work *work, size_t index, struct cg_error *error)
{
    struct quality_run *run = &work->run;
    struct quality_comics *comics = &run->comics[index];
    enum cg_status status = quality_comics_read(comics, run->photo_count, LONG_PX, error);
    if (status == CG_OK)
        status =
            quality_distance_measure(run->crops, comics, work->pool, &run->distances[index], error);
    if (status == CG_OK)
        status = quality_distance_measure(comics->others, comics, work->pool, &run->others[index],
                                          error);
    for (size_t i = 0; status == CG_OK && i < run->style_count; i++)
        status = quality_distance_measure(run->styles[i].crops, comics, work->pool,
                                          &run->styles[i].distances[index], error);
    quality_comics_clear(comics);
    return status;
}

static enum cg_status measure_distances(struct work *work, struct cg_error *error)
{
    struct quality_run *run = &work->run;
    size_t crops = QUALITY_CROPS * run->photo_count;
    if (run->comics_count == 0)
        return CG_OK;
    enum cg_status status = cg_pool_create(work->options->threads, &work->pool, error);
    cg_swd_set_trim(run->crops, crops, run->photo_count);
    for (size_t i = 0; i < run->style_count; i++)
        cg_swd_set_trim(run->styles[i].crops, crops, run->photo_count);
    for (size_t i = 0; status == CG_OK && i < run->comics_count; i++)
        status = measure_to(work, i, error);
    return status;
}

/* ---- the program ----------------------------------------------------------------------------- */

static enum cg_status write_sheet(const struct work *work, struct cg_error *error)
{
    const struct quality_run *run = &work->run;
    const char *headings[QUALITY_STYLES_MAX + 1] = {"photo"};
    for (size_t i = 0; i < run->style_count; i++)
        headings[i + 1] = run->styles[i].name;
    return quality_sheet_write(work->options->sheet, work->strips, run->photo_count, headings,
                               run->style_count + 1, error);
}

static enum cg_status show(const struct work *work, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    if (work->options->json)
        status = quality_print_json(&work->run, error);
    else
        quality_print_table(&work->run);
    if (status == CG_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = cg_fail(error, CG_ERR_IO, "writing to stdout: %s", strerror(errno));
    if (status == CG_OK && work->options->sheet != NULL)
        status = write_sheet(work, error);
    return status;
}

static enum cg_status measure_all(struct work *work, struct cg_error *error)
{
    struct quality_run *run = &work->run;
    run->names = cg_alloc_zero(QUALITY_PHOTOS_MAX, sizeof(*run->names), "list of photos", error);
    if (run->names == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = list_photos(work, error);
    if (status == CG_OK)
        status = make_room(work, error);
    if (status == CG_OK)
        status = measure_photos(work, error);
    if (status == CG_OK)
        status = measure_distances(work, error);
    return status == CG_OK ? show(work, error) : status;
}

static void work_free(struct work *work)
{
    struct quality_run *run = &work->run;
    for (size_t i = 0; work->strips != NULL && i < work->listed; i++)
        strip_clear(&work->strips[i], run->style_count + 1);
    for (size_t i = 0; i < run->style_count; i++) {
        cg_swd_set_free(run->styles[i].crops);
        free(run->styles[i].qualities);
        free(run->styles[i].boundaries);
        cg_session_free(run->styles[i].session);
        cg_engine_free(run->styles[i].engine);
    }
    cg_swd_set_free(run->crops);
    free(run->boundaries);
    cg_pool_free(work->pool);
    cg_style_list_free(work->known);
    quality_list_free(run->names, work->listed);
    free(work->strips);
    free(work);
}

static enum quality_exit run_options(const struct quality_options *options)
{
    struct cg_error error;
    struct work *work = cg_alloc_zero(1, sizeof(*work), "results", &error);
    enum quality_exit code = QUALITY_MODEL;
    if (work == NULL) {
        complain(&error);
        return QUALITY_INPUT;
    }
    work->options = options;
    work->run.long_px = LONG_PX;
    enum cg_status status = open_styles(work, &error);
    if (status == CG_OK) {
        choose_comics(work);
        status = measure_all(work, &error);
        code = status == CG_OK && work->run.failed == 0 ? QUALITY_DONE : QUALITY_INPUT;
    }
    if (status != CG_OK)
        complain(&error);
    work_free(work);
    return code;
}

int main(int argc, char *argv[])
{
    struct quality_options options = {0};
    cg_blas_begin(argv);
    cg_blas_single_threaded();
    enum quality_exit code = QUALITY_USAGE;
    if (quality_options_parse(argc, argv, &options))
        code = run_options(&options);
    quality_options_clear(&options);
    return (int)code;
}
