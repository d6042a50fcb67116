/* run.json of a vector GAN: what was asked for, so that the run can be gone on with. */
#ifndef CG_TRAIN_VECTOR_RUN_H
#define CG_TRAIN_VECTOR_RUN_H

#include "train/vector.h"

/* fingerprint: the data's, to refuse other data later. Errors: CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_vector_run_write(const struct cg_vector_options *options, uint64_t fingerprint,
                                   struct cg_error *error);

/* Options as they were given; their strings belong to *storage, to be freed by
 * cg_vector_run_release. Errors: CG_ERR_IO, CG_ERR_FORMAT, CG_ERR_MODEL, CG_ERR_MEMORY. */
struct cg_vector_run;
enum cg_status cg_vector_run_read(const char *out_dir, struct cg_vector_options *options,
                                  uint64_t *fingerprint, struct cg_vector_run **storage,
                                  struct cg_error *error);
void cg_vector_run_release(struct cg_vector_run *storage);

#endif
