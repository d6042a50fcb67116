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

#endif
