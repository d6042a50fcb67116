/*
 * A log of comma-separated values that begins with the step and survives interruptions. A row is a
 * list of named values; the names are the header, so what a run tells of itself is listed once.
 */
#ifndef CG_TRAIN_CORE_LOG_H
#define CG_TRAIN_CORE_LOG_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* A field of a row. text, where there is one, stands in place of the value. */
struct cg_log_value {
    const char *name;
    double value; /* NAN: nothing this time, an empty field */
    const char *text;
};
#define CG_LOG_VALUES_MAX 40

/*
 * Open path to add rows of these columns. Rows of steps after `step` (from before an interruption)
 * and a cut-off last row are dropped, the others are kept; with step 0, or where the columns were
 * others, the log begins anew. *out is to be closed by fclose. Errors: CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_log_open(const char *path, const struct cg_log_value *columns, size_t count,
                           uint64_t step, FILE **out, struct cg_error *error);

/* Add a row of the columns that the log was opened with, at once on its way to the disk. Errors:
 * CG_ERR_IO. */
enum cg_status cg_log_add(FILE *log, const char *path, const struct cg_log_value *values,
                          size_t count, struct cg_error *error);

/* Called for each number of a row; false: no more. */
typedef bool (*cg_log_number_fn)(void *context, uint64_t step, const char *name, double value);

/* Every number of a log, row by row; texts and rows that make no sense are left out. Errors:
 * those of cg_file_read. */
enum cg_status cg_log_read(const char *path, cg_log_number_fn take, void *context,
                           struct cg_error *error);

#endif
