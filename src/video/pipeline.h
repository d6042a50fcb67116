/*
 * A pipeline of frames: one thread reads the next ones and one writes finished ones while the
 * caller's thread converts. Only a few frames are in memory at a time.
 */
#ifndef CG_VIDEO_PIPELINE_H
#define CG_VIDEO_PIPELINE_H

#include "base/error.h"

#include <stdbool.h>

/* The result of read. A repeat is a frame that equals the one before, byte for byte. */
enum cg_pipeline_read { CG_PIPELINE_FRAME, CG_PIPELINE_REPEAT, CG_PIPELINE_END };

/*
 * Frames are blocks of frame_nbytes. The first three functions are called from three threads, each
 * for one frame after the other, and fail by their status.
 *   read:    fill pixels and say what was found; pixels may stay as they are but for a frame
 *   convert: in place; former: for a repeat what the frame before has become, else NULL
 *   write:   converted pixels
 *   stop:    NULL, or called when convert or write has failed, from the caller's thread: read,
 * which may be waiting for bytes that never come, has to return
 */
struct cg_pipeline {
    void *context;
    size_t frame_nbytes;
    enum cg_status (*read)(void *context, uint8_t *pixels, enum cg_pipeline_read *found,
                           struct cg_error *error);
    enum cg_status (*convert)(void *context, uint8_t *pixels, const uint8_t *former,
                              struct cg_error *error);
    enum cg_status (*write)(void *context, const uint8_t *pixels, struct cg_error *error);
    void (*stop)(void *context);
};

/* Run until the end, or the first failure, which is returned. If read failed, all earlier frames
 * have been converted and written. Errors: also CG_ERR_MEMORY. */
enum cg_status cg_pipeline_run(const struct cg_pipeline *pipeline, struct cg_error *error);

#endif
