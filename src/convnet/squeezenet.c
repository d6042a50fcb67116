/*
 * SqueezeNet and its compressed weights: see squeezenet.h.
 *
 * The file, all little-endian: for each convolution, in the network's order, the count of its kept
 * weights (uint32); then for each convolution a codebook of 256 floats, its biases, one byte a kept
 * weight (its place in the codebook), and the gaps between kept weights less one, two to a byte,
 * low half first. Weights lie in the order out, in, down, across. Nothing else: the counts say how
 * long the file is.
 */
#include "convnet/convnet_layers.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODES ((size_t)256)
#define NAME_NBYTES 32

/* ---- compressed weights ---------------------------------------------------------------------- */

struct reader {
    const uint8_t *next;
    struct cg_convnet *net;
    const struct cg_conv_layer *conv; /* at work on */
    int layer;
    size_t weight_count;
    size_t kept; /* of them */
};

static size_t kept_count(const uint8_t *bytes, size_t index)
{
    const uint8_t *count = bytes + 4 * index;
    return (size_t)count[0] | (size_t)count[1] << 8 | (size_t)count[2] << 16 |
           (size_t)count[3] << 24;
}

static size_t conv_nbytes(const struct cg_conv_layer *conv, size_t kept)
{
    return sizeof(float) * (CODES + (size_t)conv->channels) + kept + (kept + 1) / 2;
}

static enum cg_status check_size(const uint8_t *bytes, size_t nbytes, const struct cg_convnet *net,
                                 struct cg_error *error)
{
    size_t convs = 0, expected = 0;
    for (int i = 0; i < net->count; i++)
        convs += net->layers[i].kind == CG_CONV_CONV;
    expected = 4 * convs;
    for (int i = 0, conv = 0; i < net->count && nbytes >= 4 * convs; i++) {
        if (net->layers[i].kind != CG_CONV_CONV)
            continue;
        size_t kept = kept_count(bytes, (size_t)conv++);
        if (kept > cg_convnet_weight_count(net, i))
            return cg_fail(error, CG_ERR_MODEL,
                           "expected compressed weights: layer %s has %zu, found a count of %zu",
                           net->layers[i].name, cg_convnet_weight_count(net, i), kept);
        expected += conv_nbytes(&net->layers[i], kept);
    }
    if (nbytes != expected)
        return cg_fail(error, CG_ERR_MODEL,
                       "expected compressed weights of %zu bytes, found %zu bytes", expected,
                       nbytes);
    return CG_OK;
}

static void take_floats(struct reader *reader, float *out, size_t count)
{
    memcpy(out, reader->next, count * sizeof(*out));
    reader->next += count * sizeof(*out);
}

static bool all_finite(const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

/* Put the kept weights into their places among zeros. */
static enum cg_status spread_weights(struct reader *reader, const float *codebook, float *weights,
                                     struct cg_error *error)
{
    const uint8_t *codes = reader->next, *gaps = codes + reader->kept;
    size_t end = 0;
    memset(weights, 0, reader->weight_count * sizeof(*weights));
    for (size_t i = 0; i < reader->kept; i++) {
        size_t at = end + (i % 2 == 0 ? gaps[i / 2] & 15 : gaps[i / 2] >> 4);
        if (at >= reader->weight_count)
            return cg_fail(error, CG_ERR_MODEL,
                           "layer %s: kept weight %zu of %zu lies beyond the %zu that there are",
                           reader->conv->name, i + 1, reader->kept, reader->weight_count);
        weights[at] = codebook[codes[i]];
        end = at + 1;
    }
    reader->next = gaps + (reader->kept + 1) / 2;
    return CG_OK;
}

static enum cg_status decode_conv(struct reader *reader, struct cg_error *error)
{
    float codebook[CODES];
    size_t channels = (size_t)reader->conv->channels;
    float *bias = cg_alloc(channels, sizeof(*bias), "biases", error);
    float *weights = cg_alloc(reader->weight_count, sizeof(*weights), "weights", error);
    enum cg_status status = bias != NULL && weights != NULL ? CG_OK : CG_ERR_MEMORY;
    if (status == CG_OK) {
        take_floats(reader, codebook, CODES);
        take_floats(reader, bias, channels);
        status = spread_weights(reader, codebook, weights, error);
    }
    if (status == CG_OK && (!all_finite(codebook, CODES) || !all_finite(bias, channels)))
        status =
            cg_fail(error, CG_ERR_MODEL, "layer %s: expected finite numbers, found NaN or infinity",
                    reader->conv->name);
    if (status == CG_OK)
        cg_convnet_set_weights(reader->net, reader->layer, weights, bias);
    free(weights);
    free(bias);
    return status;
}

enum cg_status cg_compressed_decode(const uint8_t *bytes, size_t nbytes, struct cg_convnet *net,
                                    struct cg_error *error)
{
    enum cg_status status = check_size(bytes, nbytes, net, error);
    struct reader reader = {.next = bytes, .net = net};
    size_t convs = 0, conv = 0;
    for (int i = 0; i < net->count; i++)
        convs += net->layers[i].kind == CG_CONV_CONV;
    reader.next += 4 * convs;
    for (int i = 0; status == CG_OK && i < net->count; i++) {
        if (net->layers[i].kind != CG_CONV_CONV)
            continue;
        reader.conv = &net->layers[i];
        reader.layer = i;
        reader.weight_count = cg_convnet_weight_count(net, i);
        reader.kept = kept_count(bytes, conv++);
        status = decode_conv(&reader, error);
    }
    return status;
}

/* ---- the network ----------------------------------------------------------------------------- */

struct builder {
    struct cg_convnet *net;
    int last;
    enum cg_status status; /* of the first failure */
    struct cg_error *error;
};

/* Append a layer that reads from, unless something failed before. */
static int add(struct builder *builder, struct cg_conv_layer layer, int from)
{
    int index = from;
    if (builder->status != CG_OK)
        return index;
    if (layer.from_count == 0) {
        layer.from[0] = from;
        layer.from_count = 1;
    }
    builder->status = cg_convnet_add(builder->net, &layer, &index, builder->error);
    builder->last = index;
    return index;
}

static int add_conv(struct builder *builder, const char *name, int from, int channels, int kernel,
                    int stride, int padding)
{
    struct cg_conv_layer layer = {.name = name,
                                  .kind = CG_CONV_CONV,
                                  .channels = channels,
                                  .kernel = {kernel, kernel},
                                  .stride = {stride, stride},
                                  .padding = {padding, padding},
                                  .relu = true};
    return add(builder, layer, from);
}

static void add_pool(struct builder *builder, const char *name)
{
    struct cg_conv_layer layer = {.name = name,
                                  .kind = CG_CONV_MAX_POOL,
                                  .kernel = {3, 3},
                                  .stride = {2, 2},
                                  .ceiling = true};
    add(builder, layer, builder->last);
}

/* The fire module: a narrow 1 x 1 convolution, and on it one of 1 x 1 and one of 3 x 3 side by
 * side. */
static void add_fire(struct builder *builder, int number, int squeezed, int expanded)
{
    char names[4][NAME_NBYTES];
    snprintf(names[0], NAME_NBYTES, "fire%d/squeeze1x1", number);
    snprintf(names[1], NAME_NBYTES, "fire%d/expand1x1", number);
    snprintf(names[2], NAME_NBYTES, "fire%d/expand3x3", number);
    snprintf(names[3], NAME_NBYTES, "fire%d", number);
    int squeeze = add_conv(builder, names[0], builder->last, squeezed, 1, 1, 0);
    int pointwise = add_conv(builder, names[1], squeeze, expanded, 1, 1, 0);
    int wide = add_conv(builder, names[2], squeeze, expanded, 3, 1, 1);
    struct cg_conv_layer concat = {
        .name = names[3], .kind = CG_CONV_CONCAT, .from = {pointwise, wide}, .from_count = 2};
    add(builder, concat, squeeze);
}

static void add_layers(struct builder *builder)
{
    add_conv(builder, "conv1", CG_CONVNET_INPUT, 96, 7, 2, 0);
    add_pool(builder, "pool1");
    for (int i = 2; i <= 9; i++) {
        add_fire(builder, i, 16 * (i / 2), 64 * (i / 2));
        if (i == 4)
            add_pool(builder, "pool4");
        if (i == 8)
            add_pool(builder, "pool8");
    }
    add_conv(builder, "conv10", builder->last, 1000, 1, 1, 0);
    struct cg_conv_layer pool = {.name = "pool10", .kind = CG_CONV_GLOBAL_MEAN};
    add(builder, pool, builder->last);
}

/* Features: the last map before the classes. The perceptual distance looks at maps of every size
 * and depth, as LPIPS does with SqueezeNet. */
static void choose_layers(struct cg_convnet *net)
{
    static const char *const judges[] = {"conv1", "fire3", "fire4", "fire6",
                                         "fire7", "fire8", "fire9"};
    net->feature_layer = cg_convnet_find(net, "fire9");
    net->logit_layer = cg_convnet_find(net, "pool10");
    net->judge_count = (int)(sizeof(judges) / sizeof(judges[0]));
    for (int i = 0; i < net->judge_count; i++)
        net->judges[i] = cg_convnet_find(net, judges[i]);
}

enum cg_status cg_squeezenet_parse(const uint8_t *bytes, size_t nbytes, struct cg_convnet **out,
                                   struct cg_error *error)
{
    const struct cg_conv_input input = {
        .side_px = 227, .bgr = true, .mean = {104.0f, 117.0f, 123.0f}, .scale = {1.0f, 1.0f, 1.0f}};
    struct builder builder = {.error = error};
    *out = NULL;
    builder.status = cg_convnet_create(&input, &builder.net, error);
    if (builder.status != CG_OK)
        return builder.status;
    add_layers(&builder);
    if (builder.status == CG_OK)
        builder.status = cg_compressed_decode(bytes, nbytes, builder.net, error);
    if (builder.status != CG_OK) {
        cg_convnet_free(builder.net);
        return builder.status;
    }
    choose_layers(builder.net);
    *out = builder.net;
    return CG_OK;
}
