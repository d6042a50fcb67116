/* Running a network stage by stage in blocks: see infer.h. */
#include "nn/infer.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "nn/layer.h"
#include "nn/pass.h"

#include <stdlib.h>

/* Rows of a stage's coarsest map that go through its layers together. */
#define BLOCK_ROWS 256

struct layer_state {
    struct cg_shape shape;
    int root; /* whose memory the output lies in */
    int stage;
    int last_stage; /* the last that reads it */
    bool is_global; /* kept whole, because a later stage reads it or it is the result */
    bool is_joined; /* CONCAT: its inputs are written side by side at once */
    size_t stride;  /* floats from row to row */
    size_t column;  /* in the root's rows */
    size_t factor;  /* rows of this map for each of the stage's coarsest map */
    size_t offset;  /* into the arena (global) or into a worker's scratch (not) */
    size_t prepared_offset, prepared_count;
};

struct stage {
    int first, last; /* layers */
    size_t rows;     /* of its coarsest map */
};

struct cg_infer {
    const struct cg_network *network;
    enum cg_precision precision;
    struct layer_state *layers;
    struct cg_shape *shapes; /* as cg_network_shapes fills them */
    struct cg_interval *intervals;
    int *roots;
    struct stage *stages;
    int stage_count;
    int height, width; /* planned for; 0: not yet */
    size_t scratch_floats;
    struct cg_buffer memory;
    float *arena; /* in memory: global maps, then one scratch a worker */
    size_t global_floats;
    float *prepared; /* the layers' packed parameters */
    struct cg_shape input_shape;
};

/* What the blocks of a stage share. */
struct stage_run {
    struct cg_infer *infer;
    const struct stage *stage;
    const float *parameters, *input;
};

static bool has_second(const struct cg_layer *layer)
{
    return cg_layer_type_of(layer->kind)->has_second;
}

/* The stage from which a layer can read another's output: a gather needs it complete. */
static int stage_after(const struct cg_infer *infer, const struct cg_layer *layer, int from)
{
    if (from == CG_NETWORK_INPUT)
        return 0;
    return infer->layers[from].stage + (cg_layer_type_of(layer->kind)->gathers ? 1 : 0);
}

/*
 * Layers stay in their order, so a stage is a run of layers and never earlier than the one before.
 */
static void cut_into_stages(struct cg_infer *infer)
{
    int current = 0;
    infer->stage_count = 0;
    for (int i = 0; i < infer->network->layer_count; i++) {
        const struct cg_layer *layer = &infer->network->layers[i];
        int stage = stage_after(infer, layer, layer->from);
        if (has_second(layer) && stage_after(infer, layer, layer->from2) > stage)
            stage = stage_after(infer, layer, layer->from2);
        if (stage > current)
            current = stage;
        if (current >= infer->stage_count) {
            infer->stage_count = current + 1;
            infer->stages[current].first = i;
        }
        infer->stages[current].last = i;
        infer->layers[i].stage = current;
    }
}

static bool can_join(const struct cg_infer *infer, int from, int stage)
{
    return from != CG_NETWORK_INPUT &&
           cg_layer_type_of(infer->network->layers[from].kind)->strides &&
           cg_network_reader_count(infer->network, from) == 1 && infer->layers[from].stage == stage;
}

/* Inputs of a CONCAT that nothing else reads lie in its memory. */
static void join_columns(struct cg_infer *infer)
{
    for (int i = 0; i < infer->network->layer_count; i++) {
        const struct cg_layer *layer = &infer->network->layers[i];
        int stage = infer->layers[i].stage;
        infer->layers[i].stride = (size_t)layer->out_channels;
        if (layer->kind != CG_LAYER_CONCAT || !can_join(infer, layer->from, stage) ||
            !can_join(infer, layer->from2, stage))
            continue;
        struct layer_state *first = &infer->layers[layer->from];
        struct layer_state *second = &infer->layers[layer->from2];
        infer->layers[i].is_joined = true;
        infer->roots[layer->from] = infer->roots[layer->from2] = i;
        second->column = first->stride;
        first->stride = second->stride = (size_t)layer->out_channels;
    }
}

static void note_reader(struct cg_infer *infer, int from, int stage)
{
    if (from == CG_NETWORK_INPUT)
        return;
    struct layer_state *root = &infer->layers[infer->layers[from].root];
    if (stage > root->last_stage)
        root->last_stage = stage;
}

static void find_lifetimes(struct cg_infer *infer)
{
    int count = infer->network->layer_count;
    for (int i = 0; i < count; i++) {
        infer->layers[i].root = infer->roots[i];
        infer->layers[i].last_stage = infer->layers[i].stage;
    }
    for (int i = 0; i < count; i++) {
        const struct cg_layer *layer = &infer->network->layers[i];
        note_reader(infer, i, infer->layers[i].stage);
        note_reader(infer, layer->from, infer->layers[i].stage);
        if (has_second(layer))
            note_reader(infer, layer->from2, infer->layers[i].stage);
    }
    note_reader(infer, count - 1, infer->stage_count); /* the result is read afterwards */
    for (int i = 0; i < count; i++) {
        const struct layer_state *root = &infer->layers[infer->layers[i].root];
        infer->layers[i].is_global = root->last_stage > root->stage;
    }
}

/* Blocks are cut by the coarsest map's rows, so the others' must be a multiple. */
static enum cg_status find_factors(struct cg_infer *infer, struct cg_error *error)
{
    for (int s = 0; s < infer->stage_count; s++) {
        struct stage *stage = &infer->stages[s];
        stage->rows = SIZE_MAX;
        for (int i = stage->first; i <= stage->last; i++)
            if (cg_shape_rows(&infer->layers[i].shape) < stage->rows)
                stage->rows = cg_shape_rows(&infer->layers[i].shape);
        for (int i = stage->first; i <= stage->last; i++) {
            size_t rows = cg_shape_rows(&infer->layers[i].shape);
            infer->layers[i].factor = rows / stage->rows;
            if (rows % stage->rows != 0)
                return cg_fail(error, CG_ERR_ARGUMENT,
                               "network run: layer %d has %zu rows, expected a multiple of the %zu "
                               "that go with it",
                               i, rows, stage->rows);
        }
    }
    return CG_OK;
}

/* Whole maps share one arena by stage; block-sized ones share a worker's scratch by layer. */
static enum cg_status place_maps(struct cg_infer *infer, bool global, size_t *total,
                                 struct cg_error *error)
{
    int count = infer->network->layer_count;
    for (int i = 0; i < count; i++)
        infer->intervals[i] = (struct cg_interval){0};
    for (int i = 0; i < count; i++) {
        const struct layer_state *layer = &infer->layers[i];
        struct cg_interval *interval = &infer->intervals[layer->root];
        if (layer->is_global != global)
            continue;
        size_t rows = global ? cg_shape_rows(&layer->shape) : layer->factor * BLOCK_ROWS;
        if (interval->size == 0)
            interval->first = interval->last = global ? layer->stage : i;
        interval->size = rows * (size_t)layer->shape.channels;
    }
    for (int i = 0; i < count; i++) {
        const struct cg_layer *layer = &infer->network->layers[i];
        struct cg_interval *own = &infer->intervals[infer->layers[i].root];
        if (global) {
            own->last = infer->layers[infer->layers[i].root].last_stage;
            continue;
        }
        own->last = i > own->last ? i : own->last;
        if (layer->from != CG_NETWORK_INPUT)
            infer->intervals[infer->layers[layer->from].root].last = i;
        if (has_second(layer) && layer->from2 != CG_NETWORK_INPUT)
            infer->intervals[infer->layers[layer->from2].root].last = i;
    }
    enum cg_status status = cg_plan_memory(infer->intervals, (size_t)count, total, error);
    for (int i = 0; status == CG_OK && i < count; i++)
        if (infer->layers[i].is_global == global)
            infer->layers[i].offset =
                infer->intervals[infer->layers[i].root].offset + infer->layers[i].column;
    return status;
}

static enum cg_status reserve_arena(struct cg_infer *infer, int workers, struct cg_error *error)
{
    size_t scratch;
    if (!cg_mul_size(infer->scratch_floats, (size_t)workers, &scratch) ||
        scratch > SIZE_MAX - infer->global_floats)
        return cg_fail(error, CG_ERR_MEMORY, "network maps: too large");
    enum cg_status status = cg_buffer_reserve(&infer->memory, 1, infer->global_floats + scratch,
                                              sizeof(float), "network maps", error);
    infer->arena = infer->memory.memory;
    return status;
}

static enum cg_status plan(struct cg_infer *infer, int height, int width, struct cg_error *error)
{
    int count = infer->network->layer_count;
    infer->height = infer->width = 0;
    enum cg_status status =
        cg_network_shapes(infer->network, 1, height, width, infer->shapes, error);
    if (status != CG_OK)
        return status;
    for (int i = 0; i < count; i++)
        infer->layers[i].shape = infer->shapes[i];
    infer->input_shape = (struct cg_shape){1, height, width, infer->network->input_channels, 1};
    status = find_factors(infer, error);
    if (status == CG_OK)
        status = place_maps(infer, true, &infer->global_floats, error);
    if (status == CG_OK)
        status = place_maps(infer, false, &infer->scratch_floats, error);
    if (status == CG_OK) {
        infer->height = height;
        infer->width = width;
    }
    return status;
}

static enum cg_status reserve_prepared(struct cg_infer *infer, struct cg_error *error)
{
    size_t total = 0;
    for (int i = 0; i < infer->network->layer_count; i++) {
        const struct cg_layer *layer = &infer->network->layers[i];
        const struct cg_layer_type *type = cg_layer_type_of(layer->kind);
        if (type->prepared_count == NULL)
            continue;
        infer->layers[i].prepared_offset = total;
        infer->layers[i].prepared_count = type->prepared_count(layer);
        total += infer->layers[i].prepared_count;
    }
    infer->prepared = cg_alloc(total, sizeof(float), "prepared parameters", error);
    return infer->prepared == NULL ? CG_ERR_MEMORY : CG_OK;
}

/* Takes less than a thousandth of a picture's time, so it is done for every picture. */
static void prepare_parameters(struct cg_infer *infer, const float *parameters)
{
    for (int i = 0; i < infer->network->layer_count; i++) {
        const struct cg_layer *layer = &infer->network->layers[i];
        if (infer->layers[i].prepared_count > 0)
            cg_layer_type_of(layer->kind)
                ->prepare(layer, parameters, infer->precision,
                          infer->prepared + infer->layers[i].prepared_offset);
    }
}

enum cg_status cg_infer_create(const struct cg_network *network, enum cg_precision precision,
                               struct cg_infer **out, struct cg_error *error)
{
    *out = NULL;
    if (network->layer_count == 0)
        return cg_fail(error, CG_ERR_ARGUMENT, "network run: the network has no layers");
    size_t count = (size_t)network->layer_count;
    struct cg_infer *infer = cg_alloc_zero(1, sizeof(*infer), "network run", error);
    if (infer == NULL)
        return CG_ERR_MEMORY;
    infer->network = network;
    infer->precision = precision;
    infer->layers = cg_alloc_zero(count, sizeof(*infer->layers), "network run", error);
    infer->shapes = cg_alloc_zero(count, sizeof(*infer->shapes), "network run", error);
    infer->intervals = cg_alloc_zero(count, sizeof(*infer->intervals), "network run", error);
    infer->roots = cg_alloc_zero(count, sizeof(*infer->roots), "network run", error);
    infer->stages = cg_alloc_zero(count, sizeof(*infer->stages), "network run", error);
    if (infer->layers == NULL || infer->shapes == NULL || infer->intervals == NULL ||
        infer->roots == NULL || infer->stages == NULL || reserve_prepared(infer, error) != CG_OK) {
        cg_infer_free(infer);
        return CG_ERR_MEMORY;
    }
    cg_plan_roots(network, infer->roots);
    cut_into_stages(infer);
    join_columns(infer);
    find_lifetimes(infer);
    *out = infer;
    return CG_OK;
}

void cg_infer_free(struct cg_infer *infer)
{
    if (infer == NULL)
        return;
    free(infer->memory.memory);
    free(infer->prepared);
    free(infer->stages);
    free(infer->roots);
    free(infer->intervals);
    free(infer->shapes);
    free(infer->layers);
    free(infer);
}

/* First float that a block sees of a map: of its own rows or, for a gather, of the whole map. */
static float *rows_of(const struct stage_run *run, int layer, size_t block_begin, bool whole,
                      float *scratch)
{
    const struct layer_state *state = &run->infer->layers[layer];
    if (!state->is_global)
        return scratch + state->offset;
    float *map = run->infer->arena + state->offset;
    size_t rows = cg_shape_rows(&state->shape) / run->stage->rows * block_begin;
    return whole ? map : map + rows * state->stride;
}

static const float *input_rows(const struct stage_run *run, int from, size_t block_begin,
                               bool whole, float *scratch)
{
    if (from == CG_NETWORK_INPUT) {
        const struct cg_shape *shape = &run->infer->input_shape;
        size_t rows = cg_shape_rows(shape) / run->stage->rows * block_begin;
        return whole ? run->input : run->input + rows * (size_t)shape->channels;
    }
    return rows_of(run, from, block_begin, whole, scratch);
}

static void run_block(void *context, size_t item, int worker)
{
    const struct stage_run *run = context;
    struct cg_infer *infer = run->infer;
    float *scratch = infer->arena + infer->global_floats + (size_t)worker * infer->scratch_floats;
    size_t begin = item * BLOCK_ROWS, end = begin + BLOCK_ROWS;
    if (end > run->stage->rows)
        end = run->stage->rows;
    for (int i = run->stage->first; i <= run->stage->last; i++) {
        const struct cg_layer *layer = &infer->network->layers[i];
        const struct cg_layer_type *type = cg_layer_type_of(layer->kind);
        const struct layer_state *state = &infer->layers[i];
        if (state->is_joined || (cg_layer_is_view(layer) && state->root != i))
            continue;
        struct cg_layer_forward call = {
            .layer = layer,
            .parameters = run->parameters,
            .prepared = state->prepared_count > 0 ? infer->prepared + state->prepared_offset : NULL,
            .precision = infer->precision,
            .in_shape = layer->from == CG_NETWORK_INPUT ? &infer->input_shape
                                                        : &infer->layers[layer->from].shape,
            .out_shape = &state->shape,
            .in = input_rows(run, layer->from, begin, type->gathers, scratch),
            .out = rows_of(run, i, begin, false, scratch),
            .out_stride = state->stride,
            .begin = begin * state->factor,
            .end = end * state->factor,
        };
        if (type->has_second)
            call.in2 = input_rows(run, layer->from2, begin, false, scratch);
        type->forward(&call);
    }
}

enum cg_status cg_infer_run(struct cg_infer *infer, struct cg_pool *pool, const float *parameters,
                            const float *input, int height, int width, const float **output,
                            struct cg_shape *shape, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    if (height != infer->height || width != infer->width)
        status = plan(infer, height, width, error);
    if (status == CG_OK)
        status = reserve_arena(infer, cg_pool_threads(pool), error);
    if (status != CG_OK)
        return status;
    prepare_parameters(infer, parameters);
    for (int s = 0; s < infer->stage_count; s++) {
        struct stage_run run = {infer, &infer->stages[s], parameters, input};
        size_t blocks = (run.stage->rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
        status = cg_pool_run_watched(pool, blocks, run_block, &run, s, infer->stage_count, error);
        if (status != CG_OK)
            return status;
    }
    const struct layer_state *last = &infer->layers[infer->network->layer_count - 1];
    *output = infer->arena + last->offset;
    if (shape != NULL)
        *shape = last->shape;
    return CG_OK;
}
