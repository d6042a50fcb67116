/*
 * Many pictures through one style: some at a time, in the plan's order, within a budget of memory.
 * What became of them is told on the terminal and in the report.
 */
#ifndef CG_CLI_CONVERT_BATCH_H
#define CG_CLI_CONVERT_BATCH_H

#include "cli/convert/picture.h"

struct cg_batch_options {
    const struct cg_engine *engine;
    const struct cg_plan *plan;
    struct cg_picture_settings picture;
    int jobs, threads;        /* 0: as it is best */
    size_t max_memory_nbytes; /* 0: a share of what there is */
    const char *report_path;  /* NULL: none */
    enum cg_writing report_writing;
    const char *existing_mark; /* --skip-existing: what bears it is not made again; else NULL */
    bool verbose, quiet;
    bool no_sandbox; /* do not give up what the plan does not name */
};

struct cg_report;
struct cg_tally;

/* Errors: those of cg_report_open. */
enum cg_status cg_batch_open_report(const struct cg_batch_options *options, struct cg_report **out,
                                    struct cg_error *error);

/* What cg_batch_run does behind its walls, without the summary; *tally grows. Returns an exit code,
 * after its messages. */
int cg_batch_convert(const struct cg_batch_options *options, struct cg_report *report,
                     struct cg_tally *tally);

/*
 * Convert all of the plan's pictures. A picture that fails costs one line and the rest goes on; a
 * full disk, or a request to stop (cg_interrupted), ends the batch after the pictures in hand.
 * Returns an exit code, after its messages.
 */
int cg_batch_run(const struct cg_batch_options *options);

#endif
