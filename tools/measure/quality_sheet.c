/*
 * The contact sheet: see quality_sheet.h. A row is as high as its highest strip. Headings are set
 * in stb_easy_font, whose letters are made of rectangles and need no font file.
 */
#include "measure/quality_sheet.h"

#include "base/memory.h"

#include <stb_easy_font.h>
#include <stdlib.h>
#include <string.h>

enum {
    CELL_WIDTH_PX = 350,
    CELL_HEIGHT_PX = 480,
    SEAM_PX = 4, /* between the pictures of a strip */
    GAP_PX = 16, /* around strips */
    LETTER_SCALE = 2,
    HEADING_PX = 12 * LETTER_SCALE,
    LETTERS_MAX = 24, /* as many as surely fit a cell */
    QUADS_MAX = 2000
};

/* Where things go. */
struct layout {
    size_t strips_a_row, columns;
    int strip_px; /* width of a strip */
    struct cg_image sheet;
};

static int scaled(int side, double scale)
{
    int result = (int)(side * scale + 0.5);
    return result > 0 ? result : 1;
}

enum cg_status quality_sheet_reduce(const struct cg_image *picture, struct cg_image *out,
                                    struct cg_error *error)
{
    double across = (double)CELL_WIDTH_PX / picture->width;
    double down = (double)CELL_HEIGHT_PX / picture->height;
    double scale = across < down ? across : down;
    scale = scale < 1.0 ? scale : 1.0;
    return cg_image_resize(picture, scaled(picture->width, scale), scaled(picture->height, scale),
                           out, error);
}

static void paste(const struct cg_image *picture, const struct cg_image *sheet, int left, int top)
{
    size_t row_nbytes = 3 * (size_t)picture->width;
    for (int y = 0; y < picture->height; y++) {
        size_t to = (size_t)(top + y) * (size_t)sheet->width + (size_t)left;
        memcpy(sheet->pixels + 3 * to, picture->pixels + (size_t)y * row_nbytes, row_nbytes);
    }
}

/* ---- headings -------------------------------------------------------------------------------- */

/* A corner as stb_easy_font writes it. */
struct corner {
    float x, y, z;
    unsigned char colour[4];
};

/* Paint a rectangle black, from corner a to the one opposite. */
static void fill(const struct cg_image *sheet, const struct corner *a, const struct corner *b,
                 int left, int top)
{
    for (int y = (int)a->y * LETTER_SCALE; y < (int)b->y * LETTER_SCALE; y++)
        for (int x = (int)a->x * LETTER_SCALE; x < (int)b->x * LETTER_SCALE; x++)
            if (left + x < sheet->width && top + y < sheet->height) {
                size_t at = (size_t)(top + y) * (size_t)sheet->width + (size_t)(left + x);
                memset(sheet->pixels + 3 * at, 0, 3);
            }
}

/* The text, cut to what a cell holds. */
static void set_heading(const struct cg_image *sheet, const char *text, int left, int top)
{
    struct corner corners[4 * QUADS_MAX];
    char cut[LETTERS_MAX + 1] = "";
    strncat(cut, text, LETTERS_MAX);
    for (char *c = cut; *c != '\0'; c++)
        *c = *c < 32 || *c > 126 ? '?' : *c; /* all the letters it has */
    int quads = stb_easy_font_print(0.0f, 0.0f, cut, NULL, corners, sizeof(corners));
    for (int i = 0; i < quads; i++)
        fill(sheet, &corners[4 * i], &corners[4 * i + 2], left, top);
}

/* ---- the sheet ------------------------------------------------------------------------------- */

static int cell_left(const struct layout *layout, size_t strip, size_t column)
{
    int strip_left = GAP_PX + (int)(strip % layout->strips_a_row) * (layout->strip_px + GAP_PX);
    return strip_left + (int)column * (CELL_WIDTH_PX + SEAM_PX);
}

/* Height of the row of strips that begins at first. */
static int row_height(const struct layout *layout, const struct quality_strip *strips, size_t count,
                      size_t first)
{
    int height = 0;
    for (size_t i = first; i < count && i < first + layout->strips_a_row; i++) {
        int strip = strips[i].pictures[0].height;
        height = strip > height ? strip : height;
    }
    return height;
}

static enum cg_status sheet_create(struct layout *layout, const struct quality_strip *strips,
                                   size_t count, struct cg_error *error)
{
    int64_t height = GAP_PX + HEADING_PX;
    for (size_t i = 0; i < count; i += layout->strips_a_row)
        height += row_height(layout, strips, count, i) + GAP_PX;
    int64_t width = GAP_PX + (int64_t)layout->strips_a_row * (layout->strip_px + GAP_PX);
    if (height > CG_IMAGE_SIDE_MAX_PX || width > CG_IMAGE_SIDE_MAX_PX)
        return cg_fail(error, CG_ERR_LIMIT, "contact sheet: %zu photos in %zu columns are too many",
                       count, layout->columns);
    enum cg_status status = cg_image_create((int)width, (int)height, 3, &layout->sheet, error);
    if (status == CG_OK)
        memset(layout->sheet.pixels, 255, 3 * (size_t)width * (size_t)height);
    return status;
}

static void fill_sheet(const struct layout *layout, const struct quality_strip *strips,
                       size_t count, const char *const *headings)
{
    int top = GAP_PX + HEADING_PX;
    for (size_t i = 0; i < layout->strips_a_row && i < count; i++)
        for (size_t column = 0; column < layout->columns; column++)
            set_heading(&layout->sheet, headings[column], cell_left(layout, i, column), GAP_PX);
    for (size_t i = 0; i < count; i++) {
        for (size_t column = 0; column < layout->columns; column++)
            paste(&strips[i].pictures[column], &layout->sheet, cell_left(layout, i, column), top);
        if ((i + 1) % layout->strips_a_row == 0)
            top += row_height(layout, strips, count, i + 1 - layout->strips_a_row) + GAP_PX;
    }
}

enum cg_status quality_sheet_write(const char *path, const struct quality_strip *strips,
                                   size_t count, const char *const *headings, size_t column_count,
                                   struct cg_error *error)
{
    struct layout layout = {.strips_a_row = column_count <= 2 ? 2 : 1,
                            .columns = column_count,
                            .strip_px = (int)column_count * (CELL_WIDTH_PX + SEAM_PX) - SEAM_PX};
    enum cg_status status = sheet_create(&layout, strips, count, error);
    if (status != CG_OK)
        return status;
    fill_sheet(&layout, strips, count, headings);
    status = cg_image_write(path, &layout.sheet,
                            &(struct cg_image_write_options){.format = CG_IMAGE_PNG}, error);
    cg_image_clear(&layout.sheet);
    return status;
}
