/*
 * Colours of any space into sRGB, by Little CMS. Private to src/image. Each call has its own
 * context, so it is thread-safe. Lack of memory looks like an unusable profile; cg_memory_was_short
 * tells them apart.
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
    CG_COLOUR_UNUSABLE   /* the profile is damaged or not for such a picture, which is unchanged */
};

/*
 * Convert image, of 1, 3 or 4 channels, to sRGB in place; alpha stays. is_grey: all its pixels are
 * grey, whatever its channels.
 */
enum cg_colour_result cg_colour_to_srgb(const struct cg_colour_space *space, bool is_grey,
                                        struct cg_image *image);

/*
 * Convert inks by their profile into out, RGB and of the same size. cmyk: four bytes a pixel, 255
 * for all of an ink or, if inverted, for none. False, with out untouched, if the profile cannot be
 * used.
 */
bool cg_colour_from_cmyk(const struct cg_colour_space *space, const uint8_t *cmyk, bool inverted,
                         struct cg_image *out);

/* Convert inks without a profile: each absorbs one colour, black all of them. */
void cg_colour_mix_inks(const uint8_t *cmyk, bool inverted, struct cg_image *out);

/* Whether there is a valid ICC profile that suits an RGB picture. */
bool cg_colour_is_rgb(const struct cg_colour_space *space);

#endif
