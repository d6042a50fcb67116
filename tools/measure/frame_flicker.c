/* How much a video flickers: see frame_flicker.h. */
#include "measure/frame_flicker.h"

#include "base/luma.h"
#include "base/memory.h"
#include "image/flow.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A pixel's vector and the one back may differ by this much. */
#define ROUND_TRIP_PX 1.0f

/* Pairs with a smaller share of counted pixels are cuts. */
#define CUT_SHARE (1.0 / 3.0)

/* Ink, as in picture_quality.h. */
#define INK_LUMA 0.15f
#define INK_DARKER 0.04f

struct cg_flicker_meter {
    int width, height;
    struct cg_pool *pool;
    struct cg_flow *flow;
    size_t frames;
    uint8_t *bytes;                /* both videos' frames, new and former, and ink */
    uint8_t *input[2], *output[2]; /* new, former */
    uint8_t *ink[2];
    float *floats;
    float *luma[2];
    float *back, *forth; /* vectors from new to former, from former to new */
    struct cg_flicker sums;
};

enum cg_status cg_flicker_meter_create(int width, int height, int threads,
                                       struct cg_flicker_meter **out, struct cg_error *error)
{
    size_t count = (size_t)width * (size_t)height;
    *out = NULL;
    struct cg_flicker_meter *meter = cg_alloc_zero(1, sizeof(*meter), "flicker", error);
    if (meter == NULL)
        return CG_ERR_MEMORY;
    meter->width = width;
    meter->height = height;
    meter->bytes = cg_alloc(count, 14, "flicker frames", error);
    meter->floats = cg_alloc(count, 6 * sizeof(float), "flicker maps", error);
    enum cg_status status = meter->bytes != NULL && meter->floats != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK)
        status = cg_pool_create(threads, &meter->pool, error);
    if (status == CG_OK)
        status = cg_flow_create(&meter->flow, error);
    if (status != CG_OK) {
        cg_flicker_meter_free(meter);
        return status;
    }
    for (size_t i = 0; i < 2; i++) {
        meter->input[i] = meter->bytes + 7 * count * i;
        meter->output[i] = meter->input[i] + 3 * count;
        meter->ink[i] = meter->output[i] + 3 * count;
        meter->luma[i] = meter->floats + count * i;
    }
    meter->back = meter->floats + 2 * count;
    meter->forth = meter->back + 2 * count;
    *out = meter;
    return CG_OK;
}

void cg_flicker_meter_free(struct cg_flicker_meter *meter)
{
    if (meter == NULL)
        return;
    cg_flow_free(meter->flow);
    cg_pool_free(meter->pool);
    free(meter->floats);
    free(meter->bytes);
    free(meter);
}

static void swap_frames(struct cg_flicker_meter *meter)
{
    uint8_t *input = meter->input[0], *output = meter->output[0], *ink = meter->ink[0];
    float *luma = meter->luma[0];
    meter->input[0] = meter->input[1];
    meter->output[0] = meter->output[1];
    meter->ink[0] = meter->ink[1];
    meter->luma[0] = meter->luma[1];
    meter->input[1] = input;
    meter->output[1] = output;
    meter->ink[1] = ink;
    meter->luma[1] = luma;
}

static void take_frame(struct cg_flicker_meter *meter, const uint8_t *input, const uint8_t *output)
{
    size_t count = (size_t)meter->width * (size_t)meter->height;
    memcpy(meter->input[0], input, 3 * count);
    memcpy(meter->output[0], output, 3 * count);
    for (size_t i = 0; i < count; i++) {
        float luma = cg_luma_unit(output + 3 * i);
        meter->luma[0][i] = cg_luma_unit(input + 3 * i);
        meter->ink[0][i] = luma < INK_LUMA && luma < meter->luma[0][i] - INK_DARKER;
    }
}

/* ---- one pair of frames ---------------------------------------------------------------------- */

/* The former frame's pixel nearest to where pixel (x, y) of the new one comes from, if the way back
 * leads to it. */
static bool find_former(const struct cg_flicker_meter *meter, int x, int y, float *from_x,
                        float *from_y)
{
    const float *u = meter->back + 2 * ((size_t)y * (size_t)meter->width + (size_t)x);
    *from_x = (float)x + u[0];
    *from_y = (float)y + u[1];
    if (*from_x < 0.0f || *from_y < 0.0f || *from_x > (float)(meter->width - 1) ||
        *from_y > (float)(meter->height - 1))
        return false;
    size_t at = (size_t)(*from_y + 0.5f) * (size_t)meter->width + (size_t)(*from_x + 0.5f);
    const float *v = meter->forth + 2 * at;
    return hypotf(u[0] + v[0], u[1] + v[1]) < ROUND_TRIP_PX;
}

/* Sum of the three channels' differences, the former frame interpolated. */
static float difference_at(const struct cg_flicker_meter *meter, uint8_t *const frames[2], int x,
                           int y, float from_x, float from_y)
{
    size_t width = (size_t)meter->width;
    size_t left = (size_t)from_x, top = (size_t)from_y;
    float tx = from_x - (float)left, ty = from_y - (float)top, sum = 0.0f;
    size_t right = left + 1 < width ? left + 1 : left;
    size_t bottom = top + 1 < (size_t)meter->height ? top + 1 : top;
    const uint8_t *here = frames[0] + 3 * ((size_t)y * width + (size_t)x), *former = frames[1];
    for (size_t c = 0; c < 3; c++) {
        float a = former[3 * (top * width + left) + c], b = former[3 * (top * width + right) + c];
        float d = former[3 * (bottom * width + left) + c];
        float e = former[3 * (bottom * width + right) + c];
        float upper = a + tx * (b - a), lower = d + tx * (e - d);
        sum += fabsf((float)here[c] - (upper + ty * (lower - upper)));
    }
    return sum;
}

static bool has_ink_near(const struct cg_flicker_meter *meter, const uint8_t *ink, int x, int y)
{
    for (int j = y > 0 ? y - 1 : 0; j <= y + 1 && j < meter->height; j++)
        for (int i = x > 0 ? x - 1 : 0; i <= x + 1 && i < meter->width; i++)
            if (ink[(size_t)j * (size_t)meter->width + (size_t)i] != 0)
                return true;
    return false;
}

struct pair_sums {
    double input, output;
    size_t pixels, ink, ink_alone;
};

static void add_pixel(const struct cg_flicker_meter *meter, int x, int y, struct pair_sums *sums)
{
    float from_x, from_y;
    if (!find_former(meter, x, y, &from_x, &from_y))
        return;
    sums->pixels++;
    sums->input += (double)difference_at(meter, meter->input, x, y, from_x, from_y);
    sums->output += (double)difference_at(meter, meter->output, x, y, from_x, from_y);
    int former_x = (int)(from_x + 0.5f), former_y = (int)(from_y + 0.5f);
    if (meter->ink[0][(size_t)y * (size_t)meter->width + (size_t)x] != 0) {
        sums->ink++;
        sums->ink_alone += !has_ink_near(meter, meter->ink[1], former_x, former_y);
    }
    if (meter->ink[1][(size_t)former_y * (size_t)meter->width + (size_t)former_x] != 0) {
        sums->ink++;
        sums->ink_alone += !has_ink_near(meter, meter->ink[0], x, y);
    }
}

static void add_pair(struct cg_flicker_meter *meter)
{
    struct pair_sums sums = {0};
    for (int y = 0; y < meter->height; y++)
        for (int x = 0; x < meter->width; x++)
            add_pixel(meter, x, y, &sums);
    double count = (double)meter->width * (double)meter->height;
    if ((double)sums.pixels < CUT_SHARE * count) {
        meter->sums.cuts++;
        return;
    }
    meter->sums.pairs++;
    meter->sums.input += sums.input / (3.0 * (double)sums.pixels);
    meter->sums.output += sums.output / (3.0 * (double)sums.pixels);
    meter->sums.ink += sums.ink > 0 ? (double)sums.ink_alone / (double)sums.ink : 0.0;
}

enum cg_status cg_flicker_meter_add(struct cg_flicker_meter *meter, const uint8_t *input,
                                    const uint8_t *output, struct cg_error *error)
{
    swap_frames(meter);
    take_frame(meter, input, output);
    if (meter->frames++ == 0)
        return CG_OK;
    enum cg_status status = cg_flow_find(meter->flow, meter->pool, meter->luma[0], meter->luma[1],
                                         meter->width, meter->height, meter->back, error);
    if (status == CG_OK)
        status = cg_flow_find(meter->flow, meter->pool, meter->luma[1], meter->luma[0],
                              meter->width, meter->height, meter->forth, error);
    if (status == CG_OK)
        add_pair(meter);
    return status;
}

struct cg_flicker cg_flicker_meter_result(const struct cg_flicker_meter *meter)
{
    struct cg_flicker result = meter->sums;
    double pairs = result.pairs > 0 ? (double)result.pairs : 1.0;
    result.input /= pairs;
    result.output /= pairs;
    result.ink /= pairs;
    return result;
}
