/*
 * Long work in parts, so that it can be interrupted and resumed. During the work there is a folder
 * OUT.parts beside OUT, with
 *   job the inputs and options; another job starts over
 *   part-00000.mp4  the finished parts
 *   state-00000 what the next part needs to continue seamlessly
 *   list            the parts, for ffmpeg to join
 * A part's file gets its name when it is whole, after its state is written.
 */
#ifndef CG_VIDEO_PARTS_H
#define CG_VIDEO_PARTS_H

#include "base/output.h"

struct cg_parts;

/* Create or reopen the folder; parts of another job are removed. job: any text. ending: of a part's
 * name. Errors: CG_ERR_IO, also if another process works on it; CG_ERR_MEMORY. */
enum cg_status cg_parts_open(const char *out_path, const char *job, const char *ending,
                             struct cg_parts **out, struct cg_error *error);
/* The folder stays. */
void cg_parts_free(struct cg_parts *parts);

/* The number of finished parts. */
int cg_parts_done(const struct cg_parts *parts);

/* Paths in the folder, owned by parts and valid until the next call of the same function: for the
 * next part, the state after part `index`, and the joined file. */
const char *cg_parts_next_path(struct cg_parts *parts);
const char *cg_parts_state_path(struct cg_parts *parts, int index);
const char *cg_parts_joined_path(struct cg_parts *parts, const char *ending);
const char *cg_parts_picture_path(struct cg_parts *parts);

/* Mark the next part as finished. Errors: CG_ERR_IO. */
enum cg_status cg_parts_commit(struct cg_parts *parts, struct cg_error *error);

/* Write the list. starts: when each part begins, in seconds, so that frames keep their times.
 * Errors: CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_parts_list(struct cg_parts *parts, const double *starts, const char **path,
                             struct cg_error *error);
/* The same for the next part alone, for a trial join. */
enum cg_status cg_parts_list_next(struct cg_parts *parts, const char **path,
                                  struct cg_error *error);

/* Rename the joined file to OUT and remove the folder. Errors: CG_ERR_IO. */
enum cg_status cg_parts_finish(struct cg_parts *parts, const char *ending, enum cg_writing writing,
                               struct cg_error *error);

/* Remove the folder if no part is finished. */
void cg_parts_drop_if_empty(struct cg_parts *parts);

#endif
