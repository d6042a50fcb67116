/*
 * Lettering: a text set into lines within a box, in the largest size that fits, and drawn. Lines
 * break at blanks, hyphens and newlines and, in Chinese and Japanese, between letters, and are made
 * as even as possible. Scripts written from right to left, and those whose letters change shape by
 * context, are not supported.
 */
#ifndef CG_PAGE_LETTER_H
#define CG_PAGE_LETTER_H

#include "image/image.h"
#include "page/font.h"

/* The box to fill: width and height in pixels, and the sizes (of an em) to try. */
struct cg_letter_box {
    double width, height;
    double smallest_px, largest_px;
};

struct cg_lettering;

/*
 * Typeset a text (UTF-8, at least one letter that is not blank). fonts must outlive the result.
 * Errors: CG_ERR_FORMAT for text that is not UTF-8 or has control characters; CG_ERR_UNSUPPORTED
 * for a letter that no font has or that is written from right to left; CG_ERR_LIMIT if it does not
 * fit at the smallest size; CG_ERR_MEMORY; those of reading a font.
 */
enum cg_status cg_lettering_create(struct cg_fonts *fonts, const char *text,
                                   const struct cg_letter_box *box, struct cg_lettering **out,
                                   struct cg_error *error);
void cg_lettering_free(struct cg_lettering *lettering);

/* Its extent, in pixels. */
double cg_lettering_width(const struct cg_lettering *lettering);
double cg_lettering_height(const struct cg_lettering *lettering);
double cg_lettering_size(const struct cg_lettering *lettering);
int cg_lettering_line_count(const struct cg_lettering *lettering);

enum cg_letter_align { CG_LETTER_LEFT, CG_LETTER_MIDDLE, CG_LETTER_RIGHT };

/* Draw it with its upper left corner at (x, y) of an RGB picture; parts outside are clipped.
 * Errors: those of drawing a letter (font.h). */
enum cg_status cg_lettering_draw(const struct cg_lettering *lettering, struct cg_image *image,
                                 double x, double y, enum cg_letter_align align,
                                 const uint8_t colour[3], struct cg_error *error);

#endif
