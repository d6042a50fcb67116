/*
 * Colour for the teacher: sRGB to and from Oklab (Ottosson 2020, "A perceptual color space for
 * image processing"), and the comic's tones.
 *
 * Oklab's lightness is even and its hue does not turn when lightness or chroma change, so all of
 * the style's colour is one curve on L and one gain on chroma; faces keep their hue.
 *
 *   brighten   L1 = L + k L (1 - L)^2: shadows and midtones rise, highlights keep their shading;
 *              less for rich colours, which have no brighter kin of the same chroma
 *   lift       L2 = floor + (1 - floor) L1: shadows are coloured, black is the ink's task
 *   steps      soft quantisation (Winnemoeller, Olsen and Gooch 2006, section 3.3): flat treads
 *              with risers of a fixed share of a step. Across a slow gradient (sky) a riser is
 *              wide and cannot be seen, across a shadow's border it is a clean edge.
 *
 * Nothing depends on the picture as a whole: what a pixel becomes can be told from around it.
 */
#include "train/target_layers.h"

#include <math.h>

#define TONE_BRIGHTEN 0.85f
#define TONE_FLOOR 0.05f
#define TONE_STEPS 8.0f
#define TONE_RISER 0.32f /* share of a step that is slope */
#define TONE_HOLD 0.10f  /* share of the photo's own shading that remains */
#define CHROMA_GAIN 1.22f
#define CHROMA_RISE_MAX 1.25f /* chroma follows lightness up to here: the same saturation */
#define CHROMA_RICH 0.22f /* chroma from which colours are rich enough: no gain, no brightening */
#define PAPER_FROM 0.94f  /* lightness from which colours go to paper */
#define PAPER_TO 1.0f

static float decode_byte(int value)
{
    float v = (float)value / 255.0f;
    return v <= 0.04045f ? v / 12.92f : powf((v + 0.055f) / 1.055f, 2.4f);
}

static void lab_from_linear(float r, float g, float b, float lab[3])
{
    float l = cbrtf(0.4122214708f * r + 0.5363325363f * g + 0.0514459929f * b);
    float m = cbrtf(0.2119034982f * r + 0.6806995451f * g + 0.1073969566f * b);
    float s = cbrtf(0.0883024619f * r + 0.2817188376f * g + 0.6299787005f * b);
    lab[0] = 0.2104542553f * l + 0.7936177850f * m - 0.0040720468f * s;
    lab[1] = 1.9779984951f * l - 2.4285922050f * m + 0.4505937099f * s;
    lab[2] = 0.0259040371f * l + 0.7827717662f * m - 0.8086757660f * s;
}

static void linear_from_lab(const float lab[3], float rgb[3])
{
    float l = lab[0] + 0.3963377774f * lab[1] + 0.2158037573f * lab[2];
    float m = lab[0] - 0.1055613458f * lab[1] - 0.0638541728f * lab[2];
    float s = lab[0] - 0.0894841775f * lab[1] - 1.2914855480f * lab[2];
    l = l * l * l;
    m = m * m * m;
    s = s * s * s;
    rgb[0] = 4.0767416621f * l - 3.3077115913f * m + 0.2309699292f * s;
    rgb[1] = -1.2684380046f * l + 2.6097574011f * m - 0.3413193965f * s;
    rgb[2] = -0.0041960863f * l - 0.7034186147f * m + 1.7076147010f * s;
}

void cg_colour_decode(const struct cg_image *photo, const struct cg_lab *lab)
{
    float linear[256];
    for (int i = 0; i < 256; i++)
        linear[i] = decode_byte(i);
    for (int y = 0; y < photo->height; y++) {
        const uint8_t *in = photo->pixels + (size_t)y * (size_t)photo->width * 3;
        for (int x = 0; x < photo->width; x++, in += 3) {
            float value[3];
            lab_from_linear(linear[in[0]], linear[in[1]], linear[in[2]], value);
            for (int c = 0; c < 3; c++)
                lab->c[c].v[y * lab->c[c].stride + x] = value[c];
        }
    }
    for (int c = 0; c < 3; c++)
        cg_plane_replicate(&lab->c[c]);
}

static float tone_curve(float lightness, float rich)
{
    float l = lightness < 0.0f ? 0.0f : lightness > 1.0f ? 1.0f : lightness;
    float lift = TONE_FLOOR * (1.0f - l) + TONE_BRIGHTEN * l * (1.0f - l) * (1.0f - l);
    return l + (1.0f - rich) * lift;
}

static float tone_steps(float lightness)
{
    float scaled = lightness * TONE_STEPS, tread = floorf(scaled), within = scaled - tread;
    float riser = cg_smoothstep(0.5f - TONE_RISER / 2, 0.5f + TONE_RISER / 2, within);
    return TONE_HOLD * lightness + (1.0f - TONE_HOLD) * (tread + riser) / TONE_STEPS;
}

static void tone_pixel(float *lightness, float *a, float *b)
{
    float rich = cg_smoothstep(0.4f * CHROMA_RICH, CHROMA_RICH, sqrtf(*a * *a + *b * *b));
    float toned = tone_steps(tone_curve(*lightness, rich));
    float rise = toned / (*lightness > 0.2f ? *lightness : 0.2f);
    rise = rise < 1.0f ? 1.0f : rise > CHROMA_RISE_MAX ? CHROMA_RISE_MAX : rise;
    float paper = cg_smoothstep(PAPER_FROM, PAPER_TO, toned);
    float gain = (1.0f + (CHROMA_GAIN * rise - 1.0f) * (1.0f - rich)) * (1.0f - 0.5f * paper);
    *lightness = toned + paper * (1.0f - toned);
    *a *= gain;
    *b *= gain;
}

void cg_colour_tone(const struct cg_lab *lab)
{
    for (int y = 0; y < lab->c[0].height; y++) {
        float *l = cg_plane_row(&lab->c[0], y), *a = cg_plane_row(&lab->c[1], y);
        float *b = cg_plane_row(&lab->c[2], y);
        for (int x = 0; x < lab->c[0].width; x++)
            tone_pixel(&l[x], &a[x], &b[x]);
    }
}

static uint8_t encode_byte(float v)
{
    v = v < 0.0f ? 0.0f : v > 1.0f ? 1.0f : v;
    v = v <= 0.0031308f ? 12.92f * v : 1.055f * powf(v, 1.0f / 2.4f) - 0.055f;
    return (uint8_t)(v * 255.0f + 0.5f);
}

static int in_gamut(const float rgb[3])
{
    const float slack = 0.002f;
    return rgb[0] > -slack && rgb[1] > -slack && rgb[2] > -slack && rgb[0] < 1.0f + slack &&
           rgb[1] < 1.0f + slack && rgb[2] < 1.0f + slack;
}

/* The most chroma of this hue and lightness that sRGB holds, by bisection. */
static void fit_gamut(const float lab[3], float rgb[3])
{
    linear_from_lab(lab, rgb);
    if (in_gamut(rgb))
        return;
    float inside = 0.0f, outside = 1.0f;
    for (int i = 0; i < 8; i++) {
        float share = 0.5f * (inside + outside);
        linear_from_lab((const float[3]){lab[0], lab[1] * share, lab[2] * share}, rgb);
        *(in_gamut(rgb) ? &inside : &outside) = share;
    }
    linear_from_lab((const float[3]){lab[0], lab[1] * inside, lab[2] * inside}, rgb);
}

void cg_colour_encode(const struct cg_lab *lab, struct cg_image *colour)
{
    for (int y = 0; y < colour->height; y++) {
        uint8_t *out = colour->pixels + (size_t)y * (size_t)colour->width * 3;
        for (int x = 0; x < colour->width; x++, out += 3) {
            float value[3], rgb[3];
            for (int c = 0; c < 3; c++)
                value[c] = lab->c[c].v[y * lab->c[c].stride + x];
            fit_gamut(value, rgb);
            for (int c = 0; c < 3; c++)
                out[c] = encode_byte(rgb[c]);
        }
    }
}
