/* What the programs need of a frame session beyond comicgan.h: going on in another process. */
#ifndef CG_COMIC_FRAMES_H
#define CG_COMIC_FRAMES_H

#include "base/error.h"

/* What the next frame depends on, into or from a file; the working size comes along. Errors:
 * CG_ERR_IO, CG_ERR_FORMAT, CG_ERR_MEMORY. */
enum cg_status cg_frames_save(const struct cg_frames *frames, const char *path,
                              struct cg_error *error);
enum cg_status cg_frames_restore(struct cg_frames *frames, const char *path,
                                 struct cg_error *error);

/* The long side of the working copy of a frame. */
int cg_frames_working_px(const struct cg_frames *frames, int width, int height);

#endif
