/* A run's output for people: log.csv, and sheets of the held-out photos' comics. */
#ifndef CG_TRAIN_STYLE_RUN_OUTPUT_H
#define CG_TRAIN_STYLE_RUN_OUTPUT_H

#include "train/core/stability.h"
#include "train/style/state.h"

struct cg_run_output;

/*
 * Open out_dir/log.csv. Rows of steps after `step` (written before an interruption) are dropped,
 * the others kept. Errors: CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_run_output_open(const char *out_dir, uint64_t step, struct cg_run_output **out,
                                  struct cg_error *error);
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
 * photos.
 * Errors: CG_ERR_IO, CG_ERR_MEMORY. */
#define CG_SAMPLE_NAME_NBYTES 40
enum cg_status cg_run_output_sample(struct cg_run_output *output, const struct cg_dataset *dataset,
                                    const struct cg_train_state *state, struct cg_pool *pool,
                                    struct cg_sheet *sheet, char name[CG_SAMPLE_NAME_NBYTES],
                                    struct cg_error *error);

#endif
