/* The sheet of all styles: see preview_sheet.h. */
#include "cli/preview/preview_sheet.h"

#include "page/compose.h"

#include <math.h>

#define GAP_PX 24
#define LABEL_PX 44            /* the room for a name, */
#define LABEL_MIN_WIDTH_PX 220 /* which is legible from this width on */
#define LETTER_MAX_PX 26
#define LETTER_MIN_PX 4 /* of the longest names */
#define CELL_MIN_HEIGHT_PX 48
#define FRAME_PX 2
#define FRAMED_MIN_PX 16 /* a smaller picture would be all frame */
#define SHEET_ASPECT 1.6 /* of a screen */
#define EMPTY_CELLS 2.0  /* their weight against the grid's shape */

/* ---- the grid -------------------------------------------------------------------------------- */

static struct cg_preview_grid grid_of(int columns, int count, int width, int height)
{
    struct cg_preview_grid grid = {
        .columns = columns,
        .rows = (count + columns - 1) / columns,
        .cell_width = width > LABEL_MIN_WIDTH_PX ? width : LABEL_MIN_WIDTH_PX,
        .cell_height = height > CELL_MIN_HEIGHT_PX ? height : CELL_MIN_HEIGHT_PX,
        .label_height = LABEL_PX,
        .gap = GAP_PX,
    };
    grid.width = columns * (grid.cell_width + grid.gap) + grid.gap;
    grid.height = grid.rows * (grid.cell_height + grid.label_height + grid.gap) + grid.gap;
    return grid;
}

/* 0 for a full grid with a screen's shape. */
static double badness(const struct cg_preview_grid *grid, int count)
{
    int cells = grid->columns * grid->rows;
    return fabs(log((double)grid->width / grid->height / SHEET_ASPECT)) +
           EMPTY_CELLS * (cells - count) / cells;
}

struct cg_preview_grid cg_preview_grid_make(size_t count, int width, int height)
{
    struct cg_preview_grid best = grid_of(1, (int)count, width, height);
    for (int columns = 2; columns <= (int)count; columns++) {
        struct cg_preview_grid grid = grid_of(columns, (int)count, width, height);
        if (badness(&grid, (int)count) < badness(&best, (int)count))
            best = grid;
    }
    return best;
}

/* ---- drawing --------------------------------------------------------------------------------- */

struct sheet {
    struct cg_preview_grid grid;
    struct cg_fonts *fonts;
    struct cg_image *image;
};

static void draw_picture(const struct sheet *sheet, const struct cg_image *picture, int x, int y)
{
    bool framed = picture->width >= FRAMED_MIN_PX && picture->height >= FRAMED_MIN_PX;
    const struct cg_page_ink ink = {.frame_px = framed ? FRAME_PX : 0};
    double left = x + (sheet->grid.cell_width - picture->width) / 2;
    double top = y + (sheet->grid.cell_height - picture->height) / 2;
    double right = left + picture->width, bottom = top + picture->height;
    const struct cg_panel panel = {{left, right, right, left}, {top, top, bottom, bottom}};
    cg_page_draw_panel(sheet->image, &ink, &panel, picture);
}

static enum cg_status draw_label(const struct sheet *sheet, const char *text, int x, int y,
                                 struct cg_error *error)
{
    static const uint8_t black[3] = {16, 14, 16};
    const struct cg_letter_box box = {sheet->grid.cell_width, sheet->grid.label_height,
                                      LETTER_MIN_PX, LETTER_MAX_PX};
    struct cg_lettering *label;
    enum cg_status status = cg_lettering_create(sheet->fonts, text, &box, &label, error);
    if (status != CG_OK)
        return status;
    double left = x + 0.5 * (box.width - cg_lettering_width(label));
    double top = y + sheet->grid.cell_height + 0.5 * (box.height - cg_lettering_height(label));
    status = cg_lettering_draw(label, sheet->image, left, top, CG_LETTER_MIDDLE, black, error);
    cg_lettering_free(label);
    return status;
}

static enum cg_status draw_cell(const struct sheet *sheet, size_t number,
                                const struct cg_image *picture, const char *text,
                                struct cg_error *error)
{
    const struct cg_preview_grid *grid = &sheet->grid;
    int column = (int)number % grid->columns, row = (int)number / grid->columns;
    int x = grid->gap + column * (grid->cell_width + grid->gap);
    int y = grid->gap + row * (grid->cell_height + grid->label_height + grid->gap);
    draw_picture(sheet, picture, x, y);
    return draw_label(sheet, text, x, y, error);
}

static enum cg_status draw_cells(const struct sheet *sheet, const struct cg_preview *preview,
                                 struct cg_error *error)
{
    const struct cg_page_ink white = {.background = {255, 255, 255}};
    cg_page_fill(sheet->image, &white);
    enum cg_status status = draw_cell(sheet, 0, &preview->photo, "the photo", error);
    for (size_t i = 0; status == CG_OK && i < preview->count; i++)
        status = draw_cell(sheet, i + 1, &preview->pictures[i].image, preview->pictures[i].options,
                           error);
    return status;
}

enum cg_status cg_preview_sheet_draw(const struct cg_preview *preview, struct cg_image *out,
                                     struct cg_error *error)
{
    struct sheet sheet = {
        .grid =
            cg_preview_grid_make(preview->count + 1, preview->photo.width, preview->photo.height),
        .image = out,
    };
    *out = (struct cg_image){0};
    enum cg_status status = cg_fonts_create(NULL, NULL, &sheet.fonts, error);
    if (status == CG_OK)
        status = cg_image_create(sheet.grid.width, sheet.grid.height, 3, out, error);
    if (status == CG_OK)
        status = draw_cells(&sheet, preview, error);
    cg_fonts_free(sheet.fonts);
    if (status != CG_OK)
        cg_image_clear(out);
    return status;
}
