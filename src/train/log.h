/* A log of comma-separated values that begins with the step and survives interruptions. */
#ifndef CG_TRAIN_LOG_H
#define CG_TRAIN_LOG_H

#include "base/error.h"

#include <stdio.h>

/*
 * Open path to add rows. Rows of steps after `step` (from before an interruption) and a cut-off
 * last row are dropped, the others are kept; with step 0 the log begins anew with header, which
 * ends with a newline. *out is to be closed by fclose. Errors: CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_log_open(const char *path, const char *header, uint64_t step, FILE **out,
                           struct cg_error *error);

/* End a row, at once on its way to the disk. Errors: CG_ERR_IO. */
enum cg_status cg_log_end_row(FILE *log, const char *path, struct cg_error *error);

#endif
