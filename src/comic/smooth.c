/* Calming a colour layer: see smooth.h. */
#include "comic/smooth.h"

#include "base/memory.h"
#include "base/multiversion.h"

#include <stdlib.h>
#include <string.h>

static const int STEPS_PX[] = {1, 2, 4};
enum { PASSES = sizeof(STEPS_PX) / sizeof(STEPS_PX[0]) };

#define RADIUS 2
#define TAPS ((2 * RADIUS + 1) * (2 * RADIUS + 1))
#define AMOUNT 1.5f
#define MARGIN_PX 8 /* at least RADIUS times the largest step */
#define BAND_ROWS 32
/* Colour distance (sRGB, all channels) at which a neighbour counts a quarter. */
#define RANGE 0.06f

/* Three planes of rows with MARGIN_PX columns repeated at either side. */
struct planes {
    float *first;
    int width, height;
    size_t stride;
};

struct cg_smoother {
    float *memory; /* two sets of planes */
    size_t floats;
    float *rows; /* four sums a column for each worker */
    size_t row_floats;
};

struct job {
    struct planes from, to;
    float *colour; /* interleaved: the first pass's input, the last one's output */
    float *rows;
    size_t row_floats;
    int step_px;
    float amount;
};

static float *row_of(const struct planes *planes, int channel, int y)
{
    int inside = y < 0 ? 0 : y >= planes->height ? planes->height - 1 : y;
    size_t row = (size_t)channel * (size_t)planes->height + (size_t)inside;
    return planes->first + row * planes->stride + MARGIN_PX;
}

static void repeat_ends(float *row, int width)
{
    for (int i = 1; i <= MARGIN_PX; i++) {
        row[-i] = row[0];
        row[width - 1 + i] = row[width - 1];
    }
}

/* ---- one pass ---- */

static int band_end(const struct job *job, size_t band)
{
    int end = ((int)band + 1) * BAND_ROWS;
    return end < job->from.height ? end : job->from.height;
}

/*
 * Add one tap to a row's sums, with weight spatial / (1 + (d / RANGE)^2)^2 where d is the colour
 * distance. middle, near: the three channels of the row itself and of its neighbour.
 */
CG_MULTIVERSION
static void add_tap(const float *const middle[3], const float *const near[3], float spatial,
                    int width, float *restrict sums)
{
    const float *restrict m0 = middle[0], *restrict m1 = middle[1], *restrict m2 = middle[2];
    const float *restrict n0 = near[0], *restrict n1 = near[1], *restrict n2 = near[2];
    float *restrict s0 = sums, *restrict s1 = sums + width, *restrict s2 = sums + 2 * width;
    float *restrict weights = sums + 3 * width;
    for (int x = 0; x < width; x++) {
        float d0 = n0[x] - m0[x], d1 = n1[x] - m1[x], d2 = n2[x] - m2[x];
        float distance = (d0 * d0 + d1 * d1 + d2 * d2) * (1.0f / (RANGE * RANGE));
        float fall = 1.0f + distance;
        float weight = spatial / (fall * fall);
        s0[x] += weight * n0[x];
        s1[x] += weight * n1[x];
        s2[x] += weight * n2[x];
        weights[x] += weight;
    }
}

CG_MULTIVERSION
static void divide_row(const float *restrict sums, const float *restrict weights, int width,
                       float *restrict out)
{
    for (int x = 0; x < width; x++)
        out[x] = sums[x] / weights[x];
}

static void smooth_row(const struct job *job, int y, float *sums)
{
    static const float spatial[RADIUS + 1] = {0.375f, 0.25f, 0.0625f}; /* B3 spline */
    const int width = job->from.width;
    const float *middle[3], *near[3];
    memset(sums, 0, 4 * (size_t)width * sizeof(float));
    for (int c = 0; c < 3; c++)
        middle[c] = row_of(&job->from, c, y);
    for (int dy = -RADIUS; dy <= RADIUS; dy++)
        for (int dx = -RADIUS; dx <= RADIUS; dx++) {
            for (int c = 0; c < 3; c++)
                near[c] = row_of(&job->from, c, y + dy * job->step_px) + dx * job->step_px;
            add_tap(middle, near, spatial[abs(dy)] * spatial[abs(dx)], width, sums);
        }
    for (int c = 0; c < 3; c++) {
        float *out = row_of(&job->to, c, y);
        divide_row(sums + c * width, sums + 3 * width, width, out);
        repeat_ends(out, width);
    }
}

/*
 * Steepen a row: what a pixel differs from the mean around it is raised by AMOUNT, but never past
 * the least or the greatest value around it, so that edges become narrow without a halo.
 */
CG_MULTIVERSION
static void sharpen_row(const float *const near[2 * RADIUS + 1], int width, float *restrict least,
                        float *restrict greatest, float *restrict mean, float *restrict out)
{
    const float *middle = near[RADIUS];
    for (int x = 0; x < width; x++) {
        least[x] = greatest[x] = middle[x];
        mean[x] = 0.0f;
    }
    for (int k = 0; k <= 2 * RADIUS; k++)
        for (int dx = -RADIUS; dx <= RADIUS; dx++) {
            const float *restrict tap = near[k] + dx;
            for (int x = 0; x < width; x++) {
                least[x] = tap[x] < least[x] ? tap[x] : least[x];
                greatest[x] = tap[x] > greatest[x] ? tap[x] : greatest[x];
                mean[x] += tap[x];
            }
        }
    for (int x = 0; x < width; x++) {
        float raised = middle[x] + AMOUNT * (middle[x] - mean[x] * (1.0f / TAPS));
        raised = raised < least[x] ? least[x] : raised;
        out[x] = raised > greatest[x] ? greatest[x] : raised;
    }
}

static void sharpen_band(void *context, size_t band, int worker)
{
    const struct job *job = context;
    const int width = job->from.width;
    float *sums = job->rows + (size_t)worker * job->row_floats;
    for (int y = (int)band * BAND_ROWS; y < band_end(job, band); y++)
        for (int c = 0; c < 3; c++) {
            const float *near[2 * RADIUS + 1];
            for (int k = 0; k <= 2 * RADIUS; k++)
                near[k] = row_of(&job->from, c, y + k - RADIUS);
            sharpen_row(near, width, sums, sums + width, sums + 2 * width, row_of(&job->to, c, y));
        }
}

static void smooth_band(void *context, size_t band, int worker)
{
    const struct job *job = context;
    for (int y = (int)band * BAND_ROWS; y < band_end(job, band); y++)
        smooth_row(job, y, job->rows + (size_t)worker * job->row_floats);
}

static void split_band(void *context, size_t band, int worker)
{
    const struct job *job = context;
    (void)worker;
    for (int y = (int)band * BAND_ROWS; y < band_end(job, band); y++)
        for (int c = 0; c < 3; c++) {
            const float *in = job->colour + 3 * (size_t)y * (size_t)job->from.width + c;
            float *row = row_of(&job->from, c, y);
            for (int x = 0; x < job->from.width; x++)
                row[x] = in[3 * x];
            repeat_ends(row, job->from.width);
        }
}

static void join_band(void *context, size_t band, int worker)
{
    const struct job *job = context;
    (void)worker;
    for (int y = (int)band * BAND_ROWS; y < band_end(job, band); y++)
        for (int c = 0; c < 3; c++) {
            float *out = job->colour + 3 * (size_t)y * (size_t)job->from.width + c;
            const float *row = row_of(&job->from, c, y);
            for (int x = 0; x < job->from.width; x++)
                out[3 * x] = job->amount * row[x] + (1.0f - job->amount) * out[3 * x];
        }
}

/* ---- memory ---- */

enum cg_status cg_smoother_create(struct cg_smoother **out, struct cg_error *error)
{
    *out = cg_alloc_zero(1, sizeof(**out), "smoother", error);
    return *out != NULL ? CG_OK : CG_ERR_MEMORY;
}

void cg_smoother_free(struct cg_smoother *smoother)
{
    if (smoother == NULL)
        return;
    free(smoother->rows);
    free(smoother->memory);
    free(smoother);
}

static enum cg_status reserve(float **memory, size_t *floats, size_t wanted, struct cg_error *error)
{
    if (wanted <= *floats)
        return CG_OK;
    free(*memory);
    *floats = 0;
    *memory = cg_alloc(wanted, sizeof(float), "smooth colours", error);
    if (*memory == NULL)
        return CG_ERR_MEMORY;
    *floats = wanted;
    return CG_OK;
}

enum cg_status cg_smooth(struct cg_smoother *smoother, struct cg_pool *pool, float *colour,
                         int width, int height, float amount, struct cg_error *error)
{
    const size_t stride = (size_t)width + 2 * MARGIN_PX, set = 3 * stride * (size_t)height;
    const size_t row_floats = 4 * (size_t)width;
    if (amount <= 0.0f)
        return CG_OK;
    enum cg_status status = reserve(&smoother->memory, &smoother->floats, 2 * set, error);
    if (status == CG_OK)
        status = reserve(&smoother->rows, &smoother->row_floats,
                         row_floats * (size_t)cg_pool_threads(pool), error);
    if (status != CG_OK)
        return status;
    struct job job = {.from = {smoother->memory, width, height, stride},
                      .to = {smoother->memory + set, width, height, stride},
                      .colour = colour,
                      .rows = smoother->rows,
                      .row_floats = row_floats,
                      .amount = amount};
    const size_t bands = ((size_t)height + BAND_ROWS - 1) / BAND_ROWS;
    cg_pool_run(pool, bands, split_band, &job);
    for (int pass = 0; pass < PASSES; pass++) {
        job.step_px = STEPS_PX[pass];
        cg_pool_run(pool, bands, smooth_band, &job);
        struct planes kept = job.from;
        job.from = job.to;
        job.to = kept;
    }
    cg_pool_run(pool, bands, sharpen_band, &job);
    job.from = job.to;
    cg_pool_run(pool, bands, join_band, &job);
    return CG_OK;
}
