/* train: a run on several threads. By itself, because it is run under the thread sanitizer, too. */
#include "unit/fixture_run.h"
#include "unit/temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void threads_do_not_change_a_byte(void **state)
{
    struct fixture_run one = fixture_run_on_pictures(*state, "one");
    one.options.recipe.batch = 3;
    fixture_must_start(&one, 7);
    for (int threads = 2; threads <= 4; threads += 2) {
        struct fixture_run more = fixture_run_new(*state, threads == 2 ? "two" : "four");
        more.options.recipe.batch = 3;
        more.options.threads = threads;
        fixture_must_start(&more, 3);
        fixture_must_resume(&more, 7);
        assert_true(fixture_same_file(&one, &more, FIXTURE_MODEL));
        assert_true(fixture_same_file(&one, &more, FIXTURE_CHECKPOINT));
        fixture_run_clear(&more);
    }
    fixture_run_clear(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(threads_do_not_change_a_byte, temp_folder_setup,
                                        temp_folder_teardown),
    };
    return cmocka_run_group_tests_name("train threads", tests, NULL, NULL);
}
