/* The board between trainer and watchers: series that are thinned, requests, JSON. */
#include "base/memory.h"
#include "monitor/board.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

static struct cg_board *new_board(void)
{
    struct cg_board *board;
    assert_int_equal(cg_board_create("a run", &board, NULL), CG_OK);
    return board;
}

static char *plain_url(void *context, size_t number, size_t count, const char *file)
{
    (void)context;
    (void)number;
    (void)count;
    return cg_string_copy(file);
}

static json_t *parse(char *text)
{
    assert_non_null(text);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static json_t *data_of(struct cg_board *board)
{
    return parse(cg_board_data_json(board, plain_url, NULL));
}

static json_int_t status_number(struct cg_board *board, const char *key)
{
    json_t *root = parse(cg_board_status_json(board));
    json_int_t value = json_integer_value(json_object_get(root, key));
    json_decref(root);
    return value;
}

static void assert_state(struct cg_board *board, const char *expected)
{
    json_t *root = parse(cg_board_status_json(board));
    assert_string_equal(json_string_value(json_object_get(root, "state")), expected);
    json_decref(root);
}

/* Steps and values of series number index; release *data. */
static size_t series_at(struct cg_board *board, size_t index, json_t **data, json_t **steps,
                        json_t **values)
{
    *data = data_of(board);
    json_t *series = json_array_get(json_object_get(*data, "series"), index);
    *steps = json_object_get(series, "steps");
    *values = json_object_get(series, "values");
    assert_int_equal(json_array_size(*steps), json_array_size(*values));
    return json_array_size(*steps);
}

static void points_are_kept_as_they_come(void **state)
{
    json_t *data, *steps, *values;
    struct cg_board *board = new_board();
    (void)state;
    cg_board_add_point(board, "loss", 50, 0.5);
    cg_board_add_point(board, "loss", 100, NAN);
    cg_board_add_point(board, "loss", 100, INFINITY);
    cg_board_add_point(board, "loss", 100, 0.25);
    assert_int_equal(series_at(board, 0, &data, &steps, &values), 2);
    assert_int_equal(json_integer_value(json_array_get(steps, 1)), 100);
    assert_true(json_real_value(json_array_get(values, 1)) == 0.25);
    json_decref(data);
    cg_board_free(board);
}

static void a_step_back_drops_what_came_later(void **state)
{
    json_t *data, *steps, *values;
    struct cg_board *board = new_board();
    (void)state;
    for (uint64_t step = 50; step <= 250; step += 50)
        cg_board_add_point(board, "loss", step, 1.0);
    cg_board_add_point(board, "loss", 150, 2.0);
    assert_int_equal(series_at(board, 0, &data, &steps, &values), 3);
    assert_int_equal(json_integer_value(json_array_get(steps, 2)), 150);
    assert_true(json_real_value(json_array_get(values, 2)) == 2.0);
    json_decref(data);
    cg_board_free(board);
}

static void long_series_are_thinned_without_a_bias(void **state)
{
    enum { POINTS = 5 * CG_BOARD_POINTS_MAX + 3 };
    json_t *data, *steps, *values;
    struct cg_board *board = new_board();
    (void)state;
    for (uint64_t step = 1; step <= POINTS; step++)
        cg_board_add_point(board, "loss", step, (double)step);
    size_t count = series_at(board, 0, &data, &steps, &values);
    assert_in_range(count, CG_BOARD_POINTS_MAX / 2, CG_BOARD_POINTS_MAX);
    assert_int_equal(json_integer_value(json_array_get(steps, count - 1)), POINTS);
    for (size_t i = 0; i + 1 < count; i++) { /* means of the steps up to theirs: 8 at a time */
        json_int_t step = json_integer_value(json_array_get(steps, i));
        assert_int_equal(step, 8 * (i + 1));
        assert_true(fabs(json_real_value(json_array_get(values, i)) - ((double)step - 3.5)) < 0.1);
    }
    json_decref(data);
    cg_board_free(board);
}

static void samples_are_bounded_and_known_by_name(void **state)
{
    char name[CG_BOARD_NAME_NBYTES];
    struct cg_board *board = new_board();
    (void)state;
    for (int i = 0; i <= CG_BOARD_SAMPLES_MAX; i++) {
        snprintf(name, sizeof(name), "step-%d.jpg", i);
        cg_board_add_sample(board, (uint64_t)i, name);
    }
    json_t *data = data_of(board);
    size_t count = json_array_size(json_object_get(data, "samples"));
    assert_int_equal(count, CG_BOARD_SAMPLES_MAX / 2 + 1);
    json_decref(data);
    assert_true(cg_board_has_sample(board, "step-0.jpg") && cg_board_has_sample(board, name));
    assert_false(cg_board_has_sample(board, "step-1.jpg"));
    assert_false(cg_board_has_sample(board, "../log.csv"));
    cg_board_free(board);
}

static void requests_reach_the_trainer(void **state)
{
    struct cg_board *board = new_board();
    (void)state;
    assert_state(board, "preparing");
    assert_int_equal(cg_board_next(board, 7, 1.5), CG_BOARD_GO_ON);
    assert_state(board, "training");
    assert_int_equal(status_number(board, "step"), 7);
    cg_board_ask(board, CG_BOARD_PAUSE);
    cg_board_ask(board, CG_BOARD_SAVE);
    assert_int_equal(cg_board_next(board, 7, 1.5), CG_BOARD_SAVE);
    assert_int_equal(cg_board_next(board, 7, 1.5), CG_BOARD_PAUSE);
    assert_state(board, "paused");
    cg_board_ask(board, CG_BOARD_GO_ON);
    assert_int_equal(cg_board_next(board, 7, 1.5), CG_BOARD_GO_ON);
    cg_board_ask(board, CG_BOARD_STOP);
    cg_board_ask(board, CG_BOARD_GO_ON);
    assert_int_equal(cg_board_next(board, 7, 1.5), CG_BOARD_STOP);
    assert_state(board, "stopping");
    cg_board_free(board);
}

static void only_changes_raise_the_version(void **state)
{
    struct cg_board *board = new_board();
    (void)state;
    json_int_t version = status_number(board, "version");
    cg_board_next(board, 1, 0.1);
    cg_board_note_saved(board, 1);
    assert_int_equal(status_number(board, "version"), version);
    cg_board_add_point(board, "loss", 1, 1.0);
    assert_true(status_number(board, "version") > version);
    cg_board_free(board);
}

static void texts_of_any_kind_make_good_json(void **state)
{
    char longest[1000];
    struct cg_board *board = new_board();
    (void)state;
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    cg_board_set_fact(board, "folder", "a \"b\"\n\\ \xff\xfe");
    cg_board_set_fact(board, longest, longest);
    for (int i = 0; i < CG_BOARD_ALARMS_MAX + 5; i++)
        cg_board_add_alarm(board, (uint64_t)i, "oscillation", NULL, longest);
    json_t *data = data_of(board), *alarms = json_object_get(data, "alarms");
    assert_int_equal(json_array_size(json_object_get(data, "facts")), 2);
    assert_int_equal(json_array_size(alarms), CG_BOARD_ALARMS_MAX);
    json_t *last = json_array_get(alarms, CG_BOARD_ALARMS_MAX - 1);
    assert_int_equal(json_integer_value(json_object_get(last, "step")), CG_BOARD_ALARMS_MAX + 4);
    json_decref(data);
    cg_board_free(board);
}

static void *look(void *context)
{
    for (int i = 0; i < 40; i++) {
        json_decref(data_of(context));
        cg_board_ask(context, i % 2 == 0 ? CG_BOARD_PAUSE : CG_BOARD_GO_ON);
    }
    return NULL;
}

static void several_may_look_while_it_is_written(void **state)
{
    pthread_t watchers[2];
    struct cg_board *board = new_board();
    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&watchers[i], NULL, look, board), 0);
    for (uint64_t step = 1; step <= 3000; step++) {
        cg_board_next(board, step, (double)step);
        cg_board_add_point(board, step % 2 == 0 ? "loss" : "validation", step, 1.0);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(watchers[i], NULL);
    assert_int_equal(status_number(board, "step"), 3000);
    cg_board_free(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_kept_as_they_come),
        cmocka_unit_test(a_step_back_drops_what_came_later),
        cmocka_unit_test(long_series_are_thinned_without_a_bias),
        cmocka_unit_test(samples_are_bounded_and_known_by_name),
        cmocka_unit_test(requests_reach_the_trainer),
        cmocka_unit_test(only_changes_raise_the_version),
        cmocka_unit_test(texts_of_any_kind_make_good_json),
        cmocka_unit_test(several_may_look_while_it_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
