/*
 * The way back through picture networks, from what a loss makes of their maps to the picture,
 * against central differences. Kinks (ReLU, maximum) spoil few of them, as steps are small.
 */
#include "convnet/perceptual.h"
#include "grad/gradient_check.h"
#include "tensor/matrix.h"
#include "unit/fixture_convnet.h"
#include "unit/fixture_numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEIGHT 13
#define WIDTH 11
#define VALUES (HEIGHT * WIDTH * 3)
#define WEIGHT 0.7f

struct subject {
    struct cg_convnet *net;
    struct cg_conv_pass *pass, *other;
    float *picture, *gradient;
};

/* Weights of mixed signs, biases that keep most ReLUs away from their kinks. */
static int add_conv(struct cg_convnet *net, struct cg_conv_layer layer)
{
    layer.kind = CG_CONV_CONV;
    int index = fixture_convnet_add(net, layer);
    size_t count = cg_convnet_weight_count(net, index);
    float *weights = fixture_random_new(count, 10 + (uint64_t)index, 1.0f / sqrtf((float)count));
    float *bias = fixture_random_new((size_t)layer.channels, 30 + (uint64_t)index, 0.3f);
    cg_convnet_set_weights(net, index, weights, bias);
    free(bias);
    free(weights);
    return index;
}

/* Every kind of layer, a stride and padding of every kind, and maps that two layers read. */
static struct cg_convnet *every_kind(void)
{
    struct cg_convnet *net = fixture_convnet_new(16);
    const struct cg_conv_layer first = {.name = "first",
                                        .channels = 6,
                                        .kernel = {5, 3},
                                        .stride = {2, 1},
                                        .padding = {1, 2},
                                        .relu = true};
    const struct cg_conv_layer max = {.name = "max",
                                      .kind = CG_CONV_MAX_POOL,
                                      .kernel = {3, 2},
                                      .stride = {2, 1},
                                      .padding = {1, 0},
                                      .ceiling = true};
    const struct cg_conv_layer mean = {.name = "mean",
                                       .kind = CG_CONV_MEAN_POOL,
                                       .kernel = {3, 3},
                                       .stride = {1, 1},
                                       .padding = {1, 1}};
    struct cg_conv_layer narrow = {.name = "narrow",
                                   .from_count = 1,
                                   .channels = 4,
                                   .kernel = {1, 1},
                                   .stride = {1, 1},
                                   .relu = true};
    net->input.bgr = true;
    net->input.scale[0] = net->input.scale[1] = net->input.scale[2] = 1.0f / 255.0f;
    net->input.mean[1] = 100.0f;
    int judge = add_conv(net, first), pooled = fixture_convnet_add(net, max);
    int smooth = fixture_convnet_add(net, mean);
    narrow.from[0] = pooled;
    int side = add_conv(net, narrow);
    struct cg_conv_layer both = {
        .name = "both", .kind = CG_CONV_CONCAT, .from = {smooth, side, pooled}, .from_count = 3};
    fixture_convnet_add(net, both);
    int wide = add_conv(
        net,
        (struct cg_conv_layer){
            .name = "wide", .channels = 5, .kernel = {3, 3}, .stride = {1, 1}, .padding = {1, 1}});
    int all = fixture_convnet_add(
        net, (struct cg_conv_layer){.name = "all", .kind = CG_CONV_GLOBAL_MEAN});
    fixture_convnet_add(net, (struct cg_conv_layer){.name = "beyond", .kind = CG_CONV_GLOBAL_MEAN});
    const int judges[] = {judge, side, wide, all};
    net->judge_count = 4;
    memcpy(net->judges, judges, sizeof(judges));
    return net;
}

/* The last layer is left out. */
static struct subject subject_new(void)
{
    struct subject s = {.net = every_kind()};
    int layers = s.net->count - 1;
    assert_int_equal(cg_conv_pass_create_sized(s.net, HEIGHT, WIDTH, layers, true, &s.pass, NULL),
                     CG_OK);
    assert_int_equal(cg_conv_pass_create_sized(s.net, HEIGHT, WIDTH, layers, false, &s.other, NULL),
                     CG_OK);
    s.picture = fixture_random_new(VALUES, 1, 1.0f);
    s.gradient = calloc(VALUES, sizeof(float));
    assert_non_null(s.gradient);
    float *picture = fixture_random_new(VALUES, 2, 1.0f);
    cg_conv_pass_set_pixels(s.other, picture);
    cg_conv_pass_run(s.other);
    free(picture);
    return s;
}

static void subject_clear(struct subject *s)
{
    free(s->gradient);
    free(s->picture);
    cg_conv_pass_free(s->other);
    cg_conv_pass_free(s->pass);
    cg_convnet_free(s->net);
}

static double loss_value(void *context)
{
    struct subject *s = context;
    cg_conv_pass_set_pixels(s->pass, s->picture);
    cg_conv_pass_run(s->pass);
    return (double)WEIGHT * cg_perceptual_distance(s->pass, s->other);
}

static void the_perceptual_loss_has_the_right_gradient(void **state)
{
    (void)state;
    struct subject s = subject_new();
    double expected = loss_value(&s);
    cg_conv_pass_begin_backward(s.pass);
    double value = cg_perceptual_loss(s.pass, s.other, WEIGHT);
    cg_conv_pass_backward(s.pass, s.gradient);
    assert_true(value == expected && value > 0.1);
    struct gradient_check check = {.value = loss_value,
                                   .context = &s,
                                   .numbers = s.picture,
                                   .gradient = s.gradient,
                                   .count = VALUES,
                                   .step = 0.02f,
                                   .enough = 2e-3};
    double error = gradient_worst_error(&check); /* maps are floats: rounding over small steps */
    if (!(error < 1e-2))
        fail_msg("error %g", error);
    size_t largest = 0;
    for (size_t i = 1; i < VALUES; i++)
        if (fabsf(s.gradient[i]) > fabsf(s.gradient[largest]))
            largest = i;
    s.gradient[largest] *= 1.03f;
    assert_true(gradient_worst_error(&check) > 1e-2);
    subject_clear(&s);
}

/* Gradients are added to what is there; the same again from a fresh start. */
static void backward_adds_and_begins_anew(void **state)
{
    (void)state;
    struct subject s = subject_new();
    float once[VALUES];
    loss_value(&s);
    for (int i = 0; i < 2; i++) {
        cg_conv_pass_begin_backward(s.pass);
        cg_perceptual_loss(s.pass, s.other, WEIGHT);
        cg_conv_pass_backward(s.pass, s.gradient);
        if (i == 0)
            memcpy(once, s.gradient, sizeof(once));
    }
    for (size_t i = 0; i < VALUES; i++)
        assert_true(s.gradient[i] == 2.0f * once[i]);
    subject_clear(&s);
}

static void equal_pictures_pull_nowhere(void **state)
{
    (void)state;
    struct subject s = subject_new();
    memset(s.picture, 0, VALUES * sizeof(float));
    cg_conv_pass_set_pixels(s.other, s.picture);
    cg_conv_pass_run(s.other);
    assert_true(loss_value(&s) == 0.0);
    cg_conv_pass_begin_backward(s.pass);
    cg_perceptual_loss(s.pass, s.other, WEIGHT);
    cg_conv_pass_backward(s.pass, s.gradient);
    for (size_t i = 0; i < VALUES; i++)
        assert_true(fabsf(s.gradient[i]) < 1e-6f);
    subject_clear(&s);
}

static void a_picture_that_is_too_small_is_refused(void **state)
{
    (void)state;
    struct cg_convnet *net = every_kind();
    struct cg_conv_pass *pass;
    struct cg_error error;
    assert_int_equal(cg_conv_pass_create_sized(net, 2, 9, net->count, true, &pass, &error),
                     CG_ERR_MODEL);
    assert_null(pass);
    assert_non_null(strstr(error.text, "layer first"));
    assert_non_null(strstr(error.text, "2 x 9"));
    cg_convnet_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_perceptual_loss_has_the_right_gradient),
        cmocka_unit_test(backward_adds_and_begins_anew),
        cmocka_unit_test(equal_pictures_pull_nowhere),
        cmocka_unit_test(a_picture_that_is_too_small_is_refused),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("convnet gradients", tests, NULL, NULL);
}
