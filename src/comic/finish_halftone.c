/*
 * Printed dots: the colour layer in cyan, magenta, yellow and black, each through a screen of its
 * own angle. A screen is a landscape of round hills and hollows (a parabola's arch in each of two
 * directions); where it reaches a threshold there is ink. Thresholds are found from coverages by
 * counting on the screen itself, soft edges included, so that an even colour keeps its mean (of
 * sRGB values: what a picture program's reduced copy shows).
 */
#include "base/multiversion.h"
#include "comic/finish_parts.h"

#define PROBES 32        /* along each side of a screen's cell */
#define BLACK_FROM 0.35f /* what grey there is beyond it is printed in black */
#define EDGE_PX 1.1f     /* of a dot, from paper to ink */
#define HALVINGS 16
#define STEEPNESS 2.4f /* of a screen's slopes, a cell */

/* Cosine and sine of the screens of cyan, magenta, yellow and black: 15, 75, 0 and 45 degrees. */
static const float screen_angle[4][2] = {
    {0.9659258f, 0.2588190f}, {0.2588190f, 0.9659258f}, {1.0f, 0.0f}, {0.7071068f, 0.7071068f}};

/* Height of a screen, 0 to 1; u and v in cells. */
static inline float screen_at(float u, float v)
{
    return 0.5f + 0.25f * (cg_arch(u) + cg_arch(v));
}

static inline float dot_ink(float height, float threshold, float softness)
{
    float ink = (height - threshold) / softness + 0.5f;
    ink = ink > 0.0f ? ink : 0.0f;
    return ink < 1.0f ? ink : 1.0f;
}

/* Mean ink of a quarter of a cell; the other three are its mirror images. */
static float coverage_of(float threshold, float softness)
{
    float sum = 0.0f;
    for (int j = 0; j < PROBES; j++)
        for (int i = 0; i < PROBES; i++) {
            float u = ((float)i + 0.5f) * (0.5f / PROBES), v = ((float)j + 0.5f) * (0.5f / PROBES);
            sum += dot_ink(screen_at(u, v), threshold, softness);
        }
    return sum / (PROBES * PROBES);
}

static float threshold_for(float coverage, float softness)
{
    float low = -softness, high = 1.0f + softness;
    for (int i = 0; i < HALVINGS; i++) {
        float middle = 0.5f * (low + high);
        *(coverage_of(middle, softness) > coverage ? &low : &high) = middle;
    }
    return 0.5f * (low + high);
}

struct cg_halftone cg_halftone_make(float amount, float cell_px)
{
    struct cg_halftone halftone = {
        .amount = amount, .cell_px = cell_px, .softness = EDGE_PX * STEEPNESS / cell_px};
    const int last = CG_HALFTONE_STEPS;
    for (int i = 1; i < last; i++)
        halftone.threshold[i] = threshold_for((float)i / (float)last, halftone.softness);
    halftone.threshold[0] = 1.0f + halftone.softness;
    halftone.threshold[last] = halftone.threshold[last + 1] = -halftone.softness;
    return halftone;
}

/* red, green, blue, 0 to 1, to coverages of the four inks */
static inline void separate(const float rgb[3], float ink[4])
{
    float c = 1.0f - rgb[0], m = 1.0f - rgb[1], y = 1.0f - rgb[2];
    float grey = fminf(c, fminf(m, y));
    float black = grey > BLACK_FROM ? (grey - BLACK_FROM) / (1.0f - BLACK_FROM) : 0.0f;
    float rest = black < 1.0f ? 1.0f / (1.0f - black) : 0.0f;
    ink[0] = (c - black) * rest;
    ink[1] = (m - black) * rest;
    ink[2] = (y - black) * rest;
    ink[3] = black;
}

CG_MULTIVERSION
void cg_halftone_row(const struct cg_halftone *halftone, int left, int y, float *colour,
                     size_t count)
{
    const float cells = 1.0f / halftone->cell_px, v0 = ((float)y + 0.5f) * cells;
    for (size_t x = 0; x < count; x++, colour += 3) {
        float u0 = ((float)left + (float)x + 0.5f) * cells, ink[4], clear[4];
        const float rgb[3] = {colour[0] / 255.0f, colour[1] / 255.0f, colour[2] / 255.0f};
        separate(rgb, ink);
        for (int k = 0; k < 4; k++) {
            float place = ink[k] * CG_HALFTONE_STEPS;
            int index = (int)place;
            const float *near = halftone->threshold + index;
            float threshold = near[0] + (place - (float)index) * (near[1] - near[0]);
            float cosine = screen_angle[k][0], sine = screen_angle[k][1];
            float height = screen_at(cosine * u0 + sine * v0, cosine * v0 - sine * u0);
            clear[k] = 1.0f - dot_ink(height, threshold, halftone->softness);
        }
        for (int c = 0; c < 3; c++)
            colour[c] += halftone->amount * (255.0f * clear[c] * clear[3] - colour[c]);
    }
}
