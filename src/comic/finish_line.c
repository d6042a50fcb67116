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

#include "base/bilinear.h"
#include "base/clamp.h"
#include "base/multiversion.h"
#include "tensor/exponential.h"

#include <math.h>
#include <string.h>

#define LOGIT_LIMIT 8.0f /* as the renderer holds them */
#define TRAINED_WIDTH_PX 2.0f
#define BLUR_REACH 2  /* pixels */
#define RIDGE_REACH 2 /* pixels to the ridge */
#define WEIGHT_MIN 0.25f
#define THIN_LOGIT 3.5f   /* of a line's ridge, at WEIGHT_MIN */
#define FALL 26.0f        /* of the logit from a ridge's full height to nothing */
#define LINE_RIDGE 0.92f  /* smoothed ink on the ridge of the widest line, */
#define AREA_RIDGE 0.999f /* and in a black area */

/* Row y of a padded map, the nearest one inside. */
static float *row_of(const struct cg_line *line, float *map, int y)
{
    y = cg_clamp_index(y, line->height);
    return map + (size_t)y * cg_line_stride(line->width) + CG_LINE_PAD;
}

static void repeat_ends(float *row, int width)
{
    for (int i = 1; i <= CG_LINE_PAD; i++) {
        row[-i] = row[0];
        row[width - 1 + i] = row[width - 1];
    }
}

/* ---- ink ------------------------------------------------------------------------------------- */

CG_MULTIVERSION
static void ink_of_logits(const float *restrict logit, int width, float *restrict ink)
{
    for (int x = 0; x < width; x++) {
        float l = logit[x] > -LOGIT_LIMIT ? logit[x] : -LOGIT_LIMIT;
        l = l < LOGIT_LIMIT ? l : LOGIT_LIMIT;
        ink[x] = cg_sigmoid(l, cg_exponential_of_minus(l));
    }
}

void cg_line_ink_row(const struct cg_line *line, const struct cg_layers *layers, int y)
{
    float *out = row_of(line, line->ink, y);
    ink_of_logits(layers->logit + (size_t)y * (size_t)line->width, line->width, out);
    repeat_ends(out, line->width);
}

/* ---- wider ----------------------------------------------------------------------------------- */

/* most = the greater of it and the ink between four neighbours: upper and lower are two rows, at
 * the left one of each two columns, fx and fy the place between them. */
CG_MULTIVERSION
static void raise_row(const float *restrict upper, const float *restrict lower, float fx, float fy,
                      int width, float *restrict most)
{
    for (int x = 0; x < width; x++) {
        float between = cg_bilinear(upper[x], upper[x + 1], lower[x], lower[x + 1], fx, fy);
        most[x] = between > most[x] ? between : most[x];
    }
}

/* most, as a logit; the trained one where there is no more ink than that had. */
CG_MULTIVERSION
static void logits_of_most(const float *restrict ink, const float *restrict logit, int width,
                           float *restrict most)
{
    const float least = 1.0f / 2981.958f; /* ink at -LOGIT_LIMIT */
    for (int x = 0; x < width; x++) {
        float p = most[x] > least ? most[x] : least;
        p = p < 1.0f - least ? p : 1.0f - least;
        most[x] = most[x] > ink[x] ? cg_logarithm(p / (1.0f - p)) : logit[x];
    }
}

static void widen_row(const struct cg_line *line, const float *logit, int y, float *out)
{
    /* unit vectors, a sixteenth of a turn apart, of a quarter of the circle */
    static const float quarter[4][2] = {
        {1.0f, 0.0f}, {0.92388f, 0.38268f}, {0.70711f, 0.70711f}, {0.38268f, 0.92388f}};
    const float *ink = row_of(line, line->ink, y);
    memcpy(out, ink, (size_t)line->width * sizeof(float));
    float radius = 0.5f * TRAINED_WIDTH_PX * (line->weight - 1.0f);
    for (float r = radius; r > 0.0f; r -= 1.0f)
        for (int k = 0; k < 16; k++) {
            float u = r * quarter[k % 4][0], v = r * quarter[k % 4][1];
            float across = k < 4 ? u : k < 8 ? -v : k < 12 ? -u : v;
            float down = k < 4 ? v : k < 8 ? u : k < 12 ? -v : -u;
            float left = floorf(across), top = floorf(down);
            raise_row(row_of(line, line->ink, y + (int)top) + (int)left,
                      row_of(line, line->ink, y + (int)top + 1) + (int)left, across - left,
                      down - top, line->width, out);
        }
    logits_of_most(ink, logit, line->width, out);
}

/* ---- thinner --------------------------------------------------------------------------------- */

void cg_line_smooth_row(const struct cg_line *line, int y)
{
    static const float weight[BLUR_REACH + 1] = {6.0f / 16.0f, 4.0f / 16.0f, 1.0f / 16.0f};
    float *out = row_of(line, line->smooth, y);
    memset(out, 0, (size_t)line->width * sizeof(float));
    for (int dy = -BLUR_REACH; dy <= BLUR_REACH; dy++)
        for (int dx = -BLUR_REACH; dx <= BLUR_REACH; dx++) {
            const float *ink = row_of(line, line->ink, y + dy) + dx;
            float share = weight[dy < 0 ? -dy : dy] * weight[dx < 0 ? -dx : dx];
            for (int x = 0; x < line->width; x++)
                out[x] += share * ink[x];
        }
    repeat_ends(out, line->width);
}

static float thinned(float logit, float smooth, float ridge, float weight)
{
    if (logit <= -LOGIT_LIMIT)
        return logit;
    float thinness = (1.0f - weight) / (1.0f - WEIGHT_MIN);
    float area = (ridge - LINE_RIDGE) / (AREA_RIDGE - LINE_RIDGE);
    area = fminf(fmaxf(area, 0.0f), 1.0f);
    float top = LOGIT_LIMIT - sqrtf(thinness) * (1.0f - area) * (LOGIT_LIMIT - THIN_LOGIT);
    float below = 1.0f - smooth / fmaxf(ridge, 1e-6f);
    return fminf(logit, top - FALL * fminf(3.0f * thinness, 1.0f) * below);
}

static void thin_row(const struct cg_line *line, const float *logit, int y, float *out)
{
    const float *smooth = row_of(line, line->smooth, y);
    memset(out, 0, (size_t)line->width * sizeof(float));
    for (int dy = -RIDGE_REACH; dy <= RIDGE_REACH; dy++)
        for (int dx = -RIDGE_REACH; dx <= RIDGE_REACH; dx++) {
            const float *near = row_of(line, line->smooth, y + dy) + dx;
            for (int x = 0; x < line->width; x++)
                out[x] = near[x] > out[x] ? near[x] : out[x];
        }
    for (int x = 0; x < line->width; x++)
        out[x] = thinned(logit[x], smooth[x], out[x], line->weight);
}

void cg_line_row(const struct cg_line *line, const struct cg_layers *layers, int y)
{
    size_t begin = (size_t)y * (size_t)line->width;
    if (line->weight > 1.0f)
        widen_row(line, layers->logit + begin, y, line->logit + begin);
    else
        thin_row(line, layers->logit + begin, y, line->logit + begin);
}
