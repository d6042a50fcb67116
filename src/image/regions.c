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

/* ---- measuring ------------------------------------------------------------------------------- */

/* Each its own set. */
static int *parents_create(int count, struct cg_error *error)
{
    int *parent = cg_alloc((size_t)count, sizeof *parent, "regions", error);
    for (int i = 0; parent != NULL && i < count; i++)
        parent[i] = i;
    return parent;
}

static void pixel_of(const struct cg_lab *lab, int x, int y, float out[3])
{
    for (int c = 0; c < 3; c++)
        out[c] = lab->c[c].v[y * lab->c[c].stride + x];
}

float cg_colour_step(const struct cg_lab *lab, int x, int y, int other_x, int other_y)
{
    float here[3], there[3];
    pixel_of(lab, x, y, here);
    pixel_of(lab, other_x, other_y, there);
    return sqrtf(cg_colour_distance2(here, there));
}

static enum cg_status measure_regions(const struct cg_lab *lab, struct cg_regions *out,
                                      struct cg_error *error)
{
    free(out->mean);
    free(out->area_px);
    out->mean = cg_alloc_zero((size_t)out->count, sizeof *out->mean, "regions", error);
    out->area_px = cg_alloc_zero((size_t)out->count, sizeof *out->area_px, "regions", error);
    if (out->mean == NULL || out->area_px == NULL)
        return CG_ERR_MEMORY;
    for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++) {
            int region = out->label[y * out->width + x];
            float share = 1.0f / ++out->area_px[region], pixel[3];
            pixel_of(lab, x, y, pixel);
            for (int c = 0; c < 3; c++)
                out->mean[region][c] += share * (pixel[c] - out->mean[region][c]);
        }
    return CG_OK;
}

/* to = from in the order of one end of the borders; borders of one end keep their order. */
static void sort_by(const struct cg_border *from, size_t count, bool by_b, size_t *start,
                    int regions, struct cg_border *to)
{
    memset(start, 0, ((size_t)regions + 1) * sizeof *start);
    for (size_t i = 0; i < count; i++)
        start[(by_b ? from[i].b : from[i].a) + 1]++;
    for (int i = 0; i < regions; i++)
        start[i + 1] += start[i];
    for (size_t i = 0; i < count; i++)
        to[start[by_b ? from[i].b : from[i].a]++] = from[i];
}

/* Sort the borders, by a, then b, and make those of one pair one. */
static enum cg_status collapse_borders(struct cg_regions *out, struct cg_error *error)
{
    if (out->border_count == 0)
        return CG_OK;
    struct cg_border *sorted =
        cg_alloc(out->border_count, sizeof *sorted, "borders of regions", error);
    size_t *start = cg_alloc((size_t)out->count + 1, sizeof *start, "borders of regions", error);
    if (sorted != NULL && start != NULL) {
        size_t kept = 0;
        sort_by(out->borders, out->border_count, true, start, out->count, sorted);
        sort_by(sorted, out->border_count, false, start, out->count, out->borders);
        for (size_t i = 1; i < out->border_count; i++) {
            struct cg_border *last = &out->borders[kept], *next = &out->borders[i];
            if (last->a != next->a || last->b != next->b) {
                out->borders[++kept] = *next;
                continue;
            }
            last->length_px += next->length_px;
            last->step += next->step;
        }
        out->border_count = kept + 1;
    }
    enum cg_status status = sorted != NULL && start != NULL ? CG_OK : CG_ERR_MEMORY;
    free(start);
    free(sorted);
    return status;
}

static size_t count_border_pixels(const struct cg_regions *regions)
{
    size_t count = 0;
    for (int y = 0; y < regions->height; y++)
        for (int x = 0; x < regions->width; x++) {
            const int *here = &regions->label[y * regions->width + x];
            count += x + 1 < regions->width && here[0] != here[1];
            count += y + 1 < regions->height && here[0] != here[regions->width];
        }
    return count;
}

static void add_border(const struct cg_lab *lab, int x, int y, bool down, struct cg_regions *out)
{
    int ox = x + !down, oy = y + down;
    if (ox >= out->width || oy >= out->height)
        return;
    int a = out->label[y * out->width + x], b = out->label[oy * out->width + ox];
    if (a != b)
        out->borders[out->border_count++] = (struct cg_border){a < b ? a : b, a < b ? b : a, 1.0f,
                                                               cg_colour_step(lab, x, y, ox, oy)};
}

static enum cg_status find_borders(const struct cg_lab *lab, struct cg_regions *out,
                                   struct cg_error *error)
{
    free(out->borders);
    out->border_count = 0;
    out->borders =
        cg_alloc(count_border_pixels(out), sizeof *out->borders, "borders of regions", error);
    if (out->borders == NULL)
        return CG_ERR_MEMORY;
    for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++) {
            add_border(lab, x, y, false, out);
            add_border(lab, x, y, true, out);
        }
    return collapse_borders(out, error);
}

/* ---- joining regions ------------------------------------------------------------------------- */

/* Bring the borders up to date after regions were joined. */
static enum cg_status renew_borders(struct cg_regions *regions, int *parent, struct cg_error *error)
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
    return collapse_borders(regions, error);
}

static void renew_labels(struct cg_regions *regions, int *parent)
{
    for (int i = 0; i < regions->width * regions->height; i++)
        regions->label[i] = cg_set_find(parent, regions->label[i]);
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

static enum cg_status join_regions(struct cg_regions *regions, float price, struct cg_error *error)
{
    int *parent = parents_create(regions->count, error);
    enum cg_status status = parent != NULL ? CG_OK : CG_ERR_MEMORY;
    for (int i = 0; i < SWEEPS && status == CG_OK; i++) {
        sweep(regions, parent, price * powf(SWEEP_GROWTH, (float)(i + 1 - SWEEPS)));
        status = renew_borders(regions, parent, error);
    }
    if (status == CG_OK)
        renew_labels(regions, parent);
    free(parent);
    return status;
}

enum cg_status cg_regions_make(struct cg_pool *pool, const struct cg_lab *lab,
                               const struct cg_lab *sharp, float price, struct cg_regions *out,
                               struct cg_error *error)
{
    *out = (struct cg_regions){.width = lab->c[0].width, .height = lab->c[0].height};
    enum cg_status status = cg_regions_of_pixels(pool, lab, out, error);
    if (status == CG_OK)
        status = measure_regions(lab, out, error);
    if (status == CG_OK)
        status = find_borders(sharp, out, error);
    if (status == CG_OK)
        status = join_regions(out, price, error);
    if (status != CG_OK)
        cg_regions_clear(out);
    return status;
}

/* ---- pieces of regions ----------------------------------------------------------------------- */

/* Join each pixel with those at its left and above that are of its region and tone. */
static void join_alike(const struct cg_regions *regions, const int *tone, int *parent)
{
    const int width = regions->width, *label = regions->label;
    for (int y = 0; y < regions->height; y++)
        for (int x = 0; x < width; x++) {
            int i = y * width + x, left = i - 1, above = i - width;
            if (x > 0 && label[left] == label[i] && tone[left] == tone[i])
                parent[i] = cg_set_find(parent, left);
            if (y > 0 && label[above] == label[i] && tone[above] == tone[i])
                cg_set_join(parent, above, i);
        }
}

/* Join pieces of one region, of number whole[piece], that meet without a step. */
static enum cg_status join_soft(struct cg_regions *pieces, const int *whole, float step,
                                struct cg_error *error)
{
    int *parent = parents_create(pieces->count, error);
    if (parent == NULL)
        return CG_ERR_MEMORY;
    for (size_t i = 0; i < pieces->border_count; i++) {
        const struct cg_border *border = &pieces->borders[i];
        int a = cg_set_find(parent, border->a), b = cg_set_find(parent, border->b);
        if (a != b && whole[border->a] == whole[border->b] &&
            border->step < step * border->length_px)
            join(pieces, parent, a < b ? a : b, a < b ? b : a);
    }
    enum cg_status status = renew_borders(pieces, parent, error);
    if (status == CG_OK)
        renew_labels(pieces, parent);
    free(parent);
    return status;
}

enum cg_status cg_regions_split(const struct cg_lab *lab, const int *tone, float step,
                                struct cg_regions *regions, struct cg_error *error)
{
    const int area = regions->width * regions->height;
    int *parent = parents_create(area, error);
    int *whole = cg_alloc((size_t)area, sizeof *whole, "regions", error); /* by piece */
    enum cg_status status = CG_ERR_MEMORY;
    if (parent == NULL || whole == NULL)
        goto done;
    join_alike(regions, tone, parent);
    /* a root comes before its pixels, so no number is read that was not written */
    regions->count = 0;
    for (int i = 0; i < area; i++)
        if (parent[i] == i) {
            whole[regions->count] = regions->label[i];
            regions->label[i] = regions->count++;
        } else {
            regions->label[i] = regions->label[cg_set_find(parent, i)];
        }
    status = measure_regions(lab, regions, error);
    if (status == CG_OK)
        status = find_borders(lab, regions, error);
    if (status == CG_OK)
        status = join_soft(regions, whole, step, error);
done:
    free(whole);
    free(parent);
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

enum cg_status cg_regions_remove_specks(struct cg_regions *regions, const float *area_px,
                                        size_t count, float keep_px, float distance,
                                        struct cg_error *error)
{
    int *parent = parents_create(regions->count, error);
    int *best = cg_alloc((size_t)regions->count, sizeof *best, "regions", error);
    enum cg_status status = parent != NULL && best != NULL ? CG_OK : CG_ERR_MEMORY;
    for (size_t i = 0; i < count && status == CG_OK; i++) {
        find_best_neighbours(regions, best);
        join_specks(regions, best, parent, area_px[i], keep_px, distance);
        status = renew_borders(regions, parent, error);
    }
    if (status == CG_OK)
        renew_labels(regions, parent);
    else
        cg_regions_clear(regions);
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
