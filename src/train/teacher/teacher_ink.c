/*
 * Ink for the teacher: flow-based difference of Gaussians (Kang, Lee and Chui 2007; Winnemoeller,
 * Kyprianidis and Olsen 2012) with a threshold that knows its surroundings.
 *
 *   across   D = (G_1.6s - G_s) * L along the gradient: positive on the dark side of an edge
 *   along    R = D averaged along the flow: lines join up, specks fade
 *   crowd    M = R averaged over a wide window; the threshold is t + c M, so that a lone faint
 *            contour is drawn and only the leaders of a crowd (grass, gravel, hair) are
 *   gate     the threshold is low along the borders of regions, so that contours close, and high
 *            inside them, where what is left is texture
 *   width    of what passes, ink is where R exceeds a share of its peak across the line. Lines are
 *            as wide as their scale says whatever their contrast, and black to the border.
 */
#include "train/teacher/teacher_steps.h"

#include "base/clamp.h"

#include <math.h>

#define DOG_RATIO 1.6f
#define VIVID_FROM 0.11f  /* chroma that counts as darkness, above that of skin */
#define VIVID_WEIGHT 0.8f /* how much */
#define CROWD_SIGMA_PX 12.0f
#define LINE_SOFTNESS 0.42f /* share of the peak over which a border fades, at 1 px sigma */
#define BLACK_LIGHTNESS 0.14f
#define BLACK_AREA_PX 80.0f
#define BLACK_ROUND_PX 1.6f /* how far the borders of blacks are rounded off */
#define STRENGTH_MAX 2.5f   /* what one pixel of a line counts at most */
#define BLACK_STRENGTH 1.5f
#define BLACK_CHROMA 0.8f /* how much chroma keeps a dark colour from turning black */

/*
 * Distance between samples of a curve of this deviation, at least a pixel: wide curves need fewer.
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
        ix = cg_clamp_index(ix, value->width);
        iy = cg_clamp_index(iy, value->height);
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
                       const struct cg_ink_scale *scale, const struct cg_plane *gate,
                       const struct cg_plane *crowd, const struct cg_plane *ink,
                       const struct cg_plane *strength)
{
    const float softness = LINE_SOFTNESS / scale->sigma_px;
    for (int y = 0; y < ink->height; y++)
        for (int x = 0; x < ink->width; x++) {
            ptrdiff_t i = y * ink->stride + x;
            float least =
                gate->v[y * gate->stride + x] * (scale->threshold + scale->crowding * crowd->v[i]);
            float peak = peak_across(response, flow, x, y, scale);
            float level = scale->core * peak > least ? scale->core * peak : least;
            ink->v[i] = cg_clamp_unit(0.5f + (response->v[i] - level) / (softness * peak + 1e-6f));
            strength->v[i] = fminf(response->v[i] / least, STRENGTH_MAX);
        }
}

void cg_ink_lines(const struct cg_plane *lightness, const struct cg_flow *flow,
                  const struct cg_ink_scale *scale, const struct cg_plane *gate,
                  const struct cg_plane *ink, const struct cg_plane *strength,
                  const struct cg_plane scratch[3])
{
    const struct cg_plane *response = &scratch[0], *crowd = &scratch[2];
    cg_plane_blur(NULL, lightness, response, &scratch[1], 0.4f * scale->sigma_px);
    dog_across(response, flow, scale, ink);
    average_along(ink, flow, scale, response);
    cg_plane_blur(NULL, response, crowd, &scratch[1], CROWD_SIGMA_PX);
    draw_lines(response, flow, scale, gate, crowd, ink, strength);
}

/* ---- the gate ---- */

#define BORDER_FROM 0.024f /* contrast of regions from which their border counts */
#define BORDER_TO 0.075f
#define BORDER_SHORT_PX 16.0f /* length from which it does */
#define BORDER_LONG_PX 70.0f
#define GATE_CLOSED 1.6f
#define GATE_OPEN 0.33f

/* How much two regions that touch are to be kept apart, 0 to 1. */
static float border_weight(const struct cg_regions *regions, int a, int b)
{
    const struct cg_border *border = cg_regions_border(regions, a, b);
    if (border == NULL)
        return 0.0f;
    float contrast = sqrtf(cg_colour_distance2(regions->mean[a], regions->mean[b]));
    float step = 3.0f * border->step / border->length_px;
    contrast = step < contrast ? step : contrast;
    return cg_smoothstep(BORDER_FROM, BORDER_TO, contrast) *
           cg_smoothstep(BORDER_SHORT_PX, BORDER_LONG_PX, border->length_px);
}

static void raise(float *value, float to)
{
    *value = to > *value ? to : *value;
}

static void mark_border(const struct cg_regions *regions, const struct cg_face_map *faces,
                        const struct cg_plane *to, int x, int y, int ox, int oy)
{
    int a = regions->label[y * regions->width + x], b = regions->label[oy * regions->width + ox];
    if (a == b)
        return;
    float *here = &to->v[y * to->stride + x], *there = &to->v[oy * to->stride + ox];
    const float *skin = faces->skin.v;
    float one = skin[y * faces->skin.stride + x], other = skin[oy * faces->skin.stride + ox];
    float weight = border_weight(regions, a, b) * (1.0f - (one < other ? one : other));
    raise(here, weight);
    raise(there, weight);
}

/* to = the largest value of from within two pixels, along the rows and then across. */
static void widen(const struct cg_plane *from, const struct cg_plane *to,
                  const struct cg_plane *scratch)
{
    for (int y = 0; y < from->height; y++)
        for (int x = 0; x < from->width; x++) {
            const float *in = from->v + y * from->stride + x;
            float most = in[0];
            for (int i = -2; i <= 2; i++)
                most = in[i] > most ? in[i] : most;
            scratch->v[y * scratch->stride + x] = most;
        }
    for (int y = 0; y < from->height; y++)
        for (int x = 0; x < from->width; x++) {
            float most = 0.0f;
            for (int i = -2; i <= 2; i++)
                raise(&most, cg_plane_row(scratch, y + i)[x]);
            to->v[y * to->stride + x] = most;
        }
}

void cg_ink_gate(const struct cg_regions *regions, const struct cg_face_map *faces,
                 const struct cg_plane *gate, const struct cg_plane scratch[2])
{
    const struct cg_plane *marks = &scratch[0];
    for (int y = 0; y < marks->height; y++)
        for (int x = 0; x < marks->width; x++)
            marks->v[y * marks->stride + x] = 0.0f;
    for (int y = 0; y < marks->height; y++)
        for (int x = 0; x < marks->width; x++) {
            if (x + 1 < marks->width)
                mark_border(regions, faces, marks, x, y, x + 1, y);
            if (y + 1 < marks->height)
                mark_border(regions, faces, marks, x, y, x, y + 1);
        }
    cg_plane_replicate(marks);
    widen(marks, gate, &scratch[1]);
    for (int y = 0; y < gate->height; y++)
        for (int x = 0; x < gate->width; x++) {
            float *at = &gate->v[y * gate->stride + x];
            *at = GATE_CLOSED + *at * (GATE_OPEN - GATE_CLOSED);
        }
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

/* Whether a region is black as a whole. */
static float is_black(const struct cg_regions *regions, int region)
{
    const float *mean = regions->mean[region];
    float chroma = sqrtf(mean[1] * mean[1] + mean[2] * mean[2]);
    return regions->area_px[region] >= BLACK_AREA_PX &&
                   mean[0] < BLACK_LIGHTNESS - BLACK_CHROMA * chroma
               ? 1.0f
               : 0.0f;
}

void cg_ink_blacks(const struct cg_regions *regions, const struct cg_plane *ink,
                   const struct cg_plane *strength, const struct cg_plane *scratch)
{
    for (int y = 0; y < ink->height; y++)
        for (int x = 0; x < ink->width; x++)
            ink->v[y * ink->stride + x] = is_black(regions, regions->label[y * regions->width + x]);
    cg_plane_replicate(ink);
    cg_plane_blur(NULL, ink, ink, scratch, BLACK_ROUND_PX);
    for (int y = 0; y < ink->height; y++)
        for (int x = 0; x < ink->width; x++) {
            float *at = &ink->v[y * ink->stride + x];
            *at = cg_smoothstep(0.3f, 0.7f, *at);
            strength->v[y * strength->stride + x] = BLACK_STRENGTH * *at;
        }
}
