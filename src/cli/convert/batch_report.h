/*
 * The report of a batch for programs: a line with a JSON object for each picture tried, in order of
 * completion, written as they finish. docs/BATCH.md lists the fields.
 */
#ifndef CG_CLI_CONVERT_BATCH_REPORT_H
#define CG_CLI_CONVERT_BATCH_REPORT_H

#include "cli/convert/picture.h"

struct cg_report;

/*
 * style: for every line; must outlive it. With path NULL the report records nothing. Errors:
 * CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_report_open(const char *path, enum cg_writing writing, const char *style,
                              struct cg_report **out, struct cg_error *error);

/*
 * One line, flushed. One caller at a time. Errors: CG_ERR_IO, CG_ERR_MEMORY; after one the report
 * records nothing more.
 */
enum cg_status cg_report_add(struct cg_report *report, const struct cg_job *job,
                             const struct cg_picture_result *result, struct cg_error *error);

/* NULL is fine. */
void cg_report_close(struct cg_report *report);

#endif
