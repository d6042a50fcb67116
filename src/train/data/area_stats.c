/* Statistics of a part of a picture: see area_stats.h. */
#include "train/data/area_stats.h"

#include <math.h>
#include <stddef.h>

#define STEP_PX 2
#define WHITE_ABOVE 240

struct cg_area_stats cg_area_stats(const uint8_t *pixels, int row_px, int width, int height)
{
    uint64_t count = 0, white = 0, sum = 0, squares = 0;
    for (int y = 0; y < height; y += STEP_PX) {
        const uint8_t *row = pixels + (size_t)y * (size_t)row_px * 3;
        for (int x = 0; x < width; x += STEP_PX) {
            const uint8_t *p = row + 3 * (size_t)x;
            uint32_t luma = (77u * p[0] + 150u * p[1] + 29u * p[2]) >> 8;
            white += p[0] > WHITE_ABOVE && p[1] > WHITE_ABOVE && p[2] > WHITE_ABOVE;
            sum += luma;
            squares += luma * luma;
            count++;
        }
    }
    double n = (double)count, mean = (double)sum / n;
    double variance = (double)squares / n - mean * mean;
    return (struct cg_area_stats){
        .white = (float)((double)white / n),
        .deviation = (float)(sqrt(variance > 0.0 ? variance : 0.0) / 255.0),
    };
}
