/*
 * The options for a comic's looks, shared by all commands that make one. Looks that are one number
 * are rows of CG_LOOK_TABLE (model/render_params.h).
 */
#ifndef CG_CLI_RENDER_OPTIONS_H
#define CG_CLI_RENDER_OPTIONS_H

#include "base/sandbox.h"
#include "cli/command.h"
#include "comic/engine.h"
#include "image/image.h"
#include "model/render_params.h"

/* The looks given on the command line. Start from CG_CLI_RENDER_PARAMS_DEFAULT. */
struct cg_cli_render_params {
    const char *style;
    struct cg_render_params values; /* of what `given` says */
    const char *paper;              /* as given; NULL: not */
    const char *mask_path;          /* NULL: none */
    struct cg_image mask;           /* empty: none */
    uint64_t given;                 /* a bit for each look in CG_LOOK_TABLE that was given */
    bool fine;                      /* larger working size */
};
#define CG_CLI_RENDER_PARAMS_DEFAULT                                                               \
    {                                                                                              \
        .style = CG_DEFAULT_STYLE                                                                  \
    }

/* Rows for a command's table: a group with a struct cg_cli_render_params as its structure. */
extern const struct cg_option CG_CLI_RENDER_OPTIONS[];

/* The same for commands that make single pictures. */
extern const struct cg_option CG_CLI_PICTURE_OPTIONS[];

/* Allow reading a style, by name or path; "": all styles. Errors: those of cg_sandbox_allow,
 * CG_ERR_MEMORY. */
enum cg_status cg_cli_allow_style(struct cg_sandbox *sandbox, const char *style,
                                  struct cg_error *error);

/* Allow the files that open and read_mask read; context: a struct cg_cli_render_params. Errors:
 * those of cg_sandbox_allow, CG_ERR_MEMORY. */
enum cg_status cg_cli_render_params_allow(struct cg_sandbox *sandbox, const void *context,
                                          struct cg_error *error);

/* Read the mask, if there is one; strict: refuse damage. Call it before open. Returns CG_EXIT_DONE,
 * or CG_EXIT_USAGE after its message. */
int cg_cli_render_params_read_mask(struct cg_cli_render_params *looks, bool strict);

/*
 * Load the style; *out receives its card's looks, overridden by the user's. Its mask is that of
 * looks. Errors: those of cg_engine_open; CG_ERR_ARGUMENT for looks that exclude each other.
 */
enum cg_status cg_cli_render_params_open(const struct cg_cli_render_params *looks,
                                         struct cg_engine **engine, struct cg_render_params *out,
                                         struct cg_error *error);

/* Add the files that the options name: the style's model and the mask. Errors: CG_ERR_MEMORY. */
enum cg_status cg_cli_render_params_add_inputs(const struct cg_cli_render_params *looks,
                                               struct cg_inputs *inputs, struct cg_error *error);

/* Free what was read, also without or after a failed open. */
void cg_cli_render_params_close(struct cg_cli_render_params *looks);

#endif
