/* Atomic file writing. Errors as in file.h. */
#ifndef CG_BASE_FILE_WRITER_H
#define CG_BASE_FILE_WRITER_H

#include "base/output.h"

/*
 * A file being written, over what is there or (CG_WRITE_NEW) not. The bytes go to a temporary file
 * beside the target and replace the target on commit, keeping its permissions except set-user-ID
 * and the like (or 0666 less the umask for a new file). On failure the target is unchanged and the
 * temporary file removed. A symbolic link owned by this user or root is followed; devices and pipes
 * are written to directly.
 */
struct cg_file_writer;

enum cg_status cg_file_writer_create(const char *path, enum cg_writing writing,
                                     struct cg_file_writer **out, struct cg_error *error);

/* Append bytes. After a failure all further calls, including commit, fail with the same status. */
enum cg_status cg_file_writer_add(struct cg_file_writer *writer, const void *bytes, size_t nbytes,
                                  struct cg_error *error);

/* Sync to disk and rename to the target, by cg_output_place. May be called once; only free may
 * follow. */
enum cg_status cg_file_writer_commit(struct cg_file_writer *writer, struct cg_error *error);

/* Discards the file unless it was committed. Accepts NULL. */
void cg_file_writer_free(struct cg_file_writer *writer);

/* A text written piece by piece. Once status is not CG_OK, set here or by the caller, nothing more
 * is added. */
struct cg_text_file {
    struct cg_file_writer *writer;
    struct cg_error *error;
    enum cg_status status;
};

void cg_text_file_add(struct cg_text_file *file, const char *text, size_t nbytes);
void cg_text_file_add_text(struct cg_text_file *file, const char *text);

/* Create (writing over), add and commit in one call. Errors: CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_file_write(const char *path, const void *bytes, size_t nbytes,
                             struct cg_error *error);
/* The same as writing says. Errors: also those of cg_output_check. */
enum cg_status cg_file_write_as(const char *path, enum cg_writing writing, const void *bytes,
                                size_t nbytes, struct cg_error *error);

/*
 * Remove temporary files left in a folder by killed writers, for targets whose name satisfies
 * is_target. Files of live writers are locked and stay. Where locks are not shared (some network
 * file systems, between machines), is_target must exclude what others may be writing.
 */
void cg_folder_drop_abandoned(const char *path,
                              bool (*is_target)(const void *context, const char *name),
                              const void *context);

#endif
