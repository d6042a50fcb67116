/*
 * The loop that every kind of training goes through, whatever its steps do: it asks what is wanted,
 * has a step taken and looked after, and saves in time. Its clock counts training, not pauses. All
 * ranks (ranks.h) go through it side by side; files are the first one's alone.
 *
 * When a step's numbers, or the state that is about to be saved, are not finite, the run goes back
 * to its last regular checkpoint (checkpoints.h) with half the learning rates. If that happens
 * again and again before the next regular one, the run is given up (rollback.h).
 */
#ifndef CG_TRAIN_CORE_LOOP_H
#define CG_TRAIN_CORE_LOOP_H

#include "train/core/checkpoints.h"
#include "train/core/limits.h"
#include "train/core/rollback.h"

/* What a kind of training does in the loop. Each is called with the loop's context. */
struct cg_loop_calls {
    enum cg_status (*begin)(void *context, struct cg_error *error); /* before step 0; may be NULL */
    bool (*take_step)(void *context); /* and count it; false: something is not finite */
    enum cg_status (*look_after)(void *context, struct cg_error *error); /* after each step */
    /* After a checkpoint: what else a save leaves. */
    enum cg_status (*publish)(void *context, struct cg_error *error);
    /* The state is that of an earlier step: so shall be the log and all that is not in the state.
     * On all ranks, as take_step and look_after are; begin and publish are the first one's alone.
     */
    enum cg_status (*rewind)(void *context, struct cg_error *error);
    /* Tell of what went wrong; advice: what to try. */
    void (*alarm)(void *context, const char *name, const char *about, const char *advice);
};

struct cg_loop {
    const struct cg_loop_calls *calls;
    void *context;
    const struct cg_train_limits *limits;
    const char *out_dir;
    const char *unstable_advice; /* against numbers that are not finite */
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

/* For a loop whose state is there: remove what a killed run has left half written, open the run's
 * checkpoints and, to resume, read the newest one. By the first rank alone, which then tells the
 * others. Errors: those of checkpoints.h. Close it in any case. */
enum cg_status cg_loop_open(struct cg_loop *loop, bool resume, struct cg_error *error);
void cg_loop_close(struct cg_loop *loop);

/* Train from where *step is until the limits say stop, and save. Errors: CG_ERR_NUMERIC for a run
 * that was given up; those of the calls and of checkpoints.h. */
enum cg_status cg_loop_run(struct cg_loop *loop, struct cg_error *error);

/* Whether what is done each time `every` steps are done is due. */
bool cg_loop_is_due(const struct cg_loop *loop, uint64_t every);

/* How training goes: all zero before it begins. */
struct cg_pace {
    double seconds;          /* of training, by this process */
    uint64_t steps;          /* since the mark */
    double steps_per_second; /* since the mark */
};
struct cg_pace cg_loop_pace(const struct cg_loop *loop);

/* Set the mark: here and now. */
void cg_loop_mark(struct cg_loop *loop);

#endif
