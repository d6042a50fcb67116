/*
 * Keeping up with a video: the largest working size at which a frame takes no longer than it is
 * shown. The time of a frame is taken to grow with the working copy's area. Nothing here looks at a
 * clock: the caller measures.
 *
 * The size changes how lines are drawn, so it is not changed while the eye could see it: at a cut,
 * or when the video is falling behind for good.
 */
#ifndef CG_VIDEO_PACE_H
#define CG_VIDEO_PACE_H

#include <stdbool.h>

/* Sizes tried first and never gone below. Faces of a tenth of a frame's width lose their eyes at
 * 320 and have them at 576 (VIDEO.md, Speed); rather late than without faces. */
#define CG_PACE_PROBE_PX 512
#define CG_PACE_LEAST_PX 512

struct cg_pace {
    double frame_seconds; /* how long a frame may take */
    int detail_px, detail_max_px;
    double seconds; /* mean of late, newer frames counting more */
    int frames;     /* since the size was last changed */
};

/* frame_seconds: of the video. detail_max_px: what would be used if there were time. The pace
 * begins with the time that a frame took at CG_PACE_PROBE_PX. */
struct cg_pace cg_pace_make(double frame_seconds, int detail_max_px, double probe_seconds);

/* After every frame: how long it took, and whether it was a cut. True when pace->detail_px is to be
 * used from now on. */
bool cg_pace_after_frame(struct cg_pace *pace, double seconds, bool cut);

#endif
