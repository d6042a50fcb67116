/*
 * Shared by the commands for videos: options, and a stream of frames that are read, converted and
 * written at the same time.
 */
#ifndef CG_CLI_VIDEO_VIDEO_FILE_H
#define CG_CLI_VIDEO_VIDEO_FILE_H

#include "cli/render_options.h"
#include "video/y4m.h"

/* Start from CG_CLI_VIDEO_DEFAULT. */
struct cg_video_file_options {
    struct cg_cli_render_params looks;
    float stability;
    int redraw;
    bool fast;
    int threads;
};
#define CG_CLI_VIDEO_DEFAULT                                                                       \
    {                                                                                              \
        .looks = CG_CLI_RENDER_PARAMS_DEFAULT, .stability = CG_DEFAULT_STABILITY,                  \
        .redraw = CG_DEFAULT_REDRAW                                                                \
    }

/* Rows for a command's table: a group with a struct cg_video_file_options as its structure. */
extern const struct cg_option CG_CLI_VIDEO_OPTIONS[];

/* One video. */
struct cg_video_file;

/* Load the style. Errors: CG_ERR_MODEL and the others of cg_engine_open; those of
 * cg_frames_create. */
enum cg_status cg_video_file_create(const struct cg_video_file_options *options,
                                    struct cg_video_file **out, struct cg_error *error);
void cg_video_file_free(struct cg_video_file *video);

/* The session that converts the frames; it belongs to the video. */
struct cg_frames *cg_video_file_frames(struct cg_video_file *video);

/* Resume from what cg_frames_save has written, at the same working size, even with --fast. Errors:
 * those of cg_frames_restore. */
enum cg_status cg_video_file_restore(struct cg_video_file *video, const char *path,
                                     struct cg_error *error);

/* The stream that frames come from. */
struct cg_video_file_source {
    int fd;
    const char *name;                 /* for messages; must outlive the video */
    float kr, kb;                     /* as of struct cg_y4m_format */
    const struct cg_y4m_format *bare; /* of frames without a header; NULL: y4m */
    const struct cg_y4m_format
        *flat; /* the format of bare ones blended onto white; NULL: they keep alpha */
};

/* Read the stream's header; *format, of the frames that are written, belongs to the video. Errors:
 * those of cg_y4m_read_header. */
enum cg_status cg_video_file_open(struct cg_video_file *video,
                                  const struct cg_video_file_source *source,
                                  const struct cg_y4m_format **format, struct cg_error *error);

/* Where frames go. Called from three threads: arrived on the reading one, for each frame including
 * skipped ones; converted on the caller's, once a frame is a comic; write on another one, a few
 * frames later. Frames are counted from 0. */
struct cg_video_file_sink {
    void *context;
    enum cg_status (*arrived)(void *context, size_t frame, struct cg_error *error);   /* or NULL */
    enum cg_status (*converted)(void *context, size_t frame, struct cg_error *error); /* or NULL */
    enum cg_status (*write)(void *context, size_t frame, const uint8_t *planes,
                            struct cg_error *error);
};

/* Convert all frames but the first `skipped`, which are only read. Repeats of a frame are not
 * converted again. If the stream is truncated, complete frames are still written. Errors:
 * CG_ERR_FORMAT if there is no frame, those of reading and of the sink. */
enum cg_status cg_video_file_run(struct cg_video_file *video, size_t skipped,
                                 const struct cg_video_file_sink *sink, struct cg_error *error);

/* The number of frames, skipped ones included. Call it after cg_video_file_run. */
size_t cg_video_file_length(const struct cg_video_file *video);

#endif
