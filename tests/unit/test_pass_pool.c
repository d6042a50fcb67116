/* nn: a pass whose wide layers a pool shares, against one that a thread does alone. */
#include "nn/pass.h"
#include "nn/penalty.h"
#include "tensor/matrix.h"
#include "unit/fixture_network.h"
#include "unit/fixture_numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS 6
#define INPUT 150
#define WIDE 530 /* several blocks, the last a short one */

/* What a pass gives; gradients are those of a sum of outputs and of the R1 penalty. */
struct outcome {
    float output[ROWS], by_input[ROWS * INPUT], *by_parameters;
    double penalty;
};

static struct cg_layer linear(int from, int out_channels)
{
    return (struct cg_layer){.kind = CG_LAYER_LINEAR,
                             .from = from,
                             .out_channels = out_channels,
                             .activation = CG_ACT_LEAKY_RELU,
                             .slope = 0.2f,
                             .name = "x"};
}

static struct cg_network *wide_network(void)
{
    struct cg_network *network = fixture_network_new(INPUT);
    int wide = fixture_add(network, linear(CG_NETWORK_INPUT, WIDE));
    int small = fixture_add(network, linear(wide, 200));
    fixture_add(network, linear(small, 1));
    return network;
}

static struct outcome run(const struct cg_network *network, int threads)
{
    struct outcome outcome;
    struct cg_pass *pass;
    struct cg_penalty *penalty;
    struct cg_pool *pool = NULL;
    float *parameters = fixture_random_new(network->parameter_count, 1, 0.1f);
    float *input = fixture_random_new(ROWS * INPUT, 2, 1.0f), by_output[ROWS];
    outcome.by_parameters = calloc(network->parameter_count, sizeof(float));
    assert_non_null(outcome.by_parameters);
    assert_int_equal(cg_pass_create(network, ROWS, 1, 1, true, &pass, NULL), CG_OK);
    assert_int_equal(cg_penalty_create(network, ROWS, &penalty, NULL), CG_OK);
    if (threads > 0)
        assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    cg_pass_set_pool(pass, pool);
    memcpy(outcome.output, cg_pass_forward(pass, parameters, input), sizeof(outcome.output));
    for (int r = 0; r < ROWS; r++)
        by_output[r] = 1.0f;
    cg_pass_backward(pass, parameters, by_output, outcome.by_parameters, outcome.by_input);
    outcome.penalty = cg_penalty_r1(penalty, pass, ROWS, parameters, 1.0f, outcome.by_parameters);
    cg_pool_free(pool);
    cg_penalty_free(penalty);
    cg_pass_free(pass);
    free(input);
    free(parameters);
    return outcome;
}

static void the_number_of_threads_does_not_change_a_bit(void **state)
{
    (void)state;
    struct cg_network *network = wide_network();
    struct outcome one = run(network, 1), three = run(network, 3);
    assert_memory_equal(one.output, three.output, sizeof(one.output));
    assert_memory_equal(one.by_input, three.by_input, sizeof(one.by_input));
    assert_memory_equal(one.by_parameters, three.by_parameters,
                        network->parameter_count * sizeof(float));
    assert_true(one.penalty == three.penalty);
    free(three.by_parameters);
    free(one.by_parameters);
    cg_network_free(network);
}

static void expect_close(const float *a, const float *b, size_t count)
{
    float largest = 0.0f, worst = 0.0f;
    for (size_t i = 0; i < count; i++) {
        largest = fmaxf(largest, fabsf(a[i]));
        worst = fmaxf(worst, fabsf(a[i] - b[i]));
    }
    assert_true(largest > 0.0f && worst <= 1e-5f * largest);
}

static void shared_work_is_the_same_work(void **state)
{
    (void)state;
    struct cg_network *network = wide_network();
    struct outcome alone = run(network, 0), shared = run(network, 2);
    expect_close(alone.output, shared.output, ROWS);
    expect_close(alone.by_input, shared.by_input, ROWS * INPUT);
    expect_close(alone.by_parameters, shared.by_parameters, network->parameter_count);
    assert_true(fabs(alone.penalty - shared.penalty) <= 1e-5 * alone.penalty);
    free(shared.by_parameters);
    free(alone.by_parameters);
    cg_network_free(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_threads_does_not_change_a_bit),
        cmocka_unit_test(shared_work_is_the_same_work),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("passes and pools", tests, NULL, NULL);
}
