/*
 * comicgan stream: frames in on stdin, comics out on stdout, as YUV4MPEG2, for use between two
 * programs that handle files, cameras and screens. Frame by frame, in constant memory; the first
 * comic is written once the second frame has arrived.
 */
#include "cli/confinement.h"
#include "cli/terminal_line.h"
#include "cli/video/video_file.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#define IN_NAME "the standard input"
#define OUT_NAME "the standard output"

struct out {
    struct cg_y4m_format format;
    struct cg_terminal_line progress; /* the converting thread's */
};

static enum cg_status show_frame(void *context, size_t frame, struct cg_error *error)
{
    struct out *out = context;
    char text[CG_TERMINAL_LINE_NBYTES];
    (void)error;
    snprintf(text, sizeof(text), "frames: %zu", frame + 1);
    cg_terminal_line_draw(&out->progress, text);
    return CG_OK;
}

static enum cg_status write_frame(void *context, size_t frame, const uint8_t *planes,
                                  struct cg_error *error)
{
    const struct out *out = context;
    (void)frame;
    return cg_y4m_write_frame(STDOUT_FILENO, OUT_NAME, &out->format, planes, error);
}

struct request {
    struct cg_video_file_options video;
    bool quiet, no_sandbox;
};

static int run_stream(struct request *request)
{
    struct cg_error error;
    struct cg_video_file *video;
    const struct cg_y4m_format *format;
    struct cg_cli_render_params *looks = &request->video.looks;
    if (!request->no_sandbox &&
        cg_cli_give_up_files(cg_cli_render_params_allow, looks, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    int code = cg_cli_render_params_read_mask(looks, false);
    if (code != CG_EXIT_DONE)
        return code;
    if (cg_video_file_create(&request->video, &video, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    const struct cg_video_file_source source = {.fd = STDIN_FILENO, .name = IN_NAME};
    enum cg_status status = cg_video_file_open(video, &source, &format, &error);
    if (status == CG_OK) {
        struct out out = {*format, cg_terminal_line_make(request->quiet)};
        const struct cg_video_file_sink sink = {
            .context = &out, .converted = show_frame, .write = write_frame};
        status = cg_y4m_write_header(STDOUT_FILENO, OUT_NAME, format, &error);
        if (status == CG_OK)
            status = cg_video_file_run(video, 0, &sink, &error);
        cg_terminal_line_erase(&out.progress);
    }
    cg_video_file_free(video);
    return status == CG_OK ? CG_EXIT_DONE : cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
}

static int check_surroundings(int argc, char *argv[])
{
    int code = cg_command_check_arguments(
        &CG_COMMAND_STREAM, argc, argv, 0, 0,
        "options alone, and frames on the standard input (comicgan video IN OUT takes files)");
    if (code != CG_EXIT_DONE)
        return code;
    if (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO))
        return cg_command_refuse(&CG_COMMAND_STREAM,
                                 "expected a program on either side, found a terminal");
    return CG_EXIT_DONE;
}

#define AT(member) offsetof(struct request, member)

static const struct cg_option rows[] = {
    {.kind = CG_OPTION_GROUP, .rows = CG_CLI_VIDEO_OPTIONS, .field = AT(video)},
    CG_CLI_QUIET_ROW(AT(quiet)),
    CG_CLI_NO_SANDBOX_ROW(AT(no_sandbox)),
    CG_OPTION_END,
};

static int run(int argc, char *argv[])
{
    int code;
    struct request request = {.video = CG_CLI_VIDEO_DEFAULT};
    if (cg_command_read(&CG_COMMAND_STREAM, argc, argv, &request, &code) &&
        (code = check_surroundings(argc, argv)) == CG_EXIT_DONE &&
        (code = request.no_sandbox ? code : cg_cli_give_up_calls()) == CG_EXIT_DONE) {
        signal(SIGPIPE, SIG_IGN); /* a reader that goes away is an error */
        code = run_stream(&request);
    }
    cg_cli_render_params_close(&request.video.looks);
    return code;
}

const struct cg_command CG_COMMAND_STREAM = {
    .name = "stream",
    .summary = "the same between two programs, frames on stdin and stdout",
    .usage = "[OPTIONS] < IN.y4m > OUT.y4m",
    .about =
        "Turn a video on the standard input into a comic on the standard output, both as "
        "YUV4MPEG2, for use between two ffmpeg commands; --faces and --blacks do nothing here:\n"
        "  ffmpeg -v error -i IN -f yuv4mpegpipe -pix_fmt yuv420p - |\n"
        "      comicgan stream | ffmpeg -v error -i - OUT",
    .options = rows,
    .run = run,
};
