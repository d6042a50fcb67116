/* The limits of a run, and requests that a monitor can make between steps. */
#ifndef CG_TRAIN_CORE_LIMITS_H
#define CG_TRAIN_CORE_LIMITS_H

#include "train/comm/ranks.h"

#include <signal.h>
#include <stdint.h>

/* In order of precedence; the last wins. */
enum cg_train_request { CG_TRAIN_GO_ON, CG_TRAIN_PAUSE, CG_TRAIN_SAVE, CG_TRAIN_STOP };

struct cg_train_limits {
    uint64_t steps;                    /* stop when this many are done; 0: no limit */
    double minutes;                    /* stop after this time of training; 0: no limit */
    const volatile sig_atomic_t *stop; /* stop when it is not 0; may be NULL */
    /* Polled before every step and during a pause, with the steps done and the seconds trained so
     * far; must not block. NULL: never a request. */
    enum cg_train_request (*request)(void *context, uint64_t step, double seconds);
    void *request_context;
    struct cg_ranks *ranks; /* the processes that train it; NULL: this one alone */
};

/*
 * What to do before the next step; never CG_TRAIN_PAUSE, as pauses are waited out here.
 * *paused_seconds receives their length, which does not count as training. After CG_TRAIN_SAVE,
 * save and ask again. With several ranks the strongest request of any rank holds for all, and
 * *paused_seconds includes the time spent waiting for the others.
 */
enum cg_train_request cg_train_ask(const struct cg_train_limits *limits, uint64_t step,
                                   double seconds, double *paused_seconds);

#endif
