/*
 * Neighbouring pixels join by the graph's criterion (Felzenszwalb and Huttenlocher 2004): edges by
 * rising weight, two components become one when the edge between them is no stronger than what both
 * hold inside, plus k / size. Bands are worked on one by one, edges between them left out. Where
 * that leaves too many, as in noise, k rises.
 */
#include "base/memory.h"
#include "base/multiversion.h"
#include "image/regions_parts.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

enum { WEIGHT_BINS = 4096, EDGES_AHEAD = 24 };

#define WEIGHT_SCALE 8192.0f /* bins to a unit of colour distance */
#define GRAPH_K 0.12f
#define K_GROWTH 4.0f

struct component {
    float limit; /* strongest edge inside, plus k / size */
    int size;    /* once numbered, the complement of the number */
};

/* One band. */
struct graph {
    const struct cg_lab *lab;
    int width, top, bottom, pixels;
    uint16_t *weight; /* of the edges to the right and down from each pixel, 2 * pixel + 0 or 1 */
    int *order;       /* edges by weight */
    int *parent;
    struct component *component; /* by root */
};

/* ---- edges ----------------------------------------------------------------------------------- */

/* weight[0, 2, 4 ...] = the steps from here to there, pixel by pixel. */
CG_MULTIVERSION_UNFUSED
static void weigh_row(const float *const here[3], const float *const there[3], int count,
                      uint16_t *restrict weight)
{
    const float *restrict a0 = here[0], *restrict a1 = here[1], *restrict a2 = here[2];
    const float *restrict b0 = there[0], *restrict b1 = there[1], *restrict b2 = there[2];
    for (int x = 0; x < count; x++) {
        float d0 = a0[x] - b0[x], d1 = a1[x] - b1[x], d2 = a2[x] - b2[x];
        float bin = WEIGHT_SCALE * sqrtf(d0 * d0 + 4.0f * (d1 * d1 + d2 * d2));
        weight[2 * x] = (uint16_t)(int)(bin < WEIGHT_BINS - 2 ? bin : WEIGHT_BINS - 2);
    }
}

/* The edges of row y; those that leave the band get the last bin. */
static void weigh_edges(const struct graph *graph, int y)
{
    uint16_t *weight = graph->weight + 2 * (size_t)(y - graph->top) * (size_t)graph->width;
    const struct cg_lab_rows rows = cg_lab_rows_of(graph->lab, y);
    weigh_row(rows.here, rows.right, graph->width - 1, weight);
    weight[2 * (graph->width - 1)] = WEIGHT_BINS - 1;
    weigh_row(rows.here, rows.below, graph->width, weight + 1);
    for (int x = 0; x < graph->width && y + 1 == graph->bottom; x++)
        weight[2 * x + 1] = WEIGHT_BINS - 1;
}

/* Counting sort of the edges; returns how many there are without those of the last bin. */
static int sort_edges(const struct graph *graph)
{
    int start[WEIGHT_BINS + 1] = {0};
    for (int i = 0; i < 2 * graph->pixels; i++)
        start[graph->weight[i] + 1]++;
    for (int i = 0; i < WEIGHT_BINS; i++)
        start[i + 1] += start[i];
    const int count = start[WEIGHT_BINS - 1];
    for (int i = 0; i < 2 * graph->pixels; i++)
        graph->order[start[graph->weight[i]]++] = i;
    return count;
}

/* ---- joining --------------------------------------------------------------------------------- */

/* Returns whether two components became one. */
static bool join_by_edge(const struct graph *graph, int edge, float k)
{
    int here = edge / 2, a = cg_set_find(graph->parent, here);
    int b = cg_set_find(graph->parent, here + (edge % 2 ? graph->width : 1));
    float weight = ((float)graph->weight[edge] + 0.5f) / WEIGHT_SCALE;
    if (a == b || weight > graph->component[a].limit || weight > graph->component[b].limit)
        return false;
    int size = graph->component[a].size + graph->component[b].size;
    bool first = 2 * graph->component[a].size >= size;
    graph->parent[first ? b : a] = first ? a : b;
    graph->component[first ? a : b] = (struct component){weight + k / (float)size, size};
    return true;
}

/* Returns how many components became part of another. */
static int join_by_edges(const struct graph *graph, int count, float k)
{
    int joined = 0;
    for (int i = 0; i < count; i++) {
        if (i + EDGES_AHEAD < count) {
            int pixel = graph->order[i + EDGES_AHEAD] / 2;
            __builtin_prefetch(&graph->parent[pixel]);
            __builtin_prefetch(&graph->component[pixel]);
        }
        joined += join_by_edge(graph, graph->order[i], k);
    }
    return joined;
}

static void join_pixels(const struct graph *graph, int edges)
{
    const int most = graph->pixels / CG_REGION_MEAN_LEAST_PX;
    int left = graph->pixels;
    for (int i = 0; i < graph->pixels; i++) {
        graph->parent[i] = i;
        graph->component[i] = (struct component){0.0f, 1};
    }
    for (float k = GRAPH_K, former = 0.0f; left > 1 && left > most; former = k, k *= K_GROWTH) {
        for (int i = 0; i < graph->pixels; i++)
            graph->component[i].limit += (k - former) / (float)graph->component[i].size;
        left -= join_by_edges(graph, edges, k);
    }
}

/* Number the components in the order of their first pixels; returns how many there are. */
static int number_pixels(const struct graph *graph, int *label)
{
    int count = 0;
    for (int i = 0; i < graph->pixels; i++) {
        struct component *component = &graph->component[cg_set_find(graph->parent, i)];
        if (component->size > 0)
            component->size = ~count++;
        label[i] = ~component->size;
    }
    return count;
}

/* ---- bands ----------------------------------------------------------------------------------- */

struct job {
    const struct cg_bands *bands;
    const struct cg_lab *lab;
    struct cg_regions *out;
    int *count;
    size_t band_pixels;
    uint16_t *weight; /* by slot, as what follows: each slot takes one band after another */
    int *order, *parent;
    struct component *component;
    atomic_size_t next;
};

static void label_band(const struct job *job, size_t band, size_t slot)
{
    const int top = cg_band_top(job->bands, band), bottom = cg_band_bottom(job->bands, band);
    const int width = job->out->width;
    const struct graph graph = {
        .lab = job->lab,
        .width = width,
        .top = top,
        .bottom = bottom,
        .pixels = (bottom - top) * width,
        .weight = job->weight + 2 * slot * job->band_pixels,
        .order = job->order + 2 * slot * job->band_pixels,
        .parent = job->parent + slot * job->band_pixels,
        .component = job->component + slot * job->band_pixels,
    };
    for (int y = top; y < bottom; y++)
        weigh_edges(&graph, y);
    join_pixels(&graph, sort_edges(&graph));
    job->count[band] = number_pixels(&graph, job->out->label + (size_t)top * (size_t)width);
}

static void take_bands(void *context, size_t slot, int worker)
{
    struct job *job = context;
    (void)worker;
    for (;;) {
        size_t band = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed);
        if (band >= job->bands->count)
            return;
        label_band(job, band, slot);
    }
}

enum cg_status cg_regions_of_pixels(const struct cg_bands *bands, const struct cg_lab *lab,
                                    int *count, struct cg_regions *out, struct cg_error *error)
{
    size_t slots = bands->pool != NULL ? (size_t)cg_pool_threads(bands->pool) : 1;
    slots = slots < bands->count ? slots : bands->count;
    struct job job = {.bands = bands, .lab = lab, .out = out, .count = count};
    job.band_pixels = (size_t)bands->rows * (size_t)out->width;
    const size_t pixels = slots * job.band_pixels;
    out->label =
        cg_alloc((size_t)out->height * (size_t)out->width, sizeof *out->label, "regions", error);
    job.weight = cg_alloc(pixels, 2 * sizeof *job.weight, "edges", error);
    job.order = cg_alloc(pixels, 2 * sizeof *job.order, "edges", error);
    job.parent = cg_alloc(pixels, sizeof *job.parent, "edges", error);
    job.component = cg_alloc(pixels, sizeof *job.component, "edges", error);
    const bool complete = out->label != NULL && job.weight != NULL && job.order != NULL &&
                          job.parent != NULL && job.component != NULL;
    if (complete && bands->pool != NULL)
        cg_pool_run(bands->pool, slots, take_bands, &job);
    else if (complete)
        take_bands(&job, 0, 0);
    free(job.component);
    free(job.parent);
    free(job.order);
    free(job.weight);
    return complete ? CG_OK : CG_ERR_MEMORY;
}
