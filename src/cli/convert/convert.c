/*
 * comicgan convert: photos in, comics out. Everything that can be known beforehand (numbers, names,
 * folders, the style) is checked before the work; a wrong command costs no time and leaves nothing
 * behind. cg_command_convert at the end is the whole story: options, plan, style, batch.
 *
 * A new option is a row of long_options, a case of set_option and a line of the help.
 */
#include "cli/convert/batch.h"
#include "cli/convert/progress.h"
#include "cli/interrupt.h"
#include "cli/render_options.h"

#include <stdio.h>
#include <string.h>

static const char help_usage[] =
    "Usage: comicgan convert [OPTIONS] IN OUT\n"
    "       comicgan convert [OPTIONS] IN... FOLDER/\n"
    "       comicgan convert [OPTIONS] [-r] FOLDER FOLDER/\n"
    "Turn photos into comics of the same size. JPEG, PNG, HEIC, AVIF, WebP, TIFF and\n"
    "GIF are read, PNG, JPEG and WebP written (what of them this program was built\n"
    "with). IN and OUT may be -, the standard input and output. A comic is written\n"
    "whole or not at all.\n"
    "\n"
    "  comicgan convert photo.jpg comic.png\n"
    "  comicgan convert -r --skip-existing photos/ comics/\n"
    "\n"
    "How the comics look:\n" CG_CLI_RENDER_PARAMS_HELP;

static const char help_files[] =
    "\n"
    "Which pictures, and where to:\n"
    "  -r, --recursive     go into the folders below a folder, too; the comics lie\n"
    "                      in FOLDER/ as the photos lie in theirs\n"
    "  --files-from LIST   take the pictures named in the file LIST, a line each;\n"
    "                      - is the standard input\n"
    "  -0                  names in LIST end with a zero byte, as find -print0 writes\n"
    "  --suffix TEXT       put TEXT before the ending of the comics' names\n"
    "  --format F          png, jpg, webp, or same as the photo (default: by OUT's\n"
    "                      ending; png in a folder)\n"
    "  --skip-existing     leave out photos whose comic is there and not older\n"
    "  --force             replace what is there (default: refuse before any work)\n"
    "  --shard K/N         the K-th of N parts of the pictures, for N machines\n"
    "  --dry-run           print what would be done, a line \"IN -> OUT\" for each, and\n"
    "                      write nothing\n"
    "\n"
    "What is in the files:\n"
    "  --quality Q         quality of JPEG and WebP, 1 to 100 (default: 92)\n"
    "  --background C      what a JPEG shows transparency on: #rgb, #rrggbb or a name\n"
    "                      such as black (default: white); PNG and WebP keep it\n"
    "  --keep-profile      keep the colour profile (default: convert to sRGB)\n"
    "  --keep-exif         keep date, camera and the like, without the place\n"
    "  --keep-gps          keep the place too\n"
    "  --strict            refuse pictures with damage, which are else read as far as\n"
    "                      it goes, with a note\n";

static const char help_work[] =
    "\n"
    "How the work is done (the comics do not depend on it):\n"
    "  -j, --jobs N        pictures at a time, 1 to 256 (default: one for each\n"
    "                      processor, fewer where memory is short)\n"
    "  --threads N         threads for each picture, 1 to 256 (default: processors\n"
    "                      divided by jobs)\n"
    "  --max-memory SIZE   do not take more than SIZE, such as 800M or 2G: large\n"
    "                      pictures wait, those that cannot fit are refused\n"
    "                      (default: 75 % of what is free)\n"
    "  --report FILE       write a line of JSON for each picture; what is there is\n"
    "                      begun anew by --force and added to by --skip-existing\n"
    "  --verbose           a line for each picture that is done\n"
    "  --quiet             nothing but errors\n"
    "  -h, --help          this text\n"
    "\n"
    "A picture that fails costs a line on the standard error, the rest is done.\n"
    "Ctrl-C ends in good order, a second one at once; the same command with\n"
    "--skip-existing does what is left. When the disk is full the rest is not tried.\n"
    "Exit codes: 0 all done, 1 a picture failed, 2 wrong options, or OUT is there\n"
    "already, 3 no usable style, 130 interrupted.\n";

#define WORKERS_MAX 256
#define QUALITY_DEFAULT 92

/* All that the command line says. */
struct request {
    struct cg_cli_render_params looks;
    struct cg_plan_options plan;
    struct cg_batch_options batch;
    bool dry_run;
};

/* ---- the command line ------------------------------------------------------------------------ */

enum {
    OPTION_FILES_FROM = CG_CLI_LONG_OPTION,
    OPTION_SUFFIX,
    OPTION_FORMAT,
    OPTION_SKIP_EXISTING,
    OPTION_FORCE,
    OPTION_SHARD,
    OPTION_DRY_RUN,
    OPTION_QUALITY,
    OPTION_BACKGROUND,
    OPTION_KEEP_PROFILE,
    OPTION_KEEP_EXIF,
    OPTION_KEEP_GPS,
    OPTION_STRICT,
    OPTION_THREADS,
    OPTION_MAX_MEMORY,
    OPTION_REPORT,
    OPTION_VERBOSE,
    OPTION_QUIET
};

static const struct option long_options[] = {
    CG_CLI_RENDER_PARAMS_LONG_OPTIONS,
    {"recursive", no_argument, NULL, 'r'},
    {"files-from", required_argument, NULL, OPTION_FILES_FROM},
    {"suffix", required_argument, NULL, OPTION_SUFFIX},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"skip-existing", no_argument, NULL, OPTION_SKIP_EXISTING},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"shard", required_argument, NULL, OPTION_SHARD},
    {"dry-run", no_argument, NULL, OPTION_DRY_RUN},
    {"quality", required_argument, NULL, OPTION_QUALITY},
    {"background", required_argument, NULL, OPTION_BACKGROUND},
    {"keep-profile", no_argument, NULL, OPTION_KEEP_PROFILE},
    {"keep-exif", no_argument, NULL, OPTION_KEEP_EXIF},
    {"keep-gps", no_argument, NULL, OPTION_KEEP_GPS},
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"jobs", required_argument, NULL, 'j'},
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"max-memory", required_argument, NULL, OPTION_MAX_MEMORY},
    {"report", required_argument, NULL, OPTION_REPORT},
    {"verbose", no_argument, NULL, OPTION_VERBOSE},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool set_format(enum cg_plan_format *format, const char *value)
{
    static const struct {
        const char *name;
        enum cg_plan_format format;
    } known[] = {{"png", CG_PLAN_FORMAT_PNG},
                 {"jpg", CG_PLAN_FORMAT_JPEG},
                 {"jpeg", CG_PLAN_FORMAT_JPEG},
                 {"webp", CG_PLAN_FORMAT_WEBP},
                 {"same", CG_PLAN_FORMAT_SAME}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(value, known[i].name) == 0) {
            *format = known[i].format;
            return true;
        }
    }
    cg_cli_fail(CG_EXIT_USAGE, "--format: expected png, jpg, webp or same, found \"%s\"", value);
    return false;
}

/* An option with a value; false after a message. */
static bool set_value(struct request *request, int option, const char *value)
{
    struct cg_picture_settings *picture = &request->batch.picture;
    switch (option) {
    case OPTION_FILES_FROM:
        request->plan.files_from = value;
        return true;
    case OPTION_SUFFIX:
        request->plan.suffix = value;
        return true;
    case OPTION_FORMAT:
        return set_format(&request->plan.format, value);
    case OPTION_SHARD:
        request->plan.shard = value;
        return true;
    case OPTION_QUALITY:
        return cg_cli_parse_int("quality", value, 1, 100, &picture->quality);
    case OPTION_BACKGROUND:
        return cg_cli_parse_colour("background", value, picture->background);
    case 'j':
        return cg_cli_parse_int("jobs", value, 1, WORKERS_MAX, &request->batch.jobs);
    case OPTION_THREADS:
        return cg_cli_parse_int("threads", value, 1, WORKERS_MAX, &request->batch.threads);
    case OPTION_MAX_MEMORY:
        return cg_cli_parse_size("max-memory", value, &request->batch.max_memory_nbytes);
    default:
        request->batch.report_path = value;
        return true;
    }
}

/* The switch that an option is; NULL for one with a value. */
static bool *switch_of(struct request *request, int option)
{
    struct cg_picture_settings *picture = &request->batch.picture;
    switch (option) {
    case 'r':
        return &request->plan.recursive;
    case '0':
        return &request->plan.nul_separated;
    case OPTION_SKIP_EXISTING:
        return &request->plan.skip_existing;
    case OPTION_FORCE:
        return &request->plan.force;
    case OPTION_DRY_RUN:
        return &request->dry_run;
    case OPTION_KEEP_PROFILE:
        return &picture->keep_profile;
    case OPTION_KEEP_EXIF:
        return &picture->keep_exif;
    case OPTION_KEEP_GPS:
        return &picture->keep_gps;
    case OPTION_STRICT:
        return &picture->strict;
    case OPTION_VERBOSE:
        return &request->batch.verbose;
    case OPTION_QUIET:
        return &request->batch.quiet;
    default:
        return NULL;
    }
}

static bool set_option(void *context, int option, const char *value)
{
    struct request *request = context;
    if (cg_cli_is_look(option))
        return cg_cli_render_params_set(&request->looks, option, value);
    bool *given = switch_of(request, option);
    if (given == NULL)
        return set_value(request, option, value);
    *given = true;
    return true;
}

static const struct cg_cli_syntax syntax = {
    ":hr0j:", long_options, (const char *const[]){help_usage, help_files, help_work, NULL},
    set_option};

/* What follows from the options and the arguments behind them. */
static int complete(struct request *request, int argc, char *argv[])
{
    if (request->plan.format == CG_PLAN_FORMAT_WEBP && !cg_image_is_written(CG_IMAGE_WEBP))
        return cg_cli_fail(CG_EXIT_USAGE, "--format webp: this program was built without WebP");
    if (request->batch.verbose && request->batch.quiet)
        return cg_cli_fail(CG_EXIT_USAGE, "--verbose and --quiet: expected one of the two");
    request->plan.arguments = (const char *const *)argv + optind;
    request->plan.argument_count = (size_t)(argc - optind);
    request->batch.picture.keep_exif |= request->batch.picture.keep_gps;
    request->plan.report = request->batch.report_path;
    request->plan.looks = &request->looks;
    request->batch.report_append = request->plan.skip_existing;
    return CG_EXIT_DONE;
}

/* ---- the work -------------------------------------------------------------------------------- */

static int print_plan(const struct cg_plan *plan, bool quiet)
{
    char text[CG_SUMMARY_NBYTES];
    for (size_t i = 0; i < plan->count; i++)
        cg_cli_print("%s -> %s", plan->jobs[i].in, plan->jobs[i].out);
    if (!quiet)
        cg_cli_say("%s", cg_summary_of_plan(plan, text));
    return CG_EXIT_DONE;
}

/* Until here Ctrl-C ends the program as it does any other. */
static int run_batch(const struct cg_batch_options *batch)
{
    cg_interrupt_watch();
    int code = cg_plan_prepare(batch->plan);
    return code == CG_EXIT_DONE ? cg_batch_run(batch) : code;
}

static int run_plan(struct request *request, const struct cg_plan *plan)
{
    struct cg_error error;
    struct cg_engine *engine;
    struct cg_batch_options *batch = &request->batch;
    if (cg_cli_render_params_open(&request->looks, &engine, &batch->picture.looks, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    batch->engine = engine;
    batch->plan = plan;
    int code = request->dry_run ? print_plan(plan, batch->quiet) : run_batch(batch);
    if (code == CG_EXIT_DONE && plan->unlisted > 0)
        code = CG_EXIT_INPUT;
    cg_engine_free(engine);
    return code;
}

static int run_request(struct request *request)
{
    struct cg_plan plan;
    int code = cg_plan_make(&request->plan, &plan);
    if (code != CG_EXIT_DONE)
        return code;
    code = run_plan(request, &plan);
    cg_plan_free(&plan);
    return code;
}

int cg_command_convert(int argc, char *argv[])
{
    struct request request = {
        .looks = CG_CLI_RENDER_PARAMS_DEFAULT,
        .batch.picture = {.quality = QUALITY_DEFAULT, .background = {255, 255, 255}},
    };
    int code;
    if (cg_cli_read_options(&syntax, argc, argv, &request, &code) &&
        (code = complete(&request, argc, argv)) == CG_EXIT_DONE)
        code = run_request(&request);
    cg_cli_render_params_close(&request.looks);
    return code;
}
