/* Which colours are skin. */
#ifndef CG_COMIC_SKIN_H
#define CG_COMIC_SKIN_H

#include "base/clamp.h"

/* How much a colour is one of skin: red leads, and green lies between it and blue. */
static inline float cg_skin_of(float red, float green, float blue)
{
    float span = red - blue, place = (green - blue) / (span > 0.01f ? span : 0.01f);
    return cg_ramp(0.05f, 0.12f, span) * cg_ramp(-0.1f, 0.15f, place) *
           cg_ramp(0.68f, 0.55f, place);
}

#endif
