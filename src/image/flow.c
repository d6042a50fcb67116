/*
 * Dense inverse search: see flow.h.
 *
 * A level of the pyramid is half as large as the one below. On each, patches of PATCH x PATCH
 * pixels lie on a grid of STRIDE over `from`. A patch starts from the coarser level's vector at its
 * centre, or from zero if that fits as well, and is moved by Gauss-Newton steps (Lucas and Kanade
 * 1981; the inverse form, Baker and Matthews 2004, needs the Hessian of `from` alone):
 *
 *     step = (sum g g' + DAMPING I)^-1  sum g (to(x + u) - from(x) - mean)        u -= step
 *
 * Subtracting the mean ignores changes of brightness; the damping keeps patches that have only
 * noise in place. Patches are independent, so threads share them.
 */
#include "image/flow.h"

#include "base/bilinear.h"
#include "base/buffer.h"
#include "base/clamp.h"
#include "base/memory.h"
#include "base/multiversion.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PATCH 8
#define STRIDE 4
#define LEVELS_MAX 8
#define COARSEST_PX 14 /* no level has a shorter side than this, but the first */
#define STEPS 6        /* most patches converge after three */
#define REST_PX 0.02f

/* Added to a patch's sums of squared gradients: several times that of noise of 0.02. */
#define DAMPING 0.1f

/* Zero is chosen if it explains a patch nearly as well as the vector found (in squared
 * differences): two free parameters always fit some noise, and what is still must stay still. */
#define ZERO_SLACK 1.3f
#define ZERO_FLOOR 0.0003f

#define PIXEL_FLOOR 0.0004f /* squared difference of a pixel at which a patch counts half */
#define PAD (PATCH + 4)     /* edges are repeated this far, for patches that reach beyond them */

struct level {
    int width, height;
    int stride;       /* floats from row to row, both pictures and gradients */
    size_t padded;    /* floats of each of these */
    float *from, *to; /* padded; these point at the padding's corner */
    float *gx, *gy;   /* gradients of from, padded alike */
    int across, down; /* patches */
    float *patches;   /* across * down vectors */
    float *vectors;   /* width * height vectors; the caller's on the finest level */
};

struct cg_flow {
    struct cg_buffer memory;
    int levels;
    struct level level[LEVELS_MAX];
};

enum cg_status cg_flow_create(struct cg_flow **out, struct cg_error *error)
{
    *out = cg_alloc_zero(1, sizeof(**out), "optical flow", error);
    return *out == NULL ? CG_ERR_MEMORY : CG_OK;
}

void cg_flow_free(struct cg_flow *flow)
{
    if (flow == NULL)
        return;
    free(flow->memory.memory);
    free(flow);
}

/* ---- the pyramid ----------------------------------------------------------------------------- */

static int patch_count(int side)
{
    return side <= PATCH ? 1 : (side - PATCH + STRIDE - 1) / STRIDE + 1;
}

/* The last patch of a row or column ends with the picture. */
static int patch_start(int index, int side)
{
    int start = index * STRIDE, last = side > PATCH ? side - PATCH : 0;
    return start < last ? start : last;
}

/* Sizes of all levels; returns the floats that they need. */
static size_t lay_out(struct cg_flow *flow, int width, int height)
{
    size_t total = 0;
    flow->levels = 0;
    do {
        struct level *level = &flow->level[flow->levels];
        level->width = width;
        level->height = height;
        level->stride = width + 2 * PAD;
        level->across = patch_count(width);
        level->down = patch_count(height);
        level->padded = (size_t)level->stride * (size_t)(height + 2 * PAD);
        total += 4 * level->padded + 2 * (size_t)level->across * (size_t)level->down;
        if (flow->levels++ > 0)
            total += 2 * (size_t)width * (size_t)height;
        width = (width + 1) / 2;
        height = (height + 1) / 2;
    } while (flow->levels < LEVELS_MAX && width >= COARSEST_PX && height >= COARSEST_PX);
    return total;
}

static enum cg_status reserve(struct cg_flow *flow, int width, int height, float *vectors,
                              struct cg_error *error)
{
    size_t count = lay_out(flow, width, height);
    enum cg_status status =
        cg_buffer_reserve(&flow->memory, 1, count, sizeof(float), "optical flow", error);
    if (status != CG_OK)
        return status;
    float *next = flow->memory.memory;
    for (int i = 0; i < flow->levels; i++) {
        struct level *level = &flow->level[i];
        level->from = next;
        level->to = level->from + level->padded;
        level->gx = level->to + level->padded;
        level->gy = level->gx + level->padded;
        level->patches = level->gy + level->padded;
        next = level->patches + 2 * (size_t)level->across * (size_t)level->down;
        level->vectors = i == 0 ? vectors : next;
        if (i > 0)
            next += 2 * (size_t)level->width * (size_t)level->height;
    }
    return CG_OK;
}

static inline float *inside(const struct level *level, float *padded, int x, int y)
{
    return padded + (ptrdiff_t)(y + PAD) * level->stride + x + PAD;
}

/* Repeat the edges of a padded picture outwards. */
static void pad(const struct level *level, float *padded)
{
    size_t row_nbytes = (size_t)level->stride * sizeof(float);
    for (int y = 0; y < level->height; y++) {
        float *row = inside(level, padded, 0, y);
        for (int x = 1; x <= PAD; x++) {
            row[-x] = row[0];
            row[level->width - 1 + x] = row[level->width - 1];
        }
    }
    for (int y = 1; y <= PAD; y++) {
        memcpy(inside(level, padded, -PAD, -y), inside(level, padded, -PAD, 0), row_nbytes);
        memcpy(inside(level, padded, -PAD, level->height - 1 + y),
               inside(level, padded, -PAD, level->height - 1), row_nbytes);
    }
}

static void copy_in(const struct level *level, const float *picture, float *padded)
{
    size_t width = (size_t)level->width;
    for (int y = 0; y < level->height; y++)
        memcpy(inside(level, padded, 0, y), picture + (size_t)y * width, width * sizeof(float));
    pad(level, padded);
}

/* Means of 2 x 2; an odd side's last pixel is repeated by the padding. */
static void halve(const struct level *fine, float *fine_padded, const struct level *coarse,
                  float *coarse_padded)
{
    for (int y = 0; y < coarse->height; y++) {
        const float *upper = inside(fine, fine_padded, 0, 2 * y), *lower = upper + fine->stride;
        float *out = inside(coarse, coarse_padded, 0, y);
        for (int x = 0; x < coarse->width; x++)
            out[x] = 0.25f * (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1]);
    }
    pad(coarse, coarse_padded);
}

static void gradients(const struct level *level)
{
    for (int y = 0; y < level->height; y++) {
        const float *row = inside(level, level->from, 0, y);
        float *gx = inside(level, level->gx, 0, y), *gy = inside(level, level->gy, 0, y);
        for (int x = 0; x < level->width; x++) {
            gx[x] = 0.5f * (row[x + 1] - row[x - 1]);
            gy[x] = 0.5f * (row[x + level->stride] - row[x - level->stride]);
        }
    }
    pad(level, level->gx);
    pad(level, level->gy);
}

static void build_pyramid(struct cg_flow *flow, const float *from, const float *to)
{
    for (int i = 0; i < flow->levels; i++) {
        struct level *level = &flow->level[i], *finer = level - 1;
        if (i == 0) {
            copy_in(level, from, level->from);
            copy_in(level, to, level->to);
        } else {
            halve(finer, finer->from, level, level->from);
            halve(finer, finer->to, level, level->to);
        }
        gradients(level);
    }
}

/* ---- patches --------------------------------------------------------------------------------- */

struct vector {
    float x, y;
};

/* One patch of `from`, and what all its steps need. */
struct patch {
    int x, y;
    float from[PATCH * PATCH], gx[PATCH * PATCH], gy[PATCH * PATCH];
    float xx, xy, yy; /* the inverse Hessian */
};

CG_MULTIVERSION
static void load_patch(const struct level *level, int x, int y, struct patch *patch)
{
    float xx = DAMPING, xy = 0.0f, yy = DAMPING;
    patch->x = x;
    patch->y = y;
    for (int j = 0; j < PATCH; j++) {
        size_t nbytes = PATCH * sizeof(float);
        memcpy(patch->from + j * PATCH, inside(level, level->from, x, y + j), nbytes);
        memcpy(patch->gx + j * PATCH, inside(level, level->gx, x, y + j), nbytes);
        memcpy(patch->gy + j * PATCH, inside(level, level->gy, x, y + j), nbytes);
    }
    for (int i = 0; i < PATCH * PATCH; i++) {
        xx += patch->gx[i] * patch->gx[i];
        xy += patch->gx[i] * patch->gy[i];
        yy += patch->gy[i] * patch->gy[i];
    }
    float scale = 1.0f / (xx * yy - xy * xy);
    patch->xx = yy * scale;
    patch->xy = -xy * scale;
    patch->yy = xx * scale;
}

/* residual = to(x + u) - from(x) less its mean; returns the sum of its squares. */
CG_MULTIVERSION
static float residual_of(const struct level *level, const struct patch *patch, struct vector u,
                         float *restrict residual)
{
    float x = cg_clamp((float)patch->x + u.x, -PAD + 1, (float)(level->width + PAD - PATCH - 2));
    float y = cg_clamp((float)patch->y + u.y, -PAD + 1, (float)(level->height + PAD - PATCH - 2));
    int left = (int)floorf(x), top = (int)floorf(y);
    float tx = x - (float)left, ty = y - (float)top;
    float a = (1.0f - tx) * (1.0f - ty), b = tx * (1.0f - ty), c = (1.0f - tx) * ty, d = tx * ty;
    const float *row = inside(level, level->to, left, top);
    float sum = 0.0f, squares = 0.0f;
    for (int j = 0; j < PATCH; j++, row += level->stride)
        for (int i = 0; i < PATCH; i++) {
            const float *below = row + level->stride;
            float value = a * row[i] + b * row[i + 1] + c * below[i] + d * below[i + 1];
            residual[j * PATCH + i] = value - patch->from[j * PATCH + i];
        }
    for (int i = 0; i < PATCH * PATCH; i++)
        sum += residual[i];
    float mean = sum * (1.0f / (PATCH * PATCH));
    for (int i = 0; i < PATCH * PATCH; i++) {
        residual[i] -= mean;
        squares += residual[i] * residual[i];
    }
    return squares;
}

CG_MULTIVERSION
static struct vector step_of(const struct patch *patch, const float *residual)
{
    float bx = 0.0f, by = 0.0f;
    for (int i = 0; i < PATCH * PATCH; i++) {
        bx += patch->gx[i] * residual[i];
        by += patch->gy[i] * residual[i];
    }
    return (struct vector){patch->xx * bx + patch->xy * by, patch->xy * bx + patch->yy * by};
}

/* Steps down from start; the best vector met. */
static struct vector search(const struct level *level, const struct patch *patch,
                            struct vector start)
{
    float residual[PATCH * PATCH];
    struct vector u = start, best = start;
    float least = residual_of(level, patch, u, residual);
    for (int i = 0; i < STEPS; i++) {
        struct vector step = step_of(patch, residual);
        u = (struct vector){u.x - step.x, u.y - step.y};
        if (fabsf(u.x - start.x) > PATCH || fabsf(u.y - start.y) > PATCH)
            break;
        float squares = residual_of(level, patch, u, residual);
        if (squares >= least)
            break;
        least = squares;
        best = u;
        if (fabsf(step.x) < REST_PX && fabsf(step.y) < REST_PX)
            break;
    }
    return best;
}

/* The coarser level's vector at a patch's centre, in this level's pixels. */
static struct vector vector_from(const struct level *coarser, const struct patch *patch)
{
    int x = (patch->x + PATCH / 2) / 2, y = (patch->y + PATCH / 2) / 2;
    x = x < coarser->width ? x : coarser->width - 1;
    y = y < coarser->height ? y : coarser->height - 1;
    const float *vector = coarser->vectors + 2 * ((size_t)y * (size_t)coarser->width + (size_t)x);
    return (struct vector){2.0f * vector[0], 2.0f * vector[1]};
}

struct call {
    const struct level *level, *coarser; /* coarser: NULL on the coarsest */
};

static struct vector align(const struct call *call, const struct patch *patch)
{
    const struct vector zero = {0.0f, 0.0f};
    float residual[PATCH * PATCH];
    struct vector start = call->coarser != NULL ? vector_from(call->coarser, patch) : zero;
    float still = residual_of(call->level, patch, zero, residual);
    if (residual_of(call->level, patch, start, residual) >= still)
        start = zero;
    struct vector found = search(call->level, patch, start);
    float least = residual_of(call->level, patch, found, residual);
    return still <= ZERO_SLACK * least + ZERO_FLOOR ? zero : found;
}

static void align_row(void *context, size_t item, int worker)
{
    const struct call *call = context;
    const struct level *level = call->level;
    (void)worker;
    for (int i = 0; i < level->across; i++) {
        struct patch patch;
        load_patch(level, patch_start(i, level->width), patch_start((int)item, level->height),
                   &patch);
        struct vector u = align(call, &patch);
        memcpy(level->patches + 2 * (item * (size_t)level->across + (size_t)i), &u, sizeof(u));
    }
}

/* ---- from patches to pixels ------------------------------------------------------------------ */

/* The patches over a pixel along one side: indices first to last. The last patch of a side may lie
 * closer to its neighbour than STRIDE, so a third one may touch the pixel; two are enough. */
static void patches_over(int place, int count, int *first, int *last)
{
    int high = place / STRIDE, low = high - (PATCH / STRIDE - 1);
    *first = low < 0 ? 0 : low < count ? low : count - 1;
    *last = high < count ? high : count - 1;
}

static inline float sample(const struct level *level, float x, float y)
{
    x = cg_clamp(x, -PAD + 1, (float)(level->width + PAD - 2));
    y = cg_clamp(y, -PAD + 1, (float)(level->height + PAD - 2));
    int left = (int)floorf(x), top = (int)floorf(y);
    float tx = x - (float)left, ty = y - (float)top;
    const float *row = inside(level, level->to, left, top), *below = row + level->stride;
    return cg_bilinear(row[0], row[1], below[0], below[1], tx, ty);
}

/* The patches over a pixel, at most four. */
struct over {
    const float *vectors[4];
    int count;
    bool agree; /* to the last bit, as where nothing moves */
};

static struct over patches_over_pixel(const struct level *level, int x, int y)
{
    int left, right, top, bottom;
    struct over over = {.count = 0};
    patches_over(x, level->across, &left, &right);
    patches_over(y, level->down, &top, &bottom);
    for (int j = top; j <= bottom; j++)
        for (int i = left; i <= right; i++) {
            const float *u = level->patches + 2 * ((size_t)j * (size_t)level->across + (size_t)i);
            over.vectors[over.count++] = u;
            over.agree = over.count == 1 ||
                         (over.agree && memcmp(u, over.vectors[0], 2 * sizeof(float)) == 0);
        }
    return over;
}

/* The mean of the vectors over a pixel, those counting more that explain it. */
static inline void pixel_vector(const struct level *level, const struct over *over, int x, int y,
                                float *out)
{
    float here = *inside(level, level->from, x, y), weights = 0.0f, ux = 0.0f, uy = 0.0f;
    for (int i = 0; i < over->count; i++) {
        const float *u = over->vectors[i];
        float difference = sample(level, (float)x + u[0], (float)y + u[1]) - here;
        float weight = 1.0f / (difference * difference + PIXEL_FLOOR);
        weights += weight;
        ux += weight * u[0];
        uy += weight * u[1];
    }
    out[0] = ux / weights;
    out[1] = uy / weights;
}

/* STRIDE pixels at a time, which lie under the same patches. */
CG_MULTIVERSION
static void spread_line(const struct level *level, int y, float *row)
{
    for (int begin = 0; begin < level->width; begin += STRIDE) {
        const struct over over = patches_over_pixel(level, begin, y);
        int end = begin + STRIDE < level->width ? begin + STRIDE : level->width;
        for (int x = begin; x < end; x++)
            if (over.agree)
                memcpy(row + 2 * x, over.vectors[0], 2 * sizeof(float));
            else
                pixel_vector(level, &over, x, y, row + 2 * x);
    }
}

static void spread_row(void *context, size_t item, int worker)
{
    const struct level *level = ((const struct call *)context)->level;
    (void)worker;
    spread_line(level, (int)item, level->vectors + 2 * item * (size_t)level->width);
}

enum cg_status cg_flow_find(struct cg_flow *flow, struct cg_pool *pool, const float *from,
                            const float *to, int width, int height, float *vectors,
                            struct cg_error *error)
{
    enum cg_status status = reserve(flow, width, height, vectors, error);
    if (status != CG_OK)
        return status;
    build_pyramid(flow, from, to);
    for (int i = flow->levels - 1; i >= 0; i--) {
        const struct level *level = &flow->level[i];
        struct call call = {level, i + 1 < flow->levels ? level + 1 : NULL};
        cg_pool_run(pool, (size_t)level->down, align_row, &call);
        cg_pool_run(pool, (size_t)level->height, spread_row, &call);
    }
    return CG_OK;
}
