/*
 * comicgan convert: photos in, comics out. Everything that can be checked (numbers, names, folders,
 * the style) is checked before the work; a wrong command costs no time and leaves nothing behind.
 * run, at the end, is the whole story: options, plan, style, batch.
 *
 * A new option is a row of the table below.
 */
#include "base/file.h"
#include "cli/comic_mark.h"
#include "cli/confinement.h"
#include "cli/convert/batch.h"
#include "cli/convert/progress.h"
#include "cli/convert/watch.h"
#include "cli/interrupt.h"
#include "cli/render_options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* All that the command line says. */
struct request {
    struct cg_cli_render_params looks;
    struct cg_plan_options plan;
    struct cg_batch_options batch;
    bool dry_run, watch, no_mark;
    struct cg_folder_watch *folder; /* with watch */
    const char *out;
};

/* ---- the command line ------------------------------------------------------------------------ */

#define WORKERS_MAX 256

/* In the order of enum cg_plan_format. */
static const char *const formats[] = {"", "png", "jpg|jpeg", "webp", "same", NULL};

#define AT(member) offsetof(struct request, member)

static const struct cg_option rows[] = {
    {"How the comics look:", .kind = CG_OPTION_HEADING},
    {.kind = CG_OPTION_GROUP, .rows = CG_CLI_PICTURE_OPTIONS, .field = AT(looks)},

    {"Which pictures, and where to:", .kind = CG_OPTION_HEADING},
    {"out", 'o', CG_OPTION_FILE, AT(out), "OUT", "the same as OUT behind the pictures"},
    {"recursive", 'r', CG_OPTION_FLAG, AT(plan.recursive), NULL,
     "go into the folders below a folder, too; the comics lie in FOLDER/ as the photos lie in "
     "theirs"},
    {"files-from", 0, CG_OPTION_FILE, AT(plan.files_from), "LIST",
     "take the pictures named in the file LIST, a line each; - is the standard input"},
    {"null", '0', CG_OPTION_FLAG, AT(plan.nul_separated), NULL,
     "names in LIST end with a zero byte, as find -print0 writes"},
    {"suffix", 0, CG_OPTION_TEXT, AT(plan.suffix), "TEXT",
     "put TEXT before the ending of the comics' names"},
    {"template", 0, CG_OPTION_TEXT, AT(plan.template), "T",
     "what the comics are called in OUT, such as {dir}/{name}-{style}.{ext}: folder and name of "
     "the "
     "photo, the style, the ending"},
    {"format", 0, CG_OPTION_CHOICE, AT(plan.format), "F",
     "png, jpg, webp, or same as the photo (default: by OUT's ending; png in a folder)",
     .words = formats},
    {"beside", 0, CG_OPTION_FLAG, AT(batch.picture.beside), NULL,
     "photo and comic in one picture, the photo on the left"},
    {"max-size", 0, CG_OPTION_INT, AT(batch.picture.max_side_px), "PX",
     "make large photos smaller, so that no side of the comic is longer than PX, %r (with "
     "--beside, of "
     "each of the two)",
     1, CG_IMAGE_SIDE_MAX_PX},
    {"skip-existing", 0, CG_OPTION_FLAG, AT(plan.skip_existing), NULL,
     "leave out photos whose comic is there, not older, and by its mark made as asked for"},
    {"force", 'f', CG_OPTION_FLAG, AT(plan.force), NULL,
     "replace what is there (default: refuse before any work)"},
    {"watch", 0, CG_OPTION_FLAG, AT(watch), NULL,
     "go on with the pictures that come into FOLDER, each once it is whole, until Ctrl-C"},
    {"shard", 0, CG_OPTION_TEXT, AT(plan.shard), "K/N",
     "the K-th of N parts of the pictures, for N machines"},
    {"dry-run", 0, CG_OPTION_FLAG, AT(dry_run), NULL,
     "print what would be done, a line \"IN -> OUT\" for each, and write nothing"},

    {"What is in the files:", .kind = CG_OPTION_HEADING},
    {"quality", 0, CG_OPTION_INT, AT(batch.picture.quality), "Q",
     "of a JPEG or WebP, %r (default: %d)", 1, 100},
    {"background", 0, CG_OPTION_COLOUR, AT(batch.picture.background), "C",
     "what a JPEG shows transparency on: #rgb, #rrggbb or a name such as black (default: white); a "
     "PNG or WebP stays transparent"},
    {"keep-profile", 0, CG_OPTION_FLAG, AT(batch.picture.keep_profile), NULL,
     "keep the colour profile (default: convert to sRGB)"},
    {"keep-exif", 0, CG_OPTION_FLAG, AT(batch.picture.keep_exif), NULL,
     "keep date, camera and the like, without the place"},
    {"keep-gps", 0, CG_OPTION_FLAG, AT(batch.picture.keep_gps), NULL, "keep the place too"},
    {"keep-times", 0, CG_OPTION_FLAG, AT(batch.picture.keep_times), NULL,
     "give the comic's file the time of the photo's"},
    {"no-mark", 0, CG_OPTION_FLAG, AT(no_mark), NULL,
     "do not write into a comic what made it, which comicgan card shows"},
    CG_CLI_STRICT_ROW(AT(batch.picture.strict)),

    {"How the work is done (the comics do not depend on it):", .kind = CG_OPTION_HEADING},
    {"jobs", 'j', CG_OPTION_INT, AT(batch.jobs), "N",
     "pictures at a time, %r (default: one for each processor, fewer where memory is short)", 1,
     WORKERS_MAX},
    {"threads", 0, CG_OPTION_INT, AT(batch.threads), "N",
     "threads for each picture, %r (default: processors divided by jobs)", 1, WORKERS_MAX},
    {"max-memory", 0, CG_OPTION_SIZE, AT(batch.max_memory_nbytes), "SIZE",
     "do not take more than SIZE, such as 800M or 2G: large pictures wait, those that cannot fit "
     "are refused (default: 75 % of what is free)"},
    {"report", 0, CG_OPTION_FILE, AT(batch.report_path), "FILE",
     "write a line of JSON for each picture; what is there is begun anew by --force and added to "
     "by --skip-existing"},
    CG_CLI_VERBOSE_ROW(AT(batch.verbose), "picture"),
    CG_CLI_QUIET_ROW(AT(batch.quiet)),
    CG_CLI_NO_SANDBOX_ROW(AT(batch.no_sandbox)),
    CG_OPTION_END,
};

/* Whether the name is that of a video, which convert does not accept. */
static bool is_video(const char *path)
{
    static const char *const endings[] = {".mp4", ".m4v",  ".mov", ".mkv", ".webm", ".avi",
                                          ".mpg", ".mpeg", ".ts",  ".mts", ".m2ts", ".vob",
                                          ".wmv", ".flv",  ".3gp", ".ogv"};
    const char *ending = strrchr(path, '.');
    for (size_t i = 0; ending != NULL && i < sizeof(endings) / sizeof(endings[0]); i++)
        if (strcasecmp(ending, endings[i]) == 0)
            return true;
    return false;
}

/* --watch takes one folder, and no shards. */
static int check_watch(struct request *request)
{
    struct cg_plan_options *plan = &request->plan;
    const char *contradiction = plan->recursive                     ? "--recursive"
                                : plan->files_from != NULL          ? "--files-from"
                                : plan->shard != NULL               ? "--shard"
                                : request->dry_run                  ? "--dry-run"
                                : request->batch.picture.keep_times ? "--keep-times"
                                                                    : NULL;
    if (contradiction != NULL)
        return cg_cli_fail(CG_EXIT_USAGE, "--watch and %s contradict each other", contradiction);
    if (cg_file_is_same(plan->arguments[0], plan->arguments[1]))
        return cg_cli_fail(CG_EXIT_USAGE,
                           "--watch: %s would fill with comics of comics; give "
                           "another OUT",
                           plan->arguments[0]);
    plan->shard = "1/1";
    plan->watched = true;
    return CG_EXIT_DONE;
}

static int check_arguments(const struct request *request, int argc, char *argv[])
{
    const struct cg_command *command = &CG_COMMAND_CONVERT;
    if (request->plan.files_from != NULL)
        return cg_command_check_arguments(command, argc, argv, 1, 1,
                                          "OUT alone, as the list names the pictures");
    if (request->watch)
        return cg_command_check_arguments(command, argc, argv, 2, 2, "FOLDER and OUT");
    return cg_command_check_arguments(command, argc, argv, 2, INT_MAX, "IN and OUT");
}

/* Fill in what follows from options and arguments. */
static int complete(struct request *request, int argc, char *argv[])
{
    if (request->plan.format == CG_PLAN_FORMAT_WEBP && !cg_image_is_written(CG_IMAGE_WEBP))
        return cg_cli_fail(CG_EXIT_USAGE, "--format webp: this program was built without WebP");
    cg_command_put_out(request->out, argc, argv);
    if (optind < argc && is_video(argv[optind]))
        return cg_cli_fail(CG_EXIT_USAGE,
                           "%s: expected photos, found a video; for these there is comicgan video "
                           "IN OUT",
                           argv[optind]);
    int code = check_arguments(request, argc, argv);
    if (code != CG_EXIT_DONE)
        return code;
    request->plan.arguments = (const char *const *)argv + optind;
    request->plan.argument_count = (size_t)(argc - optind);
    request->batch.picture.keep_exif |= request->batch.picture.keep_gps;
    request->plan.report = request->batch.report_path;
    request->plan.looks = &request->looks;
    request->batch.report_writing =
        request->plan.skip_existing ? CG_WRITE_APPEND : cg_cli_writing(request->plan.force);
    return request->watch ? check_watch(request) : CG_EXIT_DONE;
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

/* Before this, Ctrl-C ends the program at once. */
static int run_batch(const struct cg_batch_options *batch)
{
    cg_interrupt_watch();
    int code = cg_plan_prepare(batch->plan);
    return code == CG_EXIT_DONE ? cg_batch_run(batch) : code;
}

static int run_watch(const struct request *request, struct cg_plan *plan)
{
    const struct cg_watch_request watch = {&request->plan, &request->batch, request->folder};
    return cg_watch_run(&watch, plan);
}

/* Read mask and style, behind the walls; *mark is the mark for the comics. */
static int open_style(struct request *request, struct cg_engine **engine, char **mark)
{
    struct cg_picture_settings *picture = &request->batch.picture;
    struct cg_mark_source source = {
        .looks = &picture->looks, .beside = picture->beside, .max_side_px = picture->max_side_px};
    struct cg_error error;
    int code = cg_cli_render_params_read_mask(&request->looks, picture->strict);
    if (code != CG_EXIT_DONE)
        return code;
    enum cg_status status =
        cg_cli_render_params_open(&request->looks, engine, &picture->looks, &error);
    source.engine = *engine;
    if (status == CG_OK)
        status = cg_mark_make(&source, mark, &error);
    if (status != CG_OK)
        return cg_cli_fail(CG_EXIT_MODEL, "%s", error.text);
    request->batch.engine = *engine;
    request->plan.mark = *mark;
    request->batch.existing_mark = request->plan.skip_existing ? *mark : NULL;
    picture->mark = request->no_mark ? NULL : *mark;
    return CG_EXIT_DONE;
}

static int run_plan(struct request *request, struct cg_plan *plan)
{
    struct cg_batch_options *batch = &request->batch;
    struct cg_error error;
    struct cg_engine *engine = NULL;
    char *mark = NULL;
    batch->plan = plan;
    if (!batch->no_sandbox &&
        cg_plan_confine_beginning(plan, &request->plan, !request->dry_run, &error) != CG_OK)
        return cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    int code = open_style(request, &engine, &mark);
    if (code == CG_EXIT_DONE) {
        if (!request->watch)
            cg_plan_drop_done(plan, mark);
        code = request->dry_run ? print_plan(plan, batch->quiet)
               : request->watch ? run_watch(request, plan)
                                : run_batch(batch);
    }
    if (code == CG_EXIT_DONE && plan->unlisted > 0)
        code = CG_EXIT_INPUT;
    free(mark);
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
    request->batch.plan = NULL;
    cg_plan_free(&plan);
    return code;
}

/* The watch begins before the folder is listed, so that nothing is missed, and before the walls. */
static int open_watch(struct request *request)
{
    struct cg_error error;
    if (!request->watch ||
        cg_folder_watch_open(request->plan.arguments[0], &request->folder, &error) == CG_OK)
        return CG_EXIT_DONE;
    return cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
}

static int run(int argc, char *argv[])
{
    struct request request = {
        .looks = CG_CLI_RENDER_PARAMS_DEFAULT,
        .batch.picture = {.quality = 92, .background = {255, 255, 255}},
    };
    int code;
    if (cg_command_read(&CG_COMMAND_CONVERT, argc, argv, &request, &code) &&
        (code = complete(&request, argc, argv)) == CG_EXIT_DONE &&
        (code = open_watch(&request)) == CG_EXIT_DONE &&
        (code = request.batch.no_sandbox ? code : cg_cli_give_up_calls()) == CG_EXIT_DONE)
        code = run_request(&request);
    cg_folder_watch_close(request.folder);
    cg_cli_render_params_close(&request.looks);
    return code;
}

const struct cg_command CG_COMMAND_CONVERT = {
    .name = "convert",
    .arguments = "IN... OUT",
    .summary = "turn photos into comics: a file, a folder, thousands",
    .usage = "[OPTIONS] IN OUT\n[OPTIONS] IN... FOLDER/\n[OPTIONS] [-r] FOLDER FOLDER/\n"
             "--watch [OPTIONS] FOLDER FOLDER/",
    .about =
        "Turn photos (JPEG, PNG, HEIC, AVIF, WebP, TIFF, GIF) into comics of the same size, as "
        "PNG, JPEG or WebP. IN and OUT may be -, the "
        "standard input and output. A comic is written whole or not at all.\n"
        "\n"
        "  comicgan convert photo.jpg comic.png\n"
        "  comicgan convert -r --skip-existing photos/ comics/",
    .after = "A picture that fails costs a line on the standard error, the rest is done. Ctrl-C "
             "ends in good order, a second one at once; the same command with --skip-existing does "
             "what is left. When the disk is full the rest is not tried.\n"
             "Exit codes: 0 all done, 1 a picture failed, 2 wrong options, or OUT is there "
             "already, 3 no usable style, 130 interrupted.",
    .options = rows,
    .run = run,
};
