/* A photo's comics: see preview_pictures.h. */
#include "cli/preview/preview_pictures.h"

#include "base/memory.h"
#include "base/pool.h"
#include "cli/cli.h"
#include "cli/photo.h"
#include "cli/terminal_line.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Looks worth trying, by one option each. */
static const struct {
    const char *name, *option;
    double value;
} looks[] = {
    {"bold lines", "line", 2.0},   {"few colours", "colors", 8.0},
    {"pen strokes", "hatch", 0.8}, {"printed dots", "halftone", 0.5},
    {"lines alone", "fill", 0.0},
};

#define LOOK_COUNT (sizeof(looks) / sizeof(looks[0]))

/* ---- styles and photo ------------------------------------------------------------------------ */

/* A style that cannot be read is told and left out, but not for want of memory. */
static enum cg_status load_style(struct cg_preview *preview, const char *name,
                                 struct cg_error *error)
{
    struct cg_error reason;
    enum cg_status status = cg_engine_open_in(cg_cli_models_folder(), name,
                                              &preview->engines[preview->engine_count], &reason);
    if (status == CG_OK)
        preview->engine_count++;
    else if (status == CG_ERR_MEMORY)
        return cg_fail(error, status, "%s", reason.text);
    else
        cg_cli_fail(CG_EXIT_MODEL, "%s; it is left out", reason.text);
    preview->incomplete |= status != CG_OK;
    return CG_OK;
}

static enum cg_status load_listed(struct cg_preview *preview, const struct cg_style_list *list,
                                  struct cg_error *error)
{
    size_t count = cg_style_list_count(list);
    preview->engines = cg_alloc_zero(count, sizeof(struct cg_engine *), "styles", error);
    enum cg_status status = preview->engines != NULL ? CG_OK : CG_ERR_MEMORY;
    for (size_t i = 0; status == CG_OK && i < count; i++)
        status = load_style(preview, cg_style_list_get(list, i)->name, error);
    preview->incomplete |= cg_cli_tell_left_out(list) != CG_EXIT_DONE;
    return status;
}

int cg_preview_load_styles(struct cg_preview *preview)
{
    struct cg_error error;
    struct cg_style_list *list = NULL;
    enum cg_status status = cg_style_list_create(cg_cli_models_folder(), &list, &error);
    if (status == CG_OK)
        status = load_listed(preview, list, &error);
    cg_style_list_free(list);
    if (status != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    if (preview->engine_count == 0)
        return cg_cli_fail(CG_EXIT_MODEL, "no style was found; see comicgan styles");
    return CG_EXIT_DONE;
}

static int scaled(int px, double scale)
{
    return (int)fmax(1.0, round(px * scale));
}

enum cg_status cg_preview_read_photo(struct cg_preview *preview, const char *path, int side_px,
                                     size_t area_px, bool strict, struct cg_error *error)
{
    struct cg_image whole;
    enum cg_status status = cg_cli_read_photo(path, strict, preview->quiet, &whole, error);
    if (status != CG_OK)
        return status;
    double scale = fmin(sqrt((double)area_px / whole.width / whole.height),
                        (double)side_px / fmax(whole.width, whole.height));
    if (scale < 1.0) {
        status = cg_image_resize(&whole, scaled(whole.width, scale), scaled(whole.height, scale),
                                 &preview->photo, error);
        cg_image_clear(&whole);
    } else {
        preview->photo = whole;
    }
    return status;
}

/* ---- which pictures -------------------------------------------------------------------------- */

static const struct cg_option *find_option(const char *name)
{
    const struct cg_option *row = CG_LOOK_TABLE;
    while (strcmp(row->name, name) != 0)
        row++;
    return row;
}

/* Describe the style unchanged (0), or with look `number`; false if the style has that look. */
static bool describe(const struct cg_engine *engine, size_t number, struct cg_preview_picture *out)
{
    const char *style = cg_engine_style(engine)->name;
    *out =
        (struct cg_preview_picture){.engine = engine, .looks = engine->looks, .look = "as it is"};
    snprintf(out->options, sizeof(out->options), "-s %s", style);
    if (number == 0)
        return true;
    const struct cg_option *row = find_option(looks[number - 1].option);
    double value = looks[number - 1].value;
    if (fabs(cg_option_get(row, &out->looks) - value) < 1e-6)
        return false;
    cg_option_set(row, &out->looks, value);
    out->look = looks[number - 1].name;
    snprintf(out->options, sizeof(out->options), "-s %s --%s %g", style, row->name, value);
    return true;
}

static enum cg_status list_pictures(struct cg_preview *preview, bool with_looks,
                                    struct cg_error *error)
{
    size_t each = with_looks ? LOOK_COUNT + 1 : 1;
    preview->pictures =
        cg_alloc_zero(preview->engine_count * each, sizeof(*preview->pictures), "pictures", error);
    if (preview->pictures == NULL)
        return CG_ERR_MEMORY;
    for (size_t i = 0; i < preview->engine_count; i++)
        for (size_t number = 0; number < each; number++)
            preview->count +=
                describe(preview->engines[i], number, &preview->pictures[preview->count]);
    return CG_OK;
}

/* ---- drawing --------------------------------------------------------------------------------- */

struct worker {
    struct cg_session *session; /* of its last style */
    const struct cg_engine *engine;
    enum cg_status status;
    struct cg_error error;
};

struct drawing {
    struct cg_preview *preview;
    struct worker *workers;
    int session_threads;
    struct cg_terminal_line progress; /* worker 0's */
    atomic_size_t done;
};

static enum cg_status take_style(struct worker *worker, const struct cg_engine *engine, int threads)
{
    if (worker->engine == engine)
        return CG_OK;
    cg_session_free(worker->session);
    worker->engine = NULL;
    enum cg_status status = cg_session_create(engine, threads, &worker->session, &worker->error);
    if (status == CG_OK)
        worker->engine = engine;
    return status;
}

static void draw_picture(void *context, size_t item, int number)
{
    struct drawing *drawing = context;
    struct worker *worker = &drawing->workers[number];
    const struct cg_image *photo = &drawing->preview->photo;
    struct cg_preview_picture *picture = &drawing->preview->pictures[item];
    if (worker->status == CG_OK)
        worker->status = take_style(worker, picture->engine, drawing->session_threads);
    if (worker->status == CG_OK)
        worker->status =
            cg_image_create(photo->width, photo->height, 3, &picture->image, &worker->error);
    if (worker->status != CG_OK)
        return;
    memcpy(picture->image.pixels, photo->pixels, 3 * (size_t)photo->width * (size_t)photo->height);
    worker->status = cg_session_convert(worker->session, cg_image_as_pixels(&picture->image),
                                        &picture->looks, &worker->error);
    if (worker->status == CG_OK && drawing->preview->verbose)
        cg_cli_say("%s", picture->options);
    size_t done = atomic_fetch_add(&drawing->done, 1) + 1;
    if (number == 0)
        cg_terminal_line_count(&drawing->progress, "pictures", done, drawing->preview->count);
}

static enum cg_status draw_all(struct cg_preview *preview, struct cg_pool *pool,
                               struct worker *workers, int session_threads, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    struct drawing drawing = {preview, workers, session_threads,
                              .progress =
                                  cg_terminal_line_make(preview->quiet || preview->verbose)};
    cg_pool_run(pool, preview->count, draw_picture, &drawing);
    cg_terminal_line_erase(&drawing.progress);
    for (int i = 0; i < cg_pool_threads(pool); i++) {
        if (status == CG_OK && workers[i].status != CG_OK) {
            status = workers[i].status;
            if (error != NULL)
                *error = workers[i].error;
        }
        cg_session_free(workers[i].session);
    }
    return status;
}

enum cg_status cg_preview_draw(struct cg_preview *preview, bool with_looks, int threads,
                               struct cg_error *error)
{
    struct cg_pool *pool = NULL;
    struct worker *workers = NULL;
    enum cg_status status = list_pictures(preview, with_looks, error);
    if (threads == 0)
        threads = cg_processor_count();
    int count = (size_t)threads < preview->count ? threads : (int)preview->count;
    if (status == CG_OK)
        status = cg_pool_create(count, &pool, error);
    if (status == CG_OK) {
        workers = cg_alloc_zero((size_t)count, sizeof(*workers), "workers", error);
        status = workers == NULL ? CG_ERR_MEMORY
                                 : draw_all(preview, pool, workers, threads / count, error);
    }
    free(workers);
    cg_pool_free(pool);
    return status;
}

void cg_preview_clear(struct cg_preview *preview)
{
    for (size_t i = 0; i < preview->count; i++)
        cg_image_clear(&preview->pictures[i].image);
    free(preview->pictures);
    cg_image_clear(&preview->photo);
    for (size_t i = 0; i < preview->engine_count; i++)
        cg_engine_free(preview->engines[i]);
    free(preview->engines);
    *preview = (struct cg_preview){0};
}
