/*
 * Making a comic page: see page_make.h. The order of make is the order of the work: style, photos,
 * layout, letters, and only when everything fits, the panels one by one.
 *
 * A photo is cropped and resized to its panel before it is converted. All panels have the same
 * number of working pixels to a pixel of the page, so that their lines are equally wide.
 */
#include "cli/page/page_make.h"

#include "base/memory.h"
#include "cli/comic_mark.h"
#include "cli/confinement.h"
#include "cli/photo.h"
#include "cli/terminal_line.h"
#include "page/compose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The width of pages whose layout chooses the height. */
#define STRIP_WIDTH_PX 3508
#define STACK_WIDTH_PX 1654

#define DETAIL_MIN_PX 64
#define DETAIL_MAX_PX 8192

/* Lengths as parts of the page's reference length (see reference_px). */
#define MARGIN 0.040
#define GUTTER 0.0125
#define FRAME 0.0028
#define LETTER_LARGEST 0.0200
#define LETTER_SMALLEST 0.0125
#define LETTER_LEGIBLE_PX 10.0 /* smaller ones are illegible on a screen */
#define TITLE_HEADER 0.075
#define ROW_GUTTER_PER_GUTTER 1.5

/* The style's working size is for a single picture; a page's lines are a little finer than those of
 * a picture of its size. */
#define PAGE_DETAIL 1.5
#define PAGE_HEIGHT_COUNTED 1.5 /* times the width: a longer page is read in parts */

enum { FACES_MAX = 64 };

/* One photo and its panel. */
struct part {
    struct cg_image photo;
    struct cg_focus *focus;
    struct cg_lettering *caption; /* or NULL */
    struct cg_panel panel;
};

struct work {
    const struct cg_page_order *order;
    struct cg_page_geometry geometry;
    struct cg_page_ink ink;
    struct cg_engine *engine;
    struct cg_session *session;
    struct cg_render_params looks;
    struct cg_fonts *fonts;
    struct cg_lettering *title;
    struct part parts[CG_PAGE_PANELS_MAX];
    struct cg_image page;
    struct cg_terminal_line progress;
    struct cg_error error;
};

static int fail(const struct work *work, enum cg_cli_exit code)
{
    return cg_cli_fail(code, "%s", work->error.text);
}

/* ---- sizes ----------------------------------------------------------------------------------- */

/* The unit of margins, gutters and letters: the page's short side or, if its height is not known
 * yet, that of a page equally comfortable to read. */
static double reference_px(const struct cg_page_geometry *page, bool strip)
{
    if (page->height > 0)
        return fmin(page->width, page->height);
    return strip ? 0.5 * page->width : page->width;
}

static int pixels(double length)
{
    return (int)fmax(1.0, round(length));
}

static bool is_strip(const struct cg_page_order *order)
{
    return strcmp(order->layout, "strip") == 0;
}

int cg_page_width(const struct cg_page_order *order)
{
    if (order->width != 0)
        return order->width;
    return is_strip(order) ? STRIP_WIDTH_PX : STACK_WIDTH_PX;
}

static void choose_sizes(struct work *work)
{
    const struct cg_page_order *order = work->order;
    struct cg_page_geometry *page = &work->geometry;
    page->width = cg_page_width(order);
    page->height = order->height;
    double reference = reference_px(page, is_strip(order));
    page->margin_px = pixels(MARGIN * reference);
    page->gutter_px = order->gutter_px >= 0 ? order->gutter_px : pixels(GUTTER * reference);
    page->row_gutter_px = (int)round(ROW_GUTTER_PER_GUTTER * page->gutter_px);
    page->header_px = order->title != NULL ? pixels(TITLE_HEADER * reference) : 0;
    page->slant = order->slant;
    page->right_to_left = order->right_to_left;
    work->ink.frame_px = order->frame_px >= 0 ? order->frame_px : pixels(FRAME * reference);
    work->ink.caption_line_px =
        work->ink.frame_px > 0.0 ? work->ink.frame_px : pixels(FRAME * reference);
    work->ink.letter_smallest_px = fmax(LETTER_SMALLEST * reference, LETTER_LEGIBLE_PX);
    work->ink.letter_largest_px = fmax(LETTER_LARGEST * reference, LETTER_LEGIBLE_PX);
    memcpy(work->ink.background, order->background, 3);
}

/* ---- before anything is drawn ---------------------------------------------------------------- */

static enum cg_status allow_files(struct cg_sandbox *sandbox, const void *context,
                                  struct cg_error *error)
{
    const struct cg_page_order *order = context;
    enum cg_status status = cg_cli_render_params_allow(sandbox, &order->looks, error);
    if (status == CG_OK)
        status = cg_fonts_allow(sandbox, error);
    if (status == CG_OK)
        status = cg_sandbox_allow(sandbox, order->font, CG_SANDBOX_READ, error);
    for (int i = 0; status == CG_OK && i < order->photo_count; i++)
        status = cg_cli_allow_picture(sandbox, order->photos[i], error);
    return status == CG_OK ? cg_sandbox_allow_output(sandbox, order->out, error) : status;
}

static int open_style(struct work *work)
{
    const struct cg_page_order *order = work->order;
    if (cg_cli_render_params_open(&order->looks, &work->engine, &work->looks, &work->error) !=
        CG_OK)
        return fail(work, CG_EXIT_MODEL);
    if (cg_session_create(work->engine, order->threads, &work->session, &work->error) != CG_OK)
        return fail(work, CG_EXIT_INPUT);
    return CG_EXIT_DONE;
}

/* No panel is larger than the page, so larger photos are reduced. */
static enum cg_status reduce(const struct cg_page_geometry *page, struct cg_image *photo,
                             struct cg_error *error)
{
    int height = page->height > 0 ? page->height : page->width;
    double scale = fmax((double)page->width / photo->width, (double)height / photo->height);
    if (scale >= 1.0)
        return CG_OK;
    struct cg_image smaller;
    enum cg_status status = cg_image_resize(photo, pixels(photo->width * scale),
                                            pixels(photo->height * scale), &smaller, error);
    if (status != CG_OK)
        return status;
    cg_image_clear(photo);
    *photo = smaller;
    return CG_OK;
}

/* What matters in a photo, its faces above all. */
static enum cg_status find_focus(struct work *work, struct part *part)
{
    struct cg_face faces[FACES_MAX];
    struct cg_crop areas[FACES_MAX];
    int count;
    enum cg_status status =
        cg_session_find_faces(work->session, &part->photo, faces, FACES_MAX, &count, &work->error);
    if (status != CG_OK)
        return status;
    for (int i = 0; i < count; i++)
        areas[i] = (struct cg_crop){(int)faces[i].x, (int)faces[i].y, (int)faces[i].width,
                                    (int)faces[i].height};
    return cg_focus_create(&part->photo, areas, count, &part->focus, &work->error);
}

static int read_photos(struct work *work)
{
    for (int i = 0; i < work->order->photo_count; i++) {
        struct part *part = &work->parts[i];
        enum cg_status status = cg_cli_read_photo(work->order->photos[i], work->order->strict,
                                                  work->order->quiet, &part->photo, &work->error);
        if (status == CG_OK)
            status = reduce(&work->geometry, &part->photo, &work->error);
        if (status == CG_OK)
            status = find_focus(work, part);
        if (status != CG_OK)
            return fail(work, CG_EXIT_INPUT);
    }
    return CG_EXIT_DONE;
}

static int lay_out(struct work *work)
{
    double aspects[CG_PAGE_PANELS_MAX];
    struct cg_panel panels[CG_PAGE_PANELS_MAX];
    int count = work->order->photo_count;
    for (int i = 0; i < count; i++)
        aspects[i] = (double)work->parts[i].photo.width / work->parts[i].photo.height;
    if (cg_layout_make(&work->geometry, work->order->layout, aspects, count, panels,
                       &work->error) != CG_OK)
        return fail(work, CG_EXIT_USAGE);
    for (int i = 0; i < count; i++)
        work->parts[i].panel = panels[i];
    return CG_EXIT_DONE;
}

static bool has_letters(const struct cg_page_order *order)
{
    bool has = order->title != NULL;
    for (int i = 0; i < order->caption_count; i++)
        has = has || order->captions[i][0] != '\0';
    return has;
}

/* Bad texts and fonts are usage errors; lack of memory is not. */
static enum cg_cli_exit letters_code(const struct work *work)
{
    return work->error.status == CG_ERR_MEMORY ? CG_EXIT_INPUT : CG_EXIT_USAGE;
}

static int set_letters(struct work *work)
{
    const struct cg_page_order *order = work->order;
    if (!has_letters(order))
        return CG_EXIT_DONE;
    if (cg_fonts_create(order->font, NULL, &work->fonts, &work->error) != CG_OK)
        return fail(work, letters_code(work));
    if (order->title != NULL && cg_page_set_title(&work->geometry, work->fonts, order->title,
                                                  &work->title, &work->error) != CG_OK)
        return cg_cli_fail(letters_code(work), "--title: %s", work->error.text);
    for (int i = 0; i < order->caption_count; i++) {
        struct part *part = &work->parts[i];
        if (order->captions[i][0] != '\0' &&
            cg_page_set_caption(&work->ink, &part->panel, work->fonts, order->captions[i],
                                &part->caption, &work->error) != CG_OK)
            return cg_cli_fail(letters_code(work), "--caption, number %d: %s", i + 1,
                               work->error.text);
    }
    return CG_EXIT_DONE;
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* The panel's picture: a comic of width x height of the cropped photo. */
static enum cg_status make_picture(struct work *work, const struct cg_image *photo,
                                   const struct cg_crop *crop, const struct cg_panel_box *box,
                                   struct cg_image *picture)
{
    const struct cg_page_geometry *page = &work->geometry;
    struct cg_render_params looks = work->looks;
    struct cg_image cropped = {0};
    enum cg_status status = cg_image_cut_out(photo, crop->x, crop->y, crop->width, crop->height,
                                             &cropped, &work->error);
    if (status == CG_OK)
        status = cg_image_resize(&cropped, box->width, box->height, picture, &work->error);
    cg_image_clear(&cropped);
    if (status != CG_OK)
        return status;
    double counted_height = fmin(page->height, PAGE_HEIGHT_COUNTED * page->width);
    double scale = PAGE_DETAIL * looks.detail_px / sqrt(page->width * counted_height);
    double detail = round(scale * fmax(box->width, box->height));
    looks.detail_px = (int)fmin(fmax(detail, DETAIL_MIN_PX), DETAIL_MAX_PX);
    return cg_session_convert(work->session, cg_image_as_pixels(picture), &looks, &work->error);
}

static enum cg_status draw_part(struct work *work, struct part *part)
{
    struct cg_panel_box box = cg_panel_box(&part->panel);
    struct cg_crop crop = cg_focus_crop(part->focus, (double)box.width / box.height);
    struct cg_image picture = {0};
    enum cg_status status = make_picture(work, &part->photo, &crop, &box, &picture);
    if (status == CG_OK)
        cg_page_draw_panel(&work->page, &work->ink, &part->panel, &picture);
    if (status == CG_OK && part->caption != NULL)
        status = cg_page_draw_caption(&work->page, &work->ink, &part->panel,
                                      work->geometry.right_to_left, part->focus, &crop,
                                      part->caption, &work->error);
    cg_image_clear(&picture);
    return status;
}

static enum cg_status write_page(struct work *work)
{
    const struct cg_page_order *order = work->order;
    const struct cg_mark_source source = {.engine = work->engine, .looks = &work->looks};
    const struct cg_image_extras extras = {.dpi = {order->dpi, order->dpi}};
    char *mark = NULL;
    enum cg_status status = order->no_mark ? CG_OK : cg_mark_make(&source, &mark, &work->error);
    const struct cg_image_write_options options = {.format = order->format,
                                                   .quality = order->quality,
                                                   .extras = &extras,
                                                   .mark = mark,
                                                   .writing = order->writing};
    if (status == CG_OK)
        status = cg_image_write(order->out, &work->page, &options, &work->error);
    free(mark);
    return status;
}

static int draw(struct work *work)
{
    enum cg_status status =
        cg_image_create(work->geometry.width, work->geometry.height, 3, &work->page, &work->error);
    if (status == CG_OK)
        cg_page_fill(&work->page, &work->ink);
    if (status == CG_OK && work->title != NULL)
        status =
            cg_page_draw_title(&work->page, &work->ink, &work->geometry, work->title, &work->error);
    for (int i = 0; status == CG_OK && i < work->order->photo_count; i++) {
        cg_terminal_line_count(&work->progress, "panels", (size_t)i + 1,
                               (size_t)work->order->photo_count);
        status = draw_part(work, &work->parts[i]);
        if (status != CG_OK)
            cg_error_prefix(&work->error, "converting %s", work->order->photos[i]);
        else if (work->order->verbose)
            cg_cli_say("%s -> panel %d", work->order->photos[i], i + 1);
        cg_image_clear(&work->parts[i].photo);
    }
    cg_terminal_line_erase(&work->progress);
    if (status == CG_OK)
        status = write_page(work);
    return status == CG_OK ? CG_EXIT_DONE : fail(work, CG_EXIT_INPUT);
}

static int make(struct work *work)
{
    int code = open_style(work);
    if (code == CG_EXIT_DONE)
        code = read_photos(work);
    if (code == CG_EXIT_DONE)
        code = lay_out(work);
    if (code == CG_EXIT_DONE)
        code = set_letters(work);
    return code == CG_EXIT_DONE ? draw(work) : code;
}

int cg_page_make(struct cg_page_order *order)
{
    struct work work = {.order = order,
                        .progress = cg_terminal_line_make(order->quiet || order->verbose)};
    if (!order->no_sandbox && cg_cli_give_up_files(allow_files, order, &work.error) != CG_OK)
        return fail(&work, CG_EXIT_INPUT);
    int code = cg_cli_render_params_read_mask(&order->looks, order->strict);
    if (code != CG_EXIT_DONE)
        return code;
    choose_sizes(&work);
    code = make(&work);
    cg_image_clear(&work.page);
    for (int i = 0; i < order->photo_count; i++) {
        cg_lettering_free(work.parts[i].caption);
        cg_focus_free(work.parts[i].focus);
        cg_image_clear(&work.parts[i].photo);
    }
    cg_lettering_free(work.title);
    cg_fonts_free(work.fonts);
    cg_session_free(work.session);
    cg_engine_free(work.engine);
    return code;
}
