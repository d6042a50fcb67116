/* What the subcommands of comicgan share: exit codes, messages, options. */
#ifndef CG_CLI_CLI_H
#define CG_CLI_CLI_H

#include "base/error.h"

#include <getopt.h>
#include <stdbool.h>

/* Exit codes of comicgan; part of its interface. */
enum cg_cli_exit {
    CG_EXIT_DONE = 0,
    CG_EXIT_INPUT = 1, /* a picture could not be read, converted or written */
    CG_EXIT_USAGE = 2, /* wrong options or arguments */
    CG_EXIT_MODEL = 3  /* no such style, or a model file that cannot be used */
};

/* One line on stderr, "comicgan: ...", free of control characters. Returns code. */
int cg_cli_fail(enum cg_cli_exit code, const char *format, ...) CG_PRINTF(2, 3);

/* What getopt_long returns for options that have no letter starts here. */
#define CG_CLI_LONG_OPTION 256

/*
 * The message for what getopt_long returned as '?' or ':' (its option string begins with ':' and
 * opterr is 0). Returns CG_EXIT_USAGE.
 */
int cg_cli_refuse_option(int result, char *const argv[], const struct option *options);

/* The value of --option, within low to high; false after a message. */
bool cg_cli_parse_int(const char *option, const char *text, int low, int high, int *out);
bool cg_cli_parse_float(const char *option, const char *text, float low, float high, float *out);

/* The candidate (a list ended by NULL) that word is a slip of, or NULL. */
const char *cg_cli_nearest(const char *word, const char *const *candidates);

/* Subcommands; argv[0] is the subcommand's name. Return an exit code. */
int cg_command_convert(int argc, char *argv[]);
int cg_command_page(int argc, char *argv[]);
int cg_command_styles(int argc, char *argv[]);
int cg_command_train(int argc, char *argv[]);
int cg_command_stream(int argc, char *argv[]);
int cg_command_video(int argc, char *argv[]);

#endif
