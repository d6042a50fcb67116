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

enum { WEIGHT_BINS = 4096 };

#define WEIGHT_SCALE 8192.0f /* bins to a unit of colour distance */
#define GRAPH_K 0.12f

struct component {
    float limit; /* strongest edge inside, plus k / size */
    int size;
};

struct graph {
    int width, height;
    size_t edge_count;
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

static void weigh_edges(const struct cg_lab *lab, struct graph *graph)
{
    for (int y = 0; y < graph->height; y++) {
        uint16_t *weight = graph->weight + 2 * (size_t)y * (size_t)graph->width;
        const float *here[3], *right[3], *below[3];
        for (int c = 0; c < 3; c++) {
            here[c] = cg_plane_row(&lab->c[c], y);
            right[c] = here[c] + 1;
            below[c] = cg_plane_row(&lab->c[c], y + 1);
        }
        weigh_row(here, right, graph->width - 1, weight);
        weight[2 * (graph->width - 1)] = WEIGHT_BINS - 1;
        weigh_row(here, below, graph->width, weight + 1);
        for (int x = 0; x < graph->width && y + 1 == graph->height; x++)
            weight[2 * x + 1] = WEIGHT_BINS - 1;
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
        graph->component[i] = (struct component){GRAPH_K, 1};
    }
    for (size_t i = 0; i < graph->edge_count; i++) {
        int edge = graph->order[i], here = edge / 2;
        int a = cg_set_find(graph->parent, here);
        int b = cg_set_find(graph->parent, here + (edge % 2 ? graph->width : 1));
        float weight = ((float)graph->weight[edge] + 0.5f) / WEIGHT_SCALE;
        if (a == b || weight > graph->component[a].limit || weight > graph->component[b].limit)
            continue;
        int size = graph->component[a].size + graph->component[b].size;
        bool first = 2 * graph->component[a].size >= size;
        graph->parent[first ? b : a] = first ? a : b;
        graph->component[first ? a : b] = (struct component){weight + GRAPH_K / (float)size, size};
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

enum cg_status cg_regions_of_pixels(const struct cg_lab *lab, struct cg_regions *out,
                                    struct cg_error *error)
{
    const size_t area = (size_t)out->width * (size_t)out->height;
    struct graph graph;
    out->label = cg_alloc(area, sizeof *out->label, "regions", error);
    enum cg_status status = graph_create(lab, &graph, error);
    if (out->label == NULL)
        status = CG_ERR_MEMORY;
    if (status == CG_OK) {
        weigh_edges(lab, &graph);
        sort_edges(&graph);
        join_pixels(&graph);
        number_regions(graph.parent, out);
    }
    graph_clear(&graph);
    return status;
}

int cg_label_pieces(const float *map, float threshold, int width, int height, int *label)
{
    int count = 0;
    /* first the parents of sets, whose roots are the smallest; -1: none */
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const int here = y * width + x;
            const int near[4] = {x > 0 ? here - 1 : here, y > 0 ? here - width : here,
                                 x > 0 && y > 0 ? here - width - 1 : here,
                                 x + 1 < width && y > 0 ? here - width + 1 : here};
            label[here] = map[here] > threshold ? here : -1;
            for (int i = 0; i < 4 && label[here] >= 0; i++)
                if (label[near[i]] >= 0)
                    cg_set_join(label, near[i], here);
        }
    for (int i = 0; i < width * height; i++)
        if (label[i] >= 0)
            label[i] = label[i] == i ? -2 - count++ : label[label[i]];
    for (int i = 0; i < width * height; i++)
        label[i] = label[i] < -1 ? -2 - label[i] : label[i];
    return count;
}
