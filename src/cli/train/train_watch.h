/*
 * Watching a run: what the trainer tells goes to a board (monitor/board.h), which a server shows
 * while the run goes (--monitor) and a report keeps afterwards; what the server is asked for goes
 * to the trainer. The same for all kinds of training.
 */
#ifndef CG_CLI_TRAIN_TRAIN_WATCH_H
#define CG_CLI_TRAIN_TRAIN_WATCH_H

#include "monitor/board.h"
#include "train/core/log.h"
#include "train/core/loop.h"
#include "train/core/sheet.h"

struct cg_cli_watch {
    struct cg_board *board;
    struct cg_server *server; /* NULL: none was asked for */
    const char *out_dir;
    char *samples_dir, *report_path;
    bool begun;
    struct cg_error trouble; /* what kept it from seeing all; its status is CG_OK for nothing */
};

/*
 * Watch the run in out_dir. address: of the server, NULL for none; resumed: begin with what the
 * folder's log and samples tell. limits are told to the board and ask it from then on. An exit code
 * after a message, CG_EXIT_DONE if all is well; close it in any case.
 */
int cg_cli_watch_open(const char *address, const char *out_dir, bool resumed,
                      struct cg_train_limits *limits, struct cg_cli_watch *out);

/* A row of the log was written. */
void cg_cli_watch_row(struct cg_cli_watch *watch, uint64_t step, const struct cg_log_value *values,
                      size_t count);

/* A sheet of samples was written; layout: NULL for one that is a single picture. */
void cg_cli_watch_sample(struct cg_cli_watch *watch, uint64_t step, const char *file,
                         const struct cg_sheet *sheet);

/* The run is over: write its report, if it had begun, and stop the server. error: what ended it,
 * NULL if nothing went wrong. An exit code, after a message where there is no report. */
int cg_cli_watch_close(struct cg_cli_watch *watch, const struct cg_error *error);

#endif
