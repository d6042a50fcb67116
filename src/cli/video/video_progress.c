/* A video's progress: see video_progress.h. */
#include "cli/video/video_progress.h"

#include "cli/terminal_line.h"

#include <math.h>
#include <stdio.h>

void cg_video_show_progress(size_t done, double total, size_t here, double seconds)
{
    double rate = (double)here / fmax(seconds, 1e-3);
    char duration[32];
    double left = total > (double)done ? (total - (double)done) / fmax(rate, 1e-3) : 0.0;
    if (total > 0.0)
        fprintf(stderr, "\r%zu of %.0f frames, %.1f frames/s, %s left   ", done,
                fmax(total, (double)done), rate, cg_cli_duration(left, duration, sizeof(duration)));
    else
        fprintf(stderr, "\r%zu frames, %.1f frames/s   ", done, rate);
}
