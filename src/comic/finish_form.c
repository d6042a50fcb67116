/*
 * What pen strokes follow: the darkness of the colour layer, and the direction of the form. Strokes
 * run along the edges around (smoothed structure tensor, Bigun and Granlund 1987), or at
 * DEFAULT_ANGLE, as a right hand hatches, where there are none to speak of.
 */
#include "comic/finish_parts.h"

#include "base/clamp.h"
#include "comic/skin.h"
#include "image/oklab.h"

#include <math.h>

#define DEFAULT_TWICE_X (-0.309f) /* cosine of twice -54 degrees */
#define DEFAULT_TWICE_Y (-0.951f)
#define DEFAULT_WEIGHT 3e-5f /* of it against edges: squared darkness a pixel */
#define TONE_REACH 0.0016f   /* of the long side: radius of the means that smooth shadows */
#define FORM_REACH 0.014f    /* the same for directions */
#define SKIN_DARKNESS 0.42f  /* where skin is darker, */
#define SKIN_EASE 0.7f       /* so much of the rest is left out: faces are not crossed over */
#define MEANS 3              /* running means one after the other: nearly a Gaussian */

struct making {
    struct cg_hatch *hatch;
    const struct cg_layers *layers;
    const struct cg_finish_tone *grade;
    float *plane[4]; /* the fourth for what comes between */
    /* a round of running means: from plane `from` to plane `to` */
    int from, to, radius;
};

static size_t width_of(const struct making *making)
{
    return (size_t)making->layers->width;
}

/* 1 - lightness of the colour layer, as graded; darker shadows for a larger amount. */
static void darkness_row(void *context, size_t y, int worker)
{
    const struct making *making = context;
    const float *colour = making->layers->colour + 3 * y * width_of(making);
    const float *photo = making->layers->photo + 3 * y * width_of(making);
    (void)worker;
    for (size_t x = 0; x < width_of(making); x++, colour += 3, photo += 3) {
        float linear[3], lab[3];
        for (int c = 0; c < 3; c++)
            linear[c] = cg_srgb_decode(fminf(fmaxf(colour[c], 0.0f), 1.0f));
        cg_oklab_from_linear(linear, lab);
        cg_finish_tone_tone(making->grade, lab);
        float darkness = making->hatch->amount * (1.0f - lab[0]);
        float skin = cg_skin_of(photo[0], photo[1], photo[2]);
        making->plane[0][y * width_of(making) + x] =
            darkness - SKIN_EASE * skin * fmaxf(0.0f, darkness - SKIN_DARKNESS);
    }
}

/* ---- running means --------------------------------------------------------------------------- */

/* to[i * stride] = mean of from[(i - radius) * stride] to [(i + radius) * stride], ends repeated */
static void mean_line(const float *from, float *to, int count, size_t stride, int radius)
{
    double sum = 0.0, weight = 1.0 / (2 * radius + 1);
    for (int i = -radius; i <= radius; i++)
        sum += (double)from[stride * (size_t)cg_clamp_index(i, count)];
    for (int i = 0; i < count; i++) {
        to[stride * (size_t)i] = (float)(sum * weight);
        int next = i + radius + 1, last = i - radius;
        sum += (double)from[stride * (size_t)cg_clamp_index(next, count)];
        sum -= (double)from[stride * (size_t)cg_clamp_index(last, count)];
    }
}

static void mean_row(void *context, size_t y, int worker)
{
    const struct making *making = context;
    size_t start = y * width_of(making);
    (void)worker;
    mean_line(making->plane[making->from] + start, making->plane[making->to] + start,
              making->layers->width, 1, making->radius);
}

static void mean_column(void *context, size_t x, int worker)
{
    const struct making *making = context;
    (void)worker;
    mean_line(making->plane[making->from] + x, making->plane[making->to] + x,
              making->layers->height, width_of(making), making->radius);
}

static void smooth_plane(struct making *making, struct cg_pool *pool, int plane, float reach)
{
    int width = making->layers->width, height = making->layers->height;
    making->radius = (int)lroundf(reach * (float)(width > height ? width : height));
    for (int i = 0; i < MEANS && making->radius > 0; i++) {
        making->from = plane;
        making->to = 3;
        cg_pool_run(pool, (size_t)height, mean_row, making);
        making->from = 3;
        making->to = plane;
        cg_pool_run(pool, (size_t)width, mean_column, making);
    }
}

/* ---- directions ------------------------------------------------------------------------------ */

/* The edges' direction as a double angle, times their squared contrast, into planes 1 and 2. */
static void edges_row(void *context, size_t row, int worker)
{
    const struct making *making = context;
    int width = making->layers->width, height = making->layers->height, y = (int)row;
    const float *here = making->plane[0] + row * (size_t)width;
    const float *above = y > 0 ? here - width : here, *below = y + 1 < height ? here + width : here;
    (void)worker;
    for (int x = 0; x < width; x++) {
        float gx = 0.5f * (here[x + 1 < width ? x + 1 : x] - here[x > 0 ? x - 1 : x]);
        float gy = 0.5f * (below[x] - above[x]);
        size_t i = row * (size_t)width + (size_t)x;
        /* across the gradient: its double angle, turned by 180 degrees */
        making->plane[1][i] = gy * gy - gx * gx;
        making->plane[2][i] = -2.0f * gx * gy;
    }
}

static void maps_row(void *context, size_t y, int worker)
{
    const struct making *making = context;
    (void)worker;
    for (size_t i = y * width_of(making); i < (y + 1) * width_of(making); i++) {
        float u = making->plane[1][i] + DEFAULT_WEIGHT * DEFAULT_TWICE_X;
        float v = making->plane[2][i] + DEFAULT_WEIGHT * DEFAULT_TWICE_Y;
        float length = sqrtf(u * u + v * v) + 1e-12f;
        making->hatch->maps[3 * i] = making->plane[0][i];
        making->hatch->maps[3 * i + 1] = u / length;
        making->hatch->maps[3 * i + 2] = v / length;
    }
}

void cg_hatch_make(struct cg_hatch *hatch, struct cg_pool *pool, const struct cg_layers *layers,
                   const struct cg_finish_tone *grade)
{
    size_t size = (size_t)layers->width * (size_t)layers->height, rows = (size_t)layers->height;
    struct making making = {.hatch = hatch, .layers = layers, .grade = grade};
    for (size_t k = 0; k < 4; k++)
        making.plane[k] = hatch->maps + (3 + k) * size;
    cg_pool_run(pool, rows, darkness_row, &making);
    smooth_plane(&making, pool, 0, TONE_REACH);
    cg_pool_run(pool, rows, edges_row, &making);
    smooth_plane(&making, pool, 1, FORM_REACH);
    smooth_plane(&making, pool, 2, FORM_REACH);
    cg_pool_run(pool, rows, maps_row, &making);
}
