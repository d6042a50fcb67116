/* A sheet of sample pictures: see sheet.h. */
#include "train/core/sheet.h"

#include <string.h>

#define PICTURE_WIDTH_PX 540
#define PICTURE_HEIGHT_PX 360
#define CELL_WIDTH_PX 544
#define CELL_HEIGHT_PX 368
#define PAPER 255

const struct cg_sheet CG_SHEET_OF_COMICS = {
    .cell_width_px = CELL_WIDTH_PX,
    .cell_height_px = CELL_HEIGHT_PX,
    .columns = 4,
    .column_names = {"photo", "comic", "ink", "colour"},
};

static size_t row_nbytes(const struct cg_sheet *sheet)
{
    return 3 * (size_t)sheet->columns * (size_t)sheet->cell_width_px *
           (size_t)sheet->cell_height_px;
}

/* The size of pictures that are reduced to fit into a cell. */
static void fit(const struct cg_image *picture, int *width, int *height)
{
    double scale = 1.0;
    if (picture->width > PICTURE_WIDTH_PX)
        scale = (double)PICTURE_WIDTH_PX / picture->width;
    if (picture->height * scale > PICTURE_HEIGHT_PX)
        scale = (double)PICTURE_HEIGHT_PX / picture->height;
    *width = (int)(picture->width * scale + 0.5);
    *height = (int)(picture->height * scale + 0.5);
    *width = *width < 1 ? 1 : *width;
    *height = *height < 1 ? 1 : *height;
}

/* One more row of blank paper. */
static enum cg_status grow(struct cg_sheet *sheet, struct cg_image *image, struct cg_error *error)
{
    struct cg_image larger;
    size_t old_nbytes = row_nbytes(sheet) * (size_t)sheet->rows;
    if (sheet->rows == CG_SHEET_ROWS_MAX)
        return cg_fail(error, CG_ERR_LIMIT, "sheet of samples: expected at most %d photos",
                       CG_SHEET_ROWS_MAX);
    enum cg_status status =
        cg_image_create(sheet->columns * sheet->cell_width_px,
                        (sheet->rows + 1) * sheet->cell_height_px, 3, &larger, error);
    if (status != CG_OK)
        return status;
    if (image->pixels != NULL)
        memcpy(larger.pixels, image->pixels, old_nbytes);
    memset(larger.pixels + old_nbytes, PAPER, row_nbytes(sheet));
    cg_image_clear(image);
    *image = larger;
    sheet->rows++;
    return CG_OK;
}

static void place(const struct cg_image *picture, int left, int top, struct cg_image *image)
{
    size_t line_nbytes = 3 * (size_t)picture->width;
    for (int y = 0; y < picture->height; y++)
        memcpy(image->pixels + 3 * ((size_t)(top + y) * (size_t)image->width + (size_t)left),
               picture->pixels + (size_t)y * line_nbytes, line_nbytes);
}

enum cg_status cg_sheet_add_row(struct cg_sheet *sheet, struct cg_image *image,
                                const struct cg_image *pictures, struct cg_error *error)
{
    int width, height, row = sheet->rows;
    fit(&pictures[0], &width, &height);
    enum cg_status status = grow(sheet, image, error);
    for (int c = 0; status == CG_OK && c < sheet->columns; c++) {
        struct cg_image small;
        status = cg_image_resize(&pictures[c], width, height, &small, error);
        if (status != CG_OK)
            break;
        place(&small, c * sheet->cell_width_px, row * sheet->cell_height_px, image);
        cg_image_clear(&small);
    }
    if (status == CG_OK) {
        sheet->pictures[row].width_px = width;
        sheet->pictures[row].height_px = height;
    }
    return status;
}
