/* cli: what training says while it prepares, by the time that has passed. */
#include "base/clock.h"
#include "cli/train/train_common.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What is written to stderr about 3 of 20 pictures, that many seconds after the beginning and after
 * the last line. */
static const char *said_after(struct cg_cli_display display, double began, double said,
                              char text[256])
{
    const struct cg_train_report report = {.event = CG_TRAIN_PREPARING, .done = 3, .total = 20};
    FILE *file = tmpfile();
    int terminal = dup(STDERR_FILENO);
    assert_true(file != NULL && terminal >= 0);
    display.began = cg_clock_seconds() - began;
    display.said_at = cg_clock_seconds() - said;
    dup2(fileno(file), STDERR_FILENO);
    cg_cli_show_style(&display, &report);
    cg_cli_show_style(&display, &report);
    dup2(terminal, STDERR_FILENO);
    close(terminal);
    rewind(file);
    text[fread(text, 1, 255, file)] = '\0';
    fclose(file);
    return text;
}

static void few_pictures_that_take_long_are_told_of(void **state)
{
    (void)state;
    char text[256];
    const char *line = "preparing pictures: 3 of 20\n";
    const struct cg_cli_display log = {0}, quiet = {.quiet = true};
    assert_string_equal(said_after(log, 1.0, 1.0, text), "");
    assert_string_equal(said_after(log, 11.0, 11.0, text), line);
    assert_string_equal(said_after(log, 100.0, 20.0, text), "");
    assert_string_equal(said_after(log, 100.0, 61.0, text), line);
    assert_string_equal(said_after(quiet, 100.0, 61.0, text), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_pictures_that_take_long_are_told_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
