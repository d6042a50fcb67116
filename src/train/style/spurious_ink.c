/* Where there is no line nearby: see spurious_ink.h. */
#include "train/style/spurious_ink.h"

#include "base/multiversion.h"

#include <stdbool.h>
#include <string.h>

CG_MULTIVERSION
static void take_larger(const float *restrict values, int count, float *restrict largest)
{
    for (int i = 0; i < count; i++)
        largest[i] = values[i] > largest[i] ? values[i] : largest[i];
}

/* Each value becomes the largest of those up to reach places, `stride` apart, before and after. */
static void widen(const float *values, int count, int stride, int reach, float *largest)
{
    memcpy(largest, values, (size_t)count * sizeof(float));
    for (int r = stride; r <= reach * stride && r < count; r += stride) {
        take_larger(values + r, count - r, largest);
        take_larger(values, count - r, largest + r);
    }
}

void cg_spurious_ink_distant(const float *ink, int side, int reach, float *room, float *distant)
{
    for (int y = 0; y < side; y++)
        widen(ink + y * side, side, 1, reach, room + y * side);
    widen(room, side * side, side, reach, distant);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            float *value = &distant[y * side + x];
            bool inside = x >= reach && x < side - reach && y >= reach && y < side - reach;
            *value = inside ? 1.0f - *value : 0.0f;
        }
}
