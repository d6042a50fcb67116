/* Numbers held to a range. */
#ifndef CG_BASE_CLAMP_H
#define CG_BASE_CLAMP_H

/* The nearest of 0 to count - 1. */
static inline int cg_clamp_index(int index, int count)
{
    return index < 0 ? 0 : index >= count ? count - 1 : index;
}

/* The nearest of 0 to 1. */
static inline float cg_clamp_unit(float value)
{
    return value < 0.0f ? 0.0f : value > 1.0f ? 1.0f : value;
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
