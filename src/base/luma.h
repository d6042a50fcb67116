/* Luma, the grey of gamma-encoded RGB, by ITU-R BT.601. By BT.709, whose weights are those of
 * sRGB's own primaries, a blue sky steps less, which is better where areas of colour are parted. */
#ifndef CG_BASE_LUMA_H
#define CG_BASE_LUMA_H

#include <stdint.h>

#define CG_LUMA_RED 0.299f
#define CG_LUMA_GREEN 0.587f
#define CG_LUMA_BLUE 0.114f

static inline float cg_luma(float red, float green, float blue)
{
    return CG_LUMA_RED * red + CG_LUMA_GREEN * green + CG_LUMA_BLUE * blue;
}

static inline float cg_luma_of(const float *rgb)
{
    return cg_luma(rgb[0], rgb[1], rgb[2]);
}

static inline float cg_luma_709(float red, float green, float blue)
{
    return 0.2126f * red + 0.7152f * green + 0.0722f * blue;
}

static inline float cg_luma_709_of(const float *rgb)
{
    return cg_luma_709(rgb[0], rgb[1], rgb[2]);
}

/* Of bytes, 0 to 1. */
static inline float cg_luma_unit(const uint8_t *rgb)
{
    return cg_luma(rgb[0], rgb[1], rgb[2]) / 255.0f;
}

/* Of bytes, in 256ths, rounded weights. */
static inline int cg_luma_256ths(const uint8_t *rgb)
{
    return 77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2];
}

#endif
