/*
 * The options that say how a comic is to look, shared by all commands that make one. A new look is
 * a field of struct cg_looks (comicgan.h) and a row, a case and a line of help in looks.c.
 */
#ifndef CG_CLI_LOOKS_H
#define CG_CLI_LOOKS_H

#include "cli/cli.h"

/* What getopt_long returns for the first look; a command's own options lie below. */
#define CG_CLI_LOOKS_OPTION 512

enum {
    CG_CLI_LOOK_STYLE = CG_CLI_LOOKS_OPTION,
    CG_CLI_LOOK_DETAIL,
    CG_CLI_LOOK_INK,
    CG_CLI_LOOK_STRENGTH,
    CG_CLI_LOOKS_END
};

/* Rows for a command's table of long options. */
#define CG_CLI_LOOKS_LONG_OPTIONS                                                                  \
    {"style", required_argument, NULL, CG_CLI_LOOK_STYLE},                                         \
        {"detail", required_argument, NULL, CG_CLI_LOOK_DETAIL},                                   \
        {"ink", required_argument, NULL, CG_CLI_LOOK_INK},                                         \
    {                                                                                              \
        "strength", required_argument, NULL, CG_CLI_LOOK_STRENGTH                                  \
    }

/* Their part of a command's --help. */
#define CG_CLI_LOOKS_HELP                                                                          \
    "  --style S       a name from \"comicgan styles\", or the path of a model file\n"             \
    "                  (default: " CG_DEFAULT_STYLE ")\n"                                          \
    "  --detail PX     size of the long side at which the style is applied, 64 to 8192:\n"         \
    "                  smaller is bolder, larger is finer (default: the style's own)\n"            \
    "  --ink X         strength of the lines, 0 to 2 (default: the style's own)\n"                 \
    "  --strength X    from the photo (0) to the comic (1) (default: 1)\n"

/* What the command line asked for. Start from CG_CLI_LOOKS_DEFAULT. */
struct cg_cli_looks {
    const char *style;
    struct cg_looks values;
    unsigned given; /* bit (option - CG_CLI_LOOKS_OPTION): set by the user */
};
#define CG_CLI_LOOKS_DEFAULT                                                                       \
    {                                                                                              \
        .style = CG_DEFAULT_STYLE                                                                  \
    }

/* True if getopt_long returned one of the options above. */
bool cg_cli_is_look(int option);

/* Take one option's value; false after a message. value must outlive looks. */
bool cg_cli_looks_set(struct cg_cli_looks *looks, int option, const char *value);

/*
 * Load the style; *out is how its comics are to look: its card's looks, and what the user set.
 * Errors: those of cg_engine_open.
 */
enum cg_status cg_cli_looks_open(const struct cg_cli_looks *looks, struct cg_engine **engine,
                                 struct cg_looks *out, struct cg_error *error);

#endif
