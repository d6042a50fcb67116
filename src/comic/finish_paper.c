/*
 * Paper: a tint that multiplies the comic, ink and all, and grain: noise of two sizes, fine like
 * fibres and coarse like cloudy pulp, that darkens the paper a little here and there.
 */
#include "comic/finish_parts.h"

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

/* The noise repeated for ever, at a place between its pixels. */
static inline float noise_at(const float *noise, float x, float y)
{
    float left = floorf(x), top = floorf(y), fx = smooth(x - left), fy = smooth(y - top);
    size_t x0 = (size_t)left % CG_PAPER_NOISE, x1 = (x0 + 1) % CG_PAPER_NOISE;
    const float *row0 = noise + (size_t)top % CG_PAPER_NOISE * CG_PAPER_NOISE;
    const float *row1 = noise + ((size_t)top + 1) % CG_PAPER_NOISE * CG_PAPER_NOISE;
    float above = row0[x0] + fx * (row0[x1] - row0[x0]);
    float below = row1[x0] + fx * (row1[x1] - row1[x0]);
    float value = above + fy * (below - above);
    return value > CLEAN ? (value - CLEAN) / (1.0f - CLEAN) : 0.0f;
}

CG_MULTIVERSION
void cg_paper_row(const struct cg_paper *paper, int left, int y, float *comic, size_t count)
{
    float fine = 1.0f / paper->fine_px, coarse = 1.0f / paper->coarse_px;
    for (size_t x = 0; x < count; x++) {
        float light = 1.0f, px = (float)left + (float)x;
        if (paper->grain > 0.0f)
            light -= paper->grain *
                     (FINE_DEPTH * noise_at(paper->noise, px * fine, (float)y * fine) +
                      COARSE_DEPTH * noise_at(paper->noise, px * coarse, (float)y * coarse));
        for (size_t c = 0; c < 3; c++)
            comic[3 * x + c] *= light * paper->tint[c];
    }
}
