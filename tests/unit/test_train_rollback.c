/*
 * train, vector: numbers that are not finite. What makes gradients is wrapped (-Wl,--wrap), so that
 * one step of one network fails while its rate is high: both kinds of run go back and take the same
 * course, interrupted or not, with any number of threads, and of ranks.
 */
#include "base/memory.h"
#include "gan/gan.h"
#include "unit/fixture_ranks.h"
#include "unit/fixture_run.h"
#include "unit/fixture_train.h"
#include "unit/temp_folder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the fault ------------------------------------------------------------------------------- */

/* The step that fails: of critics (they have spectral norm) or of generators that have taken so
 * many, while the rate is higher. */
static struct {
    bool of_critics;
    uint64_t steps;
    float rate;
} fault;

static bool is_struck(const struct cg_learner *learner)
{
    return fault.steps > 0 && learner->steps == fault.steps &&
           (learner->spectral != NULL) == fault.of_critics &&
           learner->adam.learning_rate > fault.rate;
}

bool __real_cg_learner_step(struct cg_learner *learner, struct cg_pool *pool);
bool __wrap_cg_learner_step(struct cg_learner *learner, struct cg_pool *pool);

/* For the vector GAN, which has one micro-batch. */
bool __wrap_cg_learner_step(struct cg_learner *learner, struct cg_pool *pool)
{
    if (learner->total_micro_batches == 1 && is_struck(learner))
        cg_learner_micro_batch(learner, 0)[1] = NAN;
    return __real_cg_learner_step(learner, pool);
}

void __real_cg_learner_backward(const struct cg_learner *learner, int micro_batch,
                                struct cg_pass *pass, float *grad_output);
void __wrap_cg_learner_backward(const struct cg_learner *learner, int micro_batch,
                                struct cg_pass *pass, float *grad_output);

/* For a style: in one micro-batch, which one rank has. */
void __wrap_cg_learner_backward(const struct cg_learner *learner, int micro_batch,
                                struct cg_pass *pass, float *grad_output)
{
    if (micro_batch == learner->total_micro_batches - 1 && is_struck(learner))
        grad_output[0] = NAN;
    __real_cg_learner_backward(learner, micro_batch, pass, grad_output);
}

/* ---- what the runs tell ---------------------------------------------------------------------- */

struct told {
    int alarms;
    char about[CG_ERROR_TEXT_NBYTES];
};

static void note(struct told *told, const char *name, const char *about)
{
    told->alarms++;
    assert_string_equal(name, "not-a-number");
    snprintf(told->about, sizeof(told->about), "%s", about);
}

static void note_style(void *context, const struct cg_train_report *report)
{
    if (report->event == CG_TRAIN_ALARM)
        note(context, report->text, report->about);
}

static void note_vector(void *context, const struct cg_vector_report *report)
{
    if (report->event == CG_VECTOR_ALARM)
        note(context, report->text, report->about);
}

static void check_told(const struct told *told, int step)
{
    char about[CG_ERROR_TEXT_NBYTES];
    snprintf(about, sizeof(about), "gone back from step %d, learning rates at 1/4 from now on",
             step);
    assert_int_equal(told->alarms, 2);
    assert_string_equal(told->about, about);
}

/* ---- a style --------------------------------------------------------------------------------- */

#define STYLE_STEPS 52

/* From the second stage to the first. */
static void a_style_goes_back(void **state)
{
    static const uint64_t cuts[] = {3, 9, 12};
    struct fixture_run whole = fixture_run_on_pictures(*state, "whole"),
                       easy = fixture_run_new(*state, "easy");
    const struct cg_train_limits limits = {.steps = STYLE_STEPS};
    struct told told = {0};
    fixture_must_start(&easy, STYLE_STEPS);
    fault.of_critics = true;
    fault.steps = 5;
    fault.rate = 0.3f * whole.options.recipe.critic_rate;
    whole.options.threads = 3;
    assert_int_equal(cg_train_start(&whole.options, &limits, note_style, &told, NULL), CG_OK);
    check_told(&told, 9);
    assert_false(fixture_same_file(&whole, &easy, FIXTURE_MODEL));
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        char name[16];
        snprintf(name, sizeof(name), "cut%zu", i);
        struct fixture_run cut = fixture_run_new(*state, name);
        fixture_must_start(&cut, cuts[i]);
        fixture_must_resume(&cut, STYLE_STEPS);
        assert_true(fixture_same_file(&whole, &cut, FIXTURE_MODEL));
        assert_true(fixture_same_file(&whole, &cut, FIXTURE_CHECKPOINT));
        fixture_run_clear(&cut);
    }
    char *log = fixture_read_text(&whole, "log.csv");
    assert_non_null(strstr(log, "not-a-number"));
    free(log);
    fixture_run_clear(&easy);
    fixture_run_clear(&whole);
}

struct ranked {
    const struct fixture_run *run;
    struct told told; /* of the first rank */
    atomic_int failures;
};

static void train_ranked(struct cg_ranks *ranks, void *context)
{
    struct ranked *ranked = context;
    const struct cg_train_limits limits = {.steps = STYLE_STEPS, .ranks = ranks};
    if (cg_train_start(&ranked->run->options, &limits, note_style, &ranked->told, NULL) != CG_OK)
        atomic_fetch_add(&ranked->failures, 1);
}

/* The second rank's numbers send the first one back as well. */
static void two_ranks_go_back_together(void **state)
{
    struct fixture_run alone = fixture_run_on_pictures(*state, "alone"),
                       both = fixture_run_new(*state, "both");
    fault.of_critics = true;
    fault.steps = 5;
    fault.rate = 0.3f * alone.options.recipe.critic_rate;
    struct told unheard = {0};
    const struct cg_train_limits limits = {.steps = STYLE_STEPS};
    assert_int_equal(cg_train_start(&alone.options, &limits, note_style, &unheard, NULL), CG_OK);
    struct ranked ranked = {.run = &both};
    fixture_with_ranks(2, train_ranked, &ranked);
    assert_int_equal(ranked.failures, 0);
    check_told(&ranked.told, 9);
    assert_true(fixture_same_file(&alone, &both, FIXTURE_MODEL));
    assert_true(fixture_same_file(&alone, &both, FIXTURE_CHECKPOINT));
    fixture_run_clear(&both);
    fixture_run_clear(&alone);
}

/* ---- a vector GAN ---------------------------------------------------------------------------- */

#define VECTOR_STEPS 24

/* A run with everything that remembers: dropout, noise, spectral norm, augmentation. out_dir and
 * data are to be freed. */
static struct cg_vector_options vector_run(const char *folder, const char *name, int threads)
{
    struct cg_vector_options options = {.out_dir = temp_path(folder, name),
                                        .data = temp_path(folder, "photos"),
                                        .name = "test",
                                        .config = {.side_px = 8,
                                                   .channels = 1,
                                                   .latent = 6,
                                                   .generator = {1, {16}},
                                                   .discriminator = {1, {16}},
                                                   .dropout = 0.2f},
                                        .crops = 16,
                                        .crop = 0.5f,
                                        .seed = 3,
                                        .threads = threads,
                                        .recipe = CG_VECTOR_RECIPE_DEFAULT};
    options.recipe.batch = 16;
    options.recipe.log_steps = 4;
    options.recipe.spectral_norm = 1;
    options.recipe.instance_noise = 0.1f;
    options.recipe.augment = 7;
    return options;
}

static void vector_run_clear(struct cg_vector_options *options)
{
    free((char *)(size_t)options->data);
    free((char *)(size_t)options->out_dir);
}

static void train_vector(const struct cg_vector_options *options, bool resume, uint64_t steps,
                         struct told *told)
{
    const struct cg_train_limits limits = {.steps = steps};
    struct cg_error error;
    enum cg_status status = resume ? cg_vector_resume(options->out_dir, options->threads, &limits,
                                                      note_vector, told, &error)
                                   : cg_vector_start(options, &limits, note_vector, told, &error);
    if (status != CG_OK)
        fail_msg("%s", error.text);
}

static void check_same(const struct cg_vector_options *a, const struct cg_vector_options *b,
                       const char *name)
{
    const struct fixture_run of_a = {.out = (char *)(size_t)a->out_dir},
                             of_b = {.out = (char *)(size_t)b->out_dir};
    assert_true(fixture_same_file(&of_a, &of_b, name));
}

static void a_vector_gan_goes_back(void **state)
{
    static const uint64_t cuts[] = {3, 5, 8, 20};
    struct told told = {0};
    fixture_paint_photos(*state, 4);
    struct cg_vector_options whole = vector_run(*state, "whole", 3);
    fault.of_critics = false;
    fault.steps = 5;
    fault.rate = 0.3f * whole.recipe.generator_rate;
    train_vector(&whole, false, VECTOR_STEPS, &told);
    check_told(&told, 5);
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        char name[16];
        snprintf(name, sizeof(name), "cut%zu", i);
        struct cg_vector_options cut = vector_run(*state, name, 1);
        train_vector(&cut, false, cuts[i], &told);
        train_vector(&cut, true, VECTOR_STEPS, &told);
        check_same(&whole, &cut, FIXTURE_MODEL);
        check_same(&whole, &cut, FIXTURE_CHECKPOINT);
        vector_run_clear(&cut);
    }
    const struct fixture_run of_whole = {.out = (char *)(size_t)whole.out_dir};
    char *log = fixture_read_text(&of_whole, "log.csv");
    assert_non_null(strstr(log, "not-a-number"));
    free(log);
    vector_run_clear(&whole);
}

static void a_vector_gan_that_stays_wrong_is_given_up(void **state)
{
    const struct cg_train_limits limits = {.steps = VECTOR_STEPS};
    struct cg_error error;
    struct told told = {0};
    fixture_paint_photos(*state, 4);
    struct cg_vector_options options = vector_run(*state, "run", 1);
    options.recipe.spectral_norm = 0;
    options.recipe.generator_rate = options.recipe.discriminator_rate = 1e38f;
    assert_int_equal(cg_vector_start(&options, &limits, note_vector, &told, &error),
                     CG_ERR_NUMERIC);
    assert_int_equal(told.alarms, 4);
    assert_string_equal(told.about, "the run is given up");
    assert_non_null(strstr(error.text, "lower the rates"));
    vector_run_clear(&options);
}

static int clear_fault(void **state)
{
    fault.steps = 0;
    return temp_folder_teardown(state);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, temp_folder_setup, clear_fault)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_style_goes_back),
        IN_FOLDER(two_ranks_go_back_together),
        IN_FOLDER(a_vector_gan_goes_back),
        IN_FOLDER(a_vector_gan_that_stays_wrong_is_given_up),
    };
    return cmocka_run_group_tests_name("train rollback", tests, NULL, NULL);
}
