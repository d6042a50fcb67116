/*
 * Keeping up with a video: the largest working size at which converting a frame takes no longer
 * than it is shown. The time is assumed to grow with the working copy's area. The caller measures
 * it; nothing here reads a clock.
 *
 * The size affects how lines are drawn, so it changes only where that is not noticed, at a cut, or
 * when the video keeps falling behind.
 */
#ifndef CG_VIDEO_PACE_H
#define CG_VIDEO_PACE_H

#include <stdbool.h>

/* The size tried first, and the smallest. Faces of a tenth of a frame's width lose their eyes at
 * 320 but not at 576 (VIDEO.md, Speed); better late than without faces. */
#define CG_PACE_PROBE_PX 512
#define CG_PACE_LEAST_PX 512

struct cg_pace {
    double frame_seconds; /* how long a frame may take */
    int detail_px, detail_max_px;
    double seconds; /* mean of late, newer frames counting more */
    int frames;     /* since the size was last changed */
};

/* frame_seconds: of the video. detail_max_px: the size to use if time allows. The pace starts from
 * the time of a frame at CG_PACE_PROBE_PX. */
struct cg_pace cg_pace_make(double frame_seconds, int detail_max_px, double probe_seconds);

/* After every frame: how long it took, and whether it was a cut. True if pace->detail_px applies
 * from now on. */
bool cg_pace_after_frame(struct cg_pace *pace, double seconds, bool cut);

#endif
