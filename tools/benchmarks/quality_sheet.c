/* The contact sheet: see quality_sheet.h. A row is as high as its highest pair. */
#include "quality_sheet.h"

#include "base/memory.h"

#include <string.h>

enum {
    PAIRS_A_ROW = 2,
    CELL_WIDTH_PX = 350, /* of one picture; a pair is 704 wide */
    CELL_HEIGHT_PX = 480,
    SEAM_PX = 4, /* between photo and comic */
    GAP_PX = 16, /* around pairs */
    PAIR_PX = 2 * CELL_WIDTH_PX + SEAM_PX,
    SHEET_PX = GAP_PX + PAIRS_A_ROW * (PAIR_PX + GAP_PX)
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

/* Height of the row of pairs that begins at first. */
static int row_height(const struct quality_pair *pairs, size_t count, size_t first)
{
    int height = 0;
    for (size_t i = first; i < count && i < first + PAIRS_A_ROW; i++)
        height = pairs[i].photo.height > height ? pairs[i].photo.height : height;
    return height;
}

static enum cg_status sheet_create(const struct quality_pair *pairs, size_t count,
                                   struct cg_image *out, struct cg_error *error)
{
    int64_t height = GAP_PX;
    for (size_t i = 0; i < count; i += PAIRS_A_ROW)
        height += row_height(pairs, count, i) + GAP_PX;
    if (height > CG_IMAGE_SIDE_MAX_PX)
        return cg_fail(error, CG_ERR_LIMIT, "contact sheet: %zu pairs are too many", count);
    enum cg_status status = cg_image_create(SHEET_PX, (int)height, 3, out, error);
    if (status == CG_OK)
        memset(out->pixels, 255, 3 * (size_t)SHEET_PX * (size_t)height);
    return status;
}

enum cg_status quality_sheet_write(const char *path, const struct quality_pair *pairs, size_t count,
                                   struct cg_error *error)
{
    struct cg_image sheet;
    enum cg_status status = sheet_create(pairs, count, &sheet, error);
    if (status != CG_OK)
        return status;
    int top = GAP_PX;
    for (size_t i = 0; i < count; i++) {
        int left = GAP_PX + (int)(i % PAIRS_A_ROW) * (PAIR_PX + GAP_PX);
        paste(&pairs[i].photo, &sheet, left, top);
        paste(&pairs[i].comic, &sheet, left + pairs[i].photo.width + SEAM_PX, top);
        if (i % PAIRS_A_ROW == PAIRS_A_ROW - 1)
            top += row_height(pairs, count, i + 1 - PAIRS_A_ROW) + GAP_PX;
    }
    status = cg_image_write(path, &sheet, &(struct cg_image_write_options){.format = CG_IMAGE_PNG},
                            error);
    cg_image_clear(&sheet);
    return status;
}
