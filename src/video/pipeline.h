/*
 * Frames on their way: one thread reads the next ones and one writes those that are done while the
 * caller's thread converts. A few frames are in memory at a time, however long the video is.
 */
#ifndef CG_VIDEO_PIPELINE_H
#define CG_VIDEO_PIPELINE_H

#include "base/error.h"

#include <stdbool.h>

/*
 * Frames are blocks of frame_nbytes. The first three functions are called from three threads, each
 * for one frame after the other, and fail by their status.
 *   read:    fill pixels, or set *end
 *   convert: in place
 *   write:   pixels may be written over
 *   stop:    NULL, or called when a stage has failed, from the caller's thread: read, which may be
 *            waiting for bytes that never come, has to return
 */
struct cg_pipeline {
    void *context;
    size_t frame_nbytes;
    enum cg_status (*read)(void *context, uint8_t *pixels, bool *end, struct cg_error *error);
    enum cg_status (*convert)(void *context, uint8_t *pixels, struct cg_error *error);
    enum cg_status (*write)(void *context, uint8_t *pixels, struct cg_error *error);
    void (*stop)(void *context);
};

/* Until the end, or the first failure, which is returned. Errors: also CG_ERR_MEMORY. */
enum cg_status cg_pipeline_run(const struct cg_pipeline *pipeline, struct cg_error *error);

#endif
