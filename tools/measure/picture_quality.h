/*
 * How a comic differs from its photo, in numbers: is texture gone, are contours stronger, how much
 * ink is there, have colours turned. Both are 8-bit RGB pictures of one size, the size at which
 * the comic is looked at: most figures depend on it, so compare at the same one (tools/quality does
 * at 960 pixels). None of the figures says whether a comic is good; they say what changed.
 *
 * Words used below, all on luma (Rec. 601 on sRGB values, 0 to 1):
 *   gradient    magnitude of the central differences, luma a pixel
 *   form        gradient of the photo blurred by a Gaussian of sigma 2 px: what has a shape raises
 *               it, fine texture does not
 *   ink         comic pixels darker than 0.15 and by more than 0.04 darker than the photo
 *   calm        the half of the pixels with the least form (ties included), without those that have
 *               ink in the 7 x 7 pixels around them
 *   contour     the 5 % of the pixels with the most form (ties included)
 *   copy        of 960 px on the longer side; lengths and areas in its pixels hold for any size
 *   stroke      comic pixels darker by more than 0.15 than the picture's closing by a square of 9
 *               copy pixels, so that black areas are none; those that touch, at corners too, are
 *               one stroke, and its length is the longer side of the box around it
 * A ratio is one mean over another; a mean gradient below 1e-4 counts as 1e-4, so that two flat
 * pictures have ratio 1.
 *
 * A new measure: a member of cg_quality, a row of the table in quality.c, and the code there.
 */
#ifndef CG_MEASURE_PICTURE_QUALITY_H
#define CG_MEASURE_PICTURE_QUALITY_H

#include "image/image.h"

#include <stdbool.h>

struct cg_quality {
    /* Texture left: mean gradient of the comic over that of the photo, calm pixels. Below 1 means
     * flatter. texture_ink: the same with the pixels around ink counted. */
    double texture, texture_ink;
    double calm; /* share of the pixels that texture was measured on; 0: texture says nothing */

    /* Contour contrast: mean, over contour pixels, of the largest gradient in the 7 x 7 around,
     * comic over photo. */
    double contour;

    /* Share of all pixels in strokes; of those, the share in strokes longer than 40 copy pixels;
     * strokes shorter than 12, a million copy pixels. */
    double strokes, continuity, flecks;

    /* Fog: share of the pixels that are neither near an edge (no gradient of 0.03 a copy pixel in
     * the 7 x 7 copy pixels around) nor flat (gradient after a blur of sigma 1.5 copy pixels up to
     * 0.0015 a copy pixel: soft shading, and texture that stayed). */
    double fog;

    /* Shares of all pixels: comic darker than 0.15 where the photo is lighter than 0.25 (what the
     * comic drew), darker than 0.15 in the photo, the same in the comic. */
    double ink, dark_photo, dark_comic;

    /* Hue shift: mean angle between the hues (Oklab's a and b) of photo and comic, 0 to 180
     * degrees, over blocks of 16 x 16 pixels (less at the right and the bottom) by their mean sRGB
     * values; only blocks whose Oklab chroma is above 0.03 in both count. skin: of those, the
     * blocks that are skin-coloured in the photo, 77 <= Cb <= 127 and 133 <= Cr <= 173 (Chai and
     * Ngan 1999, "Face segmentation using skin-color map"); a stand-in for faces, which sand and
     * wood pass as well. 0 where there are no blocks. */
    double hue_deg, hue_skin_deg;
    double hue_blocks, skin_blocks; /* how many blocks counted */

    double clipped_photo, clipped_comic; /* share of pixels with a channel at 0 or 255 */
    double luma_photo, luma_comic;       /* mean luma, 0 to 1 */
};

/* Neither picture is changed. Takes 40 bytes of memory a pixel. Errors: CG_ERR_ARGUMENT (not RGB,
 * or not of one size), CG_ERR_MEMORY. */
enum cg_status cg_quality_measure(const struct cg_image *photo, const struct cg_image *comic,
                                  struct cg_quality *out, struct cg_error *error);

/* One measure as programs show it. */
struct cg_quality_column {
    const char *name;    /* in JSON */
    const char *heading; /* in tables, up to 8 letters */
    double scale;        /* tables show value * scale: 100 for per cent */
    int decimals;        /* in tables */
    size_t offset;       /* of the double in cg_quality */
    size_t counted;      /* of the double that is 0 when this one says nothing; 0: it always does */
};

#define CG_QUALITY_COLUMNS 19
extern const struct cg_quality_column cg_quality_columns[CG_QUALITY_COLUMNS];

/* The value of a column, and whether it says something. */
double cg_quality_get(const struct cg_quality *quality, const struct cg_quality_column *column);
bool cg_quality_known(const struct cg_quality *quality, const struct cg_quality_column *column);

/* The mean of each measure over the pictures for which it says something, else 0. */
void cg_quality_mean(const struct cg_quality *each, size_t count, struct cg_quality *out);

#endif
