/* Inside comicgan video: what its two ways share, videos (video.c) and folders (video_frames.c). */
#ifndef CG_CLI_VIDEO_VIDEO_H
#define CG_CLI_VIDEO_VIDEO_H

#include "cli/video/video_file.h"

struct cg_video_settings {
    struct cg_video_file_options video;
    bool frames, force;
    const char *out; /* of -o; NULL: behind IN */
    float part_seconds;
    const char *options_text; /* all options as they were given */
};

/* A folder of numbered pictures into another one. Returns an exit code. */
int cg_video_convert_folder(const struct cg_video_settings *settings, const char *in,
                            const char *out);

/* One line on stderr, in place of the former: frames done, of about so many (0: not known), and the
 * rate of those that were made here. */
void cg_video_show_progress(size_t done, double total, size_t here, double seconds);

#endif
