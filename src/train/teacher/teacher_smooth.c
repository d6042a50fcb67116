/*
 * Edge-preserving smoothing: the bilateral filter (Tomasi and Manduchi 1998) in Oklab,
 *
 *   out(p) = sum_q g(|p - q|) w(|guide(p) - guide(q)|) source(q) / sum_q g w,
 *
 * with Tukey's biweight w(d) = (1 - (d / range)^2)^2 for d < range, else 0. It cuts off where a
 * normal curve only fades, so nothing leaks over an edge however often the pass is repeated, and
 * needs no exponential. Taps may stand step_px apart (edge-avoiding a trous wavelets, Dammertz et
 * al. 2010, section 3): passes with growing steps smooth over a wide area at 25 taps each.
 *
 * A guide that starts blurred and is filtered again and again is the rolling guidance filter
 * (Zhang et al. 2014): small texture is gone from the guide, so it goes from the picture, while
 * large edges come back. The caller does the rolling.
 */
#include "train/teacher/teacher_smooth.h"

#include "base/clamp.h"
#include "base/multiversion.h"

#include <string.h>

/* Sums of one row: weights, then the three weighted channels. */
struct sums {
    float *restrict weight, *restrict value[3];
};

/*
 * One tap of a whole row: sums += w * (1, value). Also built for wider vectors where the compiler
 * can choose when the program starts; without fused multiplies, so that every machine computes the
 * same bits.
 */
CG_MULTIVERSION_UNFUSED
static void add_tap(const float *restrict centre[3], const float *restrict near[3],
                    const float *restrict value[3], const struct sums *sums, int width,
                    const struct cg_smooth *how, float spatial)
{
    const float scale = 1.0f / (how->range * how->range), chroma = how->chroma;
    const float *restrict c0 = centre[0], *restrict c1 = centre[1], *restrict c2 = centre[2];
    const float *restrict n0 = near[0], *restrict n1 = near[1], *restrict n2 = near[2];
    const float *restrict v0 = value[0], *restrict v1 = value[1], *restrict v2 = value[2];
    float *restrict s = sums->weight, *restrict s0 = sums->value[0];
    float *restrict s1 = sums->value[1], *restrict s2 = sums->value[2];
    for (int x = 0; x < width; x++) {
        float d0 = n0[x] - c0[x], d1 = n1[x] - c1[x], d2 = n2[x] - c2[x];
        float w = 1.0f - scale * (d0 * d0 + chroma * (d1 * d1 + d2 * d2));
        w = w > 0.0f ? w : 0.0f;
        w = spatial * w * w;
        s[x] += w;
        s0[x] += w * v0[x];
        s1[x] += w * v1[x];
        s2[x] += w * v2[x];
    }
}

static void smooth_row(const struct cg_lab *source, const struct cg_lab *guide, int y,
                       const struct cg_smooth *how, const float *kernel, const struct sums *sums)
{
    const int r = how->radius, width = source->c[0].width;
    const float *centre[3], *near[3], *value[3];
    for (int c = 0; c < 3; c++)
        centre[c] = cg_plane_row(&guide->c[c], y);
    for (int dy = -r; dy <= r; dy++)
        for (int dx = -r; dx <= r; dx++) {
            for (int c = 0; c < 3; c++) {
                near[c] = cg_plane_row(&guide->c[c], y + dy * how->step_px) + dx * how->step_px;
                value[c] = cg_plane_row(&source->c[c], y + dy * how->step_px) + dx * how->step_px;
            }
            float spatial = kernel[dy < 0 ? -dy : dy] * kernel[dx < 0 ? -dx : dx];
            add_tap(centre, near, value, sums, width, how, spatial);
        }
}

void cg_smooth_pass(const struct cg_lab *source, const struct cg_lab *guide,
                    const struct cg_lab *to, const struct cg_smooth *how, float *row)
{
    const size_t width = (size_t)source->c[0].width;
    float kernel[CG_PLANE_MARGIN_PX + 1];
    cg_gauss_kernel((float)how->radius * 0.6f, kernel);
    const struct sums sums = {row, {row + width, row + 2 * width, row + 3 * width}};
    for (int y = 0; y < source->c[0].height; y++) {
        memset(row, 0, 4 * width * sizeof *row);
        smooth_row(source, guide, y, how, kernel, &sums);
        for (int c = 0; c < 3; c++) {
            float *out = cg_plane_row(&to->c[c], y);
            for (size_t x = 0; x < width; x++)
                out[x] = sums.value[c][x] / sums.weight[x];
        }
    }
    for (int c = 0; c < 3; c++)
        cg_plane_replicate(&to->c[c]);
}

/* Widen low and high to hold one row's values. */
static void widen_bounds(const float *restrict near, int width, float *restrict low,
                         float *restrict high)
{
    for (int x = 0; x < width; x++) {
        low[x] = near[x] < low[x] ? near[x] : low[x];
        high[x] = near[x] > high[x] ? near[x] : high[x];
    }
}

/* low, high = least and greatest value within radius_px of each pixel of row y. */
static void square_bounds(const struct cg_plane *source, int y, int radius_px, float *low,
                          float *high)
{
    const int width = source->width;
    memcpy(low, cg_plane_row(source, y), (size_t)width * sizeof *low);
    memcpy(high, low, (size_t)width * sizeof *high);
    for (int dy = -radius_px; dy <= radius_px; dy++)
        for (int dx = -radius_px; dx <= radius_px; dx++)
            widen_bounds(cg_plane_row(source, y + dy) + dx, width, low, high);
}

void cg_sharpen_edges(const struct cg_plane *source, const struct cg_plane *to,
                      const struct cg_plane scratch[2], int radius_px, float amount)
{
    cg_plane_blur(NULL, source, &scratch[0], &scratch[1], (float)radius_px);
    for (int y = 0; y < source->height; y++) {
        float *low = cg_plane_row(&scratch[1], 0), *high = cg_plane_row(to, y);
        square_bounds(source, y, radius_px, low, high);
        const float *in = cg_plane_row(source, y), *blurred = cg_plane_row(&scratch[0], y);
        float *out = cg_plane_row(to, y);
        for (int x = 0; x < source->width; x++) {
            out[x] = cg_clamp(in[x] + amount * (in[x] - blurred[x]), low[x], high[x]);
        }
    }
    cg_plane_replicate(to);
}
