/*
 * comicgan stream: frames in on stdin, comics out on stdout, as YUV4MPEG2, so that it stands
 * between two programs that know about files, cameras and screens. One frame after the other, in
 * constant memory; the first comic is out when the second frame has come in.
 */
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
    "\n" CG_CLI_VIDEO_HELP "  --help          this text\n";

#define IN_NAME "the standard input"
#define OUT_NAME "the standard output"

static enum cg_status write_frame(void *context, size_t frame, const uint8_t *planes,
                                  struct cg_error *error)
{
    (void)frame;
    return cg_y4m_write_frame(STDOUT_FILENO, OUT_NAME, context, planes, error);
}

static int run_stream(const struct cg_video_file_options *options)
{
    struct cg_error error;
    struct cg_video_file *video;
    const struct cg_y4m_format *format;
    if (cg_video_file_create(options, &video, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    const struct cg_video_file_source source = {.fd = STDIN_FILENO, .name = IN_NAME};
    enum cg_status status = cg_video_file_open(video, &source, &format, &error);
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

static bool set_option(void *options, int option, const char *value)
{
    return cg_video_file_set(options, option, value);
}

int cg_command_stream(int argc, char *argv[])
{
    static const struct option long_options[] = {
        CG_CLI_VIDEO_LONG_OPTIONS, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const struct cg_cli_syntax syntax = {":h", long_options, (const char *const[]){help, NULL},
                                         set_option};
    int code;
    struct cg_video_file_options options = CG_CLI_VIDEO_DEFAULT;
    if (cg_cli_read_options(&syntax, argc, argv, &options, &code) &&
        (code = check_surroundings(argc, argv)) == CG_EXIT_DONE) {
        signal(SIGPIPE, SIG_IGN); /* who reads may go away: that is an error, not the end of us */
        code = run_stream(&options);
    }
    cg_cli_render_params_close(&options.looks);
    return code;
}
