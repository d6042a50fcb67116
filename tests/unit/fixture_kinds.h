/* Files of the kinds that a library of its own reads, made by the same libraries. Each function is
 * there only where the build has its library (CG_WITH_...). */
#ifndef CG_TESTS_UNIT_FIXTURE_KINDS_H
#define CG_TESTS_UNIT_FIXTURE_KINDS_H

#include "unit/fixture_image.h"

/* What is put into a file beside its pixels; no bytes: nothing. */
struct fixture_extras {
    struct fixture_bytes icc, exif; /* exif: from the TIFF header on */
    struct fixture_bytes xmp;       /* of HEIC, AVIF and TIFF */
    float dpi;                      /* of a TIFF; 0: not said */
    int orientation;                /* of a TIFF, 1 to 8; 0: not said */
};

/* image: RGB or RGBA. HEIC with its colours nearly as they are; AVIF likewise. */
struct fixture_bytes fixture_heif(const struct cg_image *image, bool avif,
                                  const struct fixture_extras *extras);

/* image: 1, 3 or 4 channels. depth: 8 or 16 bits. */
struct fixture_bytes fixture_tiff(const struct cg_image *image, int depth,
                                  const struct fixture_extras *extras);

/* A frame of width x height at left, top on a canvas; its pixels are indices of a palette of four:
 * red, green, blue, white. transparent: -1 for none. */
struct fixture_gif {
    int canvas_width, canvas_height, left, top, width, height, transparent;
    bool interlaced;
    const uint8_t *pixels;
};
struct fixture_bytes fixture_gif(const struct fixture_gif *gif);

/* An animation of two frames; both of the picture's size. */
struct fixture_bytes fixture_webp_animation(const struct cg_image *first,
                                            const struct cg_image *second);

#endif
