/* The value at a place between four. */
#ifndef CG_BASE_BILINEAR_H
#define CG_BASE_BILINEAR_H

/* a, b: those above, left and right; c, d: those below; x, y: from 0, at a, to 1, at d. */
static inline float cg_bilinear(float a, float b, float c, float d, float x, float y)
{
    float above = a + x * (b - a), below = c + x * (d - c);
    return above + y * (below - above);
}

#endif
