/*
 * Reading whole files, creating folders. For writing see file_writer.h.
 *
 * Error texts begin with the operation and the path: "reading a/b.png: ...". Errors are CG_ERR_IO
 * unless noted otherwise, CG_ERR_FULL when a disk is full. Paths are UTF-8 or whatever the file
 * system uses.
 */
#ifndef CG_BASE_FILE_H
#define CG_BASE_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Read a file, pipe or device to its end. *bytes receives *nbytes bytes, to be freed with
 * free(); it is non-NULL even when *nbytes is 0. Errors: CG_ERR_IO; CG_ERR_LIMIT for more than
 * limit_nbytes; CG_ERR_MEMORY. On failure *bytes is NULL and *nbytes 0.
 */
enum cg_status cg_file_read(const char *path, size_t limit_nbytes, uint8_t **bytes, size_t *nbytes,
                            struct cg_error *error);

/*
 * Read up to at_most_nbytes from the start of a file. *bytes as above. Errors: CG_ERR_IO, also for
 * anything but a regular file, since reading a pipe would consume it; CG_ERR_MEMORY.
 */
enum cg_status cg_file_read_head(const char *path, size_t at_most_nbytes, uint8_t **bytes,
                                 size_t *nbytes, struct cg_error *error);

/* Read nbytes at offset, over interruptions and short counts; how many there are, fewer only at the
 * end of the file, or -1 with errno set. Likewise written: false with errno set. */
ssize_t cg_fd_read_at(int fd, void *bytes, size_t nbytes, off_t offset);
bool cg_fd_write_at(int fd, const void *bytes, size_t nbytes, off_t offset);

/* Create a folder and its missing parents; succeeds if it exists. Errors: CG_ERR_IO,
 * CG_ERR_MEMORY. */
enum cg_status cg_folder_make(const char *path, struct cg_error *error);

/* fsync the folder that contains path, so that a rename() survives a power cut. Returns 0 or an
 * errno; file systems that cannot sync folders are not an error. */
int cg_file_flush_folder(const char *path);

/* Whether both paths lead to one file or folder. */
bool cg_file_is_same(const char *a, const char *b);

/* The last component of path, ignoring trailing slashes. To be freed; NULL if out of memory. */
char *cg_path_base_name(const char *path);

/* The folder that path lies in: all of it up to its last slash, or ".". To be freed; NULL when
 * memory is short. */
char *cg_path_folder(const char *path);

#endif
