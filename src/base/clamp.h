/* Numbers held to a range. */
#ifndef CG_BASE_CLAMP_H
#define CG_BASE_CLAMP_H

#include <stdint.h>

/* The nearest of 0 to count - 1. */
static inline int cg_clamp_index(int index, int count)
{
    return index < 0 ? 0 : index >= count ? count - 1 : index;
}

static inline float cg_clamp(float value, float low, float high)
{
    return value < low ? low : value > high ? high : value;
}

/* The nearest of 0 to 1. */
static inline float cg_clamp_unit(float value)
{
    return cg_clamp(value, 0.0f, 1.0f);
}

/* The nearest byte. */
static inline uint8_t cg_byte_of(float value)
{
    return (uint8_t)(int)(cg_clamp(value, 0.0f, 255.0f) + 0.5f);
}

/* From 0 at low to 1 at high: straight, and with rounded ends (the cubic flat at both). */
static inline float cg_ramp(float low, float high, float value)
{
    return cg_clamp_unit((value - low) / (high - low));
}

static inline float cg_smoothstep(float low, float high, float value)
{
    float t = cg_ramp(low, high, value);
    return t * t * (3.0f - 2.0f * t);
}

#endif
