/*
 * Frames on their way: one thread reads the next ones and one writes those that are done while the
 * caller's thread converts. A few frames are in memory at a time, however long the film is.
 */
#ifndef CG_VIDEO_PIPELINE_H
#define CG_VIDEO_PIPELINE_H

#include "base/error.h"

#include <stdbool.h>

/*
 * Frames are blocks of frame_nbytes. The three functions are called from three threads, each for
 * one frame after the other, and fail by their status.
 *   read:    fill pixels, or set *end. With may_wait it is cancelled when another stage fails
 *            while it waits for bytes: then it must hold no lock and own no memory
 *   convert: in place
 *   write:   pixels may be written over
 */
struct cg_pipeline {
    void *context;
    size_t frame_nbytes;
    bool may_wait;
    enum cg_status (*read)(void *context, uint8_t *pixels, bool *end, struct cg_error *error);
    enum cg_status (*convert)(void *context, uint8_t *pixels, struct cg_error *error);
    enum cg_status (*write)(void *context, uint8_t *pixels, struct cg_error *error);
};

/* Until the end, or the first failure, which is returned. Errors: also CG_ERR_MEMORY. */
enum cg_status cg_pipeline_run(const struct cg_pipeline *pipeline, struct cg_error *error);

#endif
