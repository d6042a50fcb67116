/*
 * Backward of the whole generator and of the critics against central differences: number by number
 * with tanh in place of leaky ReLU, whose many kinks would spoil differences (the layer itself is
 * tested in test_gradients.c), and as they are along the gradient's own direction.
 */
#include "grad/subject.h"
#include "nn/optimizer.h"
#include "tensor/matrix.h"
#include "train/style/critic.h"
#include "unit/fixture_network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* h^2/6 is 7e-5; verdicts, sums of up to 576 terms four times over, are rounded to some 1e-6, which
 * over h makes 1e-4 of derivatives as small as a tenth. */
#define STEP 0.02f
#define TOLERANCE 3e-3

/* Kinks: a share of the order of the step lies within it. */
#define LINE_STEP 0.01f
#define LINE_TOLERANCE 5e-3

static void smooth_out(struct cg_network *network)
{
    for (int i = 0; i < network->layer_count; i++)
        if (network->layers[i].activation == CG_ACT_LEAKY_RELU)
            network->layers[i].activation = CG_ACT_TANH;
}

/* Takes the network over. */
static void check_network(struct cg_network *network, int height, int width, size_t sample,
                          bool smooth)
{
    struct subject subject = subject_new(network, 2, height, width);
    double error, allowed = smooth ? TOLERANCE : LINE_TOLERANCE;
    cg_parameters_init(network, 7, subject.parameters);
    if (smooth) {
        smooth_out(network);
        error = subject_error(&subject, STEP, sample);
        subject_check_the_ways_of_asking(&subject);
    } else {
        error = subject_length_error(&subject, LINE_STEP);
    }
    if (!(error < allowed))
        fail_msg("smooth: %d, error %g, allowed %g", smooth, error, allowed);
    subject_clear(&subject);
}

static void the_generator_has_the_right_backward(void **state)
{
    (void)state;
    for (int smooth = 0; smooth < 2; smooth++) {
        check_network(fixture_generator(), 8, 16, 1500, smooth);
        check_network(fixture_pyramid(), 32, 16, 1500, smooth);
    }
}

static void the_critics_have_the_right_backward(void **state)
{
    (void)state;
    static const int sizes[CG_CRITIC_COUNT][2] = {
        [CG_CRITIC_LINE] = {24, 32}, [CG_CRITIC_COLOUR] = {48, 64}, [CG_CRITIC_PAIR] = {16, 24}};
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        for (int smooth = 0; smooth < 2; smooth++) {
            struct cg_network *network;
            assert_int_equal(cg_critic_build((enum cg_critic)c, &network, NULL), CG_OK);
            check_network(network, sizes[c][0], sizes[c][1], 400, smooth);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator_has_the_right_backward),
        cmocka_unit_test(the_critics_have_the_right_backward),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("network gradients", tests, NULL, NULL);
}
