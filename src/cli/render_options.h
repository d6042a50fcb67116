/*
 * The options that say how a comic is to look, shared by all commands that make one. A look that is
 * one number needs a row of CG_LOOK_TABLE (model/render_params.h), and a row and a line of help below.
 */
#ifndef CG_CLI_RENDER_OPTIONS_H
#define CG_CLI_RENDER_OPTIONS_H

#include "cli/cli.h"
#include "image/image.h"
#include "model/render_params.h"

/* What getopt_long returns for the first look, in the order of enum cg_look; a command's own
 * options lie below. */
#define CG_CLI_RENDER_PARAMS_OPTION 512

enum {
    CG_CLI_LOOK_STYLE = CG_CLI_RENDER_PARAMS_OPTION + CG_LOOK_COUNT,
    CG_CLI_LOOK_PAPER,
    CG_CLI_LOOK_MASK,
    CG_CLI_RENDER_PARAMS_END
};

#define CG_CLI_LOOK_ROW(name, look)                                                                \
    {                                                                                              \
        name, required_argument, NULL, CG_CLI_RENDER_PARAMS_OPTION + (look)                        \
    }

/* Rows for a command's table of long options. */
#define CG_CLI_RENDER_PARAMS_LONG_OPTIONS                                                          \
    {"style", required_argument, NULL, CG_CLI_LOOK_STYLE},                                         \
        {"paper", required_argument, NULL, CG_CLI_LOOK_PAPER},                                     \
        {"mask", required_argument, NULL, CG_CLI_LOOK_MASK},                                       \
        CG_CLI_LOOK_ROW("detail", CG_LOOK_DETAIL), CG_CLI_LOOK_ROW("ink", CG_LOOK_INK),            \
        CG_CLI_LOOK_ROW("line", CG_LOOK_LINE), CG_CLI_LOOK_ROW("smooth", CG_LOOK_SMOOTH),          \
        CG_CLI_LOOK_ROW("saturation", CG_LOOK_SATURATION),                                         \
        CG_CLI_LOOK_ROW("contrast", CG_LOOK_CONTRAST), CG_CLI_LOOK_ROW("colors", CG_LOOK_COLORS),  \
        CG_CLI_LOOK_ROW("fill", CG_LOOK_FILL), CG_CLI_LOOK_ROW("hatch", CG_LOOK_HATCH),            \
        CG_CLI_LOOK_ROW("halftone", CG_LOOK_HALFTONE),                                             \
        CG_CLI_LOOK_ROW("halftone-dots", CG_LOOK_HALFTONE_DOTS),                                   \
        CG_CLI_LOOK_ROW("strength", CG_LOOK_STRENGTH), CG_CLI_LOOK_ROW("feather", CG_LOOK_FEATHER)

/* Their part of a command's --help. */
#define CG_CLI_RENDER_PARAMS_HELP                                                                  \
    "  --style S       a name from \"comicgan styles\", or the path of a model file\n"             \
    "                  (default: " CG_DEFAULT_STYLE ")\n"                                          \
    "\n"                                                                                           \
    "Looks; a style has its own wherever no default is given:\n"                                   \
    "  --detail PX     size of the long side at which the style is applied, 64 to 8192:\n"         \
    "                  smaller is bolder, larger is finer\n"                                       \
    "  --ink X         strength of the lines, 0 to 2\n"                                            \
    "  --line X        width of the lines, 0.25 to 4 times their own\n"                            \
    "  --smooth X      how far what is left of the photo's texture is smoothed away, 0 to 1;\n"    \
    "                  0 is faster\n"                                                              \
    "  --saturation X  0 (grey) to 2; 1 leaves colours as they are\n"                              \
    "  --contrast X    0 to 2; 1 leaves light and dark as they are\n"                              \
    "  --colors N      as few colours as 2 to 64; 0: as many as there are\n"                       \
    "  --fill X        how much colour is laid under the lines: 0 (white) to 1\n"                  \
    "  --hatch X       pen strokes in the shadows: 0 (none) to 1\n"                                \
    "  --halftone X    printed dots: 0 (none) to 1\n"                                              \
    "  --halftone-dots N\n"                                                                        \
    "                  dots along the long side, 20 to 400\n"                                      \
    "  --paper P       white, cream, newsprint, kraft, grey, blue or #rrggbb; :0 to :1\n"          \
    "                  after it is its grain, as in cream:0.5\n"                                   \
    "  --strength X    from the photo (0) to the comic (1)\n"                                      \
    "  --mask FILE     a grey picture, stretched over the photo: comic where it is white,\n"       \
    "                  photo where it is black\n"                                                  \
    "  --feather X     softness of the mask's edges, 0 to 0.25 of the long side\n"                 \
    "                  (default: 0.005)\n"                                                         \
    "\n"

/* What the command line asked for. Start from CG_CLI_RENDER_PARAMS_DEFAULT. */
struct cg_cli_render_params {
    const char *style;
    struct cg_render_params values; /* of what `given` says */
    unsigned given;        /* bit (option - CG_CLI_RENDER_PARAMS_OPTION): set by the user */
    const char *mask_path; /* NULL: none */
    struct cg_image mask;  /* empty: none */
};
#define CG_CLI_RENDER_PARAMS_DEFAULT                                                               \
    {                                                                                              \
        .style = CG_DEFAULT_STYLE                                                                  \
    }

/* True if getopt_long returned one of the options above. */
bool cg_cli_is_look(int option);

/* Take one option's value, and read the file if it is one; false after a message. value must
 * outlive looks. */
bool cg_cli_render_params_set(struct cg_cli_render_params *looks, int option, const char *value);

/*
 * Load the style; *out is how its comics are to look: its card's looks, and what the user set. The
 * mask in it is that of looks. Errors: those of cg_engine_open.
 */
enum cg_status cg_cli_render_params_open(const struct cg_cli_render_params *looks,
                                         struct cg_engine **engine, struct cg_render_params *out,
                                         struct cg_error *error);

/* Add the files that the options name: the style's model and the mask. Errors: CG_ERR_MEMORY. */
enum cg_status cg_cli_render_params_add_inputs(const struct cg_cli_render_params *looks,
                                               struct cg_inputs *inputs, struct cg_error *error);

/* Free what the options have read; wanted whether or not there was an open. */
void cg_cli_render_params_close(struct cg_cli_render_params *looks);

#endif
