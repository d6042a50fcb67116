/* The limits of a run: see limits.h. */
#include "train/core/limits.h"

#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

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
