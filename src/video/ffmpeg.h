/*
 * What ffmpeg and ffprobe do for comicgan video: examine a file, decode its video, encode parts of
 * the comic, and join them with the file's other streams. Both are programs found on PATH; nothing
 * is linked. They may open only files and pipes, and formats that refer to other files are refused.
 *
 *   ffmpeg_probe.c    what a video is
 *   ffmpeg_decode.c   its frames and their times
 *   ffmpeg.c output formats and encoding
 *   ffmpeg_join.c     parts and the video's companions: sound, subtitles, covers, fonts
 */
#ifndef CG_VIDEO_FFMPEG_H
#define CG_VIDEO_FFMPEG_H

#include "video/process.h"
#include "video/y4m.h"

#define CG_FFMPEG_WORD_NBYTES 32
#define CG_FFMPEG_COMPANIONS_MAX 100

/* ---- what a video is --------------------------------------------------------------------------
 */

enum cg_ffmpeg_kind { CG_FFMPEG_AUDIO, CG_FFMPEG_SUBTITLES, CG_FFMPEG_FONT, CG_FFMPEG_COVER };

/* How a companion stream gets into the joined file, best first. */
enum cg_ffmpeg_way { CG_FFMPEG_COPY, CG_FFMPEG_ENCODE, CG_FFMPEG_DROP };

struct cg_ffmpeg_companion {
    int stream; /* of the file */
    enum cg_ffmpeg_kind kind;
    bool pictures; /* subtitles that are not text */
    char codec[CG_FFMPEG_WORD_NBYTES];
    enum cg_ffmpeg_way way; /* chosen by cg_ffmpeg_plan_join */
};

struct cg_ffmpeg_info {
    int stream;             /* which of the file's is the video */
    int width, height;      /* upright */
    bool fields_known;      /* the file says whether it is interlaced */
    bool interlaced;        /* made progressive when decoded */
    bool transparent;       /* its pixels may have alpha */
    bool vpx;               /* only libvpx reads this alpha */
    bool phone;             /* has metadata that only phones write */
    double frames;          /* approximate; 0 if unknown */
    bool steady;            /* all frames are shown equally long */
    double rate;            /* frames a second, approximate; 25 if unknown */
    double seconds;         /* of the video; 0 if unknown */
    double start;           /* of the video, in the file's time */
    int tick_num, tick_den; /* seconds, the unit of frames' times */
    /* the file's colour tags, "" if unset; the comic's from cg_ffmpeg_decode on */
    char matrix[CG_FFMPEG_WORD_NBYTES], primaries[CG_FFMPEG_WORD_NBYTES],
        transfer[CG_FFMPEG_WORD_NBYTES];
    char codec[CG_FFMPEG_WORD_NBYTES];
    char pixels[CG_FFMPEG_WORD_NBYTES];          /* ffmpeg's name of their layout */
    char disposition[8 * CG_FFMPEG_WORD_NBYTES]; /* "default+forced", "0" for none */
    const char *hdr;                             /* "PQ", "HLG" or NULL */
    struct cg_ffmpeg_companion companions[CG_FFMPEG_COMPANIONS_MAX];
    int companion_count;
    int others; /* further streams, which are dropped: data, other videos */
    bool chapters;
    char tags[64 * CG_FFMPEG_WORD_NBYTES]; /* names of those that programs do not write themselves,
                                              a line each */
    char lost[8 * CG_FFMPEG_WORD_NBYTES];  /* names metadata that is dropped, in a sentence */
};

/* Errors: CG_ERR_UNSUPPORTED without ffprobe, and for files that refer to other files;
 * CG_ERR_FORMAT if it cannot be read or has no video. */
enum cg_status cg_ffmpeg_probe(const char *path, struct cg_ffmpeg_info *out,
                               struct cg_error *error);

/* Find out which of the video's tags a trial file lacks, and set info->lost; trial: NULL for
 * formats that have none, nor chapters. */
enum cg_status cg_ffmpeg_find_lost(const char *trial, struct cg_ffmpeg_info *info,
                                   struct cg_error *error);

/* Check that a file written by ffmpeg is whole: on a full disk it may end silently. Errors:
 * CG_ERR_FORMAT; those of cg_ffmpeg_probe. */
enum cg_status cg_ffmpeg_check(const char *path, size_t frames, struct cg_error *error);

/* ---- decoding -------------------------------------------------------------------------------- */

/* Which part of the video, in seconds from its beginning, and which frames. */
struct cg_ffmpeg_clip {
    double start, seconds;  /* 0: from the beginning, and to the end */
    int rate_num, rate_den; /* frames a second; 0: all frames at their times */
};

/* Decode a video that may have alpha up to the first frame that has, and set info->transparent
 * accordingly. */
enum cg_status cg_ffmpeg_find_alpha(const char *path, const struct cg_ffmpeg_clip *clip,
                                    struct cg_ffmpeg_info *info, struct cg_error *error);

/*
 * Start to decode: the process's output has upright frames of depth 8 or 10, its notes their times.
 * Frames are y4m, or bare ones of *format if transparent. *info's colours become those of the
 * output. Errors: also CG_ERR_UNSUPPORTED for HDR that ffmpeg cannot convert.
 */
enum cg_status cg_ffmpeg_decode(const char *path, struct cg_ffmpeg_info *info,
                                const struct cg_ffmpeg_clip *clip, int depth,
                                struct cg_y4m_format *bare, struct cg_process *out,
                                struct cg_error *error);

/* Set format's luma weights by the matrix in *info; unchanged if that is unknown. */
void cg_ffmpeg_take_matrix(const struct cg_ffmpeg_info *info, struct cg_y4m_format *format);

/* The frames' times, in order. */
struct cg_ffmpeg_times;
enum cg_status cg_ffmpeg_times_create(int notes, struct cg_ffmpeg_times **out,
                                      struct cg_error *error);
void cg_ffmpeg_times_free(struct cg_ffmpeg_times *times);
/* *ticks increases strictly, whatever the file says. Errors: CG_ERR_FORMAT. */
enum cg_status cg_ffmpeg_times_next(struct cg_ffmpeg_times *times, int64_t *ticks,
                                    struct cg_error *error);

/* ---- encoding -------------------------------------------------------------------------------- */

/* An output format, and what encodes it. */
struct cg_ffmpeg_format;
struct cg_ffmpeg_codec;

struct cg_ffmpeg_output {
    const struct cg_ffmpeg_format *format;
    const struct cg_ffmpeg_codec *codec;
    int crf;    /* -1: the codec's own */
    int depth;  /* 8 or 10 */
    bool fast;  /* faster, larger file */
    bool alpha; /* the video's is kept */
};

/* Chosen by the path's ending; codec: its name, NULL for the format's own. Errors:
 * CG_ERR_UNSUPPORTED; CG_ERR_ARGUMENT for a codec, crf or depth that does not fit. */
enum cg_status cg_ffmpeg_output_of(const char *path, const char *codec, int crf, int depth,
                                   struct cg_ffmpeg_output *out, struct cg_error *error);
/* Whether files with this ending can be written. */
bool cg_ffmpeg_can_write(const char *path);
/* Whether alpha can be kept; if so, choose a codec that does, unless one was named. */
bool cg_ffmpeg_keep_alpha(struct cg_ffmpeg_output *output, bool codec_named);
/* Whether a file's frames can be counted by cg_ffmpeg_check. */
bool cg_ffmpeg_counts_frames(const struct cg_ffmpeg_output *output);
/* The ending of a part's name. */
const char *cg_ffmpeg_part_ending(const struct cg_ffmpeg_output *output);

/* Start to encode one part of the comic: write frames of that format and their times into the
 * process, as matroska.h does. */
enum cg_status cg_ffmpeg_encode(const struct cg_ffmpeg_output *output,
                                const struct cg_ffmpeg_info *info,
                                const struct cg_y4m_format *format, const char *path,
                                struct cg_process *out, struct cg_error *error);

/* ---- joining --------------------------------------------------------------------------------- */

struct cg_ffmpeg_join {
    const struct cg_ffmpeg_output *output;
    struct cg_ffmpeg_info *info;
    const struct cg_ffmpeg_clip *clip;
    const char *in;      /* the video */
    const char *list;    /* lists the parts for ffmpeg's concat */
    const char *picture; /* a temporary file: a palette, a cover */
    const char *out;
    double first_seconds; /* the first frame's time */
};

/*
 * Find out how the video's companions get into the file by a trial join: what cannot be copied is
 * re-encoded or, failing that, dropped. Error: if not even the comic alone can be written.
 */
enum cg_status cg_ffmpeg_plan_join(const struct cg_ffmpeg_join *join, struct cg_error *error);

/* Join the parts with companions, chapters and metadata. Errors: CG_ERR_FORMAT, CG_ERR_MEMORY. */
enum cg_status cg_ffmpeg_join(const struct cg_ffmpeg_join *join, struct cg_error *error);

/* The next thing that is not kept unchanged, in words, from *at on (0 first); NULL after the
 * last. */
const char *cg_ffmpeg_loss(const struct cg_ffmpeg_join *join, int *at);

#endif
