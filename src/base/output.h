/*
 * What a command may overwrite: one rule for all commands, checked before any work.
 *
 * - An output that exists is refused unless the user gave --force.
 * - An output that is also an input of the call, under any name or link, is always refused.
 * - Nothing is written through a symbolic link owned by anyone but this user or root.
 *
 * Character devices and pipes are never overwritten and are always allowed; a disk never is.
 */
#ifndef CG_BASE_OUTPUT_H
#define CG_BASE_OUTPUT_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* How a file is written. */
enum cg_writing {
    CG_WRITE_OVER,  /* what is there is replaced */
    CG_WRITE_NEW,   /* what is there, from the start or in the end, is refused (no --force) */
    CG_WRITE_APPEND /* cg_output_open alone */
};

/* The files that a call reads. Start from all zero. */
struct cg_inputs {
    struct cg_input {
        dev_t device;
        ino_t inode;
        const char *name;
    } * files;
    size_t count, capacity;
    bool sorted;
};

/* path must outlive inputs; "-" is the standard input; NULL and anything that is not a file are
 * ignored. Errors: CG_ERR_MEMORY. */
enum cg_status cg_inputs_add(struct cg_inputs *inputs, const char *path, struct cg_error *error);
/* The same under the name that the user knows it by, which must outlive inputs. */
enum cg_status cg_inputs_add_named(struct cg_inputs *inputs, const char *path, const char *name,
                                   struct cg_error *error);
void cg_inputs_clear(struct cg_inputs *inputs);

/*
 * Whether path may be written. Errors: CG_ERR_ARGUMENT for what is there already and for an input;
 * CG_ERR_IO for a folder and for a link of another user.
 */
enum cg_status cg_output_check(struct cg_inputs *inputs, const char *path, bool force,
                               struct cg_error *error);

/* Fail because path exists already. Returns CG_ERR_ARGUMENT. */
enum cg_status cg_output_refuse_existing(const char *path, struct cg_error *error);

/*
 * Rename a finished file to its name. With CG_WRITE_NEW no file is replaced, not even one that
 * appeared just now, except for a short race on file systems with neither such a rename nor hard
 * links. Returns 0 or an errno; EEXIST if the name is taken.
 */
int cg_output_place(const char *from, const char *to, enum cg_writing writing);

/* Whether path's folder exists and is writable. Errors: CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_output_check_folder(const char *path, struct cg_error *error);

/* Where path's bytes go: the end of its links, each of which must be this user's or root's; a
 * device or pipe as it is. To be freed; NULL after an error: CG_ERR_IO, CG_ERR_MEMORY. */
char *cg_output_resolve(const char *path, struct cg_error *error);

/* Open for writing line by line. Errors: CG_ERR_IO, CG_ERR_MEMORY; CG_ERR_ARGUMENT, as of
 * cg_output_check. */
enum cg_status cg_output_open(const char *path, enum cg_writing writing, FILE **out,
                              struct cg_error *error);

#endif
