/*
 * The contact sheet: see train_common.h. Rows are justified: a row's pictures have one height, so
 * that with the gaps they are as wide as the sheet.
 */
#include "cli/train/train_common.h"

#include "base/memory.h"
#include "comic/engine.h"
#include "comicgan/comicgan.h"

#include <stdlib.h>
#include <string.h>

#define SHEET_WIDTH_PX 2000
#define MARGIN_PX 24
#define GAP_PX 8          /* between a photo and its comic */
#define SPACE_PX 24       /* between pairs, panels and rows */
#define PANELS_MAX_PX 480 /* height */
#define PAIRS_MAX_PX 640
#define PAIRS_IN_ROW 2
#define PAPER 246
#define QUALITY 90

/* ---- collecting ------------------------------------------------------------------------------ */

void cg_cli_contact_collect(struct cg_cli_contact *contact, const struct cg_dataset *dataset)
{
    struct cg_dataset_counts counts;
    cg_dataset_get_counts(dataset, &counts);
    const size_t wanted =
        counts.comics < CG_CLI_CONTACT_PANELS_MAX ? counts.comics : CG_CLI_CONTACT_PANELS_MAX;
    for (size_t i = 0; i < wanted; i++) {
        if (cg_dataset_panel(dataset, i * counts.comics / wanted,
                             &contact->panels[contact->panel_count], NULL) == CG_OK)
            contact->panel_count++;
        else
            contact->incomplete = true;
    }
    const size_t photos = counts.validation < CG_CLI_CONTACT_PHOTOS_MAX ? counts.validation
                                                                        : CG_CLI_CONTACT_PHOTOS_MAX;
    for (size_t i = 0; i < photos; i++) {
        char *path =
            cg_string_copy(cg_dataset_validation_path(dataset, i * counts.validation / photos));
        if (path != NULL)
            contact->photos[contact->photo_count++] = path;
        else
            contact->incomplete = true;
    }
}

void cg_cli_contact_clear(struct cg_cli_contact *contact)
{
    for (int i = 0; i < contact->panel_count; i++)
        cg_image_clear(&contact->panels[i]);
    for (int i = 0; i < contact->photo_count; i++)
        free(contact->photos[i]);
    *contact = (struct cg_cli_contact){0};
}

/* ---- the sheet ------------------------------------------------------------------------------- */

/* A row: pictures side by side, each followed by its gap. */
struct row {
    const struct cg_image *pictures;
    const int *gaps;
    int count, height_max;
};

/* The height at which the row is as wide as the sheet, or its limit. */
static int row_height(const struct row *row)
{
    double shapes = 0.0;
    int width = SHEET_WIDTH_PX - 2 * MARGIN_PX;
    for (int i = 0; i < row->count; i++) {
        shapes += (double)row->pictures[i].width / row->pictures[i].height;
        width -= i + 1 < row->count ? row->gaps[i] : 0;
    }
    int height = (int)(width / shapes);
    height = height < row->height_max ? height : row->height_max;
    return height < 1 ? 1 : height;
}

static enum cg_status grow(struct cg_image *sheet, int by_px, struct cg_error *error)
{
    const size_t line = 3 * (size_t)SHEET_WIDTH_PX;
    const size_t old = sheet->pixels != NULL ? (size_t)sheet->height * line : 0;
    struct cg_image larger;
    enum cg_status status =
        cg_image_create(SHEET_WIDTH_PX, (int)(old / line) + by_px, 3, &larger, error);
    if (status != CG_OK)
        return status;
    if (old > 0)
        memcpy(larger.pixels, sheet->pixels, old);
    memset(larger.pixels + old, PAPER, (size_t)by_px * line);
    cg_image_clear(sheet);
    *sheet = larger;
    return CG_OK;
}

static void place(const struct cg_image *picture, int left, int top, struct cg_image *sheet)
{
    for (int y = 0; y < picture->height; y++)
        memcpy(sheet->pixels + 3 * ((size_t)(top + y) * (size_t)sheet->width + (size_t)left),
               picture->pixels + 3 * (size_t)y * (size_t)picture->width,
               3 * (size_t)picture->width);
}

static enum cg_status add_row(struct cg_image *sheet, const struct row *row, struct cg_error *error)
{
    const int height = row_height(row);
    const int top = sheet->pixels != NULL ? sheet->height : MARGIN_PX;
    int left = MARGIN_PX;
    enum cg_status status = grow(sheet, top + height + SPACE_PX - sheet->height, error);
    for (int i = 0; status == CG_OK && i < row->count; i++) {
        const struct cg_image *picture = &row->pictures[i];
        struct cg_image small;
        int width = (int)((double)picture->width * height / picture->height + 0.5);
        int room = SHEET_WIDTH_PX - MARGIN_PX - left;
        width = width > room ? room : width < 1 ? 1 : width;
        status = cg_image_resize(picture, width, height, &small, error);
        if (status != CG_OK)
            break;
        place(&small, left, top, sheet);
        left += width + row->gaps[i];
        cg_image_clear(&small);
    }
    return status;
}

static enum cg_status add_panels(struct cg_image *sheet, const struct cg_cli_contact *contact,
                                 struct cg_error *error)
{
    int gaps[CG_CLI_CONTACT_PANELS_MAX];
    for (int i = 0; i < CG_CLI_CONTACT_PANELS_MAX; i++)
        gaps[i] = SPACE_PX;
    const struct row row = {contact->panels, gaps, contact->panel_count, PANELS_MAX_PX};
    return row.count > 0 ? add_row(sheet, &row, error) : CG_OK;
}

/* A photo, and the session's comic of it; both must be cleared even after an error. */
static enum cg_status make_pair(struct cg_session *session, const struct cg_render_params *looks,
                                const char *path, struct cg_image pair[2], struct cg_error *error)
{
    pair[0] = pair[1] = (struct cg_image){0};
    enum cg_status status =
        cg_image_read(path, &(struct cg_image_read_options){.channels = 3}, &pair[0], NULL, error);
    if (status == CG_OK)
        status = cg_image_create(pair[0].width, pair[0].height, 3, &pair[1], error);
    if (status != CG_OK)
        return status;
    memcpy(pair[1].pixels, pair[0].pixels, 3 * (size_t)pair[0].width * (size_t)pair[0].height);
    return cg_session_convert(session, cg_image_as_pixels(&pair[1]), looks, error);
}

static enum cg_status add_pairs(struct cg_image *sheet, const struct cg_cli_contact *contact,
                                struct cg_session *session, const struct cg_render_params *looks,
                                struct cg_error *error)
{
    static const int gaps[2 * PAIRS_IN_ROW] = {GAP_PX, SPACE_PX, GAP_PX, SPACE_PX};
    enum cg_status status = CG_OK;
    for (int first = 0; status == CG_OK && first < contact->photo_count; first += PAIRS_IN_ROW) {
        struct cg_image pictures[2 * PAIRS_IN_ROW] = {{0}};
        struct row row = {pictures, gaps, 0, PAIRS_MAX_PX};
        for (int i = first; status == CG_OK && i < first + PAIRS_IN_ROW; i++) {
            if (i >= contact->photo_count)
                break;
            status = make_pair(session, looks, contact->photos[i], &pictures[row.count], error);
            row.count += 2;
        }
        if (status == CG_OK)
            status = add_row(sheet, &row, error);
        for (int i = 0; i < 2 * PAIRS_IN_ROW; i++)
            cg_image_clear(&pictures[i]);
    }
    return status;
}

enum cg_status cg_cli_contact_write(const struct cg_cli_contact *contact, const char *model_path,
                                    const char *path, int threads, struct cg_error *error)
{
    struct cg_engine *engine = NULL;
    struct cg_session *session = NULL;
    struct cg_image sheet = {0};
    if (contact->photo_count == 0 && contact->panel_count == 0)
        return cg_fail(error, CG_ERR_STATE,
                       "%s: neither comics nor photos held out to show: expected at least 8 photos",
                       path);
    enum cg_status status = cg_engine_open(model_path, &engine, error);
    if (status == CG_OK)
        status = cg_session_create(engine, threads, &session, error);
    if (status == CG_OK)
        status = add_panels(&sheet, contact, error);
    if (status == CG_OK) {
        status = add_pairs(&sheet, contact, session, &engine->looks, error);
    }
    if (status == CG_OK) {
        const struct cg_image_write_options options = {.format = CG_IMAGE_JPEG, .quality = QUALITY};
        status = cg_image_write(path, &sheet, &options, error);
    }
    cg_image_clear(&sheet);
    cg_session_free(session);
    cg_engine_free(engine);
    return status;
}
