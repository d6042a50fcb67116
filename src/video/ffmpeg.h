/*
 * What ffmpeg and ffprobe do for comicgan video: say what a file is, decode its video, encode parts
 * of the comic, and join them with all that the file holds besides. Both are programs found on
 * PATH; nothing of them is linked. They are told to open nothing but files and pipes, and kinds of
 * files that lead to other files are refused.
 *
 *   ffmpeg_probe.c    what a video is
 *   ffmpeg_decode.c   its frames and their times
 *   ffmpeg.c          the kinds of files that can be made, and encoding
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

/* How a companion gets into the joined file, best first. */
enum cg_ffmpeg_way { CG_FFMPEG_COPY, CG_FFMPEG_ENCODE, CG_FFMPEG_DROP };

struct cg_ffmpeg_companion {
    int stream; /* of the file */
    enum cg_ffmpeg_kind kind;
    bool pictures; /* subtitles that are no text */
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
    bool phone;             /* has fields of metadata that only phones' files have */
    double frames;          /* about how many; 0 when it is not known */
    double rate;            /* frames a second, about; 25 when it is not known */
    double seconds;         /* of the video; 0 when it is not known */
    double start;           /* of the video, in the file's time */
    int tick_num, tick_den; /* seconds, the unit of frames' times */
    /* what the file says of its colours, "" when nothing; the comic's from cg_ffmpeg_decode on */
    char matrix[CG_FFMPEG_WORD_NBYTES], primaries[CG_FFMPEG_WORD_NBYTES],
        transfer[CG_FFMPEG_WORD_NBYTES];
    char codec[CG_FFMPEG_WORD_NBYTES];
    char pixels[CG_FFMPEG_WORD_NBYTES];          /* ffmpeg's name of their layout */
    char disposition[8 * CG_FFMPEG_WORD_NBYTES]; /* "default+forced", "0" for none */
    const char *hdr;                             /* "PQ", "HLG" or NULL */
    struct cg_ffmpeg_companion companions[CG_FFMPEG_COMPANIONS_MAX];
    int companion_count;
    int others; /* further streams, which no comic has: data, videos but the first */
};

/* Errors: CG_ERR_UNSUPPORTED without ffprobe, and for files that lead to other files; CG_ERR_FORMAT
 * when it cannot be read or holds no video. */
enum cg_status cg_ffmpeg_probe(const char *path, struct cg_ffmpeg_info *out,
                               struct cg_error *error);

/* See whether a file that ffmpeg has written is whole: on a full disk it may end without a word.
 * Errors: CG_ERR_FORMAT; those of cg_ffmpeg_probe. */
enum cg_status cg_ffmpeg_check(const char *path, size_t frames, struct cg_error *error);

/* ---- decoding -------------------------------------------------------------------------------- */

/* Which part of the video, in seconds from its beginning, and which frames. */
struct cg_ffmpeg_clip {
    double start, seconds;  /* 0: from the beginning, and to the end */
    int rate_num, rate_den; /* frames a second; 0: all frames at their times */
};

/* Look at the first frame of what may have alpha: *info is transparent afterwards if that is. */
enum cg_status cg_ffmpeg_find_alpha(const char *path, const struct cg_ffmpeg_clip *clip,
                                    struct cg_ffmpeg_info *info, struct cg_error *error);

/*
 * Start to decode: frames come out of the process upright, of depth 8 or 10, and their times out of
 * its notes. They are y4m; transparent ones are bare, of the format that is handed out. *info's
 * colours become those of what comes out. Error: also CG_ERR_UNSUPPORTED for HDR when ffmpeg cannot
 * convert it.
 */
enum cg_status cg_ffmpeg_decode(const char *path, struct cg_ffmpeg_info *info,
                                const struct cg_ffmpeg_clip *clip, int depth,
                                struct cg_y4m_format *bare, struct cg_process *out,
                                struct cg_error *error);

/* Luma's weights of the matrix that *info names, into format; untouched when it names none. */
void cg_ffmpeg_take_matrix(const struct cg_ffmpeg_info *info, struct cg_y4m_format *format);

/* The times of the frames, one after the other as they come. */
struct cg_ffmpeg_times;
enum cg_status cg_ffmpeg_times_create(int notes, struct cg_ffmpeg_times **out,
                                      struct cg_error *error);
void cg_ffmpeg_times_free(struct cg_ffmpeg_times *times);
/* *ticks grows from frame to frame, whatever the file says. Errors: CG_ERR_FORMAT. */
enum cg_status cg_ffmpeg_times_next(struct cg_ffmpeg_times *times, int64_t *ticks,
                                    struct cg_error *error);

/* ---- encoding -------------------------------------------------------------------------------- */

/* A kind of file that can be made, and what encodes it. */
struct cg_ffmpeg_format;
struct cg_ffmpeg_codec;

struct cg_ffmpeg_output {
    const struct cg_ffmpeg_format *format;
    const struct cg_ffmpeg_codec *codec;
    int crf;    /* -1: the codec's own */
    int depth;  /* 8 or 10 */
    bool fast;  /* less work, larger file */
    bool alpha; /* the video's is kept */
};

/* By the path's ending; codec: its name, NULL for the format's own. Errors: CG_ERR_UNSUPPORTED,
 * CG_ERR_ARGUMENT for a codec, crf or depth that does not go with it. */
enum cg_status cg_ffmpeg_output_of(const char *path, const char *codec, int crf, int depth,
                                   struct cg_ffmpeg_output *out, struct cg_error *error);
/* Whether files of this ending can be made. */
bool cg_ffmpeg_can_write(const char *path);
/* Whether alpha can be kept; then the output's codec is one that does, unless one was named. */
bool cg_ffmpeg_keep_alpha(struct cg_ffmpeg_output *output, bool codec_named);
/* Whether a file's frames can be counted by cg_ffmpeg_check. */
bool cg_ffmpeg_counts_frames(const struct cg_ffmpeg_output *output);
/* The ending of a part's name. */
const char *cg_ffmpeg_part_ending(const struct cg_ffmpeg_output *output);

/* Start to encode one part of the comic: frames of that format and their times go into the process
 * as of matroska.h. */
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
    const char *list;    /* names the parts, as ffmpeg's concat wants it */
    const char *picture; /* a file to be made on the way: a palette, a cover */
    const char *out;
    double first_seconds; /* the first frame's time */
};

/*
 * Find out how the video's companions get into the file, by joining a part's worth of it: what
 * cannot be copied is encoded anew or, as the last way, left out. Errors: when not even the comic
 * alone goes into the file.
 */
enum cg_status cg_ffmpeg_plan_join(const struct cg_ffmpeg_join *join, struct cg_error *error);

/* Join the parts with companions, chapters and metadata. Errors: CG_ERR_FORMAT, CG_ERR_MEMORY. */
enum cg_status cg_ffmpeg_join(const struct cg_ffmpeg_join *join, struct cg_error *error);

/* The next thing that is not kept as it is, in words, from *at on (0 first); NULL after the last.
 */
const char *cg_ffmpeg_loss(const struct cg_ffmpeg_join *join, int *at);

#endif
