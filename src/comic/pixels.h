/* A caller's pixels (comicgan.h), which may have gaps, alpha or no colour, as the RGB picture that
 * the converters work on. */
#ifndef CG_COMIC_PIXELS_H
#define CG_COMIC_PIXELS_H

#include "image/image.h"

/* Pixels on loan. */
struct cg_loan {
    struct cg_image rgb;   /* the caller's own memory where that is RGB without gaps, else a copy */
    struct cg_image alpha; /* empty: none */
    struct cg_pixels from;
};

/* To be returned. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY; then there is nothing to return. */
enum cg_status cg_pixels_lend(struct cg_pixels pixels, struct cg_loan *out, struct cg_error *error);

/* Free what was copied; first, if status is CG_OK, write it to where it came from. Returns status,
 * or CG_ERR_MEMORY. */
enum cg_status cg_pixels_return(struct cg_loan *loan, enum cg_status status,
                                struct cg_error *error);

#endif
