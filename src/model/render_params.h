/*
 * The looks of struct cg_render_params (comicgan.h) by name: their ranges, their values when they
 * do nothing, and how a style's card writes them. A new look is a field there and a row in render_params.c;
 * the command line and the converter's checks follow from the row.
 */
#ifndef CG_MODEL_RENDER_PARAMS_H
#define CG_MODEL_RENDER_PARAMS_H

#include "base/error.h"

#include <stdbool.h>

/* Looks that are one number, in the order of the table. */
enum cg_look {
    CG_LOOK_DETAIL,
    CG_LOOK_INK,
    CG_LOOK_LINE,
    CG_LOOK_SMOOTH,
    CG_LOOK_SATURATION,
    CG_LOOK_CONTRAST,
    CG_LOOK_COLORS,
    CG_LOOK_FILL,
    CG_LOOK_HATCH,
    CG_LOOK_HALFTONE,
    CG_LOOK_HALFTONE_DOTS,
    CG_LOOK_STRENGTH,
    CG_LOOK_FEATHER,
    CG_LOOK_COUNT
};

struct cg_look_row {
    const char *name; /* as in a card, and as an option with '-' for '_' */
    size_t offset;    /* of the field in struct cg_render_params */
    bool whole;       /* an int, else a float */
    bool zero_is_off; /* 0 is fine, too, though below low */
    bool in_card;     /* a card may set it */
    float low, high;
    float neutral; /* the value that does nothing */
};

extern const struct cg_look_row CG_LOOK_TABLE[CG_LOOK_COUNT];

/* The comic as the network draws it. */
struct cg_render_params cg_render_params_neutral(int detail_px);

float cg_look_get(const struct cg_render_params *looks, enum cg_look look);
void cg_look_set(struct cg_render_params *looks, enum cg_look look, float value);

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
