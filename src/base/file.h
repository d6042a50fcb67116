/*
 * Files: reading them whole, making folders, and writing them whole or not at all.
 *
 * Every failure's text begins with what was being done and the path, "reading a/b.png: ...". Errors
 * are CG_ERR_IO unless said otherwise, CG_ERR_FULL where a disk is full. Paths are UTF-8 or
 * whatever the file system holds.
 */
#ifndef CG_BASE_FILE_H
#define CG_BASE_FILE_H

#include "base/error.h"

#include <stdbool.h>

/* The end of a path that is too long to be shown with a reason after it; most often all of it. */
const char *cg_path_tail(const char *path);

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

/* Make a folder and those above it that are missing. Fine if it is there. Errors: CG_ERR_IO,
 * CG_ERR_MEMORY. */
enum cg_status cg_folder_make(const char *path, struct cg_error *error);

/*
 * A file in the making. The bytes go to a temporary file beside the target, which takes the
 * target's place on commit, with its permissions but for set-user-ID and the like (or 0666 less the
 * umask if there was none). Whatever goes wrong, the target is as it was and the temporary file is
 * gone. A link of this user or of root is followed; a device or pipe is written to directly.
 */
struct cg_file_writer;

enum cg_status cg_file_writer_create(const char *path, struct cg_file_writer **out,
                                     struct cg_error *error);

/* Add bytes. After a failure every further call, and the commit, fails with the same status. */
enum cg_status cg_file_writer_add(struct cg_file_writer *writer, const void *bytes, size_t nbytes,
                                  struct cg_error *error);

/* Flush to the disk and put in the target's place. Once; then only free is left to call. */
enum cg_status cg_file_writer_commit(struct cg_file_writer *writer, struct cg_error *error);

/* Also gives the file up if it was not committed. NULL is fine. */
void cg_file_writer_free(struct cg_file_writer *writer);

/* All of it at once. Errors: CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_file_write(const char *path, const void *bytes, size_t nbytes,
                             struct cg_error *error);

/*
 * Remove the temporary files in a folder that writers left which were killed, of targets for whose
 * name is_target is true. A file whose writer lives is locked and stays. Where locks do not reach
 * (some network file systems, between machines), is_target must leave out what others write.
 */
void cg_folder_drop_abandoned(const char *path,
                              bool (*is_target)(const void *context, const char *name),
                              const void *context);

/* Flush the folder that path lies in, so that a name given by rename() outlasts a power cut.
 * Returns 0 or an errno; what cannot flush folders is fine. */
int cg_file_flush_folder(const char *path);

/* The part of path behind its last slash, not counting slashes at the end. To be freed; NULL when
 * memory is short. */
char *cg_path_base_name(const char *path);

#endif
