/*
 * The batch: see batch.h. Each worker has its own session and takes the next picture through all
 * stages (convert_next), so that reading, network and writing of different pictures overlap, and
 * memory grows with the workers, not with the pictures. One lock guards output and counts
 * (account).
 */
#include "cli/convert/batch.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/pool.h"
#include "cli/cli.h"
#include "cli/convert/batch_report.h"
#include "cli/convert/budget.h"
#include "cli/convert/concurrency.h"
#include "cli/convert/progress.h"
#include "cli/interrupt.h"
#include "cli/terminal_line.h"
#include "image/walk.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct batch {
    const struct cg_batch_options *options;
    struct cg_concurrency share;
    struct cg_session **sessions; /* one for each worker */
    struct cg_pool *workers;
    struct cg_budget *budget;
    double began;

    pthread_mutex_t lock; /* for all below */
    struct cg_tally tally;
    struct cg_terminal_line progress;
    struct cg_report *report;
    bool disk_full, report_failed;
};

/* ---- memory ---------------------------------------------------------------------------------- */

static double mib(size_t nbytes)
{
    return (double)nbytes / (1024.0 * 1024.0);
}

/* The memory that the job's picture may take; 0 if that is unknown before it is read (a pipe), or
 * the file is bad (then reading it gives the reason). */
static size_t estimate(const struct batch *batch, const struct cg_job *job,
                       struct cg_image_info *info)
{
    struct stat about;
    if (strcmp(job->in, "-") == 0 || stat(job->in, &about) != 0 || !S_ISREG(about.st_mode) ||
        cg_image_probe(job->in, info, NULL) != CG_OK)
        return 0;
    struct cg_image_info written = *info;
    cg_image_fit(batch->options->picture.max_side_px, &written.width, &written.height);
    if (written.width < info->width) /* both sizes are in memory */
        written.reading_nbytes +=
            (size_t)written.width * (size_t)written.height * (size_t)info->channels;
    written.width *= batch->options->picture.beside ? 2 : 1;
    return cg_budget_of_picture(&written, (size_t)about.st_size, job->format);
}

static void refuse_size(const struct batch *batch, const struct cg_job *job,
                        const struct cg_image_info *info, size_t nbytes,
                        struct cg_picture_result *result)
{
    *result = (struct cg_picture_result){.end = CG_PICTURE_FAILED};
    result->width = info->width;
    result->height = info->height;
    cg_fail(&result->error, CG_ERR_LIMIT,
            "reading %s: %d x %d pixels need about %.0f MiB of memory, expected at most %.0f: %s%s",
            cg_path_tail(job->in), info->width, info->height, mib(nbytes),
            mib(batch->share.picture_nbytes), batch->share.reason,
            batch->share.jobs > 1 ? "; fewer jobs at a time (-j 1) leave more" : "");
}

/* ---- what people see ------------------------------------------------------------------------- */

/* A full disk affects all further pictures: print one line for all of them and stop trying. */
static void tell_failure(struct batch *batch, const struct cg_picture_result *result)
{
    bool full = result->error.status == CG_ERR_FULL;
    size_t left = batch->tally.total - cg_tally_done(&batch->tally);
    if (full && batch->disk_full)
        return;
    cg_cli_fail(CG_EXIT_INPUT, "%s%s", result->error.text,
                full && left > 0 ? "; the rest is not tried" : "");
    batch->disk_full |= full;
    if (full)
        cg_budget_close(batch->budget);
}

static void tell(struct batch *batch, const struct cg_job *job,
                 const struct cg_picture_result *result)
{
    bool failed = result->end == CG_PICTURE_FAILED;
    bool noted = !failed && result->note[0] != '\0' && !batch->options->quiet;
    if (failed || noted || batch->options->verbose)
        cg_terminal_line_erase(&batch->progress);
    if (failed)
        tell_failure(batch, result);
    else if (batch->options->verbose)
        cg_cli_say("%s -> %s", job->in, job->out);
    if (noted)
        cg_cli_say("comicgan: warning: %s: %s", cg_path_tail(job->in), result->note);
}

/* Pictures matter more than their report: continue without it. */
static void report(struct batch *batch, const struct cg_job *job,
                   const struct cg_picture_result *result)
{
    struct cg_error error;
    if (cg_report_add(batch->report, job, result, &error) == CG_OK)
        return;
    batch->report_failed = true;
    cg_terminal_line_erase(&batch->progress);
    cg_cli_fail(CG_EXIT_INPUT, "%s; it ends here", error.text);
}

static void draw_progress(struct batch *batch)
{
    char text[CG_TERMINAL_LINE_NBYTES];
    cg_progress_line(&batch->tally, cg_terminal_columns(), text, sizeof(text));
    cg_terminal_line_draw(&batch->progress, text);
}

/* The progress of a single picture. */
static int draw_share(void *context, double share)
{
    struct batch *batch = context;
    char text[CG_TERMINAL_LINE_NBYTES];
    cg_terminal_line_draw(&batch->progress, cg_progress_picture(share, text, sizeof(text)));
    return 0;
}

/* Record the outcome of a picture. */
static void account(struct batch *batch, const struct cg_job *job,
                    const struct cg_picture_result *result)
{
    if (result->end == CG_PICTURE_GIVEN_UP)
        return;
    pthread_mutex_lock(&batch->lock);
    batch->tally.converted += result->end == CG_PICTURE_CONVERTED;
    batch->tally.failed += result->end == CG_PICTURE_FAILED;
    batch->tally.existing += result->end == CG_PICTURE_EXISTS;
    batch->tally.seconds = cg_clock_seconds() - batch->began;
    if (result->end != CG_PICTURE_EXISTS) {
        tell(batch, job, result);
        report(batch, job, result);
    }
    draw_progress(batch);
    pthread_mutex_unlock(&batch->lock);
}

/* ---- the work -------------------------------------------------------------------------------- */

/* With --skip-existing the comic may be another call's by now, also while it was drawn. */
static bool exists(const struct batch *batch, const struct cg_job *job)
{
    const char *mark = batch->options->existing_mark;
    return mark != NULL && cg_job_is_done_by_now(job, mark);
}

static void convert(struct batch *batch, const struct cg_job *job, int worker,
                    struct cg_picture_result *result)
{
    *result = (struct cg_picture_result){.end = CG_PICTURE_EXISTS};
    if (exists(batch, job))
        return;
    cg_picture_convert(batch->sessions[worker], &batch->options->picture, job, result);
    if (result->end == CG_PICTURE_FAILED && result->error.status == CG_ERR_ARGUMENT &&
        exists(batch, job))
        result->end = CG_PICTURE_EXISTS;
}

/* Convert one picture of the plan in the worker's session; the order of the work. */
static void convert_next(void *context, size_t item, int worker)
{
    struct batch *batch = context;
    const struct cg_job *job = &batch->options->plan->jobs[item];
    struct cg_image_info info;
    struct cg_picture_result result;
    if (cg_interrupted())
        cg_budget_close(batch->budget);
    size_t nbytes = cg_budget_is_open(batch->budget) ? estimate(batch, job, &info) : 0;
    bool fits = nbytes <= batch->share.picture_nbytes;
    if (!cg_budget_take(batch->budget, item, fits ? nbytes : 0))
        return;
    if (fits)
        convert(batch, job, worker, &result);
    else
        refuse_size(batch, job, &info, nbytes, &result);
    cg_budget_give(batch->budget, fits ? nbytes : 0);
    account(batch, job, &result);
}

static struct cg_concurrency share_out(const struct cg_batch_options *options)
{
    struct cg_concurrency_request request = {
        .jobs = options->jobs,
        .threads = options->threads,
        .pictures = options->plan->count,
        .processors = cg_processor_count(),
        .looks = &options->picture.looks,
        .memory_nbytes = options->max_memory_nbytes,
        .machine = cg_machine_memory_read(""),
        .resident_nbytes = cg_machine_memory_resident(""),
    };
    return cg_concurrency_choose(&request);
}

static enum cg_status open_sessions(struct batch *batch, struct cg_error *error)
{
    size_t jobs = (size_t)batch->share.jobs;
    batch->sessions = cg_alloc_zero(jobs, sizeof(struct cg_session *), "sessions", error);
    enum cg_status status = batch->sessions == NULL ? CG_ERR_MEMORY : CG_OK;
    for (size_t i = 0; status == CG_OK && i < jobs; i++)
        status = cg_session_create(batch->options->engine, batch->share.threads,
                                   &batch->sessions[i], error);
    if (status == CG_OK && batch->tally.total == 1)
        cg_session_set_progress(batch->sessions[0], draw_share, batch);
    return status;
}

static enum cg_status batch_open(struct batch *batch, struct cg_error *error)
{
    enum cg_status status = cg_budget_create(batch->share.picture_nbytes, &batch->budget, error);
    if (status == CG_OK)
        status = cg_pool_create(batch->share.jobs, &batch->workers, error);
    if (status == CG_OK)
        status = open_sessions(batch, error);
    return status;
}

static void batch_close(struct batch *batch)
{
    for (int i = 0; batch->sessions != NULL && i < batch->share.jobs; i++)
        cg_session_free(batch->sessions[i]);
    free(batch->sessions);
    cg_pool_free(batch->workers);
    cg_budget_free(batch->budget);
    pthread_mutex_destroy(&batch->lock);
}

static int finish(struct batch *batch, struct cg_tally *sum)
{
    struct cg_tally *tally = &batch->tally;
    tally->seconds = cg_clock_seconds() - batch->began;
    cg_terminal_line_erase(&batch->progress);
    sum->total += tally->total;
    sum->converted += tally->converted;
    sum->failed += tally->failed;
    sum->existing += tally->existing;
    sum->seconds += tally->seconds;
    if (cg_tally_done(tally) < tally->total && cg_interrupted())
        return CG_EXIT_INTERRUPTED;
    return tally->failed > 0 || batch->report_failed ? CG_EXIT_INPUT : CG_EXIT_DONE;
}

int cg_batch_convert(const struct cg_batch_options *options, struct cg_report *report,
                     struct cg_tally *tally)
{
    struct cg_error error;
    struct batch batch = {
        .options = options,
        .share = share_out(options),
        .began = cg_clock_seconds(),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .tally = {.total = options->plan->count},
        .progress = cg_terminal_line_make(options->quiet),
        .report = report,
    };
    int code;
    if (batch_open(&batch, &error) != CG_OK) {
        code = cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    } else {
        cg_pool_run(batch.workers, options->plan->count, convert_next, &batch);
        code = finish(&batch, tally);
    }
    batch_close(&batch);
    return code;
}

/* ---- with all around it ---------------------------------------------------------------------- */

enum cg_status cg_batch_open_report(const struct cg_batch_options *options, struct cg_report **out,
                                    struct cg_error *error)
{
    const char *path = options->report_path;
    *out = NULL;
    if (path != NULL && access(path, F_OK) != 0 && cg_output_check_folder(path, error) != CG_OK)
        return error->status;
    return cg_report_open(path, options->report_writing, cg_engine_style(options->engine)->name,
                          out, error);
}

static void say_summary(const struct cg_batch_options *options, const struct cg_tally *tally)
{
    char text[CG_SUMMARY_NBYTES], unread[CG_WALK_UNREAD_NBYTES];
    const struct cg_plan *plan = options->plan;
    bool worth_saying = plan->count + plan->existing + plan->elsewhere > 1 ||
                        *cg_walk_unread_text(plan->unread, unread) != '\0';
    if (!options->quiet && worth_saying)
        cg_cli_say("%s", cg_summary_of_work(tally, plan, text));
}

int cg_batch_run(const struct cg_batch_options *options)
{
    struct cg_report *report = NULL;
    struct cg_tally tally = {0};
    struct cg_error error;
    int code = CG_EXIT_DONE;
    enum cg_status status = cg_batch_open_report(options, &report, &error);
    if (status == CG_OK && !options->no_sandbox)
        status = cg_plan_confine(options->plan, options->existing_mark != NULL, &error);
    if (status != CG_OK)
        code = cg_cli_fail(CG_EXIT_INPUT, "%s", error.text);
    else
        code = cg_batch_convert(options, report, &tally);
    if (status == CG_OK && tally.total == options->plan->count)
        say_summary(options, &tally);
    cg_report_close(report);
    return code;
}
