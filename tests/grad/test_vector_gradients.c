/* What the vector GAN adds to gradients: the R1 penalty, which differentiates twice, and
 * augmentation. */
#include "gan/diff_augment.h"
#include "gan/vector_model.h"
#include "grad/gradient_check.h"
#include "nn/pass.h"
#include "nn/penalty.h"
#include "tensor/matrix.h"
#include "unit/fixture_numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- R1 -------------------------------------------------------------------------------------- */

#define ROWS 5
#define REAL_ROWS 3 /* the first of them are penalised */
#define WEIGHT 0.7f

struct penalised {
    struct cg_network *network;
    struct cg_pass *pass;
    float *parameters, *input, *by_input;
    size_t pixels;
};

static struct penalised penalised_new(float dropout)
{
    struct cg_vector_config config = {.side_px = 4,
                                      .channels = 1,
                                      .latent = 3,
                                      .generator = {1, {4}},
                                      .discriminator = {2, {9, 6}},
                                      .dropout = dropout};
    struct penalised d = {.pixels = cg_vector_pixels(&config)};
    assert_int_equal(cg_vector_discriminator_build(&config, &d.network, NULL), CG_OK);
    assert_int_equal(cg_pass_create(d.network, ROWS, 1, 1, true, &d.pass, NULL), CG_OK);
    cg_pass_set_noise(d.pass, 5);
    d.parameters = fixture_random_new(d.network->parameter_count, 1, 0.7f);
    d.input = fixture_random_new(ROWS * d.pixels, 2, 1.0f);
    d.by_input = fixture_random_new(ROWS * d.pixels, 3, 1.0f);
    return d;
}

/* Of a picture's patches, side by side: by_input is then that of the patches, row by row. */
static struct penalised penalised_patches_new(void)
{
    const struct cg_layer layers[] = {
        {.kind = CG_LAYER_PATCHES, .from = CG_NETWORK_INPUT, .size = 4, .stride = 4, .cell = 1},
        {.kind = CG_LAYER_LINEAR, .from = 0, .out_channels = 7, .activation = CG_ACT_RELU},
        {.kind = CG_LAYER_LINEAR, .from = 1, .out_channels = 1}};
    struct penalised d = {.pixels = 3 * 16};
    assert_int_equal(cg_network_create(3, &d.network, NULL), CG_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(cg_network_add(d.network, &layers[i], NULL, NULL), CG_OK);
    assert_int_equal(cg_pass_create(d.network, ROWS, 4, 4, true, &d.pass, NULL), CG_OK);
    d.parameters = fixture_random_new(d.network->parameter_count, 1, 0.7f);
    d.input = fixture_random_new(ROWS * d.pixels, 2, 1.0f);
    d.by_input = fixture_random_new(ROWS * d.pixels, 3, 1.0f);
    return d;
}

static void penalised_clear(struct penalised *d)
{
    free(d->by_input);
    free(d->input);
    free(d->parameters);
    cg_pass_free(d->pass);
    cg_network_free(d->network);
}

/* The penalty by its definition, with the gradient that backward gives. */
static double penalty_value(void *context)
{
    struct penalised *d = context;
    float ones[ROWS];
    for (int r = 0; r < ROWS; r++)
        ones[r] = 1.0f;
    cg_pass_forward(d->pass, d->parameters, d->input);
    cg_pass_backward(d->pass, d->parameters, ones, NULL, d->by_input);
    return 0.5 * (double)WEIGHT * cg_vector_dot(d->by_input, d->by_input, REAL_ROWS * d->pixels) /
           REAL_ROWS;
}

static void check_penalty(struct penalised d)
{
    struct cg_penalty *penalty;
    float *gradient = calloc(d.network->parameter_count, sizeof(float));
    assert_non_null(gradient);
    assert_int_equal(cg_penalty_create(d.network, REAL_ROWS, &penalty, NULL), CG_OK);
    double expected = penalty_value(&d);
    double value = cg_penalty_r1(penalty, d.pass, REAL_ROWS, d.parameters, WEIGHT, gradient);
    assert_true(fabs(value - expected) < 1e-5 * expected);
    struct gradient_check check = {.value = penalty_value,
                                   .context = &d,
                                   .numbers = d.parameters,
                                   .gradient = gradient,
                                   .count = d.network->parameter_count,
                                   .step = 0.01f};
    /* a polynomial between kinks: third derivatives of some units times h^2/6 */
    assert_true(gradient_worst_error(&check) < 2e-3);
    size_t largest = 0;
    for (size_t i = 1; i < check.count; i++)
        if (fabsf(gradient[i]) > fabsf(gradient[largest]))
            largest = i;
    gradient[largest] *= 1.02f;
    assert_true(gradient_worst_error(&check) > 2e-3);
    cg_penalty_free(penalty);
    free(gradient);
    penalised_clear(&d);
}

static void r1_has_the_right_gradient(void **state)
{
    (void)state;
    check_penalty(penalised_new(0.0f));
}

static void r1_is_that_of_patches(void **state)
{
    (void)state;
    check_penalty(penalised_patches_new());
}

static void r1_sees_what_dropout_left(void **state)
{
    (void)state;
    check_penalty(penalised_new(0.3f));
}

static void r1_refuses_what_it_cannot_do(void **state)
{
    (void)state;
    struct cg_network *generator;
    struct cg_penalty *penalty;
    struct cg_error error;
    assert_int_equal(cg_vector_generator_build(&CG_VECTOR_DEFAULT, &generator, NULL), CG_OK);
    assert_int_equal(cg_penalty_create(generator, 2, &penalty, &error), CG_ERR_ARGUMENT);
    assert_null(penalty);
    cg_network_free(generator);
}

/* ---- augmentation ---------------------------------------------------------------------------- */

/* For y = A x + b: g (A x) = (A^T g) x for every x and g; b is what becomes of 0. */
static void backward_is_the_transpose_of_forward(void **state)
{
    (void)state;
    const struct cg_augment augment = {.side = 9, .channels = 3, .policy = CG_AUGMENT_ALL};
    enum { COUNT = 9 * 9 * 3 };
    for (uint64_t seed = 1; seed <= 8; seed++) {
        float x[COUNT], zero[COUNT] = {0}, y[COUNT], b[COUNT], g[COUNT], by_x[COUNT];
        struct cg_rng rng = cg_rng_make(seed, 0, 0);
        struct cg_augment_draw draw = cg_augment_draw(&augment, &rng);
        fixture_random(x, COUNT, 10 + seed, 1.0f);
        fixture_random(g, COUNT, 20 + seed, 1.0f);
        cg_augment_forward(&augment, &draw, x, y);
        cg_augment_forward(&augment, &draw, zero, b);
        double forward = cg_vector_dot(g, y, COUNT) - cg_vector_dot(g, b, COUNT);
        cg_augment_backward(&augment, &draw, g, by_x);
        assert_true(fabs(forward - cg_vector_dot(by_x, x, COUNT)) < 1e-3);
        assert_true(fabs(forward) > 1e-2);
    }
}

static void without_a_policy_nothing_changes(void **state)
{
    (void)state;
    const struct cg_augment augment = {.side = 4, .channels = 1};
    float x[16], y[16];
    struct cg_rng rng = cg_rng_make(1, 0, 0);
    struct cg_augment_draw draw = cg_augment_draw(&augment, &rng);
    fixture_random(x, 16, 1, 1.0f);
    cg_augment_forward(&augment, &draw, x, y);
    assert_memory_equal(x, y, sizeof(x));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r1_has_the_right_gradient),
        cmocka_unit_test(r1_is_that_of_patches),
        cmocka_unit_test(r1_sees_what_dropout_left),
        cmocka_unit_test(r1_refuses_what_it_cannot_do),
        cmocka_unit_test(backward_is_the_transpose_of_forward),
        cmocka_unit_test(without_a_policy_nothing_changes),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("vector gradients", tests, NULL, NULL);
}
