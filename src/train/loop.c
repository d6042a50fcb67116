/* The loop of training: see loop.h. */
#include "train/loop.h"

#include "base/clock.h"

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

static enum cg_train_request ask(struct cg_loop *loop)
{
    double paused, seconds = cg_clock_seconds() - loop->start_seconds;
    enum cg_train_request request = cg_train_ask(loop->limits, *loop->step, seconds, &paused);
    loop->start_seconds += paused;
    loop->mark_seconds += paused;
    return request;
}

static enum cg_status report_unstable(const struct cg_loop *loop, struct cg_error *error)
{
    loop->tell_unstable(loop->context);
    return cg_fail(error, CG_ERR_NUMERIC,
                   "training became unstable at step %llu (NaN or infinity in a gradient); what "
                   "was saved before in %s is whole; try lower learning rates",
                   (unsigned long long)*loop->step, loop->out_dir);
}

/* What only the first rank does; all learn how it went. */
static enum cg_status by_first(const struct cg_loop *loop,
                               enum cg_status (*fn)(void *context, struct cg_error *error),
                               struct cg_error *error)
{
    struct cg_ranks *ranks = loop->limits->ranks;
    bool first = cg_ranks_index(ranks) == 0;
    return cg_ranks_agree(ranks, first ? fn(loop->context, error) : CG_OK, error);
}

static enum cg_status go_one_step(struct cg_loop *loop, struct cg_error *error)
{
    if (!loop->take_step(loop->context))
        return report_unstable(loop, error);
    enum cg_status status = loop->look_after(loop->context, error);
    if (status == CG_OK && cg_loop_is_due(loop, loop->checkpoint_steps))
        status = by_first(loop, loop->save, error);
    return status;
}

enum cg_status cg_loop_run(struct cg_loop *loop, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    enum cg_train_request request;
    loop->start_seconds = cg_clock_seconds();
    cg_loop_mark(loop);
    if (*loop->step == 0)
        status = by_first(loop, loop->begin, error);
    while (status == CG_OK && (request = ask(loop)) != CG_TRAIN_STOP)
        status =
            request == CG_TRAIN_SAVE ? by_first(loop, loop->save, error) : go_one_step(loop, error);
    bool saved = *loop->step > 0 && cg_loop_is_due(loop, loop->checkpoint_steps);
    if (status == CG_OK && !saved)
        status = by_first(loop, loop->save, error);
    return status;
}
