/* Calming a colour layer: see smooth.h. */
#include "comic/smooth.h"

#include "base/multiversion.h"
#include "image/plane.h"

#include <stdlib.h>

static const int STEPS_PX[] = {1, 2, 4};
enum { PASSES = sizeof(STEPS_PX) / sizeof(STEPS_PX[0]) };

#define RADIUS 2
#define TAP_ROWS (2 * RADIUS + 1)
#define TAPS (TAP_ROWS * TAP_ROWS)
#define AMOUNT 1.5f
#define BAND_ROWS 32
/* Colour distance (sRGB, all channels) at which a neighbour counts a quarter. */
#define RANGE 0.06f

/* ---- rows ---- */

static const float SPATIAL[RADIUS + 1] = {0.375f, 0.25f, 0.0625f}; /* B3 spline */

/* x where the mask is set, y elsewhere. */
#define CHOOSE(N, mask, x, y) ((floats##N)(((mask) & (masks##N)(x)) | (~(mask) & (masks##N)(y))))

/*
 * smooth_rowN: a row of weighted means. A tap counts spatial / (1 + (d / RANGE)^2)^2, where d is
 * its distance in colour.
 *
 * sharpen_rowN: a steeper row. What a pixel differs from the mean around it is raised by AMOUNT,
 * but never past the least or the greatest value around it, so that edges become narrow without a
 * halo.
 *
 * near: the rows that the taps are in. The sums of N pixels stay in registers; up to N - 1 pixels
 * past the row's end are read and written, which planes' margins hold.
 */
#define DEFINE_ROWS(N, TARGET)                                                                     \
    typedef float floats##N __attribute__((vector_size(4 * N), aligned(4), may_alias));            \
    typedef int masks##N __attribute__((vector_size(4 * N), aligned(4), may_alias));               \
    TARGET static void smooth_row##N(const float *const near[TAP_ROWS][3], int step_px, int width, \
                                     float *const out[3])                                          \
    {                                                                                              \
        for (int x = 0; x < width; x += N) {                                                       \
            const floats##N m0 = *(const floats##N *)(near[RADIUS][0] + x);                        \
            const floats##N m1 = *(const floats##N *)(near[RADIUS][1] + x);                        \
            const floats##N m2 = *(const floats##N *)(near[RADIUS][2] + x);                        \
            floats##N s0 = {0.0f}, s1 = {0.0f}, s2 = {0.0f}, weights = {0.0f};                     \
            for (int k = 0; k < TAP_ROWS; k++)                                                     \
                for (int dx = -RADIUS; dx <= RADIUS; dx++) {                                       \
                    const int at = x + dx * step_px;                                               \
                    const floats##N n0 = *(const floats##N *)(near[k][0] + at);                    \
                    const floats##N n1 = *(const floats##N *)(near[k][1] + at);                    \
                    const floats##N n2 = *(const floats##N *)(near[k][2] + at);                    \
                    const floats##N d0 = n0 - m0, d1 = n1 - m1, d2 = n2 - m2;                      \
                    const floats##N distance =                                                     \
                        (d0 * d0 + d1 * d1 + d2 * d2) * (1.0f / (RANGE * RANGE));                  \
                    const floats##N fall = 1.0f + distance;                                        \
                    const floats##N weight =                                                       \
                        SPATIAL[abs(k - RADIUS)] * SPATIAL[abs(dx)] / (fall * fall);               \
                    s0 += weight * n0;                                                             \
                    s1 += weight * n1;                                                             \
                    s2 += weight * n2;                                                             \
                    weights += weight;                                                             \
                }                                                                                  \
            *(floats##N *)(out[0] + x) = s0 / weights;                                             \
            *(floats##N *)(out[1] + x) = s1 / weights;                                             \
            *(floats##N *)(out[2] + x) = s2 / weights;                                             \
        }                                                                                          \
    }                                                                                              \
    TARGET static void sharpen_row##N(const float *const near[TAP_ROWS], int width, float *out)    \
    {                                                                                              \
        for (int x = 0; x < width; x += N) {                                                       \
            const floats##N middle = *(const floats##N *)(near[RADIUS] + x);                       \
            floats##N least = middle, greatest = middle, mean = {0.0f};                            \
            for (int k = 0; k < TAP_ROWS; k++)                                                     \
                for (int dx = -RADIUS; dx <= RADIUS; dx++) {                                       \
                    const floats##N value = *(const floats##N *)(near[k] + x + dx);                \
                    least = CHOOSE(N, value < least, value, least);                                \
                    greatest = CHOOSE(N, value > greatest, value, greatest);                       \
                    mean += value;                                                                 \
                }                                                                                  \
            floats##N raised = middle + AMOUNT * (middle - mean * (1.0f / TAPS));                  \
            raised = CHOOSE(N, raised < least, least, raised);                                     \
            *(floats##N *)(out + x) = CHOOSE(N, raised > greatest, greatest, raised);              \
        }                                                                                          \
    }

struct kernels {
    void (*smooth)(const float *const near[TAP_ROWS][3], int step_px, int width,
                   float *const out[3]);
    void (*sharpen)(const float *const near[TAP_ROWS], int width, float *out);
};

#define NO_TARGET
DEFINE_ROWS(4, NO_TARGET)
#if defined(CG_HAS_TARGETS)
DEFINE_ROWS(8, CG_TARGET_V3)
DEFINE_ROWS(16, CG_TARGET_V4)

static struct kernels choose_kernels(void)
{
    const int lanes = cg_vector_lanes();
    return lanes >= 16  ? (struct kernels){smooth_row16, sharpen_row16}
           : lanes >= 8 ? (struct kernels){smooth_row8, sharpen_row8}
                        : (struct kernels){smooth_row4, sharpen_row4};
}
#else
static struct kernels choose_kernels(void)
{
    return (struct kernels){smooth_row4, sharpen_row4};
}
#endif

/* ---- bands of rows ---- */

struct job {
    struct cg_plane from[3], to[3];
    float *colour; /* interleaved: the first pass's input, the last one's output */
    struct kernels kernels;
    int step_px;
    float amount;
};

static int band_end(const struct job *job, size_t band)
{
    int end = ((int)band + 1) * BAND_ROWS;
    return end < job->from[0].height ? end : job->from[0].height;
}

static void smooth_band(void *context, size_t band, int worker)
{
    const struct job *job = context;
    (void)worker;
    for (int y = (int)band * BAND_ROWS; y < band_end(job, band); y++) {
        const float *near[TAP_ROWS][3];
        float *out[3];
        for (int c = 0; c < 3; c++) {
            out[c] = cg_plane_row(&job->to[c], y);
            for (int k = 0; k < TAP_ROWS; k++)
                near[k][c] = cg_plane_row(&job->from[c], y + (k - RADIUS) * job->step_px);
        }
        job->kernels.smooth(near, job->step_px, job->from[0].width, out);
        for (int c = 0; c < 3; c++)
            cg_plane_replicate_row(out[c], job->from[0].width);
    }
}

static void sharpen_band(void *context, size_t band, int worker)
{
    const struct job *job = context;
    (void)worker;
    for (int y = (int)band * BAND_ROWS; y < band_end(job, band); y++)
        for (int c = 0; c < 3; c++) {
            const float *near[TAP_ROWS];
            for (int k = 0; k < TAP_ROWS; k++)
                near[k] = cg_plane_row(&job->from[c], y + k - RADIUS);
            job->kernels.sharpen(near, job->from[0].width, cg_plane_row(&job->to[c], y));
        }
}

static void split_band(void *context, size_t band, int worker)
{
    const struct job *job = context;
    (void)worker;
    for (int y = (int)band * BAND_ROWS; y < band_end(job, band); y++)
        for (int c = 0; c < 3; c++) {
            const float *in = job->colour + 3 * (size_t)y * (size_t)job->from[0].width + c;
            float *row = cg_plane_row(&job->from[c], y);
            for (int x = 0; x < job->from[0].width; x++)
                row[x] = in[3 * x];
            cg_plane_replicate_row(row, job->from[0].width);
        }
}

static void join_band(void *context, size_t band, int worker)
{
    const struct job *job = context;
    (void)worker;
    for (int y = (int)band * BAND_ROWS; y < band_end(job, band); y++)
        for (int c = 0; c < 3; c++) {
            float *out = job->colour + 3 * (size_t)y * (size_t)job->from[0].width + c;
            const float *row = cg_plane_row(&job->from[c], y);
            for (int x = 0; x < job->from[0].width; x++)
                out[3 * x] = job->amount * row[x] + (1.0f - job->amount) * out[3 * x];
        }
}

/* The next pass reads what this one wrote. */
static void swap(struct job *job)
{
    for (int c = 0; c < 3; c++) {
        struct cg_plane kept = job->from[c];
        job->from[c] = job->to[c];
        job->to[c] = kept;
    }
}

/* ---- the whole ---- */

enum cg_status cg_smooth(struct cg_buffer *scratch, struct cg_pool *pool, float *colour, int width,
                         int height, float amount, struct cg_error *error)
{
    const size_t bands = ((size_t)height + BAND_ROWS - 1) / BAND_ROWS;
    struct cg_plane planes[6];
    if (amount <= 0.0f)
        return CG_OK;
    enum cg_status status = cg_planes_reserve(scratch, width, height, 6, planes, error);
    if (status != CG_OK)
        return status;
    struct job job = {.from = {planes[0], planes[1], planes[2]},
                      .to = {planes[3], planes[4], planes[5]},
                      .colour = colour,
                      .kernels = choose_kernels(),
                      .amount = amount};
    cg_pool_run(pool, bands, split_band, &job);
    for (int pass = 0; pass < PASSES; pass++) {
        job.step_px = STEPS_PX[pass];
        cg_pool_run(pool, bands, smooth_band, &job);
        swap(&job);
    }
    cg_pool_run(pool, bands, sharpen_band, &job);
    swap(&job);
    cg_pool_run(pool, bands, join_band, &job);
    return CG_OK;
}
