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

struct block {
    float u[CG_FINISH_BLOCK_PX]; /* in cells */
    float rgb[3][CG_FINISH_BLOCK_PX];
    float ink[4][CG_FINISH_BLOCK_PX]; /* coverage; then what is left clear */
};

/* Colours, 0 to 1, to coverages of the four inks. */
CG_MULTIVERSION
static void block_separate(struct block *block)
{
    for (int i = 0; i < CG_FINISH_BLOCK_PX; i++) {
        float c = 1.0f - block->rgb[0][i], m = 1.0f - block->rgb[1][i];
        float y = 1.0f - block->rgb[2][i], least = m < y ? m : y, grey = c < least ? c : least;
        float black = grey > BLACK_FROM ? (grey - BLACK_FROM) / (1.0f - BLACK_FROM) : 0.0f;
        float rest = black < 1.0f ? 1.0f / (1.0f - black) : 0.0f;
        block->ink[0][i] = (c - black) * rest;
        block->ink[1][i] = (m - black) * rest;
        block->ink[2][i] = (y - black) * rest;
        block->ink[3][i] = black;
    }
}

/* One ink, from coverage to what it leaves clear, through its screen; u and v in cells. */
CG_MULTIVERSION
static void block_screen(const struct cg_halftone *restrict halftone, const float angle[2],
                         const float *restrict u, float v, float *restrict ink)
{
    const float cosine = angle[0], sine = angle[1];
    for (int i = 0; i < CG_FINISH_BLOCK_PX; i++) {
        float place = ink[i] * CG_HALFTONE_STEPS;
        int index = (int)place;
        float near = halftone->threshold[index], next = halftone->threshold[index + 1];
        float threshold = near + (place - (float)index) * (next - near);
        float height = screen_at(cosine * u[i] + sine * v, cosine * v - sine * u[i]);
        ink[i] = 1.0f - dot_ink(height, threshold, halftone->softness);
    }
}

void cg_halftone_row(const struct cg_halftone *halftone, int left, int y, float *colour,
                     size_t count)
{
    const float cells = 1.0f / halftone->cell_px;
    const float v = ((float)y + 0.5f) * cells;
    struct block block = {0};
    for (size_t begin = 0; begin < count;
         begin += CG_FINISH_BLOCK_PX, colour += 3 * CG_FINISH_BLOCK_PX) {
        size_t n = cg_finish_block_count(count, begin);
        for (size_t i = 0; i < CG_FINISH_BLOCK_PX; i++)
            block.u[i] = ((float)left + (float)(begin + i) + 0.5f) * cells;
        for (size_t i = 0; i < n; i++)
            for (size_t c = 0; c < 3; c++)
                block.rgb[c][i] = colour[3 * i + c] / 255.0f;
        block_separate(&block);
        for (int k = 0; k < 4; k++)
            block_screen(halftone, screen_angle[k], block.u, v, block.ink[k]);
        for (size_t i = 0; i < n; i++)
            for (size_t c = 0; c < 3; c++)
                colour[3 * i + c] +=
                    halftone->amount *
                    (255.0f * block.ink[c][i] * block.ink[3][i] - colour[3 * i + c]);
    }
}
