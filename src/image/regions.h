/*
 * Areas of one colour: a picture cut into regions whose borders lie where colour steps.
 */
#ifndef CG_IMAGE_REGIONS_H
#define CG_IMAGE_REGIONS_H

#include "base/pool.h"
#include "image/plane.h"

#include <math.h>

/* A border between two regions, a < b. */
struct cg_border {
    int a, b;
    float length_px;
    float step; /* sum of the distances in colour of the pixels that face each other across it */
};

struct cg_regions {
    int width, height, count;
    int *label;                /* width * height: 0 to count - 1 */
    float (*mean)[3];          /* colour of each */
    float *area_px;            /* of each */
    struct cg_border *borders; /* by a, then b */
    size_t border_count;
};

/* Distance of two colours, squared; a step of hue counts twice as much as one of lightness. */
static inline float cg_colour_distance2(const float x[3], const float y[3])
{
    float d0 = x[0] - y[0], d1 = x[1] - y[1], d2 = x[2] - y[2];
    return d0 * d0 + 4.0f * (d1 * d1 + d2 * d2);
}

/* A row of colours, and those that begin with its first pixel's neighbours. */
struct cg_lab_rows {
    const float *here[3], *right[3], *below[3];
};

static inline struct cg_lab_rows cg_lab_rows_of(const struct cg_lab *lab, int y)
{
    struct cg_lab_rows rows;
    for (int c = 0; c < 3; c++) {
        rows.here[c] = cg_plane_row(&lab->c[c], y);
        rows.right[c] = rows.here[c] + 1;
        rows.below[c] = cg_plane_row(&lab->c[c], y + 1);
    }
    return rows;
}

/* Distance of the colours that two rows have at x. */
static inline float cg_colour_step(const float *const here[3], const float *const there[3], int x)
{
    const float a[3] = {here[0][x], here[1][x], here[2][x]};
    const float b[3] = {there[0][x], there[1][x], there[2][x]};
    return sqrtf(cg_colour_distance2(a, b));
}

/* Where the run of one region that begins at x ends in a row of labels. */
static inline int cg_run_end(const int *label, int x, int width)
{
    const int region = label[x++];
    while (x < width && label[x] == region)
        x++;
    return x;
}

/* lab: smoothed colour, which the regions are made of; sharp: where it steps (smoothing makes steps
 * of slow gradients). price: what a pixel of border is worth, in colour distance squared times
 * pixels: the larger, the fewer regions. pool: pixels join in bands of rows, whatever
 * its threads; NULL: all at once. Error: CG_ERR_MEMORY; then nothing is left to clear. */
enum cg_status cg_regions_make(struct cg_pool *pool, const struct cg_lab *lab,
                               const struct cg_lab *sharp, float price, struct cg_regions *out,
                               struct cg_error *error);
void cg_regions_clear(struct cg_regions *regions);

/* Cut regions into pieces that hang together (by their sides) and whose tone is the same, but not
 * where two pieces of one region meet without a step: less than step from pixel to pixel of lab on
 * average. If tones are noise, with pieces of less than 8 pixels on average, they do not count.
 * Means are of lab. tone: width * height. Error: CG_ERR_MEMORY; then regions is cleared. */
enum cg_status cg_regions_split(struct cg_pool *pool, const struct cg_lab *lab, const int8_t *tone,
                                float step, struct cg_regions *regions, struct cg_error *error);

/* Specks: regions of at most so many pixels, area_px[0] and then each of the other limits, become
 * part of the neighbour, no smaller than they are, with most of their border, and take its colour;
 * from keep_px pixels on only those less than distance away from it in colour. Error:
 * CG_ERR_MEMORY; then regions is cleared. */
enum cg_status cg_regions_remove_specks(struct cg_pool *pool, struct cg_regions *regions,
                                        const float *area_px, size_t count, float keep_px,
                                        float distance, struct cg_error *error);

/* The border between two regions, in either order; NULL: they do not touch. */
const struct cg_border *cg_regions_border(const struct cg_regions *regions, int a, int b);

#endif
