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
    bool follow_folders; /* enter folders that are links; one met a second time is not entered */
    const char *skip;    /* a folder below dir that is not entered; NULL: none */
    /* Called with the reason for each folder or file below dir that cannot be looked at (no
     * permission, a path too long), which is then passed by; NULL: such a one is an error. */
    void (*unlisted)(void *context, const struct cg_error *why);
    /* Called with each folder that is entered, before it is listed; NULL: not wanted. */
    enum cg_status (*entered)(void *context, const char *dir, struct cg_error *error);
    void *context;
};

/* What was left out; folders that are not entered for want of recursive, and skip, do not count. */
struct cg_walk_left_out {
    size_t hidden;                        /* files and folders whose names begin with a dot */
    size_t links;                         /* to folders */
    size_t others;                        /* files that are no pictures; pipes, devices */
    size_t unlisted;                      /* what unlisted was called with */
    size_t unread[CG_IMAGE_FORMAT_COUNT]; /* pictures of kinds that this build does not read */
};

#define CG_WALK_UNREAD_NBYTES 128

/* "6 HEIC, 2 WebP"; "" for none. Returns text. */
char *cg_walk_unread_text(const size_t unread[CG_IMAGE_FORMAT_COUNT],
                          char text[CG_WALK_UNREAD_NBYTES]);

/*
 * Add to list the paths of the pictures that are read (by their ending, any case) in dir, each
 * beginning with dir, sorted by bytes, and to left_out (NULL: not wanted) what was passed by.
 * Hidden files and folders are left out. Links to files are followed; a link to nothing is listed,
 * so that it is noticed. Errors: CG_ERR_IO (a folder cannot be listed), CG_ERR_MEMORY; the list
 * then holds what had been found and is cleared as usual.
 */
enum cg_status cg_walk_pictures(const char *dir, const struct cg_walk_options *options,
                                struct cg_path_list *list, struct cg_walk_left_out *left_out,
                                struct cg_error *error);

/* Add path, or what a walk of all below it finds, to the inputs of a call; it must outlive them.
 * Errors: as above. */
enum cg_status cg_walk_add_inputs(const char *path, struct cg_inputs *inputs,
                                  struct cg_error *error);

/* Add path, which the list takes over, also when it fails: NULL, or memory is short. */
bool cg_path_list_add(struct cg_path_list *list, char *path);

void cg_path_list_clear(struct cg_path_list *list);

#endif
