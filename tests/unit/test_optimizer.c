/* nn: starting values, Adam, averages and learning rates, against their formulas in double. */
#include "assert_near.h"
#include "model/architecture.h"
#include "nn/optimizer.h"
#include "unit/fixture_network.h"
#include "unit/fixture_numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT 37 /* odd, so that vectors leave a rest */

/* ---- Adam ------------------------------------------------------------------------------------ */

/* Kingma and Ba 2015, algorithm 1, as it stands there. */
struct reference {
    double parameter, first, second;
};

static void reference_step(struct reference *reference, const struct cg_adam *adam, uint64_t step,
                           double gradient)
{
    double beta1 = adam->beta1, beta2 = adam->beta2;
    reference->first = beta1 * reference->first + (1.0 - beta1) * gradient;
    reference->second = beta2 * reference->second + (1.0 - beta2) * gradient * gradient;
    double first = reference->first / (1.0 - pow(beta1, (double)step));
    double second = reference->second / (1.0 - pow(beta2, (double)step));
    reference->parameter -=
        (double)adam->learning_rate * first / (sqrt(second) + (double)adam->epsilon);
}

/* 40 steps of up to 0.01, each rounded to 1e-7 of the parameter and 1e-6 of the step: 1 - beta2 in
 * float is off by 3e-5 of itself, which the correction in double does not share. */
static void check_adam(const struct cg_adam *adam)
{
    struct fixture_guarded parameters = fixture_guarded_new(COUNT, 1);
    struct fixture_guarded first = fixture_guarded_new(COUNT, 2);
    struct fixture_guarded second = fixture_guarded_new(COUNT, 3);
    struct reference reference[COUNT] = {0};
    for (size_t i = 0; i < COUNT; i++) {
        reference[i].parameter = parameters.data[i];
        first.data[i] = second.data[i] = 0.0f;
    }
    for (uint64_t step = 1; step <= 40; step++) {
        struct fixture_guarded gradient = fixture_guarded_new(COUNT, 100 + step);
        cg_adam_step(adam, step, parameters.data, gradient.data, first.data, second.data, COUNT);
        for (size_t i = 0; i < COUNT; i++) {
            reference_step(&reference[i], adam, step, gradient.data[i]);
            assert_near(parameters.data[i], reference[i].parameter, 5e-6);
        }
        fixture_guarded_clear_unchanged(&gradient);
    }
    fixture_guarded_clear(&second);
    fixture_guarded_clear(&first);
    fixture_guarded_clear(&parameters);
}

static void adam_follows_the_paper(void **state)
{
    (void)state;
    static const struct cg_adam adams[] = {
        {0.01f, 0.9f, 0.999f, 1e-8f}, {0.01f, 0.5f, 0.999f, 1e-8f}, {0.01f, 0.0f, 0.9f, 1e-3f}};
    for (size_t i = 0; i < sizeof(adams) / sizeof(adams[0]); i++)
        check_adam(&adams[i]);
}

/* By hand: whatever the gradient's size, the first step is the learning rate long. */
static void adams_first_step_is_the_learning_rate(void **state)
{
    (void)state;
    const struct cg_adam adam = {0.25f, 0.9f, 0.999f, 1e-8f};
    float parameters[3] = {1.0f, 1.0f, 1.0f}, first[3] = {0}, second[3] = {0};
    const float gradient[3] = {1000.0f, -0.01f, 0.0f};
    cg_adam_step(&adam, 1, parameters, gradient, first, second, 3);
    assert_near(parameters[0], 0.75, 1e-5);
    assert_near(parameters[1], 1.25, 1e-5);
    assert_true(parameters[2] == 1.0f);
    assert_near(first[0], 100.0, 1e-4);
    assert_near(second[0], 1000.0, 0.1); /* 1 - 0.999 in float */
}

/* ---- averages and rates ---------------------------------------------------------------------- */

static void averages_are_weighted(void **state)
{
    (void)state;
    struct fixture_guarded average = fixture_guarded_new(COUNT, 1);
    struct fixture_guarded before = fixture_guarded_new(COUNT, 1);
    struct fixture_guarded parameters = fixture_guarded_new(COUNT, 2);
    cg_ema_update(average.data, parameters.data, COUNT, 0.9f);
    for (size_t i = 0; i < COUNT; i++)
        assert_near(average.data[i], 0.9 * before.data[i] + 0.1 * parameters.data[i], 1e-6);
    cg_ema_update(average.data, parameters.data, COUNT, 0.0f);
    assert_memory_equal(average.data, parameters.data, COUNT * sizeof(float));
    fixture_guarded_clear_unchanged(&parameters);
    fixture_guarded_clear_unchanged(&before);
    fixture_guarded_clear(&average);
}

/* By (1 - 1/t)^(e + 1) the weight of step s after n steps is close to (s/n)^e * (e + 1)/n. */
static void the_averages_window_grows_with_the_run(void **state)
{
    (void)state;
    const double exponent = 6.94;
    assert_true(cg_ema_power_decay(1, (float)exponent) == 0.0f);
    assert_near(cg_ema_power_decay(2, 1.0f), 0.25, 1e-6);
    double weights[1000] = {0}, centre = 0.0;
    for (uint64_t step = 1; step <= 1000; step++) {
        double decay = cg_ema_power_decay(step, (float)exponent);
        for (uint64_t s = 0; s < step; s++)
            weights[s] *= decay;
        weights[step - 1] = 1.0 - decay;
    }
    for (int s = 0; s < 1000; s++)
        centre += weights[s] * (s + 1);
    /* the mean of x^e (e + 1) over 0 to 1 is (e + 1)/(e + 2); steps are a thousandth */
    assert_near(centre / 1000.0, (exponent + 1.0) / (exponent + 2.0), 2e-3);
}

static void rates_rise_stay_and_fall(void **state)
{
    (void)state;
    static const struct {
        uint64_t step, warmup, hold;
        double share;
    } rows[] = {{0, 100, 3000, 0.01},  {49, 100, 3000, 0.5},   {99, 100, 3000, 1.0},
                {100, 100, 3000, 1.0}, {3000, 100, 3000, 1.0}, {12000, 100, 3000, 0.5},
                {0, 0, 3000, 1.0},     {300000, 0, 3000, 0.1}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_near(cg_learning_rate(0.5f, rows[i].step, rows[i].warmup, rows[i].hold),
                    0.5 * rows[i].share, 1e-6);
    for (uint64_t step = 1; step < 10000; step++) { /* without jumps */
        double former = cg_learning_rate(1.0f, step - 1, 100, 3000);
        assert_true(fabs((double)cg_learning_rate(1.0f, step, 100, 3000) - former) < 0.0101);
    }
}

/* ---- starting values ------------------------------------------------------------------------- */

static double deviation_of(const float *values, size_t count)
{
    double squares = 0.0;
    for (size_t i = 0; i < count; i++)
        squares += (double)values[i] * values[i];
    return sqrt(squares / (double)count);
}

/* Residual branches and the last layer start at a tenth. */
static double expected_gain(const struct cg_network *network, int layer)
{
    bool is_last = layer + 1 == network->layer_count;
    return is_last || strstr(network->layers[layer].name, ".project") != NULL ? 0.1 : 1.0;
}

static void weights_start_with_their_deviation(void **state)
{
    (void)state;
    struct cg_network *network;
    assert_int_equal(cg_generator_build(cg_generator_find(NULL), &network, NULL), CG_OK);
    float *parameters = fixture_random_new(network->parameter_count, 1, 1.0f);
    cg_parameters_init(network, 11, parameters);
    for (int i = 0; i < network->layer_count; i++) {
        const struct cg_layer *layer = &network->layers[i];
        if (layer->kind != CG_LAYER_LINEAR)
            continue;
        size_t count = layer->bias_offset - layer->weight_offset;
        double wanted = expected_gain(network, i) * sqrt(2.0 / layer->in_channels);
        double found = deviation_of(parameters + layer->weight_offset, count);
        /* five standard errors of the deviation of uniform numbers: sqrt(0.2 / count) each */
        assert_near(found / wanted, 1.0, 5.0 * sqrt(0.2 / (double)count));
        for (int b = 0; b < layer->out_channels; b++)
            assert_true(parameters[layer->bias_offset + (size_t)b] == 0.0f);
    }
    free(parameters);
    cg_network_free(network);
}

static void starting_values_depend_on_the_seed_alone(void **state)
{
    (void)state;
    struct cg_network *network = fixture_generator();
    size_t nbytes = network->parameter_count * sizeof(float);
    float *a = fixture_random_new(network->parameter_count, 1, 1.0f);
    float *b = fixture_random_new(network->parameter_count, 2, 1.0f);
    cg_parameters_init(network, 11, a);
    cg_parameters_init(network, 11, b);
    assert_memory_equal(a, b, nbytes);
    cg_parameters_init(network, 12, b);
    assert_memory_not_equal(a, b, nbytes);
    free(b);
    free(a);
    cg_network_free(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adam_follows_the_paper),
        cmocka_unit_test(adams_first_step_is_the_learning_rate),
        cmocka_unit_test(averages_are_weighted),
        cmocka_unit_test(the_averages_window_grows_with_the_run),
        cmocka_unit_test(rates_rise_stay_and_fall),
        cmocka_unit_test(weights_start_with_their_deviation),
        cmocka_unit_test(starting_values_depend_on_the_seed_alone),
    };
    return cmocka_run_group_tests_name("optimizer", tests, NULL, NULL);
}
