/*
 * Tones and palette of the colour layer. What a colour becomes depends on nothing but itself, so it
 * is worked out in Oklab for some colours, evenly laid out, and read between them from the
 * tetrahedron that a colour lies in: greys lie on an edge of it and stay grey.
 *
 *   contrast c    L' = 0.5 + c (L - 0.5) for c < 1, else L^c / (L^c + (1 - L)^c), which has the
 *                 slope c at 0.5 and keeps black and white
 *   saturation s  chroma * s; what sRGB does not hold loses chroma, not hue
 *   palette       cg_palette_apply
 */
#include "comic/finish_parts.h"

#include "base/luma.h"
#include "base/multiversion.h"
#include "image/oklab.h"

#include <math.h>
#include <string.h>

#define GREY 1e-4f /* chroma that is rounding alone */

size_t cg_finish_tone_floats(const struct cg_finish_tone *grade)
{
    size_t nodes = (size_t)grade->nodes;
    return 3 * nodes * nodes * nodes;
}

static float contrast_of(float lightness, float contrast)
{
    if (contrast <= 1.0f)
        return 0.5f + contrast * (lightness - 0.5f);
    float l = fminf(fmaxf(lightness, 0.0f), 1.0f);
    float up = powf(l, contrast), down = powf(1.0f - l, contrast);
    return up / (up + down);
}

void cg_finish_tone_tone(const void *context, float lab[3])
{
    const struct cg_finish_tone *grade = context;
    lab[0] = contrast_of(lab[0], grade->contrast);
    lab[1] *= grade->saturation;
    lab[2] *= grade->saturation;
}

static void grade_node(const struct cg_finish_tone *grade, const float encoded[3], float out[3])
{
    float linear[3], lab[3];
    for (int c = 0; c < 3; c++)
        linear[c] = cg_srgb_decode(encoded[c]);
    cg_oklab_from_linear(linear, lab);
    cg_finish_tone_tone(grade, lab);
    cg_palette_apply(&grade->palette, lab);
    if (fabsf(lab[1]) < GREY && fabsf(lab[2]) < GREY) {
        float light = fmaxf(lab[0], 0.0f);
        linear[0] = linear[1] = linear[2] = light * light * light;
    } else {
        cg_oklab_to_gamut(lab, linear);
    }
    for (int c = 0; c < 3; c++)
        out[c] = 255.0f * cg_srgb_encode(linear[c]);
}

void cg_finish_tone_fill(const struct cg_finish_tone *grade, int red)
{
    float step = 1.0f / (float)(grade->nodes - 1);
    float *out = grade->table + (size_t)red * (cg_finish_tone_floats(grade) / (size_t)grade->nodes);
    for (int green = 0; green < grade->nodes; green++)
        for (int blue = 0; blue < grade->nodes; blue++, out += 3)
            grade_node(grade,
                       (const float[3]){(float)red * step, (float)green * step, (float)blue * step},
                       out);
}

/* Order of the fractions, the greatest first. */
static void sort_axes(const float fraction[3], int axis[3])
{
    int a = 0, b = 1, c = 2, swap;
    if (fraction[a] < fraction[b])
        swap = a, a = b, b = swap;
    if (fraction[b] < fraction[c])
        swap = b, b = c, c = swap;
    if (fraction[a] < fraction[b])
        swap = a, a = b, b = swap;
    axis[0] = a;
    axis[1] = b;
    axis[2] = c;
}

void cg_finish_tone_row(const struct cg_finish_tone *grade, float *colour, size_t count)
{
    const int last = grade->nodes - 1;
    const size_t nodes = (size_t)grade->nodes;
    const size_t stride[3] = {3 * nodes * nodes, 3 * nodes, 3};
    for (float *pixel = colour; pixel < colour + 3 * count; pixel += 3) {
        const float *node = grade->table;
        float fraction[3];
        int axis[3];
        for (int c = 0; c < 3; c++) {
            float place = pixel[c] * ((float)last / 255.0f);
            int index = (int)place < last ? (int)place : last - 1;
            fraction[c] = place - (float)index;
            node += (size_t)index * stride[c];
        }
        sort_axes(fraction, axis);
        float sum[3];
        for (int c = 0; c < 3; c++)
            sum[c] = (1.0f - fraction[axis[0]]) * node[c];
        for (int k = 0; k < 3; k++) {
            node += stride[axis[k]];
            float weight = fraction[axis[k]] - (k < 2 ? fraction[axis[k + 1]] : 0.0f);
            for (int c = 0; c < 3; c++)
                sum[c] += weight * node[c];
        }
        memcpy(pixel, sum, sizeof(sum));
    }
}

void cg_finish_tone_layer(const struct cg_finish_tone *grade, float *colour, size_t count)
{
    for (size_t i = 0; i < 3 * count; i++) {
        float value = colour[i] > 0.0f ? 255.0f * colour[i] : 0.0f;
        colour[i] = value < 255.0f ? value : 255.0f;
    }
    cg_finish_tone_row(grade, colour, count);
    for (size_t i = 0; i < 3 * count; i++)
        colour[i] *= 1.0f / 255.0f;
}

CG_MULTIVERSION
static void mix_with_luma(float saturation, float *photo, size_t count)
{
    for (size_t i = 0; i < 3 * count; i += 3) {
        float luma = cg_luma_of(photo + i);
        for (size_t c = 0; c < 3; c++)
            photo[i + c] = luma + saturation * (photo[i + c] - luma);
    }
}

void cg_finish_tone_guide(const struct cg_finish_tone *grade, float *photo, size_t count)
{
    if (grade->saturation < 1.0f)
        mix_with_luma(grade->saturation, photo, count);
}
