/*
 * comicgan video: a video in, a comic that moves out, by way of ffmpeg, which decodes and encodes
 * and brings sound, subtitles and metadata along. The comic is made in parts beside OUT
 * (video/parts.h), so that work that was broken off goes on where it was; OUT itself appears when
 * all is done. The order of make_video is the order of the work.
 */
#include "cli/video/video.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "comic/frames.h"
#include "video/ffmpeg.h"
#include "video/parts.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "Usage: comicgan video [OPTIONS] IN OUT\n"
    "       comicgan video --frames [OPTIONS] FOLDER OUT_FOLDER\n"
    "Turn the video IN into a comic that moves, of the same size, frame rate and length; sound,\n"
    "subtitles, chapters and metadata come along. ffmpeg has to be installed. IN is whatever it\n"
    "reads; OUT ends in .mp4, .m4v, .mov, .mkv or .webm and appears when it is complete.\n"
    "Work that was broken off is resumed by the same command: until OUT is complete,\n"
    "what is done is kept in OUT.parts.\n"
    "\n" CG_CLI_VIDEO_HELP
    "  --frames        from a folder of numbered PNG or JPEG files into another one; those\n"
    "                  that are there already are kept. Does without ffmpeg\n"
    "  --force         replace OUT if it is there already; with --frames, make all anew\n"
    "  --part-seconds S   how much of the video is made before it is safe, 0.1 to 3600\n"
    "                  (default: 10)\n"
    "  --help          this text\n";

#define PART_SECONDS_DEFAULT 10.0f
#define RATE_DEFAULT 25.0
#define DECODER_NAME "the video from ffmpeg"
#define ENCODER_NAME "the comic to ffmpeg"

/* What the threads of one video share. */
struct video {
    const struct cg_video_settings *settings;
    const char *in, *out;
    const struct cg_ffmpeg_format *file_format;
    struct cg_ffmpeg_info info;
    struct cg_video_file *video;
    const struct cg_y4m_format *format;
    struct cg_parts *parts;
    struct cg_process decoder, encoder;
    size_t part_frames;
    size_t in_part;            /* frames given to the encoder */
    size_t begun_with, done;   /* frames in finished parts before, and now in all */
    double begun_at, shown_at; /* seconds */
};

/* ---- progress -------------------------------------------------------------------------------- */

void cg_video_show_progress(size_t done, double total, size_t here, double seconds)
{
    double rate = (double)here / fmax(seconds, 1e-3);
    double left = total > (double)done ? (total - (double)done) / fmax(rate, 1e-3) : 0.0;
    if (total > 0.0)
        fprintf(stderr, "\r%zu of %.0f frames, %.1f frames/s, %d:%02d left   ", done,
                fmax(total, (double)done), rate, (int)(left / 60.0), (int)fmod(left, 60.0));
    else
        fprintf(stderr, "\r%zu frames, %.1f frames/s   ", done, rate);
}

/* Where stderr is a terminal, four times a second. */
static void show_progress(struct video *video, bool last)
{
    double now = cg_clock_seconds();
    if (!isatty(STDERR_FILENO) || (!last && now < video->shown_at + 0.25))
        return;
    video->shown_at = now;
    cg_video_show_progress(video->done, video->info.frames, video->done - video->begun_with,
                           now - video->begun_at);
    if (last)
        fputc('\n', stderr);
}

/* ---- parts ----------------------------------------------------------------------------------- */

static enum cg_status begin_part(struct video *video, struct cg_error *error)
{
    enum cg_status status =
        cg_ffmpeg_encode(video->file_format, &video->info, video->settings->video.fast,
                         cg_parts_next_path(video->parts), &video->encoder, error);
    if (status == CG_OK)
        status = cg_y4m_write_header(video->encoder.in, ENCODER_NAME, video->format, error);
    return status;
}

static enum cg_status end_part(struct video *video, struct cg_error *error)
{
    enum cg_status status = cg_process_finish(&video->encoder, error);
    if (status == CG_OK)
        status = cg_ffmpeg_check(cg_parts_next_path(video->parts), video->in_part, error);
    if (status != CG_OK) {
        cg_error_prefix(error, "writing %s", cg_path_tail(video->out));
        return status;
    }
    video->in_part = 0;
    return cg_parts_commit(video->parts, error);
}

/* The writing thread: a frame to the encoder. If that has gone away, what it said is the reason. */
static enum cg_status write_frame(void *context, const uint8_t *planes, struct cg_error *error)
{
    struct video *video = context;
    enum cg_status status = video->in_part == 0 ? begin_part(video, error) : CG_OK;
    if (status == CG_OK)
        status = cg_y4m_write_frame(video->encoder.in, ENCODER_NAME, video->format, planes, error);
    if (status != CG_OK) {
        struct cg_error reason;
        if (video->encoder.pid > 0 && cg_process_finish(&video->encoder, &reason) != CG_OK)
            cg_fail(error, status, "writing %s: %s", cg_path_tail(video->out), reason.text);
        return status;
    }
    video->done++;
    show_progress(video, false);
    return ++video->in_part == video->part_frames ? end_part(video, error) : CG_OK;
}

/* The converting thread: what the next part needs is kept as soon as this one's last frame is
 * there. */
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

/* ---- the work -------------------------------------------------------------------------------- */

/* After which the work is another one and begins anew: the video, the options, this program. */
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
                       strerror(errno));
    enum cg_status status = cg_parts_open(
        video->out, job, cg_ffmpeg_part_ending(video->file_format), &video->parts, error);
    free(job);
    return status;
}

static double rate_of(const struct video *video)
{
    return video->format->rate_num > 0
               ? (double)video->format->rate_num / (double)video->format->rate_den
               : RATE_DEFAULT;
}

/* Go on after the finished parts. Without a state the next frame begins anew, as at a cut. */
static enum cg_status go_on(struct video *video, struct cg_error *error)
{
    int done = cg_parts_done(video->parts);
    double rate = rate_of(video);
    video->part_frames = (size_t)fmax(1.0, round(rate * (double)video->settings->part_seconds));
    video->done = video->begun_with = (size_t)done * video->part_frames;
    video->begun_at = cg_clock_seconds();
    if (done == 0)
        return CG_OK;
    const char *state = cg_parts_state_path(video->parts, done - 1);
    return access(state, F_OK) == 0 ? cg_video_file_restore(video->video, state, error) : CG_OK;
}

static enum cg_status convert_frames(struct video *video, struct cg_error *error)
{
    const struct cg_video_file_sink sink = {video, frame_converted, write_frame};
    enum cg_status status = cg_ffmpeg_decode(video->in, &video->info, &video->decoder, error);
    if (status == CG_OK)
        status = cg_video_file_open(video->video, video->decoder.out, DECODER_NAME, &video->format,
                                    error);
    if (status == CG_OK)
        status = go_on(video, error);
    if (status == CG_OK)
        status = cg_video_file_run(video->video, video->done, &sink, error);
    if (status == CG_OK && video->in_part > 0)
        status = end_part(video, error);
    if (status == CG_OK)
        video->done =
            cg_video_file_length(video->video); /* the last part may have been a short one */
    show_progress(video, true);
    /* a decoder that fails ends its stream too early: its reason is the better one */
    struct cg_error reason;
    if (video->decoder.pid > 0 && (status == CG_OK || status == CG_ERR_FORMAT) &&
        cg_process_finish(&video->decoder, &reason) != CG_OK)
        status =
            cg_fail(error, CG_ERR_FORMAT, "reading %s: %s", cg_path_tail(video->in), reason.text);
    return status;
}

static enum cg_status join_parts(struct video *video, struct cg_error *error)
{
    const char *list, *note = NULL, *ending = strrchr(video->out, '.');
    enum cg_status status =
        cg_parts_list(video->parts, (double)video->part_frames / rate_of(video), &list, error);
    if (status == CG_OK)
        status = cg_ffmpeg_join(video->file_format, list, video->in,
                                cg_parts_joined_path(video->parts, ending), &note, error);
    if (status == CG_OK)
        status = cg_ffmpeg_check(cg_parts_joined_path(video->parts, ending), video->done, error);
    if (status != CG_OK) {
        cg_error_prefix(error, "writing %s", cg_path_tail(video->out));
        return status;
    }
    if (note != NULL)
        fprintf(stderr, "comicgan: %s: %s\n", video->out, note);
    return cg_parts_finish(video->parts, ending, error);
}

static enum cg_status make_video(struct video *video, struct cg_error *error)
{
    enum cg_status status = cg_ffmpeg_probe(video->in, &video->info, error);
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
    cg_parts_free(video->parts);
    return status;
}

/* ---- the command line ------------------------------------------------------------------------ */

static int check_paths(const struct cg_video_settings *settings, const char *in, const char *out)
{
    struct stat in_stat;
    struct cg_error error;
    struct cg_inputs inputs = {0};
    int code = CG_EXIT_DONE;
    if (stat(in, &in_stat) != 0)
        return cg_cli_fail(CG_EXIT_INPUT, "reading %s: expected a video, found: %s", in,
                           strerror(errno));
    if (S_ISDIR(in_stat.st_mode))
        return cg_cli_fail(CG_EXIT_INPUT,
                           "reading %s: expected a video, found a folder; "
                           "--frames takes folders of numbered pictures",
                           in);
    if (cg_inputs_add(&inputs, in, &error) != CG_OK ||
        cg_cli_render_params_add_inputs(&settings->video.looks, &inputs, &error) != CG_OK)
        code = cg_cli_fail_with(CG_EXIT_INPUT, &error);
    else
        code = cg_cli_check_output(&inputs, out, settings->force);
    cg_inputs_clear(&inputs);
    return code;
}

static int run_file(const struct cg_video_settings *settings, const char *in, const char *out)
{
    struct cg_error error;
    struct video video = {
        .settings = settings, .in = in, .out = out, .decoder.in = -1, .decoder.out = -1};
    video.encoder = video.decoder;
    if (cg_ffmpeg_format_of(out, &video.file_format, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_USAGE, "%s", error.text);
    int code = check_paths(settings, in, out);
    if (code != CG_EXIT_DONE)
        return code;
    if (cg_video_file_create(&settings->video, &video.video, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    signal(SIGPIPE, SIG_IGN); /* an encoder that fails is an error, not the end of us */
    if (make_video(&video, &error) != CG_OK)
        code = cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    cg_video_file_free(video.video);
    return code;
}

enum { OPTION_FRAMES = CG_CLI_LONG_OPTION, OPTION_FORCE, OPTION_PART_SECONDS };

static const struct option long_options[] = {
    CG_CLI_VIDEO_LONG_OPTIONS,
    {"frames", no_argument, NULL, OPTION_FRAMES},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"part-seconds", required_argument, NULL, OPTION_PART_SECONDS},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool set_option(void *context, int option, const char *value)
{
    struct cg_video_settings *settings = context;
    if (cg_video_file_is_option(option))
        return cg_video_file_set(&settings->video, option, value);
    if (option == OPTION_FRAMES) {
        settings->frames = true;
        return true;
    }
    if (option == OPTION_FORCE)
        return settings->force = true;
    return cg_cli_parse_float("part-seconds", value, 0.1f, 3600.0f, &settings->part_seconds);
}

/*
 * All options that the video depends on as they were given, a line each; NULL when memory is short.
 */
static char *join_options(int count, char *argv[])
{
    char *text = cg_string_copy("");
    for (int i = 1; i < count && text != NULL; i++) {
        if (strcmp(argv[i], "--force") == 0)
            continue;
        char *longer = cg_string_format("%s%s\n", text, argv[i]);
        free(text);
        text = longer;
    }
    return text;
}

static int run_settings(struct cg_video_settings *settings, int argc, char *argv[])
{
    if (argc - optind != 2)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "video: expected IN and OUT, found %d names; see comicgan video --help",
                           argc - optind);
    const char *in = argv[optind], *out = argv[optind + 1];
    if (settings->frames)
        return cg_video_convert_folder(settings, in, out);
    char *text = join_options(optind, argv);
    if (text == NULL)
        return cg_cli_fail(CG_EXIT_INPUT, "video: memory could not be allocated");
    settings->options_text = text;
    int code = run_file(settings, in, out);
    free(text);
    return code;
}

static const struct cg_cli_syntax syntax = {":h", long_options, (const char *const[]){help, NULL},
                                            set_option};

int cg_command_video(int argc, char *argv[])
{
    int code;
    struct cg_video_settings settings = {.video = CG_CLI_VIDEO_DEFAULT,
                                         .part_seconds = PART_SECONDS_DEFAULT};
    if (cg_cli_read_options(&syntax, argc, argv, &settings, &code))
        code = run_settings(&settings, argc, argv);
    cg_cli_render_params_close(&settings.video.looks);
    return code;
}
