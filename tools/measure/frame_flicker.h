/*
 * How much a video flickers, in numbers, for the video as it was taken and for the comic made of
 * it.
 *
 * The motion from each frame to the former one is measured on the input (image/flow.h), both ways;
 * pixels whose two vectors do not lead back to within a pixel have no counterpart and do not count.
 * The former frame is brought onto the new one by that motion, and what differs is
 *
 *   input, output   mean |new - former| over the three channels, 0 to 255: the warped difference.
 *                   The input has some too: noise, changing light, motion that was measured wrongly
 *   ink             of the ink pixels of both frames (see picture_quality.h), the share without any
 * ink in the 3 x 3 pixels around their place in the other one: lines that appear or vanish
 *
 * Pairs of frames of which less than a third has a counterpart are cuts and are only counted.
 */
#ifndef CG_MEASURE_FRAME_FLICKER_H
#define CG_MEASURE_FRAME_FLICKER_H

#include "base/pool.h"

struct cg_flicker {
    double input, output, ink; /* means over the pairs */
    size_t pairs, cuts;
};

struct cg_flicker_meter;
enum cg_status cg_flicker_meter_create(int width, int height, int threads,
                                       struct cg_flicker_meter **out, struct cg_error *error);
void cg_flicker_meter_free(struct cg_flicker_meter *meter);

/* The next frame of both videos: height * width * 3 bytes. Errors: CG_ERR_MEMORY. */
enum cg_status cg_flicker_meter_add(struct cg_flicker_meter *meter, const uint8_t *input,
                                    const uint8_t *output, struct cg_error *error);
struct cg_flicker cg_flicker_meter_result(const struct cg_flicker_meter *meter);

#endif
