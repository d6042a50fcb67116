/* Between the pixels of a small map: see tap.h. */
#include "comic/tap.h"

#include <math.h>

struct cg_tap cg_tap_make(int i, int size, int full_size)
{
    double place = ((double)i + 0.5) * (double)size / (double)full_size - 0.5;
    double before = floor(place);
    float t = (float)(place - before);
    struct cg_tap tap = {.index = (int)before, .linear = t};
    tap.cubic[0] = ((-0.5f * t + 1.0f) * t - 0.5f) * t;
    tap.cubic[1] = (1.5f * t - 2.5f) * t * t + 1.0f;
    tap.cubic[2] = ((-1.5f * t + 2.0f) * t + 0.5f) * t;
    tap.cubic[3] = (0.5f * t - 0.5f) * t * t;
    return tap;
}
