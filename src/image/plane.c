/* Float planes: see plane.h. */
#include "image/plane.h"

#include "base/memory.h"
#include "base/multiversion.h"

#include <math.h>
#include <stdlib.h>

static size_t stride_of(int width)
{
    return (size_t)width + 2 * CG_PLANE_MARGIN_PX;
}

static void place_planes(float *memory, int width, int height, size_t count, struct cg_plane *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (struct cg_plane){.width = width,
                                   .height = height,
                                   .stride = (ptrdiff_t)stride_of(width),
                                   .v = memory + i * stride_of(width) * (size_t)height +
                                        CG_PLANE_MARGIN_PX};
}

enum cg_status cg_plane_set_create(int width, int height, size_t count, struct cg_plane_set *out,
                                   struct cg_error *error)
{
    *out = (struct cg_plane_set){0};
    size_t floats, total;
    if (!cg_mul_size(stride_of(width), (size_t)height, &floats) ||
        !cg_mul_size(floats, count, &total))
        return cg_fail(error, CG_ERR_MEMORY, "target planes: %d x %d x %zu is too large", width,
                       height, count);
    out->plane = cg_alloc(count, sizeof *out->plane, "target planes", error);
    out->memory = cg_alloc_zero(total, sizeof *out->memory, "target planes", error);
    if (out->plane == NULL || out->memory == NULL) {
        cg_plane_set_clear(out);
        return CG_ERR_MEMORY;
    }
    place_planes(out->memory, width, height, count, out->plane);
    return CG_OK;
}

enum cg_status cg_planes_reserve(struct cg_buffer *buffer, int width, int height, size_t count,
                                 struct cg_plane *out, struct cg_error *error)
{
    enum cg_status status = cg_buffer_reserve(buffer, count * (size_t)height, stride_of(width),
                                              sizeof(float), "planes", error);
    if (status == CG_OK)
        place_planes(buffer->memory, width, height, count, out);
    return status;
}

enum cg_status cg_planes_reserve_halved(struct cg_buffer *buffer, int width, int height,
                                        size_t count, struct cg_plane *out, size_t half_count,
                                        struct cg_plane *half_out, struct cg_error *error)
{
    const int half_width = (width + 1) / 2, half_height = (height + 1) / 2;
    const size_t floats = stride_of(width) * (size_t)height;
    const size_t half_floats = stride_of(half_width) * (size_t)half_height;
    enum cg_status status = cg_buffer_reserve(buffer, count * floats + half_count * half_floats, 1,
                                              sizeof(float), "planes", error);
    if (status == CG_OK) {
        float *memory = buffer->memory;
        place_planes(memory, width, height, count, out);
        place_planes(memory + count * floats, half_width, half_height, half_count, half_out);
    }
    return status;
}

void cg_plane_set_clear(struct cg_plane_set *set)
{
    free(set->plane);
    free(set->memory);
    *set = (struct cg_plane_set){0};
}

void cg_plane_replicate_row(float *row, int width)
{
    for (int i = 1; i <= CG_PLANE_MARGIN_PX; i++) {
        row[-i] = row[0];
        row[width - 1 + i] = row[width - 1];
    }
}

void cg_plane_replicate(const struct cg_plane *plane)
{
    for (int y = 0; y < plane->height; y++)
        cg_plane_replicate_row(cg_plane_row(plane, y), plane->width);
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
    float weight[CG_PLANE_MARGIN_PX + 1]; /* 0 beyond the radius */
    int radius;
};

/* out += weight[0] times the sum of rows 0 and 1, then weight[1] times that of rows 2 and 3. */
CG_MULTIVERSION_UNFUSED
static void add_taps(const float *const row[4], const float weight[2], int width,
                     float *restrict out)
{
    const float *restrict r0 = row[0], *restrict r1 = row[1], *restrict r2 = row[2],
                          *restrict r3 = row[3];
    const float w0 = weight[0], w1 = weight[1];
    for (int x = 0; x < width; x++)
        out[x] = out[x] + w0 * (r0[x] + r1[x]) + w1 * (r2[x] + r3[x]);
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
    for (int i = 1; i <= blur->radius; i += 2) {
        const float *taps[4] = {in - i, in + i, in - i - 1, in + i + 1};
        add_taps(taps, &blur->weight[i], width, out);
    }
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
    for (int i = 1; i <= blur->radius; i += 2) {
        const float *taps[4] = {cg_plane_row(blur->from, y - i), cg_plane_row(blur->from, y + i),
                                cg_plane_row(blur->from, y - i - 1),
                                cg_plane_row(blur->from, y + i + 1)};
        add_taps(taps, &blur->weight[i], width, out);
    }
    cg_plane_replicate_row(out, width);
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
