/*
 * A CSV log, first column the step, that survives interruptions. A row is a list of named values
 * whose names form the header, so each column is listed in one place.
 */
#ifndef CG_TRAIN_CORE_LOG_H
#define CG_TRAIN_CORE_LOG_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* A field of a row. text, if not NULL, replaces the value. */
struct cg_log_value {
    const char *name;
    double value; /* NAN: an empty field */
    const char *text;
};
#define CG_LOG_VALUES_MAX 40

/*
 * Open path to append rows of these columns. Rows of steps after `step` (written before an
 * interruption) and a truncated last row are dropped, the others kept; with step 0, or if the
 * columns differ, the log starts anew. Close *out with fclose. Errors: CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_log_open(const char *path, const struct cg_log_value *columns, size_t count,
                           uint64_t step, FILE **out, struct cg_error *error);

/* Append a row of the columns that the log was opened with, and flush it. Errors: CG_ERR_IO. */
enum cg_status cg_log_add(FILE *log, const char *path, const struct cg_log_value *values,
                          size_t count, struct cg_error *error);

/* Called for each number of a row; return false to stop. */
typedef bool (*cg_log_number_fn)(void *context, uint64_t step, const char *name, double value);

/* Every number of a log, row by row; texts and rows that make no sense are left out. Errors:
 * those of cg_file_read. */
enum cg_status cg_log_read(const char *path, cg_log_number_fn take, void *context,
                           struct cg_error *error);

#endif
