/* train: how long a run will take. */
#include "assert_near.h"
#include "train/style/trainer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct cg_recipe recipe = {.pretrain_steps = 1000, .head_start_steps = 300};

static const struct cg_costs costs = {
    .second_stage = true, .before = 0.5, .learning = 1.0, .saving = 10.0, .save_steps = 500};

static void stages_cost_what_they_take(void **state)
{
    (void)state;
    /* from inside the head start: the generator rests for 100 steps, then takes its turns */
    assert_near(cg_estimate_seconds(&costs, &recipe, 1200, 1300), 100 * 0.5 + 10.0 * 100 / 500,
                1e-6);
    assert_near(cg_estimate_seconds(&costs, &recipe, 1200, 2300),
                100 * 0.5 + 1000 * 1.5 + 10.0 * 1100 / 500, 1e-6);
    assert_near(cg_estimate_seconds(&costs, &recipe, 1400, 1400), 0.0, 1e-6);
    /* what was measured in the first stage costs that there */
    struct cg_costs early = costs;
    early.second_stage = false;
    assert_near(cg_estimate_seconds(&early, &recipe, 1, 1000), 999 * 1.5 + 10.0 * 999 / 500, 1e-6);
    assert_true(cg_estimate_seconds(&early, &recipe, 1300, 1400) >
                cg_estimate_seconds(&early, &recipe, 100, 200));
    struct cg_recipe paired = recipe;
    paired.adversarial[CG_CRITIC_PAIR] = 0.1f;
    assert_true(cg_estimate_seconds(&early, &paired, 1300, 1400) >
                cg_estimate_seconds(&early, &recipe, 1300, 1400));
}

static void the_end_is_the_last_step_in_time(void **state)
{
    (void)state;
    for (double seconds = 1.0; seconds < 1e6; seconds *= 7.0) {
        uint64_t end = cg_estimate_end(&costs, &recipe, 20, seconds);
        assert_true(cg_estimate_seconds(&costs, &recipe, 20, end) <= seconds);
        assert_true(cg_estimate_seconds(&costs, &recipe, 20, end + 1) > seconds);
    }
    assert_int_equal(cg_estimate_end(&costs, &recipe, 20, 0.0), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_cost_what_they_take),
        cmocka_unit_test(the_end_is_the_last_step_in_time),
    };
    return cmocka_run_group_tests_name("estimate", tests, NULL, NULL);
}
