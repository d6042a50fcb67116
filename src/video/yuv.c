/*
 * Planes and pixels: see yuv.h. With luma weights kr, kg, kb and values 0 to 1:
 *
 *     y = kr r + kg g + kb b     u = (b - y) / (2 (1 - kb))     v = (r - y) / (2 (1 - kr))
 *
 * A row at a time, in floats: chroma of the row at full width first, then the matrix.
 */
#include "video/yuv.h"

#include "base/clamp.h"
#include "base/memory.h"
#include "base/multiversion.h"

#include <stdlib.h>
#include <string.h>

/* From this width on, a video is taken for Rec. 709. */
#define HD_WIDTH 1280
#define HD_HEIGHT 720

struct cg_yuv {
    struct cg_y4m_format format;
    int chroma_width, chroma_height;
    float kr, kg, kb;
    float luma_low, luma_scale, chroma_scale; /* bytes for 0, bytes from 0 to 1 */
    float *rows; /* u and v of up to two rows, at full width plus a column on each side, a luma
                  * row and an output row */
    size_t row_count;
    uint8_t *bytes; /* a deep frame's planes in 8 bits */
};

enum cg_status cg_yuv_create(const struct cg_y4m_format *format, struct cg_yuv **out,
                             struct cg_error *error)
{
    bool hd = format->width >= HD_WIDTH || format->height >= HD_HEIGHT, given = format->kr > 0.0f;
    *out = NULL;
    struct cg_yuv *yuv = cg_alloc_zero(1, sizeof(*yuv), "colour conversion", error);
    if (yuv == NULL)
        return CG_ERR_MEMORY;
    yuv->format = *format;
    yuv->chroma_width = cg_y4m_chroma_width(format);
    yuv->chroma_height = cg_y4m_chroma_height(format);
    yuv->kr = given ? format->kr : hd ? 0.2126f : 0.299f;
    yuv->kb = given ? format->kb : hd ? 0.0722f : 0.114f;
    yuv->kg = 1.0f - yuv->kr - yuv->kb;
    yuv->luma_low = format->full_range ? 0.0f : 16.0f;
    yuv->luma_scale = format->full_range ? 255.0f : 219.0f;
    yuv->chroma_scale = format->full_range ? 255.0f : 224.0f;
    yuv->row_count = (size_t)format->width + 4;
    yuv->rows = cg_alloc(8 * yuv->row_count, sizeof(float), "colour conversion", error);
    if (format->depth > 8)
        yuv->bytes = cg_alloc(cg_y4m_frame_nbytes(format) / 2, 1, "colour conversion", error);
    if (yuv->rows == NULL || (format->depth > 8 && yuv->bytes == NULL)) {
        cg_yuv_free(yuv);
        return CG_ERR_MEMORY;
    }
    *out = yuv;
    return CG_OK;
}

void cg_yuv_free(struct cg_yuv *yuv)
{
    if (yuv == NULL)
        return;
    free(yuv->bytes);
    free(yuv->rows);
    free(yuv);
}

/* ---- to pixels ------------------------------------------------------------------------------- */

/* out = near + weight (far - near), less the middle */
CG_MULTIVERSION
static void mix_rows(const uint8_t *restrict near, const uint8_t *restrict far, float weight,
                     int count, float *restrict out)
{
    for (int i = 0; i < count; i++) {
        float value = (float)near[i];
        out[i] = value + weight * ((float)far[i] - value) - 128.0f;
    }
}

/* Double the columns; narrow has a repeated one on each side. width may be odd. */
CG_MULTIVERSION
static void widen(const float *restrict narrow, bool centred, int width, float *restrict out)
{
    float to_left = centred ? 0.25f : 0.0f, to_right = centred ? 0.25f : 0.5f;
    for (int i = 0; i < (width + 1) / 2; i++) {
        out[2 * i] = narrow[i] + to_left * (narrow[i - 1] - narrow[i]);
        out[2 * i + 1] = narrow[i] + to_right * (narrow[i + 1] - narrow[i]);
    }
}

/* A chroma plane's values at the pixels of row y. */
static void chroma_row(const struct cg_yuv *yuv, const uint8_t *plane, int y, float *scratch,
                       float *out)
{
    int near = y, far = y, width = yuv->chroma_width;
    float weight = 0.0f;
    if (yuv->format.chroma == CG_Y4M_420) {
        near = y / 2;
        far = cg_clamp_index(near + (y % 2 != 0 ? 1 : -1), yuv->chroma_height);
        weight = 0.25f;
    }
    bool narrow = yuv->format.chroma != CG_Y4M_444;
    float *mixed = narrow ? scratch + 1 : out;
    mix_rows(plane + (size_t)near * (size_t)width, plane + (size_t)far * (size_t)width, weight,
             width, mixed);
    if (!narrow)
        return;
    mixed[-1] = mixed[0];
    mixed[width] = mixed[width - 1];
    widen(mixed, yuv->format.chroma_centred, yuv->format.width, out);
}

CG_MULTIVERSION
static void matrix_to_rgb(const struct cg_yuv *yuv, const uint8_t *restrict luma,
                          const float *restrict u, const float *restrict v,
                          uint8_t *restrict pixels)
{
    const float scale = 255.0f / yuv->luma_scale, chroma = 255.0f / yuv->chroma_scale;
    const float low = yuv->luma_low;
    const float red = 2.0f * (1.0f - yuv->kr) * chroma, blue = 2.0f * (1.0f - yuv->kb) * chroma;
    const float green_u = -yuv->kb / yuv->kg * blue, green_v = -yuv->kr / yuv->kg * red;
    const int width = yuv->format.width;
    for (int x = 0; x < width; x++) {
        float y = ((float)luma[x] - low) * scale;
        pixels[3 * x] = cg_byte_of(y + red * v[x]);
        pixels[3 * x + 1] = cg_byte_of(y + green_u * u[x] + green_v * v[x]);
        pixels[3 * x + 2] = cg_byte_of(y + blue * u[x]);
    }
}

/* Deep samples to bytes: 2^(depth - 8) to one, over a full range (2^depth - 1) / 255. */
static void planes_to_bytes(const struct cg_yuv *yuv, const uint8_t *planes)
{
    size_t count = cg_y4m_frame_nbytes(&yuv->format) / 2;
    float most = (float)((1 << yuv->format.depth) - 1);
    float scale = yuv->format.full_range ? 255.0f / most : 256.0f / (most + 1.0f);
    for (size_t i = 0; i < count; i++)
        yuv->bytes[i] = cg_byte_of(scale * (float)(planes[2 * i] | planes[2 * i + 1] << 8));
}

static void planes_to_rgb(struct cg_yuv *yuv, const uint8_t *planes, uint8_t *pixels)
{
    size_t width = (size_t)yuv->format.width, luma_count = width * (size_t)yuv->format.height;
    size_t chroma_count = (size_t)yuv->chroma_width * (size_t)yuv->chroma_height;
    float *scratch = yuv->rows, *u = scratch + yuv->row_count, *v = u + yuv->row_count;
    bool mono = yuv->format.chroma == CG_Y4M_MONO;
    memset(u, 0, 2 * yuv->row_count * sizeof(float));
    for (int y = 0; y < yuv->format.height; y++) {
        if (!mono) {
            chroma_row(yuv, planes + luma_count, y, scratch, u);
            chroma_row(yuv, planes + luma_count + chroma_count, y, scratch, v);
        }
        matrix_to_rgb(yuv, planes + (size_t)y * width, u, v, pixels + 3 * (size_t)y * width);
    }
}

void cg_yuv_to_rgb(struct cg_yuv *yuv, const uint8_t *planes, uint8_t *pixels)
{
    if (yuv->bytes != NULL)
        planes_to_bytes(yuv, planes);
    planes_to_rgb(yuv, yuv->bytes != NULL ? yuv->bytes : planes, pixels);
}

/* ---- from pixels ----------------------------------------------------------------------------- */

/* As floats: luma in units of bytes, chroma likewise, less the middle. */
CG_MULTIVERSION
static void matrix_from_rgb(const struct cg_yuv *yuv, const uint8_t *restrict pixels,
                            float *restrict luma, float *restrict u, float *restrict v)
{
    const float kr = yuv->kr, kg = yuv->kg, kb = yuv->kb, low = yuv->luma_low;
    const float scale = yuv->luma_scale / 255.0f, chroma = yuv->chroma_scale / 255.0f;
    const float to_u = chroma * 0.5f / (1.0f - kb), to_v = chroma * 0.5f / (1.0f - kr);
    const int width = yuv->format.width;
    for (int x = 0; x < width; x++) {
        float r = (float)pixels[3 * x], g = (float)pixels[3 * x + 1], b = (float)pixels[3 * x + 2];
        float y = kr * r + kg * g + kb * b;
        luma[x] = low + scale * y;
        u[x] = to_u * (b - y);
        v[x] = to_v * (r - y);
    }
}

CG_MULTIVERSION
static void store_bytes(const float *restrict row, float middle, int count, uint8_t *restrict out)
{
    for (int i = 0; i < count; i++)
        out[i] = cg_byte_of(row[i] + middle);
}

/* `begin` is the sample of the planes that row[0] becomes; middle is in bytes. */
static void store_row(const struct cg_yuv *yuv, const float *row, float middle, int count,
                      size_t begin, uint8_t *planes)
{
    if (yuv->format.depth == 8) {
        store_bytes(row, middle, count, planes + begin);
        return;
    }
    const float most = (float)((1 << yuv->format.depth) - 1), one = (most + 1.0f) / 256.0f;
    const float scale = yuv->format.full_range ? most / 255.0f : one;
    for (int i = 0; i < count; i++) {
        float value = scale * row[i] + one * middle;
        int sample = (int)(cg_clamp(value, 0.0f, most) + 0.5f);
        planes[2 * (begin + (size_t)i)] = (uint8_t)sample;
        planes[2 * (begin + (size_t)i) + 1] = (uint8_t)(sample >> 8);
    }
}

/* The mean of two rows, into the first. */
CG_MULTIVERSION
static void mean_row(float *upper, const float *lower, int width)
{
    for (int x = 0; x < width; x++)
        upper[x] = 0.5f * (upper[x] + lower[x]);
}

CG_MULTIVERSION
static void mean_columns(const float *restrict row, int count, float *restrict out)
{
    for (int i = 0; i < count; i++)
        out[i] = 0.5f * (row[2 * i] + row[2 * i + 1]);
}

/* 1 2 1 around every second column. */
CG_MULTIVERSION
static void smooth_columns(const float *restrict row, int count, float *restrict out)
{
    for (int i = 0; i < count; i++)
        out[i] = 0.25f * (row[2 * i - 1] + row[2 * i + 1]) + 0.5f * row[2 * i];
}

/* One chroma row from two rows of full width (the same one twice except for 4:2:0), which have room
 * for a column on each side. Returns upper or out. */
static const float *small_row(const struct cg_yuv *yuv, float *upper, const float *lower,
                              float *out)
{
    int width = yuv->format.width;
    mean_row(upper, lower, width);
    upper[-1] = upper[0];
    upper[width] = upper[width - 1];
    if (yuv->format.chroma == CG_Y4M_444)
        return upper;
    if (yuv->format.chroma_centred)
        mean_columns(upper, yuv->chroma_width, out);
    else
        smooth_columns(upper, yuv->chroma_width, out);
    return out;
}

/* Rows y * rows on become luma, and their u and v the first of the two rows there. */
static void chroma_from_rows(struct cg_yuv *yuv, const uint8_t *pixels, int y, int rows,
                             uint8_t *planes)
{
    size_t width = (size_t)yuv->format.width, luma_count = width * (size_t)yuv->format.height;
    size_t chroma_width = (size_t)yuv->chroma_width, begin = luma_count + (size_t)y * chroma_width;
    float *luma = yuv->rows + 6 * yuv->row_count, *narrow = luma + yuv->row_count, *u[2], *v[2];
    int last = 0;
    for (int k = 0; k < 2; k++) {
        u[k] = yuv->rows + (size_t)(2 * k) * yuv->row_count + 1;
        v[k] = u[k] + yuv->row_count;
    }
    for (int k = 0; k < rows && y * rows + k < yuv->format.height; k++) {
        size_t row = (size_t)(y * rows + k);
        matrix_from_rgb(yuv, pixels + 3 * row * width, luma, u[k], v[k]);
        store_row(yuv, luma, 0.0f, yuv->format.width, row * width, planes);
        last = k;
    }
    if (yuv->format.chroma == CG_Y4M_MONO)
        return;
    store_row(yuv, small_row(yuv, u[0], u[last], narrow), 128.0f, yuv->chroma_width, begin, planes);
    store_row(yuv, small_row(yuv, v[0], v[last], narrow), 128.0f, yuv->chroma_width,
              begin + chroma_width * (size_t)yuv->chroma_height, planes);
}

void cg_yuv_from_rgb(struct cg_yuv *yuv, const uint8_t *pixels, uint8_t *planes)
{
    int rows = yuv->format.chroma == CG_Y4M_420 ? 2 : 1;
    for (int y = 0; y < yuv->chroma_height; y++)
        chroma_from_rows(yuv, pixels, y, rows, planes);
}
