/*
 * Ink for the teacher: flow-based difference of Gaussians (Kang, Lee and Chui 2007; Winnemoeller,
 * Kyprianidis and Olsen 2012) with a threshold that knows its surroundings.
 *
 *   across   D = (G_1.6s - G_s) * L along the gradient: positive on the dark side of an edge
 *   along    R = D averaged along the flow: lines join up, specks fade
 *   crowd    M = R averaged over a wide window; the threshold is t + c M, so that a lone faint
 *            contour is drawn and only the leaders of a crowd (grass, gravel, hair) are. Wide
 *            lines also give way where the finest are dense: a small face is drawn with a fine pen
 *   width    of what passes, ink is where R exceeds a share of its peak across the line. Lines are
 *            as wide as their scale says whatever their contrast, and black to the border.
 */
#include "train/teacher/target_layers.h"

#include <math.h>

#define DOG_RATIO 1.6f
#define VIVID_FROM 0.11f  /* chroma that counts as darkness, above that of skin */
#define VIVID_WEIGHT 0.8f /* how much */
#define CROWD_SIGMA_PX 11.0f
#define LINE_SOFTNESS 0.42f /* share of the peak over which a border fades, at 1 px sigma */
#define BLACK_LIGHTNESS 0.235f
#define BLACK_SOFTNESS 0.03f
#define BLACK_STRENGTH 1.5f
#define BLACK_CHROMA 0.8f /* how much chroma keeps a dark colour from turning black */

/* Distance between samples of a curve of this deviation, at least a pixel: wide curves need fewer.
 */
static float spacing_px(float sigma_px, float share)
{
    return share * sigma_px > 1.0f ? share * sigma_px : 1.0f;
}

/* nx, ny: the step from sample to sample. */
static float across_at(const struct cg_plane *lightness, float x, float y, float nx, float ny,
                       const float *kernel, int radius)
{
    float sum = kernel[0] * cg_plane_sample(lightness, x, y);
    for (int i = 1; i <= radius; i++) {
        float d = (float)i;
        sum += kernel[i] * (cg_plane_sample(lightness, x + d * nx, y + d * ny) +
                            cg_plane_sample(lightness, x - d * nx, y - d * ny));
    }
    return sum;
}

static void dog_across(const struct cg_plane *lightness, const struct cg_flow *flow,
                       const struct cg_ink_scale *scale, const struct cg_plane *to)
{
    const float spacing = spacing_px(scale->sigma_px, 0.65f), sigma = scale->sigma_px / spacing;
    float narrow[CG_PLANE_MARGIN_PX + 1] = {0}, wide[CG_PLANE_MARGIN_PX + 1];
    cg_gauss_kernel(sigma, narrow);
    int radius = cg_gauss_kernel(sigma * DOG_RATIO, wide);
    for (int i = 0; i <= radius; i++)
        wide[i] -= narrow[i];
    for (int y = 0; y < to->height; y++)
        for (int x = 0; x < to->width; x++) {
            ptrdiff_t i = y * to->stride + x;
            to->v[i] = across_at(lightness, (float)x, (float)y, -spacing * flow->y.v[i],
                                 spacing * flow->x.v[i], wide, radius);
        }
    cg_plane_replicate(to);
}

/* Sum of kernel-weighted values met on the way from (x, y) along the flow, in steps of step_px,
 * negative to start against it. */
static float walk_flow(const struct cg_plane *value, const struct cg_flow *flow, int x, int y,
                       float step_px, const float *kernel, int radius)
{
    ptrdiff_t at = y * value->stride + x;
    float px = (float)x, py = (float)y, sum = 0.0f;
    float dx = step_px * flow->x.v[at], dy = step_px * flow->y.v[at];
    for (int i = 1; i <= radius; i++) {
        px += dx;
        py += dy;
        sum += kernel[i] * cg_plane_sample(value, px, py);
        int ix = (int)(px + 0.5f), iy = (int)(py + 0.5f);
        ix = ix < 0 ? 0 : ix >= value->width ? value->width - 1 : ix;
        iy = iy < 0 ? 0 : iy >= value->height ? value->height - 1 : iy;
        at = iy * value->stride + ix;
        float turned = dx * flow->x.v[at] + dy * flow->y.v[at], length = fabsf(step_px);
        dx = copysignf(length, turned) * flow->x.v[at];
        dy = copysignf(length, turned) * flow->y.v[at];
    }
    return sum;
}

/* to = dark-side response, averaged along the flow; negative values become 0. */
static void average_along(const struct cg_plane *value, const struct cg_flow *flow,
                          const struct cg_ink_scale *scale, const struct cg_plane *to)
{
    const float spacing = spacing_px(scale->along_px, 0.33f);
    float kernel[CG_PLANE_MARGIN_PX + 1];
    int radius = cg_gauss_kernel(scale->along_px / spacing, kernel);
    for (int y = 0; y < to->height; y++)
        for (int x = 0; x < to->width; x++) {
            ptrdiff_t i = y * to->stride + x;
            float sum = kernel[0] * value->v[i] +
                        walk_flow(value, flow, x, y, spacing, kernel, radius) +
                        walk_flow(value, flow, x, y, -spacing, kernel, radius);
            to->v[i] = sum > 0.0f ? sum : 0.0f;
        }
    cg_plane_replicate(to);
}

/* Greatest response across the line, some two widths to both sides. */
static float peak_across(const struct cg_plane *response, const struct cg_flow *flow, int x, int y,
                         const struct cg_ink_scale *scale)
{
    const float reach_px = 2.0f * scale->sigma_px + 1.0f,
                spacing = spacing_px(scale->sigma_px, 0.5f);
    ptrdiff_t at = y * response->stride + x;
    float nx = -flow->y.v[at], ny = flow->x.v[at], peak = response->v[at];
    for (float d = spacing; d <= reach_px; d += spacing) {
        float one = cg_plane_sample(response, (float)x + d * nx, (float)y + d * ny);
        float other = cg_plane_sample(response, (float)x - d * nx, (float)y - d * ny);
        peak = one > peak ? one : peak;
        peak = other > peak ? other : peak;
    }
    return peak;
}

/* From response to ink: where it exceeds the threshold and the core of its line's peak. */
static void draw_lines(const struct cg_plane *response, const struct cg_flow *flow,
                       const struct cg_ink_scale *scale, const struct cg_plane *finest,
                       const struct cg_plane *crowd, const struct cg_plane *ink,
                       const struct cg_plane *strength)
{
    const float softness = LINE_SOFTNESS / scale->sigma_px;
    for (int y = 0; y < ink->height; y++)
        for (int x = 0; x < ink->width; x++) {
            ptrdiff_t i = y * ink->stride + x;
            float least =
                scale->threshold + scale->crowding * crowd->v[i] + scale->yielding * finest->v[i];
            float peak = peak_across(response, flow, x, y, scale);
            float level = scale->core * peak > least ? scale->core * peak : least;
            float cover = 0.5f + (response->v[i] - level) / (softness * peak + 1e-6f);
            ink->v[i] = cover < 0.0f ? 0.0f : cover > 1.0f ? 1.0f : cover;
            strength->v[i] = response->v[i] / least;
        }
}

void cg_ink_lines(const struct cg_plane *lightness, const struct cg_flow *flow,
                  const struct cg_ink_scale *scale, const struct cg_plane *finest,
                  const struct cg_plane *ink, const struct cg_plane *strength,
                  const struct cg_plane *crowd, const struct cg_plane scratch[2])
{
    const struct cg_plane *response = &scratch[0];
    cg_plane_blur(lightness, response, &scratch[1], 0.4f * scale->sigma_px);
    dog_across(response, flow, scale, ink);
    average_along(ink, flow, scale, response);
    cg_plane_blur(response, crowd, &scratch[1], CROWD_SIGMA_PX);
    draw_lines(response, flow, scale, finest, crowd, ink, strength);
}

void cg_ink_source(const struct cg_lab *lab, const struct cg_plane *to)
{
    for (int y = 0; y < to->height; y++)
        for (int x = 0; x < to->width; x++) {
            ptrdiff_t i = y * to->stride + x;
            float a = lab->c[1].v[i], b = lab->c[2].v[i];
            float vivid = sqrtf(a * a + b * b) - VIVID_FROM;
            to->v[i] = lab->c[0].v[i] - (vivid > 0.0f ? VIVID_WEIGHT * vivid : 0.0f);
        }
    cg_plane_replicate(to);
}

void cg_ink_blacks(const struct cg_lab *lab, const struct cg_plane *ink,
                   const struct cg_plane *strength)
{
    for (int y = 0; y < ink->height; y++)
        for (int x = 0; x < ink->width; x++) {
            ptrdiff_t i = y * ink->stride + x;
            float a = lab->c[1].v[i], b = lab->c[2].v[i];
            float level = BLACK_LIGHTNESS - BLACK_CHROMA * sqrtf(a * a + b * b);
            ink->v[i] = cg_smoothstep(-BLACK_SOFTNESS, BLACK_SOFTNESS, level - lab->c[0].v[i]);
            strength->v[i] = BLACK_STRENGTH * ink->v[i];
        }
}
