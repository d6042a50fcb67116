/*
 * Lines of another width, on the working copy's logits.
 *
 * Wider: grey-scale dilation by a disc of radius r, its rim a cone so steep that a logit's whole
 * range fits into one pixel: r may be any number, and edges move by it. A trained line is some
 * TRAINED_WIDTH_PX wide, so r = (weight - 1) * TRAINED_WIDTH_PX / 2.
 *
 * Thinner: erosion would break what is thin already. Instead the logits, smoothed, are compared
 * with the nearest ridge: what reaches a share of the ridge's height stays ink, and the share grows
 * as lines get thinner. Every line keeps its ridge, and black areas, all of one height, keep their
 * size but for a seam.
 */
#include "comic/finish_parts.h"

#include <math.h>

#define LOGIT_LIMIT 8.0f /* as the renderer holds them */
#define TRAINED_WIDTH_PX 2.0f
#define RIM (2.0f * LOGIT_LIMIT)
#define REACH_MAX 4   /* pixels: the widest disc and its rim */
#define RIDGE_REACH 2 /* pixels to the ridge */
#define WEIGHT_MIN 0.25f
#define SHARE_MAX 0.95f /* of the ridge, at WEIGHT_MIN */

static float held(const struct cg_layers *layers, int y, int x)
{
    y = y < 0 ? 0 : y >= layers->height ? layers->height - 1 : y;
    x = x < 0 ? 0 : x >= layers->width ? layers->width - 1 : x;
    float value = layers->logit[(size_t)y * (size_t)layers->width + (size_t)x];
    return fminf(fmaxf(value, -LOGIT_LIMIT), LOGIT_LIMIT);
}

void cg_line_smooth_row(const struct cg_line *line, const struct cg_layers *layers, int y)
{
    static const float weight[3] = {1.0f / 4.0f, 2.0f / 4.0f, 1.0f / 4.0f};
    float *out = line->smooth + (size_t)y * (size_t)layers->width;
    for (int x = 0; x < layers->width; x++) {
        float sum = 0.0f;
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
                sum += weight[dy + 1] * weight[dx + 1] * held(layers, y + dy, x + dx);
        out[x] = sum + LOGIT_LIMIT;
    }
}

/* The greatest value of a map around a pixel. */
static float ridge_near(const float *map, const struct cg_layers *layers, int y, int x)
{
    float ridge = 0.0f;
    for (int dy = -RIDGE_REACH; dy <= RIDGE_REACH; dy++)
        for (int dx = -RIDGE_REACH; dx <= RIDGE_REACH; dx++) {
            int ny = y + dy, nx = x + dx;
            if (ny >= 0 && nx >= 0 && ny < layers->height && nx < layers->width)
                ridge = fmaxf(ridge, map[(size_t)ny * (size_t)layers->width + (size_t)nx]);
        }
    return ridge;
}

static float thinned(const struct cg_line *line, const struct cg_layers *layers, int y, int x)
{
    float as_trained = held(layers, y, x);
    if (as_trained <= -LOGIT_LIMIT)
        return as_trained;
    float thinness = (1.0f - line->weight) / (1.0f - WEIGHT_MIN);
    float share = 0.5f + (SHARE_MAX - 0.5f) * thinness;
    float ridge = ridge_near(line->smooth, layers, y, x);
    float above = line->smooth[(size_t)y * (size_t)layers->width + (size_t)x] - share * ridge;
    float thin = above * LOGIT_LIMIT / fmaxf((1.0f - share) * ridge, 0.5f);
    float logit = as_trained + (thin - as_trained) * fminf(3.0f * thinness, 1.0f);
    return fminf(fmaxf(logit, -LOGIT_LIMIT), as_trained);
}

static float dilated(const struct cg_layers *layers, int y, int x, float radius)
{
    int reach = (int)ceilf(radius + 1.0f);
    reach = reach < REACH_MAX ? reach : REACH_MAX;
    float most = held(layers, y, x);
    for (int dy = -reach; dy <= reach; dy++)
        for (int dx = -reach; dx <= reach; dx++) {
            float value = held(layers, y + dy, x + dx);
            if (value <= most)
                continue;
            float beyond = sqrtf((float)(dx * dx + dy * dy)) - radius;
            most = fmaxf(most, value - RIM * fmaxf(beyond, 0.0f));
        }
    return most;
}

void cg_line_row(const struct cg_line *line, const struct cg_layers *layers, int y)
{
    float *out = line->logit + (size_t)y * (size_t)layers->width;
    float radius = 0.5f * TRAINED_WIDTH_PX * (line->weight - 1.0f);
    for (int x = 0; x < layers->width; x++)
        out[x] = line->weight > 1.0f ? dilated(layers, y, x, radius) : thinned(line, layers, y, x);
}
