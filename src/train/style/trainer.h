/*
 * A running training. Private to trainer.c (steps), trainer_setup.c (state, run.json, set-up and
 * tear-down), training_data.c, run_output.c (log, samples) and trainer_report.c (log rows,
 * estimates, alarms).
 */
#ifndef CG_TRAIN_STYLE_TRAINER_H
#define CG_TRAIN_STYLE_TRAINER_H

#include "model/model.h"
#include "train/core/loop.h"
#include "train/core/run_file.h"
#include "train/core/stability.h"
#include "train/core/state_dict.h"
#include "train/style/estimate.h"
#include "train/style/recipe.h"
#include "train/style/style.h"

#include <stdbool.h>
#include <stdint.h>

/* What training changes; a checkpoint holds it. */
struct cg_train_state {
    struct cg_generator_config config;
    struct cg_learner generator;
    struct cg_learner critics[CG_CRITIC_COUNT]; /* empty where the recipe has none */
    float *average; /* moving average of the generator's parameters; the model that is written */
    uint64_t step;  /* done */
    struct cg_rollback rollback;
};

/* The initial state; the generator from start, or if NULL at random, of the architecture named by
 * options. */
enum cg_status cg_train_state_create(const struct cg_train_options *options, struct cg_ranks *ranks,
                                     const struct cg_model *start, struct cg_train_state *out,
                                     struct cg_error *error);

/* Join the other ranks: all receive the first one's state and step together from then on.
 * Collective. Error: CG_ERR_MEMORY. */
enum cg_status cg_train_state_join(struct cg_train_state *state, struct cg_error *error);

void cg_train_state_clear(struct cg_train_state *state);

/* All of it by name, for checkpoints. */
void cg_train_state_list(struct cg_train_state *state, struct cg_state_dict *list);

/* run.json, of struct cg_train_options. */
extern const struct cg_run_kind CG_STYLE_RUN;

/* The options as given; strings belong to *file, which the caller releases. Errors: those of
 * cg_run_file_read; CG_ERR_MODEL for an unknown generator. */
enum cg_status cg_run_read(const char *out_dir, struct cg_train_options *options,
                           struct cg_run_file *file, struct cg_error *error);

/* From a run's options to its data set. */
struct cg_training_data {
    const struct cg_train_options *options;
    cg_train_report_fn report; /* may be NULL */
    void *report_context;
    struct cg_ranks *ranks; /* all call these functions together; may be NULL */
    /* owned */
    char *photos, *comics; /* folders; comics NULL: there are none */
    struct cg_dataset *dataset;
};

/*
 * Find the folders, inspect the pictures and report the findings. options and report must be set,
 * the rest zero. Clear it even after a failure. Errors: CG_ERR_IO, with advice, where a folder is
 * missing; those of cg_dataset_open.
 */
enum cg_status cg_training_data_open(struct cg_training_data *data, struct cg_pool *pool,
                                     struct cg_error *error);

/* Make it ready to draw from. Errors: those of cg_dataset_prepare. */
enum cg_status cg_training_data_prepare(struct cg_training_data *data, struct cg_pool *pool,
                                        struct cg_error *error);

void cg_training_data_clear(struct cg_training_data *data);

/* Output for people: log.csv, and sheets of the held-out photos' comics. */
struct cg_run_output;

/*
 * Open the log.csv of the run in options->out_dir. Rows of steps after `step` (written before an
 * interruption) are dropped, the others kept. Errors: CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_run_output_open(const struct cg_train_options *options, uint64_t step,
                                  struct cg_run_output **out, struct cg_error *error);
void cg_run_output_close(struct cg_run_output *output);

/* Fill values (CG_LOG_VALUES_MAX at most) with the log's columns from report; alarms: room for the
 * alarms' names. Returns the number of columns. */
size_t cg_run_output_values(const struct cg_train_report *report,
                            char alarms[CG_ALARM_NAMES_NBYTES], struct cg_log_value *values);

/* Append the report's values as a row and flush it. Errors: CG_ERR_IO. */
enum cg_status cg_run_output_log(struct cg_run_output *output, const struct cg_train_report *report,
                                 struct cg_error *error);

/* Run the averaged generator on all held-out photos, distributed over ranks: *loss is the mean L1
 * distance of its comics to the targets' comics. Collective. Errors: CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_run_output_validate(const struct cg_dataset *dataset,
                                      const struct cg_train_state *state, struct cg_pool *pool,
                                      struct cg_ranks *ranks, double *loss, struct cg_error *error);

/* Write a sheet of the averaged generator's comics of the first few held-out photos as
 * out_dir/samples/name. *sheet describes it; it has no rows, and there is no file, without held-out
 * photos. Errors: CG_ERR_IO, CG_ERR_MEMORY. */
#define CG_SAMPLE_NAME_NBYTES 40
enum cg_status cg_run_output_sample(struct cg_run_output *output, const struct cg_dataset *dataset,
                                    const struct cg_train_state *state, struct cg_pool *pool,
                                    struct cg_sheet *sheet, char name[CG_SAMPLE_NAME_NBYTES],
                                    struct cg_error *error);

struct cg_trainer {
    const struct cg_train_options *options;
    const struct cg_recipe *recipe;
    struct cg_ranks *ranks;
    struct cg_loop loop;
    cg_train_report_fn report;
    void *report_context;
    struct cg_pool *pool;
    struct cg_training_data data;
    struct cg_dataset *dataset;  /* that of data */
    struct cg_convnet *features; /* NULL: none needed */
    struct cg_model *card;       /* the model as it is written: config and card */
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
    struct cg_stability stability[CG_CRITIC_COUNT]; /* reset when a run is resumed */
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

/* Record the duration of a step. Uses the second one, as the first allocates memory, and then
 * reports an estimate for the run. */
void cg_trainer_note_step(struct cg_trainer *trainer, enum cg_phase phase, double seconds);

/* Write a row of the log with the means since the last one, and raise alarms. Collective. Errors:
 * CG_ERR_IO. */
enum cg_status cg_trainer_log(struct cg_trainer *trainer, struct cg_error *error);

/* Reset the sums since the last row. */
void cg_trainer_begin_means(struct cg_trainer *trainer);

#endif
