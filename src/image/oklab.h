/*
 * Oklab (Ottosson 2020, "A perceptual color space for image processing"): lightness from 0 to 1 is
 * perceptually even, and hue is constant when lightness or chroma change. Linear means linear-light
 * sRGB, 0 to 1.
 */
#ifndef CG_IMAGE_OKLAB_H
#define CG_IMAGE_OKLAB_H

#include <stdint.h>

/* The transfer function of sRGB (IEC 61966-2-1): encoded value to linear, both 0 to 1. */
float cg_srgb_decode(float encoded);

/* The reverse; values outside 0 to 1 are clipped. */
float cg_srgb_encode(float linear);

/* The same, rounded to a byte. */
uint8_t cg_srgb_encode_byte(float linear);

/* lab: lightness, a (green to red), b (blue to yellow). */
void cg_oklab_from_linear(const float rgb[3], float lab[3]);

/* The reverse; the result may lie outside sRGB. */
void cg_oklab_to_linear(const float lab[3], float rgb[3]);

/* The reverse, with as much of the chroma as sRGB holds at this hue and lightness (bisection). */
void cg_oklab_to_gamut(const float lab[3], float rgb[3]);

#endif
