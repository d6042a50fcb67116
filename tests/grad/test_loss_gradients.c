/* Losses and spectral normalisation: values against their formulas in double, gradients against
 * central differences. */
#include "grad/gradient_check.h"
#include "nn/loss.h"
#include "nn/spectral.h"
#include "tensor/matrix.h"
#include "unit/fixture_network.h"
#include "unit/fixture_numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- losses of one number each --------------------------------------------------------------- */

#define COUNT 41
#define WEIGHT 0.7f

/* Losses whose terms are as smooth as exp, and linear ones: h^2/6 is 2e-5 for h = 0.01, terms
 * around 1 rounded to 1e-7 over h make 1e-5. */
#define STEP 0.01f
#define TOLERANCE 5e-4

enum loss_kind { L1, CROSS_ENTROPY, ABSENCE, REAL, FAKE, GENERATOR };

struct loss_case {
    const char *name;
    enum loss_kind kind;
    enum cg_gan_objective objective;
    double (*term)(double prediction, double target); /* the formula in loss.h */
};

static double probability(double logit)
{
    return 1.0 / (1.0 + exp(-logit));
}

static double l1(double x, double target)
{
    return fabs(x - target);
}

static double cross_entropy(double x, double target)
{
    return -target * log(probability(x)) - (1.0 - target) * log(1.0 - probability(x));
}

static double absence(double x, double share)
{
    return -share * log(1.0 - probability(x));
}

static double log_real(double x, double target)
{
    (void)target;
    return -log(probability(x));
}

static double log_fake(double x, double target)
{
    (void)target;
    return -log(1.0 - probability(x));
}

static double minimax(double x, double target)
{
    (void)target;
    return log(1.0 - probability(x));
}

static double square_to_one(double x, double target)
{
    (void)target;
    return (x - 1.0) * (x - 1.0) / 2.0;
}

static double square_to_zero(double x, double target)
{
    (void)target;
    return x * x / 2.0;
}

static double hinge_real(double x, double target)
{
    (void)target;
    return fmax(0.0, 1.0 - x);
}

static double hinge_fake(double x, double target)
{
    (void)target;
    return fmax(0.0, 1.0 + x);
}

static double negative(double x, double target)
{
    (void)target;
    return -x;
}

static const struct loss_case loss_cases[] = {
    {"L1", L1, CG_GAN_HINGE, l1},
    {"cross entropy", CROSS_ENTROPY, CG_GAN_HINGE, cross_entropy},
    {"absence", ABSENCE, CG_GAN_HINGE, absence},
    {"minimax, real", REAL, CG_GAN_MINIMAX, log_real},
    {"minimax, fake", FAKE, CG_GAN_MINIMAX, log_fake},
    {"minimax, generator", GENERATOR, CG_GAN_MINIMAX, minimax},
    {"non-saturating, real", REAL, CG_GAN_NON_SATURATING, log_real},
    {"non-saturating, fake", FAKE, CG_GAN_NON_SATURATING, log_fake},
    {"non-saturating, generator", GENERATOR, CG_GAN_NON_SATURATING, log_real},
    {"least squares, real", REAL, CG_GAN_LEAST_SQUARES, square_to_one},
    {"least squares, fake", FAKE, CG_GAN_LEAST_SQUARES, square_to_zero},
    {"least squares, generator", GENERATOR, CG_GAN_LEAST_SQUARES, square_to_one},
    {"hinge, real", REAL, CG_GAN_HINGE, hinge_real},
    {"hinge, fake", FAKE, CG_GAN_HINGE, hinge_fake},
    {"hinge, generator", GENERATOR, CG_GAN_HINGE, negative},
};
#define LOSS_CASE_COUNT (sizeof(loss_cases) / sizeof(loss_cases[0]))

struct loss_context {
    const struct loss_case *test;
    float prediction[COUNT], target[COUNT];
};

static double call_loss(const struct loss_context *context, float weight, float *gradient)
{
    const struct loss_case *test = context->test;
    switch (test->kind) {
    case L1:
        return cg_loss_l1(context->prediction, context->target, COUNT, weight, gradient);
    case CROSS_ENTROPY:
        return cg_loss_cross_entropy(context->prediction, context->target, COUNT, weight, gradient);
    case ABSENCE:
        return cg_loss_absence(context->prediction, context->target, COUNT, weight, gradient);
    case REAL:
    case FAKE:
        return cg_loss_discriminator(test->objective, test->kind == REAL, context->prediction,
                                     COUNT, weight, gradient);
    case GENERATOR:
        break;
    }
    return cg_loss_generator(test->objective, context->prediction, COUNT, weight, gradient);
}

static double loss_value(void *context)
{
    float unused[COUNT] = {0};
    return call_loss(context, WEIGHT, unused);
}

/* Logits from -4 to 4 but away from the kinks at -1, 0 and 1; targets from 0 to 1. For L1, where
 * the kink is at the target, as far from that. */
static void fill_context(struct loss_context *context, const struct loss_case *test)
{
    context->test = test;
    fixture_random(context->prediction, COUNT, 1, 4.0f);
    fixture_random(context->target, COUNT, 2, 0.5f);
    for (size_t i = 0; i < COUNT; i++) {
        float kink = test->kind == L1 ? context->target[i] : roundf(context->prediction[i]);
        context->target[i] += 0.5f;
        kink += test->kind == L1 ? 0.5f : 0.0f;
        if (fabsf(context->prediction[i] - kink) < 0.05f)
            context->prediction[i] = kink + 0.1f;
    }
}

static double value_by_formula(const struct loss_context *context)
{
    double sum = 0.0;
    for (size_t i = 0; i < COUNT; i++)
        sum += context->test->term(context->prediction[i], context->target[i]);
    return (double)WEIGHT * sum / COUNT;
}

static void losses_have_their_values_and_gradients(void **state)
{
    (void)state;
    for (size_t i = 0; i < LOSS_CASE_COUNT; i++) {
        struct loss_context context;
        float gradient[COUNT] = {0};
        fill_context(&context, &loss_cases[i]);
        double value = call_loss(&context, WEIGHT, gradient);
        struct gradient_check check = {.value = loss_value,
                                       .context = &context,
                                       .numbers = context.prediction,
                                       .gradient = gradient,
                                       .count = COUNT,
                                       .step = STEP};
        double error = gradient_worst_error(&check);
        if (!(error < TOLERANCE))
            fail_msg("%s: error %g", loss_cases[i].name, error);
        /* terms in float, up to 8 */
        if (!(fabs(value - value_by_formula(&context)) < 1e-6))
            fail_msg("%s: %.9g, expected %.9g", loss_cases[i].name, value,
                     value_by_formula(&context));
        gradient[COUNT / 2] *= 1.01f;
        if (fabsf(gradient[COUNT / 2]) > 0.01f)
            assert_true(gradient_worst_error(&check) > TOLERANCE);
    }
}

static void losses_are_weighted_and_add_to_gradients(void **state)
{
    (void)state;
    for (size_t i = 0; i < LOSS_CASE_COUNT; i++) {
        struct loss_context context;
        float once[COUNT] = {0}, twice[COUNT] = {0}, added[COUNT];
        fill_context(&context, &loss_cases[i]);
        for (size_t k = 0; k < COUNT; k++)
            added[k] = 3.0f;
        double value = call_loss(&context, 0.5f, once);
        assert_true(call_loss(&context, 1.0f, twice) == 2.0 * value); /* exact: a power of two */
        call_loss(&context, 0.5f, added);
        for (size_t k = 0; k < COUNT; k++) {
            assert_true(twice[k] == 2.0f * once[k]);
            assert_true(fabsf(added[k] - 3.0f - once[k]) < 1e-6f);
        }
    }
}

/* Far out, where exp overflows, values and slopes stay what they tend to. */
static void losses_bear_large_logits(void **state)
{
    (void)state;
    for (size_t i = 0; i < LOSS_CASE_COUNT; i++) {
        struct loss_context context;
        float gradient[COUNT] = {0};
        fill_context(&context, &loss_cases[i]);
        for (size_t k = 0; k < COUNT; k++)
            context.prediction[k] = k % 2 == 0 ? 1000.0f : -1000.0f;
        assert_true(isfinite(call_loss(&context, 1.0f, gradient)));
        assert_true(cg_vector_is_finite(gradient, COUNT));
    }
}

/* ---- the loss of differences ----------------------------------------------------------------- */

#define PICTURES 2
#define HEIGHT 5
#define WIDTH 6
#define CHANNELS 3
#define PICTURE_FLOATS (HEIGHT * WIDTH * CHANNELS)
#define ALL_FLOATS (PICTURES * PICTURE_FLOATS)

struct pictures {
    float prediction[ALL_FLOATS], target[ALL_FLOATS];
};

/* Neighbours' errors differ by 0.3 and more: far from the kink, where they are the same. */
static void fill_pictures(struct pictures *pictures)
{
    fixture_random(pictures->target, ALL_FLOATS, 1, 1.0f);
    fixture_random(pictures->prediction, ALL_FLOATS, 2, 0.04f);
    for (int i = 0; i < ALL_FLOATS; i++) {
        int x = i / CHANNELS % WIDTH, y = i / (CHANNELS * WIDTH);
        pictures->prediction[i] += pictures->target[i] + 0.4f * (float)((x + 2 * y) % 5);
    }
}

static double pictures_value(void *context)
{
    const struct pictures *pictures = context;
    float unused[ALL_FLOATS] = {0};
    return cg_loss_gradient_l1(pictures->prediction, pictures->target, PICTURES, HEIGHT, WIDTH,
                               CHANNELS, WEIGHT, unused);
}

static double error_at(const struct pictures *pictures, int picture, int y, int x, int c)
{
    int i = ((picture * HEIGHT + y) * WIDTH + x) * CHANNELS + c;
    return (double)pictures->prediction[i] - (double)pictures->target[i];
}

static double differences_by_formula(const struct pictures *pictures)
{
    double sum = 0.0;
    for (int p = 0; p < PICTURES; p++)
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++)
                for (int c = 0; c < CHANNELS; c++) {
                    double here = error_at(pictures, p, y, x, c);
                    if (x + 1 < WIDTH)
                        sum += fabs(error_at(pictures, p, y, x + 1, c) - here);
                    if (y + 1 < HEIGHT)
                        sum += fabs(error_at(pictures, p, y + 1, x, c) - here);
                }
    return (double)WEIGHT * sum / ALL_FLOATS;
}

/* Linear between kinks: the step may be large, and rounding of rows' sums in float, of up to 20,
 * makes 2e-6 of it. */
static void the_loss_of_differences_is_right(void **state)
{
    (void)state;
    struct pictures pictures;
    float gradient[ALL_FLOATS] = {0};
    fill_pictures(&pictures);
    double value = cg_loss_gradient_l1(pictures.prediction, pictures.target, PICTURES, HEIGHT,
                                       WIDTH, CHANNELS, WEIGHT, gradient);
    assert_true(fabs(value - differences_by_formula(&pictures)) < 1e-6);
    struct gradient_check check = {.value = pictures_value,
                                   .context = &pictures,
                                   .numbers = pictures.prediction,
                                   .gradient = gradient,
                                   .count = ALL_FLOATS,
                                   .step = 0.1f};
    assert_true(gradient_worst_error(&check) < 1e-3);
}

/* ---- the loss of what moves ------------------------------------------------------------------ */

#define RIGHT 2
#define DOWN (-1)

/* The first picture is the prediction, the second the target. */
static double shifted_value(void *context)
{
    const struct pictures *pictures = context;
    float unused[2][PICTURE_FLOATS] = {{0}};
    return cg_loss_shifted_l1(pictures->prediction, pictures->target, HEIGHT, WIDTH, CHANNELS,
                              RIGHT, DOWN, WEIGHT, unused[0], unused[1]);
}

static double shifted_by_formula(const struct pictures *pictures)
{
    double sum = 0.0;
    int count = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int c = 0; c < CHANNELS; c++) {
                int u = x + RIGHT, v = y + DOWN;
                if (u < 0 || v < 0 || u >= WIDTH || v >= HEIGHT)
                    continue;
                sum += fabs((double)pictures->target[(y * WIDTH + x) * CHANNELS + c] -
                            (double)pictures->prediction[(v * WIDTH + u) * CHANNELS + c]);
                count++;
            }
    return (double)WEIGHT * sum / count;
}

static void the_loss_of_what_moves_is_right(void **state)
{
    (void)state;
    struct pictures pictures;
    float first[PICTURE_FLOATS] = {0}, second[PICTURE_FLOATS] = {0};
    fill_pictures(&pictures);
    for (int i = 0; i < PICTURE_FLOATS; i++) /* far from the kink, on either side of it */
        pictures.prediction[i] += i % 2 == 0 ? 3.0f : -6.0f;
    double value = cg_loss_shifted_l1(pictures.prediction, pictures.target, HEIGHT, WIDTH, CHANNELS,
                                      RIGHT, DOWN, WEIGHT, first, second);
    assert_true(fabs(value - shifted_by_formula(&pictures)) < 1e-6);
    struct gradient_check check = {.value = shifted_value,
                                   .context = &pictures,
                                   .numbers = pictures.prediction,
                                   .gradient = first,
                                   .count = PICTURE_FLOATS,
                                   .step = 0.1f};
    assert_true(gradient_worst_error(&check) < 1e-3);
    check.numbers = pictures.target;
    check.gradient = second;
    assert_true(gradient_worst_error(&check) < 1e-3);
}

/* ---- spectral normalisation ------------------------------------------------------------------ */

#define ITERATIONS 60

/* f = sum of normalised parameters times weights, the vectors converged. */
struct normalised {
    struct cg_network *network;
    struct cg_spectral *spectral;
    float *parameters, *used, *weights;
};

static double normalised_value(void *context)
{
    const struct normalised *subject = context;
    for (int i = 0; i < ITERATIONS; i++)
        cg_spectral_normalise(subject->spectral, subject->parameters, subject->used);
    return cg_vector_dot(subject->used, subject->weights, subject->network->parameter_count);
}

/* A first singular value well above the second, so that the iteration converges. */
static void put_rank_one(const struct cg_layer *layer, float *parameters)
{
    for (int o = 0; o < layer->out_channels; o++)
        for (int i = 0; i < layer->in_channels; i++)
            parameters[layer->weight_offset + (size_t)(o * layer->in_channels + i)] +=
                0.6f * (float)(o % 3 - 1) * (float)(i % 2 == 0 ? 1 : -1);
}

static struct normalised normalised_new(void)
{
    struct normalised subject = {.network = fixture_network_new(7)};
    struct cg_layer first = {.kind = CG_LAYER_LINEAR, .from = -1, .out_channels = 5, .name = "a"};
    struct cg_layer second = {.kind = CG_LAYER_LINEAR, .out_channels = 9, .name = "b"};
    second.from = fixture_add(subject.network, first);
    fixture_add(subject.network, (struct cg_layer){.kind = CG_LAYER_CROSS, .from = second.from});
    fixture_add(subject.network, second);
    size_t count = subject.network->parameter_count;
    subject.parameters = fixture_random_new(count, 1, 0.5f);
    subject.weights = fixture_random_new(count, 2, 1.0f);
    subject.used = fixture_random_new(count, 3, 1.0f);
    put_rank_one(&subject.network->layers[0], subject.parameters);
    put_rank_one(&subject.network->layers[2], subject.parameters);
    assert_int_equal(cg_spectral_create(subject.network, 2.0f, 4, &subject.spectral, NULL), CG_OK);
    return subject;
}

static void normalised_clear(struct normalised *subject)
{
    cg_spectral_free(subject->spectral);
    free(subject->used);
    free(subject->weights);
    free(subject->parameters);
    cg_network_free(subject->network);
}

/* Third derivatives of W / sigma are around 1, sigma around 3 rounded to 2e-7. */
static void spectral_norm_has_the_right_backward(void **state)
{
    (void)state;
    struct normalised subject = normalised_new();
    size_t count = subject.network->parameter_count;
    float *gradient = fixture_random_new(count, 2, 1.0f); /* by the normalised: the weights */
    normalised_value(&subject);
    cg_spectral_backward(subject.spectral, subject.used, gradient);
    struct gradient_check check = {.value = normalised_value,
                                   .context = &subject,
                                   .numbers = subject.parameters,
                                   .gradient = gradient,
                                   .count = count,
                                   .step = 0.02f};
    double error = gradient_worst_error(&check);
    if (!(error < 1e-3))
        fail_msg("error %g", error);
    /* without the second term, as if sigma were constant, it must not pass */
    for (size_t i = 0; i < count; i++)
        gradient[i] =
            subject.weights[i] *
            (subject.parameters[i] != 0.0f ? subject.used[i] / subject.parameters[i] : 1.0f);
    assert_true(gradient_worst_error(&check) > 1e-2);
    free(gradient);
    normalised_clear(&subject);
}

/* The largest singular value, by power iteration in double. */
static double largest_singular_value(const float *w, int out, int in)
{
    double right[40], left[40], norm = 0.0;
    for (int i = 0; i < in; i++)
        right[i] = 1.0 + 0.1 * i * i - 0.5 * (i % 2);
    for (int round = 0; round < 500; round++) {
        norm = 0.0;
        for (int o = 0; o < out; o++) {
            left[o] = 0.0;
            for (int i = 0; i < in; i++)
                left[o] += (double)w[o * in + i] * right[i];
        }
        for (int i = 0; i < in; i++) {
            right[i] = 0.0;
            for (int o = 0; o < out; o++)
                right[i] += (double)w[o * in + i] * left[o];
            norm += right[i] * right[i];
        }
        norm = sqrt(norm);
        for (int i = 0; i < in; i++)
            right[i] /= norm;
    }
    return sqrt(norm);
}

static void normalised_weights_have_the_gain_as_norm(void **state)
{
    (void)state;
    struct normalised subject = normalised_new();
    normalised_value(&subject);
    for (int i = 0; i < subject.network->layer_count; i++) {
        const struct cg_layer *layer = &subject.network->layers[i];
        if (layer->kind != CG_LAYER_LINEAR)
            continue;
        const float *w = subject.used + layer->weight_offset;
        int in = layer->in_channels, out = layer->out_channels;
        assert_true(fabs(largest_singular_value(w, out, in) - 2.0) < 2e-5);
        assert_memory_equal(subject.used + layer->bias_offset,
                            subject.parameters + layer->bias_offset, (size_t)out * sizeof(float));
    }
    normalised_clear(&subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_have_their_values_and_gradients),
        cmocka_unit_test(losses_are_weighted_and_add_to_gradients),
        cmocka_unit_test(losses_bear_large_logits),
        cmocka_unit_test(the_loss_of_differences_is_right),
        cmocka_unit_test(the_loss_of_what_moves_is_right),
        cmocka_unit_test(spectral_norm_has_the_right_backward),
        cmocka_unit_test(normalised_weights_have_the_gain_as_norm),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("loss gradients", tests, NULL, NULL);
}
