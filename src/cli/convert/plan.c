/*
 * The plan of a call of convert: see plan.h. cg_plan_make has the order in which things are
 * settled: options, output folder, pictures, this process's shard, existing comics.
 */
#include "cli/convert/plan.h"

#include "base/file.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/convert/plan_parts.h"
#include "image/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct planner {
    const struct cg_plan_options *options;
    struct cg_plan *plan;
    struct cg_job_list list;
    struct cg_cli_shard shard;
    const char *const *inputs; /* the arguments before OUT */
    size_t input_count;
    char *out_dir;   /* where comics go, without a slash at its end; NULL: OUT is a file or "-" */
    bool out_exists; /* out_dir does, */
    struct stat out_id;    /* and is this folder */
    bool is_named_picture; /* the list is one picture that was named */
};

static bool is_stream(const char *path)
{
    return strcmp(path, "-") == 0;
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* ---- the options ----------------------------------------------------------------------------- */

static int check_arguments(const struct cg_plan_options *options)
{
    for (size_t i = 0; i < options->argument_count; i++)
        if (options->arguments[i][0] == '\0')
            return cg_cli_fail(CG_EXIT_USAGE, "convert: expected a path, found an empty argument");
    return CG_EXIT_DONE;
}

static int check_options(const struct cg_plan_options *options)
{
    if (options->skip_existing && options->force)
        return cg_cli_fail(CG_EXIT_USAGE, "--skip-existing and --force contradict each other");
    if (options->nul_separated && options->files_from == NULL)
        return cg_cli_fail(CG_EXIT_USAGE, "-0 is for the list of --files-from");
    if (options->suffix != NULL && strchr(options->suffix, '/') != NULL)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "--suffix: expected a part of a file's name, found \"%s\"",
                           options->suffix);
    if (options->suffix != NULL && options->template != NULL)
        return cg_cli_fail(CG_EXIT_USAGE, "--suffix and --template contradict each other");
    int code = options->template != NULL ? cg_plan_check_template(options->template) : CG_EXIT_DONE;
    return code == CG_EXIT_DONE ? check_arguments(options) : code;
}

/* ---- where the comics go --------------------------------------------------------------------- */

/* Take OUT for a folder, which may not exist yet. */
static int set_out_dir(struct planner *planner, const char *out)
{
    size_t length = strlen(out);
    while (length > 1 && out[length - 1] == '/')
        length--;
    planner->out_dir = cg_string_format("%.*s", (int)length, out);
    if (planner->out_dir == NULL)
        return cg_plan_no_memory();
    planner->out_exists = stat(planner->out_dir, &planner->out_id) == 0;
    if (!planner->out_exists)
        return CG_EXIT_DONE;
    if (!S_ISDIR(planner->out_id.st_mode))
        return cg_cli_fail(CG_EXIT_USAGE, "writing to %s: expected a folder, found a file", out);
    if (access(planner->out_dir, W_OK | X_OK) == 0)
        return CG_EXIT_DONE;
    return cg_cli_fail(CG_EXIT_INPUT, "writing %s: folder %s: %s", out, planner->out_dir,
                       CG_ERRNO_WORDS(errno));
}

static bool says_folder(const char *out)
{
    return out[strlen(out) - 1] == '/' || is_folder(out);
}

/* OUT for several pictures: anything that is not a file and does not look like a picture. */
static int set_out_for_many(struct planner *planner, const char *out)
{
    if (is_stream(out))
        return cg_cli_fail(CG_EXIT_USAGE, "convert: one picture alone can go to the standard "
                                          "output, found a folder or several pictures");
    if (!says_folder(out) && *cg_plan_ending(out) != '\0')
        return cg_cli_fail(CG_EXIT_USAGE,
                           "convert: expected a folder for the comics of several pictures, found "
                           "%s; the name of a new folder may end in a slash to say that it is one",
                           out);
    return set_out_dir(planner, out);
}

static int settle_out(struct planner *planner)
{
    const struct cg_plan_options *options = planner->options;
    const char *out = options->arguments[options->argument_count - 1];
    planner->inputs = options->arguments;
    planner->input_count = options->argument_count - 1;
    planner->is_named_picture = planner->input_count == 1 && !is_folder(planner->inputs[0]);
    if (!planner->is_named_picture)
        return set_out_for_many(planner, out);
    return says_folder(out) ? set_out_dir(planner, out) : CG_EXIT_DONE;
}

/* A single named picture is work already divided: only --shard itself splits it. */
static int settle_shard(struct planner *planner)
{
    const char *given = planner->options->shard;
    return cg_cli_shard_find(given == NULL && planner->is_named_picture ? "1/1" : given,
                             &planner->shard);
}

/* ---- one picture to one file ----------------------------------------------------------------- */

/* OUT's ending and --format must agree; OUT without an ending (a pipe, "-") needs --format. */
static int settle_format(const struct cg_plan_options *options, const char *in, const char *out,
                         enum cg_image_format *format)
{
    struct cg_error error;
    enum cg_image_format by_name;
    bool has_ending = !is_stream(out) && cg_image_format_of(out, &by_name, &error) == CG_OK;
    struct stat about;
    bool is_file = !is_stream(out) && (stat(out, &about) != 0 || S_ISREG(about.st_mode));
    if (!has_ending && is_file)
        return cg_cli_fail(CG_EXIT_USAGE, "%s; the name of a new folder ends in a slash",
                           error.text);
    if (!has_ending && options->format == CG_PLAN_FORMAT_BY_NAME)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "writing to %s: the format is not known; "
                           "give --format png, jpg or webp",
                           is_stream(out) ? "the standard output" : out);
    if (!cg_plan_format_for(in, options->format, format))
        return cg_cli_fail(
            CG_EXIT_USAGE,
            "--format same: expected a picture with the ending of one, such as .jpg, "
            "found %s",
            in);
    if (has_ending && options->format == CG_PLAN_FORMAT_BY_NAME)
        *format = by_name;
    if (has_ending && *format != by_name)
        return cg_cli_fail(CG_EXIT_USAGE, "--format and the ending of %s contradict each other",
                           out);
    return CG_EXIT_DONE;
}

static int add_single(struct planner *planner)
{
    const struct cg_plan_options *options = planner->options;
    const char *in = planner->inputs[0], *out = options->arguments[1];
    enum cg_image_format format = CG_IMAGE_PNG;
    struct cg_error error;
    if (options->suffix != NULL || options->template != NULL)
        return cg_cli_fail(CG_EXIT_USAGE,
                           "--%s is for comics in a folder; found the name of one, %s",
                           options->suffix != NULL ? "suffix" : "template", out);
    int code = settle_format(options, in, out, &format);
    if (code == CG_EXIT_DONE && !is_stream(out) && cg_output_check_folder(out, &error) != CG_OK)
        code = cg_cli_fail_with(CG_EXIT_INPUT, &error);
    if (code == CG_EXIT_DONE &&
        !cg_job_list_add(&planner->list, cg_string_copy(in), cg_string_copy(out), format))
        code = cg_plan_no_memory();
    return code;
}

/* ---- pictures into a folder ------------------------------------------------------------------ */

/* The comic's path and format; NULL if out of memory. */
static char *place_in_folder(const struct planner *planner, const char *relative,
                             enum cg_image_format *format)
{
    const struct cg_plan_options *options = planner->options;
    if (options->template == NULL)
        return cg_plan_comic_name(planner->out_dir, relative, options->suffix, options->format,
                                  format);
    cg_plan_format_for(relative, options->format, format);
    const char *ending = cg_plan_new_ending(cg_plan_ending(relative), options->format, *format);
    char *name = cg_plan_name_by_template(
        options->template, options->looks != NULL ? options->looks->style : CG_DEFAULT_STYLE,
        relative, ending);
    char *out = name != NULL ? cg_string_format("%s/%s", planner->out_dir, name) : NULL;
    free(name);
    return out;
}

/* Takes in over, even on failure. */
static int add_to_folder(struct planner *planner, char *in, const char *relative)
{
    const struct cg_plan_options *options = planner->options;
    enum cg_image_format format;
    if (in == NULL || relative == NULL) {
        free(in);
        return cg_plan_no_memory();
    }
    if (options->format == CG_PLAN_FORMAT_SAME && *cg_plan_ending(relative) == '\0') {
        int code = cg_cli_fail(CG_EXIT_USAGE,
                               "--format same: expected pictures with the ending of one, such as "
                               ".jpg, found %s",
                               in);
        free(in);
        return code;
    }
    char *out = place_in_folder(planner, relative, &format);
    return cg_job_list_add(&planner->list, in, out, format) ? CG_EXIT_DONE : cg_plan_no_memory();
}

static int add_named(struct planner *planner, const char *path)
{
    if (is_stream(path))
        return cg_cli_fail(CG_EXIT_USAGE, "convert: a picture from the standard input has no name "
                                          "in a folder; give OUT the name of a file");
    char *relative = cg_path_base_name(path);
    int code = add_to_folder(planner, cg_string_copy(path), relative);
    free(relative);
    return code;
}

/* A comic that an earlier call has written beside its picture. */
static bool is_comic_by_name(const struct planner *planner, const char *path)
{
    const char *suffix = planner->options->suffix;
    size_t length = suffix == NULL ? 0 : strlen(suffix);
    size_t stem = (size_t)(cg_plan_ending(path) - path);
    return length > 0 && stem >= length && strncmp(path + stem - length, suffix, length) == 0;
}

static bool is_out_dir(const struct planner *planner, const char *dir)
{
    struct stat about;
    return planner->out_exists && stat(dir, &about) == 0 &&
           about.st_dev == planner->out_id.st_dev && about.st_ino == planner->out_id.st_ino;
}

static int add_found(struct planner *planner, const char *dir, struct cg_path_list *found)
{
    bool is_out = is_out_dir(planner, dir);
    int code = CG_EXIT_DONE;
    for (size_t i = 0; code == CG_EXIT_DONE && i < found->count; i++) {
        char *path = found->paths[i];
        if (is_out && is_comic_by_name(planner, path)) {
            planner->plan->comics++;
            continue;
        }
        const char *relative = path + strlen(dir);
        relative += strspn(relative, "/");
        found->paths[i] = NULL;
        code = add_to_folder(planner, path, relative);
    }
    return code;
}

static void tell_unlisted(void *context, const struct cg_error *why)
{
    (void)context;
    cg_cli_fail(CG_EXIT_INPUT, "reading %s", why->text);
}

static int add_folder(struct planner *planner, const char *dir)
{
    const struct cg_walk_options walk = {.recursive = planner->options->recursive,
                                         .skip = planner->out_dir,
                                         .unlisted = tell_unlisted};
    struct cg_walk_left_out left_out = {0};
    struct cg_path_list found = {0};
    struct cg_error error;
    if (planner->options->suffix == NULL && is_out_dir(planner, dir))
        return cg_cli_fail(CG_EXIT_USAGE,
                           "convert: %s is the folder of the photos and of the comics, which the "
                           "next call would take for photos; give another OUT, or --suffix -comic",
                           dir);
    int code = cg_walk_pictures(dir, &walk, &found, &left_out, &error) == CG_OK
                   ? add_found(planner, dir, &found)
                   : cg_cli_fail(CG_EXIT_INPUT, "reading %s", error.text);
    planner->plan->hidden += left_out.hidden;
    planner->plan->links += left_out.links;
    planner->plan->others += left_out.others;
    planner->plan->unlisted += left_out.unlisted;
    for (int i = 0; i < CG_IMAGE_FORMAT_COUNT; i++)
        planner->plan->unread[i] += left_out.unread[i];
    cg_path_list_clear(&found);
    return code;
}

static int refuse_nothing(const struct planner *planner)
{
    char unread[CG_WALK_UNREAD_NBYTES];
    cg_walk_unread_text(planner->plan->unread, unread);
    return cg_cli_fail(
        CG_EXIT_INPUT,
        "reading %s: expected pictures of kinds that this program reads, found "
        "%s%s%s",
        planner->inputs[0], unread[0] != '\0' ? "only " : "none", unread,
        planner->options->recursive ? "" : " (folders below it are looked into with --recursive)");
}

static int add_inputs(struct planner *planner)
{
    int code = CG_EXIT_DONE;
    for (size_t i = 0; code == CG_EXIT_DONE && i < planner->input_count; i++) {
        const char *in = planner->inputs[i];
        code = is_folder(in) ? add_folder(planner, in) : add_named(planner, in);
    }
    if (code == CG_EXIT_DONE && planner->list.count + planner->plan->comics == 0 &&
        !planner->options->watched)
        code = refuse_nothing(planner);
    return code;
}

/* A line of a list. "-" is a file of that name there. */
static int add_listed(void *context, const char *path)
{
    struct planner *planner = context;
    char *relative = cg_plan_inside(path);
    int code = CG_EXIT_DONE;
    if (relative != NULL && relative[0] == '\0')
        code = cg_cli_fail(CG_EXIT_USAGE, "reading the list %s: expected a picture, found %s",
                           planner->options->files_from, path);
    else
        code = add_to_folder(planner, cg_string_format("%s%s", is_stream(path) ? "./" : "", path),
                             relative);
    free(relative);
    return code;
}

/* ---- which pictures there are ---------------------------------------------------------------- */

/* A single argument that cannot be a picture is refused at once; one of several in its turn. */
static int check_named_picture(const char *in)
{
    struct stat about;
    struct cg_error error;
    if (is_stream(in) || stat(in, &about) == 0)
        return CG_EXIT_DONE;
    cg_fail_errno(&error, "reading", in, errno);
    return cg_cli_fail_with(CG_EXIT_INPUT, &error);
}

static int list_pictures(struct planner *planner)
{
    const struct cg_plan_options *options = planner->options;
    if (options->files_from != NULL)
        return cg_plan_read_list(options->files_from, options->nul_separated, add_listed, planner);
    int code = planner->is_named_picture ? check_named_picture(planner->inputs[0]) : CG_EXIT_DONE;
    if (code == CG_EXIT_DONE)
        code = planner->out_dir == NULL ? add_single(planner) : add_inputs(planner);
    return code;
}

/* Move the list to the plan; other shards' pictures are only counted. */
static void split(struct planner *planner)
{
    struct cg_plan *plan = planner->plan;
    struct cg_job_list *list = &planner->list;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (cg_cli_shard_has(&planner->shard, i))
            list->jobs[kept++] = list->jobs[i];
        else
            cg_job_clear(&list->jobs[i]);
    }
    plan->elsewhere = list->count - kept;
    plan->jobs = list->jobs;
    plan->count = kept;
    plan->shard_index = planner->shard.index;
    plan->shard_count = planner->shard.count;
    plan->shard_source = planner->shard.source;
    *list = (struct cg_job_list){0};
}

int cg_plan_make(const struct cg_plan_options *options, struct cg_plan *out)
{
    struct planner planner = {.options = options, .plan = out};
    *out = (struct cg_plan){0};
    int code = check_options(options);
    if (code == CG_EXIT_DONE)
        code = settle_out(&planner);
    if (code == CG_EXIT_DONE)
        code = settle_shard(&planner);
    if (code == CG_EXIT_DONE)
        code = list_pictures(&planner);
    if (code == CG_EXIT_DONE)
        code = cg_job_list_order(&planner.list);
    if (code == CG_EXIT_DONE) {
        split(&planner);
        code = cg_plan_check_existing(options, out);
    }
    cg_job_list_clear(&planner.list);
    free(planner.out_dir);
    if (code != CG_EXIT_DONE)
        cg_plan_free(out);
    return code;
}

void cg_plan_free(struct cg_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        cg_job_clear(&plan->jobs[i]);
    free(plan->jobs);
    *plan = (struct cg_plan){0};
}
