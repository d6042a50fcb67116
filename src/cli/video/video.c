/*
 * comicgan video: videos in, moving comics out. This is the command line: options, output names,
 * and one video after another.
 */
#include "cli/video/video.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/output.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_SECONDS_DEFAULT 10.0f

/* ---- options --------------------------------------------------------------------------------- */

/* 90, 1:30, 0:01:30.5 */
static bool set_time(void *field, const struct cg_option *row, const char *text)
{
    double seconds = 0.0;
    int fields = 0;
    bool good = text[0] != '\0';
    for (const char *at = text; good; at++) {
        char *end = NULL;
        double value = strspn(at, "0123456789.") > 0 ? strtod(at, &end) : 0.0;
        good = end != NULL && (fields == 0 || value < 60.0) && ++fields <= 3;
        seconds = 60.0 * seconds + value;
        if (!good || *end == '\0')
            break;
        good = *end == ':';
        at = end;
    }
    if (!good || seconds > 1e7) {
        cg_cli_fail(CG_EXIT_USAGE,
                    "--%s: expected seconds or [HOURS:]MINUTES:SECONDS, found \"%s\"", row->name,
                    text);
        return false;
    }
    *(double *)field = seconds;
    return true;
}

static bool set_rate(void *field, const struct cg_option *row, const char *text)
{
    struct cg_ffmpeg_clip *clip = field;
    char *end;
    double num = strtod(text, &end), den = 1.0;
    if (end != text && *end == '/')
        den = strtod(end + 1, &end);
    if (end == text || *end != '\0' || !(num >= 0.1 && num <= 1e6 && den >= 1.0 && den <= 1e6) ||
        !(num / den <= 1000.0)) {
        cg_cli_fail(CG_EXIT_USAGE, "--%s: expected a rate such as 12 or 24000/1001, found \"%s\"",
                    row->name, text);
        return false;
    }
    clip->rate_num = (int)(1000.0 * num + 0.5);
    clip->rate_den = (int)(1000.0 * den + 0.5);
    return true;
}

#define AT(member) offsetof(struct cg_video_settings, member)

static const char *const bits_words[] = {"8", "10", NULL};

static const struct cg_option rows[] = {
    {.kind = CG_OPTION_GROUP, .rows = CG_CLI_VIDEO_OPTIONS, .field = AT(video)},
    {"What is made of it:", .kind = CG_OPTION_HEADING},
    {"out", 'o', CG_OPTION_FILE, AT(out), "OUT", "the same as OUT behind IN"},
    {"start", 0, CG_OPTION_CUSTOM, AT(clip.start), "T",
     "begin at T: seconds, or [HOURS:]MINUTES:SECONDS", .set = set_time},
    {"duration", 0, CG_OPTION_CUSTOM, AT(clip.seconds), "T", "stop after T", .set = set_time},
    {"fps", 0, CG_OPTION_CUSTOM, AT(clip), "N",
     "frames a second, as 12 or 24000/1001: half of the video's is \"on twos\" (default: all "
     "frames "
     "at their times)",
     .set = set_rate},
    {"codec", 0, CG_OPTION_TEXT, AT(codec), "NAME",
     "h264, hevc, av1, vp9, prores or ffv1, as OUT's kind of file holds (default: h264; vp9 for "
     ".webm)"},
    {"crf", 0, CG_OPTION_INT, AT(crf), "N",
     "size against quality, 0 (best) to 63, by the codec's own measure (default: 18 for h264, 20 "
     "hevc, 30 vp9, 32 av1)",
     0, 63},
    {"bits", 0, CG_OPTION_CHOICE, AT(ten_bits), "N",
     "8 or 10 bits a colour in the file (default: 8)", .words = bits_words},
    {"frames", 0, CG_OPTION_FLAG, AT(frames), NULL,
     "from a folder of numbered PNG or JPEG files into another one; those that are there already "
     "are kept. Does without ffmpeg"},
    CG_CLI_STRICT_ROW(AT(strict)),
    {"force", 'f', CG_OPTION_FLAG, AT(force), NULL,
     "replace OUT if it is there already; with --frames, make all anew"},
    CG_CLI_VERBOSE_ROW(AT(verbose), "video"),
    CG_CLI_QUIET_ROW(AT(quiet)),
    {"part-seconds", 0, CG_OPTION_FLOAT, AT(part_seconds), "S",
     "how much of the video is made before it is safe, %r (default: %d)", 0.1, 3600},
    CG_OPTION_END,
};

static bool matters(const char *option)
{
    bool letters =
        option[0] == '-' && option[1] != '\0' && option[1 + strspn(option + 1, "fqv")] == '\0';
    return !letters && strcmp(option, "--force") != 0 && strcmp(option, "--quiet") != 0 &&
           strcmp(option, "--verbose") != 0;
}

/* The options that the video depends on, as given, a line each; NULL if out of memory. */
static char *join_options(int count, char *argv[])
{
    char *text = cg_string_copy("");
    for (int i = 1; i < count && text != NULL; i++) {
        if (!matters(argv[i]))
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
    enum cg_status status = CG_OK;
    if (access(in, F_OK) == 0)
        status = cg_inputs_add(&inputs, in, &error);
    if (status == CG_OK)
        status = cg_cli_render_params_add_inputs(&settings->video.looks, &inputs, &error);
    int code = status == CG_OK ? cg_cli_check_output(&inputs, out, settings->force)
                               : cg_cli_fail_with(CG_EXIT_INPUT, &error);
    cg_inputs_clear(&inputs);
    return code;
}

/* By its name, of a kind that never moves. */
static bool is_photo(const char *path)
{
    enum cg_image_format format;
    return cg_image_format_by_ending(path, &format) && format != CG_IMAGE_GIF &&
           format != CG_IMAGE_WEBP && format != CG_IMAGE_AVIF;
}

static int say_done(const struct cg_video_settings *settings, const char *in, const char *out)
{
    if (settings->verbose)
        cg_cli_say("%s -> %s", in, out);
    return CG_EXIT_DONE;
}

static int convert_video(const struct cg_video_settings *settings, const char *in, const char *out)
{
    struct stat about;
    struct cg_error error;
    if (stat(in, &about) != 0) {
        cg_fail_errno(&error, "reading", in, errno);
        return cg_cli_fail_with(CG_EXIT_INPUT, &error);
    }
    if (S_ISDIR(about.st_mode))
        return cg_cli_fail(CG_EXIT_INPUT,
                           "reading %s: expected a video, found a folder; "
                           "--frames takes folders of numbered pictures",
                           in);
    int code = check_output(settings, in, out);
    if (code == CG_EXIT_DONE && cg_output_check_folder(out, &error) != CG_OK)
        code = cg_cli_fail_with(CG_EXIT_INPUT, &error);
    if (code == CG_EXIT_DONE && is_photo(in))
        code = cg_cli_fail(CG_EXIT_INPUT,
                           "%s: expected a video, found a photo; for these there is comicgan "
                           "convert IN OUT",
                           in);
    if (code == CG_EXIT_DONE)
        code = cg_video_convert_one(settings, in, out);
    return code == CG_EXIT_DONE ? say_done(settings, in, out) : code;
}

/* ---- several videos ---------------------------------------------------------------------------
 */

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* To be freed; NULL if out of memory. */
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

/* Determine all new names first: no two may be the same. */
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

/* One after another; a video that fails costs one line. */
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
    if (settings->strict && !settings->frames)
        return cg_cli_fail(CG_EXIT_USAGE, "video: --strict is for --frames, found a video: ffmpeg "
                                          "decodes it, and does not say what is damaged");
    if (settings->frames) {
        int code = cg_video_convert_folder(settings, names[0], last);
        return code == CG_EXIT_DONE ? say_done(settings, names[0], last) : code;
    }
    if (count > 2 || is_folder(last) || last[strlen(last) - 1] == '/')
        return convert_into_folder(settings, names, count - 1, last);
    return convert_video(settings, names[0], last);
}

static int run_settings(struct cg_video_settings *settings, int argc, char *argv[])
{
    cg_command_put_out(settings->out, argc, argv);
    int code =
        cg_command_check_arguments(&CG_COMMAND_VIDEO, argc, argv, 2, settings->frames ? 2 : INT_MAX,
                                   settings->frames ? "FOLDER and OUT_FOLDER" : "IN and OUT");
    if (code != CG_EXIT_DONE)
        return code;
    char *text = join_options(optind, argv);
    if (text == NULL)
        return cg_cli_fail(CG_EXIT_INPUT, "video: out of memory");
    settings->options_text = text;
    code = cg_cli_render_params_read_mask(&settings->video.looks, settings->strict);
    if (code == CG_EXIT_DONE)
        code = convert(settings, argv + optind, argc - optind);
    free(text);
    return code;
}

static int run(int argc, char *argv[])
{
    int code;
    struct cg_video_settings settings = {
        .video = CG_CLI_VIDEO_DEFAULT, .part_seconds = PART_SECONDS_DEFAULT, .crf = -1};
    if (cg_command_read(&CG_COMMAND_VIDEO, argc, argv, &settings, &code))
        code = run_settings(&settings, argc, argv);
    cg_cli_render_params_close(&settings.video.looks);
    return code;
}

const struct cg_command CG_COMMAND_VIDEO = {
    .name = "video",
    .arguments = "IN OUT",
    .summary = "turn a video into a comic that moves (needs ffmpeg)",
    .usage = "[OPTIONS] IN OUT\n[OPTIONS] IN... OUT_FOLDER\n--frames [OPTIONS] FOLDER OUT_FOLDER",
    .about =
        "Turn the video IN into a comic that moves, of the same size, length and frames' "
        "times; sound, subtitles, chapters, covers and metadata come along. ffmpeg has to be "
        "installed. IN is whatever it reads; OUT ends in .mp4, .m4v, .mov, .mkv, .webm, .gif "
        "or .webp and appears when it is complete. In a folder, videos keep their names, with "
        ".mp4 where theirs cannot be written. Work that was broken off is resumed by the same "
        "command: until OUT is complete, what is done is kept in OUT.parts. --faces and --blacks "
        "do nothing here.",
    .options = rows,
    .run = run,
};
