/*
 * A sheet of sample pictures: a row for each photo, a column for each of its layers, in cells of
 * one size. A picture is reduced to fit and lies in the upper left corner of its cell. Cells are
 * whole JPEG blocks apart, so that pictures do not run into each other.
 */
#ifndef CG_TRAIN_CORE_SHEET_H
#define CG_TRAIN_CORE_SHEET_H

#include "image/image.h"

#define CG_SHEET_ROWS_MAX 4
#define CG_SHEET_COLUMNS_MAX 4

struct cg_sheet {
    int cell_width_px, cell_height_px;
    int rows, columns;
    const char *column_names[CG_SHEET_COLUMNS_MAX];
    struct {
        int width_px, height_px;
    } pictures[CG_SHEET_ROWS_MAX]; /* the size of those of a row */
};

/* An empty sheet for the comics of photos: photo, comic, ink, colour. */
extern const struct cg_sheet CG_SHEET_OF_COMICS;

/* Append a row: its pictures, RGB and of one size, are reduced and drawn on *image, which grows
 * (start empty, clear when done). Errors: CG_ERR_MEMORY, CG_ERR_LIMIT if the sheet is full. */
enum cg_status cg_sheet_add_row(struct cg_sheet *sheet, struct cg_image *image,
                                const struct cg_image *pictures, struct cg_error *error);

#endif
