/*
 * A command and its options, defined once: from its table of rows (base/option.h) the command line
 * is read (command.c), and help, manual page and shell completions are written (manual.c).
 */
#ifndef CG_CLI_COMMAND_H
#define CG_CLI_COMMAND_H

#include "base/option.h"
#include "cli/cli.h"

struct cg_command {
    const char *name;      /* empty: comicgan itself */
    const char *arguments; /* behind the name in the list of commands */
    const char *summary;   /* in a line */
    /* Texts: lines that begin with a space are kept, others are filled. */
    const char *usage; /* after "comicgan NAME", a line for each form */
    const char *about; /* above the options; NULL: nothing */
    const char *after; /* below them; NULL: nothing */
    const struct cg_option *options;
    int (*run)(int argc, char *argv[]); /* argv[0] is the name; returns an exit code */
};

extern const struct cg_command CG_COMMAND_CARD, CG_COMMAND_CONVERT, CG_COMMAND_EVAL,
    CG_COMMAND_PAGE, CG_COMMAND_STYLES, CG_COMMAND_TRAIN, CG_COMMAND_GENERATE, CG_COMMAND_AUGMENT,
    CG_COMMAND_PREVIEW, CG_COMMAND_SCORE, CG_COMMAND_STREAM, CG_COMMAND_VIDEO;

/*
 * Read the options in argv into settings, which holds the defaults before; optind is then the first
 * argument. False, with an exit code in *code, if there is nothing left to do: after the help, or
 * after a message.
 */
bool cg_command_read(const struct cg_command *command, int argc, char *argv[], void *settings,
                     int *code);

/* Move out, the value of -o, if it is not NULL, behind the arguments, where OUT stands. */
void cg_command_put_out(const char *out, int argc, char *argv[]);

/* "command: expected ..., found ...; see comicgan command --help". Returns CG_EXIT_USAGE. */
int cg_command_refuse(const struct cg_command *command, const char *format, ...) CG_PRINTF(2, 3);

/* Check that least to most arguments follow the options: CG_EXIT_DONE, or CG_EXIT_USAGE after
 * "command: expected WHAT, found only a.png; see ..." or "command: unexpected argument x; expected
 * WHAT; see ...". */
int cg_command_check_arguments(const struct cg_command *command, int argc, char *argv[], int least,
                               int most, const char *what);

/* The words of a choice: "a, b or c". */
#define CG_COMMAND_WORDS_NBYTES 256
const char *cg_command_words(const char *const *words, char text[CG_COMMAND_WORDS_NBYTES]);

/* The index of text in words, ignoring case, or -1 after a message. A word may have another
 * spelling after '|'. */
int cg_command_find_word(const char *option, const char *const *words, const char *text);

/* A number of kind INT or FLOAT, by the row; false after a message. */
bool cg_command_parse_number(const struct cg_option *row, const char *text, double *out);

/* The --strict row of commands that read pictures; member: a bool of the command's structure. */
#define CG_CLI_STRICT_ROW(member)                                                                  \
    {                                                                                              \
        "strict", 0, CG_OPTION_FLAG, member, NULL,                                                 \
            "refuse pictures with any damage, even where they can be read"                         \
    }

/* A row of commands that do long work, what: "picture", ...; not together with --quiet. */
#define CG_CLI_VERBOSE_ROW(member, what)                                                           \
    {                                                                                              \
        "verbose", 'v', CG_OPTION_FLAG, member, NULL, "a line for each " what " that is done"      \
    }

/* A row of all commands that say more than their result, on a terminal at least. */
#define CG_CLI_QUIET_ROW(member)                                                                   \
    {                                                                                              \
        "quiet", 'q', CG_OPTION_FLAG, member, NULL, "nothing but errors"                           \
    }

/* ---- for manual.c ---------------------------------------------------------------------------- */

/* A row, its structure, and the defaults from before options were read. */
struct cg_command_entry {
    const struct cg_option *row;
    char *structure;       /* that the row's field is counted from */
    uint64_t *given, bit;  /* may be NULL */
    double initial, other; /* NAN: none */
    const char *initial_text;
};

#define CG_COMMAND_ENTRIES_MAX 128
struct cg_command_entries {
    struct cg_command_entry list[CG_COMMAND_ENTRIES_MAX];
    size_t count;
};

void cg_command_print_help(const struct cg_command *command,
                           const struct cg_command_entries *entries);
void cg_command_print_man(const struct cg_command *command,
                          const struct cg_command_entries *entries);
void cg_command_print_options(const struct cg_command *command,
                              const struct cg_command_entries *entries);

#endif
