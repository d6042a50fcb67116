/*
 * The loop that every kind of training goes through, whatever its steps do: it asks what is wanted,
 * has a step taken and looked after, and saves in time. Its clock counts training, not pauses. All
 * ranks go through it side by side; begin and save are the first one's alone.
 */
#ifndef CG_TRAIN_LOOP_H
#define CG_TRAIN_LOOP_H

#include "base/error.h"
#include "train/limits.h"

#include <stdbool.h>

struct cg_loop {
    const struct cg_train_limits *limits;
    const char *out_dir;
    const uint64_t *step;      /* steps done: take_step counts them */
    uint64_t checkpoint_steps; /* from one save to the next */
    void *context;             /* of the functions */
    enum cg_status (*begin)(void *context, struct cg_error *error); /* before the very first step */
    bool (*take_step)(void *context); /* false: a gradient is not finite */
    enum cg_status (*look_after)(void *context, struct cg_error *error); /* after each step */
    enum cg_status (*save)(void *context, struct cg_error *error);
    void (*tell_unstable)(void *context);
    /* the clock, set by the loop */
    double start_seconds, mark_seconds;
    uint64_t mark_step;
};

/* Train from where *step is until the limits say stop, and save. Errors: CG_ERR_NUMERIC for a
 * gradient that is not finite; those of the functions. */
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
