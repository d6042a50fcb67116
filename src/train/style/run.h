/* run.json of a style: the options of a run, so that it can be resumed. */
#ifndef CG_TRAIN_STYLE_RUN_H
#define CG_TRAIN_STYLE_RUN_H

#include "train/core/run_file.h"
#include "train/style/style.h"

/* fingerprint: of the data set, to refuse other data on resuming; limits: for the record. Errors:
 * CG_ERR_IO, CG_ERR_FULL, CG_ERR_MEMORY. */
enum cg_status cg_run_write(const struct cg_train_options *options,
                            const struct cg_train_limits *limits, uint64_t fingerprint,
                            struct cg_error *error);

/* The options as given; strings belong to *file, which the caller releases. Errors: those of
 * cg_run_file_read; CG_ERR_MODEL, CG_ERR_FORMAT for what is missing. */
enum cg_status cg_run_read(const char *out_dir, struct cg_train_options *options,
                           uint64_t *fingerprint, struct cg_run_file *file, struct cg_error *error);

#endif
