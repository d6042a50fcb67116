/* Float planes: see plane.h. */
#include "image/plane.h"

#include "base/memory.h"
#include "base/multiversion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum cg_status cg_plane_set_create(int width, int height, size_t count, struct cg_plane_set *out,
                                   struct cg_error *error)
{
    *out = (struct cg_plane_set){0};
    size_t stride = (size_t)width + 2 * CG_PLANE_MARGIN_PX, floats, total;
    if (!cg_mul_size(stride, (size_t)height, &floats) || !cg_mul_size(floats, count, &total))
        return cg_fail(error, CG_ERR_MEMORY, "target planes: %d x %d x %zu is too large", width,
                       height, count);
    out->plane = cg_alloc(count, sizeof *out->plane, "target planes", error);
    out->memory = cg_alloc_zero(total, sizeof *out->memory, "target planes", error);
    if (out->plane == NULL || out->memory == NULL) {
        cg_plane_set_clear(out);
        return CG_ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++)
        out->plane[i] = (struct cg_plane){.width = width,
                                          .height = height,
                                          .stride = (ptrdiff_t)stride,
                                          .v = out->memory + i * floats + CG_PLANE_MARGIN_PX};
    return CG_OK;
}

void cg_plane_set_clear(struct cg_plane_set *set)
{
    free(set->plane);
    free(set->memory);
    *set = (struct cg_plane_set){0};
}

void cg_plane_clear(const struct cg_plane *plane)
{
    for (int y = 0; y < plane->height; y++)
        memset(plane->v + y * plane->stride, 0, (size_t)plane->width * sizeof *plane->v);
}

static void replicate_row(float *row, int width)
{
    for (int i = 1; i <= CG_PLANE_MARGIN_PX; i++) {
        row[-i] = row[0];
        row[width - 1 + i] = row[width - 1];
    }
}

void cg_plane_replicate(const struct cg_plane *plane)
{
    for (int y = 0; y < plane->height; y++)
        replicate_row(cg_plane_row(plane, y), plane->width);
}

int cg_gauss_kernel(float sigma_px, float weight[CG_PLANE_MARGIN_PX + 1])
{
    int radius = (int)ceilf(2.5f * sigma_px);
    radius = radius < CG_PLANE_MARGIN_PX ? radius : CG_PLANE_MARGIN_PX;
    float sum = 0.0f;
    for (int i = 0; i <= radius; i++) {
        weight[i] = expf(-0.5f * (float)(i * i) / (sigma_px * sigma_px));
        sum += i == 0 ? weight[i] : 2.0f * weight[i];
    }
    for (int i = 0; i <= radius; i++)
        weight[i] /= sum;
    return radius;
}

struct blur {
    const struct cg_plane *from, *to;
    float weight[CG_PLANE_MARGIN_PX + 1];
    int radius;
};

CG_MULTIVERSION_UNFUSED
static void add_taps(const float *restrict before, const float *restrict after, float weight,
                     int width, float *restrict out)
{
    for (int x = 0; x < width; x++)
        out[x] += weight * (before[x] + after[x]);
}

static void blur_along(void *context, size_t row, int worker)
{
    const struct blur *blur = context;
    const int width = blur->from->width;
    const float *in = cg_plane_row(blur->from, (int)row);
    float *out = cg_plane_row(blur->to, (int)row);
    (void)worker;
    for (int x = 0; x < width; x++)
        out[x] = blur->weight[0] * in[x];
    for (int i = 1; i <= blur->radius; i++)
        add_taps(in - i, in + i, blur->weight[i], width, out);
}

static void blur_across(void *context, size_t row, int worker)
{
    const struct blur *blur = context;
    const int y = (int)row, width = blur->from->width;
    const float *in = cg_plane_row(blur->from, y);
    float *out = cg_plane_row(blur->to, y);
    (void)worker;
    for (int x = 0; x < width; x++)
        out[x] = blur->weight[0] * in[x];
    for (int i = 1; i <= blur->radius; i++)
        add_taps(cg_plane_row(blur->from, y - i), cg_plane_row(blur->from, y + i), blur->weight[i],
                 width, out);
    replicate_row(out, width);
}

static void run_rows(struct cg_pool *pool, int height, cg_pool_fn fn, void *context)
{
    if (pool != NULL)
        cg_pool_run(pool, (size_t)height, fn, context);
    else
        for (int y = 0; y < height; y++)
            fn(context, (size_t)y, 0);
}

void cg_plane_blur(struct cg_pool *pool, const struct cg_plane *from, const struct cg_plane *to,
                   const struct cg_plane *scratch, float sigma_px)
{
    struct blur blur = {.from = from, .to = scratch};
    blur.radius = cg_gauss_kernel(sigma_px, blur.weight);
    run_rows(pool, from->height, blur_along, &blur);
    blur.from = scratch;
    blur.to = to;
    run_rows(pool, from->height, blur_across, &blur);
}
