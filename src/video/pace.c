/* Keeping up: see pace.h. */
#include "video/pace.h"

#include <math.h>

/* Working copies are whole cells of the generator anyway. */
#define STEP_PX 16

/* The fraction of a frame's time to use: before the video runs, when the cost of decoder and
 * encoder is unknown, and afterwards. */
#define SHARE_BEFORE 0.6
#define SHARE 0.85

/* Late: slower than the video for this many frames. */
#define LATE 1.05
#define LATE_FRAMES 24

/* At a cut the size changes only if it would by more than this fraction. */
#define WORTH 0.12

#define NEWEST_WEIGHT 0.1

static int fitting(const struct cg_pace *pace, int px, double seconds, double share)
{
    double wanted = px * sqrt(share * pace->frame_seconds / fmax(seconds, 1e-6));
    int detail_px = (int)(fmin(wanted, pace->detail_max_px) / STEP_PX) * STEP_PX;
    int least = pace->detail_max_px < CG_PACE_LEAST_PX ? pace->detail_max_px : CG_PACE_LEAST_PX;
    return detail_px < least ? least : detail_px;
}

struct cg_pace cg_pace_make(double frame_seconds, int detail_max_px, double probe_seconds)
{
    struct cg_pace pace = {.frame_seconds = frame_seconds, .detail_max_px = detail_max_px};
    int probe_px = detail_max_px < CG_PACE_PROBE_PX ? detail_max_px : CG_PACE_PROBE_PX;
    pace.detail_px = fitting(&pace, probe_px, probe_seconds, SHARE_BEFORE);
    return pace;
}

bool cg_pace_after_frame(struct cg_pace *pace, double seconds, bool cut)
{
    pace->seconds =
        pace->frames == 0 ? seconds : pace->seconds + NEWEST_WEIGHT * (seconds - pace->seconds);
    pace->frames++;
    if (pace->frames < LATE_FRAMES)
        return false;
    int detail_px = fitting(pace, pace->detail_px, pace->seconds, SHARE);
    bool late = pace->seconds > LATE * pace->frame_seconds;
    bool worth = fabs((double)(detail_px - pace->detail_px)) > WORTH * pace->detail_px;
    if (!worth || !(late || cut))
        return false;
    pace->detail_px = detail_px;
    pace->frames = 0;
    return true;
}
