/*
 * comicgan stream: frames in on stdin, comics out on stdout, as YUV4MPEG2, so that it stands
 * between two programs that know about files, cameras and screens. One frame after the other, in
 * constant memory; the first comic is out when the second frame has come in.
 */
#include "cli/confinement.h"
#include "cli/video/video_file.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static const char help[] =
    "Usage: comicgan stream [OPTIONS] < IN.y4m > OUT.y4m\n"
    "Turn a video on the standard input into a comic on the standard output, both as YUV4MPEG2,\n"
    "for use between two ffmpeg commands:\n"
    "  ffmpeg -v error -i IN -f yuv4mpegpipe -pix_fmt yuv420p - |\n"
    "      comicgan stream | ffmpeg -v error -i - OUT\n"
    "\n" CG_CLI_VIDEO_HELP CG_CLI_NO_SANDBOX_HELP "  --help          this text\n";

#define IN_NAME "the standard input"
#define OUT_NAME "the standard output"

static enum cg_status write_frame(void *context, const uint8_t *planes, struct cg_error *error)
{
    return cg_y4m_write_frame(STDOUT_FILENO, OUT_NAME, context, planes, error);
}

struct request {
    struct cg_video_file_options video;
    bool no_sandbox;
};

static int run_stream(const struct request *request)
{
    struct cg_error error;
    struct cg_video_file *video;
    const struct cg_y4m_format *format;
    if (cg_video_file_create(&request->video, &video, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    enum cg_status status = CG_OK;
    if (!request->no_sandbox)
        status = cg_cli_give_up_files(NULL, NULL, &error);
    if (status == CG_OK)
        status = cg_video_file_open(video, STDIN_FILENO, IN_NAME, &format, &error);
    if (status == CG_OK)
        status = cg_y4m_write_header(STDOUT_FILENO, OUT_NAME, format, &error);
    if (status == CG_OK) {
        struct cg_y4m_format out = *format;
        const struct cg_video_file_sink sink = {.context = &out, .write = write_frame};
        status = cg_video_file_run(video, 0, &sink, &error);
    }
    cg_video_file_free(video);
    return status == CG_OK ? CG_EXIT_DONE : cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
}

static int check_surroundings(int argc, char *argv[])
{
    if (optind < argc)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "stream reads the standard input and takes no files, found %s; "
                           "for files there is comicgan video IN OUT",
                           argv[optind]);
    if (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO))
        return cg_cli_fail(CG_EXIT_USAGE, "stream stands between two programs, found a terminal; "
                                          "see comicgan stream --help");
    return CG_EXIT_DONE;
}

#define OPTION_NO_SANDBOX CG_CLI_LONG_OPTION

static bool set_option(void *context, int option, const char *value)
{
    struct request *request = context;
    if (option == OPTION_NO_SANDBOX)
        return request->no_sandbox = true;
    return cg_video_file_set(&request->video, option, value);
}

int cg_command_stream(int argc, char *argv[])
{
    static const struct option long_options[] = {
        CG_CLI_VIDEO_LONG_OPTIONS,
        {"no-sandbox", no_argument, NULL, OPTION_NO_SANDBOX},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    const struct cg_cli_syntax syntax = {":h", long_options, (const char *const[]){help, NULL},
                                         set_option};
    int code;
    struct request request = {.video = CG_CLI_VIDEO_DEFAULT};
    if (cg_cli_read_options(&syntax, argc, argv, &request, &code) &&
        (code = check_surroundings(argc, argv)) == CG_EXIT_DONE &&
        (code = request.no_sandbox ? code : cg_cli_give_up_calls()) == CG_EXIT_DONE) {
        signal(SIGPIPE, SIG_IGN); /* who reads may go away: that is an error, not the end of us */
        code = run_stream(&request);
    }
    cg_cli_render_params_close(&request.video.looks);
    return code;
}
