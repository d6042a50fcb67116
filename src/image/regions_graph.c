/*
 * Neighbouring pixels join by the graph's criterion (Felzenszwalb and Huttenlocher 2004): edges by
 * rising weight, two components become one when the edge between them is no stronger than what both
 * hold inside, plus k / size.
 */
#include "base/memory.h"
#include "base/multiversion.h"
#include "image/regions_parts.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { WEIGHT_BINS = 4096, BAND_ROWS = 160 };

#define WEIGHT_SCALE 8192.0f /* bins to a unit of colour distance */
#define GRAPH_K 0.12f

struct component {
    float limit; /* strongest edge inside, plus k / size */
    int size;
};

struct graph {
    const struct cg_lab *lab;
    int width, height, band_rows;
    uint16_t *weight; /* of the edges to the right and down from each pixel, 2 * pixel + 0 or 1 */
    int *order;       /* edges by weight */
    int *parent;
    struct component *component; /* by root */
};

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

/* The edges of row y; those that leave the band, whose last row is it or not, get the last bin. */
static void weigh_edges(const struct graph *graph, int y, bool last)
{
    uint16_t *weight = graph->weight + 2 * (size_t)y * (size_t)graph->width;
    const float *here[3], *right[3], *below[3];
    for (int c = 0; c < 3; c++) {
        here[c] = cg_plane_row(&graph->lab->c[c], y);
        right[c] = here[c] + 1;
        below[c] = cg_plane_row(&graph->lab->c[c], y + 1);
    }
    weigh_row(here, right, graph->width - 1, weight);
    weight[2 * (graph->width - 1)] = WEIGHT_BINS - 1;
    weigh_row(here, below, graph->width, weight + 1);
    for (int x = 0; x < graph->width && last; x++)
        weight[2 * x + 1] = WEIGHT_BINS - 1;
}

/* Counting sort of the edges from first to end, into their part of order; returns how many there
 * are without those of the last bin. */
static size_t sort_edges(const struct graph *graph, size_t first, size_t end)
{
    size_t start[WEIGHT_BINS + 1] = {0};
    for (size_t i = first; i < end; i++)
        start[graph->weight[i] + 1]++;
    for (int i = 0; i < WEIGHT_BINS; i++)
        start[i + 1] += start[i];
    const size_t count = start[WEIGHT_BINS - 1];
    for (size_t i = first; i < end; i++)
        graph->order[first + start[graph->weight[i]]++] = (int)i;
    return count;
}

static void join_by_edge(const struct graph *graph, int edge)
{
    int here = edge / 2, a = cg_set_find(graph->parent, here);
    int b = cg_set_find(graph->parent, here + (edge % 2 ? graph->width : 1));
    float weight = ((float)graph->weight[edge] + 0.5f) / WEIGHT_SCALE;
    if (a == b || weight > graph->component[a].limit || weight > graph->component[b].limit)
        return;
    int size = graph->component[a].size + graph->component[b].size;
    bool first = 2 * graph->component[a].size >= size;
    graph->parent[first ? b : a] = first ? a : b;
    graph->component[first ? a : b] = (struct component){weight + GRAPH_K / (float)size, size};
}

static void join_band(void *context, size_t band, int worker)
{
    const struct graph *graph = context;
    const int top = (int)band * graph->band_rows, below = top + graph->band_rows;
    const int bottom = below < graph->height ? below : graph->height;
    const size_t first = (size_t)top * (size_t)graph->width;
    const size_t end = (size_t)bottom * (size_t)graph->width;
    (void)worker;
    for (int y = top; y < bottom; y++)
        weigh_edges(graph, y, y + 1 == bottom);
    for (size_t i = first; i < end; i++) {
        graph->parent[i] = (int)i;
        graph->component[i] = (struct component){GRAPH_K, 1};
    }
    const size_t count = sort_edges(graph, 2 * first, 2 * end);
    for (size_t i = 0; i < count; i++)
        join_by_edge(graph, graph->order[2 * first + i]);
}

static enum cg_status graph_create(const struct cg_lab *lab, struct graph *graph,
                                   struct cg_error *error)
{
    const size_t area = (size_t)lab->c[0].width * (size_t)lab->c[0].height;
    *graph = (struct graph){.lab = lab, .width = lab->c[0].width, .height = lab->c[0].height};
    graph->weight = cg_alloc(area, 2 * sizeof *graph->weight, "edges", error);
    graph->order = cg_alloc(area, 2 * sizeof *graph->order, "edges", error);
    graph->parent = cg_alloc(area, sizeof *graph->parent, "edges", error);
    graph->component = cg_alloc(area, sizeof *graph->component, "edges", error);
    bool complete = graph->weight != NULL && graph->order != NULL && graph->parent != NULL &&
                    graph->component != NULL;
    return complete ? CG_OK : CG_ERR_MEMORY;
}

static void graph_clear(struct graph *graph)
{
    free(graph->component);
    free(graph->parent);
    free(graph->order);
    free(graph->weight);
}

/* Number the sets of parent and give each pixel its set's number. */
static void number_regions(int *parent, struct cg_regions *out)
{
    const int area = out->width * out->height;
    out->count = 0;
    for (int i = 0; i < area; i++)
        out->label[i] = -1;
    for (int i = 0; i < area; i++) {
        int root = cg_set_find(parent, i);
        if (out->label[root] < 0)
            out->label[root] = out->count++;
    }
    /* a root may come after its pixels: theirs are read from it last */
    for (int i = 0; i < area; i++)
        if (parent[i] != i)
            out->label[i] = out->label[cg_set_find(parent, i)];
}

enum cg_status cg_regions_of_pixels(struct cg_pool *pool, const struct cg_lab *lab,
                                    struct cg_regions *out, struct cg_error *error)
{
    struct graph graph;
    out->label =
        cg_alloc((size_t)out->width * (size_t)out->height, sizeof *out->label, "regions", error);
    enum cg_status status = graph_create(lab, &graph, error);
    if (out->label == NULL)
        status = CG_ERR_MEMORY;
    if (status == CG_OK) {
        graph.band_rows = pool != NULL ? BAND_ROWS : graph.height;
        if (pool != NULL)
            cg_pool_run(pool, ((size_t)graph.height + BAND_ROWS - 1) / BAND_ROWS, join_band,
                        &graph);
        else
            join_band(&graph, 0, 0);
        number_regions(graph.parent, out);
    }
    graph_clear(&graph);
    return status;
}
