/* The loop of training: see loop.h. */
#include "train/core/loop.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "train/comm/ranks.h"
#include "train/core/run_file.h"
#include "train/core/stability.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_NANOSECONDS 50000000L

static bool is_over(const struct cg_train_limits *limits, uint64_t step, double seconds)
{
    return (limits->steps > 0 && step >= limits->steps) ||
           (limits->minutes > 0.0 && seconds >= 60.0 * limits->minutes) ||
           (limits->stop != NULL && *limits->stop != 0);
}

static enum cg_train_request ask_once(const struct cg_train_limits *limits, uint64_t step,
                                      double seconds)
{
    enum cg_train_request request = CG_TRAIN_GO_ON;
    if (limits->request != NULL)
        request = limits->request(limits->request_context, step, seconds);
    return is_over(limits, step, seconds) ? CG_TRAIN_STOP : request;
}

enum cg_train_request cg_train_ask(const struct cg_train_limits *limits, uint64_t step,
                                   double seconds, double *paused_seconds)
{
    const struct timespec rest = {.tv_nsec = PAUSE_NANOSECONDS};
    double start = cg_clock_seconds();
    enum cg_train_request request = ask_once(limits, step, seconds);
    while (request == CG_TRAIN_PAUSE) {
        nanosleep(&rest, NULL);
        request = ask_once(limits, step, seconds);
    }
    request = (enum cg_train_request)cg_ranks_allreduce_max(limits->ranks, (int)request);
    *paused_seconds = cg_clock_seconds() - start;
    return request;
}

/* ---- clock ----------------------------------------------------------------------------------- */

bool cg_loop_is_due(const struct cg_loop *loop, uint64_t every)
{
    return *loop->step % every == 0;
}

struct cg_pace cg_loop_pace(const struct cg_loop *loop)
{
    struct cg_pace pace = {0};
    if (loop->start_seconds <= 0.0)
        return pace;
    double now = cg_clock_seconds(), seconds = now - loop->mark_seconds;
    pace.seconds = now - loop->start_seconds;
    pace.steps = *loop->step - loop->mark_step;
    if (pace.steps > 0 && seconds > 0.0)
        pace.steps_per_second = (double)pace.steps / seconds;
    return pace;
}

void cg_loop_mark(struct cg_loop *loop)
{
    loop->mark_seconds = cg_clock_seconds();
    loop->mark_step = *loop->step;
}

/* ---- ranks ----------------------------------------------------------------------------------- */

/* Run something on the first rank; all learn the outcome. */
static enum cg_status by_first(struct cg_loop *loop,
                               enum cg_status (*fn)(struct cg_loop *loop, struct cg_error *error),
                               struct cg_error *error)
{
    struct cg_ranks *ranks = loop->limits->ranks;
    return cg_ranks_agree(ranks, cg_ranks_index(ranks) == 0 ? fn(loop, error) : CG_OK, error);
}

/* ---- rollback -------------------------------------------------------------------------------- */

static void tell_damage(void *context, const char *why)
{
    const struct cg_loop *loop = context;
    loop->calls->alarm(loop->context, "damaged-checkpoint", why,
                       "look after the disk; what came after this step is trained once more");
}

static enum cg_status give_up(const struct cg_loop *loop, struct cg_error *error)
{
    loop->calls->alarm(loop->context, cg_alarm_name(CG_ALARM_NAN), "the run is given up",
                       loop->unstable_advice);
    return cg_fail(error, CG_ERR_NUMERIC,
                   "training is unstable: NaN or infinity after step %" PRIu64
                   ", also at 1/%.0f of "
                   "the learning rates; what was saved in %s is whole; to try: %s",
                   *loop->step, 1.0 / (double)cg_rollback_rate(loop->rollback, 1.0f), loop->out_dir,
                   loop->unstable_advice);
}

static enum cg_status read_regular(struct cg_loop *loop, struct cg_error *error)
{
    return cg_checkpoints_read(&loop->checkpoints, true, &loop->state, tell_damage, loop, error);
}

static enum cg_status go_back(struct cg_loop *loop, struct cg_error *error)
{
    const struct cg_rollback before = *loop->rollback;
    uint64_t failed = *loop->step;
    char about[128], advice[CG_ERROR_TEXT_NBYTES];
    if (before.in_a_row == CG_ROLLBACKS_MAX)
        return give_up(loop, error);
    enum cg_status status = by_first(loop, read_regular, error);
    if (status != CG_OK)
        return status;
    cg_state_dict_tell(&loop->state, loop->limits->ranks);
    *loop->rollback = (struct cg_rollback){before.in_a_row + 1, before.halvings + 1};
    snprintf(about, sizeof(about),
             "gone back from step %" PRIu64 ", learning rates at 1/%.0f from now on", failed,
             1.0 / (double)cg_rollback_rate(loop->rollback, 1.0f));
    snprintf(advice, sizeof(advice), "if it goes on, %s", loop->unstable_advice);
    status = cg_ranks_agree(loop->limits->ranks, loop->calls->rewind(loop->context, error), error);
    cg_loop_mark(loop);
    loop->calls->alarm(loop->context, cg_alarm_name(CG_ALARM_NAN), about, advice);
    return status;
}

/* ---- saving and pausing ---------------------------------------------------------------------- */

static enum cg_status write_state(struct cg_loop *loop, struct cg_error *error)
{
    enum cg_status status =
        cg_checkpoints_write(&loop->checkpoints, *loop->step, &loop->state, error);
    return status == CG_OK ? loop->calls->publish(loop->context, error) : status;
}

/* Save a sound state. reached: by training, which ends a series of rollbacks. */
static enum cg_status save(struct cg_loop *loop, bool reached, struct cg_error *error)
{
    if (!cg_state_dict_is_finite(&loop->state))
        return go_back(loop, error);
    if (reached)
        loop->rollback->in_a_row = 0;
    loop->saved = true;
    return by_first(loop, write_state, error);
}

static enum cg_status go_one_step(struct cg_loop *loop, struct cg_error *error)
{
    loop->saved = false;
    if (!loop->calls->take_step(loop->context))
        return go_back(loop, error);
    enum cg_status status = loop->calls->look_after(loop->context, error);
    if (status == CG_OK && cg_loop_is_due(loop, loop->checkpoint_steps))
        status = save(loop, true, error);
    return status;
}

static enum cg_status call_begin(struct cg_loop *loop, struct cg_error *error)
{
    return loop->calls->begin != NULL ? loop->calls->begin(loop->context, error) : CG_OK;
}

static enum cg_status begin(struct cg_loop *loop, struct cg_error *error)
{
    enum cg_status status = by_first(loop, call_begin, error);
    return status == CG_OK ? save(loop, false, error) : status;
}

static enum cg_train_request ask(struct cg_loop *loop)
{
    double paused, seconds = cg_clock_seconds() - loop->start_seconds;
    enum cg_train_request request = cg_train_ask(loop->limits, *loop->step, seconds, &paused);
    loop->start_seconds += paused;
    loop->mark_seconds += paused;
    return request;
}

enum cg_status cg_loop_run(struct cg_loop *loop, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    enum cg_train_request request;
    loop->start_seconds = cg_clock_seconds();
    cg_loop_mark(loop);
    if (*loop->step == 0)
        status = begin(loop, error);
    while (status == CG_OK && ((request = ask(loop)) != CG_TRAIN_STOP || !loop->saved))
        status = request == CG_TRAIN_GO_ON ? go_one_step(loop, error) : save(loop, false, error);
    return status;
}

/* ---- a run's loop ---------------------------------------------------------------------------- */

static bool is_file(const void *context, const char *name)
{
    (void)context;
    return cg_run_has_file(name);
}

static bool is_sample(const void *context, const char *name)
{
    (void)context;
    return cg_run_has_sample(name);
}

/* A new run that replaces an old one drops its samples. */
static void remove_samples(const char *folder)
{
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (cg_run_has_sample(entry->d_name))
            unlinkat(dirfd(entries), entry->d_name, 0);
    closedir(entries);
}

static enum cg_status open_samples(const struct cg_loop *loop, bool resume, struct cg_error *error)
{
    char *samples = cg_run_path(loop->out_dir, CG_RUN_SAMPLES);
    enum cg_status status = samples != NULL
                                ? cg_folder_make(samples, error)
                                : cg_fail(error, CG_ERR_MEMORY, "samples: out of memory");
    if (status == CG_OK)
        cg_folder_drop_abandoned(samples, is_sample, NULL);
    if (status == CG_OK && !resume)
        remove_samples(samples);
    free(samples);
    return status;
}

enum cg_status cg_loop_open(struct cg_loop *loop, bool resume, struct cg_error *error)
{
    cg_folder_drop_abandoned(loop->out_dir, is_file, NULL);
    enum cg_status status =
        cg_checkpoints_open(loop->out_dir, loop->checkpoint_steps, &loop->checkpoints, error);
    if (status == CG_OK)
        status = open_samples(loop, resume, error);
    if (status == CG_OK && !resume)
        cg_checkpoints_remove_all(&loop->checkpoints);
    if (status == CG_OK && resume)
        status =
            cg_checkpoints_read(&loop->checkpoints, false, &loop->state, tell_damage, loop, error);
    return status;
}

void cg_loop_close(struct cg_loop *loop)
{
    cg_checkpoints_close(&loop->checkpoints);
}
