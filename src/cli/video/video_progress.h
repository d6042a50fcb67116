/* A video's progress on a terminal. */
#ifndef CG_CLI_VIDEO_VIDEO_PROGRESS_H
#define CG_CLI_VIDEO_VIDEO_PROGRESS_H

#include <stddef.h>

/* Replace the line on stderr: frames done, of about `total` (0: unknown), and the rate of the
 * `here` ones done by this call. */
void cg_video_show_progress(size_t done, double total, size_t here, double seconds);

#endif
