/* One training pass: see pass.h. */
#include "nn/pass.h"

#include "base/memory.h"
#include "nn/layer.h"

#include <stdlib.h>
#include <string.h>

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

/* Backward does not need the layer's output. */
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
        if (from == CG_NETWORK_INPUT || cg_network_reader_count(network, from) != 1)
            continue;
        bool sum_in_place = layer->kind == CG_LAYER_ADD && output_is_free(&network->layers[from]);
        if (cg_layer_is_view(layer) || sum_in_place)
            root[i] = root[from];
    }
}

struct cg_pass {
    const struct cg_network *network;
    bool input_gradient;
    struct cg_shape input_shape;
    struct cg_shape *shapes; /* of each layer's output */
    int *root;               /* whose memory each layer's output lies in */
    bool *wanted;            /* whether anything upstream needs this layer's gradient */
    bool *written;           /* during backward: the root's gradient holds something */
    float **values;          /* each layer's output */
    float **gradients;       /* gradient by each layer's output; NULL for the last layer's root */
    float *value_arena, *gradient_arena;
    const float *input;
    uint64_t noise;
    cg_pass_gradient_fn listener; /* may be NULL */
    void *listener_context;
    struct cg_pool *pool;
};

static const struct cg_layer_type *type_of(const struct cg_pass *pass, int layer)
{
    return cg_layer_type_of(pass->network->layers[layer].kind);
}

static bool layer_is_wanted(const struct cg_pass *pass, int layer)
{
    return layer == CG_NETWORK_INPUT ? pass->input_gradient : pass->wanted[layer];
}

/* A view that lies in its input's memory: nothing to do. */
static bool shares_memory(const struct cg_pass *pass, int layer)
{
    return cg_layer_is_view(&pass->network->layers[layer]) && pass->root[layer] != layer;
}

static void find_wanted(struct cg_pass *pass)
{
    for (int i = 0; i < pass->network->layer_count; i++) {
        const struct cg_layer *layer = &pass->network->layers[i];
        pass->wanted[i] = layer->kind == CG_LAYER_LINEAR || layer_is_wanted(pass, layer->from) ||
                          (type_of(pass, i)->has_second && layer_is_wanted(pass, layer->from2));
    }
}

/* Outputs are kept from forward to backward: each root has its own place. */
static enum cg_status place_values(struct cg_pass *pass, struct cg_error *error)
{
    size_t total = 0;
    int count = pass->network->layer_count;
    const size_t line = CG_ALIGNMENT_NBYTES / sizeof(float);
    for (int i = 0; i < count; i++)
        if (pass->root[i] == i)
            total += (cg_shape_values(&pass->shapes[i]) + line - 1) / line * line;
    pass->value_arena = cg_alloc(total, sizeof(float), "layer outputs", error);
    if (pass->value_arena == NULL)
        return CG_ERR_MEMORY;
    float *next = pass->value_arena;
    for (int i = 0; i < count; i++) {
        pass->values[i] = pass->root[i] == i ? next : pass->values[pass->root[i]];
        if (pass->root[i] == i)
            next += (cg_shape_values(&pass->shapes[i]) + line - 1) / line * line;
    }
    return CG_OK;
}

static void extend(struct cg_interval *interval, int time)
{
    if (time < interval->first)
        interval->first = time;
    if (time > interval->last)
        interval->last = time;
}

/* Backward handles layer i at time -i: its gradient is needed from its last reader to itself. */
static void find_gradient_intervals(const struct cg_pass *pass, struct cg_interval *intervals)
{
    int count = pass->network->layer_count;
    for (int i = 0; i < count; i++)
        intervals[i] = (struct cg_interval){.first = -i, .last = -i};
    for (int i = 0; i < count; i++) {
        const struct cg_layer *layer = &pass->network->layers[i];
        struct cg_interval *own = &intervals[pass->root[i]];
        own->size = cg_shape_values(&pass->shapes[i]);
        extend(own, -i);
        if (layer->from != CG_NETWORK_INPUT)
            extend(&intervals[pass->root[layer->from]], -i);
        if (type_of(pass, i)->has_second && layer->from2 != CG_NETWORK_INPUT)
            extend(&intervals[pass->root[layer->from2]], -i);
    }
    for (int i = 0; i < count; i++)
        if (!pass->wanted[i])
            intervals[pass->root[i]].size = 0;
    intervals[pass->root[count - 1]].size = 0; /* the caller's */
}

static enum cg_status place_gradients(struct cg_pass *pass, struct cg_error *error)
{
    size_t total = 0;
    int count = pass->network->layer_count;
    struct cg_interval *intervals =
        cg_alloc((size_t)count, sizeof(*intervals), "memory plan", error);
    if (intervals == NULL)
        return CG_ERR_MEMORY;
    find_gradient_intervals(pass, intervals);
    enum cg_status status = cg_plan_memory(intervals, (size_t)count, &total, error);
    if (status == CG_OK) {
        pass->gradient_arena = cg_alloc(total, sizeof(float), "layer gradients", error);
        status = pass->gradient_arena == NULL ? CG_ERR_MEMORY : CG_OK;
    }
    for (int i = 0; status == CG_OK && i < count; i++)
        if (intervals[pass->root[i]].size > 0)
            pass->gradients[i] = pass->gradient_arena + intervals[pass->root[i]].offset;
    free(intervals);
    return status;
}

static enum cg_status allocate_tables(struct cg_pass *pass, struct cg_error *error)
{
    size_t count = (size_t)pass->network->layer_count;
    pass->shapes = cg_alloc_zero(count, sizeof(*pass->shapes), "pass", error);
    pass->root = cg_alloc_zero(count, sizeof(*pass->root), "pass", error);
    pass->wanted = cg_alloc_zero(count, sizeof(*pass->wanted), "pass", error);
    pass->written = cg_alloc_zero(count, sizeof(*pass->written), "pass", error);
    pass->values = cg_alloc_zero(count, sizeof(*pass->values), "pass", error);
    pass->gradients = cg_alloc_zero(count, sizeof(*pass->gradients), "pass", error);
    bool complete = pass->shapes != NULL && pass->root != NULL && pass->wanted != NULL &&
                    pass->written != NULL && pass->values != NULL && pass->gradients != NULL;
    return complete ? CG_OK : CG_ERR_MEMORY;
}

enum cg_status cg_pass_create(const struct cg_network *network, int count, int height, int width,
                              bool input_gradient, struct cg_pass **out, struct cg_error *error)
{
    *out = NULL;
    if (network->layer_count == 0)
        return cg_fail(error, CG_ERR_ARGUMENT, "pass: the network has no layers");
    struct cg_pass *pass = cg_alloc_zero(1, sizeof(*pass), "pass", error);
    if (pass == NULL)
        return CG_ERR_MEMORY;
    pass->network = network;
    pass->input_gradient = input_gradient;
    pass->input_shape = (struct cg_shape){count, height, width, network->input_channels, 1};
    enum cg_status status = allocate_tables(pass, error);
    if (status == CG_OK)
        status = cg_network_shapes(network, count, height, width, pass->shapes, error);
    if (status == CG_OK) {
        cg_plan_roots(network, pass->root);
        find_wanted(pass);
        status = place_values(pass, error);
    }
    if (status == CG_OK)
        status = place_gradients(pass, error);
    if (status != CG_OK) {
        cg_pass_free(pass);
        return status;
    }
    *out = pass;
    return CG_OK;
}

void cg_pass_free(struct cg_pass *pass)
{
    if (pass == NULL)
        return;
    free(pass->gradient_arena);
    free(pass->value_arena);
    free(pass->gradients);
    free(pass->values);
    free(pass->written);
    free(pass->wanted);
    free(pass->root);
    free(pass->shapes);
    free(pass);
}

const struct cg_shape *cg_pass_output_shape(const struct cg_pass *pass)
{
    return &pass->shapes[pass->network->layer_count - 1];
}

static const struct cg_shape *shape_of(const struct cg_pass *pass, int layer)
{
    return layer == CG_NETWORK_INPUT ? &pass->input_shape : &pass->shapes[layer];
}

static const float *values_of(const struct cg_pass *pass, int layer)
{
    return layer == CG_NETWORK_INPUT ? pass->input : pass->values[layer];
}

void cg_pass_listen(struct cg_pass *pass, cg_pass_gradient_fn fn, void *context)
{
    pass->listener = fn;
    pass->listener_context = context;
}

void cg_pass_set_noise(struct cg_pass *pass, uint64_t noise)
{
    pass->noise = noise;
}

uint64_t cg_pass_noise(const struct cg_pass *pass)
{
    return pass->noise;
}

void cg_pass_set_pool(struct cg_pass *pass, struct cg_pool *pool)
{
    pass->pool = pool;
}

struct cg_pool *cg_pass_pool(const struct cg_pass *pass)
{
    return pass->pool;
}

const float *cg_pass_values(const struct cg_pass *pass, int layer)
{
    return values_of(pass, layer);
}

const float *cg_pass_forward(struct cg_pass *pass, const float *parameters, const float *input)
{
    int count = pass->network->layer_count;
    pass->input = input;
    for (int i = 0; i < count; i++) {
        const struct cg_layer *layer = &pass->network->layers[i];
        struct cg_layer_forward call = {
            .layer = layer,
            .parameters = parameters,
            .in_shape = shape_of(pass, layer->from),
            .out_shape = &pass->shapes[i],
            .in = values_of(pass, layer->from),
            .in2 = values_of(pass, layer->from2),
            .out = pass->values[i],
            .out_stride = (size_t)pass->shapes[i].channels,
            .begin = 0,
            .end = cg_shape_rows(&pass->shapes[i]),
            .noise = cg_layer_noise(pass->noise, i),
            .pool = pass->pool,
        };
        if (!shares_memory(pass, i))
            type_of(pass, i)->forward(&call);
    }
    return pass->values[count - 1];
}

/* Where the gradient by a layer's output goes, and whether something is there already. */
static float *gradient_target(struct cg_pass *pass, int layer, float *grad_input,
                              bool *input_written, bool *accumulate)
{
    bool *written = input_written;
    float *target = grad_input;
    if (layer != CG_NETWORK_INPUT) {
        target = pass->wanted[layer] ? pass->gradients[layer] : NULL;
        written = &pass->written[pass->root[layer]];
    }
    *accumulate = *written;
    if (target != NULL)
        *written = true;
    return target;
}

void cg_pass_backward(struct cg_pass *pass, const float *parameters, float *grad_output,
                      float *grad_parameters, float *grad_input)
{
    int count = pass->network->layer_count;
    int last_root = pass->root[count - 1];
    bool input_written = false;
    memset(pass->written, 0, (size_t)count * sizeof(*pass->written));
    for (int i = 0; i < count; i++)
        if (pass->root[i] == last_root)
            pass->gradients[i] = grad_output;
    pass->written[last_root] = true;
    for (int i = count - 1; i >= 0; i--) {
        const struct cg_layer *layer = &pass->network->layers[i];
        struct cg_layer_backward call = {
            .layer = layer,
            .parameters = parameters,
            .in_shape = shape_of(pass, layer->from),
            .in2_shape = shape_of(pass, layer->from2),
            .out_shape = &pass->shapes[i],
            .in = values_of(pass, layer->from),
            .out = pass->values[i],
            .grad_out = pass->gradients[i],
            .grad_parameters = grad_parameters,
            .noise = cg_layer_noise(pass->noise, i),
            .pool = pass->pool,
        };
        if (!pass->wanted[i] || !pass->written[pass->root[i]] || shares_memory(pass, i))
            continue; /* not written: the output does not depend on it */
        call.grad_in =
            gradient_target(pass, layer->from, grad_input, &input_written, &call.accumulate_in);
        if (type_of(pass, i)->has_second)
            call.grad_in2 = gradient_target(pass, layer->from2, grad_input, &input_written,
                                            &call.accumulate_in2);
        type_of(pass, i)->backward(&call);
        if (layer->kind == CG_LAYER_LINEAR && grad_parameters != NULL && pass->listener != NULL)
            pass->listener(pass->listener_context, layer->weight_offset);
    }
    if (grad_input != NULL && !input_written)
        memset(grad_input, 0, cg_shape_values(&pass->input_shape) * sizeof(float));
}
