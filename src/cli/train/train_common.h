/*
 * comicgan train, whatever is trained: the options that every kind takes, and the way from a
 * command line to its exit code. A kind (train_style.h, train_vector.h) adds options of its own,
 * its help and what trains.
 */
#ifndef CG_CLI_TRAIN_TRAIN_COMMON_H
#define CG_CLI_TRAIN_TRAIN_COMMON_H

#include "cli/command.h"
#include "cli/train/train_show.h"

#include <stdbool.h>
#include <stdint.h>

/* What the options of every kind say: of all runs, and of new ones alone. */
struct cg_cli_train {
    const char *data, *out_dir, *resume, *monitor, *name; /* NULL: not given */
    struct cg_train_limits limits;
    uint64_t seed;
    int threads;                          /* 0: all processors */
    bool force;                           /* replace what is in out_dir */
    bool strict;                          /* damaged pictures count as unreadable */
    uint64_t given;                       /* bit 0: --steps, the first row */
    uint64_t new_run_given, recipe_given; /* options that only a new run takes */
    int model;                            /* its place in CG_CLI_TRAIN_MODELS */
};

extern const struct cg_option CG_CLI_TRAIN_OPTIONS[], CG_CLI_TRAIN_NEW_OPTIONS[];
extern const char *const CG_CLI_TRAIN_MODELS[];

/* The first rows of a kind's table, whose structure begins with a struct cg_cli_train; own: rows
 * that only a new run of the kind takes. */
#define CG_CLI_TRAIN_GROUPS(own)                                                                   \
    {.kind = CG_OPTION_GROUP,                                                                      \
     .rows = CG_CLI_TRAIN_OPTIONS,                                                                 \
     .given = offsetof(struct cg_cli_train, given)},                                               \
        {.kind = CG_OPTION_GROUP,                                                                  \
         .rows = CG_CLI_TRAIN_NEW_OPTIONS,                                                         \
         .given = offsetof(struct cg_cli_train, new_run_given)},                                   \
    {                                                                                              \
        .kind = CG_OPTION_GROUP, .rows = own,                                                      \
        .given = offsetof(struct cg_cli_train, new_run_given)                                      \
    }

enum cg_cli_train_task {
    CG_CLI_TRAIN_RUN,
    CG_CLI_TRAIN_LOOK, /* at the data alone: no run, and no --out */
    CG_CLI_TRAIN_TIDY  /* neither, and no --data */
};

struct cg_cli_train_kind {
    int model;        /* its place in CG_CLI_TRAIN_MODELS */
    const char *data; /* what --data is followed by */
    const struct cg_command *command;
    uint64_t default_steps; /* without --steps and --minutes */
    /* Start or resume a run as asked for, showing it. */
    enum cg_status (*train)(void *own, const struct cg_cli_train *common,
                            struct cg_cli_display *display, struct cg_error *error);
    /* After a run that ended well: what else there is to write and say. Returns an exit code. NULL:
     * nothing. */
    int (*finish)(void *own, const struct cg_cli_train *common,
                  const struct cg_cli_display *display);
    /* Of what is no run, train is called unwatched, and finish is not. NULL: always a run. */
    enum cg_cli_train_task (*task)(const void *own);
};

/* The whole command; argv as of main, own: of the kind's functions and of the command's table, with
 * common in it. Returns an exit code. */
int cg_cli_train(const struct cg_cli_train_kind *kind, void *own, struct cg_cli_train *common,
                 int argc, char *argv[]);

#endif
