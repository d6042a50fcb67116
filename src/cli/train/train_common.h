/*
 * comicgan train, whatever is trained: the options that every kind takes, and the way from a
 * command line to its exit code. A kind (train_style.c, train_vector.c) adds options of its own,
 * its help and what trains. Private to this folder and comicgan_train.c.
 */
#ifndef CG_CLI_TRAIN_TRAIN_COMMON_H
#define CG_CLI_TRAIN_TRAIN_COMMON_H

#include "base/error.h"
#include "cli/command.h"
#include "gan/gan.h"
#include "monitor/board.h"
#include "train/comm/ranks.h"
#include "train/core/log.h"
#include "train/core/loop.h"
#include "train/core/sheet.h"
#include "train/data/dataset.h"
#include "train/style/style.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether the command line is about a GAN of vectors: it says so, or resumes a run of one. Errors:
 * CG_ERR_MEMORY, CG_ERR_IO. */
enum cg_status cg_cli_is_vector(int argc, char *argv[], bool *out, struct cg_error *error);

/* The whole command for each kind; argv as of main. Return an exit code. */
int cg_cli_train_style(int argc, char *argv[]);
int cg_cli_train_vector(int argc, char *argv[]);

/* The contact sheet of a run: what it learned from, and what it made of photos it never saw. */

#define CG_CLI_CONTACT_PANELS_MAX 6
#define CG_CLI_CONTACT_PHOTOS_MAX 6

/* Collected while the data set is there. Empty: all zero. */
struct cg_cli_contact {
    struct cg_image panels[CG_CLI_CONTACT_PANELS_MAX];
    int panel_count;
    char *photos[CG_CLI_CONTACT_PHOTOS_MAX]; /* paths */
    int photo_count;
};

/* Panels of some comics and the paths of some held-out photos; what does not fit into memory is
 * left out. */
void cg_cli_contact_collect(struct cg_cli_contact *contact, const struct cg_dataset *dataset);
void cg_cli_contact_clear(struct cg_cli_contact *contact);

/*
 * Turn the photos into comics with the style in the file model_path, at full size as comicgan
 * convert does, and write all that was collected as a JPEG to path: a row of panels, then photos,
 * each with its comic to its right. threads: 0 for all. Errors: those of reading photos, models and
 * writing; CG_ERR_STATE when nothing was collected.
 */
enum cg_status cg_cli_contact_write(const struct cg_cli_contact *contact, const char *model_path,
                                    const char *path, int threads, struct cg_error *error);

/* The card of a trained style as a page to read: how it was made, of what, and how to use it. */

struct cg_cli_card_facts {
    const char *command; /* the command line that ended now */
    const char *use;     /* one that uses the style */
    const char *data;    /* what was found in the data: lines */
    const char *contact; /* name of the contact sheet beside the card; NULL: there is none */
    uint64_t step;
    double minutes; /* of this command's training */
};

/* Read the model at model_path and write its card, Markdown, to path. Errors: those of reading
 * models and writing files; CG_ERR_MEMORY. */
enum cg_status cg_cli_card_write(const char *model_path, const char *path,
                                 const struct cg_cli_card_facts *facts, struct cg_error *error);

/* A command line as one line that a shell takes; words are quoted where they need it. To be freed;
 * NULL when memory is short. */
char *cg_cli_command_line(const char *program, int argc, char *const argv[]);

/*
 * Whether this process trains by itself or is one of several that mpirun or srun started. There are
 * two of these, of which CMake takes one: train_ranks_mpi.c with COMICGAN_MPI=ON,
 * train_ranks_alone.c without.
 */

/*
 * Find the others; *out stays NULL where there are none. argc and argv as of main. Errors:
 * CG_ERR_STATE for processes that were started together and cannot reach each other, of which each
 * would train the same run. Close in any case, at last.
 */
enum cg_status cg_cli_ranks_open(int *argc, char ***argv, struct cg_ranks **out,
                                 struct cg_error *error);
void cg_cli_ranks_close(struct cg_ranks *ranks);

/*
 * Watching a run: what the trainer tells goes to a board (monitor/board.h), which a server shows
 * while the run goes (--monitor) and a report keeps afterwards; what the server is asked for goes
 * to the trainer. The same for all kinds of training.
 */

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

/* What people see of training: lines on stderr, and the same for those who watch the run. */

struct cg_cli_display {
    bool quiet;    /* show nothing */
    bool terminal; /* stderr is one */
    uint64_t step; /* the last that was told of */
    size_t tenth;  /* of the pictures that are being prepared, the last */
    struct cg_cli_watch watch;
};

/* Of cg_train_report_fn and cg_vector_report_fn; context is a display. */
void cg_cli_show_style(void *context, const struct cg_train_report *report);
void cg_cli_show_vector(void *context, const struct cg_vector_report *report);

/* What the options of every kind say: of all runs, and of new ones alone. */
struct cg_cli_train {
    const char *data, *out_dir, *resume, *monitor, *name; /* NULL: not given */
    struct cg_train_limits limits;
    uint64_t seed;
    int threads;                          /* 0: all processors */
    bool force;                           /* replace what is in out_dir */
    bool quiet;                           /* say nothing but errors */
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
