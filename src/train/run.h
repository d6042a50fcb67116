/* run.json: what a run was asked to do, kept in its folder so that it can be gone on with. */
#ifndef CG_TRAIN_RUN_H
#define CG_TRAIN_RUN_H

#include "train/train.h"

/* Files in the run's folder. */
#define CG_RUN_CHECKPOINT "checkpoint.safetensors"
#define CG_RUN_MODEL "model.safetensors"
#define CG_RUN_DATA "data.json"

/* A path in the run's folder, to be freed; NULL when memory is short. */
char *cg_run_path(const char *out_dir, const char *name);

/* Whether a new run may begin in out_dir. Errors: CG_ERR_STATE if it holds one already;
 * CG_ERR_MEMORY. */
enum cg_status cg_run_check_free(const char *out_dir, struct cg_error *error);

/* fingerprint: the data set's, to refuse other data later. Errors: CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_run_write(const struct cg_train_options *options, uint64_t fingerprint,
                            struct cg_error *error);

/* Options as they were given; strings belong to *storage, which cg_run_release frees. */
struct cg_run_storage;
enum cg_status cg_run_read(const char *out_dir, struct cg_train_options *options,
                           uint64_t *fingerprint, struct cg_run_storage **storage,
                           struct cg_error *error);
void cg_run_release(struct cg_run_storage *storage);

#endif
