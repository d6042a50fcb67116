/* Float planes: see plane.h. */
#include "image/plane.h"

#include "base/memory.h"

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

void cg_plane_replicate(const struct cg_plane *plane)
{
    for (int y = 0; y < plane->height; y++) {
        float *row = plane->v + y * plane->stride;
        for (int i = 1; i <= CG_PLANE_MARGIN_PX; i++) {
            row[-i] = row[0];
            row[plane->width - 1 + i] = row[plane->width - 1];
        }
    }
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

static void blur_rows(const struct cg_plane *from, const struct cg_plane *to, const float *weight,
                      int radius)
{
    for (int y = 0; y < from->height; y++) {
        const float *restrict in = from->v + y * from->stride;
        float *restrict out = to->v + y * to->stride;
        for (int x = 0; x < from->width; x++)
            out[x] = weight[0] * in[x];
        for (int i = 1; i <= radius; i++)
            for (int x = 0; x < from->width; x++)
                out[x] += weight[i] * (in[x - i] + in[x + i]);
    }
}

static void blur_columns(const struct cg_plane *from, const struct cg_plane *to,
                         const float *weight, int radius)
{
    for (int y = 0; y < from->height; y++) {
        const float *restrict in = from->v + y * from->stride;
        float *restrict out = to->v + y * to->stride;
        for (int x = 0; x < from->width; x++)
            out[x] = weight[0] * in[x];
        for (int i = 1; i <= radius; i++) {
            const float *restrict above = cg_plane_row(from, y - i);
            const float *restrict below = cg_plane_row(from, y + i);
            for (int x = 0; x < from->width; x++)
                out[x] += weight[i] * (above[x] + below[x]);
        }
    }
}

void cg_plane_blur(const struct cg_plane *from, const struct cg_plane *to,
                   const struct cg_plane *scratch, float sigma_px)
{
    float weight[CG_PLANE_MARGIN_PX + 1] = {0};
    int radius = cg_gauss_kernel(sigma_px, weight);
    blur_rows(from, scratch, weight, radius);
    blur_columns(scratch, to, weight, radius);
    cg_plane_replicate(to);
}
