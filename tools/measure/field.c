/* Fields: see field.h. */
#include "measure/field.h"

#include "base/clamp.h"
#include "base/luma.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLUR_RADIUS_MAX_PX 30

enum cg_status cg_field_set_create(int width, int height, size_t count, struct cg_field *fields,
                                   struct cg_error *error)
{
    size_t pixels = (size_t)width * (size_t)height, total;
    if (!cg_mul_size(pixels, count, &total))
        return cg_fail(error, CG_ERR_MEMORY, "measuring: %d x %d pixels are too many", width,
                       height);
    float *memory = cg_alloc(total, sizeof(*memory), "fields to measure in", error);
    if (memory == NULL)
        return CG_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        fields[i] = (struct cg_field){width, height, memory + i * pixels};
    return CG_OK;
}

void cg_field_luma(const struct cg_image *rgb, const struct cg_field *luma)
{
    const uint8_t *pixel = rgb->pixels;
    for (size_t i = 0; i < cg_field_count(luma); i++, pixel += 3)
        luma->v[i] = cg_luma_unit(pixel);
}

static float at(const struct cg_field *field, int x, int y)
{
    x = cg_clamp_index(x, field->width);
    y = cg_clamp_index(y, field->height);
    return field->v[(size_t)y * (size_t)field->width + (size_t)x];
}

/* to = from convolved along (dx, dy) with weight[0..radius], from the middle outwards. */
static void convolve(const struct cg_field *from, const float *weight, int radius, int dx, int dy,
                     const struct cg_field *to)
{
    float *out = to->v;
    for (int y = 0; y < from->height; y++)
        for (int x = 0; x < from->width; x++) {
            float sum = weight[0] * at(from, x, y);
            for (int i = 1; i <= radius; i++)
                sum += weight[i] *
                       (at(from, x - i * dx, y - i * dy) + at(from, x + i * dx, y + i * dy));
            *out++ = sum;
        }
}

void cg_field_blur(const struct cg_field *from, float sigma_px, const struct cg_field *scratch,
                   const struct cg_field *to)
{
    float weight[BLUR_RADIUS_MAX_PX + 1], sum = 0.0f;
    int radius = cg_clamp_index((int)ceilf(3.0f * sigma_px), BLUR_RADIUS_MAX_PX + 1);
    for (int i = 0; i <= radius; i++) {
        weight[i] = expf(-0.5f * (float)(i * i) / (sigma_px * sigma_px));
        sum += i == 0 ? weight[i] : 2.0f * weight[i];
    }
    for (int i = 0; i <= radius; i++)
        weight[i] /= sum;
    convolve(from, weight, radius, 1, 0, scratch);
    convolve(scratch, weight, radius, 0, 1, to);
}

void cg_field_gradient(const struct cg_field *from, const struct cg_field *to)
{
    int right = from->width - 1, bottom = from->height - 1;
    float *out = to->v;
    for (int y = 0; y <= bottom; y++)
        for (int x = 0; x <= right; x++) {
            float gx = at(from, x + 1, y) - at(from, x - 1, y);
            float gy = at(from, x, y + 1) - at(from, x, y - 1);
            gx *= x > 0 && x < right ? 0.5f : 1.0f;
            gy *= y > 0 && y < bottom ? 0.5f : 1.0f;
            *out++ = sqrtf(gx * gx + gy * gy);
        }
}

static void line_max(const struct cg_field *from, int radius, int dx, int dy,
                     const struct cg_field *to)
{
    float *out = to->v;
    for (int y = 0; y < from->height; y++)
        for (int x = 0; x < from->width; x++) {
            float most = at(from, x, y);
            for (int i = -radius; i <= radius; i++) {
                float value = at(from, x + i * dx, y + i * dy);
                most = value > most ? value : most;
            }
            *out++ = most;
        }
}

void cg_field_box_max(const struct cg_field *from, int radius_px, const struct cg_field *scratch,
                      const struct cg_field *to)
{
    line_max(from, radius_px, 1, 0, scratch);
    line_max(scratch, radius_px, 0, 1, to);
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

float cg_field_quantile(const struct cg_field *field, double share, const struct cg_field *scratch)
{
    size_t count = cg_field_count(field);
    memcpy(scratch->v, field->v, count * sizeof(*field->v));
    qsort(scratch->v, count, sizeof(*scratch->v), by_size);
    return scratch->v[(size_t)(share * (double)(count - 1))];
}
