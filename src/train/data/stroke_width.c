/*
 * Measuring lines: see findings.h. A pixel is part of a line if it is much darker than the mean
 * around it. Its runs of such pixels across and down are measured to a fraction of a pixel, by
 * area: the sum of (light - value) / (light - dark), where light is what lies beside the run and
 * dark the darkest in it. A straight line of width w at an angle a is cut by runs of w / sin a and
 * w / cos a, so 1 / across^2 + 1 / down^2 = 1 / w^2, whatever the angle. One vote for each run, at
 * its middle.
 *
 * Lines thinner than two pixels may come out half a pixel too wide, as none of their pixels is as
 * dark as the ink. Wide dark areas have no light beside them within reach and do not vote, nor do
 * soft shapes such as shadows.
 */
#include "train/data/findings.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AROUND_SHARE                                                                               \
    0.015 /* of the long side: half the side of the square whose mean a pixel is compared with */
#define WIDTH_MAX_SHARE 0.02
#define WIDTH_MAX_LEAST_PX 6
#define DARKER_FACTOR 0.7f
#define CONTRAST_MIN 70
#define BESIDE_PX 2
#define STEPS_PER_PX 20
#define STEPS_MAX 4096
#define VOTES_MIN 500

struct strokes {
    int width, height, reach_px; /* the longest run that counts */
    const uint8_t *luma;
    uint8_t *dark; /* 1: may be part of a line */
    uint32_t votes[STEPS_MAX];
    uint64_t vote_count;
};

static void take_luma(const struct cg_image *image, uint8_t *luma)
{
    const size_t area = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < area; i++) {
        const uint8_t *p = image->pixels + 3 * i;
        luma[i] = (uint8_t)((77u * p[0] + 150u * p[1] + 29u * p[2]) >> 8);
    }
}

/* sums: (width + 1) x (height + 1), of all that lies above and to the left; modulo 2^32, which
 * differences do not notice. */
static void add_up(const uint8_t *luma, int width, int height, uint32_t *sums)
{
    const size_t row = (size_t)width + 1;
    memset(sums, 0, row * sizeof(*sums));
    for (size_t y = 0; y < (size_t)height; y++) {
        uint32_t sum = 0;
        sums[(y + 1) * row] = 0;
        for (size_t x = 0; x < (size_t)width; x++) {
            sum += luma[y * (size_t)width + x];
            sums[(y + 1) * row + x + 1] = sums[y * row + x + 1] + sum;
        }
    }
}

static void mark_dark(const struct strokes *strokes, const uint32_t *sums)
{
    const int width = strokes->width, height = strokes->height;
    const int longer = width > height ? width : height;
    const int around = (int)fmax(3.0, longer * AROUND_SHARE);
    const size_t row = (size_t)width + 1;
    for (int y = 0; y < height; y++) {
        size_t top = (size_t)(y > around ? y - around : 0);
        size_t bottom = (size_t)(y + around + 1 < height ? y + around + 1 : height);
        for (int x = 0; x < width; x++) {
            size_t left = (size_t)(x > around ? x - around : 0);
            size_t right = (size_t)(x + around + 1 < width ? x + around + 1 : width);
            uint32_t sum = sums[bottom * row + right] - sums[bottom * row + left] -
                           sums[top * row + right] + sums[top * row + left];
            float mean = (float)sum / (float)((bottom - top) * (right - left));
            size_t at = (size_t)y * (size_t)width + (size_t)x;
            strokes->dark[at] = (float)strokes->luma[at] < DARKER_FACTOR * mean;
        }
    }
}

/* A line of pixels, across or down, that a run is measured on. */
struct line {
    const uint8_t *luma, *dark;
    size_t step;
    int count;
};

static struct line row_of(const struct strokes *strokes, int y)
{
    size_t first = (size_t)y * (size_t)strokes->width;
    return (struct line){strokes->luma + first, strokes->dark + first, 1, strokes->width};
}

static struct line column_of(const struct strokes *strokes, int x)
{
    return (struct line){strokes->luma + x, strokes->dark + x, (size_t)strokes->width,
                         strokes->height};
}

static int value_at(const struct line *line, int i)
{
    return line->luma[(size_t)i * line->step];
}

/* The lightest just outside the run's end, going in steps of 1 or -1. */
static int light_beside(const struct line *line, int i, int step)
{
    int light = 0;
    for (int k = 0; k < BESIDE_PX && i >= 0 && i < line->count; k++, i += step)
        light = value_at(line, i) > light ? value_at(line, i) : light;
    return light;
}

/* The width of the run from first to end; 0 if it is not part of a line. */
static float measure_run(const struct line *line, int first, int end)
{
    int dark = 255;
    float sum = 0.0f;
    if (first < BESIDE_PX || end > line->count - BESIDE_PX)
        return 0.0f;
    for (int i = first; i < end; i++)
        dark = value_at(line, i) < dark ? value_at(line, i) : dark;
    int before = light_beside(line, first - 1, -1), after = light_beside(line, end, 1);
    if (before - dark < CONTRAST_MIN || after - dark < CONTRAST_MIN)
        return 0.0f;
    for (int i = first - BESIDE_PX; i < end + BESIDE_PX; i++) {
        int light = 2 * i < first + end ? before : after;
        float part = (float)(light - value_at(line, i)) / (float)(light - dark);
        sum += part > 0.0f ? part : 0.0f;
    }
    return sum;
}

/* The width of the run around i on another line; INFINITY if it is longer than reach, 0 if it is
 * not part of a line. */
static float measure_crossing(const struct line *line, int i, int reach)
{
    int first = i, end = i + 1;
    while (first > 0 && line->dark[(size_t)(first - 1) * line->step] && end - first <= reach)
        first--;
    while (end < line->count && line->dark[(size_t)end * line->step] && end - first <= reach)
        end++;
    return end - first > reach ? INFINITY : measure_run(line, first, end);
}

static void vote(struct strokes *strokes, float along, float crossing)
{
    if (along <= 0.0f || crossing <= 0.0f)
        return;
    float inverse = 1.0f / crossing; /* 0 for INFINITY */
    float width = 1.0f / sqrtf(1.0f / (along * along) + inverse * inverse);
    int step = (int)(width * STEPS_PER_PX);
    if (step < STEPS_MAX) {
        strokes->votes[step]++;
        strokes->vote_count++;
    }
}

static void measure_line(struct strokes *strokes, const struct line *line, int at, bool across)
{
    for (int i = 0; i < line->count; i++) {
        int first = i;
        while (i < line->count && line->dark[(size_t)i * line->step])
            i++;
        if (i == first || i - first > strokes->reach_px)
            continue;
        int middle = (first + i) / 2;
        struct line other = across ? column_of(strokes, middle) : row_of(strokes, middle);
        vote(strokes, measure_run(line, first, i), measure_crossing(&other, at, strokes->reach_px));
    }
}

static float median_of(const struct strokes *strokes)
{
    uint64_t sum = 0;
    int step = 0;
    if (strokes->vote_count < VOTES_MIN)
        return 0.0f;
    while ((sum += strokes->votes[step]) * 2 < strokes->vote_count)
        step++;
    return ((float)step + 0.5f) / STEPS_PER_PX;
}

enum cg_status cg_strokes_width(const struct cg_image *image, float *out, struct cg_error *error)
{
    const size_t area = (size_t)image->width * (size_t)image->height;
    const size_t corners = ((size_t)image->width + 1) * ((size_t)image->height + 1);
    const int longer = image->width > image->height ? image->width : image->height;
    struct strokes *strokes = cg_alloc_zero(1, sizeof(*strokes), "lines", error);
    uint8_t *planes = cg_alloc(area, 2, "lines", error);
    uint32_t *sums = cg_alloc(corners, sizeof(*sums), "lines", error);
    enum cg_status status = CG_ERR_MEMORY;
    if (strokes != NULL && planes != NULL && sums != NULL) {
        take_luma(image, planes);
        add_up(planes, image->width, image->height, sums);
        strokes->width = image->width;
        strokes->height = image->height;
        strokes->reach_px = (int)fmax(WIDTH_MAX_LEAST_PX, longer * WIDTH_MAX_SHARE);
        strokes->luma = planes;
        strokes->dark = planes + area;
        mark_dark(strokes, sums);
        for (int y = 0; y < image->height; y++) {
            struct line line = row_of(strokes, y);
            measure_line(strokes, &line, y, true);
        }
        for (int x = 0; x < image->width; x++) {
            struct line line = column_of(strokes, x);
            measure_line(strokes, &line, x, false);
        }
        *out = median_of(strokes);
        status = CG_OK;
    }
    free(sums);
    free(planes);
    free(strokes);
    return status;
}
