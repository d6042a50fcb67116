/*
 * Palettes: see palette.h. Counted by area alone, a picture's sky and wall would get all colours
 * and its red lips none, so weights grow only with a power of the area; and colours that differ in
 * hue are farther apart than Oklab has them, so that skin does not take the colour of the wall.
 */
#include "comic/palette.h"

#include "base/memory.h"
#include "image/oklab.h"

#include <math.h>
#include <stdlib.h>

/* The histogram: BINS for lightness 0 to 1 and for each opponent colour -OPPONENT to OPPONENT. */
#define BINS 32
#define OPPONENT 0.4f

#define SAMPLES_ACROSS 192 /* pixels that are counted, along each side */
#define AREA_POWER 0.5f
#define CHROMA_WEIGHT 2.0f /* of a difference in chroma against one in lightness */
#define ROUNDS 24
#define LEAST_SHARE 0.0004f /* of the samples; bins with fewer are noise */

struct point {
    float lab[3];
    float weight;
};

struct bin {
    float weight, sum[3];
};

static float distance_squared(const float a[3], const float b[3])
{
    float d0 = a[0] - b[0], d1 = CHROMA_WEIGHT * (a[1] - b[1]), d2 = CHROMA_WEIGHT * (a[2] - b[2]);
    return d0 * d0 + d1 * d1 + d2 * d2;
}

/* ---- the histogram --------------------------------------------------------------------------- */

/* A colour is shared out among the eight bins around it, so that noise does not move it at once. */
static void add_sample(struct bin *bins, const float lab[3])
{
    int first[3];
    float share[3];
    for (int c = 0; c < 3; c++) {
        float unit = c == 0 ? lab[0] : (lab[c] + OPPONENT) / (2.0f * OPPONENT);
        float place = fminf(fmaxf(unit, 0.0f), 1.0f) * (float)(BINS - 1);
        first[c] = place < (float)(BINS - 2) ? (int)place : BINS - 2;
        share[c] = place - (float)first[c];
    }
    for (int corner = 0; corner < 8; corner++) {
        float weight = 1.0f;
        int index = 0;
        for (int c = 0; c < 3; c++) {
            int up = corner >> c & 1;
            weight *= up ? share[c] : 1.0f - share[c];
            index = index * BINS + first[c] + up;
        }
        bins[index].weight += weight;
        for (int c = 0; c < 3; c++)
            bins[index].sum[c] += weight * lab[c];
    }
}

static void colour_to_lab(const float colour[3], float lab[3])
{
    float linear[3];
    for (int c = 0; c < 3; c++)
        linear[c] = cg_srgb_decode(fminf(fmaxf(colour[c], 0.0f), 1.0f));
    cg_oklab_from_linear(linear, lab);
}

/* Returns how many samples were counted. */
static int count_samples(const struct cg_layers *layers, cg_palette_tone tone, const void *context,
                         struct bin *bins)
{
    int across = layers->width < SAMPLES_ACROSS ? layers->width : SAMPLES_ACROSS;
    int down = layers->height < SAMPLES_ACROSS ? layers->height : SAMPLES_ACROSS;
    for (int j = 0; j < down; j++)
        for (int i = 0; i < across; i++) {
            size_t y = (size_t)(2 * j + 1) * (size_t)layers->height / (size_t)(2 * down);
            size_t x = (size_t)(2 * i + 1) * (size_t)layers->width / (size_t)(2 * across);
            float lab[3];
            colour_to_lab(layers->colour + 3 * (y * (size_t)layers->width + x), lab);
            tone(context, lab);
            add_sample(bins, lab);
        }
    return across * down;
}

/* The bins that count, as points at their mean colour. Returns how many. */
static int points_of(const struct bin *bins, int samples, struct point *points)
{
    int count = 0;
    for (int i = 0; i < BINS * BINS * BINS; i++) {
        /* a weight that begins at 0 does not jump when a bin crosses the limit */
        float share = bins[i].weight / (float)samples - LEAST_SHARE;
        if (share <= 0.0f)
            continue;
        struct point *point = &points[count++];
        for (int c = 0; c < 3; c++)
            point->lab[c] = bins[i].sum[c] / bins[i].weight;
        point->weight = powf(share, AREA_POWER);
    }
    return count;
}

/* ---- k-means --------------------------------------------------------------------------------- */

static int nearest_of(const struct cg_palette *palette, const float lab[3], float *distance)
{
    int nearest = 0;
    *distance = INFINITY;
    for (int k = 0; k < palette->count; k++) {
        float d = distance_squared(palette->lab[k], lab);
        if (d < *distance) {
            *distance = d;
            nearest = k;
        }
    }
    return nearest;
}

/* The point that the palette serves worst; -1 when it has them all. */
static int worst_served(const struct cg_palette *palette, const struct point *points, int count)
{
    int worst = -1;
    float most = 0.0f;
    for (int i = 0; i < count; i++) {
        float distance;
        nearest_of(palette, points[i].lab, &distance);
        float cost = points[i].weight * (palette->count == 0 ? 1.0f : distance);
        if (cost > most) {
            most = cost;
            worst = i;
        }
    }
    return worst;
}

static void move_to_means(struct cg_palette *palette, const struct point *points, int count)
{
    struct bin sums[CG_PALETTE_MAX] = {0};
    for (int i = 0; i < count; i++) {
        float distance;
        struct bin *sum = &sums[nearest_of(palette, points[i].lab, &distance)];
        sum->weight += points[i].weight;
        for (int c = 0; c < 3; c++)
            sum->sum[c] += points[i].weight * points[i].lab[c];
    }
    for (int k = 0; k < palette->count; k++)
        for (int c = 0; c < 3 && sums[k].weight > 0.0f; c++)
            palette->lab[k][c] = sums[k].sum[c] / sums[k].weight;
}

static void cluster(const struct point *points, int point_count, int count, struct cg_palette *out)
{
    out->count = 0;
    for (int worst; out->count < count && (worst = worst_served(out, points, point_count)) >= 0;) {
        for (int c = 0; c < 3; c++)
            out->lab[out->count][c] = points[worst].lab[c];
        out->count++;
    }
    for (int round = 0; round < ROUNDS; round++)
        move_to_means(out, points, point_count);
}

enum cg_status cg_palette_make(const struct cg_layers *layers, int count, cg_palette_tone tone,
                               const void *context, struct cg_palette *out, struct cg_error *error)
{
    size_t bin_count = (size_t)BINS * BINS * BINS;
    struct bin *bins = cg_alloc_zero(bin_count, sizeof(*bins), "histogram of colours", error);
    struct point *points = cg_alloc(bin_count, sizeof(*points), "list of colours", error);
    enum cg_status status = bins != NULL && points != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK) {
        int samples = count_samples(layers, tone, context, bins);
        cluster(points, points_of(bins, samples, points), count, out);
    }
    free(points);
    free(bins);
    return status;
}

/* ---- use ------------------------------------------------------------------------------------- */

void cg_palette_apply(const struct cg_palette *palette, float lab[3])
{
    float least, sum[3] = {0.0f, 0.0f, 0.0f}, weights = 0.0f;
    nearest_of(palette, lab, &least);
    if (!(least < INFINITY))
        return;
    for (int k = 0; k < palette->count; k++) {
        float d = distance_squared(palette->lab[k], lab);
        float weight = d > least ? least / d : 1.0f;
        for (int i = 0; i < 4; i++) /* to the 16th: only what is nearly as near has a say */
            weight *= weight;
        weights += weight;
        for (int c = 0; c < 3; c++)
            sum[c] += weight * palette->lab[k][c];
    }
    for (int c = 0; c < 3; c++)
        lab[c] = sum[c] / weights;
}
