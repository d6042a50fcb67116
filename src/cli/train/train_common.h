/*
 * comicgan train, whatever is trained: the options that every kind takes, and the way from a
 * command line to its exit code. A kind (train_style.h, train_vector.h) adds options of its own,
 * its help and what trains.
 */
#ifndef CG_CLI_TRAIN_TRAIN_COMMON_H
#define CG_CLI_TRAIN_TRAIN_COMMON_H

#include "cli/cli.h"
#include "cli/train/train_show.h"

#include <stdbool.h>
#include <stdint.h>

/* What getopt_long returns for the options that all kinds take; a kind's own follow. */
enum {
    CG_CLI_TRAIN_MODEL = CG_CLI_LONG_OPTION,
    CG_CLI_TRAIN_DATA,
    CG_CLI_TRAIN_OUT,
    CG_CLI_TRAIN_FORCE,
    CG_CLI_TRAIN_RESUME,
    CG_CLI_TRAIN_STEPS,
    CG_CLI_TRAIN_MINUTES,
    CG_CLI_TRAIN_SEED,
    CG_CLI_TRAIN_THREADS,
    CG_CLI_TRAIN_MONITOR,
    CG_CLI_TRAIN_NAME,
    CG_CLI_TRAIN_OWN
};

/* Their rows in a kind's table of options. */
#define CG_CLI_TRAIN_OPTIONS                                                                       \
    {"model", required_argument, NULL, CG_CLI_TRAIN_MODEL},                                        \
        {"data", required_argument, NULL, CG_CLI_TRAIN_DATA},                                      \
        {"out", required_argument, NULL, CG_CLI_TRAIN_OUT},                                        \
        {"force", no_argument, NULL, CG_CLI_TRAIN_FORCE},                                          \
        {"resume", required_argument, NULL, CG_CLI_TRAIN_RESUME},                                  \
        {"steps", required_argument, NULL, CG_CLI_TRAIN_STEPS},                                    \
        {"minutes", required_argument, NULL, CG_CLI_TRAIN_MINUTES},                                \
        {"seed", required_argument, NULL, CG_CLI_TRAIN_SEED},                                      \
        {"threads", required_argument, NULL, CG_CLI_TRAIN_THREADS},                                \
        {"monitor", required_argument, NULL, CG_CLI_TRAIN_MONITOR},                                \
        {"name", required_argument, NULL, CG_CLI_TRAIN_NAME},                                      \
    {                                                                                              \
        "help", no_argument, NULL, 'h'                                                             \
    }

/* What those options say. */
struct cg_cli_train {
    const char *data, *out_dir, *resume, *monitor, *name; /* NULL: not given */
    struct cg_train_limits limits;
    uint64_t seed;
    int threads;        /* 0: all processors */
    bool force;         /* replace what is in out_dir */
    bool new_run_given; /* an option that only a new run takes */
};

struct cg_cli_train_kind {
    const char *model; /* what --model says */
    const char *data;  /* what --data is followed by */
    const char *help;  /* the text, and the command that shows it */
    const char *help_command;
    const struct option *options; /* CG_CLI_TRAIN_OPTIONS and its own */
    uint64_t default_steps;       /* without --steps and --minutes */
    /* Take an option of its own, which only a new run has; false after a message. */
    bool (*take)(void *own, int option, const char *value);
    /* Start or resume a run as asked for, showing it. */
    enum cg_status (*train)(void *own, const struct cg_cli_train *common,
                            struct cg_cli_display *display, struct cg_error *error);
    /* After a run that ended well: what else there is to write and say. Returns an exit code. NULL:
     * nothing. */
    int (*finish)(void *own, const struct cg_cli_train *common,
                  const struct cg_cli_display *display);
    /* Whether what was asked for is no run: train is called without --out and unwatched, and finish
     * is not. NULL: never. */
    bool (*is_no_run)(const void *own);
};

/* The whole command; argv as of main, own: of the kind's functions. Returns an exit code. */
int cg_cli_train(const struct cg_cli_train_kind *kind, void *own, int argc, char *argv[]);

/* The value of --option as a number of steps; false after a message. */
bool cg_cli_parse_steps(const char *option, const char *text, uint64_t *out);

#endif
