/* How far a video is, on a terminal. */
#ifndef CG_CLI_VIDEO_VIDEO_PROGRESS_H
#define CG_CLI_VIDEO_VIDEO_PROGRESS_H

#include <stddef.h>

/* One line on stderr, in place of the former: frames done, of about so many (0: not known), and the
 * rate of those that were made here. */
void cg_video_show_progress(size_t done, double total, size_t here, double seconds);

#endif
