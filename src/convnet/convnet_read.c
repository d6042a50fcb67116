/*
 * Reading picture networks: see convnet.h. The first bytes tell the format: safetensors begin with
 * the length of a JSON header and its bracket, anything else is taken for the compressed
 * SqueezeNet.
 *
 * The layer list is JSON under "layers" in the metadata; docs/EVAL.md describes it. Every layer of
 * kind conv takes two tensors, NAME.weight (out x in x down x across) and NAME.bias (out).
 */
#include "convnet/convnet.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "convnet/convnet_layers.h"
#include "model/safetensors.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX_NBYTES ((size_t)1 << 30)
#define JSON_DEPTH_MAX 5
#define SIDE_MAX_PX 2048
#define CHANNELS_MAX 65536
#define KEY "layers"

struct reading {
    const struct cg_safetensors *file;
    struct cg_convnet *net;
    struct cg_error *error;
};

/* ---- members --------------------------------------------------------------------------------- */

/* Two whole numbers, down and across, or the given ones where the member is missing. */
static enum cg_status get_pair(const json_t *json, const char *key, int fallback, const char *what,
                               int out[2], struct cg_error *error)
{
    const json_t *pair = json_object_get(json, key);
    out[0] = out[1] = fallback;
    if (pair == NULL)
        return CG_OK;
    for (size_t i = 0; i < 2; i++) {
        const json_t *value = json_array_get(pair, i);
        json_int_t number = json_integer_value(value);
        if (json_array_size(pair) != 2 || !json_is_integer(value) || number < 0 ||
            number > SIDE_MAX_PX)
            return cg_fail(error, CG_ERR_MODEL,
                           "layer %.64s: expected two whole numbers from 0 to %d as \"%s\"", what,
                           SIDE_MAX_PX, key);
        out[i] = (int)number;
    }
    return CG_OK;
}

static enum cg_status get_triple(const json_t *json, const char *key, float out[3],
                                 struct cg_error *error)
{
    const json_t *triple = json_object_get(json, key);
    for (size_t i = 0; i < 3; i++) {
        const json_t *value = json_array_get(triple, i);
        if (json_array_size(triple) != 3 || !json_is_number(value))
            return cg_fail(error, CG_ERR_MODEL,
                           "input of the network: expected three numbers as \"%s\", found %s", key,
                           cg_json_type_name(triple));
        out[i] = (float)json_number_value(value);
    }
    return CG_OK;
}

static enum cg_status get_input(const json_t *json, struct cg_conv_input *out,
                                struct cg_error *error)
{
    const json_t *input = json_object_get(json, "input");
    const char *order;
    if (!json_is_object(input))
        return cg_fail(error, CG_ERR_MODEL, "network: expected an object as \"input\", found %s",
                       cg_json_type_name(input));
    enum cg_status status = cg_json_get_int(input, "side_px", 1, SIDE_MAX_PX,
                                            "input of the network", &out->side_px, error);
    if (status == CG_OK)
        status = cg_json_get_string(input, "order", "input of the network", &order, error);
    if (status == CG_OK && strcmp(order, "RGB") != 0 && strcmp(order, "BGR") != 0)
        status =
            cg_fail(error, CG_ERR_MODEL,
                    "input of the network: expected RGB or BGR as \"order\", found %.16s", order);
    if (status != CG_OK)
        return status;
    out->bgr = strcmp(order, "BGR") == 0;
    status = get_triple(input, "mean", out->mean, error);
    return status == CG_OK ? get_triple(input, "scale", out->scale, error) : status;
}

/* The layer named by a string. */
static enum cg_status get_layer(const struct cg_convnet *net, const json_t *name, const char *what,
                                int *out, struct cg_error *error)
{
    *out = json_is_string(name) ? cg_convnet_find(net, json_string_value(name)) : -2;
    if (*out == -2)
        return cg_fail(error, CG_ERR_MODEL,
                       "%.64s: expected the name of a layer before, found %.64s", what,
                       json_is_string(name) ? json_string_value(name) : cg_json_type_name(name));
    return CG_OK;
}

/* ---- layers ---------------------------------------------------------------------------------- */

/* "from": names; the layer before this one where it is missing. */
static enum cg_status get_from(const struct cg_convnet *net, const json_t *json,
                               struct cg_conv_layer *layer, struct cg_error *error)
{
    const json_t *from = json_object_get(json, "from");
    size_t count = from == NULL ? 1 : json_array_size(from);
    size_t most = layer->kind == CG_CONV_CONCAT ? CG_CONVNET_FROM_MAX : 1;
    layer->from[0] = net->count - 1;
    layer->from_count = (int)count;
    if (count < 1 || count > most)
        return cg_fail(error, CG_ERR_MODEL,
                       "layer %.64s: expected an array of 1 to %zu names as \"from\"", layer->name,
                       most);
    enum cg_status status = CG_OK;
    for (size_t i = 0; from != NULL && status == CG_OK && i < count; i++)
        status = get_layer(net, json_array_get(from, i), layer->name, &layer->from[i], error);
    return status;
}

static enum cg_status get_spec(const struct cg_convnet *net, const json_t *json,
                               struct cg_conv_layer *layer, struct cg_error *error)
{
    const char *kind;
    enum cg_status status = cg_json_get_string(json, "name", "layer", &layer->name, error);
    if (status == CG_OK)
        status = cg_json_get_string(json, "kind", layer->name, &kind, error);
    if (status == CG_OK && !cg_conv_kind_of(kind, &layer->kind))
        status = cg_fail(error, CG_ERR_MODEL, "layer %.64s: there is no kind \"%.32s\"",
                         layer->name, kind);
    if (status == CG_OK)
        status = get_from(net, json, layer, error);
    if (status == CG_OK)
        status = get_pair(json, "kernel", 1, layer->name, layer->kernel, error);
    if (status == CG_OK)
        status = get_pair(json, "stride", 1, layer->name, layer->stride, error);
    if (status == CG_OK)
        status = get_pair(json, "padding", 0, layer->name, layer->padding, error);
    if (status == CG_OK && layer->kind == CG_CONV_CONV)
        status = cg_json_get_int(json, "channels", 1, CHANNELS_MAX, layer->name, &layer->channels,
                                 error);
    layer->ceiling = json_is_true(json_object_get(json, "ceiling"));
    layer->relu = json_is_true(json_object_get(json, "relu"));
    return status;
}

static enum cg_status find_tensor(const struct reading *reading, const char *layer,
                                  const char *part, int rank, const size_t *shape,
                                  const struct cg_tensor **out)
{
    char *name = cg_string_format("%s.%s", layer, part);
    if (name == NULL)
        return cg_fail(reading->error, CG_ERR_MEMORY, "layer %.64s: out of memory", layer);
    *out = cg_safetensors_find(reading->file, name);
    free(name);
    if (*out == NULL || (*out)->rank != rank ||
        memcmp((*out)->shape, shape, (size_t)rank * sizeof(*shape)) != 0)
        return cg_fail(reading->error, CG_ERR_MODEL,
                       "layer %.64s: expected a tensor %.64s.%s of %zu%s numbers", layer, layer,
                       part, shape[0], rank > 1 ? " x input x kernel" : "");
    return CG_OK;
}

static enum cg_status take_weights(const struct reading *reading, int index)
{
    const struct cg_conv_layer *layer = &reading->net->layers[index];
    const size_t shape[4] = {(size_t)layer->channels,
                             (size_t)cg_convnet_in_channels(reading->net, index),
                             (size_t)layer->kernel[0], (size_t)layer->kernel[1]};
    const struct cg_tensor *weights, *bias;
    enum cg_status status = find_tensor(reading, layer->name, "weight", 4, shape, &weights);
    if (status == CG_OK)
        status = find_tensor(reading, layer->name, "bias", 1, shape, &bias);
    if (status == CG_OK)
        cg_convnet_set_weights(reading->net, index, weights->data, bias->data);
    return status;
}

static enum cg_status add_layer(const struct reading *reading, const json_t *json)
{
    struct cg_conv_layer layer = {0};
    int index;
    enum cg_status status = get_spec(reading->net, json, &layer, reading->error);
    if (status == CG_OK)
        status = cg_convnet_add(reading->net, &layer, &index, reading->error);
    if (status == CG_OK && layer.kind == CG_CONV_CONV)
        status = take_weights(reading, index);
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static enum cg_status get_judges(struct cg_convnet *net, const json_t *json, struct cg_error *error)
{
    const json_t *names = json_object_get(json, "perceptual");
    if (json_array_size(names) > CG_CONVNET_JUDGES_MAX)
        return cg_fail(error, CG_ERR_MODEL, "\"perceptual\": expected at most %d layers, found %zu",
                       CG_CONVNET_JUDGES_MAX, json_array_size(names));
    for (size_t i = 0; i < json_array_size(names); i++) {
        int *judge = &net->judges[net->judge_count++];
        enum cg_status status =
            get_layer(net, json_array_get(names, i), "\"perceptual\"", judge, error);
        if (status != CG_OK)
            return status;
        if (*judge == CG_CONVNET_INPUT)
            return cg_fail(error, CG_ERR_MODEL, "\"perceptual\": the input is no layer");
    }
    return CG_OK;
}

static enum cg_status choose_layers(struct cg_convnet *net, const json_t *json,
                                    struct cg_error *error)
{
    const json_t *logits = json_object_get(json, "logits");
    enum cg_status status = get_layer(net, json_object_get(json, "features"), "\"features\"",
                                      &net->feature_layer, error);
    if (status == CG_OK && logits != NULL)
        status = get_layer(net, logits, "\"logits\"", &net->logit_layer, error);
    if (status == CG_OK && net->feature_layer == CG_CONVNET_INPUT)
        status = cg_fail(error, CG_ERR_MODEL, "\"features\": the input is no layer");
    return status == CG_OK ? get_judges(net, json, error) : status;
}

static enum cg_status build(struct reading *reading, const json_t *json)
{
    struct cg_conv_input input = {0};
    enum cg_status status = get_input(json, &input, reading->error);
    if (status == CG_OK)
        status = cg_convnet_create(&input, &reading->net, reading->error);
    const json_t *layers = json_object_get(json, "layers");
    for (size_t i = 0; status == CG_OK && i < json_array_size(layers); i++)
        status = add_layer(reading, json_array_get(layers, i));
    return status == CG_OK ? choose_layers(reading->net, json, reading->error) : status;
}

static enum cg_status parse_safetensors(const uint8_t *bytes, size_t nbytes,
                                        struct cg_convnet **out, struct cg_error *error)
{
    struct cg_safetensors *file;
    json_t *json = NULL;
    enum cg_status status = cg_safetensors_parse(bytes, nbytes, "network", &file, error);
    if (status != CG_OK)
        return status;
    struct reading reading = {.file = file, .error = error};
    const char *text = cg_safetensors_metadata(file, KEY);
    if (text == NULL)
        status = cg_fail(error, CG_ERR_MODEL,
                         "expected a list of layers as \"" KEY "\" in the metadata, found none; "
                         "styles and other models are no networks to measure with");
    else
        status = cg_json_parse_object(text, strlen(text), JSON_DEPTH_MAX, "list of layers", &json,
                                      error);
    if (status == CG_OK)
        status = build(&reading, json);
    json_decref(json);
    cg_safetensors_free(file);
    if (status != CG_OK)
        cg_convnet_free(reading.net);
    else
        *out = reading.net;
    return status;
}

/* A header of less than 4 GB and its first bracket. */
static bool looks_like_safetensors(const uint8_t *bytes, size_t nbytes)
{
    static const uint8_t zeros[4];
    return nbytes > 8 && memcmp(bytes + 4, zeros, sizeof(zeros)) == 0 && bytes[8] == '{';
}

enum cg_status cg_convnet_read(const char *path, struct cg_convnet **out, struct cg_error *error)
{
    uint8_t *bytes;
    size_t nbytes;
    *out = NULL;
    enum cg_status status = cg_file_read(path, FILE_MAX_NBYTES, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    if (looks_like_safetensors(bytes, nbytes))
        status = parse_safetensors(bytes, nbytes, out, error);
    else
        status = cg_squeezenet_parse(bytes, nbytes, out, error);
    if (status == CG_OK)
        (*out)->id = cg_content_hash(bytes, nbytes, 0);
    else
        cg_error_prefix(error, "network %s", cg_path_tail(path));
    free(bytes);
    return status;
}
