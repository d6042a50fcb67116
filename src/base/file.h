/*
 * Files: reading them whole, making folders. Writing is file_writer.h.
 *
 * Every failure's text begins with what was being done and the path, "reading a/b.png: ...". Errors
 * are CG_ERR_IO unless said otherwise, CG_ERR_FULL where a disk is full. Paths are UTF-8 or
 * whatever the file system holds.
 */
#ifndef CG_BASE_FILE_H
#define CG_BASE_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Read a file, pipe or device to its end. *bytes holds *nbytes bytes and is to be freed with
 * free(); it is valid also when *nbytes is 0. Errors: CG_ERR_IO; CG_ERR_LIMIT for more than
 * limit_nbytes; CG_ERR_MEMORY. Then *bytes is NULL and *nbytes 0.
 */
enum cg_status cg_file_read(const char *path, size_t limit_nbytes, uint8_t **bytes, size_t *nbytes,
                            struct cg_error *error);

/*
 * Read the first bytes of a file: at_most_nbytes, or all if it has no more. *bytes as above.
 * Errors: CG_ERR_IO, also for what is not a file, as a pipe would lose them; CG_ERR_MEMORY.
 */
enum cg_status cg_file_read_head(const char *path, size_t at_most_nbytes, uint8_t **bytes,
                                 size_t *nbytes, struct cg_error *error);

/* Read nbytes at offset, over interruptions and short counts; how many there are, fewer only at the
 * end of the file, or -1 with errno set. Likewise written: false with errno set. */
ssize_t cg_fd_read_at(int fd, void *bytes, size_t nbytes, off_t offset);
bool cg_fd_write_at(int fd, const void *bytes, size_t nbytes, off_t offset);

/* Make a folder and those above it that are missing. Fine if it is there. Errors: CG_ERR_IO,
 * CG_ERR_MEMORY. */
enum cg_status cg_folder_make(const char *path, struct cg_error *error);

/* Flush the folder that path lies in, so that a name given by rename() outlasts a power cut.
 * Returns 0 or an errno; what cannot flush folders is fine. */
int cg_file_flush_folder(const char *path);

/* The part of path behind its last slash, not counting slashes at the end. To be freed; NULL when
 * memory is short. */
char *cg_path_base_name(const char *path);

#endif
