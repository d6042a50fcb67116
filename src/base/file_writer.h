/* Writing files whole or not at all. Errors as in file.h. */
#ifndef CG_BASE_FILE_WRITER_H
#define CG_BASE_FILE_WRITER_H

#include "base/error.h"

#include <stdbool.h>

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

#endif
