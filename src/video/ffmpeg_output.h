/* An output format, for encoding (ffmpeg.c) and joining (ffmpeg_join.c). Private to src/video. */
#ifndef CG_VIDEO_FFMPEG_OUTPUT_H
#define CG_VIDEO_FFMPEG_OUTPUT_H

#include <stdbool.h>

struct cg_ffmpeg_format {
    const char *ending, *muxer;
    const char *codecs[6];   /* by name, the format's own first */
    const char *alpha_codec; /* the one for transparency, or NULL */
    const char *audio;       /* the encoder for sound that cannot be copied */
    const char *subtitles;   /* the encoder for those that are text */
    bool any_subtitles;      /* pictures too */
    bool covers;             /* as cover streams; else one may be attached */
    bool fonts;              /* and other attachments */
    bool alone;              /* pictures and nothing else */
};

#endif
