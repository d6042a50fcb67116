/* What the commands of comicgan share: exit codes and messages. */
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

/* One line on stderr as it is, free of control characters: for good news. */
void cg_cli_say(const char *format, ...) CG_PRINTF(1, 2);

/* Fail with error's text: CG_EXIT_USAGE for wrong arguments, else code. */
int cg_cli_fail_with(enum cg_cli_exit code, const struct cg_error *error);

/* Check that path may be written (base/output.h). Returns an exit code, after a message unless it
 * is CG_EXIT_DONE. */
int cg_cli_check_output(struct cg_inputs *inputs, const char *path, bool force);

/* How to write an output, with or without --force. */
enum cg_writing cg_cli_writing(bool force);

/* One line on stdout, likewise free of control characters: for results that hold names. */
void cg_cli_print(const char *format, ...) CG_PRINTF(1, 2);

/* Print value (jansson's) as JSON on stdout, and release it; what names it in errors. Returns
 * CG_EXIT_DONE, or code after a message. */
struct json_t;
int cg_cli_print_json(struct json_t *value, const char *what, enum cg_cli_exit code);

/* The candidate (of a list ended by NULL) that word is a misspelling of, or NULL. */
const char *cg_cli_nearest(const char *word, const char *const *candidates);

/* The folder of the user's own styles, or NULL: $COMICGAN_MODELS. */
const char *cg_cli_models_folder(void);

/* A line on stderr for each file that list was made without. Returns an exit code. */
int cg_cli_tell_left_out(const struct cg_style_list *list);

/* The cache folder by the XDG base directory specification. To be freed; NULL if out of memory. */
char *cg_cli_default_cache(void);

#endif
