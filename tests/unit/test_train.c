/* train: what whole runs on a few small pictures depend on, which is not interruptions, and what
 * they tell. */
#include "model/model.h"
#include "unit/fixture_run.h"
#include "unit/fixture_train.h"
#include "unit/temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- what a run depends on ------------------------------------------------------------------- */

/* 8 steps, of which 4 pretrain and one is the critics' head start, cut at every kind of place. */
static void interruptions_do_not_change_a_byte(void **state)
{
    static const uint64_t cuts[][2] = {{4, 8}, {2, 8}, {5, 8}, {3, 6}};
    struct fixture_run whole = fixture_run_on_pictures(*state, "whole");
    fixture_must_start(&whole, 8);
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        char name[16];
        snprintf(name, sizeof(name), "cut%zu", i);
        struct fixture_run cut = fixture_run_new(*state, name);
        fixture_must_start(&cut, cuts[i][0]);
        assert_false(fixture_same_file(&whole, &cut, FIXTURE_MODEL));
        fixture_must_resume(&cut, cuts[i][1]);
        fixture_must_resume(&cut, 8);
        assert_true(fixture_same_file(&whole, &cut, FIXTURE_MODEL));
        assert_true(fixture_same_file(&whole, &cut, FIXTURE_CHECKPOINT));
        fixture_run_clear(&cut);
    }
    struct fixture_run other = fixture_run_new(*state, "other");
    other.options.seed = 43;
    fixture_must_start(&other, 8);
    assert_false(fixture_same_file(&whole, &other, FIXTURE_MODEL));
    fixture_run_clear(&other);
    fixture_run_clear(&whole);
}

static void the_model_is_under_its_own_card(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run");
    struct cg_model *model, *start;
    fixture_must_start(&run, 2);
    char *path = temp_path(run.out, FIXTURE_MODEL);
    assert_int_equal(cg_model_read(path, &model, NULL), CG_OK);
    assert_int_equal(cg_model_read(run.from, &start, NULL), CG_OK);
    assert_string_equal(model->card.name, "test");
    assert_string_equal(model->card.summary, "Made by a test.");
    assert_int_equal(model->card.looks.detail_px, 128);
    assert_int_equal(model->config.levels[0].channels, start->config.levels[0].channels);
    assert_int_equal(model->network->parameter_count, start->network->parameter_count);
    assert_memory_not_equal(model->parameters, start->parameters,
                            model->network->parameter_count * sizeof(float));
    cg_model_free(start);
    cg_model_free(model);
    free(path);
    fixture_run_clear(&run);
}

static void what_a_run_started_from_may_go(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run"),
                       whole = fixture_run_new(*state, "whole");
    fixture_must_start(&whole, 4);
    fixture_must_start(&run, 2);
    assert_int_equal(unlink(run.from), 0);
    fixture_must_resume(&run, 4);
    assert_true(fixture_same_file(&run, &whole, FIXTURE_CHECKPOINT));
    fixture_run_clear(&whole);
    fixture_run_clear(&run);
}

/* Without comics the teacher's pictures are what the critics take for real. */
static void comics_may_be_missing(void **state)
{
    fixture_paint_photos(*state, 2);
    struct fixture_run run = fixture_run_new(*state, "run"),
                       again = fixture_run_new(*state, "again");
    fixture_must_start(&run, 7);
    fixture_must_start(&again, 6);
    fixture_must_resume(&again, 7);
    assert_true(fixture_same_file(&run, &again, FIXTURE_MODEL));
    fixture_run_clear(&again);
    fixture_run_clear(&run);
}

/* ---- what a run tells ------------------------------------------------------------------------ */

#define REPORTS_MAX 64

struct told {
    int preparing, ready, saved, steps;
    uint64_t step[REPORTS_MAX];
    double loss[REPORTS_MAX];
    bool adversarial[REPORTS_MAX];
};

static void note_report(void *context, const struct cg_train_report *report)
{
    struct told *told = context;
    told->preparing += report->event == CG_TRAIN_PREPARING;
    told->ready += report->event == CG_TRAIN_READY;
    told->saved += report->event == CG_TRAIN_SAVED;
    if (report->event != CG_TRAIN_STEP || told->steps == REPORTS_MAX)
        return;
    told->step[told->steps] = report->step;
    told->loss[told->steps] = report->total_loss;
    told->adversarial[told->steps++] = report->adversarial;
}

static void the_loss_falls(void **state)
{
    fixture_paint_photos(*state, 1);
    struct fixture_run run = fixture_run_new(*state, "run");
    struct told told = {0};
    const struct cg_train_limits limits = {.steps = 150};
    run.options.recipe.pretrain_steps = 1000;
    run.options.recipe.pretrain_rate = 1e-2f;
    assert_int_equal(cg_train_start(&run.options, &limits, note_report, &told, NULL), CG_OK);
    assert_int_equal(told.steps, 3);
    assert_true(told.preparing == 1 && told.ready == 1 && told.saved == 2);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(told.step[i], 50 * (i + 1));
        assert_false(told.adversarial[i]);
    }
    if (!(told.loss[2] < 0.8 * told.loss[0]))
        fail_msg("loss from %g to %g", told.loss[0], told.loss[2]);
    fixture_run_clear(&run);
}

static int commas_of(const char *line)
{
    int count = 0;
    for (; *line != '\n'; line++)
        count += *line == ',';
    return count;
}

/* The steps of the log's rows, after its header. */
static int rows_of(const struct fixture_run *run, long *steps, int capacity)
{
    char *text = fixture_read_text(run, "log.csv");
    int count = 0;
    assert_int_equal(strncmp(text, "step,seconds,", 13), 0);
    for (char *row = strchr(text, '\n') + 1; *row != '\0'; row = strchr(row, '\n') + 1) {
        assert_true(count < capacity);
        steps[count++] = strtol(row, NULL, 10);
        assert_int_equal(commas_of(row), commas_of(text));
    }
    free(text);
    return count;
}

static void the_log_goes_on_where_the_checkpoint_is(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run");
    long steps[8];
    run.options.recipe.pretrain_steps = 1000;
    fixture_must_start(&run, 60);
    assert_int_equal(rows_of(&run, steps, 8), 1);
    assert_int_equal(steps[0], 50);
    struct fixture_file early = fixture_read_file(&run, FIXTURE_CHECKPOINT);
    fixture_must_resume(&run, 101);
    assert_int_equal(rows_of(&run, steps, 8), 2);
    assert_int_equal(steps[1], 100);
    fixture_write_file(&run, FIXTURE_CHECKPOINT, early); /* as if it had been cut off at 101 */
    fixture_must_resume(&run, 70);
    assert_int_equal(rows_of(&run, steps, 8), 1);
    fixture_must_resume(&run, 150);
    assert_int_equal(rows_of(&run, steps, 8), 3);
    assert_true(steps[0] == 50 && steps[1] == 100 && steps[2] == 150);
    free(early.data);
    fixture_run_clear(&run);
}

struct stopper {
    volatile sig_atomic_t stop;
};

/* Asks to stop as soon as there is something to be told, as a user does. */
static void ask_to_stop(void *context, const struct cg_train_report *report)
{
    struct stopper *stopper = context;
    if (report->event == CG_TRAIN_STEP)
        stopper->stop = 1;
}

static void stopping_saves(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run"),
                       whole = fixture_run_new(*state, "whole");
    struct stopper stopper = {0};
    const struct cg_train_limits limits = {.steps = 1000, .stop = &stopper.stop};
    run.options.recipe.pretrain_steps = whole.options.recipe.pretrain_steps = 1000;
    assert_int_equal(cg_train_start(&run.options, &limits, ask_to_stop, &stopper, NULL), CG_OK);
    fixture_must_start(&whole, 50);
    assert_true(fixture_same_file(&run, &whole, FIXTURE_CHECKPOINT));
    assert_true(fixture_same_file(&run, &whole, FIXTURE_MODEL));
    fixture_run_clear(&whole);
    fixture_run_clear(&run);
}

/* Stopped before the first step, a run can still be resumed. */
static void stopping_at_once_saves(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run"),
                       whole = fixture_run_new(*state, "whole");
    struct stopper stopper = {1};
    const struct cg_train_limits limits = {.stop = &stopper.stop};
    assert_int_equal(cg_train_start(&run.options, &limits, NULL, NULL, NULL), CG_OK);
    fixture_must_resume(&run, 5);
    fixture_must_start(&whole, 5);
    assert_true(fixture_same_file(&run, &whole, FIXTURE_MODEL));
    fixture_run_clear(&whole);
    fixture_run_clear(&run);
}

#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, temp_folder_setup, temp_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(interruptions_do_not_change_a_byte),
        IN_FOLDER(the_model_is_under_its_own_card),
        IN_FOLDER(what_a_run_started_from_may_go),
        IN_FOLDER(comics_may_be_missing),
        IN_FOLDER(the_loss_falls),
        IN_FOLDER(the_log_goes_on_where_the_checkpoint_is),
        IN_FOLDER(stopping_saves),
        IN_FOLDER(stopping_at_once_saves),
    };
    return cmocka_run_group_tests_name("train", tests, NULL, NULL);
}
