/*
 * What the commands for videos share: options, and a stream of frames in which each becomes a
 * comic, read, converted and written at the same time.
 */
#ifndef CG_CLI_VIDEO_VIDEO_FILE_H
#define CG_CLI_VIDEO_VIDEO_FILE_H

#include "cli/render_options.h"
#include "video/y4m.h"

/* What getopt_long returns for the first of the options below. */
#define CG_CLI_VIDEO_OPTION 768

enum {
    CG_CLI_VIDEO_STABILITY = CG_CLI_VIDEO_OPTION,
    CG_CLI_VIDEO_FAST,
    CG_CLI_VIDEO_THREADS,
    CG_CLI_VIDEO_END
};

/* Rows for a command's table of long options: looks, and those of videos. */
#define CG_CLI_VIDEO_LONG_OPTIONS                                                                  \
    CG_CLI_RENDER_PARAMS_LONG_OPTIONS,                                                             \
        {"stability", required_argument, NULL, CG_CLI_VIDEO_STABILITY},                            \
        {"fast", no_argument, NULL, CG_CLI_VIDEO_FAST},                                            \
    {                                                                                              \
        "threads", required_argument, NULL, CG_CLI_VIDEO_THREADS                                   \
    }

/* Their part of a command's --help. */
#define CG_CLI_VIDEO_HELP                                                                          \
    CG_CLI_RENDER_PARAMS_HELP                                                                      \
    "  --stability X   from every frame for itself (0) to the calmest video (1)\n"                 \
    "                  (default: 0.75)\n"                                                          \
    "  --fast          keep up with the video's own frame rate: a working size as large\n"         \
    "                  as there is time for, --detail at most and no less than faces need\n"       \
    "  --threads N     threads to convert with, 1 to 256 (default: all processors);\n"             \
    "                  without --fast the comic is the same with any number\n"

/* Start from CG_CLI_VIDEO_DEFAULT. */
struct cg_video_file_options {
    struct cg_cli_render_params looks;
    float stability;
    bool fast;
    int threads;
};
#define CG_CLI_VIDEO_DEFAULT                                                                       \
    {                                                                                              \
        .looks = CG_CLI_RENDER_PARAMS_DEFAULT, .stability = CG_DEFAULT_STABILITY                   \
    }

/* True if getopt_long returned one of the options of videos. */
bool cg_video_file_is_option(int option);

/* Take one option; false after a message. value must outlive options. */
bool cg_video_file_set(struct cg_video_file_options *options, int option, const char *value);

/* One video. */
struct cg_video_file;

/* Load the style. Errors: CG_ERR_MODEL and the others of cg_engine_open; those of
 * cg_frames_create. */
enum cg_status cg_video_file_create(const struct cg_video_file_options *options,
                                    struct cg_video_file **out, struct cg_error *error);
void cg_video_file_free(struct cg_video_file *video);

/* The session that converts the frames; it belongs to the video. */
struct cg_frames *cg_video_file_frames(struct cg_video_file *video);

/* Go on from what cg_frames_save has written; the working size is that of then, also with --fast.
 * Errors: those of cg_frames_restore. */
enum cg_status cg_video_file_restore(struct cg_video_file *video, const char *path,
                                     struct cg_error *error);

/* The stream that frames come from. */
struct cg_video_file_source {
    int fd;
    const char *name;                 /* stands in messages and must outlive the video */
    float kr, kb;                     /* as of struct cg_y4m_format */
    const struct cg_y4m_format *bare; /* of frames without a header; NULL: y4m */
    const struct cg_y4m_format
        *flat; /* what bare ones become, laid on white; NULL: they keep alpha */
};

/* Up to and with its header; *format, of the frames that are written, belongs to the video. Errors:
 * those of cg_y4m_read_header. */
enum cg_status cg_video_file_open(struct cg_video_file *video,
                                  const struct cg_video_file_source *source,
                                  const struct cg_y4m_format **format, struct cg_error *error);

/* Where frames go. Called from three threads: arrived on the one that reads, for each frame as it
 * comes, those that are skipped too; converted on the one that runs the video, as soon as a frame
 * is a comic; write on another one, a few frames later. Frames are counted from 0. */
struct cg_video_file_sink {
    void *context;
    enum cg_status (*arrived)(void *context, size_t frame, struct cg_error *error);   /* or NULL */
    enum cg_status (*converted)(void *context, size_t frame, struct cg_error *error); /* or NULL */
    enum cg_status (*write)(void *context, size_t frame, const uint8_t *planes,
                            struct cg_error *error);
};

/* Convert all frames but the first `skipped`, which are only read. One that equals the frame before
 * is not converted again. When the stream is cut off, what came before is written. Error:
 * CG_ERR_FORMAT when there is not one frame, those of reading and of the sink. */
enum cg_status cg_video_file_run(struct cg_video_file *video, size_t skipped,
                                 const struct cg_video_file_sink *sink, struct cg_error *error);

/* Frames that the video has had, the skipped ones included. After cg_video_file_run. */
size_t cg_video_file_length(const struct cg_video_file *video);

#endif
