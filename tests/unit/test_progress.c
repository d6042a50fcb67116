/* cli: the progress line and the summary, as text. */
#include "cli/convert/progress.h"
#include "cli/terminal_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void durations_are_short(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(cg_cli_duration(-1.0, text, sizeof(text)), "0 s");
    assert_string_equal(cg_cli_duration(0.6, text, sizeof(text)), "1 s");
    assert_string_equal(cg_cli_duration(59.4, text, sizeof(text)), "59 s");
    assert_string_equal(cg_cli_duration(59.6, text, sizeof(text)), "1:00 min");
    assert_string_equal(cg_cli_duration(187.0, text, sizeof(text)), "3:07 min");
    assert_string_equal(cg_cli_duration(7530.0, text, sizeof(text)), "2:05 h");
}

static void a_line_waits_a_second_and_is_calm(void **state)
{
    (void)state;
    struct cg_terminal_line line = {.shown = true, .began = 50.0};
    assert_false(cg_terminal_line_is_due(&line, 50.9));
    assert_true(cg_terminal_line_is_due(&line, 51.0));
    line.drawn_at = 51.0;
    assert_false(cg_terminal_line_is_due(&line, 51.05));
    assert_true(cg_terminal_line_is_due(&line, 51.15));
    line.shown = false;
    assert_false(cg_terminal_line_is_due(&line, 60.0));
}

static void one_picture_has_a_share(void **state)
{
    char text[32];
    (void)state;
    assert_string_equal(cg_progress_picture(0.0, text, sizeof(text)), "converting: 0 %");
    assert_string_equal(cg_progress_picture(0.439, text, sizeof(text)), "converting: 43 %");
    assert_string_equal(cg_progress_picture(1.0, text, sizeof(text)), "writing");
}

static void expect_line(struct cg_tally tally, int columns, const char *expected)
{
    char text[128];
    cg_progress_line(&tally, columns, text, sizeof(text));
    assert_string_equal(text, expected);
    assert_true(columns <= 0 || strlen(text) < (size_t)columns);
}

static void the_line_says_count_rate_and_time_left(void **state)
{
    (void)state;
    const struct cg_tally some = {1000, 119, 1, 14.4};
    const struct cg_tally clean = {200, 100, 0, 4.0};
    expect_line(some, 80, "120 of 1000, 1 failed, 8.3 pictures/s, 1:46 min left");
    expect_line(clean, 80, "100 of 200, 25 pictures/s, 4 s left");
    expect_line((struct cg_tally){7, 0, 0, 0.0}, 80, "0 of 7");
    expect_line((struct cg_tally){7, 7, 0, 7.0}, 80, "7 of 7, 1.0 pictures/s, 0 s left");
}

static void the_line_fits_the_terminal(void **state)
{
    (void)state;
    const struct cg_tally some = {1000, 119, 1, 14.4};
    expect_line(some, 53, "120 of 1000, 1 failed, 8.3 pictures/s, 1:46 min left");
    expect_line(some, 52, "120 of 1000, 1 failed, 8.3 pictures/s");
    expect_line(some, 30, "120 of 1000, 1 failed");
    expect_line(some, 13, "120 of 1000");
    expect_line(some, 5, "");
    for (int columns = 1; columns < 60; columns++) {
        char text[128];
        cg_progress_line(&some, columns, text, sizeof(text));
        assert_true(strlen(text) < (size_t)columns);
    }
}

static void the_summary_adds_up(void **state)
{
    (void)state;
    char text[CG_SUMMARY_NBYTES];
    struct cg_plan plan = {.count = 200};
    struct cg_tally tally = {200, 200, 0, 10.0};
    assert_string_equal(cg_summary_of_work(&tally, &plan, text),
                        "200 converted in 10.0 s (20.0 pictures/s)");
    tally = (struct cg_tally){200, 190, 4, 9.7};
    plan.existing = 3;
    plan.others = 2;
    assert_string_equal(cg_summary_of_work(&tally, &plan, text),
                        "190 converted, 4 failed, 6 not done in 9.7 s (20.0 pictures/s); "
                        "left out: 3 done already, 2 other files");
    tally = (struct cg_tally){0};
    assert_string_equal(cg_summary_of_work(&tally, &plan, text),
                        "0 converted; left out: 3 done already, 2 other files");
    assert_string_equal(cg_summary_of_plan(&plan, text),
                        "200 to convert; left out: 3 done already, 2 other files");
}

static void the_summary_names_the_shard(void **state)
{
    (void)state;
    char text[CG_SUMMARY_NBYTES];
    struct cg_plan plan = {.count = 5, .elsewhere = 15, .shard_index = 2, .shard_count = 4};
    assert_string_equal(cg_summary_of_plan(&plan, text),
                        "shard 2 of 4: 5 to convert; left out: 15 of other shards");
    plan.shard_source = "Slurm array";
    struct cg_tally tally = {5, 5, 0, 2.0};
    assert_string_equal(cg_summary_of_work(&tally, &plan, text),
                        "shard 2 of 4 (Slurm array): 5 converted in 2.0 s (2.5 pictures/s); "
                        "left out: 15 of other shards");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_short),
        cmocka_unit_test(a_line_waits_a_second_and_is_calm),
        cmocka_unit_test(one_picture_has_a_share),
        cmocka_unit_test(the_line_says_count_rate_and_time_left),
        cmocka_unit_test(the_line_fits_the_terminal),
        cmocka_unit_test(the_summary_adds_up),
        cmocka_unit_test(the_summary_names_the_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
