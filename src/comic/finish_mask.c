/*
 * The mask: kept at its own size (reduced where it is larger than the picture), its edges softened
 * by two running means, then read between its pixels. Where it is evenly black or white for the
 * width of the softened edge, it stays exactly 0 or 1.
 */
#include "comic/finish_parts.h"

#include "base/clamp.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PASSES 2 /* running means along each side: a tent */

/* to[0], to[stride], ... = means of 2 * radius + 1 of from, whose ends are repeated */
static void running_mean(const uint8_t *from, uint8_t *to, int count, size_t stride, int radius)
{
    const uint64_t window = 2 * (uint64_t)radius + 1;
    uint64_t sum = 0;
    for (int i = -radius; i <= radius; i++)
        sum += from[cg_clamp_index(i, count)];
    for (int i = 0; i < count; i++) {
        to[(size_t)i * stride] = (uint8_t)((2 * sum + window) / (2 * window));
        int next = i + radius + 1, last = i - radius;
        sum += from[cg_clamp_index(next, count)];
        sum -= from[cg_clamp_index(last, count)];
    }
}

static void soften(struct cg_image *mask, int radius_x, int radius_y, uint8_t *line)
{
    size_t width = (size_t)mask->width;
    for (int pass = 0; pass < PASSES; pass++) {
        for (int y = 0; y < mask->height && radius_x > 0; y++) {
            uint8_t *row = mask->pixels + (size_t)y * width;
            memcpy(line, row, width);
            running_mean(line, row, mask->width, 1, radius_x);
        }
        for (int x = 0; x < mask->width && radius_y > 0; x++) {
            uint8_t *column = mask->pixels + x;
            for (int y = 0; y < mask->height; y++)
                line[y] = column[(size_t)y * width];
            running_mean(line, column, mask->height, width, radius_y);
        }
    }
}

/* A copy, at most as large as the picture. */
static enum cg_status copy_mask(const struct cg_mask *mask, int width, int height,
                                struct cg_image *out, struct cg_error *error)
{
    /* resizing reads its source alone, which the struct has no way to say */
    const struct cg_image whole = {mask->width, mask->height, 1,
                                   (uint8_t *)(uintptr_t)mask->pixels};
    return cg_image_resize(&whole, mask->width < width ? mask->width : width,
                           mask->height < height ? mask->height : height, out, error);
}

enum cg_status cg_mask_prepare(const struct cg_mask *mask, int width, int height, float feather,
                               struct cg_image *out, struct cg_error *error)
{
    enum cg_status status = copy_mask(mask, width, height, out, error);
    if (status != CG_OK)
        return status;
    int longest = out->width > out->height ? out->width : out->height;
    uint8_t *line = cg_alloc((size_t)longest, 1, "row of the mask", error);
    if (line == NULL) {
        cg_image_clear(out);
        return CG_ERR_MEMORY;
    }
    float reach_px = feather * (float)(width > height ? width : height) / (float)PASSES;
    soften(out, (int)lroundf(reach_px * (float)out->width / (float)width),
           (int)lroundf(reach_px * (float)out->height / (float)height), line);
    free(line);
    return CG_OK;
}

void cg_mask_row(const struct cg_image *mask, int width, int height, int left, int y,
                 float *weights, size_t count)
{
    const struct cg_tap row = cg_tap_make(y, mask->height, height);
    int top = row.index < 0 ? 0 : row.index;
    int below = row.index + 1 < mask->height ? row.index + 1 : mask->height - 1;
    const uint8_t *row0 = mask->pixels + (size_t)top * (size_t)mask->width;
    const uint8_t *row1 = mask->pixels + (size_t)below * (size_t)mask->width;
    for (size_t i = 0; i < count; i++) {
        const struct cg_tap tap = cg_tap_make(left + (int)i, mask->width, width);
        int x0 = tap.index < 0 ? 0 : tap.index;
        int x1 = tap.index + 1 < mask->width ? tap.index + 1 : mask->width - 1;
        float above = (float)row0[x0] + tap.linear * (float)(row0[x1] - row0[x0]);
        float low = (float)row1[x0] + tap.linear * (float)(row1[x1] - row1[x0]);
        weights[i] *= (above + row.linear * (low - above)) / 255.0f;
    }
}
