/*
 * Colours of any space into sRGB, by Little CMS. Inside src/image only. Each call has a context of
 * its own, so threads do not meet. A lack of memory looks like a profile that cannot be used;
 * cg_memory_was_short tells them apart.
 */
#ifndef CG_IMAGE_COLOUR_H
#define CG_IMAGE_COLOUR_H

#include "image/header_fields.h"

/* The space that pixels are in: an ICC profile, or else a PNG's gamma and chromaticities. */
struct cg_colour_space {
    const uint8_t *icc;
    size_t icc_nbytes;
    const struct cg_colour_tags *tags;
};

enum cg_colour_result {
    CG_COLOUR_SAME,      /* they are sRGB, or as good as */
    CG_COLOUR_CONVERTED, /* they were not, and are now */
    CG_COLOUR_UNUSABLE   /* the profile is damaged or not for such a picture; nothing was changed */
};

/*
 * Convert image, of 1, 3 or 4 channels, to sRGB in place; alpha stays. is_grey: all its pixels are
 * grey, whatever its channels.
 */
enum cg_colour_result cg_colour_to_srgb(const struct cg_colour_space *space, bool is_grey,
                                        struct cg_image *image);

/*
 * Inks by their profile into out, RGB and of the same size. cmyk: four bytes a pixel, 255 for all
 * of an ink or, if inverted, for none. False, with out untouched, if the profile cannot be used.
 */
bool cg_colour_from_cmyk(const struct cg_colour_space *space, const uint8_t *cmyk, bool inverted,
                         struct cg_image *out);

/* Inks that nothing is known of: each takes away its share of one colour, black of all. */
void cg_colour_mix_inks(const uint8_t *cmyk, bool inverted, struct cg_image *out);

/* Whether there is an ICC profile that works and can go with an RGB picture. */
bool cg_colour_is_rgb(const struct cg_colour_space *space);

#endif
