/*
 * comicgan train for any kind of model: the common options, and the way from a command line to an
 * exit code. A kind (train_style.c, train_vector.c) adds its options, its help and its training.
 * Private to this folder and comicgan_train.c.
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

/* Whether the command line is about a vector GAN: it says so, or resumes such a run. Errors:
 * CG_ERR_MEMORY, CG_ERR_IO. */
enum cg_status cg_cli_is_vector(int argc, char *argv[], bool *out, struct cg_error *error);

/* Whether it is about a finder of faces. */
bool cg_cli_is_faces(int argc, char *argv[]);

/* The whole command for each kind; argv as of main. Return an exit code. */
int cg_cli_train_style(int argc, char *argv[]);
int cg_cli_train_vector(int argc, char *argv[]);
int cg_cli_train_faces(int argc, char *argv[]);

/* The contact sheet of a run: panels it learned from, and comics of photos it never saw. */

#define CG_CLI_CONTACT_PANELS_MAX 6
#define CG_CLI_CONTACT_PHOTOS_MAX 6

/* Collected while the data set exists. Empty: all zero. */
struct cg_cli_contact {
    struct cg_image panels[CG_CLI_CONTACT_PANELS_MAX];
    int panel_count;
    char *photos[CG_CLI_CONTACT_PHOTOS_MAX]; /* paths */
    int photo_count;
    bool incomplete; /* memory was missing for some of it */
};

/* Collect panels of some comics and paths of some held-out photos. */
void cg_cli_contact_collect(struct cg_cli_contact *contact, const struct cg_dataset *dataset);
void cg_cli_contact_clear(struct cg_cli_contact *contact);

/*
 * Convert the photos with the style in the file model_path, at full size as comicgan convert does,
 * and write everything collected as a JPEG to path: a row of panels, then photos, each with its
 * comic to its right. threads: 0 for all. Errors: those of reading photos, models and writing;
 * CG_ERR_STATE if nothing was collected.
 */
enum cg_status cg_cli_contact_write(const struct cg_cli_contact *contact, const char *model_path,
                                    const char *path, int threads, struct cg_error *error);

/* The card of a trained style as a page: how it was made, from what data, and how to use it. */

struct cg_cli_card_facts {
    const char *command; /* the command line of this run */
    const char *use;     /* one that uses the style */
    const char *data;    /* a description of the data, in lines */
    const char *contact; /* name of the contact sheet beside the card; NULL: there is none */
    uint64_t step;
    double minutes; /* trained by this command */
};

/* Read the model at model_path and write its card, Markdown, to path. Errors: those of reading
 * models and writing files; CG_ERR_MEMORY. */
enum cg_status cg_cli_card_write(const char *model_path, const char *path,
                                 const struct cg_cli_card_facts *facts, struct cg_error *error);

/* A command line for the shell, with words quoted as needed. To be freed; NULL if out of memory. */
char *cg_cli_command_line(const char *program, int argc, char *const argv[]);

/*
 * Whether this process trains alone or is one of several started by mpirun or srun. There are two
 * implementations, of which CMake chooses one: train_ranks_mpi.c with COMICGAN_MPI=ON,
 * train_ranks_alone.c without.
 */

/*
 * Find the other ranks; *out stays NULL if there are none. argc and argv as of main. Errors:
 * CG_ERR_STATE for processes that were started together but cannot communicate, so that each would
 * train the same run. Close it at the end in any case.
 */
enum cg_status cg_cli_ranks_open(int *argc, char ***argv, struct cg_ranks **out,
                                 struct cg_error *error);
void cg_cli_ranks_close(struct cg_ranks *ranks);

/*
 * Watching a run: the trainer's reports go to a board (monitor/board.h), which a server shows
 * during the run (--monitor) and a report keeps afterwards; requests to the server go to the
 * trainer.
 */

struct cg_cli_watch {
    struct cg_board *board;
    struct cg_server *server; /* NULL: not requested */
    const char *out_dir;
    char *samples_dir, *report_path;
    bool begun;
    struct cg_error trouble; /* the first failure to record something, or CG_OK */
};

/*
 * Watch the run in out_dir. address: of the server, or NULL; resumed: load the folder's log and
 * samples. The board gets the limits, which then poll it for requests. Returns an exit code, after
 * a message unless it is CG_EXIT_DONE; close it in any case.
 */
int cg_cli_watch_open(const char *address, const char *out_dir, bool resumed,
                      struct cg_train_limits *limits, struct cg_cli_watch *out);

/* A row of the log was written. */
void cg_cli_watch_row(struct cg_cli_watch *watch, uint64_t step, const struct cg_log_value *values,
                      size_t count);

/* A sheet of samples was written; layout: NULL for one that is a single picture. */
void cg_cli_watch_sample(struct cg_cli_watch *watch, uint64_t step, const char *file,
                         const struct cg_sheet *sheet);

/* End of the run: write its report, if it had begun, and stop the server. error: what ended it, or
 * NULL. Returns an exit code, after a message if there is no report. */
int cg_cli_watch_close(struct cg_cli_watch *watch, const struct cg_error *error);

/* The progress of training: lines on stderr, and the same for the board. */

struct cg_cli_display {
    bool quiet;            /* show nothing */
    bool verbose;          /* a line for each row of the log, also where there is no terminal */
    bool terminal;         /* stderr is one */
    uint64_t step;         /* the last one shown */
    double began, said_at; /* preparing, and the last line of it without a terminal; seconds */
    struct cg_cli_watch watch;
};

/* A cg_train_report_fn and a cg_vector_report_fn; context is a display. */
void cg_cli_show_style(void *context, const struct cg_train_report *report);
void cg_cli_show_vector(void *context, const struct cg_vector_report *report);

/* The options of every kind: for all runs, and for new ones only. */
struct cg_cli_train {
    const char *data, *out_dir, *resume, *monitor, *name; /* NULL: not given */
    struct cg_train_limits limits;
    uint64_t seed;
    int threads;                          /* 0: all processors */
    bool force;                           /* replace what is in out_dir */
    bool quiet, verbose;                  /* nothing but errors; each row of the log */
    bool strict;                          /* damaged pictures count as unreadable */
    uint64_t given;                       /* bit 0: --steps, the first row */
    uint64_t new_run_given, recipe_given; /* options for new runs only */
    int model;                            /* its index in CG_CLI_TRAIN_MODELS */
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
    CG_CLI_TRAIN_LOOK, /* examine the data: no run, and no --out */
    CG_CLI_TRAIN_TIDY  /* neither, and no --data */
};

struct cg_cli_train_kind {
    int model;        /* its index in CG_CLI_TRAIN_MODELS */
    const char *data; /* the argument of --data in the usage */
    const struct cg_command *command;
    uint64_t default_steps; /* without --steps and --minutes */
    /* Start or resume a run, showing its progress. */
    enum cg_status (*train)(void *own, const struct cg_cli_train *common,
                            struct cg_cli_display *display, struct cg_error *error);
    /* After a successful run: further files and messages. Returns an exit code. May be NULL. */
    int (*finish)(void *own, const struct cg_cli_train *common,
                  const struct cg_cli_display *display);
    /* For tasks that are not runs, train is called unwatched, and finish is not. NULL: always a
     * run. */
    enum cg_cli_train_task (*task)(const void *own);
};

/* The whole command; argv as of main, own: of the kind's functions and of the command's table, with
 * common in it. Returns an exit code. */
int cg_cli_train(const struct cg_cli_train_kind *kind, void *own, struct cg_cli_train *common,
                 int argc, char *argv[]);

#endif
