/* The photos to measure: see quality_list.h. */
#include "measure/quality_list.h"

#include "base/memory.h"
#include "image/walk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void quality_list_free(char **names, size_t count)
{
    for (size_t i = 0; names != NULL && i < count; i++)
        free(names[i]);
    free(names);
}

static enum cg_status add_line(const char *path, char *line, char **names, size_t *count,
                               struct cg_error *error)
{
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] == '\0' || line[0] == '#')
        return CG_OK;
    if (*count == QUALITY_PHOTOS_MAX)
        return cg_fail(error, CG_ERR_LIMIT, "%s: more than %d photos", path, QUALITY_PHOTOS_MAX);
    names[*count] = cg_string_copy(line);
    if (names[*count] == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "%s: out of memory", path);
    ++*count;
    return CG_OK;
}

enum cg_status quality_list_read(const char *path, char **names, size_t *count,
                                 struct cg_error *error)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return cg_fail(error, CG_ERR_IO, "reading %s: %s", path, strerror(errno));
    enum cg_status status = CG_OK;
    char *line = NULL;
    size_t line_nbytes = 0;
    while (status == CG_OK && getline(&line, &line_nbytes, file) > 0)
        status = add_line(path, line, names, count, error);
    if (status == CG_OK && ferror(file))
        status = cg_fail(error, CG_ERR_IO, "reading %s: %s", path, strerror(errno));
    if (status == CG_OK && *count == 0)
        status = cg_fail(error, CG_ERR_FORMAT, "%s: no photos are listed", path);
    free(line);
    fclose(file);
    return status;
}

enum cg_status quality_list_folder(const char *dir, char **names, size_t *count,
                                   struct cg_error *error)
{
    struct cg_path_list found = {0};
    enum cg_status status =
        cg_walk_pictures(dir, &(struct cg_walk_options){0}, &found, NULL, error);
    if (status == CG_OK && found.count == 0)
        status = cg_fail(error, CG_ERR_FORMAT, "%s: no photos in it", dir);
    for (size_t i = 0; status == CG_OK && i < found.count; i++)
        status = add_line(dir, strrchr(found.paths[i], '/') + 1, names, count, error);
    cg_path_list_clear(&found);
    return status;
}
