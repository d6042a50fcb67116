/* The sheet: photo and comics in a grid, each above the option that makes it. */
#ifndef CG_CLI_PREVIEW_PREVIEW_SHEET_H
#define CG_CLI_PREVIEW_PREVIEW_SHEET_H

#include "cli/preview/preview_pictures.h"

/* Lengths in pixels. A cell holds a picture with its name below. */
struct cg_preview_grid {
    int columns, rows;
    int cell_width, cell_height, label_height;
    int gap; /* between cells, and around all */
    int width, height;
};

/* The grid for count pictures of width x height, with a shape that suits a screen. */
struct cg_preview_grid cg_preview_grid_make(size_t count, int width, int height);

/* *out is created. Errors: CG_ERR_IO where no font is found, CG_ERR_LIMIT, CG_ERR_MEMORY. */
enum cg_status cg_preview_sheet_draw(const struct cg_preview *preview, struct cg_image *out,
                                     struct cg_error *error);

#endif
