/* train: how long a run will take. */
#include "assert_near.h"
#include "train/style/estimate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct cg_recipe recipe = {.pretrain_steps = 1000, .head_start_steps = 300};

static const struct cg_costs costs = {
    .phase = CG_PHASE_GAME, .step = 1.5, .saving = 10.0, .save_steps = 500};

#define PRETRAIN 0, 1000
#define HEAD_START 1000, 1300
#define GAME 1300, 2300

/* A step's seconds, from first to before end, if one of that phase took a second. */
static double step_of(const struct cg_recipe *of, enum cg_phase measured, uint64_t first,
                      uint64_t end)
{
    struct cg_costs second = {.phase = measured, .step = 1.0, .save_steps = 1};
    return cg_estimate_seconds(&second, of, first, end) / (double)(end - first);
}

static void stages_cost_what_they_take(void **state)
{
    (void)state;
    assert_near(cg_estimate_seconds(&costs, &recipe, 1400, 1400), 0.0, 1e-6);
    assert_near(cg_estimate_seconds(&costs, &recipe, 1400, 1900), 500 * 1.5 + 10.0, 1e-6);
    /* what was measured in a phase costs that there */
    assert_near(step_of(&recipe, CG_PHASE_PRETRAIN, PRETRAIN), 1.0, 1e-6);
    assert_near(step_of(&recipe, CG_PHASE_HEAD_START, HEAD_START), 1.0, 1e-6);
    assert_near(step_of(&recipe, CG_PHASE_GAME, GAME), 1.0, 1e-6);
    /* from inside the head start */
    double head_start = step_of(&recipe, CG_PHASE_GAME, HEAD_START);
    assert_near(cg_estimate_seconds(&costs, &recipe, 1200, 2300),
                1.5 * (100 * head_start + 1000) + 10.0 * 1100 / 500, 1e-6);
    assert_true(head_start < 1.0);
    assert_true(step_of(&recipe, CG_PHASE_PRETRAIN, GAME) > 1.0);
}

static void parts_of_the_game_cost_more(void **state)
{
    (void)state;
    struct cg_recipe paired = recipe, penalised = recipe, seen = recipe, compared = recipe, both;
    paired.adversarial[CG_CRITIC_PAIR] = 0.1f;
    penalised.r1 = 10.0f;
    seen.perceptual = 0.1f;
    both = seen;
    compared.patch_nce = both.patch_nce = 0.03f;
    double game = step_of(&recipe, CG_PHASE_PRETRAIN, GAME);
    /* critics: in their turn alone, and not before */
    assert_true(step_of(&paired, CG_PHASE_PRETRAIN, GAME) > game);
    assert_true(step_of(&penalised, CG_PHASE_PRETRAIN, GAME) > game);
    assert_true(step_of(&penalised, CG_PHASE_PRETRAIN, HEAD_START) >
                step_of(&recipe, CG_PHASE_PRETRAIN, HEAD_START));
    /* losses by features: whenever the generator learns, so after the head start ever more */
    double learning = step_of(&recipe, CG_PHASE_HEAD_START, GAME);
    assert_true(step_of(&seen, CG_PHASE_HEAD_START, GAME) > learning);
    assert_true(step_of(&compared, CG_PHASE_HEAD_START, GAME) > learning);
    assert_true(step_of(&both, CG_PHASE_HEAD_START, GAME) >
                step_of(&seen, CG_PHASE_HEAD_START, GAME));
    assert_true(step_of(&seen, CG_PHASE_PRETRAIN, GAME) < game); /* they are in both */
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
        cmocka_unit_test(parts_of_the_game_cost_more),
        cmocka_unit_test(the_end_is_the_last_step_in_time),
    };
    return cmocka_run_group_tests_name("estimate", tests, NULL, NULL);
}
