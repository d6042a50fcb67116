/* A contact sheet: each photo beside its comics, under the names of the styles, on white. */
#ifndef CG_MEASURE_QUALITY_SHEET_H
#define CG_MEASURE_QUALITY_SHEET_H

#include "image/image.h"

/* A photo and its comics, RGB, as made by quality_sheet_reduce, so all of one size. */
struct quality_strip {
    struct cg_image *pictures; /* column_count of them, owned */
};

/* A copy for the sheet: as large as fits its cell, never enlarged. Errors: CG_ERR_MEMORY, ... */
enum cg_status quality_sheet_reduce(const struct cg_image *picture, struct cg_image *out,
                                    struct cg_error *error);

/*
 * Write the sheet as PNG: two strips a row where a strip is a pair, else one. headings: of the
 * columns of a strip. count is at least 1. Errors: CG_ERR_IO, CG_ERR_LIMIT (too many pictures),
 * CG_ERR_MEMORY.
 */
enum cg_status quality_sheet_write(const char *path, const struct quality_strip *strips,
                                   size_t count, const char *const *headings, size_t column_count,
                                   struct cg_error *error);

#endif
