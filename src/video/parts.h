/*
 * A long piece of work in parts, so that it can be broken off and resumed. Beside OUT there is
 * a folder OUT.parts while the work goes on, with
 *   job             what is being made of what; another job begins anew
 *   part-00000.mp4  the finished parts
 *   state-00000     what the part after it needs to go on as if nothing had happened
 *   list            the parts, for ffmpeg to join
 * A part's file gets its name when it is whole; the state is there before it.
 */
#ifndef CG_VIDEO_PARTS_H
#define CG_VIDEO_PARTS_H

#include "base/output.h"

struct cg_parts;

/* Make the folder, or find it; parts of another job are removed. job: any text. ending: of a part's
 * name. Errors: CG_ERR_IO, also when another process is at work on it; CG_ERR_MEMORY. */
enum cg_status cg_parts_open(const char *out_path, const char *job, const char *ending,
                             struct cg_parts **out, struct cg_error *error);
/* Lets the folder be. */
void cg_parts_free(struct cg_parts *parts);

/* Parts that are finished. */
int cg_parts_done(const struct cg_parts *parts);

/* Names in the folder, in memory of parts, good until the next call of the same function: where
 * the next part is to be written, the state after part `index`, and the joined file. */
const char *cg_parts_next_path(struct cg_parts *parts);
const char *cg_parts_state_path(struct cg_parts *parts, int index);
const char *cg_parts_joined_path(struct cg_parts *parts, const char *ending);
const char *cg_parts_picture_path(struct cg_parts *parts);

/* The next part is whole. Errors: CG_ERR_IO. */
enum cg_status cg_parts_commit(struct cg_parts *parts, struct cg_error *error);

/* Write the list. starts: when each part begins, in seconds, so that their frames follow each other
 * at their times. Errors: CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_parts_list(struct cg_parts *parts, const double *starts, const char **path,
                             struct cg_error *error);
/* The same of the next part alone, to try how it can be joined. */
enum cg_status cg_parts_list_next(struct cg_parts *parts, const char **path,
                                  struct cg_error *error);

/* Give the joined file its name and remove the folder. Errors: CG_ERR_IO. */
enum cg_status cg_parts_finish(struct cg_parts *parts, const char *ending, enum cg_writing writing,
                               struct cg_error *error);

/* Remove the folder when nothing in it is worth keeping. */
void cg_parts_drop_if_empty(struct cg_parts *parts);

#endif
