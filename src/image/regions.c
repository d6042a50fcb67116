/*
 * Regions of one colour. What the graph leaves (regions_graph.c), some thousands of small ones,
 * joins by the piecewise constant model of Mumford and Shah (1989), greedily at a rising price
 * (Koepfler, Lopez and Morel 1994): two become one when
 *
 *   (n_a n_b / (n_a + n_b)) |mean_a - mean_b|^2 / length  <=  price * ease,
 *
 * the growth of the squared error for each pixel of border that goes. ease is large where the
 * border has no step: a slow gradient is one area, however far its ends are apart.
 */
#include "image/regions.h"

#include "base/memory.h"
#include "image/regions_parts.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SWEEPS = 9 };

#define SWEEP_GROWTH 2.0f
#define AREA_MIN_PX 40.0f
#define STEP_CLEAR 0.025f /* mean step along a border from which it is one */
#define EASE_MAX 400.0f

/* Each its own set. */
static int *parents_create(int count, struct cg_error *error)
{
    int *parent = cg_alloc((size_t)count, sizeof *parent, "regions", error);
    for (int i = 0; parent != NULL && i < count; i++)
        parent[i] = i;
    return parent;
}

/* ---- joining regions ------------------------------------------------------------------------- */

/* Bring the borders up to date after regions were joined. */
static void renew_borders(struct cg_regions *regions, const struct cg_border_sorter *sorter,
                          int *parent)
{
    size_t kept = 0;
    for (size_t i = 0; i < regions->border_count; i++) {
        struct cg_border border = regions->borders[i];
        int a = cg_set_find(parent, border.a), b = cg_set_find(parent, border.b);
        border.a = a < b ? a : b;
        border.b = a < b ? b : a;
        if (a != b)
            regions->borders[kept++] = border;
    }
    regions->border_count = kept;
    cg_borders_collapse(regions, sorter);
}

struct renewal {
    const struct cg_bands *bands;
    struct cg_regions *regions;
    const int *number;
};

static void renew_labels(void *context, size_t band, int worker)
{
    const struct renewal *job = context;
    const size_t width = (size_t)job->regions->width;
    const size_t end = (size_t)cg_band_bottom(job->bands, band) * width;
    int *label = job->regions->label;
    (void)worker;
    for (size_t i = (size_t)cg_band_top(job->bands, band) * width; i < end; i++)
        label[i] = job->number[label[i]];
}

/* Number the regions that are left, in their order; the borders are up to date. */
static enum cg_status renumber(const struct cg_bands *bands, struct cg_regions *regions,
                               int *parent, struct cg_error *error)
{
    int *number = cg_alloc((size_t)regions->count, sizeof *number, "regions", error);
    int count = 0;
    if (number == NULL)
        return CG_ERR_MEMORY;
    for (int i = 0; i < regions->count; i++)
        if (parent[i] == i) {
            memcpy(regions->mean[count], regions->mean[i], sizeof *regions->mean);
            regions->area_px[count] = regions->area_px[i];
            number[i] = count++;
        }
    for (int i = 0; i < regions->count; i++)
        number[i] = number[cg_set_find(parent, i)];
    for (size_t i = 0; i < regions->border_count; i++) {
        regions->borders[i].a = number[regions->borders[i].a];
        regions->borders[i].b = number[regions->borders[i].b];
    }
    regions->count = count;
    cg_bands_run(bands, renew_labels, &(struct renewal){bands, regions, number});
    free(number);
    return CG_OK;
}

/* What joining the two regions of a border costs. */
static float cost_of(const struct cg_regions *regions, int a, int b, const struct cg_border *border)
{
    float na = regions->area_px[a], nb = regions->area_px[b];
    float distance2 = cg_colour_distance2(regions->mean[a], regions->mean[b]);
    float clear = border->step / border->length_px / STEP_CLEAR;
    float ease = clear * clear < 1.0f / EASE_MAX ? EASE_MAX : 1.0f / (clear * clear);
    ease = ease < 0.7f ? 0.7f : ease;
    float cost = na * nb / (na + nb) * distance2 / border->length_px / ease;
    return na < AREA_MIN_PX || nb < AREA_MIN_PX ? 0.1f * cost : cost;
}

static void join(struct cg_regions *regions, int *parent, int a, int b)
{
    float all = regions->area_px[a] + regions->area_px[b], share = regions->area_px[b] / all;
    for (int c = 0; c < 3; c++)
        regions->mean[a][c] += share * (regions->mean[b][c] - regions->mean[a][c]);
    regions->area_px[a] = all;
    parent[b] = a;
}

/* Join what costs no more than price, in the borders' order. */
static void sweep(struct cg_regions *regions, int *parent, float price)
{
    for (size_t i = 0; i < regions->border_count; i++) {
        const struct cg_border *border = &regions->borders[i];
        int a = cg_set_find(parent, border->a), b = cg_set_find(parent, border->b);
        if (a != b && cost_of(regions, a, b, border) <= price)
            join(regions, parent, a < b ? a : b, a < b ? b : a);
    }
}

static enum cg_status join_regions(const struct cg_bands *bands, struct cg_regions *regions,
                                   float price, struct cg_error *error)
{
    struct cg_border_sorter sorter;
    int *parent = parents_create(regions->count, error);
    enum cg_status status = cg_border_sorter_create(regions, &sorter, error);
    if (parent == NULL)
        status = CG_ERR_MEMORY;
    for (int i = 0; i < SWEEPS && status == CG_OK; i++) {
        sweep(regions, parent, price * powf(SWEEP_GROWTH, (float)(i + 1 - SWEEPS)));
        renew_borders(regions, &sorter, parent);
    }
    if (status == CG_OK)
        status = renumber(bands, regions, parent, error);
    cg_border_sorter_clear(&sorter);
    free(parent);
    return status;
}

enum cg_status cg_regions_make(struct cg_pool *pool, const struct cg_lab *lab,
                               const struct cg_lab *sharp, float price, struct cg_regions *out,
                               struct cg_error *error)
{
    const struct cg_bands bands = cg_bands_of(pool, lab->c[0].height);
    *out = (struct cg_regions){.width = lab->c[0].width, .height = lab->c[0].height};
    int *count = cg_alloc(bands.count + 1, sizeof *count, "regions", error);
    enum cg_status status = CG_ERR_MEMORY;
    if (count != NULL)
        status = cg_regions_of_pixels(&bands, lab, count, out, error);
    if (status == CG_OK)
        status = cg_regions_describe(&bands, lab, sharp, count, out, error);
    if (status == CG_OK)
        status = join_regions(&bands, out, price, error);
    free(count);
    if (status != CG_OK)
        cg_regions_clear(out);
    return status;
}

/* ---- pieces of regions ----------------------------------------------------------------------- */

/* Regions on their way into pieces. */
struct cut {
    const struct cg_bands *bands;
    int width;
    const int *whole;   /* regions, by pixel */
    const int8_t *tone; /* NULL: not to be looked at */
    int *piece;         /* by pixel */
    int *count;         /* pieces by band */
    int *origin;        /* a pixel of each piece */
};

static bool are_alike(const struct cut *cut, int pixel, int other)
{
    return cut->whole[pixel] == cut->whole[other] &&
           (cut->tone == NULL || cut->tone[pixel] == cut->tone[other]);
}

/* Join each pixel of a row with those at its left and, if there is a row, above that are alike. */
static void join_alike(const struct cut *cut, int first, bool has_above)
{
    bool was_joined = false; /* the left pixel with that above it */
    for (int i = first; i < first + cut->width; i++) {
        const bool left = i > first && are_alike(cut, i, i - 1);
        const bool above = has_above && are_alike(cut, i, i - cut->width);
        cut->piece[i] = left ? cut->piece[i - 1] : i;
        if (above && !(left && was_joined))
            cg_set_join(cut->piece, i - cut->width, i);
        was_joined = above;
    }
}

/* Sets of pixels become pieces with numbers, within a band. */
static void cut_band(void *context, size_t band, int worker)
{
    const struct cut *cut = context;
    const int top = cg_band_top(cut->bands, band), bottom = cg_band_bottom(cut->bands, band);
    int *piece = cut->piece, count = 0;
    (void)worker;
    for (int y = top; y < bottom; y++)
        join_alike(cut, y * cut->width, y > top);
    /* a parent comes before its pixels; complements are numbers */
    for (int i = top * cut->width; i < bottom * cut->width; i++)
        piece[i] = piece[i] == i ? ~count++ : piece[piece[i]];
    for (int i = top * cut->width; i < bottom * cut->width; i++)
        piece[i] = ~piece[i];
    cut->count[band] = count;
}

static void note_origins(void *context, size_t band, int worker)
{
    const struct cut *cut = context;
    const int end = cg_band_bottom(cut->bands, band) * cut->width;
    (void)worker;
    for (int i = cg_band_top(cut->bands, band) * cut->width; i < end; i++)
        cut->origin[cut->piece[i]] = i;
}

/* Pieces are too many to be tones, or for memory. */
static bool are_noise(const struct cut *cut, size_t area)
{
    size_t pieces = 0;
    for (size_t band = 0; band < cut->bands->count; band++)
        pieces += (size_t)cut->count[band];
    return pieces > 1 && pieces > area / CG_REGION_MEAN_LEAST_PX;
}

/* Join what bands have parted. */
static void join_bands(const struct cut *cut, struct cg_regions *pieces, int *parent)
{
    for (size_t i = 0; i < pieces->border_count; i++) {
        const struct cg_border *border = &pieces->borders[i];
        int a = cg_set_find(parent, border->a), b = cg_set_find(parent, border->b);
        if (a != b && are_alike(cut, cut->origin[border->a], cut->origin[border->b]))
            join(pieces, parent, a < b ? a : b, a < b ? b : a);
    }
}

/* Join pieces of one region that meet without a step. */
static void join_soft(const struct cut *cut, struct cg_regions *pieces, float step, int *parent)
{
    for (size_t i = 0; i < pieces->border_count; i++) {
        const struct cg_border *border = &pieces->borders[i];
        int a = cg_set_find(parent, border->a), b = cg_set_find(parent, border->b);
        if (a != b && cut->whole[cut->origin[border->a]] == cut->whole[cut->origin[border->b]] &&
            border->step < step * border->length_px)
            join(pieces, parent, a < b ? a : b, a < b ? b : a);
    }
}

static enum cg_status join_pieces(struct cut *cut, struct cg_regions *pieces, float step,
                                  struct cg_error *error)
{
    struct cg_border_sorter sorter;
    int *parent = parents_create(pieces->count, error);
    cut->origin = cg_alloc((size_t)pieces->count, sizeof *cut->origin, "regions", error);
    enum cg_status status = cg_border_sorter_create(pieces, &sorter, error);
    if (parent == NULL || cut->origin == NULL)
        status = CG_ERR_MEMORY;
    if (status == CG_OK) {
        cg_bands_run(cut->bands, note_origins, cut);
        join_bands(cut, pieces, parent);
        renew_borders(pieces, &sorter, parent);
        join_soft(cut, pieces, step, parent);
        renew_borders(pieces, &sorter, parent);
        status = renumber(cut->bands, pieces, parent, error);
    }
    cg_border_sorter_clear(&sorter);
    free(cut->origin);
    free(parent);
    return status;
}

enum cg_status cg_regions_split(struct cg_pool *pool, const struct cg_lab *lab, const int8_t *tone,
                                float step, struct cg_regions *regions, struct cg_error *error)
{
    const struct cg_bands bands = cg_bands_of(pool, regions->height);
    const size_t area = (size_t)regions->width * (size_t)regions->height;
    int *whole = regions->label;
    struct cut cut = {.bands = &bands, .width = regions->width, .whole = whole, .tone = tone};
    cut.piece = regions->label = cg_alloc(area, sizeof *regions->label, "regions", error);
    cut.count = cg_alloc(bands.count + 1, sizeof *cut.count, "regions", error);
    enum cg_status status = CG_ERR_MEMORY;
    if (cut.piece != NULL && cut.count != NULL) {
        cg_bands_run(&bands, cut_band, &cut);
        if (are_noise(&cut, area)) {
            cut.tone = NULL;
            cg_bands_run(&bands, cut_band, &cut);
        }
        status = cg_regions_describe(&bands, lab, lab, cut.count, regions, error);
    }
    if (status == CG_OK)
        status = join_pieces(&cut, regions, step, error);
    free(cut.count);
    free(whole);
    if (status != CG_OK)
        cg_regions_clear(regions);
    return status;
}

/* best[i] = the border along which region i touches most of a region no smaller; -1: none. */
static void find_best_neighbours(const struct cg_regions *regions, int *best)
{
    for (int i = 0; i < regions->count; i++)
        best[i] = -1;
    for (size_t i = 0; i < regions->border_count; i++) {
        const struct cg_border *border = &regions->borders[i];
        for (int side = 0; side < 2; side++) {
            int here = side == 0 ? border->a : border->b, there = border->a + border->b - here;
            if (regions->area_px[there] >= regions->area_px[here] &&
                (best[here] < 0 || border->length_px > regions->borders[best[here]].length_px))
                best[here] = (int)i;
        }
    }
}

static void join_specks(struct cg_regions *regions, const int *best, int *parent, float area_px,
                        float keep_px, float distance)
{
    for (int i = 0; i < regions->count; i++) {
        if (best[i] < 0 || regions->area_px[i] > area_px)
            continue;
        const struct cg_border *border = &regions->borders[best[i]];
        int root = cg_set_find(parent, border->a + border->b - i);
        float apart2 = cg_colour_distance2(regions->mean[i], regions->mean[root]);
        if (root == i || (regions->area_px[i] >= keep_px && apart2 >= distance * distance))
            continue;
        parent[i] = root;
        regions->area_px[root] += regions->area_px[i];
    }
}

enum cg_status cg_regions_remove_specks(struct cg_pool *pool, struct cg_regions *regions,
                                        const float *area_px, size_t count, float keep_px,
                                        float distance, struct cg_error *error)
{
    const struct cg_bands bands = cg_bands_of(pool, regions->height);
    struct cg_border_sorter sorter;
    int *parent = parents_create(regions->count, error);
    int *best = cg_alloc((size_t)regions->count, sizeof *best, "regions", error);
    enum cg_status status = cg_border_sorter_create(regions, &sorter, error);
    if (parent == NULL || best == NULL)
        status = CG_ERR_MEMORY;
    for (size_t i = 0; i < count && status == CG_OK; i++) {
        find_best_neighbours(regions, best);
        join_specks(regions, best, parent, area_px[i], keep_px, distance);
        renew_borders(regions, &sorter, parent);
    }
    if (status == CG_OK)
        status = renumber(&bands, regions, parent, error);
    if (status != CG_OK)
        cg_regions_clear(regions);
    cg_border_sorter_clear(&sorter);
    free(best);
    free(parent);
    return status;
}

void cg_regions_clear(struct cg_regions *regions)
{
    free(regions->borders);
    free(regions->area_px);
    free(regions->mean);
    free(regions->label);
    *regions = (struct cg_regions){0};
}

static int compare_borders(const void *x, const void *y)
{
    const struct cg_border *p = x, *q = y;
    return p->a != q->a ? (p->a > q->a) - (p->a < q->a) : (p->b > q->b) - (p->b < q->b);
}

const struct cg_border *cg_regions_border(const struct cg_regions *regions, int a, int b)
{
    const struct cg_border key = {.a = a < b ? a : b, .b = a < b ? b : a};
    return bsearch(&key, regions->borders, regions->border_count, sizeof key, compare_borders);
}
