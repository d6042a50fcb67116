/*
 * Converting many pictures with one style: several at a time, in the plan's order, within a memory
 * budget. Outcomes go to the terminal and the report.
 */
#ifndef CG_CLI_CONVERT_BATCH_H
#define CG_CLI_CONVERT_BATCH_H

#include "cli/convert/picture.h"

struct cg_batch_options {
    const struct cg_engine *engine;
    const struct cg_plan *plan;
    struct cg_picture_settings picture;
    int jobs, threads;        /* 0: automatic */
    size_t max_memory_nbytes; /* 0: a fraction of the free memory */
    const char *report_path;  /* NULL: none */
    enum cg_writing report_writing;
    const char *existing_mark; /* --skip-existing: what bears it is not made again; else NULL */
    bool verbose, quiet;
    bool no_sandbox; /* keep access to files that the plan does not name */
};

struct cg_report;
struct cg_tally;

/* Errors: those of cg_report_open. */
enum cg_status cg_batch_open_report(const struct cg_batch_options *options, struct cg_report **out,
                                    struct cg_error *error);

/* cg_batch_run without its walls and summary; adds to *tally. Returns an exit code, after its
 * messages. */
int cg_batch_convert(const struct cg_batch_options *options, struct cg_report *report,
                     struct cg_tally *tally);

/*
 * Convert all of the plan's pictures. A failed picture costs one line and the rest continues; a
 * full disk or a request to stop (cg_interrupted) ends the batch after the current pictures.
 * Returns an exit code, after its messages.
 */
int cg_batch_run(const struct cg_batch_options *options);

#endif
