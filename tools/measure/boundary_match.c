/* Matching of edges with boundaries: see boundary_match.h. */
#include "measure/boundary_match.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REACH 0.0075 /* of the diagonal */
#define NONE UINT32_MAX

/* ---- what is within reach -------------------------------------------------------------------- */

struct offset {
    int dx, dy;
};

struct reach {
    const uint8_t *marked;
    int width, height;
    struct offset *near; /* nearest first */
    size_t count;
};

static int by_distance(const void *a, const void *b)
{
    const struct offset *p = a, *q = b;
    int p_far = p->dx * p->dx + p->dy * p->dy, q_far = q->dx * q->dx + q->dy * q->dy;
    if (p_far != q_far)
        return p_far - q_far;
    return p->dy != q->dy ? p->dy - q->dy : p->dx - q->dx;
}

static enum cg_status reach_create(const uint8_t *marked, int width, int height, struct reach *out,
                                   struct cg_error *error)
{
    double far = REACH * hypot(width, height);
    int most = (int)far;
    size_t side = 2 * (size_t)most + 1;
    *out = (struct reach){.marked = marked, .width = width, .height = height};
    out->near = cg_alloc(side * side, sizeof(*out->near), "what is within reach", error);
    if (out->near == NULL)
        return CG_ERR_MEMORY;
    for (int dy = -most; dy <= most; dy++)
        for (int dx = -most; dx <= most; dx++)
            if (dx * dx + dy * dy <= far * far)
                out->near[out->count++] = (struct offset){dx, dy};
    qsort(out->near, out->count, sizeof(*out->near), by_distance);
    return CG_OK;
}

/* The boundary pixel that lies so from another, or NONE. */
static uint32_t boundary_at(const struct reach *reach, uint32_t from, struct offset offset)
{
    int x = (int)(from % (uint32_t)reach->width) + offset.dx;
    int y = (int)(from / (uint32_t)reach->width) + offset.dy;
    if (x < 0 || x >= reach->width || y < 0 || y >= reach->height)
        return NONE;
    uint32_t pixel = (uint32_t)y * (uint32_t)reach->width + (uint32_t)x;
    return reach->marked[pixel] ? pixel : NONE;
}

/* ---- one to one ------------------------------------------------------------------------------ */

struct pairing {
    const struct cg_boundary_edge *edges;
    uint32_t *pixel_of; /* an edge's, or NONE */
    uint32_t *queue;    /* edges that a search goes on from */
    uint32_t *edge_of;  /* a boundary pixel's, or NONE */
    uint32_t *finder;   /* of a boundary pixel: the edge that the search came from */
    uint32_t *seen; /* of a boundary pixel: the last search that was there, or NONE: a dead end */
};

/* The five arrays are one block, that of pixel_of. */
static enum cg_status pairing_create(const struct cg_boundary_edge *edges, size_t count,
                                     size_t pixels, struct pairing *out, struct cg_error *error)
{
    *out = (struct pairing){.edges = edges};
    out->pixel_of =
        cg_alloc(2 * count + 3 * pixels, sizeof(*out->pixel_of), "pairs of edges", error);
    if (out->pixel_of == NULL)
        return CG_ERR_MEMORY;
    out->queue = out->pixel_of + count;
    out->edge_of = out->queue + count;
    out->finder = out->edge_of + pixels;
    out->seen = out->finder + pixels;
    memset(out->pixel_of, 0xff, count * sizeof(*out->pixel_of));
    memset(out->edge_of, 0xff, pixels * sizeof(*out->edge_of));
    memset(out->seen, 0, pixels * sizeof(*out->seen));
    return CG_OK;
}

/* Pair a pixel with the edge that found it, the pixel that this edge leaves with its own, ... */
static void augment(const struct pairing *pairing, uint32_t pixel)
{
    while (pixel != NONE) {
        uint32_t edge = pairing->finder[pixel], left = pairing->pixel_of[edge];
        pairing->edge_of[pixel] = edge;
        pairing->pixel_of[edge] = pixel;
        pixel = left;
    }
}

/* Search breadth first for a free boundary pixel, by way of those whose edges could have another.
 * Where a search was in vain, no later one will find a free pixel either. */
static bool pair_edge(const struct pairing *pairing, const struct reach *reach, uint32_t edge)
{
    size_t end = 1;
    pairing->queue[0] = edge;
    for (size_t next = 0; next < end; next++)
        for (size_t i = 0; i < reach->count; i++) {
            uint32_t from = pairing->queue[next];
            uint32_t pixel = boundary_at(reach, pairing->edges[from].pixel, reach->near[i]);
            if (pixel == NONE || pairing->seen[pixel] == NONE || pairing->seen[pixel] == edge + 1)
                continue;
            pairing->seen[pixel] = edge + 1;
            pairing->finder[pixel] = from;
            if (pairing->edge_of[pixel] == NONE) {
                augment(pairing, pixel);
                return true;
            }
            pairing->queue[end++] = pairing->edge_of[pixel];
        }
    for (size_t i = 1; i < end; i++)
        pairing->seen[pairing->pixel_of[pairing->queue[i]]] = NONE;
    return false;
}

enum cg_status cg_boundary_match_paired(const struct cg_boundary_edge *edges, size_t count,
                                        const uint8_t *marked, int width, int height,
                                        struct cg_boundary_hit *hits, struct cg_error *error)
{
    struct reach reach;
    struct pairing pairing = {0};
    enum cg_status status = reach_create(marked, width, height, &reach, error);
    if (status == CG_OK)
        status = pairing_create(edges, count, (size_t)width * (size_t)height, &pairing, error);
    for (uint32_t i = 0; status == CG_OK && i < count; i++)
        if (pair_edge(&pairing, &reach, i)) {
            hits[i].right = true;
            hits[i].found++;
        }
    free(pairing.pixel_of);
    free(reach.near);
    return status;
}

/* ---- near ------------------------------------------------------------------------------------ */

enum cg_status cg_boundary_match_near(const struct cg_boundary_edge *edges, size_t count,
                                      const uint8_t *marked, int width, int height,
                                      struct cg_boundary_hit *hits, struct cg_error *error)
{
    struct reach reach;
    enum cg_status status = reach_create(marked, width, height, &reach, error);
    if (status != CG_OK)
        return status;
    bool *found =
        cg_alloc_zero((size_t)width * (size_t)height, sizeof(*found), "boundaries", error);
    status = found != NULL ? CG_OK : CG_ERR_MEMORY;
    for (size_t i = 0; status == CG_OK && i < count; i++)
        for (size_t k = 0; k < reach.count; k++) {
            uint32_t pixel = boundary_at(&reach, edges[i].pixel, reach.near[k]);
            if (pixel == NONE)
                continue;
            hits[i].right = true;
            hits[i].found += !found[pixel];
            found[pixel] = true;
        }
    free(found);
    free(reach.near);
    return status;
}
