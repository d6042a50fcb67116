/*
 * The state of a running training. Private to trainer.c (steps), trainer_setup.c (set-up and
 * tear-down) and trainer_report.c (log rows, estimates, alarms).
 */
#ifndef CG_TRAIN_STYLE_TRAINER_H
#define CG_TRAIN_STYLE_TRAINER_H

#include "train/core/loop.h"
#include "train/core/stability.h"
#include "train/style/estimate.h"
#include "train/style/run_output.h"
#include "train/style/training_data.h"

struct cg_trainer {
    const struct cg_train_options *options;
    const struct cg_recipe *recipe;
    struct cg_ranks *ranks;
    struct cg_loop loop;
    cg_train_report_fn report;
    void *report_context;
    struct cg_pool *pool;
    struct cg_training_data data;
    struct cg_dataset *dataset; /* that of data */
    struct cg_model *card;      /* the model as it is written: config and card */
    struct cg_train_state state;
    struct cg_micro_batch **micro_batches; /* those of the batch that are this rank's */
    size_t micro_batch_count;
    int total_micro_batches, first_micro_batch;
    struct cg_run_output *output;
    char *model_path;
    struct cg_costs costs; /* measured once, with the second step */
    int timed_steps;
    /* since the last row of the log */
    struct cg_losses *micro_batch_losses; /* of the batch's; this rank fills in its own */
    struct cg_losses losses;              /* their sum, while a row is made */
    double generator_gradient, critic_gradient[CG_CRITIC_COUNT]; /* sums of lengths */
    bool generator_learned, critics_learned;
    double validation_loss;
    struct cg_stability stability[CG_CRITIC_COUNT]; /* settles anew when a run is resumed */
};

/*
 * Everything from the data set to the first micro-batch, for a trainer whose options, recipe, loop,
 * report and paths are set. resume: continue from the checkpoint, provided that the data still
 * has this fingerprint. Call tear_down even after a failure.
 */
enum cg_status cg_trainer_set_up(struct cg_trainer *trainer, bool resume, uint64_t fingerprint,
                                 struct cg_error *error);
void cg_trainer_tear_down(struct cg_trainer *trainer);

bool cg_trainer_in_second_stage(const struct cg_trainer *trainer);

/* A report of the run's progress, with means since the last row of the log. */
struct cg_train_report cg_trainer_report(const struct cg_trainer *trainer,
                                         enum cg_train_event event);

/* Report an event to the caller of the run; text may be NULL. */
void cg_trainer_tell(struct cg_trainer *trainer, enum cg_train_event event, const char *text);

/* Report an alarm; context is the trainer, as in cg_loop_calls. */
void cg_trainer_alarm(void *context, const char *name, const char *about, const char *what_to_try);

/*
 * Record the duration of a step's parts (drawing and generating, the critics, the generator) from
 * clock readings before each and after the last. Uses the second step, as the first allocates
 * memory, and then reports an estimate for the run. In the critics' head start the generator's part
 * is assumed at its measured cost (docs/TRAINING.md).
 */
void cg_trainer_note_costs(struct cg_trainer *trainer, const double clock[4], bool second,
                           bool head_start);

/* Write a row of the log with the means since the last one, and raise alarms. Collective. Errors:
 * those of run_output.h. */
enum cg_status cg_trainer_log(struct cg_trainer *trainer, struct cg_error *error);

/* Reset the sums since the last row. */
void cg_trainer_begin_means(struct cg_trainer *trainer);

#endif
