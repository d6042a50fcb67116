/* The critic that sees the photo beside the comic: its picture, its gradient, and runs with it. */
#include "assert_near.h"
#include "train/style/pair_picture.h"
#include "unit/fixture_numbers.h"
#include "unit/fixture_run.h"
#include "unit/temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Grey has the middle of Cr for no colour, red its end, cyan the other. */
static void the_picture_is_luma_of_both_and_red(void **state)
{
    static const float comic[] = {0.25f, 0.25f, 0.25f, 1.0f, 0.0f, 0.0f, 0.0f, 1.0f, 1.0f};
    static const float photo[] = {1.0f, 1.0f, 1.0f, 0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 0.5f};
    static const double expected[] = {0.25, 1.0, 0.5, 0.299, 0.587, 1.0, 0.701, 0.057, 0.0};
    float luma[3], pair[9];
    (void)state;
    cg_pair_picture_luma(photo, 3, luma);
    cg_pair_picture_compose(comic, luma, 3, pair);
    for (int i = 0; i < 9; i++)
        assert_near(pair[i], expected[i], 1e-6);
}

#define PIXELS 37

/* By the comic's number i, of the pair's picture times given weights. */
static double difference_at(float *comic, const float *luma, const float *weights, size_t i)
{
    const float step = 0.25f; /* the picture is linear: no step is too large */
    float up[3 * PIXELS], down[3 * PIXELS];
    double sum = 0.0;
    const float at = comic[i];
    comic[i] = at + step;
    cg_pair_picture_compose(comic, luma, PIXELS, up);
    comic[i] = at - step;
    cg_pair_picture_compose(comic, luma, PIXELS, down);
    comic[i] = at;
    for (size_t k = 0; k < (size_t)3 * PIXELS; k++)
        sum += (double)weights[k] * ((double)up[k] - (double)down[k]);
    return sum / (2.0 * (double)step);
}

static void its_gradient_is_that_of_differences(void **state)
{
    float comic[3 * PIXELS], luma[PIXELS], weights[3 * PIXELS], gradient[3 * PIXELS];
    (void)state;
    fixture_random(comic, (size_t)3 * PIXELS, 1, 1.0f);
    fixture_random(luma, PIXELS, 2, 1.0f);
    fixture_random(weights, (size_t)3 * PIXELS, 3, 1.0f);
    memcpy(gradient, weights, sizeof(gradient));
    cg_pair_picture_backward(gradient, PIXELS);
    for (size_t i = 0; i < (size_t)3 * PIXELS; i++)
        assert_near(gradient[i], difference_at(comic, luma, weights, i), 2e-6);
}

/* ---- runs ------------------------------------------------------------------------------------ */

static struct fixture_run paired_run(const char *folder, const char *name)
{
    struct fixture_run run = fixture_run_new(folder, name);
    run.options.recipe.batch = 3;
    run.options.recipe.adversarial[CG_CRITIC_PAIR] = 0.05f;
    return run;
}

static void threads_and_interruptions_do_not_change_a_byte(void **state)
{
    struct fixture_run whole = fixture_run_on_pictures(*state, "without");
    whole.options.recipe.batch = 3;
    fixture_must_start(&whole, 7);
    struct fixture_run one = paired_run(*state, "one"), three = paired_run(*state, "three");
    three.options.threads = 3;
    fixture_must_start(&one, 7);
    fixture_must_start(&three, 6);
    fixture_must_resume(&three, 7);
    assert_true(fixture_same_file(&one, &three, FIXTURE_MODEL));
    assert_true(fixture_same_file(&one, &three, FIXTURE_CHECKPOINT));
    assert_false(fixture_same_file(&one, &whole, FIXTURE_MODEL));
    fixture_run_clear(&three);
    fixture_run_clear(&one);
    fixture_run_clear(&whole);
}

static bool contains(struct fixture_file file, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= file.nbytes; i++)
        if (memcmp(file.data + i, text, length) == 0)
            return true;
    return false;
}

/* Without it nothing of it is in the checkpoint or the log. */
static void a_run_without_it_has_nothing_of_it(void **state)
{
    static const char *const columns[] = {"critic_pair", "adversarial_pair", "accuracy_pair",
                                          "critic_gradient_pair", "adversarial_gradient_pair"};
    struct fixture_run without = fixture_run_on_pictures(*state, "without"),
                       with = paired_run(*state, "with");
    fixture_must_start(&without, 1);
    fixture_must_start(&with, 1);
    struct fixture_file log = fixture_read_file(&without, "log.csv"),
                        log_with = fixture_read_file(&with, "log.csv"),
                        state_without = fixture_read_file(&without, FIXTURE_CHECKPOINT),
                        state_with = fixture_read_file(&with, FIXTURE_CHECKPOINT);
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        assert_false(contains(log, columns[i]));
        assert_true(contains(log_with, columns[i]));
    }
    assert_false(contains(state_without, "\"pair."));
    assert_true(contains(state_with, "\"pair."));
    free(state_with.data);
    free(state_without.data);
    free(log_with.data);
    free(log.data);
    fixture_run_clear(&with);
    fixture_run_clear(&without);
}

#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, temp_folder_setup, temp_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_picture_is_luma_of_both_and_red),
        cmocka_unit_test(its_gradient_is_that_of_differences),
        IN_FOLDER(threads_and_interruptions_do_not_change_a_byte),
        IN_FOLDER(a_run_without_it_has_nothing_of_it),
    };
    return cmocka_run_group_tests_name("critic pair", tests, NULL, NULL);
}
