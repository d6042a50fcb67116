/* Finding picture files in a tree of folders. */
#ifndef CG_TRAIN_WALK_H
#define CG_TRAIN_WALK_H

#include "base/error.h"

struct cg_path_list {
    char **paths;
    size_t count, capacity;
};

/*
 * Add to list the paths of all PNG and JPEG files (by their ending, any case) under dir, each
 * beginning with dir, sorted by bytes. Names that start with a dot are left out, files and folders
 * alike, and so are pipes and devices; a link to nothing is listed, so that it is noticed. Links
 * are followed; a folder met a second time (a loop, two links) is not entered again. Errors:
 * CG_ERR_IO (a folder cannot be listed), CG_ERR_MEMORY; the list then holds what had been found and
 * is cleared as usual.
 */
enum cg_status cg_walk_pictures(const char *dir, struct cg_path_list *list, struct cg_error *error);

/* Add a copy of one path as it is. Error: CG_ERR_MEMORY. */
enum cg_status cg_path_list_add(struct cg_path_list *list, const char *path,
                                struct cg_error *error);

void cg_path_list_clear(struct cg_path_list *list);

#endif
