/*
 * The loop of every kind of training: poll for requests, take a step, handle its results, save when
 * due. Its clock counts training, not pauses. All ranks (ranks.h) run it in lockstep; only the
 * first touches files.
 *
 * When a step's numbers, or the state about to be saved, are not finite, the run rolls back to its
 * last regular checkpoint (checkpoints.h) with half the learning rates. If that repeats too often
 * before the next regular checkpoint, the run is abandoned (state_dict.h).
 */
#ifndef CG_TRAIN_CORE_LOOP_H
#define CG_TRAIN_CORE_LOOP_H

#include "train/comm/ranks.h"
#include "train/core/checkpoints.h"
#include "train/core/state_dict.h"

#include <signal.h>
#include <stdint.h>

/* Requests that a monitor can make between steps, in order of precedence; the last wins. */
enum cg_train_request { CG_TRAIN_GO_ON, CG_TRAIN_PAUSE, CG_TRAIN_SAVE, CG_TRAIN_STOP };

struct cg_train_limits {
    uint64_t steps;                    /* stop when this many are done; 0: no limit */
    double minutes;                    /* stop after this time of training; 0: no limit */
    const volatile sig_atomic_t *stop; /* stop when it is not 0; may be NULL */
    /* Polled before every step and during a pause, with the steps done and the seconds trained so
     * far; must not block. NULL: never a request. */
    enum cg_train_request (*request)(void *context, uint64_t step, double seconds);
    void *request_context;
    struct cg_ranks *ranks; /* the processes that train the run; NULL: this one alone */
};

/*
 * What to do before the next step; never CG_TRAIN_PAUSE, as pauses are waited out here.
 * *paused_seconds receives their length, which does not count as training. After CG_TRAIN_SAVE,
 * save and ask again. With several ranks the strongest request of any rank holds for all, and
 * *paused_seconds includes the time spent waiting for the others.
 */
enum cg_train_request cg_train_ask(const struct cg_train_limits *limits, uint64_t step,
                                   double seconds, double *paused_seconds);

/* A kind of training, as callbacks. Each is called with the loop's context. */
struct cg_loop_calls {
    enum cg_status (*begin)(void *context, struct cg_error *error); /* before step 0; may be NULL */
    bool (*take_step)(void *context); /* and count it; false: something is not finite */
    enum cg_status (*look_after)(void *context, struct cg_error *error); /* after each step */
    /* After a checkpoint: write the model, sample pictures and the like. */
    enum cg_status (*publish)(void *context, struct cg_error *error);
    /* After a rollback: bring the log and all else outside the state back to the state's step.
     * Called on all ranks, as take_step and look_after are; begin and publish on the first only. */
    enum cg_status (*rewind)(void *context, struct cg_error *error);
    /* Report a problem; advice: what to try. */
    void (*alarm)(void *context, const char *name, const char *about, const char *advice);
};

struct cg_loop {
    const struct cg_loop_calls *calls;
    void *context;
    const struct cg_train_limits *limits;
    const char *out_dir;
    const char *unstable_advice; /* for non-finite numbers */
    uint64_t checkpoint_steps;   /* between regular checkpoints */
    struct cg_state_dict state;  /* what a checkpoint holds; the next two are part of it */
    uint64_t *step;              /* steps done */
    struct cg_rollback *rollback;
    /* set by the loop */
    struct cg_checkpoints checkpoints;
    bool saved; /* the state as it is now */
    double start_seconds, mark_seconds;
    uint64_t mark_step;
};

/* With the state set up: remove temporary files of a killed run, open the run's checkpoints and, to
 * resume, read the newest one. Done by the first rank, which broadcasts the outcome. Errors: those
 * of checkpoints.h. Close the loop even after a failure. */
enum cg_status cg_loop_open(struct cg_loop *loop, bool resume, struct cg_error *error);
void cg_loop_close(struct cg_loop *loop);

/* Train from *step until the limits say stop, then save. Errors: CG_ERR_NUMERIC for an abandoned
 * run; those of the callbacks and of checkpoints.h. */
enum cg_status cg_loop_run(struct cg_loop *loop, struct cg_error *error);

/* Whether something done every `every` steps is due. */
bool cg_loop_is_due(const struct cg_loop *loop, uint64_t every);

/* The speed of training; all zero before it begins. */
struct cg_pace {
    double seconds;          /* of training, by this process */
    uint64_t steps;          /* since the mark */
    double steps_per_second; /* since the mark */
};
struct cg_pace cg_loop_pace(const struct cg_loop *loop);

/* Set the mark to the current step and time. */
void cg_loop_mark(struct cg_loop *loop);

#endif
