/* The settings of comicgan video, which converts videos (video_one.c) or folders of numbered
 * pictures (video_frames.c). */
#ifndef CG_CLI_VIDEO_VIDEO_H
#define CG_CLI_VIDEO_VIDEO_H

#include "cli/video/video_file.h"
#include "video/ffmpeg.h"

struct cg_video_settings {
    struct cg_video_file_options video;
    bool frames, force;
    bool quiet;      /* no warnings, no progress */
    bool verbose;    /* a line for each video */
    bool strict;     /* of frames: refuse damaged pictures */
    const char *out; /* of -o; NULL: the last argument */
    float part_seconds;
    struct cg_ffmpeg_clip clip;
    const char *codec;        /* NULL: the format's own */
    int crf;                  /* -1: the codec's own */
    int ten_bits;             /* per sample in the file; else 8 */
    const char *options_text; /* all options as they were given */
};

/* Convert a video. Returns an exit code. */
int cg_video_convert_one(const struct cg_video_settings *settings, const char *in, const char *out);

/* Convert a folder of numbered pictures. Returns an exit code. */
int cg_video_convert_folder(const struct cg_video_settings *settings, const char *in,
                            const char *out);

#endif
