/* The state of a running vector GAN training. Private to vector_trainer.c, vector_setup.c and
 * vector_output.c. */
#ifndef CG_GAN_VECTOR_TRAINER_H
#define CG_GAN_VECTOR_TRAINER_H

#include "gan/gan.h"
#include "gan/vector_batch.h"
#include "gan/vector_measure.h"
#include "train/core/loop.h"
#include "train/core/run_file.h"

#include <stdio.h>

struct cg_vector_trainer {
    const struct cg_vector_options *options;
    const struct cg_vector_recipe *recipe;
    struct cg_loop loop;
    cg_vector_report_fn report;
    void *report_context;
    struct cg_pool *pool;
    struct cg_samples samples;
    struct cg_vector_state state;
    struct cg_vector_measure *measure;
    struct cg_vector_batch *batch;
    FILE *log;
    char *log_path, *model_path;
    /* since the last row of the log */
    struct cg_vector_losses losses;
    double generator_gradient, discriminator_gradient; /* sums over gradient_steps */
    int gradient_steps;
    struct cg_vector_row row; /* the last one */
};

/* Report to the caller of the run; step, limit and row are filled in. */
void cg_vector_tell(struct cg_vector_trainer *trainer, const struct cg_vector_report *what);

/* Everything from the data to the log, for a trainer whose options, recipe, loop and report are
 * set. resume: continue from the checkpoint, provided that the data still has this fingerprint.
 * Call tear_down even after a failure. */
enum cg_status cg_vector_set_up(struct cg_vector_trainer *trainer, bool resume,
                                uint64_t fingerprint, struct cg_error *error);
void cg_vector_tear_down(struct cg_vector_trainer *trainer);

/* Open the log at the state's step and reset the means. */
enum cg_status cg_vector_open_log(struct cg_vector_trainer *trainer, struct cg_error *error);

/* Measure, write a row, raise alarms, reset the means. */
enum cg_status cg_vector_log(struct cg_vector_trainer *trainer, struct cg_error *error);

/* samples/step-N.png and the model. */
enum cg_status cg_vector_publish(struct cg_vector_trainer *trainer, struct cg_error *error);

/* run.json: the options as given. Strings of those read belong to *file, which the caller releases.
 * Errors: those of cg_run_file_write and cg_run_file_read. */
enum cg_status cg_vector_run_write(const struct cg_vector_options *options,
                                   const struct cg_run_record *record, struct cg_error *error);
enum cg_status cg_vector_run_read(const char *out_dir, struct cg_vector_options *options,
                                  struct cg_run_file *file, struct cg_error *error);

#endif
