/*
 * Regions in two steps. First neighbouring pixels join by the graph's criterion (Felzenszwalb and
 * Huttenlocher 2004): edges by rising weight, two components become one when the edge between them
 * is no stronger than what both hold inside, plus k / size. That leaves some thousands of small
 * regions. Then regions join by the piecewise constant model of Mumford and Shah (1989), greedily
 * at a rising price (Koepfler, Lopez and Morel 1994): two become one when
 *
 *   (n_a n_b / (n_a + n_b)) |mean_a - mean_b|^2 / length  <=  price * ease,
 *
 * the growth of the squared error for each pixel of border that goes. ease is large where the
 * border has no step: a slow gradient is one area, however far its ends are apart.
 */
#include "train/teacher/teacher_segment.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WEIGHT_BINS = 4096, SWEEPS = 9 };

#define WEIGHT_SCALE 8192.0f /* bins to a unit of colour distance */
#define GRAPH_K 0.12f
#define SWEEP_GROWTH 2.0f
#define AREA_MIN_PX 40.0f
#define STEP_CLEAR 0.025f /* mean step along a border from which it is one */
#define EASE_MAX 400.0f

/* ---- joined sets ----------------------------------------------------------------------------- */

static int find(int *parent, int i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

/* ---- pixels ---------------------------------------------------------------------------------- */

static void pixel_of(const struct cg_lab *lab, int x, int y, float out[3])
{
    for (int c = 0; c < 3; c++)
        out[c] = lab->c[c].v[y * lab->c[c].stride + x];
}

static float step_between(const struct cg_lab *lab, int x, int y, int other_x, int other_y)
{
    float here[3], there[3];
    pixel_of(lab, x, y, here);
    pixel_of(lab, other_x, other_y, there);
    return sqrtf(cg_colour_distance2(here, there));
}

struct graph {
    int width, height;
    size_t edge_count;
    uint16_t *weight; /* of the edges to the right and down from each pixel, 2 * pixel + 0 or 1 */
    int *order;       /* edges by weight */
    int *parent, *size;
    float *limit; /* strongest edge inside, plus k / size */
};

static void weigh_edges(const struct cg_lab *lab, struct graph *graph)
{
    for (int y = 0; y < graph->height; y++)
        for (int x = 0; x < graph->width; x++)
            for (int down = 0; down < 2; down++) {
                int ox = x + !down, oy = y + down;
                float bin = WEIGHT_BINS - 1;
                if (ox < graph->width && oy < graph->height)
                    bin = fminf(bin - 1.0f, WEIGHT_SCALE * step_between(lab, x, y, ox, oy));
                graph->weight[2 * (y * graph->width + x) + down] = (uint16_t)bin;
            }
}

/* Counting sort; edges that leave the picture, in the last bin, are left out. */
static void sort_edges(struct graph *graph)
{
    size_t start[WEIGHT_BINS + 1] = {0};
    const size_t all = 2 * (size_t)graph->width * (size_t)graph->height;
    for (size_t i = 0; i < all; i++)
        start[graph->weight[i] + 1]++;
    for (int i = 0; i < WEIGHT_BINS; i++)
        start[i + 1] += start[i];
    graph->edge_count = start[WEIGHT_BINS - 1];
    for (size_t i = 0; i < all; i++)
        graph->order[start[graph->weight[i]]++] = (int)i;
}

static void join_pixels(struct graph *graph)
{
    const int area = graph->width * graph->height;
    for (int i = 0; i < area; i++) {
        graph->parent[i] = i;
        graph->size[i] = 1;
        graph->limit[i] = GRAPH_K;
    }
    for (size_t i = 0; i < graph->edge_count; i++) {
        int edge = graph->order[i], here = edge / 2;
        int a = find(graph->parent, here);
        int b = find(graph->parent, here + (edge % 2 ? graph->width : 1));
        float weight = ((float)graph->weight[edge] + 0.5f) / WEIGHT_SCALE;
        if (a == b || weight > graph->limit[a] || weight > graph->limit[b])
            continue;
        int root = graph->size[a] >= graph->size[b] ? a : b, child = root == a ? b : a;
        graph->parent[child] = root;
        graph->size[root] += graph->size[child];
        graph->limit[root] = weight + GRAPH_K / (float)graph->size[root];
    }
}

static enum cg_status graph_create(const struct cg_lab *lab, struct graph *graph,
                                   struct cg_error *error)
{
    const size_t area = (size_t)lab->c[0].width * (size_t)lab->c[0].height;
    *graph = (struct graph){.width = lab->c[0].width, .height = lab->c[0].height};
    graph->weight = cg_alloc(area, 2 * sizeof *graph->weight, "edges", error);
    graph->order = cg_alloc(area, 2 * sizeof *graph->order, "edges", error);
    graph->parent = cg_alloc(area, sizeof *graph->parent, "edges", error);
    graph->size = cg_alloc(area, sizeof *graph->size, "edges", error);
    graph->limit = cg_alloc(area, sizeof *graph->limit, "edges", error);
    bool complete = graph->weight != NULL && graph->order != NULL && graph->parent != NULL &&
                    graph->size != NULL && graph->limit != NULL;
    return complete ? CG_OK : CG_ERR_MEMORY;
}

static void graph_clear(struct graph *graph)
{
    free(graph->limit);
    free(graph->size);
    free(graph->parent);
    free(graph->order);
    free(graph->weight);
}

/* ---- regions --------------------------------------------------------------------------------- */

/* Number the sets of parent and give each pixel its set's number. */
static void number_regions(int *parent, struct cg_regions *out)
{
    const int area = out->width * out->height;
    for (int i = 0; i < area; i++)
        out->label[i] = -1;
    for (int i = 0; i < area; i++) {
        int root = find(parent, i);
        if (out->label[root] < 0)
            out->label[root] = out->count++;
    }
    /* a root may come after its pixels: theirs are read from it last */
    for (int i = 0; i < area; i++)
        if (parent[i] != i)
            out->label[i] = out->label[find(parent, i)];
}

static void measure_regions(const struct cg_lab *lab, struct cg_regions *out)
{
    memset(out->mean, 0, (size_t)out->count * sizeof *out->mean);
    memset(out->area_px, 0, (size_t)out->count * sizeof *out->area_px);
    for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++) {
            int region = out->label[y * out->width + x];
            float n = ++out->area_px[region], pixel[3];
            pixel_of(lab, x, y, pixel);
            for (int c = 0; c < 3; c++)
                out->mean[region][c] += (pixel[c] - out->mean[region][c]) / n;
        }
}

static int compare_borders(const void *x, const void *y)
{
    const struct cg_border *p = x, *q = y;
    return p->a != q->a ? (p->a > q->a) - (p->a < q->a) : (p->b > q->b) - (p->b < q->b);
}

/* Sort the borders and make those of one pair one. */
static void collapse_borders(struct cg_regions *out)
{
    size_t kept = 0;
    if (out->border_count == 0)
        return;
    qsort(out->borders, out->border_count, sizeof *out->borders, compare_borders);
    for (size_t i = 1; i < out->border_count; i++) {
        struct cg_border *last = &out->borders[kept], *next = &out->borders[i];
        if (compare_borders(last, next) != 0) {
            out->borders[++kept] = *next;
            continue;
        }
        last->length_px += next->length_px;
        last->step += next->step;
    }
    out->border_count = kept + 1;
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

static enum cg_status find_borders(const struct cg_lab *lab, struct cg_regions *out,
                                   struct cg_error *error)
{
    out->borders =
        cg_alloc(count_border_pixels(out), sizeof *out->borders, "borders of regions", error);
    if (out->borders == NULL)
        return CG_ERR_MEMORY;
    for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++)
            for (int down = 0; down < 2; down++) {
                int ox = x + !down, oy = y + down;
                if (ox >= out->width || oy >= out->height)
                    continue;
                int a = out->label[y * out->width + x], b = out->label[oy * out->width + ox];
                if (a != b)
                    out->borders[out->border_count++] = (struct cg_border){
                        a < b ? a : b, a < b ? b : a, 1.0f, step_between(lab, x, y, ox, oy)};
            }
    collapse_borders(out);
    return CG_OK;
}

/* ---- joining regions ------------------------------------------------------------------------- */

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

/* Join what costs no more than price, in the borders' order; then bring the borders up to date. */
static void sweep(struct cg_regions *regions, int *parent, float price)
{
    for (size_t i = 0; i < regions->border_count; i++) {
        const struct cg_border *border = &regions->borders[i];
        int a = find(parent, border->a), b = find(parent, border->b);
        if (a != b && cost_of(regions, a, b, border) <= price)
            join(regions, parent, a < b ? a : b, a < b ? b : a);
    }
    size_t kept = 0;
    for (size_t i = 0; i < regions->border_count; i++) {
        struct cg_border border = regions->borders[i];
        int a = find(parent, border.a), b = find(parent, border.b);
        border.a = a < b ? a : b;
        border.b = a < b ? b : a;
        if (a != b)
            regions->borders[kept++] = border;
    }
    regions->border_count = kept;
    collapse_borders(regions);
}

static enum cg_status join_regions(struct cg_regions *regions, float price, struct cg_error *error)
{
    int *parent = cg_alloc((size_t)regions->count, sizeof *parent, "regions", error);
    if (parent == NULL)
        return CG_ERR_MEMORY;
    for (int i = 0; i < regions->count; i++)
        parent[i] = i;
    for (int i = 0; i < SWEEPS; i++)
        sweep(regions, parent, price * powf(SWEEP_GROWTH, (float)(i + 1 - SWEEPS)));
    for (int i = 0; i < regions->width * regions->height; i++)
        regions->label[i] = find(parent, regions->label[i]);
    free(parent);
    return CG_OK;
}

enum cg_status cg_regions_make(const struct cg_lab *lab, const struct cg_lab *sharp, float price,
                               struct cg_regions *out, struct cg_error *error)
{
    const size_t area = (size_t)lab->c[0].width * (size_t)lab->c[0].height;
    struct graph graph;
    *out = (struct cg_regions){.width = lab->c[0].width, .height = lab->c[0].height};
    out->label = cg_alloc(area, sizeof *out->label, "regions", error);
    enum cg_status status = graph_create(lab, &graph, error);
    if (out->label == NULL)
        status = CG_ERR_MEMORY;
    if (status == CG_OK) {
        weigh_edges(lab, &graph);
        sort_edges(&graph);
        join_pixels(&graph);
        number_regions(graph.parent, out);
        out->mean = cg_alloc((size_t)out->count, sizeof *out->mean, "regions", error);
        out->area_px = cg_alloc((size_t)out->count, sizeof *out->area_px, "regions", error);
        status = out->mean != NULL && out->area_px != NULL ? CG_OK : CG_ERR_MEMORY;
    }
    graph_clear(&graph);
    if (status == CG_OK) {
        measure_regions(lab, out);
        status = find_borders(sharp, out, error);
    }
    if (status == CG_OK)
        status = join_regions(out, price, error);
    if (status != CG_OK)
        cg_regions_clear(out);
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

const struct cg_border *cg_regions_border(const struct cg_regions *regions, int a, int b)
{
    const struct cg_border key = {.a = a < b ? a : b, .b = a < b ? b : a};
    return bsearch(&key, regions->borders, regions->border_count, sizeof key, compare_borders);
}
