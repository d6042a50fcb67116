/*
 * comicgan convert: a photo in, a comic out. Everything that can be known beforehand (numbers,
 * names, folders, the style) is checked before the work; a wrong command costs no time and leaves
 * nothing behind. The order of run_job is the order of the work.
 */
#include "base/memory.h"
#include "cli/looks.h"
#include "image/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "Usage: comicgan convert [OPTIONS] IN OUT\n"
    "Turn the photo IN into the comic OUT, of the same size. PNG and JPEG; the ending of OUT\n"
    "(.png, .jpg, .jpeg) says which one to write. OUT is written whole or not at all.\n"
    "\n" CG_CLI_LOOKS_HELP "  --quality Q     JPEG quality, 1 to 100 (default: 92)\n"
    "  --threads N     threads to work with, 1 to 256 (default: all processors);\n"
    "                  the comic is the same with any number\n"
    "  --help          this text\n";

#define THREADS_MAX 256
#define QUALITY_DEFAULT 92

/* How to convert; the same for all pictures of one call. */
struct settings {
    struct cg_cli_looks looks;
    int quality, threads;
};

/* One picture. */
struct job {
    const char *in, *out;
    enum cg_image_format format;
};

/* ---- the command line ------------------------------------------------------------------------ */

enum { OPTION_QUALITY = CG_CLI_LONG_OPTION, OPTION_THREADS };

static const struct option long_options[] = {
    CG_CLI_LOOKS_LONG_OPTIONS,
    {"quality", required_argument, NULL, OPTION_QUALITY},
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* One option with a value; false after a message. */
static bool set_option(struct settings *settings, int option, const char *value)
{
    if (cg_cli_is_look(option))
        return cg_cli_looks_set(&settings->looks, option, value);
    switch (option) {
    case OPTION_QUALITY:
        return cg_cli_parse_int("quality", value, 1, 100, &settings->quality);
    default:
        return cg_cli_parse_int("threads", value, 1, THREADS_MAX, &settings->threads);
    }
}

static int check_argument_count(int argc, char *argv[])
{
    int count = argc - optind;
    if (count == 0)
        return cg_cli_fail(CG_EXIT_USAGE, "convert: expected IN and OUT, found neither; "
                                          "see comicgan convert --help");
    if (count == 1)
        return cg_cli_fail(CG_EXIT_USAGE, "convert: expected IN and OUT, found only %s",
                           argv[optind]);
    if (count > 2)
        return cg_cli_fail(CG_EXIT_USAGE, "convert: expected IN and OUT, found also %s",
                           argv[optind + 2]);
    return CG_EXIT_DONE;
}

/* ---- checks before the work ------------------------------------------------------------------ */

static int check_in(const struct job *job, struct stat *in)
{
    if (stat(job->in, in) != 0)
        return cg_cli_fail(CG_EXIT_INPUT, "reading %s: expected a PNG or JPEG file, found: %s",
                           job->in, strerror(errno));
    if (S_ISDIR(in->st_mode))
        return cg_cli_fail(CG_EXIT_INPUT, "reading %s: expected a PNG or JPEG file, found a folder",
                           job->in);
    return CG_EXIT_DONE;
}

/* The folder that path lies in, to be freed; NULL when memory is short. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return cg_string_copy(".");
    return cg_string_format("%.*s", (int)(slash == path ? 1 : slash - path), path);
}

static int check_out_folder(const char *path)
{
    struct stat folder_stat;
    char *folder = folder_of(path);
    if (folder == NULL)
        return cg_cli_fail(CG_EXIT_INPUT, "writing %s: memory could not be had", path);
    int code = CG_EXIT_DONE;
    if (stat(folder, &folder_stat) != 0)
        code =
            cg_cli_fail(CG_EXIT_INPUT, "writing %s: folder %s: %s", path, folder, strerror(errno));
    else if (!S_ISDIR(folder_stat.st_mode))
        code = cg_cli_fail(CG_EXIT_INPUT, "writing %s: %s is not a folder", path, folder);
    else if (access(folder, W_OK | X_OK) != 0)
        code =
            cg_cli_fail(CG_EXIT_INPUT, "writing %s: folder %s: %s", path, folder, strerror(errno));
    free(folder);
    return code;
}

static int check_out(const struct job *job, const struct stat *in)
{
    struct stat out;
    if (stat(job->out, &out) != 0)
        return check_out_folder(job->out);
    if (S_ISDIR(out.st_mode))
        return cg_cli_fail(CG_EXIT_INPUT, "writing %s: expected the name of a file, found a folder",
                           job->out);
    if (in->st_dev == out.st_dev && in->st_ino == out.st_ino)
        return cg_cli_fail(CG_EXIT_USAGE, "%s and %s are the same file; give OUT another name",
                           job->in, job->out);
    return S_ISREG(out.st_mode) ? check_out_folder(job->out) : CG_EXIT_DONE;
}

static int check_job(struct job *job)
{
    struct cg_error error;
    struct stat in;
    if (cg_image_format_of(job->out, &job->format, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_USAGE, "%s", error.text);
    int code = check_in(job, &in);
    return code == CG_EXIT_DONE ? check_out(job, &in) : code;
}

/* ---- the work -------------------------------------------------------------------------------- */

static int convert_picture(struct cg_session *session, const struct cg_looks *looks,
                           const struct settings *settings, const struct job *job)
{
    struct cg_error error;
    struct cg_image image = {0};
    enum cg_status status = cg_image_read(job->in, &(struct cg_image_read_options){.channels = 3},
                                          &image, NULL, &error);
    if (status == CG_OK) {
        status =
            cg_session_convert(session, image.pixels, image.width, image.height, looks, &error);
        if (status != CG_OK)
            cg_error_prefix(&error, "converting %s", job->in);
    }
    if (status == CG_OK)
        status = cg_image_write(
            job->out, &image,
            &(struct cg_image_write_options){.format = job->format, .quality = settings->quality},
            &error);
    cg_image_clear(&image);
    return status == CG_OK ? CG_EXIT_DONE : cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
}

static int run_job(const struct settings *settings, struct job *job)
{
    struct cg_error error;
    struct cg_engine *engine = NULL;
    struct cg_session *session = NULL;
    struct cg_looks looks;
    int code = check_job(job);
    if (code != CG_EXIT_DONE)
        return code;
    if (cg_cli_looks_open(&settings->looks, &engine, &looks, &error) != CG_OK)
        code = cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    else if (cg_session_create(engine, settings->threads, &session, &error) != CG_OK)
        code = cg_cli_fail(CG_EXIT_INPUT, "converting %s: %s", job->in, error.text);
    else
        code = convert_picture(session, &looks, settings, job);
    cg_session_free(session);
    cg_engine_free(engine);
    return code;
}

int cg_command_convert(int argc, char *argv[])
{
    struct settings settings = {
        .looks = CG_CLI_LOOKS_DEFAULT, .quality = QUALITY_DEFAULT, .threads = 0};
    opterr = 0;
    for (int result; (result = getopt_long(argc, argv, ":h", long_options, NULL)) != -1;) {
        if (result == 'h')
            return fputs(help, stdout) < 0 ? CG_EXIT_INPUT : CG_EXIT_DONE;
        if (result == '?' || result == ':')
            return cg_cli_refuse_option(result, argv, long_options);
        if (!set_option(&settings, result, optarg))
            return CG_EXIT_USAGE;
    }
    int code = check_argument_count(argc, argv);
    if (code != CG_EXIT_DONE)
        return code;
    struct job job = {.in = argv[optind], .out = argv[optind + 1]};
    return run_job(&settings, &job);
}
