/* eval: picture networks: layers against plain loops, compressed weights, files good and bad. */
#include "assert_near.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "convnet/convnet_layers.h"
#include "convnet/perceptual.h"
#include "eval/features.h"
#include "fixture.h"
#include "fixture_convnet.h"
#include "fixture_numbers.h"
#include "model/safetensors.h"
#include "tensor/matrix.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SQUEEZENET CG_SHARED_DATA "/features/squeezenet/compressed_SqueezeNet.net"
#define PHOTOS "/usr/lib/python3/dist-packages/skimage/data/"

/* ---- layers ---------------------------------------------------------------------------------- */

static float input_at(const struct cg_conv_pass *pass, int y, int x, int c)
{
    int side = pass->net->input.side_px;
    if (y < 0 || x < 0 || y >= side || x >= side)
        return 0.0f;
    return pass->input[(y * side + x) * 3 + c];
}

/* One output of a convolution on the input, by its definition, on weights out, in, down, across. */
static double convolved(const struct cg_conv_pass *pass, const struct cg_conv_layer *layer,
                        const float *oihw, const float *bias, int y, int x, int o)
{
    double sum = (double)bias[o];
    int kh = layer->kernel[0], kw = layer->kernel[1];
    for (int c = 0; c < 3; c++)
        for (int ky = 0; ky < kh; ky++)
            for (int kx = 0; kx < kw; kx++)
                sum += (double)oihw[((o * 3 + c) * kh + ky) * kw + kx] *
                       (double)input_at(pass, y * layer->stride[0] + ky - layer->padding[0],
                                        x * layer->stride[1] + kx - layer->padding[1], c);
    return layer->relu && sum < 0.0 ? 0.0 : sum;
}

static void check_convolution(int side, struct cg_conv_layer layer)
{
    struct cg_convnet *net = fixture_convnet_new(side);
    int index = fixture_convnet_add(net, layer);
    size_t count = cg_convnet_weight_count(net, index);
    float *weights = fixture_random_new(count, 1, 1.0f);
    float *bias = fixture_random_new((size_t)layer.channels, 2, 1.0f);
    cg_convnet_set_weights(net, index, weights, bias);
    struct cg_conv_pass *pass;
    assert_int_equal(cg_conv_pass_create(net, &pass, NULL), CG_OK);
    fixture_random(pass->input, (size_t)(side * side * 3), 3, 1.0f);
    cg_conv_pass_run(pass);
    const struct cg_map_shape *shape = &net->shapes[index];
    const float *out = pass->maps[index];
    for (int y = 0; y < shape->height; y++)
        for (int x = 0; x < shape->width; x++)
            for (int o = 0; o < shape->channels; o++)
                assert_near((double)*out++, convolved(pass, &layer, weights, bias, y, x, o), 1e-4);
    cg_conv_pass_free(pass);
    cg_convnet_free(net);
    free(bias);
    free(weights);
}

static void convolutions_follow_their_definition(void **state)
{
    (void)state;
    const struct cg_conv_layer base = {.name = "conv", .kind = CG_CONV_CONV, .channels = 5};
    const int shapes[][6] = {
        {1, 1, 1, 1, 0, 0}, {1, 1, 1, 1, 1, 1}, {1, 1, 2, 2, 0, 0}, {3, 3, 1, 1, 1, 1},
        {7, 7, 2, 2, 0, 0}, {1, 7, 1, 1, 0, 3}, {5, 3, 2, 1, 2, 0}, {3, 3, 3, 2, 2, 1},
    };
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        struct cg_conv_layer layer = base;
        for (int axis = 0; axis < 2; axis++) {
            layer.kernel[axis] = shapes[i][axis];
            layer.stride[axis] = shapes[i][2 + axis];
            layer.padding[axis] = shapes[i][4 + axis];
        }
        layer.relu = i % 2 == 0;
        check_convolution(i == 0 ? 31 : 27, layer); /* 31 x 31: more than one block */
    }
}

/* Run one layer without weights on an input of count numbers 0, 1, 2 ... in the first channel. */
static struct cg_conv_pass *run_on_ramp(int side, struct cg_conv_layer layer)
{
    struct cg_convnet *net = fixture_convnet_new(side);
    struct cg_conv_pass *pass;
    fixture_convnet_add(net, layer);
    assert_int_equal(cg_conv_pass_create(net, &pass, NULL), CG_OK);
    for (int i = 0; i < side * side; i++) {
        pass->input[3 * i] = (float)i;
        pass->input[3 * i + 1] = (float)-i;
        pass->input[3 * i + 2] = 1.0f;
    }
    cg_conv_pass_run(pass);
    return pass;
}

static void end_pass(struct cg_conv_pass *pass)
{
    struct cg_convnet *net = (struct cg_convnet *)(uintptr_t)pass->net;
    cg_conv_pass_free(pass);
    cg_convnet_free(net);
}

static void pools_count_what_lies_inside_alone(void **state)
{
    (void)state;
    struct cg_conv_layer pool = {
        .name = "pool", .kind = CG_CONV_MAX_POOL, .kernel = {3, 3}, .stride = {2, 2}};
    struct cg_conv_pass *pass = run_on_ramp(6, pool);
    assert_int_equal(pass->net->shapes[0].width, 2);
    assert_near((double)pass->maps[0][3], 2 * 6 + 4, 0.0);
    end_pass(pass);
    pool.ceiling = true; /* a third window hangs over the edge by one */
    pass = run_on_ramp(6, pool);
    assert_int_equal(pass->net->shapes[0].width, 3);
    assert_near((double)pass->maps[0][3 * 8], 35.0, 0.0);
    assert_near((double)pass->maps[0][3 * 8 + 1], -28.0, 0.0);
    end_pass(pass);
    pool = (struct cg_conv_layer){.name = "mean",
                                  .kind = CG_CONV_MEAN_POOL,
                                  .kernel = {3, 3},
                                  .stride = {1, 1},
                                  .padding = {1, 1}};
    pass = run_on_ramp(4, pool);
    assert_int_equal(pass->net->shapes[0].width, 4);
    assert_near((double)pass->maps[0][0], (0 + 1 + 4 + 5) / 4.0, 1e-6);
    assert_near((double)pass->maps[0][2], 1.0, 1e-6); /* padding is not counted as zeros */
    end_pass(pass);
    pass = run_on_ramp(4, (struct cg_conv_layer){.name = "all", .kind = CG_CONV_GLOBAL_MEAN});
    assert_near((double)pass->maps[0][0], 7.5, 1e-6);
    end_pass(pass);
}

/* A window that would begin in the padding beyond the edge is none (Caffe's rule). */
static void ceiling_never_begins_beyond_the_edge(void **state)
{
    (void)state;
    struct cg_conv_pass *pass = run_on_ramp(2, (struct cg_conv_layer){.name = "pool",
                                                                      .kind = CG_CONV_MAX_POOL,
                                                                      .kernel = {2, 2},
                                                                      .stride = {3, 3},
                                                                      .padding = {1, 1},
                                                                      .ceiling = true});
    assert_int_equal(pass->net->shapes[0].width, 1);
    end_pass(pass);
}

static void concatenation_keeps_order(void **state)
{
    (void)state;
    struct cg_convnet *net = fixture_convnet_new(4);
    struct cg_conv_layer pool = {
        .name = "a", .kind = CG_CONV_MAX_POOL, .kernel = {1, 1}, .stride = {1, 1}};
    fixture_convnet_add(net, pool);
    int both = fixture_convnet_add(
        net, (struct cg_conv_layer){
                 .name = "b", .kind = CG_CONV_CONCAT, .from = {0, -1, 0}, .from_count = 3});
    struct cg_conv_pass *pass;
    assert_int_equal(cg_conv_pass_create(net, &pass, NULL), CG_OK);
    fixture_random(pass->input, 48, 4, 1.0f);
    cg_conv_pass_run(pass);
    assert_int_equal(net->shapes[both].channels, 9);
    for (int pixel = 0; pixel < 16; pixel++)
        for (int c = 0; c < 9; c++)
            assert_true(pass->maps[both][9 * pixel + c] == pass->input[3 * pixel + c % 3]);
    end_pass(pass);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct cg_convnet *net = fixture_convnet_new(8);
    struct cg_error error;
    int index;
    struct cg_conv_layer wide = {.name = "wide",
                                 .kind = CG_CONV_CONV,
                                 .from = {-1},
                                 .from_count = 1,
                                 .channels = 2,
                                 .kernel = {9, 9},
                                 .stride = {1, 1}};
    assert_int_equal(cg_convnet_add(net, &wide, &index, &error), CG_ERR_MODEL);
    assert_non_null(strstr(error.text, "wide"));
    assert_non_null(strstr(error.text, "8 x 8"));
    struct cg_conv_layer pool = wide;
    pool.kind = CG_CONV_MAX_POOL;
    pool.kernel[0] = pool.kernel[1] = 2;
    pool.padding[0] = 2; /* a window of padding alone */
    assert_int_equal(cg_convnet_add(net, &pool, &index, &error), CG_ERR_MODEL);
    pool.padding[0] = 0;
    pool.stride[1] = 0;
    assert_int_equal(cg_convnet_add(net, &pool, &index, &error), CG_ERR_MODEL);
    cg_convnet_free(net);
}

/* ---- compressed weights ---------------------------------------------------------------------- */

static struct cg_convnet *make_small(void)
{
    struct cg_convnet *net = fixture_convnet_new(9);
    struct cg_conv_layer conv = {
        .name = "first", .kind = CG_CONV_CONV, .channels = 6, .kernel = {3, 3}, .stride = {1, 1}};
    fixture_convnet_add(net, conv);
    conv.name = "second";
    conv.channels = 3;
    conv.kernel[0] = conv.kernel[1] = 1;
    fixture_convnet_add(net, conv);
    return net;
}

static void compressed_weights_come_out_whole(void **state)
{
    (void)state;
    struct cg_convnet *net = make_small();
    struct cg_convnet *expected = make_small();
    float weights[6 * 27 + 18], bias[2][6] = {{0.0f, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f}};
    memcpy(bias[1], bias[0], sizeof(bias[1]));
    for (uint64_t seed = 0; seed < 8; seed++) { /* even and odd counts */
        size_t nbytes;
        struct cg_error error = {0};
        uint8_t *bytes = fixture_compressed(net, seed, weights, &nbytes);
        enum cg_status status = cg_compressed_decode(bytes, nbytes, net, &error);
        assert_string_equal(error.text, "");
        assert_int_equal(status, CG_OK);
        cg_convnet_set_weights(expected, 0, weights, bias[0]);
        cg_convnet_set_weights(expected, 1, weights + 6 * 27, bias[1]);
        for (int i = 0; i < 2; i++) {
            size_t count = cg_convnet_weight_count(net, i);
            assert_memory_equal(net->layers[i].weights, expected->layers[i].weights,
                                count * sizeof(float));
            for (int c = 0; c < net->layers[i].channels; c++)
                assert_near((double)net->layers[i].bias[c], 0.1 * c, 1e-6);
        }
        free(bytes);
    }
    cg_convnet_free(expected);
    cg_convnet_free(net);
}

static void damaged_weights_are_refused(void **state)
{
    (void)state;
    struct cg_convnet *net = make_small();
    struct cg_error error;
    size_t nbytes;
    uint8_t *bytes = fixture_compressed(net, 1, NULL, &nbytes);
    for (size_t cut = 0; cut < nbytes; cut += cut < 16 ? 1 : 97)
        assert_int_equal(cg_compressed_decode(bytes, cut, net, &error), CG_ERR_MODEL);
    assert_non_null(strstr(error.text, "bytes"));
    assert_int_equal(cg_compressed_decode(bytes, nbytes + 1, net, &error), CG_ERR_MODEL);
    uint32_t kept, too_many = 6 * 27 + 1;
    memcpy(&kept, bytes, 4);
    memcpy(bytes, &too_many, 4);
    assert_int_equal(cg_compressed_decode(bytes, nbytes, net, &error), CG_ERR_MODEL);
    assert_non_null(strstr(error.text, "first"));
    memcpy(bytes, &kept, 4);
    size_t gaps = 8 + 1024 + 24 + kept; /* gaps of 16 lead past the last weight */
    memset(bytes + gaps, 0xff, (kept + 1) / 2);
    assert_int_equal(cg_compressed_decode(bytes, nbytes, net, &error), CG_ERR_MODEL);
    assert_non_null(strstr(error.text, "beyond"));
    free(bytes);
    bytes = fixture_compressed(net, 1, NULL, &nbytes);
    memset(bytes + 8, 0xff, 4); /* NaN in the codebook */
    assert_int_equal(cg_compressed_decode(bytes, nbytes, net, &error), CG_ERR_MODEL);
    free(bytes);
    cg_convnet_free(net);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void a_listed_network_is_read(void **state)
{
    (void)state;
    struct cg_error error = {0};
    struct cg_convnet *net;
    const char *path = fixture_path("net.safetensors");
    fixture_convnet_write(path);
    enum cg_status status = cg_convnet_read(path, &net, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, CG_OK);
    assert_int_equal(cg_feature_count(net), 8);
    assert_int_equal(cg_class_count(net), 4);
    assert_int_equal(net->judge_count, 2);
    assert_int_equal(net->shapes[1].width, 8);
    struct cg_conv_pass *pass;
    assert_int_equal(cg_conv_pass_create(net, &pass, NULL), CG_OK);
    struct cg_image image;
    assert_int_equal(cg_image_create(40, 17, 3, &image, NULL), CG_OK);
    for (size_t i = 0; i < 3u * 40 * 17; i++)
        image.pixels[i] = (uint8_t)(i * 7);
    float said[12];
    assert_int_equal(cg_features_of(pass, &image, said, NULL), CG_OK);
    assert_near((double)(said[8] + said[9] + said[10] + said[11]), 1.0, 1e-6);
    assert_near(cg_perceptual_distance(pass, pass), 0.0, 0.0);
    cg_image_clear(&image);
    end_pass(pass);
}

static void expect_refused(const char *path, const char *text)
{
    struct cg_error error;
    struct cg_convnet *net;
    assert_int_equal(cg_convnet_read(path, &net, &error), CG_ERR_MODEL);
    assert_null(net);
    if (strstr(error.text, text) == NULL)
        fail_msg("expected \"%s\" in: %s", text, error.text);
    assert_non_null(strstr(error.text, path));
}

static void write_listed(const char *path, const char *layers)
{
    static const float number;
    const struct cg_tensor tensor = {"x", 1, {1}, &number};
    const struct cg_metadata metadata = {"layers", layers};
    assert_int_equal(
        cg_safetensors_write(path, CG_WRITE_OVER, &tensor, 1, &metadata, layers != NULL, NULL),
        CG_OK);
}

#define INPUT                                                                                      \
    "\"input\": {\"side_px\": 8, \"order\": \"RGB\", \"mean\": [0, 0, 0], \"scale\": [1, 1, 1]}"

static void other_files_are_refused(void **state)
{
    (void)state;
    const char *path = fixture_path("bad.safetensors");
    write_listed(path, NULL);
    expect_refused(path, "list of layers");
    write_listed(path, "{}");
    expect_refused(path, "input");
    write_listed(path, "{" INPUT "}");
    expect_refused(path, "features");
    write_listed(path, "{" INPUT ", \"layers\": [{\"name\": \"a\", \"kind\": \"odd\"}]}");
    expect_refused(path, "odd");
    write_listed(path, "{" INPUT ", \"layers\": [{\"name\": \"a\", \"kind\": \"max_pool\","
                       " \"from\": [\"b\"]}]}");
    expect_refused(path, "found b");
    write_listed(path, "{" INPUT ", \"layers\": [{\"name\": \"a\", \"kind\": \"conv\","
                       " \"channels\": 2}], \"features\": \"a\"}");
    expect_refused(path, "a.weight");
    write_listed(path, "{" INPUT ", \"layers\": [{\"name\": \"a\", \"kind\": \"max_pool\","
                       " \"kernel\": [9, 9]}], \"features\": \"a\"}");
    expect_refused(path, "does not fit");
    assert_int_equal(cg_file_write(path, "nothing of the kind", 19, NULL), CG_OK);
    expect_refused(path, "compressed weights");
    assert_int_equal(cg_file_write(path, "", 0, NULL), CG_OK);
    expect_refused(path, "found 0 bytes");
}

/* ---- the real network ------------------------------------------------------------------------ */

static int width_of(const struct cg_convnet *net, const char *name)
{
    return net->shapes[cg_convnet_find(net, name)].width;
}

/* A file of the right length in which no weight is kept: the layers alone can be looked at. */
static void squeezenet_has_the_published_shape(void **state)
{
    (void)state;
    size_t nbytes = 4 * 26 + 26 * 1024 + 4 * (96 + 1000);
    for (size_t fire = 2; fire <= 9; fire++)
        nbytes += 4 * (16 + 2 * 64) * (fire / 2);
    struct cg_convnet *net;
    struct cg_error error = {0};
    uint8_t *bytes = cg_alloc_zero(nbytes, 1, "file", NULL);
    enum cg_status status = cg_squeezenet_parse(bytes, nbytes, &net, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, CG_OK);
    assert_int_equal(width_of(net, "conv1"), 111);
    assert_int_equal(width_of(net, "pool1"), 55);
    assert_int_equal(width_of(net, "pool4"), 27);
    assert_int_equal(width_of(net, "pool8"), 13);
    assert_int_equal(width_of(net, "conv10"), 13);
    assert_int_equal(cg_feature_count(net), 512);
    assert_int_equal(cg_class_count(net), 1000);
    assert_int_equal(net->judge_count, 7);
    size_t weights = 0;
    for (int i = 0; i < net->count; i++)
        if (net->layers[i].kind == CG_CONV_CONV)
            weights += cg_convnet_weight_count(net, i) + (size_t)net->layers[i].channels;
    assert_int_equal(weights, 1248424); /* parameters of SqueezeNet v1.0 */
    cg_convnet_free(net);
    free(bytes);
}

/* The middle square of a picture, in place. */
static void cut_square(struct cg_image *image)
{
    int side = image->width < image->height ? image->width : image->height;
    size_t nbytes = 3 * (size_t)side, stride = 3 * (size_t)image->width;
    const uint8_t *from = image->pixels + (size_t)((image->height - side) / 2) * stride +
                          (size_t)((image->width - side) / 2) * 3;
    for (int y = 0; y < side; y++)
        memmove(image->pixels + (size_t)y * nbytes, from + (size_t)y * stride, nbytes);
    image->width = image->height = side;
}

static void expect_class(const struct cg_convnet *net, const char *path, size_t class_index,
                         double probability)
{
    struct cg_conv_pass *pass;
    struct cg_image image;
    float *said = cg_alloc(512 + 1000, sizeof(*said), "features", NULL);
    assert_int_equal(
        cg_image_read(path, &(struct cg_image_read_options){.channels = 3}, &image, NULL, NULL),
        CG_OK);
    cut_square(&image);
    assert_int_equal(cg_conv_pass_create(net, &pass, NULL), CG_OK);
    assert_int_equal(cg_features_of(pass, &image, said, NULL), CG_OK);
    /* how the picture is resized moves the last digits */
    assert_near((double)said[512 + class_index], probability, 0.05);
    cg_conv_pass_free(pass);
    cg_image_clear(&image);
    free(said);
}

/* Debian's python3-skimage has the photos. Probabilities: the same weights in PyTorch. */
static void squeezenet_knows_a_cat_and_a_coffee(void **state)
{
    (void)state;
    if (access(SQUEEZENET, R_OK) != 0 || access(PHOTOS "chelsea.png", R_OK) != 0 ||
        access(PHOTOS "coffee.png", R_OK) != 0) {
        print_message("the shared weights or python3-skimage's photos are not there: left out\n");
        skip();
    }
    struct cg_error error = {0};
    struct cg_convnet *net;
    if (cg_convnet_read(SQUEEZENET, &net, &error) != CG_OK)
        fail_msg("%s", error.text);
    expect_class(net, PHOTOS "chelsea.png", 285, 0.63);
    expect_class(net, PHOTOS "coffee.png", 967, 0.98);
    cg_convnet_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions_follow_their_definition),
        cmocka_unit_test(pools_count_what_lies_inside_alone),
        cmocka_unit_test(ceiling_never_begins_beyond_the_edge),
        cmocka_unit_test(concatenation_keeps_order),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(compressed_weights_come_out_whole),
        cmocka_unit_test(damaged_weights_are_refused),
        cmocka_unit_test(a_listed_network_is_read),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(squeezenet_has_the_published_shape),
        cmocka_unit_test(squeezenet_knows_a_cat_and_a_coffee),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("convnet", tests, fixture_folder_setup,
                                       fixture_folder_teardown);
}
