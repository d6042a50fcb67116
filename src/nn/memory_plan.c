/* Sharing memory between buffers: see memory_plan.h. */
#include "nn/memory_plan.h"

#include "base/memory.h"
#include "nn/layer.h"

#include <stdlib.h>

#define LINE_FLOATS (CG_ALIGNMENT_NBYTES / sizeof(float))

static bool meet(const struct cg_interval *a, const struct cg_interval *b)
{
    return a->first <= b->last && b->first <= a->last;
}

static size_t padded(size_t size)
{
    return (size + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
}

/* The lowest offset at which `candidate` meets none of the placed ones in time and space. */
static size_t lowest_free_offset(const struct cg_interval *intervals, const size_t *placed,
                                 size_t placed_count, const struct cg_interval *candidate)
{
    size_t offset = 0;
    bool moved = true;
    while (moved) {
        moved = false;
        for (size_t i = 0; i < placed_count; i++) {
            const struct cg_interval *other = &intervals[placed[i]];
            size_t other_end = other->offset + padded(other->size);
            if (meet(other, candidate) && offset < other_end &&
                other->offset < offset + padded(candidate->size)) {
                offset = other_end;
                moved = true;
            }
        }
    }
    return offset;
}

enum cg_status cg_plan_memory(struct cg_interval *intervals, size_t count, size_t *total,
                              struct cg_error *error)
{
    size_t *placed = cg_alloc(count, sizeof(*placed), "memory plan", error);
    if (placed == NULL)
        return CG_ERR_MEMORY;
    bool *done = cg_alloc_zero(count, sizeof(*done), "memory plan", error);
    if (done == NULL) {
        free(placed);
        return CG_ERR_MEMORY;
    }
    *total = 0;
    for (size_t placed_count = 0; placed_count < count; placed_count++) {
        size_t largest = count;
        for (size_t i = 0; i < count; i++)
            if (!done[i] && (largest == count || intervals[i].size > intervals[largest].size))
                largest = i;
        struct cg_interval *chosen = &intervals[largest];
        chosen->offset = lowest_free_offset(intervals, placed, placed_count, chosen);
        if (chosen->offset + padded(chosen->size) > *total)
            *total = chosen->offset + padded(chosen->size);
        placed[placed_count] = largest;
        done[largest] = true;
    }
    free(done);
    free(placed);
    return CG_OK;
}

static int consumer_count(const struct cg_network *network, int layer)
{
    int count = 0;
    for (int i = 0; i < network->layer_count; i++) {
        const struct cg_layer *reader = &network->layers[i];
        count += reader->from == layer;
        count += cg_layer_type_of(reader->kind)->has_second && reader->from2 == layer;
    }
    return count;
}

/* Nothing reads its output but its one consumer: backward needs none of it. */
static bool output_is_free(const struct cg_layer *layer)
{
    return layer->kind == CG_LAYER_UPSAMPLE ||
           (layer->kind == CG_LAYER_LINEAR && layer->activation == CG_ACT_NONE);
}

void cg_plan_roots(const struct cg_network *network, int *root)
{
    for (int i = 0; i < network->layer_count; i++) {
        const struct cg_layer *layer = &network->layers[i];
        int from = layer->from;
        root[i] = i;
        if (from == CG_NETWORK_INPUT || consumer_count(network, from) != 1)
            continue;
        bool sum_in_place = layer->kind == CG_LAYER_ADD && output_is_free(&network->layers[from]);
        if (cg_layer_is_view(layer) || sum_in_place)
            root[i] = root[from];
    }
}
