/*
 * The renderer's work on the small copy: how colour follows from the photo, pixel by pixel, and
 * the logits ready for enlarging.
 *
 * After the guided filter (He, Sun and Tang 2013, equation 5), channel by channel, in windows of
 * 3 x 3 working pixels:
 *
 *     gain   = cov(photo, colour) / (var(photo) + EPSILON)
 *     offset = colour - gain * photo
 *
 * Two departures. The filter's own offset, mean colour - gain * mean photo, smooths the colour
 * layer; with this one gain * photo + offset gives the layer back exactly where the picture has the
 * working size, and on a larger picture it is the enlarged layer plus gain times the detail that
 * the photo's small copy has lost. And the filter averages its coefficients over the window; here
 * interpolation is smooth enough. Against stylised full pictures of three to five photos, enlarging
 * 3.7 times (PSNR): the first gains 0.5 to 1.3 dB; the second up to 0.2 dB; EPSILON 0.001 instead
 * of 0.01 gains 0.7 to 4.7 dB; radius 1 instead of 2 gains 0.3 to 0.7 dB on faces and loses as much
 * on a city of small windows. A guide of all three channels at once (their 3 x 3 covariance) would
 * give 0.1 to 1 dB more for twice the work.
 *
 * Sums run over rows of neighbours directly: with windows this small that is cheaper than running
 * sums, does not lose digits, and lets any row be made by any thread.
 */
#include "base/clamp.h"
#include "base/multiversion.h"

#include "comic/render_parts.h"
#include "tensor/exponential.h"

#include <string.h>

/* Photo contrast (variance, whites at 1) below which the colour layer does not follow the photo. */
#define EPSILON 0.001f

/* The window reaches RADIUS working pixels to each side. */
#define RADIUS 1
#define WINDOW (2 * RADIUS + 1)

/* Sums of one row of windows, down the columns: four rows with a margin for the sums across. */
struct sums {
    float *photo, *colour, *square, *product;
};

#define MARGIN ((size_t)3 * RADIUS)

static size_t sum_row_count(int width)
{
    return (size_t)width * 3 + 2 * MARGIN;
}

size_t cg_fit_scratch_count(int width)
{
    return 4 * sum_row_count(width);
}

/* Repeat the first and last pixel (3 floats) into the margins of a row of width pixels. */
static void fill_margins(float *row, int width)
{
    float *begin = row + MARGIN, *end = begin + (size_t)width * 3;
    for (int i = 0; i < RADIUS; i++) {
        memcpy(row + 3 * i, begin, 3 * sizeof(float));
        memcpy(end + 3 * i, end - 3, 3 * sizeof(float));
    }
}

static const float *row_near(const float *rows, int y, int height, size_t count)
{
    y = cg_clamp_index(y, height);
    return rows + (size_t)y * count;
}

/* sums += the moments of one row of photo and colour */
CG_MULTIVERSION
static void add_moments(const struct sums *sums, const float *restrict photo,
                        const float *restrict colour, size_t count)
{
    float *restrict p = sums->photo, *restrict c = sums->colour;
    float *restrict pp = sums->square, *restrict pc = sums->product;
    for (size_t i = 0; i < count; i++) {
        p[i] += photo[i];
        c[i] += colour[i];
        pp[i] += photo[i] * photo[i];
        pc[i] += photo[i] * colour[i];
    }
}

/* Mean of the window around element i, from sums down its columns; row is the left margin's. */
static inline float window_mean(const float *row, size_t i)
{
    float sum = 0.0f;
    for (size_t k = 0; k < WINDOW; k++)
        sum += row[i + 3 * k];
    return sum * (1.0f / (WINDOW * WINDOW));
}

CG_MULTIVERSION
static void gains_and_offsets(const struct sums *sums, const float *restrict photo,
                              const float *restrict colour, float *restrict gain,
                              float *restrict offset, size_t count)
{
    const float *restrict p = sums->photo - MARGIN, *restrict c = sums->colour - MARGIN;
    const float *restrict pp = sums->square - MARGIN, *restrict pc = sums->product - MARGIN;
    for (size_t i = 0; i < count; i++) {
        float mean = window_mean(p, i);
        float covariance = window_mean(pc, i) - mean * window_mean(c, i);
        float variance = window_mean(pp, i) - mean * mean;
        float slope = covariance / ((variance > 0.0f ? variance : 0.0f) + EPSILON);
        gain[i] = slope;
        offset[i] = 255.0f * (colour[i] - slope * photo[i]);
    }
}

/* Repeat the first and last column (channels floats) of a map's row into its padding. */
static void pad_row(float *row, int width, size_t channels)
{
    size_t nbytes = channels * sizeof(float);
    float *begin = row + CG_MAP_PAD * channels, *end = begin + (size_t)width * channels;
    for (size_t i = 0; i < CG_MAP_PAD; i++) {
        memcpy(row + i * channels, begin, nbytes);
        memcpy(end + i * channels, end - channels, nbytes);
    }
}

void cg_fit_colour_row(const struct cg_layers *layers, int y, struct cg_maps *maps, float *scratch)
{
    size_t count = (size_t)layers->width * 3, row_count = sum_row_count(layers->width);
    memset(scratch, 0, 4 * row_count * sizeof(float));
    struct sums sums = {scratch + MARGIN, scratch + MARGIN + row_count,
                        scratch + MARGIN + 2 * row_count, scratch + MARGIN + 3 * row_count};
    for (int d = -RADIUS; d <= RADIUS; d++)
        add_moments(&sums, row_near(layers->photo, y + d, layers->height, count),
                    row_near(layers->colour, y + d, layers->height, count), count);
    for (size_t k = 0; k < 4; k++)
        fill_margins(scratch + k * row_count, layers->width);

    float *gain = maps->gain + (size_t)y * cg_map_stride(maps) * 3;
    float *offset = maps->offset + (size_t)y * cg_map_stride(maps) * 3;
    gains_and_offsets(&sums, layers->photo + (size_t)y * count, layers->colour + (size_t)y * count,
                      gain + CG_MAP_PAD * 3, offset + CG_MAP_PAD * 3, count);
    pad_row(gain, layers->width, 3);
    pad_row(offset, layers->width, 3);
}

/*
 * Logits far from 0 say only "surely paper" or "surely line". They are held to LOGIT_LIMIT: between
 * a very sure pixel and a doubtful one, interpolation would put the line's edge next to the
 * doubtful one and draw stairs. At the limit ink is 0 or 1 exactly (see sigmoid in render_tile.c).
 */
#define LOGIT_LIMIT 8.0f

/* Boldness raises logits by up to this much; by half of it where the logit is PAPER_LOGIT. */
#define BOLD_LOGIT 2.0f
#define PAPER_LOGIT (-4.0f)

/*
 * A trained network is sure of itself: its logits jump from one limit to the other within a pixel,
 * which leaves interpolation nothing to place the edge by and draws it in steps. A weight of
 * SMOOTHING_SIDE for each neighbour (up and down, then left and right) gives edges back their
 * place between pixels and keeps lines of one pixel. All of it from twice the working size on,
 * nothing at the working size itself.
 */
#define SMOOTHING_SIDE 0.2f

static inline float held(float logit)
{
    return logit > LOGIT_LIMIT ? LOGIT_LIMIT : logit < -LOGIT_LIMIT ? -LOGIT_LIMIT : logit;
}

/* out = each logit with its neighbours above and below */
CG_MULTIVERSION
static void smooth_down(const float *restrict above, const float *restrict here,
                        const float *restrict below, float side, int width, float *restrict out)
{
    for (int x = 0; x < width; x++)
        out[x] = side * (held(above[x]) + held(below[x])) + (1.0f - 2.0f * side) * held(here[x]);
}

/* ink = each of column with its neighbours left and right, raised and steepened */
CG_MULTIVERSION
static void smooth_across(const float *restrict column, float side, float boldness, float steepness,
                          int width, float *restrict ink)
{
    for (int x = 0; x < width; x++) {
        float value = side * (column[x - 1] + column[x + 1]) + (1.0f - 2.0f * side) * column[x];
        float over = value - PAPER_LOGIT;
        value += boldness * BOLD_LOGIT * cg_sigmoid(over, cg_exponential_of_minus(over));
        ink[x] = steepness * value;
    }
}

void cg_fit_ink_row(const struct cg_layers *layers, int y, float boldness, float steepness,
                    struct cg_maps *maps, float *scratch)
{
    float side = SMOOTHING_SIDE * (steepness < 2.0f ? steepness - 1.0f : 1.0f);
    float *ink = maps->ink + (size_t)y * cg_map_stride(maps), *column = scratch + 1;
    size_t count = (size_t)layers->width;
    smooth_down(row_near(layers->logit, y - 1, layers->height, count),
                row_near(layers->logit, y, layers->height, count),
                row_near(layers->logit, y + 1, layers->height, count), side, layers->width, column);
    column[-1] = column[0];
    column[layers->width] = column[layers->width - 1];
    smooth_across(column, side, boldness, steepness, layers->width, ink + CG_MAP_PAD);
    pad_row(ink, layers->width, 1);
}

struct cg_tap cg_tap_make(int i, int size, int full_size)
{
    double place = ((double)i + 0.5) * (double)size / (double)full_size - 0.5;
    double before = floor(place);
    float t = (float)(place - before);
    struct cg_tap tap = {.index = (int)before, .linear = t};
    tap.cubic[0] = ((-0.5f * t + 1.0f) * t - 0.5f) * t;
    tap.cubic[1] = (1.5f * t - 2.5f) * t * t + 1.0f;
    tap.cubic[2] = ((-1.5f * t + 2.0f) * t + 0.5f) * t;
    tap.cubic[3] = (0.5f * t - 0.5f) * t * t;
    return tap;
}
