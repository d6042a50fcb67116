/* Building networks: see network.h. */
#include "nn/network.h"

#include "base/memory.h"
#include "nn/layer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYERS_MAX 1024
#define CHANNELS_MAX 65536
/* Floats of one map, so that sums of all maps' bytes fit a size_t. */
#define MAP_FLOATS_MAX (SIZE_MAX / sizeof(float) / (2 * LAYERS_MAX))

enum cg_status cg_network_create(int input_channels, struct cg_network **out,
                                 struct cg_error *error)
{
    *out = NULL;
    if (input_channels < 1 || input_channels > CHANNELS_MAX)
        return cg_fail(error, CG_ERR_ARGUMENT, "network: expected 1 to %d input channels, got %d",
                       CHANNELS_MAX, input_channels);
    struct cg_network *network = cg_alloc_zero(1, sizeof(*network), "network", error);
    if (network == NULL)
        return CG_ERR_MEMORY;
    network->input_channels = input_channels;
    *out = network;
    return CG_OK;
}

void cg_network_free(struct cg_network *network)
{
    if (network == NULL)
        return;
    free(network->layers);
    free(network);
}

int cg_network_channels(const struct cg_network *network, int layer)
{
    return layer == CG_NETWORK_INPUT ? network->input_channels
                                     : network->layers[layer].out_channels;
}

static bool is_earlier_layer(const struct cg_network *network, int from)
{
    return from >= CG_NETWORK_INPUT && from < network->layer_count;
}

/* The kind's own fields, as far as they can be checked without an input size. */
static bool numbers_are_valid(const struct cg_layer *layer)
{
    switch (layer->kind) {
    case CG_LAYER_LINEAR:
        return layer->out_channels >= 1 && layer->out_channels <= CHANNELS_MAX;
    case CG_LAYER_PATCHES:
        return layer->size >= 1 && layer->size <= 256 && layer->stride >= 1 && layer->pad >= 0 &&
               layer->pad < layer->size && layer->cell >= 1 && layer->cell <= CG_SIDE_MAX;
    case CG_LAYER_SHIFT:
        return layer->distance >= 1 && layer->distance <= CG_SIDE_MAX;
    case CG_LAYER_TO_PIXELS:
    case CG_LAYER_MEAN_POOL:
        return layer->size >= 1 && layer->size <= 256;
    case CG_LAYER_UPSAMPLE:
        return layer->size >= 1 && layer->size <= 16 && layer->cell >= 1 &&
               layer->cell <= CG_SIDE_MAX;
    case CG_LAYER_DROPOUT:
        return layer->rate >= 0.0f && layer->rate < 1.0f;
    default:
        return true;
    }
}

/* Channels do not depend on the picture's size: try the layer on a grid that any layer can take. */
static bool work_out_channels(const struct cg_network *network, struct cg_layer *layer)
{
    const int side = 1 << 12;
    struct cg_shape in = {1, side, side, cg_network_channels(network, layer->from), 1}, out;
    struct cg_shape in2 = in;
    if (cg_layer_type_of(layer->kind)->has_second)
        in2.channels = cg_network_channels(network, layer->from2);
    layer->in_channels = in.channels;
    if (layer->kind == CG_LAYER_PATCHES) { /* the grid's side need not divide by the cell */
        if (in.channels > CHANNELS_MAX / (layer->size * layer->size))
            return false;
        out.channels = in.channels * layer->size * layer->size;
    } else if (!cg_layer_type_of(layer->kind)->shape(layer, &in, &in2, &out))
        return false;
    layer->out_channels = out.channels;
    return layer->out_channels <= CHANNELS_MAX;
}

static void place_parameters(struct cg_network *network, struct cg_layer *layer)
{
    size_t in = (size_t)layer->in_channels, out = (size_t)layer->out_channels;
    layer->weight_offset = network->parameter_count;
    layer->bias_offset = layer->weight_offset + in * out;
    network->parameter_count = layer->bias_offset + out;
}

enum cg_status cg_network_add(struct cg_network *network, const struct cg_layer *layer, int *index,
                              struct cg_error *error)
{
    struct cg_layer added = *layer;
    if ((unsigned)layer->kind >= CG_LAYER_KIND_COUNT)
        return cg_fail(error, CG_ERR_ARGUMENT, "network: layer %d is of no known kind (%u)",
                       network->layer_count, (unsigned)layer->kind);
    const char *kind = cg_layer_type_of(layer->kind)->name;
    if (!cg_layer_type_of(layer->kind)->has_second)
        added.from2 = CG_NETWORK_INPUT;
    if (network->layer_count >= LAYERS_MAX)
        return cg_fail(error, CG_ERR_ARGUMENT, "network: more than %d layers", LAYERS_MAX);
    if (!is_earlier_layer(network, added.from) || !is_earlier_layer(network, added.from2))
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "network: layer %d (%s) reads layers %d and %d, expected earlier ones",
                       network->layer_count, kind, added.from, added.from2);
    if (!numbers_are_valid(layer) || !work_out_channels(network, &added))
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "network: layer %d (%s) does not fit its input of %d channels",
                       network->layer_count, kind, cg_network_channels(network, layer->from));
    struct cg_layer *grown =
        realloc(network->layers, (size_t)(network->layer_count + 1) * sizeof(*grown));
    if (grown == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "network: out of memory");
    network->layers = grown;
    if (added.kind == CG_LAYER_LINEAR)
        place_parameters(network, &added);
    if (index != NULL)
        *index = network->layer_count;
    network->layers[network->layer_count++] = added;
    return CG_OK;
}

static const struct cg_shape *shape_of(const struct cg_shape *input, const struct cg_shape *shapes,
                                       int layer)
{
    return layer == CG_NETWORK_INPUT ? input : &shapes[layer];
}

static bool map_fits(const struct cg_shape *shape)
{
    size_t area = (size_t)shape->height * (size_t)shape->width, floats;
    return cg_mul_size(area, (size_t)shape->count, &floats) &&
           cg_mul_size(floats, (size_t)shape->channels, &floats) && floats <= MAP_FLOATS_MAX;
}

int cg_network_reader_count(const struct cg_network *network, int layer)
{
    int count = 0;
    for (int i = 0; i < network->layer_count; i++) {
        const struct cg_layer *reader = &network->layers[i];
        count += reader->from == layer;
        count += cg_layer_type_of(reader->kind)->has_second && reader->from2 == layer;
    }
    return count;
}

enum cg_status cg_network_shapes(const struct cg_network *network, int count, int height, int width,
                                 struct cg_shape *shapes, struct cg_error *error)
{
    struct cg_shape input = {count, height, width, network->input_channels, 1};
    if (count < 1 || height < 1 || width < 1 || height > CG_SIDE_MAX || width > CG_SIDE_MAX)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "network: expected sides of 1 to %d, got %d pictures of %d x %d",
                       CG_SIDE_MAX, count, width, height);
    for (int i = 0; i < network->layer_count; i++) {
        const struct cg_layer *layer = &network->layers[i];
        const struct cg_layer_type *type = cg_layer_type_of(layer->kind);
        if (!type->shape(layer, shape_of(&input, shapes, layer->from),
                         shape_of(&input, shapes, layer->from2), &shapes[i]))
            return cg_fail(error, CG_ERR_ARGUMENT,
                           "network: layer %d (%s) cannot take pictures of %d x %d", i, type->name,
                           width, height);
        if (!map_fits(&input) || !map_fits(&shapes[i]))
            return cg_fail(error, CG_ERR_ARGUMENT,
                           "network: %d pictures of %d x %d are too large for layer %d (%s)", count,
                           width, height, i, type->name);
    }
    return CG_OK;
}

size_t cg_network_tensor_count(const struct cg_network *network)
{
    size_t count = 0;
    for (int i = 0; i < network->layer_count; i++)
        count += network->layers[i].kind == CG_LAYER_LINEAR ? 2 : 0;
    return count;
}

void cg_network_tensor(const struct cg_network *network, size_t index, struct cg_tensor_info *out)
{
    const struct cg_layer *layer = network->layers;
    for (size_t linear = 0;; layer++)
        if (layer->kind == CG_LAYER_LINEAR && linear++ == index / 2)
            break;
    bool is_weight = index % 2 == 0;
    *out = (struct cg_tensor_info){
        .rank = is_weight ? 2 : 1,
        .shape = {(size_t)layer->out_channels, is_weight ? (size_t)layer->in_channels : 1},
        .offset = is_weight ? layer->weight_offset : layer->bias_offset,
    };
    out->element_count = out->shape[0] * out->shape[1];
    snprintf(out->name, sizeof(out->name), "%s.%s", layer->name, is_weight ? "weight" : "bias");
}
