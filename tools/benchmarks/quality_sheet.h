/* A contact sheet: pairs of photo and comic, two pairs a row, on white. */
#ifndef CG_TOOLS_QUALITY_SHEET_H
#define CG_TOOLS_QUALITY_SHEET_H

#include "image/image.h"

/* RGB, as made by quality_sheet_reduce, so both of one size. */
struct quality_pair {
    struct cg_image photo, comic;
};

/* A copy for the sheet: as large as fits its cell, never enlarged. Errors: CG_ERR_MEMORY, ... */
enum cg_status quality_sheet_reduce(const struct cg_image *picture, struct cg_image *out,
                                    struct cg_error *error);

/* Write the sheet as PNG. count is at least 1. Errors: CG_ERR_IO, CG_ERR_LIMIT (too many pairs),
 * CG_ERR_MEMORY. */
enum cg_status quality_sheet_write(const char *path, const struct quality_pair *pairs, size_t count,
                                   struct cg_error *error);

#endif
