/*
 * Hue shift: block means of photo and comic, in Oklab (Ottosson 2020, "A perceptual color space for
 * image processing"), whose hue does not turn with lightness or chroma. Means of blocks, for lines
 * and flattening change every pixel; a blotch changes a block. Definition: picture_quality.h.
 */
#include "measure/picture_hue.h"

#include <math.h>

#define BLOCK_PX 16
#define CHROMA_LEAST 0.03
#define DEGREES (180.0 / 3.14159265358979323846)

struct block {
    int x, y, width, height;
};

static void block_mean(const struct cg_image *image, const struct block *block, double rgb[3])
{
    uint64_t sum[3] = {0};
    for (int y = 0; y < block->height; y++) {
        size_t first = (size_t)(block->y + y) * (size_t)image->width + (size_t)block->x;
        const uint8_t *pixel = image->pixels + 3 * first;
        for (int x = 0; x < block->width; x++, pixel += 3)
            for (int c = 0; c < 3; c++)
                sum[c] += pixel[c];
    }
    for (int c = 0; c < 3; c++)
        rgb[c] = (double)sum[c] / (block->width * block->height);
}

static double linear_light(double value)
{
    double v = value / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* Oklab's a and b of an sRGB colour, 0 to 255 a channel. */
static void hue_axes(const double rgb[3], double ab[2])
{
    double r = linear_light(rgb[0]), g = linear_light(rgb[1]), b = linear_light(rgb[2]);
    double l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    double m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    double s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    ab[0] = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
    ab[1] = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
}

/* The box of Chai and Ngan on JPEG's Cb and Cr. */
static bool is_skin(const double rgb[3])
{
    double cb = 128.0 - 0.168736 * rgb[0] - 0.331264 * rgb[1] + 0.5 * rgb[2];
    double cr = 128.0 + 0.5 * rgb[0] - 0.418688 * rgb[1] - 0.081312 * rgb[2];
    return cb >= 77.0 && cb <= 127.0 && cr >= 133.0 && cr <= 173.0;
}

/* Add a block's angle to the sums, if it is coloured enough. */
static void add_block(const double photo[3], const double comic[3], struct cg_quality *sums)
{
    double p[2], c[2];
    hue_axes(photo, p);
    hue_axes(comic, c);
    if (hypot(p[0], p[1]) <= CHROMA_LEAST || hypot(c[0], c[1]) <= CHROMA_LEAST)
        return;
    double angle = DEGREES * fabs(atan2(p[0] * c[1] - p[1] * c[0], p[0] * c[0] + p[1] * c[1]));
    sums->hue_deg += angle;
    sums->hue_blocks += 1.0;
    if (is_skin(photo)) {
        sums->hue_skin_deg += angle;
        sums->skin_blocks += 1.0;
    }
}

void cg_quality_measure_hue(const struct cg_image *photo, const struct cg_image *comic,
                            struct cg_quality *out)
{
    out->hue_deg = out->hue_skin_deg = out->hue_blocks = out->skin_blocks = 0.0;
    for (int y = 0; y < photo->height; y += BLOCK_PX)
        for (int x = 0; x < photo->width; x += BLOCK_PX) {
            int right = photo->width - x, below = photo->height - y;
            struct block block = {x, y, right < BLOCK_PX ? right : BLOCK_PX,
                                  below < BLOCK_PX ? below : BLOCK_PX};
            double photo_mean[3], comic_mean[3];
            block_mean(photo, &block, photo_mean);
            block_mean(comic, &block, comic_mean);
            add_block(photo_mean, comic_mean, out);
        }
    if (out->hue_blocks > 0.0)
        out->hue_deg /= out->hue_blocks;
    if (out->skin_blocks > 0.0)
        out->hue_skin_deg /= out->skin_blocks;
}
