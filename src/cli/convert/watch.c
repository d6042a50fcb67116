/*
 * Watching a folder: see watch.h. New pictures are planned one by one, by the rules for a single
 * picture, and converted in batches of those that have arrived meanwhile. Only names are kept of
 * them: of two pictures with one comic the first has it.
 */
#include "cli/convert/watch.h"

#include "base/file.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/confinement.h"
#include "cli/convert/batch_report.h"
#include "cli/convert/plan_parts.h"
#include "cli/convert/progress.h"
#include "cli/interrupt.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

struct watching {
    const struct cg_watch_request *request;
    const char *folder, *out;
    struct cg_report *report;
    struct cg_tally tally;
    struct cg_plan left_out;            /* only the counts so far */
    struct cg_path_list photos, comics; /* taken on so far; comics.paths[i] is of photos.paths[i] */
    const struct cg_plan *anew; /* pictures whose comics may show only a part of them; NULL: none */
    int code;                   /* the worst so far */
};

static void note_code(struct watching *watching, int code)
{
    if (code != CG_EXIT_DONE && watching->code != CG_EXIT_INTERRUPTED)
        watching->code = code == CG_EXIT_INTERRUPTED ? code : CG_EXIT_INPUT;
}

static void convert(struct watching *watching, const struct cg_plan *plan)
{
    struct cg_batch_options batch = *watching->request->batch;
    batch.plan = plan;
    if (plan->count > 0)
        note_code(watching, cg_batch_convert(&batch, watching->report, &watching->tally));
}

static void fail_picture(struct watching *watching)
{
    watching->tally.total++;
    watching->tally.failed++;
    note_code(watching, CG_EXIT_INPUT);
}

/* ---- what comes ------------------------------------------------------------------------------ */

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool is_planned(const struct cg_plan *plan, const char *path)
{
    for (size_t i = 0; i < plan->count; i++)
        if (strcmp(name_of(plan->jobs[i].in), name_of(path)) == 0)
            return true;
    return false;
}

/* The place of a comic, ignoring case, in the list of those taken on; its length if it is new. */
static size_t find_comic(const struct watching *watching, const char *out)
{
    size_t i = 0;
    while (i < watching->comics.count && strcasecmp(watching->comics.paths[i], out) != 0)
        i++;
    return i;
}

/* Note a picture whose comic is not in the list. */
static void add_new(struct watching *watching, const struct cg_job *job)
{
    if (!cg_path_list_add(&watching->photos, cg_string_copy(job->in)) ||
        !cg_path_list_add(&watching->comics, cg_string_copy(job->out)))
        note_code(watching, cg_plan_no_memory());
}

static void remember(struct watching *watching, const struct cg_job *job)
{
    size_t place = find_comic(watching, job->out);
    if (place == watching->comics.count) {
        add_new(watching, job);
        return;
    }
    char *photo = cg_string_copy(job->in);
    if (photo == NULL) {
        note_code(watching, cg_plan_no_memory());
        return;
    }
    free(watching->photos.paths[place]);
    watching->photos.paths[place] = photo;
}

/* The other picture that is coming, or has become the comic that is there; NULL: none. */
static const char *find_twin(const struct watching *watching, const struct cg_plan *coming,
                             const struct cg_job *job)
{
    size_t place = find_comic(watching, job->out);
    const char *other = place < watching->comics.count ? watching->photos.paths[place] : job->in;
    bool differs = strcmp(name_of(other), name_of(job->in)) != 0;
    return differs && (is_planned(coming, other) || access(job->out, F_OK) == 0) ? other : NULL;
}

/* An empty or vanished file is not there yet. */
static bool is_there(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0;
}

/* Whether a comic was made after its picture arrived. The change time also covers pictures moved
 * here. */
static bool is_made_since(const struct stat *comic, const struct stat *picture)
{
    const struct timespec *made = &comic->st_mtim, *came = &picture->st_ctim;
    return made->tv_sec != came->tv_sec ? made->tv_sec > came->tv_sec
                                        : made->tv_nsec >= came->tv_nsec;
}

/* Whether to do the job; if not, the reason was printed, unless it is done already. */
static bool is_wanted(struct watching *watching, const struct cg_plan *coming,
                      const struct cg_job *job)
{
    const struct cg_plan_options *options = watching->request->plan;
    struct stat comic, picture;
    const char *twin = find_twin(watching, coming, job);
    if (twin != NULL) {
        cg_cli_fail(CG_EXIT_INPUT, "%s and %s would both become %s", twin, job->in, job->out);
        fail_picture(watching);
        return false;
    }
    if (stat(job->out, &comic) != 0 || stat(job->in, &picture) != 0 ||
        (watching->anew != NULL && is_planned(watching->anew, job->in)))
        return true;
    if (is_made_since(&comic, &picture))
        return false;
    if (options->force || options->skip_existing)
        return true;
    cg_cli_fail(CG_EXIT_INPUT, "%s is there already, and not of this %s; --force replaces it",
                job->out, job->in);
    fail_picture(watching);
    return false;
}

/* Move the one job of plan to coming, if it is wanted. */
static void take_job(struct watching *watching, struct cg_plan *plan, struct cg_plan *coming)
{
    cg_plan_drop_done(plan, watching->request->plan->mark);
    watching->left_out.existing += plan->existing;
    if (plan->count != 1 || !is_wanted(watching, coming, &plan->jobs[0]))
        return;
    struct cg_job *job = &coming->jobs[coming->count++];
    struct stat comic;
    *job = plan->jobs[--plan->count];
    remember(watching, job);
    if (!watching->request->plan->force && lstat(job->out, &comic) != 0)
        job->writing = CG_WRITE_NEW;
}

static void plan_picture(struct watching *watching, const char *path, struct cg_plan *coming)
{
    struct cg_plan_options options = *watching->request->plan;
    const char *arguments[2] = {path, watching->out};
    struct cg_plan plan;
    options.arguments = arguments;
    options.force = !options.skip_existing; /* existing comics are checked below */
    options.report = NULL;
    if (!is_there(path))
        return;
    if (cg_plan_make(&options, &plan) == CG_EXIT_DONE)
        take_job(watching, &plan, coming);
    else
        fail_picture(watching);
    cg_plan_free(&plan);
}

static void convert_paths(struct watching *watching, const struct cg_path_list *paths)
{
    struct cg_plan coming = {.jobs = calloc(paths->count + 1, sizeof(struct cg_job)),
                             .shard_count = 1};
    if (coming.jobs == NULL) {
        note_code(watching, cg_plan_no_memory());
        return;
    }
    for (size_t i = 0; i < paths->count; i++)
        plan_picture(watching, paths->paths[i], &coming);
    if (cg_plan_prepare(&coming) == CG_EXIT_DONE)
        convert(watching, &coming);
    else
        watching->code = CG_EXIT_INPUT;
    cg_plan_free(&coming);
}

static enum cg_status watch(struct watching *watching, struct cg_error *error)
{
    struct cg_path_list paths = {0};
    enum cg_status status = CG_OK;
    while (status == CG_OK && !cg_interrupted()) {
        status = cg_folder_watch_take(watching->request->watch, true, &paths, error);
        convert_paths(watching, &paths);
        cg_path_list_clear(&paths);
    }
    return status;
}

/* ---- what is there --------------------------------------------------------------------------- */

/* Drop paths that are in the plan, which is still to be converted. */
static void drop_planned(struct cg_path_list *paths, const struct cg_plan *plan)
{
    size_t kept = 0;
    for (size_t i = 0; i < paths->count; i++) {
        if (is_planned(plan, paths->paths[i]))
            free(paths->paths[i]);
        else
            paths->paths[kept++] = paths->paths[i];
    }
    paths->count = kept;
}

/* Convert the plan, then pictures completed meanwhile. */
static enum cg_status convert_plan(struct watching *watching, const struct cg_plan *plan,
                                   struct cg_error *error)
{
    struct cg_path_list paths = {0};
    struct cg_folder_watch *folder = watching->request->watch;
    enum cg_status status = cg_folder_watch_take(folder, false, &paths, error);
    drop_planned(&paths, plan);
    convert(watching, plan);
    if (status == CG_OK)
        status = cg_folder_watch_take(folder, false, &paths, error);
    watching->anew = plan;
    convert_paths(watching, &paths);
    watching->anew = NULL;
    cg_path_list_clear(&paths);
    return status;
}

static enum cg_status allow_folders(struct cg_sandbox *sandbox, const void *context,
                                    struct cg_error *error)
{
    const struct watching *watching = context;
    enum cg_status status = cg_sandbox_allow(sandbox, watching->folder, CG_SANDBOX_READ, error);
    if (status == CG_OK)
        status =
            cg_sandbox_allow(sandbox, watching->out, CG_SANDBOX_READ | CG_SANDBOX_WRITE, error);
    return status == CG_OK ? cg_plan_allow_memory(sandbox, error) : status;
}

static enum cg_status begin(struct watching *watching, struct cg_error *error)
{
    const struct cg_batch_options *batch = watching->request->batch;
    enum cg_status status = cg_batch_open_report(batch, &watching->report, error);
    if (status == CG_OK)
        status = cg_folder_make(watching->out, error);
    if (status == CG_OK && !batch->no_sandbox)
        status = cg_cli_give_up_files(allow_folders, watching, error);
    return status;
}

static void say_summary(const struct watching *watching)
{
    char text[CG_SUMMARY_NBYTES];
    if (!watching->request->batch->quiet)
        cg_cli_say("%s", cg_summary_of_work(&watching->tally, &watching->left_out, text));
}

static int run(struct watching *watching, struct cg_plan *plan)
{
    struct cg_error error;
    bool quiet = watching->request->batch->quiet;
    cg_interrupt_watch();
    int code = cg_plan_prepare(plan);
    if (code != CG_EXIT_DONE)
        return code;
    enum cg_status status = begin(watching, &error);
    if (status == CG_OK)
        status = convert_plan(watching, plan, &error);
    if (status == CG_OK && !quiet && !cg_interrupted())
        cg_cli_say("watching %s; Ctrl-C ends", watching->folder);
    if (status == CG_OK)
        status = watch(watching, &error);
    if (status != CG_OK)
        note_code(watching, cg_cli_fail(CG_EXIT_INPUT, "%s", error.text));
    say_summary(watching);
    cg_report_close(watching->report);
    return watching->code;
}

int cg_watch_run(const struct cg_watch_request *request, struct cg_plan *plan)
{
    struct watching watching = {
        .request = request,
        .folder = request->plan->arguments[0],
        .out = request->plan->arguments[1],
    };
    for (size_t i = 0; i < plan->count; i++) /* a plan's comics all differ */
        add_new(&watching, &plan->jobs[i]);
    cg_plan_drop_done(plan, request->plan->mark);
    watching.left_out = *plan;
    watching.left_out.jobs = NULL;
    watching.left_out.count = 0;
    int code = watching.code == CG_EXIT_DONE ? run(&watching, plan) : watching.code;
    cg_path_list_clear(&watching.comics);
    cg_path_list_clear(&watching.photos);
    return code;
}
