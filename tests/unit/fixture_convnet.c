/* Picture networks for tests: see fixture_convnet.h. */
#include "fixture_convnet.h"

#include "base/memory.h"
#include "base/rng.h"
#include "fixture_numbers.h"
#include "model/safetensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CODES 256

struct cg_convnet *fixture_convnet_new(int side_px)
{
    const struct cg_conv_input input = {.side_px = side_px, .scale = {1.0f, 1.0f, 1.0f}};
    struct cg_convnet *net;
    assert_int_equal(cg_convnet_create(&input, &net, NULL), CG_OK);
    return net;
}

int fixture_convnet_add(struct cg_convnet *net, struct cg_conv_layer layer)
{
    struct cg_error error = {0};
    int index = -1;
    if (layer.from_count == 0) {
        layer.from[0] = net->count - 1;
        layer.from_count = 1;
    }
    enum cg_status status = cg_convnet_add(net, &layer, &index, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, CG_OK);
    return index;
}

/* ---- compressed files ------------------------------------------------------------------------ */

struct stream {
    uint8_t *bytes;
    size_t nbytes;
};

static void put(struct stream *stream, const void *bytes, size_t nbytes)
{
    stream->bytes = realloc(stream->bytes, stream->nbytes + nbytes + 1);
    assert_non_null(stream->bytes);
    memcpy(stream->bytes + stream->nbytes, bytes, nbytes);
    stream->nbytes += nbytes;
}

/* One convolution: codebook, biases, codes, gaps. Returns how many weights were kept. */
static uint32_t put_conv(struct stream *stream, size_t weight_count, size_t channels,
                         struct cg_rng *rng, float *expected)
{
    float codebook[CODES];
    uint8_t *codes = cg_alloc(weight_count, 1, "codes", NULL);
    uint8_t *gaps = cg_alloc_zero(weight_count, 1, "gaps", NULL);
    float *bias = cg_alloc(channels, sizeof(*bias), "biases", NULL);
    uint32_t kept = 0;
    for (size_t i = 0; i < CODES; i++)
        codebook[i] = 0.2f * cg_rng_normal(rng);
    for (size_t i = 0; i < channels; i++)
        bias[i] = 0.1f * (float)i;
    for (size_t at = cg_rng_below(rng, 16), end = 0; at < weight_count;
         end = at + 1, at = end + cg_rng_below(rng, 16), kept++) {
        codes[kept] = (uint8_t)cg_rng_below(rng, CODES);
        gaps[kept / 2] |= (uint8_t)((at - end) << (kept % 2 == 0 ? 0 : 4));
        if (expected != NULL)
            expected[at] = codebook[codes[kept]];
    }
    put(stream, codebook, sizeof(codebook));
    put(stream, bias, channels * sizeof(*bias));
    put(stream, codes, kept);
    put(stream, gaps, (kept + 1) / 2);
    free(bias);
    free(gaps);
    free(codes);
    return kept;
}

uint8_t *fixture_compressed(const struct cg_convnet *net, uint64_t seed, float *expected,
                            size_t *nbytes)
{
    struct stream stream = {0};
    struct cg_rng rng = cg_rng_make(seed, 0, 0);
    const uint8_t zeros[4] = {0};
    for (int i = 0; i < net->count; i++)
        if (net->layers[i].kind == CG_CONV_CONV)
            put(&stream, zeros, 4);
    for (int i = 0, conv = 0; i < net->count; i++) {
        if (net->layers[i].kind != CG_CONV_CONV)
            continue;
        size_t count = cg_convnet_weight_count(net, i);
        for (size_t k = 0; expected != NULL && k < count; k++)
            expected[k] = 0.0f;
        uint32_t kept = put_conv(&stream, count, (size_t)net->layers[i].channels, &rng, expected);
        memcpy(stream.bytes + 4 * conv++, &kept, 4);
        expected = expected != NULL ? expected + count : NULL;
    }
    *nbytes = stream.nbytes;
    return stream.bytes;
}

/* ---- safetensors ----------------------------------------------------------------------------- */

void fixture_convnet_write(const char *path)
{
    static const char layers[] =
        "{\"input\": {\"side_px\": 32, \"order\": \"RGB\", \"mean\": [128, 128, 128],"
        " \"scale\": [0.02, 0.02, 0.02]},"
        " \"layers\": ["
        "  {\"name\": \"conv\", \"kind\": \"conv\", \"channels\": 8, \"kernel\": [3, 3],"
        "   \"stride\": [2, 2], \"padding\": [1, 1], \"relu\": true},"
        "  {\"name\": \"pool\", \"kind\": \"max_pool\", \"kernel\": [2, 2], \"stride\": [2, 2]},"
        "  {\"name\": \"mean\", \"kind\": \"global_mean\"},"
        "  {\"name\": \"classes\", \"kind\": \"conv\", \"channels\": 4}],"
        " \"features\": \"pool\", \"logits\": \"classes\", \"perceptual\": [\"conv\", \"pool\"]}";
    const struct cg_metadata metadata = {"layers", layers};
    float *numbers = fixture_random_new(8 * 27 + 8 + 4 * 8 + 4, 3, 0.5f);
    const struct cg_tensor tensors[] = {
        {"conv.weight", 4, {8, 3, 3, 3}, numbers},
        {"conv.bias", 1, {8}, numbers + 216},
        {"classes.weight", 4, {4, 8, 1, 1}, numbers + 224},
        {"classes.bias", 1, {4}, numbers + 256},
    };
    assert_int_equal(cg_safetensors_write(path, CG_WRITE_OVER, tensors, 4, &metadata, 1, NULL),
                     CG_OK);
    free(numbers);
}
