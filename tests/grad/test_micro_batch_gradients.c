/*
 * The whole step of training as one function: crops, generator, layers of the comic, losses against
 * the targets and against the critics. Its gradient by the generator's parameters, and each
 * critic's by its own, against central differences.
 */
#include "assert_near.h"
#include "grad/gradient_check.h"
#include "tensor/matrix.h"
#include "train/style/micro_batch.h"
#include "train/style/pair_picture.h"
#include "unit/fixture_convnet.h"
#include "unit/fixture_network.h"
#include "unit/fixture_numbers.h"
#include "unit/fixture_train.h"
#include "unit/temp_folder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CROP_PX 48
#define SEED 5
#define STEP_NUMBER 3
#define SHARE 0.5f
#define TARGET_SHARE 0.8f

struct subject {
    struct cg_dataset *dataset;
    struct cg_convnet *features;
    struct cg_micro_batch *micro_batch;
    struct cg_learner generator, critics[CG_CRITIC_COUNT];
    bool with_critics;
    enum cg_critic critic; /* the one whose gradient is checked */
};

static struct cg_dataset *open_data(const char *folder)
{
    struct cg_dataset *dataset;
    struct cg_pool *pool;
    struct cg_error error;
    fixture_paint_photos(folder, 2);
    fixture_paint_comics(folder, 1);
    char *photos = temp_path(folder, "photos"), *comics = temp_path(folder, "comics");
    char *cache = temp_path(folder, "cache");
    struct cg_dataset_options options = {.photos_dir = photos,
                                         .comics_dir = comics,
                                         .cache_dir = cache,
                                         .crop_px = CROP_PX,
                                         .photo_long_px = 80,
                                         .comic_long_px = 80,
                                         .comic_white_max = 1.0f};
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    if (cg_dataset_open(&options, pool, NULL, NULL, &dataset, &error) != CG_OK ||
        cg_dataset_prepare(dataset, pool, NULL, NULL, &error) != CG_OK)
        fail_msg("%s", error.text);
    cg_pool_free(pool);
    free(cache);
    free(comics);
    free(photos);
    return dataset;
}

/* Leaky ReLU's kinks are tested elsewhere: here they would spoil differences. */
static void smooth_out(struct cg_network *network, enum cg_activation activation)
{
    for (int i = 0; i < network->layer_count; i++)
        if (network->layers[i].activation == CG_ACT_LEAKY_RELU)
            network->layers[i].activation = activation;
}

static void learner_new(struct cg_network *network, enum cg_activation activation,
                        int micro_batches, uint64_t seed, struct cg_learner *out)
{
    smooth_out(network, activation);
    assert_int_equal(cg_learner_create(network, NULL, micro_batches, false, seed, out, NULL),
                     CG_OK);
}

/* A network without kinks; what lies behind its last judge does not run. */
static struct cg_convnet *smooth_features(void)
{
    struct cg_convnet *net = fixture_convnet_new(CROP_PX);
    struct cg_conv_layer conv = {.name = "conv",
                                 .kind = CG_CONV_CONV,
                                 .channels = 5,
                                 .kernel = {5, 5},
                                 .stride = {2, 2},
                                 .padding = {1, 1}};
    float *weights = fixture_random_new(5 * 75, 7, 0.01f), *bias = fixture_random_new(5, 8, 2.0f);
    net->judges[0] = fixture_convnet_add(net, conv);
    net->judges[1] = fixture_convnet_add(
        net, (struct cg_conv_layer){
                 .name = "pool", .kind = CG_CONV_MEAN_POOL, .kernel = {3, 3}, .stride = {2, 2}});
    net->judge_count = 2;
    fixture_convnet_add(net, (struct cg_conv_layer){.name = "all", .kind = CG_CONV_GLOBAL_MEAN});
    cg_convnet_set_weights(net, 0, weights, bias);
    free(bias);
    free(weights);
    return net;
}

static struct cg_recipe test_recipe(void)
{
    struct cg_recipe recipe = CG_RECIPE_DEFAULT;
    recipe.crop_px = CROP_PX;
    recipe.batch = 2;
    recipe.micro_batch_crops = 2;
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        recipe.adversarial[c] = 1.0f;
    return recipe;
}

static struct subject subject_new(const char *folder, const struct cg_recipe *recipe)
{
    struct subject subject = {.dataset = open_data(folder), .features = smooth_features()};
    struct cg_network *critics[CG_CRITIC_COUNT];
    /* a gradient penalty is for networks that are linear in pieces */
    enum cg_activation activation = recipe->r1 > 0.0f ? CG_ACT_NONE : CG_ACT_TANH;
    learner_new(fixture_generator(), CG_ACT_TANH, 1, 1, &subject.generator);
    for (int c = 0; c < CG_CRITIC_COUNT; c++) {
        assert_int_equal(cg_critic_build((enum cg_critic)c, &critics[c], NULL), CG_OK);
        learner_new(critics[c], activation, 1, 2 + (uint64_t)c, &subject.critics[c]);
    }
    assert_int_equal(cg_micro_batch_create(recipe, 0, SHARE, subject.generator.network, critics,
                                           subject.features, &subject.micro_batch, NULL),
                     CG_OK);
    return subject;
}

static void subject_clear(struct subject *subject)
{
    cg_micro_batch_free(subject->micro_batch);
    cg_convnet_free(subject->features);
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        cg_learner_clear(&subject->critics[c]);
    cg_learner_clear(&subject->generator);
    cg_dataset_free(subject->dataset);
}

static double generator_value(void *context)
{
    struct subject *subject = context;
    cg_micro_batch_generate(subject->micro_batch, subject->dataset, SEED, STEP_NUMBER,
                            &subject->generator);
    cg_micro_batch_learn(subject->micro_batch, &subject->generator, TARGET_SHARE,
                         subject->with_critics ? subject->critics : NULL);
    return cg_losses_total(cg_micro_batch_losses(subject->micro_batch));
}

static double critic_value(void *context)
{
    struct subject *subject = context;
    cg_micro_batch_generate(subject->micro_batch, subject->dataset, SEED, STEP_NUMBER,
                            &subject->generator);
    cg_micro_batch_draw_real(subject->micro_batch, subject->dataset, SEED, STEP_NUMBER);
    cg_micro_batch_criticise(subject->micro_batch, subject->critic,
                             &subject->critics[subject->critic]);
    const struct cg_losses *losses = cg_micro_batch_losses(subject->micro_batch);
    return losses->critic[subject->critic] + losses->r1[subject->critic];
}

/* The error of a sample of the learner's gradient, from number `first` on. */
static double error_of(struct subject *subject, struct cg_learner *learner,
                       double (*value)(void *context), size_t first, size_t sample)
{
    size_t nbytes = learner->count * sizeof(float);
    float *gradient = malloc(nbytes);
    assert_non_null(gradient);
    memset(cg_learner_micro_batch(learner, 0), 0, nbytes);
    value(subject);
    memcpy(gradient, cg_learner_micro_batch(learner, 0), nbytes);
    struct gradient_check check = {.value = value,
                                   .context = subject,
                                   .numbers = learner->parameters + first,
                                   .gradient = gradient + first,
                                   .count = learner->count - first,
                                   .sample = sample,
                                   .step = 0.01f,
                                   .enough = 4e-3};
    double error = gradient_worst_error(&check);
    free(gradient);
    return error;
}

/* L1 has a kink for every value of every pixel: of 14000 each, a share of about the step lies
 * within it, on either side alike. */
#define KINKED_TOLERANCE 0.02

/* All parameters by a sample; the last layer's ones, from which the comic is made, each. */
static void check_generator(struct subject *subject, size_t sample, const char *what)
{
    struct cg_learner *generator = &subject->generator;
    const struct cg_network *network = generator->network;
    size_t last = network->layers[network->layer_count - 1].weight_offset;
    double by_all = error_of(subject, generator, generator_value, 0, sample);
    double by_last = error_of(subject, generator, generator_value, last, 0);
    if (!(by_all < KINKED_TOLERANCE && by_last < KINKED_TOLERANCE))
        fail_msg("%s: error %g, of the last layer %g", what, by_all, by_last);
}

static void every_loss_reaches_the_generator(void **state)
{
    for (int i = 0; CG_LOSSES[i].name != NULL; i++) {
        struct cg_recipe recipe = test_recipe();
        for (int k = 0; CG_LOSSES[k].name != NULL; k++)
            *(float *)(void *)((char *)&recipe + CG_LOSSES[k].weight) = k == i ? 1.0f : 0.0f;
        struct subject subject = subject_new(*state, &recipe);
        check_generator(&subject, 20, CG_LOSSES[i].name);
        subject_clear(&subject);
    }
}

static void the_critics_reach_the_generator(void **state)
{
    static const enum cg_gan_objective objectives[] = {CG_GAN_HINGE, CG_GAN_LEAST_SQUARES};
    for (size_t i = 0; i < 2; i++) {
        struct cg_recipe recipe = test_recipe();
        recipe.objective = objectives[i];
        struct subject subject = subject_new(*state, &recipe);
        subject.with_critics = true;
        check_generator(&subject, 20, "with critics");
        subject_clear(&subject);
    }
}

/* Smooth, verdicts rounded to 1e-7 and more over a step of 0.01. */
static void check_critics(const char *folder, float r1)
{
    struct cg_recipe recipe = test_recipe();
    recipe.objective = CG_GAN_NON_SATURATING;
    recipe.r1 = r1;
    struct subject subject = subject_new(folder, &recipe);
    for (int c = 0; c < CG_CRITIC_COUNT; c++) {
        subject.critic = (enum cg_critic)c;
        double error = error_of(&subject, &subject.critics[c], critic_value, 0, 40);
        if (!(error < 5e-3))
            fail_msg("%s: error %g", cg_critic_name(subject.critic), error);
        assert_int_equal(cg_micro_batch_losses(subject.micro_batch)->r1[c] > 0.0, r1 > 0.0f);
    }
    subject_clear(&subject);
}

static void the_critics_step_is_right(void **state)
{
    check_critics(*state, 0.0f);
}

static void the_critics_step_is_right_with_r1(void **state)
{
    check_critics(*state, 0.5f);
}

/* Pairs as they are shown: their comics beside the photos without noise. */
static void check_pairs(const float *pairs, const float *comics, const float *luma, size_t pixels)
{
    float *expected = malloc(3 * pixels * sizeof(float));
    assert_non_null(expected);
    cg_pair_picture_compose(comics, luma, pixels, expected);
    for (size_t i = 0; i < 3 * pixels; i++)
        assert_near(pairs[i], CG_CRITIC_RANGE * (2.0f * expected[i] - 1.0f), 1e-5);
    free(expected);
}

/* The real ones are the teacher's, though all other critics take comics for real. */
static void a_pair_is_of_one_photo_without_noise(void **state)
{
    struct cg_recipe recipe = test_recipe();
    recipe.teacher_fraction = 0.0f;
    recipe.noise = 0.0f;
    struct subject clean = subject_new(*state, &recipe);
    recipe.noise = 0.2f;
    struct subject noisy = subject_new(*state, &recipe);
    const struct cg_micro_batch *batch = noisy.micro_batch;
    size_t pixels = batch->pixels;
    float *luma = malloc(pixels * sizeof(float));
    assert_non_null(luma);
    critic_value(&clean);
    critic_value(&noisy);
    assert_memory_not_equal(batch->photo, clean.micro_batch->photo, 3 * pixels * sizeof(float));
    cg_pair_picture_luma(clean.micro_batch->photo, pixels, luma);
    check_pairs(batch->pairs, batch->target_comic, luma, pixels);
    check_pairs(batch->pairs + 3 * pixels, batch->comic, luma, pixels);
    free(luma);
    subject_clear(&noisy);
    subject_clear(&clean);
}

/* Two micro-batches of one crop each see what one micro-batch of two sees. */
static void micro_batches_add_up(void **state)
{
    struct cg_recipe recipe = test_recipe();
    recipe.perceptual = recipe.patch_nce = 1.0f;
    struct subject whole = subject_new(*state, &recipe);
    struct cg_network *critics[CG_CRITIC_COUNT] = {NULL};
    struct cg_learner learner;
    struct cg_losses sum = {0};
    recipe.micro_batch_crops = 1;
    generator_value(&whole);
    learner_new(fixture_generator(), CG_ACT_TANH, 2, 1, &learner); /* the same parameters */
    for (int s = 0; s < 2; s++) {
        struct cg_micro_batch *half;
        assert_int_equal(cg_micro_batch_create(&recipe, s, SHARE / 2.0f, learner.network, critics,
                                               whole.features, &half, NULL),
                         CG_OK);
        cg_micro_batch_generate(half, whole.dataset, SEED, STEP_NUMBER, &learner);
        cg_micro_batch_learn(half, &learner, TARGET_SHARE, NULL);
        cg_losses_add_scaled(&sum, cg_micro_batch_losses(half), 1.0);
        cg_micro_batch_free(half);
    }
    const struct cg_losses *all = cg_micro_batch_losses(whole.micro_batch);
    for (int i = 0; CG_LOSSES[i].name != NULL; i++) { /* scales rounded to float */
        if (cg_loss_weight(&CG_LOSSES[i], &recipe) <= 0.0f)
            continue;
        assert_true(all->target[i] > 1e-5);
        assert_true(fabs(sum.target[i] - all->target[i]) < 1e-6 * all->target[i] + 1e-9);
    }
    cg_learner_clear(&learner);
    subject_clear(&whole);
}

#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, temp_folder_setup, temp_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(every_loss_reaches_the_generator),
        IN_FOLDER(the_critics_reach_the_generator),
        IN_FOLDER(the_critics_step_is_right),
        IN_FOLDER(the_critics_step_is_right_with_r1),
        IN_FOLDER(a_pair_is_of_one_photo_without_noise),
        IN_FOLDER(micro_batches_add_up),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("micro-batch gradients", tests, NULL, NULL);
}
