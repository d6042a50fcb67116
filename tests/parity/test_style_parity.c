/*
 * The generator of styles here and in PyTorch, from the same weights and photos: its layers, the
 * losses against targets, and their gradients by all parameters, to 1e-4 of the largest number of a
 * kind. It is the network that tools/parity/bench_style_torch.py is timed with.
 */
#include "model/architecture.h"
#include "nn/loss.h"
#include "nn/pass.h"
#include "parity/parity.h"
#include "tensor/matrix.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT 2
#define HEIGHT 16
#define WIDTH 20
#define AREA (HEIGHT * WIDTH)
#define PIXELS (COUNT * AREA)

static const struct cg_generator_config config = {.level_count = 1,
                                                  .levels = {{.channels = 8, .down = {2, {1, 2}}}},
                                                  .feature_px = 1,
                                                  .pixel_features = 3,
                                                  .head_layers = 2,
                                                  .head_channels = {5, 5}};

struct generator {
    struct cg_safetensors *torch;
    struct cg_network *network;
    struct cg_pass *pass;
    float *parameters;
    float colour[3 * PIXELS], logit[PIXELS];
};

/* The layers of the comics that the generator makes of PyTorch's photos. */
static int set_up(void **state)
{
    struct generator *generator = calloc(1, sizeof(*generator));
    assert_non_null(generator);
    assert_int_equal(
        cg_safetensors_read(CG_PARITY_DIR "/style.safetensors", &generator->torch, NULL), CG_OK);
    assert_int_equal(cg_generator_build(&config, &generator->network, NULL), CG_OK);
    generator->parameters = calloc(generator->network->parameter_count, sizeof(float));
    assert_non_null(generator->parameters);
    parity_load_blob(generator->torch, generator->network, generator->parameters);
    assert_int_equal(
        cg_pass_create(generator->network, COUNT, HEIGHT, WIDTH, false, &generator->pass, NULL),
        CG_OK);
    const float *photo = parity_find(generator->torch, "photo");
    const float *output = cg_pass_forward(generator->pass, generator->parameters, photo);
    for (size_t k = 0; k < COUNT; k++)
        cg_layers_from_output(output + 4 * AREA * k, photo + 3 * AREA * k, HEIGHT, WIDTH,
                              generator->colour + 3 * AREA * k, generator->logit + AREA * k);
    *state = generator;
    return 0;
}

static int tear_down(void **state)
{
    struct generator *generator = *state;
    cg_pass_free(generator->pass);
    free(generator->parameters);
    cg_network_free(generator->network);
    cg_safetensors_free(generator->torch);
    free(generator);
    return 0;
}

static void layers_agree(void **state)
{
    const struct generator *generator = *state;
    parity_expect("colour", generator->colour, parity_find(generator->torch, "colour"), 3 * PIXELS);
    parity_expect("logit", generator->logit, parity_find(generator->torch, "logit"), PIXELS);
}

static void losses_and_gradients_agree(void **state)
{
    const struct generator *generator = *state;
    const float *target = parity_find(generator->torch, "colour_target");
    float by_colour[3 * PIXELS] = {0}, by_logit[PIXELS] = {0}, by_output[4 * PIXELS];
    const float losses[3] = {
        (float)cg_loss_l1(generator->colour, target, 3 * PIXELS, 1.0f, by_colour),
        (float)cg_loss_gradient_l1(generator->colour, target, COUNT, HEIGHT, WIDTH, 3, 1.0f,
                                   by_colour),
        (float)cg_loss_cross_entropy(generator->logit, parity_find(generator->torch, "ink_target"),
                                     PIXELS, 1.0f, by_logit)};
    float *gradient = calloc(generator->network->parameter_count, sizeof(float));
    assert_non_null(gradient);
    parity_expect("losses", losses, parity_find(generator->torch, "losses"), 3);
    for (size_t k = 0; k < COUNT; k++)
        cg_layers_gradient_to_output(by_colour + 3 * AREA * k, by_logit + AREA * k, HEIGHT, WIDTH,
                                     by_output + 4 * AREA * k);
    cg_pass_backward(generator->pass, generator->parameters, by_output, gradient, NULL);
    parity_expect_blob(generator->torch, "gradient.", generator->network, gradient);
    free(gradient);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_agree),
        cmocka_unit_test(losses_and_gradients_agree),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("styles against PyTorch", tests, set_up, tear_down);
}
