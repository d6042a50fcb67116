/* What a run is bound by, and what whoever watches it may ask of it between steps. */
#ifndef CG_TRAIN_CORE_LIMITS_H
#define CG_TRAIN_CORE_LIMITS_H

#include "train/comm/ranks.h"

#include <signal.h>
#include <stdint.h>

/* From the least to the most. */
enum cg_train_request { CG_TRAIN_GO_ON, CG_TRAIN_PAUSE, CG_TRAIN_SAVE, CG_TRAIN_STOP };

struct cg_train_limits {
    uint64_t steps;                    /* stop when this many are done; 0: no limit */
    double minutes;                    /* stop after this time of training; 0: no limit */
    const volatile sig_atomic_t *stop; /* stop when it is not 0; may be NULL */
    /* Asked before every step, and again and again during a pause, with the steps done and the
     * seconds trained so far; returns at once. May be NULL: go on. */
    enum cg_train_request (*request)(void *context, uint64_t step, double seconds);
    void *request_context;
    struct cg_ranks *ranks; /* the processes that train it together; NULL: this one alone */
};

/*
 * Before a step: what is to be done now, never CG_TRAIN_PAUSE. A pause is waited out here;
 * *paused_seconds is how long it was and does not count as training. CG_TRAIN_SAVE: save, then ask
 * again. With several ranks the most that any of them has to ask for holds for all; then
 * *paused_seconds has also the time that this one waited for the others.
 */
enum cg_train_request cg_train_ask(const struct cg_train_limits *limits, uint64_t step,
                                   double seconds, double *paused_seconds);

#endif
