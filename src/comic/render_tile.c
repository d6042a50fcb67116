/*
 * From the small maps to the full picture, tile by tile.
 *
 *     colour = gain * photo + offset              gain, offset enlarged bilinearly
 *     ink    = opacity * sigmoid(logit)           logit enlarged by Catmull and Rom's cubic
 *     comic  = colour * (1 - ink)
 *     pixel  = photo + strength * (comic - photo)
 *
 * A working row is first enlarged along x and kept while the tile's rows need it, so the irregular
 * part of the work (looking up neighbours) is done once a working row, not once a full row. What is
 * left for every full row is arithmetic on contiguous floats. Colours stay interleaved as in the
 * picture: gain * photo + offset does not care which channel it works on.
 */
#include "base/clamp.h"
#include "base/multiversion.h"
#include "comic/render_parts.h"

#include <math.h>
#include <string.h>

/* A cubic needs four working rows at once. */
#define SLOTS 4

/* Pixels are written four floats at a time, the fourth to be overwritten by the next pixel. */
#define COLOUR_COUNT ((size_t)CG_TILE_WIDTH * 3 + 16)

/* Working rows enlarged along x, row k in slot k % SLOTS. */
struct tile_rows {
    float *gain[SLOTS], *offset[SLOTS], *ink[SLOTS];
    int held[SLOTS]; /* which row, -1 for none */
    float *paper;    /* 1 - ink, of one full row */
    float *keep;     /* the same for each channel */
    float *comic;    /* one full row, where the comic is finished before it is blended */
};

size_t cg_tile_scratch_count(void)
{
    return SLOTS * (2 * COLOUR_COUNT + CG_TILE_WIDTH) + CG_TILE_WIDTH + 2 * COLOUR_COUNT;
}

static struct tile_rows tile_rows_make(float *scratch)
{
    struct tile_rows rows;
    for (int k = 0; k < SLOTS; k++) {
        rows.gain[k] = scratch;
        rows.offset[k] = rows.gain[k] + COLOUR_COUNT;
        rows.ink[k] = rows.offset[k] + COLOUR_COUNT;
        rows.held[k] = -1;
        scratch = rows.ink[k] + CG_TILE_WIDTH;
    }
    rows.paper = scratch;
    rows.keep = rows.paper + CG_TILE_WIDTH;
    rows.comic = rows.keep + COLOUR_COUNT;
    return rows;
}

/* Three channels and a float that does not matter, as one vector. */
typedef float four_floats __attribute__((vector_size(16), aligned(4), may_alias));

/* out: count pixels of 3 floats, and one float more. row: of a map, its padding first. */
static void enlarge_colour(const float *restrict row, const struct cg_tap *restrict taps,
                           size_t count, float *restrict out)
{
    for (size_t x = 0; x < count; x++) {
        const float *near = row + 3 * (ptrdiff_t)(taps[x].index + CG_MAP_PAD);
        four_floats left = *(const four_floats *)near, right = *(const four_floats *)(near + 3);
        *(four_floats *)(out + 3 * x) = left + taps[x].linear * (right - left);
    }
}

static void enlarge_ink(const float *restrict row, const struct cg_tap *restrict taps, size_t count,
                        float *restrict out)
{
    for (size_t x = 0; x < count; x++) {
        const float *near = row + (taps[x].index + CG_MAP_PAD - 1);
        const float *w = taps[x].cubic;
        out[x] = w[0] * near[0] + w[1] * near[1] + w[2] * near[2] + w[3] * near[3];
    }
}

/* The slot that holds working row y (the nearest one inside), filled if it was not. */
static int hold_row(struct tile_rows *rows, const struct cg_maps *maps, int y,
                    const struct cg_tap *columns, size_t count)
{
    y = cg_clamp_index(y, maps->height);
    int slot = y % SLOTS;
    if (rows->held[slot] != y) {
        size_t start = (size_t)y * cg_map_stride(maps);
        enlarge_colour(maps->gain + 3 * start, columns, count, rows->gain[slot]);
        enlarge_colour(maps->offset + 3 * start, columns, count, rows->offset[slot]);
        enlarge_ink(maps->ink + start, columns, count, rows->ink[slot]);
        rows->held[slot] = y;
    }
    return slot;
}

/* Where the sigmoid below reaches 1. */
#define SIGMOID_END 7.29348f

/*
 * 1 / (1 + e^-x) as (1 + tanh(x / 2)) / 2, with Lambert's continued fraction for tanh cut after the
 * fifth term. Off by at most 0.0007, a fifth of a grey level; 0 and 1 at the ends, give or take
 * 1e-6.
 */
static inline float sigmoid(float x)
{
    float h = x < SIGMOID_END ? x : SIGMOID_END;
    h = 0.5f * (h > -SIGMOID_END ? h : -SIGMOID_END);
    float s = h * h;
    return 0.5f + 0.5f * h * (945.0f + s * (105.0f + s)) / (945.0f + s * (420.0f + 15.0f * s));
}

/* paper = 1 - opacity * sigmoid(the row between rows) */
CG_MULTIVERSION
static void paper_row(float *const rows[SLOTS], const float weights[4], float opacity, size_t count,
                      float *restrict paper)
{
    const float *restrict r0 = rows[0], *restrict r1 = rows[1];
    const float *restrict r2 = rows[2], *restrict r3 = rows[3];
    const float w0 = weights[0], w1 = weights[1], w2 = weights[2], w3 = weights[3];
    for (size_t x = 0; x < count; x++) {
        float logit = w0 * r0[x] + w1 * r1[x] + w2 * r2[x] + w3 * r3[x];
        paper[x] = 1.0f - opacity * sigmoid(logit);
    }
}

/* Each element three times: once a channel. */
CG_MULTIVERSION
static void triple(const float *restrict in, size_t count, float *restrict out)
{
    for (size_t x = 0; x < count; x++) {
        out[3 * x] = in[x];
        out[3 * x + 1] = in[x];
        out[3 * x + 2] = in[x];
    }
}

/* Two working rows of gain and offset, and the weight of the second. */
struct colour_rows {
    const float *gain[2], *offset[2];
    float weight;
};

/* Element i of the colour layer, 0 to 255. */
static inline float colour_at(const struct colour_rows *rows, size_t i, float photo)
{
    const float t = rows->weight;
    float gain = rows->gain[0][i] + t * (rows->gain[1][i] - rows->gain[0][i]);
    float offset = rows->offset[0][i] + t * (rows->offset[1][i] - rows->offset[0][i]);
    float colour = gain * photo + offset;
    colour = colour > 0.0f ? colour : 0.0f;
    return colour < 255.0f ? colour : 255.0f;
}

/* Colour and ink, blended at once. */
CG_MULTIVERSION
static void comic_row(const struct colour_rows *rows, const float *restrict keep, float strength,
                      uint8_t *restrict pixels, size_t count)
{
    const struct colour_rows local = *rows;
    for (size_t i = 0; i < count; i++) {
        float photo = (float)pixels[i];
        float value = photo + strength * (colour_at(&local, i, photo) * keep[i] - photo);
        pixels[i] = (uint8_t)(int)(value + 0.5f);
    }
}

/* The colour layer alone, from the photo that it follows, in place. */
CG_MULTIVERSION
static void colour_row(const struct colour_rows *rows, size_t count, float *colour)
{
    const struct colour_rows local = *rows;
    for (size_t i = 0; i < count; i++)
        colour[i] = colour_at(&local, i, colour[i]);
}

CG_MULTIVERSION
static void blend_row(const float *restrict comic, const float *restrict weights,
                      uint8_t *restrict pixels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float photo = (float)pixels[i];
        pixels[i] = (uint8_t)(int)(photo + weights[i] * (comic[i] - photo) + 0.5f);
    }
}

/* The colour layer of a span of pixels, what its looks make of it, and the blend. */
static void finished_row(const struct cg_tile_job *job, struct tile_rows *rows,
                         const struct colour_rows *colour, const struct cg_finish_span *span,
                         uint8_t *pixels)
{
    cg_finish_guide_row(job->finish, pixels, span->count, rows->comic);
    colour_row(colour, 3 * span->count, rows->comic);
    cg_finish_row(job->finish, span, rows->comic, rows->paper);
    cg_finish_strength_row(job->finish, span, job->strength, rows->paper);
    triple(rows->paper, span->count, rows->keep);
    blend_row(rows->comic, rows->keep, pixels, 3 * span->count);
}

static void render_row(const struct cg_tile_job *job, struct tile_rows *rows, int y, int left,
                       size_t count)
{
    const struct cg_tap tap = cg_tap_make(y, job->maps->height, job->height);
    int slots[4];
    float *ink[4];
    for (int k = 0; k < 4; k++) {
        slots[k] = hold_row(rows, job->maps, tap.index - 1 + k, job->columns + left, count);
        ink[k] = rows->ink[slots[k]];
    }
    paper_row(ink, tap.cubic, job->opacity, count, rows->paper);
    const struct colour_rows colour = {
        .gain = {rows->gain[slots[1]], rows->gain[slots[2]]},
        .offset = {rows->offset[slots[1]], rows->offset[slots[2]]},
        .weight = tap.linear,
    };
    uint8_t *pixels = job->pixels + ((size_t)y * (size_t)job->width + (size_t)left) * 3;
    if (job->finish != NULL) {
        const struct cg_finish_span span = {.left = job->picture_left + left,
                                            .y = job->picture_top + y,
                                            .count = count,
                                            .columns = job->columns + left,
                                            .row = tap};
        finished_row(job, rows, &colour, &span, pixels);
        return;
    }
    triple(rows->paper, count, rows->keep);
    comic_row(&colour, rows->keep, job->strength, pixels, 3 * count);
}

void cg_tile_render(const struct cg_tile_job *job, int left, int top, float *scratch)
{
    struct tile_rows rows = tile_rows_make(scratch);
    int right = job->width - left < CG_TILE_WIDTH ? job->width : left + CG_TILE_WIDTH;
    int bottom = job->height - top < CG_TILE_HEIGHT ? job->height : top + CG_TILE_HEIGHT;
    for (int y = top; y < bottom; y++)
        render_row(job, &rows, y, left, (size_t)(right - left));
}
