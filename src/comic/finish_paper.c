/*
 * Paper: a tint that multiplies the comic, ink and all, and grain: noise of two sizes, fine like
 * fibres and coarse like cloudy pulp, that darkens the paper a little here and there.
 */
#include "comic/finish_parts.h"

#include "base/bilinear.h"
#include "base/multiversion.h"
#include "base/rng.h"

#include <math.h>
#include <string.h>

#define GRAIN_STREAM 77
#define FINE_DEPTH 0.2f /* of the darkest grain, at grain 1 */
#define COARSE_DEPTH 0.1f
#define CLEAN 0.4f /* noise below it does not show */

void cg_paper_make(const struct cg_render_params *looks, float fine_px, float coarse_px,
                   struct cg_paper *out)
{
    struct cg_rng rng = cg_rng_make(0, GRAIN_STREAM, 0);
    memcpy(out->tint, looks->paper, sizeof(out->tint));
    out->grain = looks->grain;
    out->fine_px = fine_px;
    out->coarse_px = coarse_px;
    for (int i = 0; i < CG_PAPER_NOISE * CG_PAPER_NOISE; i++)
        out->noise[i] = cg_rng_uniform(&rng);
}

static inline float smooth(float t)
{
    return t * t * (3.0f - 2.0f * t);
}

/* Take grain from the light of a block of row y that begins at column left: the noise repeated for
 * ever, between its pixels, which are size_px large. */
CG_MULTIVERSION
static void block_grain(const float *restrict noise, float size_px, float depth, int left, int y,
                        float *restrict light)
{
    float step = 1.0f / size_px, place_y = (float)y * step, top = floorf(place_y);
    float fy = smooth(place_y - top);
    const float *restrict row0 = noise + (size_t)top % CG_PAPER_NOISE * CG_PAPER_NOISE;
    const float *restrict row1 = noise + ((size_t)top + 1) % CG_PAPER_NOISE * CG_PAPER_NOISE;
    for (int i = 0; i < CG_FINISH_BLOCK_PX; i++) {
        float place = (float)(left + i) * step;
        int column = (int)place, x0 = column & (CG_PAPER_NOISE - 1);
        int x1 = (column + 1) & (CG_PAPER_NOISE - 1);
        float fx = smooth(place - (float)column);
        float value = cg_bilinear(row0[x0], row0[x1], row1[x0], row1[x1], fx, fy);
        light[i] -= value > CLEAN ? depth * (value - CLEAN) / (1.0f - CLEAN) : 0.0f;
    }
}

void cg_paper_row(const struct cg_paper *paper, int left, int y, float *comic, size_t count)
{
    float light[CG_FINISH_BLOCK_PX];
    for (size_t begin = 0; begin < count; begin += CG_FINISH_BLOCK_PX) {
        size_t n = cg_finish_block_count(count, begin);
        for (size_t i = 0; i < CG_FINISH_BLOCK_PX; i++)
            light[i] = 1.0f;
        if (paper->grain > 0.0f) {
            block_grain(paper->noise, paper->fine_px, paper->grain * FINE_DEPTH, left + (int)begin,
                        y, light);
            block_grain(paper->noise, paper->coarse_px, paper->grain * COARSE_DEPTH,
                        left + (int)begin, y, light);
        }
        float *pixel = comic + 3 * begin;
        for (size_t i = 0; i < n; i++, pixel += 3)
            for (size_t c = 0; c < 3; c++)
                pixel[c] *= light[i] * paper->tint[c];
    }
}
