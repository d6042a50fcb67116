/*
 * A colour layer without texture: the bilateral filter (Tomasi and Manduchi 1998), twice, with
 * neighbours 1 and then 2 pixels apart. Few colours need it: the border between two of them follows
 * the slightest unevenness, and what is half photographic becomes flecks.
 */
#include "comic/finish_parts.h"

#include <math.h>

#define REACH 2 /* neighbours to each side */

/* Difference of colour (RGB, whites at 1) at which a neighbour counts a quarter. */
#define SAME_COLOUR 0.07f

static void calm_pixel(const float *from, int width, int height, int step, int y, int x,
                       float *restrict out)
{
    const float *here = from + 3 * ((size_t)y * (size_t)width + (size_t)x);
    float sum[3] = {0.0f, 0.0f, 0.0f}, weights = 0.0f;
    for (int j = -REACH; j <= REACH; j++) {
        int ny = y + j * step;
        ny = ny < 0 ? 0 : ny >= height ? height - 1 : ny;
        for (int i = -REACH; i <= REACH; i++) {
            int nx = x + i * step;
            nx = nx < 0 ? 0 : nx >= width ? width - 1 : nx;
            const float *near = from + 3 * ((size_t)ny * (size_t)width + (size_t)nx);
            float d0 = near[0] - here[0], d1 = near[1] - here[1], d2 = near[2] - here[2];
            float far = (d0 * d0 + d1 * d1 + d2 * d2) * (1.0f / (SAME_COLOUR * SAME_COLOUR));
            float weight = 1.0f / ((1.0f + far) * (1.0f + far));
            weights += weight;
            for (int c = 0; c < 3; c++)
                sum[c] += weight * near[c];
        }
    }
    for (int c = 0; c < 3; c++)
        out[c] = sum[c] / weights;
}

void cg_calm_row(const float *from, int width, int height, int step, int y, float *out)
{
    for (int x = 0; x < width; x++)
        calm_pixel(from, width, height, step, y, x, out + 3 * (size_t)x);
}
