/* run.json of a style: what was asked for, kept so that the run can be gone on with. */
#ifndef CG_TRAIN_RUN_H
#define CG_TRAIN_RUN_H

#include "train/run_file.h"
#include "train/train.h"

/* The model in the folder of any run. */
#define CG_RUN_MODEL "model.safetensors"
#define CG_RUN_DATA "data.json"

/* A path in the run's folder, to be freed; NULL when memory is short. */
char *cg_run_path(const char *out_dir, const char *name);

/* Whether a new run may begin in out_dir. Errors: CG_ERR_STATE if it holds one already;
 * CG_ERR_MEMORY. */
enum cg_status cg_run_check_free(const char *out_dir, struct cg_error *error);

/* fingerprint: the data set's, to refuse other data later; limits: for the record. Errors:
 * CG_ERR_IO, CG_ERR_FULL, CG_ERR_MEMORY. */
enum cg_status cg_run_write(const struct cg_train_options *options,
                            const struct cg_train_limits *limits, uint64_t fingerprint,
                            struct cg_error *error);

/* Options as they were given; strings belong to *file, which is to be released. Errors: those of
 * cg_run_file_read; CG_ERR_MODEL, CG_ERR_FORMAT for what is missing. */
enum cg_status cg_run_read(const char *out_dir, struct cg_train_options *options,
                           uint64_t *fingerprint, struct cg_run_file *file, struct cg_error *error);

#endif
