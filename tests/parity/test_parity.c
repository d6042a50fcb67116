/*
 * The text's GAN here and in PyTorch, from the same weights and batches: outputs, losses,
 * gradients, the R1 penalty, and ten steps of training, to 1e-4 of the largest number of a kind.
 */
#include "gan/vector_model.h"
#include "nn/loss.h"
#include "nn/pass.h"
#include "nn/penalty.h"
#include "parity/parity.h"
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
    parity_load_blob(game->torch, g, game->g.parameters);
    parity_load_blob(game->torch, d, game->d.parameters);
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
    return parity_find(game->torch, name) + (size_t)step * BATCH * columns;
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
        parity_expect("fake", fake, parity_find(game->torch, "fake"), BATCH * PIXELS);
        parity_expect("real logits", real_logits, parity_find(game->torch, "real_logits"), BATCH);
        parity_expect("fake logits", fake_logits, parity_find(game->torch, "fake_logits"), BATCH);
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
            parity_expect_blob(game->torch, "first_d.", game->d.network,
                               cg_learner_micro_batch(&game->d, 0));
        assert_true(cg_learner_step(&game->d, game->pool));
        learn(game, fake);
        if (step == 0)
            parity_expect_blob(game->torch, "first_g.", game->g.network,
                               cg_learner_micro_batch(&game->g, 0));
        assert_true(cg_learner_step(&game->g, game->pool));
    }
    parity_expect_blob(game->torch, "end.", game->d.network, game->d.parameters);
    parity_expect_blob(game->torch, "end.", game->g.network, game->g.parameters);
}

/* G's losses are those after D's first step. */
static void the_losses_agree(void **state)
{
    struct game *game = *state;
    float d_losses[4], g_losses[4], ignored[BATCH] = {0};
    const float *real = parity_find(game->torch, "real_logits"),
                *logits = parity_find(game->torch, "fake_logits");
    const float *fake = judge(game, 0);
    assert_true(cg_learner_step(&game->d, game->pool));
    const float *after = cg_pass_forward(game->judge_fake, game->d.parameters, fake);
    for (int i = 0; i < 4; i++) {
        enum cg_gan_objective objective = (enum cg_gan_objective)i;
        d_losses[i] =
            (float)(cg_loss_discriminator(objective, true, real, BATCH, 1.0f, ignored) +
                    cg_loss_discriminator(objective, false, logits, BATCH, 1.0f, ignored));
        g_losses[i] = (float)cg_loss_generator(objective, after, BATCH, 1.0f, ignored);
        parity_expect("a loss of D", &d_losses[i],
                      &parity_find(game->torch, "discriminator_losses")[i], 1);
        parity_expect("a loss of G", &g_losses[i], &parity_find(game->torch, "generator_losses")[i],
                      1);
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
    parity_expect("r1", &value, parity_find(game->torch, "r1"), 1);
    for (size_t i = 0; i < cg_network_tensor_count(game->d.network); i += 2) { /* the weights */
        struct cg_tensor_info info;
        char name[80];
        cg_network_tensor(game->d.network, i, &info);
        snprintf(name, sizeof(name), "r1_gradient.%s", info.name);
        parity_expect(name, gradient + info.offset, parity_find(game->torch, name),
                      info.element_count);
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
