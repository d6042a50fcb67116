/* Picture networks, their building and their passes: see convnet.h. */
#include "convnet/convnet.h"

#include "base/memory.h"
#include "convnet/convnet_layers.h"

#include <stdlib.h>
#include <string.h>

/* The largest map or weight accepted, in floats: files are not trusted. */
#define FLOATS_MAX ((size_t)1 << 28)

static size_t map_floats(const struct cg_map_shape *shape)
{
    return (size_t)shape->height * (size_t)shape->width * (size_t)shape->channels;
}

static const struct cg_map_shape *shape_of(const struct cg_convnet *net, int layer,
                                           struct cg_map_shape *input)
{
    *input = (struct cg_map_shape){net->input.side_px, net->input.side_px, 3};
    return layer == CG_CONVNET_INPUT ? input : &net->shapes[layer];
}

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
    struct cg_map_shape input;
    return shape_of(net, net->layers[layer].from[0], &input)->channels;
}

size_t cg_convnet_weight_count(const struct cg_convnet *net, int layer)
{
    const struct cg_conv_layer *conv = &net->layers[layer];
    return (size_t)conv->channels * (size_t)conv->kernel[0] * (size_t)conv->kernel[1] *
           (size_t)cg_convnet_in_channels(net, layer);
}

/* The inputs and the output shape that the layer would have. */
static enum cg_status work_out_shape(const struct cg_convnet *net,
                                     const struct cg_conv_layer *layer, struct cg_map_shape *out,
                                     struct cg_error *error)
{
    struct cg_conv_call call = {.layer = layer};
    struct cg_map_shape input;
    for (int i = 0; i < layer->from_count; i++)
        call.in_shapes[i] = shape_of(net, layer->from[i], &input);
    if (!cg_conv_type_of(layer->kind)->shape(&call))
        return cg_fail(error, CG_ERR_MODEL,
                       "layer %.64s: a %s of %d x %d at stride %d x %d does not fit its input of "
                       "%d x %d pixels with %d channels",
                       layer->name, cg_conv_type_of(layer->kind)->name, layer->kernel[0],
                       layer->kernel[1], layer->stride[0], layer->stride[1],
                       call.in_shapes[0]->height, call.in_shapes[0]->width,
                       call.in_shapes[0]->channels);
    *out = call.out_shape;
    return CG_OK;
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
    enum cg_status status = work_out_shape(net, layer, shape, error);
    if (status != CG_OK)
        return status;
    struct cg_map_shape input;
    size_t in_channels = (size_t)shape_of(net, layer->from[0], &input)->channels;
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

/* ---- passes ---------------------------------------------------------------------------------- */

static struct cg_conv_call make_call(const struct cg_conv_pass *pass, int layer,
                                     struct cg_map_shape *input)
{
    const struct cg_convnet *net = pass->net;
    struct cg_conv_call call = {.layer = &net->layers[layer],
                                .out_shape = net->shapes[layer],
                                .out = pass->maps[layer],
                                .columns = pass->columns};
    for (int i = 0; i < call.layer->from_count; i++) {
        int from = call.layer->from[i];
        call.in_shapes[i] = shape_of(net, from, input);
        call.in[i] = from == CG_CONVNET_INPUT ? pass->input : pass->maps[from];
    }
    return call;
}

static enum cg_status pass_allocate(struct cg_conv_pass *pass, struct cg_error *error)
{
    const struct cg_convnet *net = pass->net;
    size_t side = (size_t)net->input.side_px, columns = 0;
    struct cg_map_shape input;
    pass->input = cg_alloc(side * side * 3, sizeof(float), "input of the network", error);
    pass->maps =
        cg_alloc_zero((size_t)net->count, sizeof(*pass->maps), "maps of the network", error);
    if (pass->input == NULL || pass->maps == NULL)
        return CG_ERR_MEMORY;
    for (int i = 0; i < net->count; i++) {
        pass->maps[i] =
            cg_alloc(map_floats(&net->shapes[i]), sizeof(float), "map of a layer", error);
        if (pass->maps[i] == NULL)
            return CG_ERR_MEMORY;
        struct cg_conv_call call = make_call(pass, i, &input);
        size_t needed = cg_conv_columns_count(&call);
        columns = needed > columns ? needed : columns;
    }
    pass->columns = cg_alloc(columns, sizeof(float), "windows of a convolution", error);
    return pass->columns != NULL ? CG_OK : CG_ERR_MEMORY;
}

enum cg_status cg_conv_pass_create(const struct cg_convnet *net, struct cg_conv_pass **out,
                                   struct cg_error *error)
{
    struct cg_conv_pass *pass = cg_alloc_zero(1, sizeof(*pass), "pass of the network", error);
    *out = NULL;
    if (pass == NULL)
        return CG_ERR_MEMORY;
    pass->net = net;
    enum cg_status status = pass_allocate(pass, error);
    if (status != CG_OK) {
        cg_conv_pass_free(pass);
        return status;
    }
    *out = pass;
    return CG_OK;
}

void cg_conv_pass_free(struct cg_conv_pass *pass)
{
    if (pass == NULL)
        return;
    for (int i = 0; pass->maps != NULL && i < pass->net->count; i++)
        free(pass->maps[i]);
    free(pass->columns);
    free(pass->maps);
    free(pass->input);
    free(pass);
}

enum cg_status cg_conv_pass_set_image(struct cg_conv_pass *pass, const struct cg_image *rgb,
                                      struct cg_error *error)
{
    const struct cg_conv_input *input = &pass->net->input;
    struct cg_image square;
    enum cg_status status = cg_image_resize(rgb, input->side_px, input->side_px, &square, error);
    if (status != CG_OK)
        return status;
    size_t count = (size_t)input->side_px * (size_t)input->side_px;
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < 3; c++) {
            float value = (float)square.pixels[3 * i + (input->bgr ? 2 - c : c)];
            pass->input[3 * i + c] = (value - input->mean[c]) * input->scale[c];
        }
    cg_image_clear(&square);
    return CG_OK;
}

void cg_conv_pass_run(struct cg_conv_pass *pass)
{
    struct cg_map_shape input;
    for (int i = 0; i < pass->net->count; i++) {
        struct cg_conv_call call = make_call(pass, i, &input);
        cg_conv_type_of(call.layer->kind)->forward(&call);
    }
}

void cg_conv_pass_mean(const struct cg_conv_pass *pass, int layer, float *out)
{
    const struct cg_map_shape *shape = &pass->net->shapes[layer];
    size_t channels = (size_t)shape->channels, pixels = map_floats(shape) / channels;
    for (size_t c = 0; c < channels; c++) {
        double sum = 0.0;
        for (size_t i = 0; i < pixels; i++)
            sum += (double)pass->maps[layer][i * channels + c];
        out[c] = (float)(sum / (double)pixels);
    }
}
