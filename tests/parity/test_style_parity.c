/*
 * The generator of styles here and in PyTorch, from the same weights and photos: its layers, the
 * losses against targets, and their gradients by all parameters, to 1e-4 of the largest number of a
 * kind. It is the network that tools/parity/bench_style_torch.py is timed with.
 */
#include "model/architecture.h"
#include "model/safetensors.h"
#include "nn/loss.h"
#include "nn/pass.h"
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
#define TOLERANCE 1e-4

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

static const float *find(const struct generator *generator, const char *name)
{
    const struct cg_tensor *tensor = cg_safetensors_find(generator->torch, name);
    if (tensor == NULL)
        fail_msg("no tensor %s", name);
    return tensor->data;
}

static void expect_close(const char *what, const float *found, const float *expected, size_t count)
{
    double largest = 0.0, worst = 0.0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs((double)expected[i]));
        worst = fmax(worst, fabs((double)found[i] - (double)expected[i]));
    }
    if (!(largest > 0.0) || !(worst <= TOLERANCE * largest))
        fail_msg("%s: differs by %g, largest number %g", what, worst, largest);
}

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
    for (size_t i = 0; i < cg_network_tensor_count(generator->network); i++) {
        struct cg_tensor_info info;
        char name[80];
        cg_network_tensor(generator->network, i, &info);
        snprintf(name, sizeof(name), "start.%s", info.name);
        memcpy(generator->parameters + info.offset, find(generator, name),
               info.element_count * sizeof(float));
    }
    assert_int_equal(
        cg_pass_create(generator->network, COUNT, HEIGHT, WIDTH, false, &generator->pass, NULL),
        CG_OK);
    const float *photo = find(generator, "photo");
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
    expect_close("colour", generator->colour, find(generator, "colour"), 3 * PIXELS);
    expect_close("logit", generator->logit, find(generator, "logit"), PIXELS);
}

static void losses_and_gradients_agree(void **state)
{
    const struct generator *generator = *state;
    const float *target = find(generator, "colour_target");
    float by_colour[3 * PIXELS] = {0}, by_logit[PIXELS] = {0}, by_output[4 * PIXELS];
    const float losses[3] = {
        (float)cg_loss_l1(generator->colour, target, 3 * PIXELS, 1.0f, by_colour),
        (float)cg_loss_gradient_l1(generator->colour, target, COUNT, HEIGHT, WIDTH, 3, 1.0f,
                                   by_colour),
        (float)cg_loss_cross_entropy(generator->logit, find(generator, "ink_target"), PIXELS, 1.0f,
                                     by_logit)};
    float *gradient = calloc(generator->network->parameter_count, sizeof(float));
    assert_non_null(gradient);
    expect_close("losses", losses, find(generator, "losses"), 3);
    for (size_t k = 0; k < COUNT; k++)
        cg_layers_gradient_to_output(by_colour + 3 * AREA * k, by_logit + AREA * k, HEIGHT, WIDTH,
                                     by_output + 4 * AREA * k);
    cg_pass_backward(generator->pass, generator->parameters, by_output, gradient, NULL);
    for (size_t i = 0; i < cg_network_tensor_count(generator->network); i++) {
        struct cg_tensor_info info;
        char name[80];
        cg_network_tensor(generator->network, i, &info);
        snprintf(name, sizeof(name), "gradient.%s", info.name);
        expect_close(name, gradient + info.offset, find(generator, name), info.element_count);
    }
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
