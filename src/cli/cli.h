/* What the subcommands of comicgan share: exit codes, messages, options. */
#ifndef CG_CLI_CLI_H
#define CG_CLI_CLI_H

#include "base/output.h"

#include <getopt.h>
#include <stdbool.h>

/* Exit codes of comicgan; part of its interface. */
enum cg_cli_exit {
    CG_EXIT_DONE = 0,
    CG_EXIT_INPUT = 1,        /* a picture could not be read, converted or written */
    CG_EXIT_USAGE = 2,        /* wrong options or arguments */
    CG_EXIT_MODEL = 3,        /* no such style, or a model file that cannot be used */
    CG_EXIT_INTERRUPTED = 130 /* asked to stop (Ctrl-C, SIGTERM) before all was done */
};

/* One line on stderr, "comicgan: ...", free of control characters. Returns code. */
int cg_cli_fail(enum cg_cli_exit code, const char *format, ...) CG_PRINTF(2, 3);

/* One line on stderr as it is, free of control characters: for what went well. */
void cg_cli_say(const char *format, ...) CG_PRINTF(1, 2);

/* Fail with what error says: wrong arguments are CG_EXIT_USAGE, all else is code. */
int cg_cli_fail_with(enum cg_cli_exit code, const struct cg_error *error);

/* Whether the call may write path (base/output.h); an exit code, after a message unless it is
 * CG_EXIT_DONE. */
int cg_cli_check_output(struct cg_inputs *inputs, const char *path, bool force);

/* One line on stdout, made clean likewise: for results that hold names. */
void cg_cli_print(const char *format, ...) CG_PRINTF(1, 2);

/* What getopt_long returns for options that have no letter starts here. */
#define CG_CLI_LONG_OPTION 256

/* How a command takes its options. */
struct cg_cli_syntax {
    const char *letters;          /* as of getopt_long, ':' first and 'h' for the help among them */
    const struct option *options; /* 'h' for the help among them */
    const char *const *help;      /* parts of the text, ended by NULL */
    bool (*set)(void *settings, int option, const char *value); /* false after a message */
};

/*
 * Read the options in argv; optind then is the place of the first argument. False when there is
 * nothing left to do, *code being how to end: after the help, or after a message.
 */
bool cg_cli_read_options(const struct cg_cli_syntax *syntax, int argc, char *argv[], void *settings,
                         int *code);

/* The value of --option, within low to high; false after a message. */
bool cg_cli_parse_int(const char *option, const char *text, int low, int high, int *out);
bool cg_cli_parse_float(const char *option, const char *text, float low, float high, float *out);

/* The same for a size in bytes: a number and, for powers of 1024, K, M, G or T. At least 1. */
bool cg_cli_parse_size(const char *option, const char *text, size_t *out);

/* The same for a colour: #rgb, #rrggbb, or a plain name such as white. */
bool cg_cli_parse_colour(const char *option, const char *text, uint8_t rgb[3]);

/* The candidate (a list ended by NULL) that word is a slip of, or NULL. */
const char *cg_cli_nearest(const char *word, const char *const *candidates);

/* Where things are kept from call to call, as the XDG base directory specification has it. To be
 * freed; NULL when memory is short. */
char *cg_cli_default_cache(void);

/* Subcommands; argv[0] is the subcommand's name. Return an exit code. */
int cg_command_card(int argc, char *argv[]);
int cg_command_convert(int argc, char *argv[]);
int cg_command_eval(int argc, char *argv[]);
int cg_command_page(int argc, char *argv[]);
int cg_command_styles(int argc, char *argv[]);
int cg_command_train(int argc, char *argv[]);
int cg_command_generate(int argc, char *argv[]);
int cg_command_augment(int argc, char *argv[]);
int cg_command_score(int argc, char *argv[]);
int cg_command_stream(int argc, char *argv[]);
int cg_command_video(int argc, char *argv[]);

#endif
