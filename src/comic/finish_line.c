/*
 * Lines of another width, on the working copy's logits, by way of their ink p = sigmoid(logit).
 *
 * Wider: the greatest p within a radius r, taken between the pixels, so that r may be any number
 * and edges move by it. A trained line is some TRAINED_WIDTH_PX wide, so
 * r = (weight - 1) * TRAINED_WIDTH_PX / 2.
 *
 * Thinner: erosion would break what is thin already. Instead p, smoothed, is compared with the
 * nearest ridge: the farther below it, the lighter, until only ridges are left; and ridges that are
 * no wider than a line sink towards THIN_LOGIT, where enlarging draws them half as wide. Lines stay
 * whole, and black areas stay black but for a seam.
 */
#include "comic/finish_parts.h"

#include <math.h>

#define LOGIT_LIMIT 8.0f /* as the renderer holds them */
#define TRAINED_WIDTH_PX 2.0f
#define FULL_INK 0.9996f
#define BLUR_REACH 2  /* pixels */
#define RIDGE_REACH 2 /* pixels to the ridge */
#define WEIGHT_MIN 0.25f
#define THIN_LOGIT 3.5f   /* of a line's ridge, at WEIGHT_MIN */
#define FALL 26.0f        /* of the logit from a ridge's full height to nothing */
#define LINE_RIDGE 0.92f  /* smoothed ink on the ridge of the widest line, */
#define AREA_RIDGE 0.999f /* and in a black area */

static float ink_of(float logit)
{
    float l = fminf(fmaxf(logit, -LOGIT_LIMIT), LOGIT_LIMIT);
    return 1.0f / (1.0f + expf(-l));
}

static float logit_of(float ink)
{
    const float least = 1.0f / (1.0f + expf(LOGIT_LIMIT));
    float p = fminf(fmaxf(ink, least), 1.0f - least);
    return logf(p / (1.0f - p));
}

/* A value of a map of the working copy's size, the nearest one inside. */
static inline float value_at(const float *map, const struct cg_layers *layers, int y, int x)
{
    y = y < 0 ? 0 : y >= layers->height ? layers->height - 1 : y;
    x = x < 0 ? 0 : x >= layers->width ? layers->width - 1 : x;
    return map[(size_t)y * (size_t)layers->width + (size_t)x];
}

void cg_line_ink_row(const struct cg_line *line, const struct cg_layers *layers, int y)
{
    size_t width = (size_t)layers->width, start = (size_t)y * width;
    for (size_t i = start; i < start + width; i++)
        line->ink[i] = ink_of(layers->logit[i]);
}

void cg_line_smooth_row(const struct cg_line *line, const struct cg_layers *layers, int y)
{
    static const float weight[BLUR_REACH + 1] = {6.0f / 16.0f, 4.0f / 16.0f, 1.0f / 16.0f};
    float *out = line->smooth + (size_t)y * (size_t)layers->width;
    for (int x = 0; x < layers->width; x++) {
        out[x] = 0.0f;
        for (int dy = -BLUR_REACH; dy <= BLUR_REACH; dy++)
            for (int dx = -BLUR_REACH; dx <= BLUR_REACH; dx++)
                out[x] += weight[dy < 0 ? -dy : dy] * weight[dx < 0 ? -dx : dx] *
                          value_at(line->ink, layers, y + dy, x + dx);
    }
}

static float thinned(const struct cg_line *line, const struct cg_layers *layers, int y, int x)
{
    float logit = value_at(layers->logit, layers, y, x), ridge = 0.0f;
    if (logit <= -LOGIT_LIMIT)
        return logit;
    for (int dy = -RIDGE_REACH; dy <= RIDGE_REACH; dy++)
        for (int dx = -RIDGE_REACH; dx <= RIDGE_REACH; dx++)
            ridge = fmaxf(ridge, value_at(line->smooth, layers, y + dy, x + dx));
    float thinness = (1.0f - line->weight) / (1.0f - WEIGHT_MIN);
    float area = (ridge - LINE_RIDGE) / (AREA_RIDGE - LINE_RIDGE);
    area = fminf(fmaxf(area, 0.0f), 1.0f);
    float top = LOGIT_LIMIT - sqrtf(thinness) * (1.0f - area) * (LOGIT_LIMIT - THIN_LOGIT);
    float below = 1.0f - value_at(line->smooth, layers, y, x) / fmaxf(ridge, 1e-6f);
    return fminf(logit, top - FALL * fminf(3.0f * thinness, 1.0f) * below);
}

/* Ink at a place between the pixels, bilinear. */
static float ink_between(const struct cg_line *line, const struct cg_layers *layers, float y,
                         float x)
{
    float top = floorf(y), left = floorf(x), fy = y - top, fx = x - left;
    int iy = (int)top, ix = (int)left;
    float a = value_at(line->ink, layers, iy, ix), b = value_at(line->ink, layers, iy, ix + 1);
    float c = value_at(line->ink, layers, iy + 1, ix);
    float d = value_at(line->ink, layers, iy + 1, ix + 1);
    return (1.0f - fy) * (a + fx * (b - a)) + fy * (c + fx * (d - c));
}

static float widened(const struct cg_line *line, const struct cg_layers *layers, int y, int x)
{
    /* unit vectors, a sixteenth of a turn apart, of a quarter of the circle */
    static const float quarter[4][2] = {
        {1.0f, 0.0f}, {0.92388f, 0.38268f}, {0.70711f, 0.70711f}, {0.38268f, 0.92388f}};
    float as_trained = value_at(line->ink, layers, y, x), most = as_trained;
    float radius = 0.5f * TRAINED_WIDTH_PX * (line->weight - 1.0f);
    for (float r = radius; r > 0.0f && most < FULL_INK; r -= 1.0f)
        for (int k = 0; k < 4; k++) {
            float u = r * quarter[k][0], v = r * quarter[k][1], fy = (float)y, fx = (float)x;
            most = fmaxf(most, ink_between(line, layers, fy + v, fx + u));
            most = fmaxf(most, ink_between(line, layers, fy + u, fx - v));
            most = fmaxf(most, ink_between(line, layers, fy - v, fx - u));
            most = fmaxf(most, ink_between(line, layers, fy - u, fx + v));
        }
    return most > as_trained ? logit_of(most) : value_at(layers->logit, layers, y, x);
}

void cg_line_row(const struct cg_line *line, const struct cg_layers *layers, int y)
{
    float *out = line->logit + (size_t)y * (size_t)layers->width;
    for (int x = 0; x < layers->width; x++)
        out[x] = line->weight > 1.0f ? widened(line, layers, y, x) : thinned(line, layers, y, x);
}
