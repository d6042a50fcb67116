/* Passes over picture networks: see convnet.h. */
#include "convnet/convnet.h"

#include "base/memory.h"
#include "convnet/convnet_layers.h"

#include <stdlib.h>
#include <string.h>

/* ---- making ---------------------------------------------------------------------------------- */

static size_t map_floats(const struct cg_map_shape *shape)
{
    return (size_t)shape->height * (size_t)shape->width * (size_t)shape->channels;
}

/* A layer as it runs in the pass; gradients are left out without a backward. */
static struct cg_conv_call make_call(const struct cg_conv_pass *pass, int layer)
{
    struct cg_conv_call call = {.layer = &pass->net->layers[layer],
                                .out_shape = pass->shapes[layer],
                                .out = pass->maps[layer],
                                .columns = pass->columns};
    for (int i = 0; i < call.layer->from_count; i++) {
        int from = call.layer->from[i];
        bool first = from == CG_CONVNET_INPUT;
        call.in_shapes[i] = first ? &pass->input_shape : &pass->shapes[from];
        call.in[i] = first ? pass->input : pass->maps[from];
        if (pass->gradients != NULL)
            call.in_gradients[i] = first ? pass->input_gradient : pass->gradients[from];
    }
    if (pass->gradients != NULL)
        call.out_gradient = pass->gradients[layer];
    return call;
}

static enum cg_status work_out_shapes(struct cg_conv_pass *pass, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    for (int i = 0; status == CG_OK && i < pass->count; i++) {
        struct cg_conv_call call = {.layer = &pass->net->layers[i]};
        status = cg_conv_call_shape(&call, &pass->input_shape, pass->shapes, error);
        pass->shapes[i] = call.out_shape;
    }
    return status;
}

static enum cg_status allocate_maps(struct cg_conv_pass *pass, struct cg_error *error)
{
    size_t columns = 0;
    for (int i = 0; i < pass->count; i++) {
        size_t floats = map_floats(&pass->shapes[i]);
        pass->maps[i] = cg_alloc(floats, sizeof(float), "map of a layer", error);
        if (pass->maps[i] == NULL)
            return CG_ERR_MEMORY;
        if (pass->gradients != NULL) {
            pass->gradients[i] = cg_alloc(floats, sizeof(float), "gradient of a layer", error);
            if (pass->gradients[i] == NULL)
                return CG_ERR_MEMORY;
        }
        struct cg_conv_call call = make_call(pass, i);
        size_t needed = cg_conv_columns_count(&call);
        columns = needed > columns ? needed : columns;
    }
    pass->columns = cg_alloc(columns, sizeof(float), "windows of a convolution", error);
    return pass->columns != NULL ? CG_OK : CG_ERR_MEMORY;
}

static enum cg_status allocate(struct cg_conv_pass *pass, bool backward, struct cg_error *error)
{
    const size_t count = (size_t)pass->count, input = map_floats(&pass->input_shape);
    pass->shapes = cg_alloc_zero(count, sizeof(*pass->shapes), "maps of the network", error);
    pass->maps = cg_alloc_zero(count, sizeof(*pass->maps), "maps of the network", error);
    pass->input = cg_alloc(input, sizeof(float), "input of the network", error);
    if (pass->shapes == NULL || pass->maps == NULL || pass->input == NULL)
        return CG_ERR_MEMORY;
    if (backward) {
        pass->gradients =
            cg_alloc_zero(count, sizeof(*pass->gradients), "gradients of the network", error);
        pass->input_gradient = cg_alloc(input, sizeof(float), "gradients of the network", error);
        if (pass->gradients == NULL || pass->input_gradient == NULL)
            return CG_ERR_MEMORY;
    }
    enum cg_status status = work_out_shapes(pass, error);
    return status == CG_OK ? allocate_maps(pass, error) : status;
}

enum cg_status cg_conv_pass_create_sized(const struct cg_convnet *net, int height, int width,
                                         int layers, bool backward, struct cg_conv_pass **out,
                                         struct cg_error *error)
{
    struct cg_conv_pass *pass = cg_alloc_zero(1, sizeof(*pass), "pass of the network", error);
    *out = NULL;
    if (pass == NULL)
        return CG_ERR_MEMORY;
    pass->net = net;
    pass->count = layers;
    pass->input_shape = (struct cg_map_shape){height, width, 3};
    enum cg_status status = allocate(pass, backward, error);
    if (status != CG_OK) {
        cg_conv_pass_free(pass);
        return status;
    }
    *out = pass;
    return CG_OK;
}

enum cg_status cg_conv_pass_create(const struct cg_convnet *net, struct cg_conv_pass **out,
                                   struct cg_error *error)
{
    return cg_conv_pass_create_sized(net, net->input.side_px, net->input.side_px, net->count, false,
                                     out, error);
}

static void free_all(float **maps, int count)
{
    for (int i = 0; maps != NULL && i < count; i++)
        free(maps[i]);
    free(maps);
}

void cg_conv_pass_free(struct cg_conv_pass *pass)
{
    if (pass == NULL)
        return;
    free_all(pass->gradients, pass->count);
    free_all(pass->maps, pass->count);
    free(pass->columns);
    free(pass->input_gradient);
    free(pass->input);
    free(pass->shapes);
    free(pass);
}

/* ---- input ----------------------------------------------------------------------------------- */

/* The place of the network's channel c in RGB. */
static size_t place(const struct cg_conv_input *input, size_t c)
{
    return input->bgr ? 2 - c : c;
}

enum cg_status cg_conv_pass_set_image(struct cg_conv_pass *pass, const struct cg_image *rgb,
                                      struct cg_error *error)
{
    const struct cg_conv_input *input = &pass->net->input;
    struct cg_image resized;
    enum cg_status status =
        cg_image_resize(rgb, pass->input_shape.width, pass->input_shape.height, &resized, error);
    if (status != CG_OK)
        return status;
    size_t count = map_floats(&pass->input_shape);
    for (size_t i = 0; i < count; i += 3)
        for (size_t c = 0; c < 3; c++) {
            float value = (float)resized.pixels[i + place(input, c)];
            pass->input[i + c] = (value - input->mean[c]) * input->scale[c];
        }
    cg_image_clear(&resized);
    return CG_OK;
}

void cg_conv_pass_set_pixels(struct cg_conv_pass *pass, const float *rgb)
{
    const struct cg_conv_input *input = &pass->net->input;
    size_t count = map_floats(&pass->input_shape);
    for (size_t i = 0; i < count; i += 3)
        for (size_t c = 0; c < 3; c++)
            pass->input[i + c] =
                (255.0f * rgb[i + place(input, c)] - input->mean[c]) * input->scale[c];
}

/* ---- running --------------------------------------------------------------------------------- */

void cg_conv_pass_run(struct cg_conv_pass *pass)
{
    for (int i = 0; i < pass->count; i++) {
        struct cg_conv_call call = make_call(pass, i);
        cg_conv_type_of(call.layer->kind)->forward(&call);
    }
}

void cg_conv_pass_begin_backward(struct cg_conv_pass *pass)
{
    memset(pass->input_gradient, 0, map_floats(&pass->input_shape) * sizeof(float));
    for (int i = 0; i < pass->count; i++)
        memset(pass->gradients[i], 0, map_floats(&pass->shapes[i]) * sizeof(float));
}

void cg_conv_pass_backward(struct cg_conv_pass *pass, float *grad_rgb)
{
    const struct cg_conv_input *input = &pass->net->input;
    for (int i = pass->count - 1; i >= 0; i--) {
        struct cg_conv_call call = make_call(pass, i);
        cg_conv_type_of(call.layer->kind)->backward(&call);
    }
    size_t count = map_floats(&pass->input_shape);
    for (size_t i = 0; i < count; i += 3)
        for (size_t c = 0; c < 3; c++)
            grad_rgb[i + place(input, c)] += 255.0f * input->scale[c] * pass->input_gradient[i + c];
}

void cg_conv_pass_mean(const struct cg_conv_pass *pass, int layer, float *out)
{
    const struct cg_map_shape *shape = &pass->shapes[layer];
    size_t channels = (size_t)shape->channels, pixels = map_floats(shape) / channels;
    for (size_t c = 0; c < channels; c++) {
        double sum = 0.0;
        for (size_t i = 0; i < pixels; i++)
            sum += (double)pass->maps[layer][i * channels + c];
        out[c] = (float)(sum / (double)pixels);
    }
}
