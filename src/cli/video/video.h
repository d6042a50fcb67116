/* Inside comicgan video: what it is asked for. Its two ways are videos (video_one.c) and folders
 * of numbered pictures (video_frames.c). */
#ifndef CG_CLI_VIDEO_VIDEO_H
#define CG_CLI_VIDEO_VIDEO_H

#include "cli/video/video_file.h"
#include "video/ffmpeg.h"

struct cg_video_settings {
    struct cg_video_file_options video;
    bool frames, force;
    bool quiet;      /* no warnings, no progress */
    bool strict;     /* of frames: refuse damaged pictures */
    const char *out; /* of -o; NULL: behind IN */
    float part_seconds;
    struct cg_ffmpeg_clip clip;
    const char *codec;        /* NULL: the format's own */
    int crf;                  /* -1: the codec's own */
    int ten_bits;             /* a colour in the file; else 8 */
    const char *options_text; /* all options as they were given */
};

/* One video into another. Returns an exit code. */
int cg_video_convert_one(const struct cg_video_settings *settings, const char *in, const char *out);

/* A folder of numbered pictures into another one. Returns an exit code. */
int cg_video_convert_folder(const struct cg_video_settings *settings, const char *in,
                            const char *out);

#endif
