/*
 * The text's GAN here and in PyTorch, from the same weights and batches: outputs, losses,
 * gradients, the R1 penalty, and ten steps of training, to 1e-4 of the largest number of a kind.
 */
#include "gan/vector_model.h"
#include "model/safetensors.h"
#include "nn/loss.h"
#include "nn/pass.h"
#include "nn/penalty.h"
#include "tensor/matrix.h"
#include "train/core/learner.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STEPS 10
#define BATCH 8
#define NOISE 5
#define PIXELS 16
#define TOLERANCE 1e-4

static const struct cg_vector_config config = {.side_px = 4,
                                               .channels = 1,
                                               .latent = NOISE,
                                               .generator = {3, {9, 12, 10}},
                                               .discriminator = {3, {12, 10, 7}}};

struct game {
    struct cg_safetensors *torch;
    struct cg_learner g, d;
    struct cg_pass *generate, *judge_real, *judge_fake;
    struct cg_pool *pool;
};

static const struct cg_tensor *find(const struct game *game, const char *name)
{
    const struct cg_tensor *tensor = cg_safetensors_find(game->torch, name);
    if (tensor == NULL)
        fail_msg("no tensor %s", name);
    return tensor;
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

/* Compare a blob, tensor by tensor, with those named prefix + name. */
static void expect_blob(const struct game *game, const char *prefix,
                        const struct cg_network *network, const float *blob)
{
    for (size_t i = 0; i < cg_network_tensor_count(network); i++) {
        struct cg_tensor_info info;
        char name[80];
        cg_network_tensor(network, i, &info);
        snprintf(name, sizeof(name), "%s%s", prefix, info.name);
        expect_close(name, blob + info.offset, find(game, name)->data, info.element_count);
    }
}

static void load_blob(const struct game *game, const struct cg_network *network, float *blob)
{
    for (size_t i = 0; i < cg_network_tensor_count(network); i++) {
        struct cg_tensor_info info;
        char name[80];
        cg_network_tensor(network, i, &info);
        snprintf(name, sizeof(name), "start.%s", info.name);
        memcpy(blob + info.offset, find(game, name)->data, info.element_count * sizeof(float));
    }
}

static int set_up(void **state)
{
    static const struct cg_adam adam = {1e-3f, 0.5f, 0.999f, 1e-8f};
    struct game *game = calloc(1, sizeof(*game));
    struct cg_network *g, *d;
    assert_non_null(game);
    assert_int_equal(cg_safetensors_read(CG_PARITY_DIR "/torch.safetensors", &game->torch, NULL),
                     CG_OK);
    assert_int_equal(cg_vector_generator_build(&config, &g, NULL), CG_OK);
    assert_int_equal(cg_vector_discriminator_build(&config, &d, NULL), CG_OK);
    assert_int_equal(cg_learner_create(g, NULL, 1, false, 1, &game->g, NULL), CG_OK);
    assert_int_equal(cg_learner_create(d, NULL, 1, false, 1, &game->d, NULL), CG_OK);
    game->g.adam = game->d.adam = adam;
    load_blob(game, g, game->g.parameters);
    load_blob(game, d, game->d.parameters);
    assert_int_equal(cg_pool_create(1, &game->pool, NULL), CG_OK);
    assert_int_equal(cg_pass_create(g, BATCH, 1, 1, false, &game->generate, NULL), CG_OK);
    assert_int_equal(cg_pass_create(d, BATCH, 1, 1, false, &game->judge_real, NULL), CG_OK);
    assert_int_equal(cg_pass_create(d, BATCH, 1, 1, true, &game->judge_fake, NULL), CG_OK);
    *state = game;
    return 0;
}

static int tear_down(void **state)
{
    struct game *game = *state;
    cg_pass_free(game->judge_fake);
    cg_pass_free(game->judge_real);
    cg_pass_free(game->generate);
    cg_pool_free(game->pool);
    cg_learner_clear(&game->d);
    cg_learner_clear(&game->g);
    cg_safetensors_free(game->torch);
    free(game);
    return 0;
}

static const float *batch_of(const struct game *game, const char *name, int step, size_t columns)
{
    return find(game, name)->data + (size_t)step * BATCH * columns;
}

/* D's gradient of one step into its learner; returns the fake pictures. */
static const float *judge(struct game *game, int step)
{
    float by_real[BATCH] = {0}, by_fake[BATCH] = {0};
    float *gradient = cg_learner_micro_batch(&game->d, 0);
    const float *p = game->d.parameters;
    cg_learner_begin(&game->d, game->pool);
    const float *fake =
        cg_pass_forward(game->generate, game->g.parameters, batch_of(game, "noise", step, NOISE));
    const float *real_logits =
        cg_pass_forward(game->judge_real, p, batch_of(game, "real", step, PIXELS));
    const float *fake_logits = cg_pass_forward(game->judge_fake, p, fake);
    cg_loss_discriminator(CG_GAN_MINIMAX, true, real_logits, BATCH, 1.0f, by_real);
    cg_loss_discriminator(CG_GAN_MINIMAX, false, fake_logits, BATCH, 1.0f, by_fake);
    if (step == 0) {
        expect_close("fake", fake, find(game, "fake")->data, BATCH * PIXELS);
        expect_close("real logits", real_logits, find(game, "real_logits")->data, BATCH);
        expect_close("fake logits", fake_logits, find(game, "fake_logits")->data, BATCH);
    }
    cg_pass_backward(game->judge_real, p, by_real, gradient, NULL);
    cg_pass_backward(game->judge_fake, p, by_fake, gradient, NULL);
    return fake;
}

static void learn(struct game *game, const float *fake)
{
    float by_logit[BATCH] = {0}, by_fake[BATCH * PIXELS];
    cg_learner_begin(&game->g, game->pool);
    const float *logits = cg_pass_forward(game->judge_fake, game->d.parameters, fake);
    cg_loss_generator(CG_GAN_NON_SATURATING, logits, BATCH, 1.0f, by_logit);
    cg_pass_backward(game->judge_fake, game->d.parameters, by_logit, NULL, by_fake);
    cg_pass_backward(game->generate, game->g.parameters, by_fake,
                     cg_learner_micro_batch(&game->g, 0), NULL);
}

static void the_first_step_and_ten_steps_agree(void **state)
{
    struct game *game = *state;
    for (int step = 0; step < STEPS; step++) {
        const float *fake = judge(game, step);
        if (step == 0)
            expect_blob(game, "first_d.", game->d.network, cg_learner_micro_batch(&game->d, 0));
        assert_true(cg_learner_step(&game->d, game->pool));
        learn(game, fake);
        if (step == 0)
            expect_blob(game, "first_g.", game->g.network, cg_learner_micro_batch(&game->g, 0));
        assert_true(cg_learner_step(&game->g, game->pool));
    }
    expect_blob(game, "end.", game->d.network, game->d.parameters);
    expect_blob(game, "end.", game->g.network, game->g.parameters);
}

/* G's losses are those after D's first step. */
static void the_losses_agree(void **state)
{
    struct game *game = *state;
    float d_losses[4], g_losses[4], ignored[BATCH] = {0};
    const float *real = find(game, "real_logits")->data, *logits = find(game, "fake_logits")->data;
    const float *fake = judge(game, 0);
    assert_true(cg_learner_step(&game->d, game->pool));
    const float *after = cg_pass_forward(game->judge_fake, game->d.parameters, fake);
    for (int i = 0; i < 4; i++) {
        enum cg_gan_objective objective = (enum cg_gan_objective)i;
        d_losses[i] =
            (float)(cg_loss_discriminator(objective, true, real, BATCH, 1.0f, ignored) +
                    cg_loss_discriminator(objective, false, logits, BATCH, 1.0f, ignored));
        g_losses[i] = (float)cg_loss_generator(objective, after, BATCH, 1.0f, ignored);
        expect_close("a loss of D", &d_losses[i], &find(game, "discriminator_losses")->data[i], 1);
        expect_close("a loss of G", &g_losses[i], &find(game, "generator_losses")->data[i], 1);
    }
}

static void the_penalty_agrees(void **state)
{
    struct game *game = *state;
    struct cg_penalty *penalty;
    float *gradient = cg_learner_micro_batch(&game->d, 0);
    cg_learner_begin(&game->d, game->pool);
    cg_pass_forward(game->judge_real, game->d.parameters, batch_of(game, "real", 0, PIXELS));
    assert_int_equal(cg_penalty_create(game->d.network, BATCH, &penalty, NULL), CG_OK);
    float value =
        (float)cg_penalty_r1(penalty, game->judge_real, BATCH, game->d.parameters, 1.0f, gradient);
    expect_close("r1", &value, find(game, "r1")->data, 1);
    for (size_t i = 0; i < cg_network_tensor_count(game->d.network); i += 2) { /* the weights */
        struct cg_tensor_info info;
        char name[80];
        cg_network_tensor(game->d.network, i, &info);
        snprintf(name, sizeof(name), "r1_gradient.%s", info.name);
        expect_close(name, gradient + info.offset, find(game, name)->data, info.element_count);
    }
    cg_penalty_free(penalty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_step_and_ten_steps_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_losses_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_penalty_agrees, set_up, tear_down),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("parity with PyTorch", tests, NULL, NULL);
}
