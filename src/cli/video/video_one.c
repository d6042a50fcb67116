/*
 * One video in, one moving comic out, through ffmpeg, which decodes, encodes and copies the file's
 * other streams. The comic is made in parts beside OUT (video/parts.h), so that interrupted work
 * resumes; OUT itself appears when all is done. make_video has the order of the work. Whatever can
 * fail is tried before the first frame is converted: reading, the encoder at the video's size, the
 * joined file with all its streams.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/video/video.h"
#include "cli/video/video_progress.h"
#include "comic/frames.h"
#include "video/matroska.h"
#include "video/parts.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DECODER_NAME "the video from ffmpeg"
#define ENCODER_NAME "the comic to ffmpeg"

/* Times held at once: more than there are frames in the pipeline. */
#define TIMES 16

/* A video that ends this much earlier than announced is truncated. */
#define MISSING_SECONDS 0.5

/* Shared by the threads of one video. */
struct video {
    const struct cg_video_settings *settings;
    const char *in, *out;
    struct cg_ffmpeg_output output;
    struct cg_ffmpeg_info info;
    struct cg_video_file *video;
    struct cg_y4m_format bare, flat;
    const struct cg_y4m_format *format;
    struct cg_parts *parts;
    struct cg_process decoder, encoder;
    struct cg_ffmpeg_times *times;
    int64_t ticks[TIMES]; /* of frame n at n % TIMES */
    int64_t part_begin;   /* of the part that is being written */
    double *starts;       /* of the parts, in seconds */
    size_t starts_count;
    size_t part_frames;
    size_t in_part;            /* frames given to the encoder */
    size_t begun_with, done;   /* frames in finished parts before, and now in all */
    double begun_at, shown_at; /* seconds */
};

/* On a terminal, four times a second. */
static void show_progress(struct video *video, bool last)
{
    double now = cg_clock_seconds();
    if (video->settings->quiet || !isatty(STDERR_FILENO) || (!last && now < video->shown_at + 0.25))
        return;
    video->shown_at = now;
    cg_video_show_progress(video->done, video->info.frames, video->done - video->begun_with,
                           now - video->begun_at);
    if (last)
        fputc('\n', stderr);
}

static double seconds_of(const struct video *video, int64_t ticks)
{
    return (double)ticks * video->info.tick_num / video->info.tick_den;
}

/* ---- parts ----------------------------------------------------------------------------------- */

static enum cg_status begin_part(struct video *video, struct cg_error *error)
{
    uint64_t frame_ns = (uint64_t)(1e9 / video->info.rate);
    enum cg_status status =
        cg_ffmpeg_encode(&video->output, &video->info, video->format,
                         cg_parts_next_path(video->parts), &video->encoder, error);
    if (status == CG_OK)
        status = cg_matroska_write_header(video->encoder.in, ENCODER_NAME, video->format, frame_ns,
                                          error);
    return status;
}

static enum cg_status add_frame(struct video *video, int64_t ticks, const uint8_t *planes,
                                struct cg_error *error)
{
    double time_ns = round(1e9 * seconds_of(video, ticks));
    return cg_matroska_write_frame(video->encoder.in, ENCODER_NAME, video->format,
                                   (uint64_t)time_ns, planes, error);
}

/* A failing ffmpeg means CG_ERR_FORMAT, which is left to the decoder here. */
static enum cg_status fail_writing(const struct video *video, enum cg_status status,
                                   struct cg_error *error)
{
    cg_error_prefix(error, "writing %s", cg_path_tail(video->out));
    return status == CG_ERR_FORMAT ? CG_ERR_IO : status;
}

/* If the encoder has gone away, its own message is the reason. */
static enum cg_status fail_part(struct video *video, enum cg_status status, struct cg_error *error)
{
    struct cg_error reason;
    if (video->encoder.pid > 0 && cg_process_finish(&video->encoder, &reason) != CG_OK &&
        status == CG_ERR_STATE)
        cg_fail(error, status, "writing %s: %s", cg_path_tail(video->out), reason.text);
    return status;
}

static enum cg_status end_part(struct video *video, struct cg_error *error)
{
    enum cg_status status = cg_process_finish(&video->encoder, error);
    if (status == CG_OK)
        status = cg_ffmpeg_check(cg_parts_next_path(video->parts), video->in_part, error);
    if (status != CG_OK)
        return fail_writing(video, status, error);
    video->in_part = 0;
    return cg_parts_commit(video->parts, error);
}

/* The reading thread: take a frame's time, which comes separately. What ffmpeg says before the
 * first frame of a piece is of frames that it needs for decoding only, or lacks. */
static enum cg_status frame_arrived(void *context, size_t frame, struct cg_error *error)
{
    struct video *video = context;
    int64_t *ticks = &video->ticks[frame % TIMES];
    enum cg_status status = cg_ffmpeg_times_next(video->times, ticks, error);
    if (frame == 0 && video->settings->clip.start > 0.0)
        cg_process_forget_said(&video->decoder);
    if (status != CG_OK || frame % video->part_frames != 0)
        return status;
    double *starts = realloc(video->starts, (video->starts_count + 1) * sizeof(*starts));
    if (starts == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "video: out of memory");
    video->starts = starts;
    starts[video->starts_count++] = seconds_of(video, *ticks);
    return CG_OK;
}

/* The writing thread: send a frame to the encoder. */
static enum cg_status write_frame(void *context, size_t frame, const uint8_t *planes,
                                  struct cg_error *error)
{
    struct video *video = context;
    int64_t ticks = video->ticks[frame % TIMES];
    enum cg_status status = CG_OK;
    if (video->in_part == 0) {
        video->part_begin = ticks;
        status = begin_part(video, error);
    }
    if (status == CG_OK)
        status = add_frame(video, ticks - video->part_begin, planes, error);
    if (status != CG_OK)
        return fail_part(video, status, error);
    video->done++;
    show_progress(video, false);
    return ++video->in_part == video->part_frames ? end_part(video, error) : CG_OK;
}

/* The converting thread: save the state for the next part as soon as this one's last frame is
 * converted. */
static enum cg_status frame_converted(void *context, size_t frame, struct cg_error *error)
{
    struct video *video = context;
    if ((frame + 1) % video->part_frames != 0)
        return CG_OK;
    int part = (int)(frame / video->part_frames);
    char *path = cg_string_copy(cg_parts_state_path(video->parts, part));
    enum cg_status status = path == NULL
                                ? cg_fail(error, CG_ERR_MEMORY, "video: out of memory")
                                : cg_frames_save(cg_video_file_frames(video->video), path, error);
    free(path);
    return status;
}

/* ---- before the work ------------------------------------------------------------------------- */

/* The job; the work starts over when it changes: video, options, program. */
static char *describe_job(const struct video *video)
{
    struct stat in;
    if (stat(video->in, &in) != 0)
        return NULL;
    return cg_string_format("comicgan " CG_VERSION "\n%s\n%jd bytes, changed %jd.%09ld\n%s",
                            video->in, (intmax_t)in.st_size, (intmax_t)in.st_mtim.tv_sec,
                            in.st_mtim.tv_nsec, video->settings->options_text);
}

static enum cg_status open_parts(struct video *video, struct cg_error *error)
{
    char *job = describe_job(video);
    if (job == NULL)
        return cg_fail(error, CG_ERR_IO, "reading %s: %s", cg_path_tail(video->in),
                       CG_ERRNO_WORDS(errno));
    enum cg_status status =
        cg_parts_open(video->out, job, cg_ffmpeg_part_ending(&video->output), &video->parts, error);
    free(job);
    return status;
}

/* Estimate the number of frames, for the progress. */
static void estimate_frames(struct video *video)
{
    const struct cg_ffmpeg_clip *clip = &video->settings->clip;
    double seconds = fmax(video->info.seconds - clip->start, 0.0);
    if (clip->seconds > 0.0 && clip->seconds < seconds)
        seconds = clip->seconds;
    if (clip->start > 0.0 || clip->seconds > 0.0 || clip->rate_num > 0)
        video->info.frames = seconds * video->info.rate;
}

/* Frames with alpha are read as such, and blended onto white if alpha cannot be kept. */
static enum cg_status start_decoder(struct video *video, struct cg_error *error)
{
    struct cg_ffmpeg_info *info = &video->info;
    enum cg_status status = CG_OK;
    if (info->transparent)
        status = cg_ffmpeg_find_alpha(video->in, &video->settings->clip, info, error);
    if (status == CG_OK && info->transparent)
        cg_ffmpeg_keep_alpha(&video->output, video->settings->codec != NULL);
    if (status == CG_OK)
        status = cg_ffmpeg_decode(video->in, info, &video->settings->clip, video->output.depth,
                                  &video->bare, &video->decoder, error);
    estimate_frames(video);
    if (status == CG_OK)
        status = cg_ffmpeg_times_create(video->decoder.notes, &video->times, error);
    return status;
}

static enum cg_status open_film(struct video *video, struct cg_error *error)
{
    struct cg_video_file_source source = {.fd = video->decoder.out, .name = DECODER_NAME};
    struct cg_y4m_format matrix = {.kr = 0.0f};
    cg_ffmpeg_take_matrix(&video->info, &matrix);
    source.kr = matrix.kr;
    source.kb = matrix.kb;
    if (video->info.transparent) {
        bool odd = video->bare.width % 2 != 0 || video->bare.height % 2 != 0;
        video->flat = video->bare;
        video->flat.chroma = odd ? CG_Y4M_444 : CG_Y4M_420;
        video->flat.depth = video->output.depth;
        video->flat.kr = matrix.kr;
        video->flat.kb = matrix.kb;
        source.bare = &video->bare;
        source.flat = video->output.alpha ? NULL : &video->flat;
    }
    return cg_video_file_open(video->video, &source, &video->format, error);
}

static struct cg_ffmpeg_join join_of(const struct video *video, struct cg_ffmpeg_info *info,
                                     const char *list)
{
    return (struct cg_ffmpeg_join){
        .output = &video->output,
        .info = info,
        .clip = &video->settings->clip,
        .in = video->in,
        .list = list,
        .picture = cg_parts_picture_path(video->parts),
        .out = cg_parts_joined_path(video->parts, strrchr(video->out, '.')),
        .first_seconds = video->starts_count > 0 ? video->starts[0] : 0.0,
    };
}

/* Send an empty frame through everything that the comic will go through. */
static enum cg_status try_everything(struct video *video, struct cg_error *error)
{
    const char *list;
    uint8_t *planes = cg_alloc_zero(cg_y4m_frame_nbytes(video->format), 1, "frame", error);
    if (planes == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = begin_part(video, error);
    if (status == CG_OK)
        status = add_frame(video, 0, planes, error);
    free(planes);
    if (status != CG_OK)
        return fail_part(video, status, error);
    status = cg_process_finish(&video->encoder, error);
    if (status == CG_OK)
        status = cg_parts_list_next(video->parts, &list, error);
    if (status != CG_OK)
        return fail_writing(video, status, error);
    struct cg_ffmpeg_join join = join_of(video, &video->info, list);
    status = cg_ffmpeg_plan_join(&join, error);
    if (status != CG_OK)
        status = fail_writing(video, status, error);
    unlink(join.out);
    unlink(cg_parts_next_path(video->parts));
    return status;
}

/* Resume after the finished parts. Without a state the next frame starts fresh, as at a cut. */
static enum cg_status go_on(struct video *video, struct cg_error *error)
{
    int done = cg_parts_done(video->parts);
    double frames = round(video->info.rate * (double)video->settings->part_seconds);
    video->part_frames = (size_t)fmax(1.0, frames);
    video->done = video->begun_with = (size_t)done * video->part_frames;
    video->begun_at = cg_clock_seconds();
    if (done == 0)
        return CG_OK;
    const char *state = cg_parts_state_path(video->parts, done - 1);
    return access(state, F_OK) == 0 ? cg_video_file_restore(video->video, state, error) : CG_OK;
}

/* ---- the work -------------------------------------------------------------------------------- */

static void warn(const struct video *video, const char *file, const char *what)
{
    if (!video->settings->quiet)
        cg_cli_say("comicgan: warning: %s: %s", file, what);
}

/* How much earlier than announced, and asked for, its frames end. */
static double missing_seconds(const struct video *video)
{
    const struct cg_ffmpeg_clip *clip = &video->settings->clip;
    double last = seconds_of(video, video->ticks[(video->done + TIMES - 1) % TIMES]);
    double end = video->info.start + video->info.seconds - clip->start;
    if (clip->seconds > 0.0)
        end = fmin(end, clip->seconds);
    return video->info.seconds > 0.0 && video->done > 0 ? end - last - 1.0 / video->info.rate : 0.0;
}

/* In words; "" if nothing is wrong: where the rate changes,
 * the last frame may be shown for long. */
static void describe_damage(const struct video *video, char *text, size_t text_nbytes)
{
    double missing = missing_seconds(video);
    bool complained = video->decoder.said[0] != '\0';
    text[0] = '\0';
    if (video->done == 0 && video->settings->clip.start > 0.0)
        snprintf(text, text_nbytes, "has no frames from --start on%s%s", complained ? ": " : "",
                 video->decoder.said);
    else if (missing > MISSING_SECONDS && (complained || video->info.steady))
        snprintf(text, text_nbytes, "is cut off: its last %.1f s of %.1f are missing", missing,
                 video->info.seconds);
    else if (complained)
        snprintf(text, text_nbytes, "is damaged: %s", video->decoder.said);
}

/* A failing decoder truncates its stream: its message is the better reason. One that continues past
 * damage is reported. */
static enum cg_status end_decoder(struct video *video, enum cg_status status,
                                  struct cg_error *error)
{
    struct cg_error reason;
    char what[CG_PROCESS_SAID_NBYTES + 64];
    if (video->decoder.pid == 0 || (status != CG_OK && status != CG_ERR_FORMAT))
        return status;
    if (cg_process_finish(&video->decoder, &reason) != CG_OK)
        return cg_fail(error, CG_ERR_FORMAT, "reading %s: %s", cg_path_tail(video->in),
                       reason.text);
    describe_damage(video, what, sizeof(what));
    if (status != CG_OK && what[0] != '\0')
        return cg_fail(error, CG_ERR_FORMAT, "reading %s: it %s", cg_path_tail(video->in), what);
    if (what[0] != '\0')
        warn(video, video->in, what);
    return status;
}

static enum cg_status convert_frames(struct video *video, struct cg_error *error)
{
    const struct cg_video_file_sink sink = {video, frame_arrived, frame_converted, write_frame};
    enum cg_status status = open_film(video, error);
    if (status == CG_OK)
        status = try_everything(video, error);
    if (status == CG_OK)
        status = go_on(video, error);
    if (status == CG_OK)
        status = cg_video_file_run(video->video, video->done, &sink, error);
    if (status == CG_OK && video->in_part > 0)
        status = end_part(video, error);
    if (status == CG_OK)
        video->done = cg_video_file_length(video->video); /* the last part may have been short */
    show_progress(video, true);
    return end_decoder(video, status, error);
}

static void say_losses(const struct video *video, const struct cg_ffmpeg_join *join)
{
    char hdr[64];
    const char *loss;
    if (video->info.hdr != NULL) {
        snprintf(hdr, sizeof(hdr), "HDR (%s) was brought to BT.709", video->info.hdr);
        warn(video, video->out, hdr);
    }
    if (video->info.transparent && !video->output.alpha)
        warn(video, video->out,
             "transparency does not go into this kind of file and was laid on white");
    for (int at = 0; (loss = cg_ffmpeg_loss(join, &at)) != NULL;)
        warn(video, video->out, loss);
}

static enum cg_status join_parts(struct video *video, struct cg_error *error)
{
    const char *list, *ending = strrchr(video->out, '.');
    enum cg_status status = cg_parts_list(video->parts, video->starts, &list, error);
    if (status != CG_OK)
        return status;
    struct cg_ffmpeg_join join = join_of(video, &video->info, list);
    status = cg_ffmpeg_join(&join, error);
    if (status == CG_OK && cg_ffmpeg_counts_frames(&video->output))
        status = cg_ffmpeg_check(join.out, video->done, error);
    if (status != CG_OK)
        return fail_writing(video, status, error);
    status = cg_parts_finish(video->parts, ending, cg_cli_writing(video->settings->force), error);
    if (status == CG_OK)
        say_losses(video, &join);
    return status;
}

static enum cg_status make_video(struct video *video, struct cg_error *error)
{
    enum cg_status status = cg_ffmpeg_probe(video->in, &video->info, error);
    if (status == CG_OK)
        status = start_decoder(video, error);
    if (status == CG_OK)
        status = open_parts(video, error);
    if (status == CG_OK)
        status = convert_frames(video, error);
    if (status == CG_OK)
        status = join_parts(video, error);
    if (status != CG_OK) {
        cg_process_stop(&video->encoder);
        if (video->parts != NULL) {
            unlink(cg_parts_next_path(video->parts));
            cg_parts_drop_if_empty(video->parts);
        }
    }
    cg_process_stop(&video->decoder);
    cg_ffmpeg_times_free(video->times);
    cg_parts_free(video->parts);
    free(video->starts);
    return status;
}

int cg_video_convert_one(const struct cg_video_settings *settings, const char *in, const char *out)
{
    struct cg_error error;
    struct video video = {.settings = settings,
                          .in = in,
                          .out = out,
                          .decoder = CG_PROCESS_NONE,
                          .encoder = CG_PROCESS_NONE};
    if (cg_ffmpeg_output_of(out, settings->codec, settings->crf, (settings->ten_bits ? 10 : 8),
                            &video.output, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_USAGE, "%s", error.text);
    video.output.fast = settings->video.fast;
    int code = CG_EXIT_DONE;
    if (cg_video_file_create(&settings->video, &video.video, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    signal(SIGPIPE, SIG_IGN); /* a failing encoder is an error */
    if (make_video(&video, &error) != CG_OK)
        code = cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    cg_video_file_free(video.video);
    return code;
}
