/*
 * comicgan video: videos in, comics that move out. Here is the command line: options, which video
 * becomes which, and one after the other.
 */
#include "cli/video/video.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "Usage: comicgan video [OPTIONS] IN OUT\n"
    "       comicgan video [OPTIONS] IN... OUT_FOLDER\n"
    "       comicgan video --frames [OPTIONS] FOLDER OUT_FOLDER\n"
    "Turn the video IN into a comic that moves, of the same size, length and frames' times; "
    "sound,\n"
    "subtitles, chapters, covers and metadata come along. ffmpeg has to be installed. IN is "
    "whatever\n"
    "it reads; OUT ends in .mp4, .m4v, .mov, .mkv, .webm, .gif or .webp and appears when it is\n"
    "complete. In a folder, videos keep their names, with .mp4 where theirs cannot be written.\n"
    "Work that was broken off is resumed by the same command: until OUT is complete,\n"
    "what is done is kept in OUT.parts.\n"
    "\n" CG_CLI_VIDEO_HELP "  --start T       begin at T: seconds, or [HOURS:]MINUTES:SECONDS\n"
    "  --duration T    stop after T\n"
    "  --fps N         frames a second, as 12 or 24000/1001: half of the video's is \"on twos\"\n"
    "                  (default: all frames at their times)\n"
    "  --codec NAME    h264, hevc, av1, vp9, prores or ffv1, as OUT's kind of file holds\n"
    "                  (default: h264; vp9 for .webm)\n"
    "  --crf N         size against quality, 0 (best) to 63, by the codec's own measure\n"
    "                  (default: 18 for h264, 20 hevc, 30 vp9, 32 av1)\n"
    "  --bits N        8 or 10 bits a colour in the file (default: 8)\n"
    "  --frames        from a folder of numbered PNG or JPEG files into another one; those\n"
    "                  that are there already are kept. Does without ffmpeg\n"
    "  --force         replace OUT if it is there already; with --frames, make all anew\n"
    "  --part-seconds S   how much of the video is made before it is safe, 0.1 to 3600\n"
    "                  (default: 10)\n"
    "  --help          this text\n";

#define PART_SECONDS_DEFAULT 10.0f

/* ---- options --------------------------------------------------------------------------------- */

enum {
    OPTION_FRAMES = CG_CLI_LONG_OPTION,
    OPTION_FORCE,
    OPTION_PART_SECONDS,
    OPTION_START,
    OPTION_DURATION,
    OPTION_FPS,
    OPTION_CODEC,
    OPTION_CRF,
    OPTION_BITS
};

static const struct option long_options[] = {
    CG_CLI_VIDEO_LONG_OPTIONS,
    {"frames", no_argument, NULL, OPTION_FRAMES},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"part-seconds", required_argument, NULL, OPTION_PART_SECONDS},
    {"start", required_argument, NULL, OPTION_START},
    {"duration", required_argument, NULL, OPTION_DURATION},
    {"fps", required_argument, NULL, OPTION_FPS},
    {"codec", required_argument, NULL, OPTION_CODEC},
    {"crf", required_argument, NULL, OPTION_CRF},
    {"bits", required_argument, NULL, OPTION_BITS},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* 90, 1:30, 0:01:30.5 */
static bool parse_time(const char *option, const char *text, double *out)
{
    double seconds = 0.0;
    int fields = 0;
    bool good = text[0] != '\0';
    for (const char *at = text; good; at++) {
        char *end;
        double value = strspn(at, "0123456789.") > 0 ? strtod(at, &end) : -1.0;
        good = value >= 0.0 && (fields == 0 || value < 60.0) && ++fields <= 3;
        seconds = 60.0 * seconds + value;
        if (!good || *end == '\0')
            break;
        good = *end == ':';
        at = end;
    }
    if (!good || seconds > 1e7) {
        cg_cli_fail(CG_EXIT_USAGE,
                    "--%s: expected seconds or [HOURS:]MINUTES:SECONDS, found \"%s\"", option,
                    text);
        return false;
    }
    *out = seconds;
    return true;
}

static bool parse_rate(const char *text, struct cg_ffmpeg_clip *clip)
{
    char *end;
    double num = strtod(text, &end), den = 1.0;
    if (end != text && *end == '/')
        den = strtod(end + 1, &end);
    if (end == text || *end != '\0' || !(num >= 0.1 && num <= 1e6 && den >= 1.0 && den <= 1e6) ||
        !(num / den <= 1000.0)) {
        cg_cli_fail(CG_EXIT_USAGE, "--fps: expected a rate such as 12 or 24000/1001, found \"%s\"",
                    text);
        return false;
    }
    clip->rate_num = (int)(1000.0 * num + 0.5);
    clip->rate_den = (int)(1000.0 * den + 0.5);
    return true;
}

static bool set_bits(struct cg_video_settings *settings, const char *value)
{
    if (!cg_cli_parse_int("bits", value, 8, 10, &settings->bits))
        return false;
    if (settings->bits != 9)
        return true;
    cg_cli_fail(CG_EXIT_USAGE, "--bits: expected 8 or 10, found \"9\"");
    return false;
}

static bool set_option(void *context, int option, const char *value)
{
    struct cg_video_settings *settings = context;
    if (cg_video_file_is_option(option))
        return cg_video_file_set(&settings->video, option, value);
    switch (option) {
    case OPTION_FRAMES:
        settings->frames = true;
        return true;
    case OPTION_FORCE:
        settings->force = true;
        return true;
    case OPTION_START:
        return parse_time("start", value, &settings->clip.start);
    case OPTION_DURATION:
        return parse_time("duration", value, &settings->clip.seconds);
    case OPTION_FPS:
        return parse_rate(value, &settings->clip);
    case OPTION_CODEC:
        settings->codec = value;
        return true;
    case OPTION_CRF:
        return cg_cli_parse_int("crf", value, 0, 63, &settings->crf);
    case OPTION_BITS:
        return set_bits(settings, value);
    default:
        return cg_cli_parse_float("part-seconds", value, 0.1f, 3600.0f, &settings->part_seconds);
    }
}

/* All options that the video depends on as they were given, a line each; NULL when memory is short.
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

/* ---- videos -----------------------------------------------------------------------------------
 */

/* The rule for outputs (base/output.h): an exit code. */
static int check_output(const struct cg_video_settings *settings, const char *in, const char *out)
{
    struct cg_error error;
    struct cg_inputs inputs = {0};
    int code = CG_EXIT_DONE;
    if (access(in, F_OK) == 0 && cg_inputs_add(&inputs, in, &error) != CG_OK)
        code = cg_cli_fail_with(CG_EXIT_INPUT, &error);
    else if (cg_cli_render_params_add_inputs(&settings->video.looks, &inputs, &error) != CG_OK)
        code = cg_cli_fail_with(CG_EXIT_INPUT, &error);
    else
        code = cg_cli_check_output(&inputs, out, settings->force);
    cg_inputs_clear(&inputs);
    return code;
}

static int convert_video(const struct cg_video_settings *settings, const char *in, const char *out)
{
    struct stat about;
    if (stat(in, &about) != 0)
        return cg_cli_fail(CG_EXIT_INPUT, "reading %s: expected a video, found: %s", in,
                           strerror(errno));
    if (S_ISDIR(about.st_mode))
        return cg_cli_fail(CG_EXIT_INPUT,
                           "reading %s: expected a video, found a folder; "
                           "--frames takes folders of numbered pictures",
                           in);
    int code = check_output(settings, in, out);
    return code == CG_EXIT_DONE ? cg_video_convert_one(settings, in, out) : code;
}

/* ---- several videos ---------------------------------------------------------------------------
 */

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* To be freed; NULL when memory is short. */
static char *name_in_folder(const char *in, const char *folder)
{
    char *base = cg_path_base_name(in);
    const char *dot = base != NULL ? strrchr(base, '.') : NULL;
    char *path = NULL;
    if (base != NULL && (dot == NULL || dot == base))
        path = cg_string_format("%s/%s.mp4", folder, base);
    else if (base != NULL && cg_ffmpeg_can_write(base))
        path = cg_string_format("%s/%s", folder, base);
    else if (base != NULL)
        path = cg_string_format("%s/%.*s.mp4", folder, (int)(dot - base), base);
    free(base);
    return path;
}

/* The videos' new names, all at first: two of them must not be the same. */
static int name_all(char *const ins[], int count, const char *folder, char **outs)
{
    for (int i = 0; i < count; i++) {
        outs[i] = name_in_folder(ins[i], folder);
        if (outs[i] == NULL)
            return cg_cli_fail(CG_EXIT_INPUT, "video: memory could not be allocated");
        for (int k = 0; k < i; k++)
            if (strcmp(outs[i], outs[k]) == 0)
                return cg_cli_fail(CG_EXIT_USAGE, "video: %s and %s would both become %s", ins[k],
                                   ins[i], outs[i]);
    }
    return CG_EXIT_DONE;
}

/* One after the other; a video that cannot be converted costs its line. */
static int convert_into_folder(const struct cg_video_settings *settings, char *const ins[],
                               int count, const char *folder)
{
    struct cg_error error;
    char **outs = cg_alloc_zero((size_t)count, sizeof(*outs), "names", &error);
    if (outs == NULL || cg_folder_make(folder, &error) != CG_OK) {
        free(outs);
        return cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    }
    int code = name_all(ins, count, folder, outs);
    for (int i = 0; i < count && code == CG_EXIT_DONE; i++)
        code = check_output(settings, ins[i], outs[i]);
    for (int i = 0; i < count && (code == CG_EXIT_DONE || code == CG_EXIT_INPUT); i++) {
        int one = outs[i] != NULL ? convert_video(settings, ins[i], outs[i]) : code;
        code = one != CG_EXIT_DONE ? one : code;
    }
    for (int i = 0; i < count; i++)
        free(outs[i]);
    free(outs);
    return code;
}

static int convert(struct cg_video_settings *settings, char *const names[], int count)
{
    const char *last = names[count - 1];
    if (settings->frames && count != 2)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "video: --frames takes FOLDER and OUT_FOLDER, found %d names", count);
    if (settings->frames)
        return cg_video_convert_folder(settings, names[0], last);
    if (count > 2 || is_folder(last) || last[strlen(last) - 1] == '/')
        return convert_into_folder(settings, names, count - 1, last);
    return convert_video(settings, names[0], last);
}

static int run_settings(struct cg_video_settings *settings, int argc, char *argv[])
{
    if (argc - optind < 2 || argv[argc - 1][0] == '\0')
        return cg_cli_fail(CG_EXIT_USAGE,
                           "video: expected IN and OUT, found %d names; see comicgan video --help",
                           argc - optind);
    char *text = join_options(optind, argv);
    if (text == NULL)
        return cg_cli_fail(CG_EXIT_INPUT, "video: memory could not be allocated");
    settings->options_text = text;
    int code = convert(settings, argv + optind, argc - optind);
    free(text);
    return code;
}

static const struct cg_cli_syntax syntax = {":h", long_options, (const char *const[]){help, NULL},
                                            set_option};

int cg_command_video(int argc, char *argv[])
{
    int code;
    struct cg_video_settings settings = {
        .video = CG_CLI_VIDEO_DEFAULT, .part_seconds = PART_SECONDS_DEFAULT, .crf = -1, .bits = 8};
    if (cg_cli_read_options(&syntax, argc, argv, &settings, &code))
        code = run_settings(&settings, argc, argv);
    cg_cli_render_params_close(&settings.video.looks);
    return code;
}
