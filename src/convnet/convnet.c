/* Picture networks and their building: see convnet.h. */
#include "convnet/convnet.h"

#include "base/memory.h"
#include "convnet/convnet_layers.h"

#include <stdlib.h>
#include <string.h>

/* The largest map or weight accepted, in floats: files are not trusted. */
#define FLOATS_MAX ((size_t)1 << 28)

/* ---- building -------------------------------------------------------------------------------- */

enum cg_status cg_convnet_create(const struct cg_conv_input *input, struct cg_convnet **out,
                                 struct cg_error *error)
{
    struct cg_convnet *net = cg_alloc_zero(1, sizeof(*net), "network", error);
    *out = NULL;
    if (net == NULL)
        return CG_ERR_MEMORY;
    net->input = *input;
    net->feature_layer = net->logit_layer = -1;
    net->layers =
        cg_alloc_zero(CG_CONVNET_LAYERS_MAX, sizeof(*net->layers), "layers of the network", error);
    net->shapes =
        cg_alloc_zero(CG_CONVNET_LAYERS_MAX, sizeof(*net->shapes), "layers of the network", error);
    if (net->layers == NULL || net->shapes == NULL) {
        free(net->layers);
        free(net->shapes);
        free(net);
        return CG_ERR_MEMORY;
    }
    *out = net;
    return CG_OK;
}

static void layer_clear(struct cg_conv_layer *layer)
{
    free((void *)(uintptr_t)layer->name);
    free((void *)(uintptr_t)layer->weights);
    free((void *)(uintptr_t)layer->bias);
}

void cg_convnet_free(struct cg_convnet *net)
{
    if (net == NULL)
        return;
    for (int i = 0; i < net->count; i++)
        layer_clear(&net->layers[i]);
    free(net->shapes);
    free(net->layers);
    free(net);
}

int cg_convnet_find(const struct cg_convnet *net, const char *name)
{
    if (strcmp(name, "input") == 0)
        return CG_CONVNET_INPUT;
    for (int i = 0; i < net->count; i++)
        if (strcmp(net->layers[i].name, name) == 0)
            return i;
    return -2;
}

int cg_convnet_in_channels(const struct cg_convnet *net, int layer)
{
    int from = net->layers[layer].from[0];
    return from == CG_CONVNET_INPUT ? 3 : net->shapes[from].channels;
}

size_t cg_convnet_weight_count(const struct cg_convnet *net, int layer)
{
    const struct cg_conv_layer *conv = &net->layers[layer];
    return (size_t)conv->channels * (size_t)conv->kernel[0] * (size_t)conv->kernel[1] *
           (size_t)cg_convnet_in_channels(net, layer);
}

static bool is_small(size_t a, size_t b, size_t c, size_t d)
{
    size_t product;
    return cg_mul_size(a, b, &product) && cg_mul_size(product, c, &product) &&
           cg_mul_size(product, d, &product) && product <= FLOATS_MAX;
}

static enum cg_status check_layer(const struct cg_convnet *net, const struct cg_conv_layer *layer,
                                  struct cg_map_shape *shape, struct cg_error *error)
{
    if (net->count == CG_CONVNET_LAYERS_MAX)
        return cg_fail(error, CG_ERR_LIMIT, "layer %.64s: expected at most %d layers", layer->name,
                       CG_CONVNET_LAYERS_MAX);
    if (cg_convnet_find(net, layer->name) != -2)
        return cg_fail(error, CG_ERR_MODEL, "layer %.64s: the name is taken", layer->name);
    const struct cg_map_shape input = {net->input.side_px, net->input.side_px, 3};
    struct cg_conv_call call = {.layer = layer};
    enum cg_status status = cg_conv_call_shape(&call, &input, net->shapes, error);
    if (status != CG_OK)
        return status;
    *shape = call.out_shape;
    size_t in_channels = (size_t)call.in_shapes[0]->channels;
    if (!is_small((size_t)shape->height, (size_t)shape->width, (size_t)shape->channels, 1) ||
        (layer->kind == CG_CONV_CONV && !is_small((size_t)layer->channels, (size_t)layer->kernel[0],
                                                  (size_t)layer->kernel[1], in_channels)))
        return cg_fail(error, CG_ERR_LIMIT, "layer %.64s: more than %zu numbers", layer->name,
                       FLOATS_MAX);
    return CG_OK;
}

enum cg_status cg_convnet_add(struct cg_convnet *net, const struct cg_conv_layer *layer, int *index,
                              struct cg_error *error)
{
    struct cg_map_shape shape;
    enum cg_status status = check_layer(net, layer, &shape, error);
    if (status != CG_OK)
        return status;
    struct cg_conv_layer *added = &net->layers[net->count];
    *added = *layer;
    added->weights = added->bias = NULL;
    added->name = cg_string_copy(layer->name);
    net->shapes[net->count] = shape;
    *index = net->count++; /* from here on freed with the network */
    if (added->name == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "layer %.64s: out of memory", layer->name);
    if (layer->kind != CG_CONV_CONV)
        return CG_OK;
    added->weights =
        cg_alloc_zero(cg_convnet_weight_count(net, *index), sizeof(float), "weights", error);
    added->bias = cg_alloc_zero((size_t)layer->channels, sizeof(float), "biases", error);
    return added->weights != NULL && added->bias != NULL ? CG_OK : CG_ERR_MEMORY;
}

void cg_convnet_set_weights(struct cg_convnet *net, int layer, const float *weights_oihw,
                            const float *bias)
{
    const struct cg_conv_layer *conv = &net->layers[layer];
    size_t in_channels = (size_t)cg_convnet_in_channels(net, layer);
    size_t area = (size_t)conv->kernel[0] * (size_t)conv->kernel[1];
    float *to = (float *)(uintptr_t)conv->weights;
    for (size_t o = 0; o < (size_t)conv->channels; o++)
        for (size_t k = 0; k < area; k++)
            for (size_t i = 0; i < in_channels; i++)
                *to++ = weights_oihw[(o * in_channels + i) * area + k];
    memcpy((float *)(uintptr_t)conv->bias, bias, (size_t)conv->channels * sizeof(*bias));
}
