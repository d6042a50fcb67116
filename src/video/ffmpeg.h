/*
 * What ffmpeg and ffprobe do for comicgan video: say what a file is, decode its video, encode parts
 * of the comic, and join them with all that the file holds besides. Both are programs found on
 * PATH; nothing of them is linked.
 */
#ifndef CG_VIDEO_FFMPEG_H
#define CG_VIDEO_FFMPEG_H

#include "video/process.h"

#define CG_FFMPEG_WORD_NBYTES 32

struct cg_ffmpeg_info {
    int stream;        /* which of the file's is the video */
    int width, height; /* as stored */
    bool interlaced;   /* made progressive when decoded */
    double frames;     /* about how many; 0 when it is not known */
    /* what the file says of its colours, "" when nothing */
    char matrix[CG_FFMPEG_WORD_NBYTES], primaries[CG_FFMPEG_WORD_NBYTES],
        transfer[CG_FFMPEG_WORD_NBYTES];
};

/* Errors: CG_ERR_UNSUPPORTED without ffprobe; CG_ERR_FORMAT when it cannot be read or holds no
 * video. */
enum cg_status cg_ffmpeg_probe(const char *path, struct cg_ffmpeg_info *out,
                               struct cg_error *error);

/* Start to decode: y4m comes out of the process, upright, at a constant frame rate. */
enum cg_status cg_ffmpeg_decode(const char *path, const struct cg_ffmpeg_info *info,
                                struct cg_process *out, struct cg_error *error);

/* A kind of file that can be made. */
struct cg_ffmpeg_format;
/* By the path's ending. Error: CG_ERR_UNSUPPORTED. */
enum cg_status cg_ffmpeg_format_of(const char *path, const struct cg_ffmpeg_format **out,
                                   struct cg_error *error);
/* The ending of a part's name. */
const char *cg_ffmpeg_part_ending(const struct cg_ffmpeg_format *format);

/*
 * Start to encode one part of the comic: y4m goes into the process. fast: less work, larger file.
 */
enum cg_status cg_ffmpeg_encode(const struct cg_ffmpeg_format *format,
                                const struct cg_ffmpeg_info *info, bool fast, const char *path,
                                struct cg_process *out, struct cg_error *error);

/* See whether a file that ffmpeg has written is whole: on a full disk it may end without a word.
 * Errors: CG_ERR_FORMAT; those of cg_ffmpeg_probe. */
enum cg_status cg_ffmpeg_check(const char *path, size_t frames, struct cg_error *error);

/*
 * Join the parts that the list names with sound, subtitles, chapters and metadata of `in`. What the
 * format cannot hold as it is is encoded anew or, as the last way, left out; *note says so in a few
 * words, or is NULL.
 */
enum cg_status cg_ffmpeg_join(const struct cg_ffmpeg_format *format, const char *list,
                              const char *in, const char *out, const char **note,
                              struct cg_error *error);

#endif
