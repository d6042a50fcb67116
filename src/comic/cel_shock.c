/*
 * Tones with hard edges: what is soft in the colour layer, as shadows, clouds and all that is out
 * of focus, becomes shapes that end in a step. A shock filter (Osher and Rudin 1990) steered by the
 * second derivative across the edges of a blurred lightness (Alvarez and Mazorra 1994): where that
 * curves downwards colours come from the lighter neighbours, else from the darker ones, until both
 * meet where the slope was steepest. Colours only mix with their neighbours', so none is new.
 *
 * It works at half size, as what is soft has nothing finer, and what it changes there is added to
 * the layer. What is sharp already stays: the filter would round letters off and knot grass and
 * hair. So does skin, but for a rest.
 */
#include "comic/cel_parts.h"

#include "base/clamp.h"
#include "base/luma.h"
#include "base/multiversion.h"
#include "comic/skin.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 4, STEPS = 2 }; /* steps of a round are steered alike */

#define STEP 0.5f        /* of the way to a neighbour, at most */
#define LIGHT_SIGMA 1.5f /* half-size pixels, as all here */
#define CURVED 8e-4f     /* second derivative at which a step is half as long */

/* How much finer than a soft edge lightness is, its blurs by 0.7 taken off: half the step. */
#define FINE 0.005f
#define FINE_SIGMA 0.7f
#define FINE_AROUND_SIGMA 1.5f

#define SKIN_STAYS 0.9f
#define SKIN_SIGMA 1.0f

/* Colours and their lightness. */
enum { RED, GREEN, BLUE, LIGHT, CHANNELS };
enum { PLANES = 3 + 2 * CHANNELS + 3, BLOCK = 128 };

struct shock {
    int width, height; /* of the colour layer; of the planes about half */
    float amount;
    float *colour;
    struct cg_plane half[3], from[CHANNELS], to[CHANNELS];
    struct cg_plane gate; /* 0: a pixel stays, 1: it may change */
    struct cg_plane blurred, drive;
};

/* ---- half size ------------------------------------------------------------------------------- */

/* Means of two by two pixels of rows a and b. */
CG_MULTIVERSION_UNFUSED
static void halve(const float *restrict a, const float *restrict b, int pairs, int channel,
                  float *restrict out)
{
    for (int x = 0; x < pairs; x++) {
        const float *p = a + 6 * x + channel, *q = b + 6 * x + channel;
        out[x] = 0.25f * (p[0] + p[3] + q[0] + q[3]);
    }
}

void cg_cel_halve_row(const float *colour, int width, int height, int y, float *const channel[3])
{
    const size_t line = 3 * (size_t)width;
    const float *a = colour + 2 * (size_t)y * line, *b = 2 * y + 1 < height ? a + line : a;
    for (int c = 0; c < 3; c++) {
        halve(a, b, width / 2, c, channel[c]);
        if (width % 2 == 1)
            channel[c][width / 2] = 0.5f * (a[line - 3 + (size_t)c] + b[line - 3 + (size_t)c]);
    }
}

CG_MULTIVERSION_UNFUSED
static void look(float *const channel[CHANNELS], int width, float *restrict skin)
{
    const float *restrict red = channel[RED], *restrict green = channel[GREEN],
                          *restrict blue = channel[BLUE];
    float *restrict light = channel[LIGHT];
    for (int x = 0; x < width; x++) {
        light[x] = cg_luma(red[x], green[x], blue[x]);
        skin[x] = cg_skin_of(red[x], green[x], blue[x]);
    }
}

static void halve_row(void *context, size_t row, int worker)
{
    struct shock *shock = context;
    const int y = (int)row, width = shock->gate.width;
    float *channel[CHANNELS];
    (void)worker;
    for (int c = 0; c < CHANNELS; c++)
        channel[c] = cg_plane_row(&shock->from[c], y);
    cg_cel_halve_row(shock->colour, shock->width, shock->height, y, channel);
    for (int c = 0; c < 3; c++)
        memcpy(cg_plane_row(&shock->half[c], y), channel[c], (size_t)width * sizeof(float));
    look(channel, width, cg_plane_row(&shock->to[0], y));
    for (int c = 0; c < CHANNELS; c++)
        cg_plane_replicate_row(channel[c], width);
    cg_plane_replicate_row(cg_plane_row(&shock->to[0], y), width);
}

/* ---- what may change ------------------------------------------------------------------------- */

static void find_fine(void *context, size_t row, int worker)
{
    struct shock *shock = context;
    const float *light = cg_plane_row(&shock->from[LIGHT], (int)row);
    const float *blurred = cg_plane_row(&shock->blurred, (int)row);
    float *fine = cg_plane_row(&shock->gate, (int)row);
    (void)worker;
    for (int x = 0; x < shock->gate.width; x++)
        fine[x] = fabsf(light[x] - blurred[x]);
    cg_plane_replicate_row(fine, shock->gate.width);
}

CG_MULTIVERSION_UNFUSED
static void set_gate(const float *restrict skin, int width, float *restrict gate)
{
    for (int x = 0; x < width; x++) {
        float fine = gate[x] * (1.0f / FINE), squared = fine * fine;
        gate[x] = (1.0f - SKIN_STAYS * skin[x]) / (1.0f + squared * squared);
    }
}

static void gate_row(void *context, size_t row, int worker)
{
    struct shock *shock = context;
    (void)worker;
    set_gate(cg_plane_row(&shock->to[0], (int)row), shock->gate.width,
             cg_plane_row(&shock->gate, (int)row));
}

/* gate = from how fine lightness is, and from skin, which is in to[0]. */
static void find_gate(struct shock *shock, struct cg_pool *pool, size_t rows)
{
    cg_plane_blur(pool, &shock->to[0], &shock->to[0], &shock->drive, SKIN_SIGMA);
    cg_plane_blur(pool, &shock->from[LIGHT], &shock->blurred, &shock->drive, FINE_SIGMA);
    cg_pool_run(pool, rows, find_fine, shock);
    cg_plane_blur(pool, &shock->gate, &shock->gate, &shock->drive, FINE_AROUND_SIGMA);
    cg_pool_run(pool, rows, gate_row, shock);
}

/* ---- steps ----------------------------------------------------------------------------------- */

/* drive: from -1, all darker, to 1, all lighter; rows: of the blurred lightness. */
CG_MULTIVERSION_UNFUSED
static void steer(const float *const rows[3], const float *restrict gate, int width,
                  float *restrict drive)
{
    const float *restrict up = rows[0], *restrict here = rows[1], *restrict down = rows[2];
    for (int x = 0; x < width; x++) {
        float dx = 0.5f * (here[x + 1] - here[x - 1]), dy = 0.5f * (down[x] - up[x]);
        float xx = here[x + 1] - 2.0f * here[x] + here[x - 1];
        float yy = down[x] - 2.0f * here[x] + up[x];
        float xy = 0.25f * (down[x + 1] - down[x - 1] - up[x + 1] + up[x - 1]);
        float across =
            (dx * dx * xx + 2.0f * dx * dy * xy + dy * dy * yy) / (dx * dx + dy * dy + 1e-12f);
        drive[x] = gate[x] * -across / (fabsf(across) + CURVED);
    }
}

static void steer_row(void *context, size_t row, int worker)
{
    struct shock *shock = context;
    const int y = (int)row;
    const float *rows[3];
    (void)worker;
    for (int k = 0; k < 3; k++)
        rows[k] = cg_plane_row(&shock->blurred, y + k - 1);
    steer(rows, cg_plane_row(&shock->gate, y), shock->gate.width, cg_plane_row(&shock->drive, y));
}

/* Shares of the four neighbours in a pixel: across and along, one of each two is 0. */
struct shares {
    float left[BLOCK], right[BLOCK], above[BLOCK], below[BLOCK];
};

/* rows: of lightness, those above, at and below. */
CG_MULTIVERSION_UNFUSED
static void share(const float *const rows[3], const float *restrict drive, int count,
                  struct shares *restrict out)
{
    const float *restrict up = rows[0], *restrict here = rows[1], *restrict down = rows[2];
    for (int x = 0; x < count; x++) {
        /* Darkening is the mirror image of lightening. */
        const float sign = drive[x] > 0.0f ? 1.0f : -1.0f, at = here[x];
        const float left = sign * (here[x - 1] - at), right = sign * (here[x + 1] - at);
        const float above = sign * (up[x] - at), below = sign * (down[x] - at);
        const float across = cg_most(cg_most(left, right), 0.0f),
                    along = cg_most(cg_most(above, below), 0.0f);
        const float rate = STEP * sign * drive[x] / sqrtf(across * across + along * along + 1e-9f);
        out->left[x] = left > right ? rate * across : 0.0f;
        out->right[x] = left > right ? 0.0f : rate * across;
        out->above[x] = above > below ? rate * along : 0.0f;
        out->below[x] = above > below ? 0.0f : rate * along;
    }
}

CG_MULTIVERSION_UNFUSED
static void step(const float *const rows[3], const struct shares *restrict shares, int count,
                 float *restrict out)
{
    const float *restrict up = rows[0], *restrict here = rows[1], *restrict down = rows[2];
    for (int x = 0; x < count; x++) {
        const float at = here[x];
        out[x] = at + shares->left[x] * (here[x - 1] - at) + shares->right[x] * (here[x + 1] - at) +
                 shares->above[x] * (up[x] - at) + shares->below[x] * (down[x] - at);
    }
}

static void step_row(void *context, size_t row, int worker)
{
    struct shock *shock = context;
    const int y = (int)row, width = shock->gate.width;
    const float *drive = cg_plane_row(&shock->drive, y);
    (void)worker;
    for (int x = 0; x < width; x += BLOCK) {
        const int count = width - x < BLOCK ? width - x : BLOCK;
        const float *rows[CHANNELS][3];
        struct shares shares;
        for (int c = 0; c < CHANNELS; c++)
            for (int k = 0; k < 3; k++)
                rows[c][k] = cg_plane_row(&shock->from[c], y + k - 1) + x;
        share(rows[LIGHT], drive + x, count, &shares);
        for (int c = 0; c < CHANNELS; c++)
            step(rows[c], &shares, count, cg_plane_row(&shock->to[c], y) + x);
    }
    for (int c = 0; c < CHANNELS; c++)
        cg_plane_replicate_row(cg_plane_row(&shock->to[c], y), width);
}

static void take_steps(struct shock *shock, struct cg_pool *pool, size_t rows)
{
    for (int i = 0; i < ROUNDS * STEPS; i++) {
        if (i % STEPS == 0) {
            cg_plane_blur(pool, &shock->from[LIGHT], &shock->blurred, &shock->drive, LIGHT_SIGMA);
            cg_pool_run(pool, rows, steer_row, shock);
        }
        cg_pool_run(pool, rows, step_row, shock);
        for (int c = 0; c < CHANNELS; c++) {
            struct cg_plane kept = shock->from[c];
            shock->from[c] = shock->to[c];
            shock->to[c] = kept;
        }
    }
}

/* ---- full size ------------------------------------------------------------------------------- */

static void change_row(void *context, size_t row, int worker)
{
    struct shock *shock = context;
    (void)worker;
    for (int c = 0; c < 3; c++) {
        const float *after = cg_plane_row(&shock->from[c], (int)row);
        const float *before = cg_plane_row(&shock->half[c], (int)row);
        float *change = cg_plane_row(&shock->to[c], (int)row);
        for (int x = 0; x < shock->gate.width; x++)
            change[x] = shock->amount * (after[x] - before[x]);
        cg_plane_replicate_row(change, shock->gate.width);
    }
}

/* A channel of a row of the colour layer += bilinear from two rows of half size. */
CG_MULTIVERSION_UNFUSED
static void enlarge(const float *restrict near, const float *restrict far, int pairs,
                    float *restrict colour)
{
    for (int x = 0; x < pairs; x++) {
        float left = 0.1875f * near[x - 1] + 0.0625f * far[x - 1];
        float middle = 0.5625f * near[x] + 0.1875f * far[x];
        float right = 0.1875f * near[x + 1] + 0.0625f * far[x + 1];
        colour[6 * x] += left + middle;
        colour[6 * x + 3] += middle + right;
    }
}

static void add_row(void *context, size_t row, int worker)
{
    struct shock *shock = context;
    const int y = (int)row, pairs = shock->width / 2;
    float *colour = shock->colour + 3 * row * (size_t)shock->width;
    (void)worker;
    for (int c = 0; c < 3; c++) {
        const float *near = cg_plane_row(&shock->to[c], y / 2);
        const float *far = cg_plane_row(&shock->to[c], y % 2 == 1 ? y / 2 + 1 : y / 2 - 1);
        enlarge(near, far, pairs, colour + c);
        if (shock->width % 2 == 1)
            colour[6 * pairs + c] += 0.75f * near[pairs] + 0.25f * far[pairs];
    }
}

enum cg_status cg_cel_shock(struct cg_buffer *scratch, struct cg_pool *pool, float *colour,
                            int width, int height, float amount, struct cg_error *error)
{
    const size_t rows = ((size_t)height + 1) / 2;
    struct cg_plane planes[PLANES], *next = planes;
    enum cg_status status =
        cg_planes_reserve(scratch, (width + 1) / 2, (int)rows, PLANES, planes, error);
    if (status != CG_OK)
        return status;
    struct shock shock = {.width = width, .height = height, .amount = amount, .colour = colour};
    for (int c = 0; c < 3; c++)
        shock.half[c] = *next++;
    for (int c = 0; c < CHANNELS; c++) {
        shock.from[c] = *next++;
        shock.to[c] = *next++;
    }
    shock.gate = *next++;
    shock.blurred = *next++;
    shock.drive = *next;
    cg_pool_run(pool, rows, halve_row, &shock);
    find_gate(&shock, pool, rows);
    take_steps(&shock, pool, rows);
    cg_pool_run(pool, rows, change_row, &shock);
    cg_pool_run(pool, (size_t)height, add_row, &shock);
    return CG_OK;
}
