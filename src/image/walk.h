/* Finding picture files in a tree of folders. */
#ifndef CG_IMAGE_WALK_H
#define CG_IMAGE_WALK_H

#include "base/output.h"
#include "image/image.h"

struct cg_path_list {
    char **paths;
    size_t count, capacity;
};

struct cg_walk_options {
    bool recursive;      /* also the folders below */
    bool follow_folders; /* enter folders that are links, each folder once */
    const char *skip;    /* a folder below dir that is not entered; NULL: none */
    /* Called with the reason for each folder or file below dir that cannot be read (no permission,
     * a path too long) and is skipped; NULL: that is an error. */
    void (*unlisted)(void *context, const struct cg_error *why);
    /* Called with each folder before it is listed, or NULL. */
    enum cg_status (*entered)(void *context, const char *dir, struct cg_error *error);
    void *context;
};

/* What was left out, except folders not entered because of recursive or skip. */
struct cg_walk_left_out {
    size_t hidden;                        /* files and folders whose names begin with a dot */
    size_t links;                         /* to folders */
    size_t others;                        /* files that are not pictures; pipes, devices */
    size_t unlisted;                      /* reported by unlisted */
    size_t unread[CG_IMAGE_FORMAT_COUNT]; /* pictures of kinds that this build does not read */
};

#define CG_WALK_UNREAD_NBYTES 128

/* "6 HEIC, 2 WebP"; "" for none. Returns text. */
char *cg_walk_unread_text(const size_t unread[CG_IMAGE_FORMAT_COUNT],
                          char text[CG_WALK_UNREAD_NBYTES]);

/* Check that dir is a folder, before work that comes to it late. Errors: CG_ERR_IO. */
enum cg_status cg_walk_check_folder(const char *dir, struct cg_error *error);

/*
 * Add to list the paths of readable pictures in dir (by their ending, in any case), each beginning
 * with dir, sorted by bytes, and to left_out (or NULL) what was skipped. Hidden files and folders
 * are left out. Links to files are followed; a dangling link is listed, so that it is noticed.
 * Errors: CG_ERR_IO (a folder cannot be listed), CG_ERR_MEMORY; the list then holds what had been
 * found and is cleared as usual.
 */
enum cg_status cg_walk_pictures(const char *dir, const struct cg_walk_options *options,
                                struct cg_path_list *list, struct cg_walk_left_out *left_out,
                                struct cg_error *error);

/* Add path, or all pictures below it, to the inputs of a call; path must outlive them. Errors: as
 * above. */
enum cg_status cg_walk_add_inputs(const char *path, struct cg_inputs *inputs,
                                  struct cg_error *error);

/* Add path, which the list takes over even on failure: path is NULL, or out of memory. */
bool cg_path_list_add(struct cg_path_list *list, char *path);

/* Sort by bytes. */
void cg_path_list_sort(struct cg_path_list *list);

void cg_path_list_clear(struct cg_path_list *list);

#endif
