/*
 * The options that say how a comic is to look, shared by all commands that make one. A look that is
 * one number is a row of CG_LOOK_TABLE (model/render_params.h).
 */
#ifndef CG_CLI_RENDER_OPTIONS_H
#define CG_CLI_RENDER_OPTIONS_H

#include "cli/command.h"
#include "comic/engine.h"
#include "image/image.h"
#include "model/render_params.h"

/* What the command line asked for. Start from CG_CLI_RENDER_PARAMS_DEFAULT. */
struct cg_cli_render_params {
    const char *style;
    struct cg_render_params values; /* of what `given` says */
    const char *paper;              /* as given; NULL: not */
    const char *mask_path;          /* NULL: none */
    struct cg_image mask;           /* empty: none */
    uint64_t given;                 /* a bit for each look in CG_LOOK_TABLE that was given */
};
#define CG_CLI_RENDER_PARAMS_DEFAULT                                                               \
    {                                                                                              \
        .style = CG_DEFAULT_STYLE                                                                  \
    }

/* Rows for a command's table: a group with a struct cg_cli_render_params as its structure. The mask
 * is read as it is named. */
extern const struct cg_option CG_CLI_RENDER_OPTIONS[];

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
