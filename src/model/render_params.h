/*
 * How a comic looks. CG_LOOK_TABLE has a row for each look with its range, its neutral value, its
 * option and, if cards may set it, its key there. A new look is a field and a row: command line,
 * manual, cards, library and the converter's checks follow.
 */
#ifndef CG_MODEL_RENDER_PARAMS_H
#define CG_MODEL_RENDER_PARAMS_H

#include "base/json.h"
#include "base/option.h"

/* 0 keeps the photo, 255 takes the comic. It is stretched to the picture. */
struct cg_mask {
    int width, height;
    const uint8_t *pixels; /* height rows of width bytes; NULL: the comic everywhere */
};

/* All sizes are relative to the picture. They apply in this order. */
struct cg_render_params {
    int detail_px; /* working size, long side in pixels, 64 to 8192. A photo that is smaller is
                      worked on enlarged, up to twice its size */
    /* lines */
    float ink;  /* strength: 0 none, 1 as trained, 2 twice */
    float line; /* width: 0.25 to 4 times that of the trained lines */
    /* the colour under them */
    float smooth;     /* how much of the remaining texture is smoothed away: 0 none, 1 all */
    float cel;        /* how flat areas are painted, pictures only: 0 as drawn, 1 */
    float faces;      /* small faces drawn closer, pictures only: 0 as all else, 1 */
    float blacks;     /* solid blacks in dark areas, pictures only: 0 none, 1 in most */
    float saturation; /* 0 grey, 1 as trained, 2 twice; hue and lightness stay */
    float contrast;   /* of lightness, 0 to 2; 1 as trained */
    int colors;       /* 2 to 64 colours, chosen from the picture; 0 as many as there are */
    float fill;       /* how much colour is laid down: 0 white, lines alone; 1 all */
    /* how it is printed */
    float hatch;       /* pen strokes: 0 none, 0.5 in the darkest shadows, 1 in all shadows */
    float halftone;    /* printed dots: 0 none, 1 nothing else */
    int halftone_dots; /* dots along the long side, 20 to 400 */
    float paper[3];    /* its colour, sRGB 0 to 1, which tints the whole; 1 1 1 white */
    float grain;       /* its unevenness, 0 to 1 */
    /* where */
    float strength;      /* blend of photo (0) and comic (1) */
    struct cg_mask mask; /* at the places that it names */
    float feather;       /* softness of its edges, share of the long side, 0 to 0.25 */
};

/* The looks that are one number, the working size first, which has a place of its own in cards.
 * Ends with CG_OPTION_END. */
extern const struct cg_option CG_LOOK_TABLE[];

/* The comic as the network draws it. */
struct cg_render_params cg_render_params_neutral(int detail_px);

/* Error: CG_ERR_ARGUMENT, with the name, the range and what was found. */
enum cg_status cg_render_params_check(const struct cg_render_params *looks, struct cg_error *error);

/*
 * Set the looks that a card's "looks" name; unknown names are ignored. NULL sets nothing. Errors:
 * CG_ERR_MODEL for anything but an object, values out of range or of another type.
 */
enum cg_status cg_render_params_read(const json_t *object, struct cg_render_params *looks,
                                     struct cg_error *error);

/* The looks of a card that differ from the neutral ones, as an object; NULL if out of memory. */
json_t *cg_render_params_to_json(const struct cg_render_params *looks);

#endif
