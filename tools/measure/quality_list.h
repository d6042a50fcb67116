/* The names of the photos that comicgan-quality measures. */
#ifndef CG_MEASURE_QUALITY_LIST_H
#define CG_MEASURE_QUALITY_LIST_H

#include "base/error.h"

#include <stddef.h>

#define QUALITY_PHOTOS_MAX 1000

/* Add names to those that names, with room for QUALITY_PHOTOS_MAX, has already: the lines of a
 * file, without comments; the pictures in a folder. Errors: CG_ERR_IO, CG_ERR_FORMAT (none there),
 * CG_ERR_LIMIT, CG_ERR_MEMORY. */
enum cg_status quality_list_read(const char *path, char **names, size_t *count,
                                 struct cg_error *error);
enum cg_status quality_list_folder(const char *dir, char **names, size_t *count,
                                   struct cg_error *error);
void quality_list_free(char **names, size_t count);

#endif
