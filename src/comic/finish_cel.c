/*
 * Steps of light, as on the painted cels of animated films: luma is led to steps of STEP with short
 * slopes between (soft quantisation: Winnemoeller, Olsen and Gooch 2006, section 3.3), all three
 * channels by as much, so that colours keep what they differ by. What has skin's hue is led half as
 * far: faces are modelled, not masked.
 */
#include "comic/finish_parts.h"

#include "base/multiversion.h"

#include <math.h>

#define STEP 0.12f
#define RISER 0.28f      /* share of a step that is slope */
#define SKIN_AMOUNT 0.5f /* of the amount elsewhere */

static inline float step_of(float luma)
{
    float scaled = luma * (1.0f / STEP), whole = floorf(scaled);
    return STEP *
           (whole + cg_smooth_ramp(0.5f - 0.5f * RISER, 0.5f + 0.5f * RISER, scaled - whole));
}

/* How much a colour is one of skin: red leads, and green lies between it and blue. */
static inline float skin_of(float red, float green, float blue)
{
    float span = red - blue, place = (green - blue) / (span > 0.01f ? span : 0.01f);
    return cg_ramp(0.05f, 0.12f, span) * cg_ramp(0.12f, 0.25f, place) *
           cg_ramp(0.68f, 0.55f, place);
}

CG_MULTIVERSION
void cg_finish_cel_row(float amount, float *colour, size_t count)
{
    for (size_t i = 0; i < 3 * count; i += 3) {
        float red = colour[i], green = colour[i + 1], blue = colour[i + 2];
        float luma = 0.2126f * red + 0.7152f * green + 0.0722f * blue;
        float share = amount * (1.0f - (1.0f - SKIN_AMOUNT) * skin_of(red, green, blue));
        float by = share * (step_of(luma) - luma);
        colour[i] = red + by;
        colour[i + 1] = green + by;
        colour[i + 2] = blue + by;
    }
}
