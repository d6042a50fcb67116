/*
 * Flat colour with a light and a dark shape, and the comic's tones.
 *
 *   flatten    a region's mean is its base; where the smoothed picture leaves it by more than half
 *              a step of lightness, a whole step is taken, with a short riser (soft quantisation,
 *              Winnemoeller, Olsen and Gooch 2006, section 3.3, about the base instead of about 0):
 *              a shadow is a shape with an edge, and what varies little is one colour. Hue follows
 *              the base but for what differs from it by much. Skin has one base, its face's,
 * smaller steps with soft risers, and its own hue. brighten   L' = L + f (1 - L) + k (L (1 -
 * L))^1.5: midtones rise, highlights keep their shading, shadows are coloured (black is the ink's
 * task); less for rich colours, which have no brighter kin of the same chroma
 *
 * Oklab's hue does not turn when lightness or chroma change, so faces keep theirs.
 */
#include "train/teacher/teacher_steps.h"

#include "base/clamp.h"

#include <math.h>
#include <string.h>

#define TONES 64 /* more steps than lightness has */
#define STEP 0.10f
#define LIGHT_STEP 0.08f /* in what is light: folds of white cloth, clouds */
#define RISER 0.10f      /* share of a step that is slope */
#define SKIN_STEP 0.095f
#define SKIN_RISER 0.55f
#define HEAD_STEP 0.07f /* on heads, off the skin: hair, eyes, lips */
#define HEAD_RISER 0.5f
#define HOLD 0.04f       /* share of the shading within a step that remains */
#define HUE_SLACK 0.035f /* chroma that a pixel may lie off its region's and still take that */

#define BRIGHTEN 0.75f
#define SKIN_BRIGHTEN 0.35f
#define DARK_FROM 0.10f /* lightness up to which darkness stays */
#define DARK_TO 0.45f
#define FLOOR 0.02f
#define CHROMA_GAIN 1.24f
#define SKIN_CHROMA_GAIN 1.02f
#define WARM_A 0.70f /* skin's hue */
#define WARM_B 0.714f
#define LIGHT_GREY_GAIN 0.6f  /* white cloth stays white */
#define CHROMA_RISE_MAX 1.12f /* chroma follows lightness up to here: the same saturation */
#define CHROMA_RICH 0.24f  /* chroma from which colours are rich enough: no gain, no brightening */
#define CHROMA_GREY 0.012f /* chroma up to which a colour is meant to be grey */
#define PAPER_FROM 0.955f  /* lightness from which colours go to paper */
#define PAPER_TO 1.0f

static float mix(float a, float b, float share)
{
    return a + share * (b - a);
}

static float tread(float off, float step, float riser)
{
    float scaled = off / step + 0.5f * (1.0f - riser), whole = floorf(scaled),
          within = scaled - whole;
    float rise = cg_smoothstep(1.0f - riser, 1.0f, within);
    return step * (whole + rise);
}

/* What of off exceeds slack. */
static float beyond(float off, float slack)
{
    float size = fabsf(off);
    return size > slack ? off * (size - slack) / size : 0.0f;
}

/* Returns the step of lightness that value lies on, counted from the base. */
static int flatten_pixel(const float mean[3], float skin, float base, float head, float value[3])
{
    float foot = mix(mean[0], base, skin), off = value[0] - foot;
    float step = mix(STEP, LIGHT_STEP, cg_smoothstep(0.55f, 0.85f, foot));
    float flat = tread(off, step, RISER);
    float face = tread(off, HEAD_STEP, HEAD_RISER);
    float body = tread(off, SKIN_STEP, SKIN_RISER);
    float shade = mix(mix(flat, face, head), body, skin);
    value[0] = foot + mix(shade, off, HOLD);
    float slack = HUE_SLACK * (1.0f - skin) * (1.0f - 0.8f * head);
    for (int c = 1; c < 3; c++)
        value[c] = mix(mean[c], value[c], skin) + (1.0f - skin) * beyond(value[c] - mean[c], slack);
    return (int)floorf(off / step + 0.5f);
}

void cg_tone_heads(const struct cg_regions *regions, const struct cg_face_map *faces, float *share)
{
    memset(share, 0, (size_t)regions->count * sizeof *share);
    for (int y = 0; y < regions->height; y++)
        for (int x = 0; x < regions->width; x++) {
            int region = regions->label[y * regions->width + x];
            share[region] += faces->face.v[y * faces->face.stride + x] / regions->area_px[region];
        }
}

void cg_tone_flatten(const struct cg_lab *lab, const struct cg_regions *regions,
                     const struct cg_face_map *faces, const float *head_share,
                     const struct cg_lab *to, int *tone)
{
    for (int y = 0; y < regions->height; y++)
        for (int x = 0; x < regions->width; x++) {
            const ptrdiff_t i = y * faces->skin.stride + x;
            float value[3];
            for (int c = 0; c < 3; c++)
                value[c] = lab->c[c].v[y * lab->c[c].stride + x];
            const int region = regions->label[y * regions->width + x];
            /* what lies behind a head is drawn alike near it and far away */
            float head = faces->face.v[i] * cg_smoothstep(0.3f, 0.6f, head_share[region]);
            tone[y * regions->width + x] = TONES * region + TONES / 2 +
                                           flatten_pixel(regions->mean[region], faces->skin.v[i],
                                                         faces->base.v[i], head, value);
            for (int c = 0; c < 3; c++)
                to->c[c].v[y * to->c[c].stride + x] = value[c];
        }
    for (int c = 0; c < 3; c++)
        cg_plane_replicate(&to->c[c]);
}

static float tone_curve(float lightness, float amount)
{
    float l = cg_clamp_unit(lightness);
    float middle = l * (1.0f - l);
    return l + amount * middle * sqrtf(middle) * cg_smoothstep(DARK_FROM, DARK_TO, l);
}

static void print_pixel(float skin, float *lightness, float *a, float *b)
{
    float chroma = sqrtf(*a * *a + *b * *b);
    float rich = cg_smoothstep(0.4f * CHROMA_RICH, CHROMA_RICH, chroma);
    float toned = tone_curve(*lightness, mix(BRIGHTEN * (1.0f - rich), SKIN_BRIGHTEN, skin)) +
                  FLOOR * (1.0f - *lightness) * (1.0f - rich);
    float rise = toned / (*lightness > 0.2f ? *lightness : 0.2f);
    rise = rise < 1.0f ? 1.0f : rise > CHROMA_RISE_MAX ? CHROMA_RISE_MAX : rise;
    float paper = cg_smoothstep(PAPER_FROM, PAPER_TO, toned) *
                  (1.0f - cg_smoothstep(CHROMA_GREY, 2.5f * CHROMA_GREY, chroma));
    float gain = mix(CHROMA_GAIN * rise, SKIN_CHROMA_GAIN, skin);
    /* what has skin's hue, faces known or not, would turn orange */
    float warm = chroma > 0.0f ? (WARM_A * *a + WARM_B * *b) / chroma : 0.0f;
    gain = mix(gain, SKIN_CHROMA_GAIN, cg_smoothstep(0.90f, 0.98f, warm));
    gain = mix(LIGHT_GREY_GAIN, gain,
               mix(1.0f, cg_smoothstep(0.5f, 2.0f, chroma / CHROMA_GREY),
                   cg_smoothstep(0.7f, 0.85f, *lightness)));
    gain = mix(1.0f, gain, 1.0f - rich);
    *lightness = toned + paper * (1.0f - toned);
    *a *= gain * (1.0f - 0.8f * paper);
    *b *= gain * (1.0f - 0.8f * paper);
}

void cg_tone_print(const struct cg_lab *lab, const struct cg_face_map *faces)
{
    for (int y = 0; y < lab->c[0].height; y++) {
        float *l = cg_plane_row(&lab->c[0], y), *a = cg_plane_row(&lab->c[1], y);
        float *b = cg_plane_row(&lab->c[2], y);
        const float *skin = cg_plane_row(&faces->skin, y);
        for (int x = 0; x < lab->c[0].width; x++)
            print_pixel(skin[x], &l[x], &a[x], &b[x]);
    }
}
