/*
 * The looks of struct cg_render_params (comicgan.h), each a row that says its range, the value that
 * does nothing, and its name as an option and, if a card may set it, in a card. A new look is a
 * field there and a row here: command line, manual, cards and the converter's checks follow.
 */
#ifndef CG_MODEL_RENDER_PARAMS_H
#define CG_MODEL_RENDER_PARAMS_H

#include "base/error.h"
#include "base/option.h"

/* The looks that are one number; the first one is the working size, which has a place of its own in
 * cards. Ends with CG_OPTION_END. */
extern const struct cg_option CG_LOOK_TABLE[];

/* The comic as the network draws it. */
struct cg_render_params cg_render_params_neutral(int detail_px);

/* Error: CG_ERR_ARGUMENT, with the name, the range and what was found. */
enum cg_status cg_render_params_check(const struct cg_render_params *looks, struct cg_error *error);

/*
 * Paper by name (white, cream, newsprint, kraft, grey, blue) or as #rrggbb or #rgb; either may be
 * followed by :GRAIN, 0 to 1. False, and *looks untouched, if text is neither.
 */
bool cg_render_params_set_paper(struct cg_render_params *looks, const char *text);

/* What the function above takes, for messages. */
#define CG_PAPER_EXPECTED                                                                          \
    "white, cream, newsprint, kraft, grey, blue or #rrggbb, and :0 to :1 for its grain"

/*
 * Set what text, a card's "looks" (a JSON object), names; words it does not know are ignored. NULL
 * sets nothing. Errors: CG_ERR_MODEL for values out of range or of another type, CG_ERR_MEMORY.
 */
enum cg_status cg_render_params_read(const char *text, struct cg_render_params *looks,
                                     struct cg_error *error);

#endif
