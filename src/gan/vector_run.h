/* run.json of a vector GAN: the options of a run, so that it can be resumed. */
#ifndef CG_GAN_VECTOR_RUN_H
#define CG_GAN_VECTOR_RUN_H

#include "gan/gan.h"
#include "train/core/run_file.h"

/* fingerprint: of the data, to refuse other data on resuming; limits: for the record. Errors:
 * CG_ERR_IO, CG_ERR_FULL, CG_ERR_MEMORY. */
enum cg_status cg_vector_run_write(const struct cg_vector_options *options,
                                   const struct cg_train_limits *limits, uint64_t fingerprint,
                                   struct cg_error *error);

/* The options as given; strings belong to *file, which the caller releases. Errors: those
 * of cg_run_file_read; CG_ERR_MODEL, CG_ERR_FORMAT for what is missing. */
enum cg_status cg_vector_run_read(const char *out_dir, struct cg_vector_options *options,
                                  uint64_t *fingerprint, struct cg_run_file *file,
                                  struct cg_error *error);

#endif
