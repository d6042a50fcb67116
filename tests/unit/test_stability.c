/* Each alarm of the monitor: raised by what it is for, once, and by nothing else. */
#include "train/core/stability.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct cg_observation healthy = {.accuracy_real = 0.7,
                                              .accuracy_fake = 0.7,
                                              .generator_gradient = 1.0,
                                              .discriminator_gradient = 1.0,
                                              .diversity = 0.9,
                                              .coverage = 0.8};

/* Observe the same thing so many times; the alarms raised on the way. */
static unsigned observe(struct cg_stability *monitor, struct cg_observation seen, int times)
{
    unsigned all = 0, raised;
    for (int i = 0; i < times; i++) {
        cg_stability_observe(monitor, &seen, &raised);
        all |= raised;
    }
    return all;
}

static void a_healthy_run_raises_nothing(void **state)
{
    (void)state;
    struct cg_stability monitor = {.row_count = 0};
    assert_int_equal(observe(&monitor, healthy, 40), 0);
}

static void check_alarm(struct cg_observation bad, unsigned alarm)
{
    struct cg_stability monitor = {.row_count = 0};
    observe(&monitor, healthy, 10);
    assert_int_equal(observe(&monitor, bad, 2), 0); /* may pass */
    assert_int_equal(observe(&monitor, bad, 1), alarm);
    assert_int_equal(observe(&monitor, bad, 5), 0); /* told once */
    observe(&monitor, healthy, 3);
    assert_int_equal(observe(&monitor, bad, 3), alarm); /* and again after it had gone */
}

static void every_fault_has_its_alarm(void **state)
{
    (void)state;
    struct cg_observation bad = healthy;
    bad.diversity = 0.05;
    check_alarm(bad, CG_ALARM_COLLAPSE);
    bad = healthy;
    bad.coverage = 0.01;
    check_alarm(bad, CG_ALARM_COLLAPSE);
    bad = healthy;
    bad.generator_gradient = 1e-3;
    check_alarm(bad, CG_ALARM_VANISHING);
    bad = healthy;
    bad.accuracy_real = bad.accuracy_fake = 0.99;
    check_alarm(bad, CG_ALARM_OVERPOWERING);
}

static void swings_are_oscillation(void **state)
{
    (void)state;
    struct cg_stability monitor = {.row_count = 0};
    struct cg_observation high = healthy, low = healthy;
    unsigned raised = 0;
    high.accuracy_fake = 0.95;
    low.accuracy_fake = 0.2;
    for (int i = 0; i < 4; i++)
        raised |= observe(&monitor, high, 2) | observe(&monitor, low, 2);
    assert_int_equal(raised, CG_ALARM_OSCILLATION);
}

static void what_is_no_number_is_told_at_once(void **state)
{
    (void)state;
    struct cg_stability monitor = {.row_count = 0};
    struct cg_observation bad = healthy;
    bad.generator_gradient = NAN;
    assert_int_equal(observe(&monitor, bad, 1), CG_ALARM_NAN);
}

static void the_start_is_not_judged(void **state)
{
    (void)state;
    struct cg_stability monitor = {.row_count = 0};
    struct cg_observation start = healthy;
    start.diversity = 0.0;
    assert_int_equal(observe(&monitor, start, 5), 0);
}

static void a_young_generator_has_not_collapsed(void **state)
{
    (void)state;
    struct cg_stability monitor = {.row_count = 0};
    struct cg_observation young = healthy;
    for (int i = 0; i < 12; i++) {
        young.diversity = 0.02 * exp(0.2 * i);
        young.coverage = 0.005 * i;
        assert_int_equal(observe(&monitor, young, 1), 0);
    }
}

static void every_alarm_has_a_name_and_advice(void **state)
{
    (void)state;
    for (unsigned bit = 1; bit < 1u << CG_ALARM_COUNT; bit <<= 1) {
        assert_true(cg_alarm_name(bit)[0] != '\0');
        assert_true(cg_alarm_advice(bit)[0] != '\0');
    }
    assert_string_equal(cg_alarm_name(CG_ALARM_COLLAPSE), "mode-collapse");
    assert_string_equal(cg_alarm_name(CG_ALARM_NAN), "not-a-number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_run_raises_nothing),
        cmocka_unit_test(every_fault_has_its_alarm),
        cmocka_unit_test(swings_are_oscillation),
        cmocka_unit_test(what_is_no_number_is_told_at_once),
        cmocka_unit_test(the_start_is_not_judged),
        cmocka_unit_test(a_young_generator_has_not_collapsed),
        cmocka_unit_test(every_alarm_has_a_name_and_advice),
    };
    return cmocka_run_group_tests_name("monitor", tests, NULL, NULL);
}
