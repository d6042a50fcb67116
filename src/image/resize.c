/*
 * Resizing: see image.h. The two axes are separate, rows first.
 *
 * Shrinking from n to m: output i is the mean of the input interval [i*n/m, (i+1)*n/m). Counted in
 * units of 1/m of an input pixel everything is whole: input j has weight m inside the interval and
 * the covered part of m at its ends, and the weights sum to n. A column's sum is at most
 * 65535 * 255 < 2^24, so floats hold it exactly; both axes together stay below 2^38, exact in
 * doubles. The result is therefore the true mean, correctly rounded, on every machine.
 *
 * Growing: Catmull and Rom's cubic (1974; Keys 1981 with a = -1/2) on four neighbours, pixel
 * centres at half integers, the edge repeated outwards.
 *
 * Channels are independent: alpha does not weigh colour.
 */
#include "image/image.h"

#include "base/memory.h"
#include "base/multiversion.h"

#include <stdbool.h>
#include <stdlib.h>

#define CHUNK                                                                                      \
    2048 /* floats of a row sum worked on at a time: they stay in the first-level cache            \
          */

/* Which inputs make an output. */
struct axis {
    int in, out;
    bool shrinks;   /* or stays the same */
    double divisor; /* sum of the weights */
};

static struct axis make_axis(int in, int out)
{
    bool shrinks = out <= in;
    return (struct axis){in, out, shrinks, shrinks ? (double)in : 1.0};
}

/*
 * Inputs first to last, weight first_weight, inner_weight in between, last_weight if last > first.
 */
struct cover {
    int first, last;
    int first_weight, inner_weight, last_weight;
};

static struct cover cover_of(const struct axis *axis, int i)
{
    int64_t begin = (int64_t)i * axis->in, end = begin + axis->in; /* units of 1/out pixel */
    struct cover cover = {.first = (int)(begin / axis->out),
                          .last = (int)((end - 1) / axis->out),
                          .inner_weight = axis->out};
    int64_t first_end = (int64_t)(cover.first + 1) * axis->out;
    cover.first_weight = (int)((first_end < end ? first_end : end) - begin);
    cover.last_weight = (int)(end - (int64_t)cover.last * axis->out);
    return cover;
}

/* The four neighbours and weights of a growing axis. */
struct taps {
    int input[4];
    float weight[4];
};

static struct taps taps_of(const struct axis *axis, int i)
{
    /* centre = (i + 1/2) * in / out - 1/2, as whole part and remainder over 2 * out */
    int64_t numerator = (2 * (int64_t)i + 1) * axis->in - axis->out, unit = 2 * (int64_t)axis->out;
    int64_t whole = (numerator + unit) / unit - 1;
    double t = (double)(numerator - whole * unit) / (double)unit;
    struct taps taps = {.weight = {(float)(((-0.5 * t + 1.0) * t - 0.5) * t),
                                   (float)((1.5 * t - 2.5) * t * t + 1.0),
                                   (float)(((-1.5 * t + 2.0) * t + 0.5) * t),
                                   (float)((0.5 * t - 0.5) * t * t)}};
    for (int k = 0; k < 4; k++) {
        int64_t input = whole - 1 + k;
        taps.input[k] = (int)(input < 0 ? 0 : input >= axis->in ? axis->in - 1 : input);
    }
    return taps;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* sum[i] += weight * row[i]; whole numbers, so that all versions agree exactly. */
CG_MULTIVERSION
static void add_whole_row(float *restrict sum, const uint8_t *restrict row, int count, float weight)
{
    for (int i = 0; i < count; i++)
        sum[i] += weight * (float)row[i];
}

/* The same for any weight. In one version only: fused products round differently. */
static void add_row(float *restrict sum, const uint8_t *restrict row, int count, float weight)
{
    for (int i = 0; i < count; i++)
        sum[i] += weight * (float)row[i];
}

/* sum = the weighted rows of image that make output row y, row_count values, from value begin on */
static void sum_chunk(const struct cg_image *image, const struct axis *axis, int y, size_t begin,
                      int count, float *sum)
{
    size_t stride = (size_t)image->width * (size_t)image->channels;
    const uint8_t *column = image->pixels + begin;
    for (int i = 0; i < count; i++)
        sum[i] = 0.0f;
    if (!axis->shrinks) {
        struct taps taps = taps_of(axis, y);
        for (int k = 0; k < 4; k++)
            add_row(sum, column + (size_t)taps.input[k] * stride, count, taps.weight[k]);
        return;
    }
    struct cover cover = cover_of(axis, y);
    add_whole_row(sum, column + (size_t)cover.first * stride, count, (float)cover.first_weight);
    for (int row = cover.first + 1; row < cover.last; row++)
        add_whole_row(sum, column + (size_t)row * stride, count, (float)cover.inner_weight);
    if (cover.last > cover.first)
        add_whole_row(sum, column + (size_t)cover.last * stride, count, (float)cover.last_weight);
}

static void sum_rows(const struct cg_image *image, const struct axis *axis, int y, float *sum)
{
    size_t total = (size_t)image->width * (size_t)image->channels;
    for (size_t begin = 0; begin < total; begin += CHUNK) {
        size_t left = total - begin;
        sum_chunk(image, axis, y, begin, left < CHUNK ? (int)left : CHUNK, sum + begin);
    }
}

/* ---- columns --------------------------------------------------------------------------------- */

/*
 * Nearest whole number, halves up. The bias is far above the rounding of the product (2^-44) and
 * far below the distance of any mean that is not a half from a half (2^-31).
 */
static uint8_t to_byte(double value)
{
    int raised = (int)(value + (0.5 + 0x1p-36));
    return (uint8_t)(raised < 0 ? 0 : raised > 255 ? 255 : raised);
}

/* total[c] = the weighted columns of one output pixel */
static inline void cover_sum(const struct cover *cover, const float *sum, size_t channels,
                             double *total)
{
    const float *first = sum + (size_t)cover->first * channels;
    const float *last = sum + (size_t)cover->last * channels;
    for (size_t c = 0; c < channels; c++)
        total[c] = 0.0;
    for (const float *column = first + channels; column < last; column += channels)
        for (size_t c = 0; c < channels; c++)
            total[c] += (double)column[c];
    int last_weight = cover->last > cover->first ? cover->last_weight : 0;
    for (size_t c = 0; c < channels; c++)
        total[c] = total[c] * cover->inner_weight + (double)first[c] * cover->first_weight +
                   (double)last[c] * last_weight;
}

static inline void taps_sum(const struct taps *taps, const float *sum, size_t channels,
                            double *total)
{
    for (size_t c = 0; c < channels; c++) {
        total[c] = 0.0;
        for (size_t k = 0; k < 4; k++) {
            float value = sum[(size_t)taps->input[k] * channels + c];
            total[c] += (double)taps->weight[k] * (double)value;
        }
    }
}

/* The inputs of every output column: one of the two tables, the other is NULL. */
struct columns {
    int count;
    double scale; /* one over the weights of both axes */
    struct cover *covers;
    struct taps *taps;
};

static inline void make_row_of(const struct columns *columns, const float *sum, size_t channels,
                               uint8_t *out)
{
    for (int x = 0; x < columns->count; x++, out += channels) {
        double total[4];
        if (columns->covers != NULL)
            cover_sum(&columns->covers[x], sum, channels, total);
        else
            taps_sum(&columns->taps[x], sum, channels, total);
        for (size_t c = 0; c < channels; c++)
            out[c] = to_byte(total[c] * columns->scale);
    }
}

/* Compiled for each number of channels, whose sums run side by side. */
static void make_row(const struct columns *columns, const float *sum, int channels, uint8_t *out)
{
    if (channels == 1)
        make_row_of(columns, sum, 1, out);
    else if (channels == 3)
        make_row_of(columns, sum, 3, out);
    else
        make_row_of(columns, sum, 4, out);
}

static enum cg_status make_columns(const struct axis *across, const struct axis *down,
                                   struct columns *columns, struct cg_error *error)
{
    size_t count = (size_t)across->out;
    *columns = (struct columns){across->out, 1.0 / (across->divisor * down->divisor), NULL, NULL};
    if (across->shrinks)
        columns->covers = cg_alloc(count, sizeof(*columns->covers), "resize table", error);
    else
        columns->taps = cg_alloc(count, sizeof(*columns->taps), "resize table", error);
    if (columns->covers == NULL && columns->taps == NULL)
        return CG_ERR_MEMORY;
    for (int i = 0; i < across->out; i++) {
        if (across->shrinks)
            columns->covers[i] = cover_of(across, i);
        else
            columns->taps[i] = taps_of(across, i);
    }
    return CG_OK;
}

enum cg_status cg_image_resize(const struct cg_image *image, int width, int height,
                               struct cg_image *out, struct cg_error *error)
{
    enum cg_status status = cg_image_create(width, height, image->channels, out, error);
    if (status != CG_OK)
        return status;
    struct axis across = make_axis(image->width, width), down = make_axis(image->height, height);
    size_t channels = (size_t)image->channels;
    struct columns columns = {0};
    float *sum = cg_alloc((size_t)image->width * channels, sizeof(*sum), "resize row", error);
    status = sum == NULL ? CG_ERR_MEMORY : make_columns(&across, &down, &columns, error);
    for (int y = 0; status == CG_OK && y < height; y++) {
        sum_rows(image, &down, y, sum);
        make_row(&columns, sum, image->channels,
                 out->pixels + (size_t)y * (size_t)width * channels);
    }
    free(columns.taps);
    free(columns.covers);
    free(sum);
    if (status != CG_OK)
        cg_image_clear(out);
    return status;
}
