/*
 * Colour for the teacher: the photo in Oklab (image/oklab.h) and the comic's tones.
 *
 * Oklab's lightness is even and its hue does not turn when lightness or chroma change, so all of
 * the style's colour is one curve on L and one gain on chroma; faces keep their hue.
 *
 *   brighten   L' = L + f (1 - L) + k (L (1 - L))^1.5: midtones rise, highlights keep their
 * shading, shadows are coloured (black is the ink's task); less for rich colours, which have no
 *              brighter kin of the same chroma
 *   steps      soft quantisation (Winnemoeller, Olsen and Gooch 2006, section 3.3): flat treads
 *              with risers of a fixed share of a step. Across a slow gradient (sky) a riser is
 *              wide and cannot be seen, across a shadow's border it is a clean edge.
 *
 * Nothing depends on the picture as a whole: what a pixel becomes can be told from around it.
 */
#include "image/oklab.h"
#include "train/teacher/target_layers.h"

#include <math.h>

#define TONE_BRIGHTEN 0.95f
#define TONE_FLOOR 0.045f
#define TONE_STEPS 8.0f
#define TONE_RISER 0.32f /* share of a step that is slope */
#define TONE_HOLD 0.10f  /* share of the photo's own shading that remains */
#define CHROMA_GAIN 1.2f
#define CHROMA_RISE_MAX 1.12f /* chroma follows lightness up to here: the same saturation */
#define CHROMA_RICH 0.22f /* chroma from which colours are rich enough: no gain, no brightening */
#define PAPER_FROM 0.94f  /* lightness from which colours go to paper */
#define PAPER_TO 1.0f

void cg_colour_decode(const struct cg_image *photo, const struct cg_lab *lab)
{
    float linear[256];
    for (int i = 0; i < 256; i++)
        linear[i] = cg_srgb_decode((float)i / 255.0f);
    for (int y = 0; y < photo->height; y++) {
        const uint8_t *in = photo->pixels + (size_t)y * (size_t)photo->width * 3;
        for (int x = 0; x < photo->width; x++, in += 3) {
            float value[3];
            cg_oklab_from_linear((const float[3]){linear[in[0]], linear[in[1]], linear[in[2]]},
                                 value);
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
    float middle = l * (1.0f - l);
    float lift = TONE_FLOOR * (1.0f - l) + TONE_BRIGHTEN * middle * sqrtf(middle);
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

void cg_colour_encode(const struct cg_lab *lab, struct cg_image *colour)
{
    for (int y = 0; y < colour->height; y++) {
        uint8_t *out = colour->pixels + (size_t)y * (size_t)colour->width * 3;
        for (int x = 0; x < colour->width; x++, out += 3) {
            float value[3], rgb[3];
            for (int c = 0; c < 3; c++)
                value[c] = lab->c[c].v[y * lab->c[c].stride + x];
            cg_oklab_to_gamut(value, rgb);
            for (int c = 0; c < 3; c++)
                out[c] = cg_srgb_encode_byte(rgb[c]);
        }
    }
}
