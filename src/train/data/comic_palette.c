/* A style's palette: see comic_palette.h. The map is baked into a table of colours (a 3D LUT). */
#include "train/data/comic_palette.h"

#include "base/clamp.h"
#include "base/memory.h"
#include "base/multiversion.h"
#include "image/oklab.h"

#include <math.h>
#include <stdlib.h>

/* How far each part goes at strength 1: measured by eye on four kinds of comics. */
#define TONE_SHARE 0.6f
#define TINT_SHARE 0.9f
#define CHROMA_SHARE 0.8f

#define LEVELS 64 /* of lightness, in curves */
#define TONE_SLOPE_MIN 0.35f
#define TONE_SLOPE_MAX 1.8f
#define TONE_SMOOTH 3.5f /* levels */
#define MEAN_WIDTH 0.06f /* of lightness, over which means are taken */
#define MEAN_FEW 0.002f  /* fraction of pixels that is few: then the mean goes to grey */
#define CHROMA_FLOOR 0.004f
#define CHROMA_GAIN_MAX 1.6f
#define SIDE 33 /* of the table */

struct curve {
    float at[LEVELS];
};

struct cg_comic_palette {
    float table[SIDE][SIDE][SIDE][4]; /* by red, green, blue; the last number makes it a vector */
};

/* A sample's statistics: by lightness, the fraction of darker pixels and the colours there. */
struct portrait {
    struct curve below, a, b, chroma;
};

static float read_curve(const struct curve *curve, float lightness)
{
    float at = fminf(fmaxf(lightness, 0.0f), 1.0f) * (LEVELS - 1);
    int index = at >= LEVELS - 1 ? LEVELS - 2 : (int)at;
    float share = at - (float)index;
    return curve->at[index] + share * (curve->at[index + 1] - curve->at[index]);
}

/* Where a rising curve reaches a value. */
static float invert_curve(const struct curve *curve, float value)
{
    int low = 0, high = LEVELS - 1;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        *(curve->at[middle] > value ? &high : &low) = middle;
    }
    float rise = curve->at[high] - curve->at[low];
    float share = rise > 0.0f ? fminf(fmaxf((value - curve->at[low]) / rise, 0.0f), 1.0f) : 0.5f;
    return ((float)low + share) / (LEVELS - 1);
}

/* curve = weighted mean around each level, extended by odd reflection, so that a straight line
 * stays one. */
static void smooth_curve(struct curve *curve, float sigma)
{
    struct curve in = *curve;
    const int reach = (int)(2.5f * sigma);
    for (int i = 0; i < LEVELS; i++) {
        float sum = 0.0f, weights = 0.0f;
        for (int k = -reach; k <= reach; k++) {
            int j = i + k, last = LEVELS - 1;
            float value = j < 0      ? 2.0f * in.at[0] - in.at[-j]
                          : j > last ? 2.0f * in.at[last] - in.at[2 * last - j]
                                     : in.at[j];
            float weight = expf(-0.5f * (float)(k * k) / (sigma * sigma));
            sum += weight * value;
            weights += weight;
        }
        curve->at[i] = sum / weights;
    }
}

static void to_lab(const float *pixel, float lab[3])
{
    float linear[3];
    for (int c = 0; c < 3; c++)
        linear[c] = cg_srgb_decode(pixel[c]);
    cg_oklab_from_linear(linear, lab);
}

/* ---- portraits ---- */

static int level_of(float lightness)
{
    int level = (int)(lightness * (LEVELS - 1) + 0.5f);
    return cg_clamp_index(level, LEVELS);
}

/* Sums at each level made means over MEAN_WIDTH; rare levels go to zero. */
static void spread_means(const double sums[LEVELS], const double counts[LEVELS], size_t total,
                         struct curve *out)
{
    const double few = (double)MEAN_FEW * (double)total;
    for (int i = 0; i < LEVELS; i++) {
        double sum = 0.0, count = 0.0;
        for (int j = 0; j < LEVELS; j++) {
            double away = (double)(i - j) / (LEVELS - 1) / (double)MEAN_WIDTH;
            double weight = exp(-0.5 * away * away);
            sum += weight * sums[j];
            count += weight * counts[j];
        }
        out->at[i] = (float)(sum / (count + few));
    }
}

static void draw_portrait(struct cg_comic_palette_sample sample, struct portrait *out)
{
    double counts[LEVELS] = {0}, a[LEVELS] = {0}, b[LEVELS] = {0}, chroma[LEVELS] = {0};
    float lab[3];
    for (size_t i = 0; i < sample.count; i++) {
        to_lab(sample.pixels + 3 * i, lab);
        int level = level_of(lab[0]);
        counts[level] += 1.0;
        a[level] += (double)lab[1];
        b[level] += (double)lab[2];
    }
    spread_means(a, counts, sample.count, &out->a);
    spread_means(b, counts, sample.count, &out->b);
    for (size_t i = 0; i < sample.count; i++) {
        to_lab(sample.pixels + 3 * i, lab);
        chroma[level_of(lab[0])] += (double)hypotf(lab[1] - read_curve(&out->a, lab[0]),
                                                   lab[2] - read_curve(&out->b, lab[0]));
    }
    spread_means(chroma, counts, sample.count, &out->chroma);
    double below = 0.0;
    for (int i = 0; i < LEVELS; i++) {
        out->below.at[i] = (float)((below + 0.5 * counts[i]) / (double)sample.count);
        below += counts[i];
    }
}

/* ---- the map ---- */

/* The lightness below which the same fraction of the comics lies, moved only part of the way and
 * with bounded slopes. */
static struct curve match_tones(const struct portrait *from, const struct portrait *to, float share)
{
    struct curve tone;
    for (int i = 0; i < LEVELS; i++) {
        float lightness = (float)i / (LEVELS - 1);
        tone.at[i] = lightness + share * (invert_curve(&to->below, from->below.at[i]) - lightness);
    }
    smooth_curve(&tone, TONE_SMOOTH);
    float before = tone.at[0], shift = 0.0f;
    for (int i = 1; i < LEVELS; i++) {
        float slope = (tone.at[i] - before) * (LEVELS - 1);
        before = tone.at[i];
        slope = fminf(fmaxf(slope, TONE_SLOPE_MIN), TONE_SLOPE_MAX);
        tone.at[i] = tone.at[i - 1] + slope / (LEVELS - 1);
    }
    /* bounded slopes may lead past white: then the whole curve comes down */
    shift = fmaxf(tone.at[LEVELS - 1] - 1.0f, 0.0f);
    for (int i = 0; i < LEVELS; i++)
        tone.at[i] = fmaxf(tone.at[i] - shift * (float)i / (LEVELS - 1), 0.0f);
    return tone;
}

static void map_colour(const struct portrait *from, const struct portrait *to,
                       const struct curve *tone, float strength, float lab[3])
{
    float old = lab[0], lightness = read_curve(tone, old);
    float from_a = read_curve(&from->a, old), from_b = read_curve(&from->b, old);
    float to_a = read_curve(&to->a, lightness), to_b = read_curve(&to->b, lightness);
    float gain = (read_curve(&to->chroma, lightness) + CHROMA_FLOOR) /
                 (read_curve(&from->chroma, old) + CHROMA_FLOOR);
    gain = powf(fminf(gain, CHROMA_GAIN_MAX), strength * CHROMA_SHARE);
    lab[0] = lightness;
    lab[1] = from_a + strength * TINT_SHARE * (to_a - from_a) + gain * (lab[1] - from_a);
    lab[2] = from_b + strength * TINT_SHARE * (to_b - from_b) + gain * (lab[2] - from_b);
}

static void bake(const struct portrait *from, const struct portrait *to, float strength,
                 struct cg_comic_palette *grade)
{
    const struct curve tone = match_tones(from, to, strength * TONE_SHARE);
    for (int r = 0; r < SIDE; r++)
        for (int g = 0; g < SIDE; g++)
            for (int b = 0; b < SIDE; b++) {
                const float pixel[3] = {(float)r / (SIDE - 1), (float)g / (SIDE - 1),
                                        (float)b / (SIDE - 1)};
                float lab[3], linear[3];
                to_lab(pixel, lab);
                map_colour(from, to, &tone, strength, lab);
                cg_oklab_to_gamut(lab, linear);
                for (int c = 0; c < 3; c++)
                    grade->table[r][g][b][c] = (float)cg_srgb_encode_byte(linear[c]) / 255.0f;
            }
}

enum cg_status cg_comic_palette_create(struct cg_comic_palette_sample from,
                                       struct cg_comic_palette_sample to, float strength,
                                       struct cg_comic_palette **out, struct cg_error *error)
{
    *out = NULL;
    if (from.count == 0 || to.count == 0)
        return cg_fail(error, CG_ERR_ARGUMENT, "palette: expected pixels to learn it from");
    struct cg_comic_palette *grade = cg_alloc_zero(1, sizeof(*grade), "palette", error);
    struct portrait *portraits = cg_alloc(2, sizeof(*portraits), "palette", error);
    if (grade == NULL || portraits == NULL) {
        free(portraits);
        free(grade);
        return CG_ERR_MEMORY;
    }
    draw_portrait(from, &portraits[0]);
    draw_portrait(to, &portraits[1]);
    bake(&portraits[0], &portraits[1], strength, grade);
    free(portraits);
    *out = grade;
    return CG_OK;
}

void cg_comic_palette_free(struct cg_comic_palette *grade)
{
    free(grade);
}

/* Where a value lies between two entries of the table. */
static inline int place(float value, float *share)
{
    float at = (value > 0.0f ? value < 1.0f ? value : 1.0f : 0.0f) * (SIDE - 1);
    int index = at >= SIDE - 1 ? SIDE - 2 : (int)at;
    *share = at - (float)index;
    return index;
}

typedef float colour __attribute__((vector_size(16), may_alias));

static inline colour between(colour a, colour b, float share)
{
    return a + share * (b - a);
}

CG_MULTIVERSION
void cg_comic_palette_apply(const struct cg_comic_palette *grade, float *pixels, size_t count)
{
    for (size_t i = 0; i < count; i++, pixels += 3) {
        float red, green, blue;
        int r = place(pixels[0], &red), g = place(pixels[1], &green), b = place(pixels[2], &blue);
        const colour *low = (const colour *)grade->table[r][g][b];
        const colour *high = low + SIDE * SIDE;
        colour at_low =
            between(between(low[0], low[1], blue), between(low[SIDE], low[SIDE + 1], blue), green);
        colour at_high = between(between(high[0], high[1], blue),
                                 between(high[SIDE], high[SIDE + 1], blue), green);
        colour mixed = between(at_low, at_high, red);
        for (int c = 0; c < 3; c++)
            pixels[c] = mixed[c];
    }
}
