/* What a run leaves for people to read: log.csv, and sheets of the held-out photos' comics. */
#ifndef CG_TRAIN_STYLE_RUN_OUTPUT_H
#define CG_TRAIN_STYLE_RUN_OUTPUT_H

#include "train/core/stability.h"
#include "train/style/state.h"

struct cg_run_output;

/*
 * Open out_dir/log.csv. Rows of steps after `step` (from before an interruption) are dropped, the
 * others are kept. Errors: CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_run_output_open(const char *out_dir, uint64_t step, struct cg_run_output **out,
                                  struct cg_error *error);
void cg_run_output_close(struct cg_run_output *output);

/* The columns of the log, as report has them; values has room for CG_LOG_VALUES_MAX, alarms for
 * their names. Returns how many there are. */
size_t cg_run_output_values(const struct cg_train_report *report,
                            char alarms[CG_ALARM_NAMES_NBYTES], struct cg_log_value *values);

/* One row, the report's values, at once on its way to the disk. Errors: CG_ERR_IO. */
enum cg_status cg_run_output_log(struct cg_run_output *output, const struct cg_train_report *report,
                                 struct cg_error *error);

/* Run the averaged generator on all held-out photos, each rank on its share: *loss is the mean L1
 * distance of its comics to the targets' comics. By all ranks. Errors: CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_run_output_validate(const struct cg_dataset *dataset,
                                      const struct cg_train_state *state, struct cg_pool *pool,
                                      struct cg_ranks *ranks, double *loss, struct cg_error *error);

/* Write a sheet of the first few held-out photos, what the averaged generator makes of them now, as
 * out_dir/samples/name. *sheet tells what is where; no rows, and no file, where none is held out.
 * Errors: CG_ERR_IO, CG_ERR_MEMORY. */
#define CG_SAMPLE_NAME_NBYTES 40
enum cg_status cg_run_output_sample(struct cg_run_output *output, const struct cg_dataset *dataset,
                                    const struct cg_train_state *state, struct cg_pool *pool,
                                    struct cg_sheet *sheet, char name[CG_SAMPLE_NAME_NBYTES],
                                    struct cg_error *error);

#endif
