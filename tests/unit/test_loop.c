/*
 * loop, checkpoints: a run that goes wrong goes back, with half its rates, and takes the same
 * course however it is interrupted; what is kept of a run, and what becomes of a damaged checkpoint
 * or a full disk. What is trained here is one number.
 */
#define _XOPEN_SOURCE 700 /* SIGXFSZ */
#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "train/core/loop.h"
#include "unit/fixture.h"
#include "unit/temp_folder.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define EVERY 10

/* ---- a run of one number --------------------------------------------------------------------- */

/* A step that fails while the rate is higher. */
struct bad_step {
    uint64_t step; /* done before it; 0: none */
    float rate;
    bool spoils; /* it does not fail, but the state is not finite after it */
};

struct toy {
    float number;
    uint64_t step;
    struct cg_rollback rollback;
    struct bad_step bad[2];
    int alarms, rewinds, published;
    char about[CG_ERROR_TEXT_NBYTES];
};

static bool take_step(void *context)
{
    struct toy *toy = context;
    float rate = cg_rollback_rate(&toy->rollback, 1.0f);
    for (int i = 0; i < 2; i++)
        if (toy->bad[i].step > 0 && toy->step == toy->bad[i].step && rate > toy->bad[i].rate) {
            toy->number = toy->bad[i].spoils ? INFINITY : NAN;
            toy->step += toy->bad[i].spoils;
            return toy->bad[i].spoils;
        }
    toy->number = 0.9f * toy->number + rate * (float)(toy->step % 7);
    toy->step++;
    return isfinite(toy->number);
}

static enum cg_status look_after(void *context, struct cg_error *error)
{
    (void)context, (void)error;
    return CG_OK;
}

static enum cg_status publish(void *context, struct cg_error *error)
{
    (void)error;
    ((struct toy *)context)->published++;
    return CG_OK;
}

static enum cg_status rewind_nothing(void *context, struct cg_error *error)
{
    (void)error;
    ((struct toy *)context)->rewinds++;
    return CG_OK;
}

static void note_alarm(void *context, const char *name, const char *about, const char *advice)
{
    struct toy *toy = context;
    assert_true(name[0] != '\0' && advice[0] != '\0');
    toy->alarms++;
    snprintf(toy->about, sizeof(toy->about), "%s", about);
}

static const struct cg_loop_calls calls = {.take_step = take_step,
                                           .look_after = look_after,
                                           .publish = publish,
                                           .rewind = rewind_nothing,
                                           .alarm = note_alarm};

/* Train in folder/name until `steps` are done; *toy has its bad steps and gets the rest. */
static enum cg_status train(const char *folder, const char *name, bool resume, uint64_t steps,
                            struct toy *toy, struct cg_error *error)
{
    const struct cg_train_limits limits = {.steps = steps};
    char *out = temp_path(folder, name);
    struct cg_loop loop = {.calls = &calls,
                           .context = toy,
                           .limits = &limits,
                           .out_dir = out,
                           .unstable_advice = "try something else",
                           .checkpoint_steps = EVERY,
                           .step = &toy->step,
                           .rollback = &toy->rollback};
    *toy = (struct toy){.number = 1.0f, .bad = {toy->bad[0], toy->bad[1]}};
    cg_state_dict_add_counter(&loop.state, "run", "step", &toy->step);
    cg_state_dict_add_rollback(&loop.state, &toy->rollback);
    cg_state_dict_add_array(&loop.state, "run", "number", &toy->number, 1);
    enum cg_status status = cg_loop_open(&loop, resume, error);
    if (status == CG_OK)
        status = cg_loop_run(&loop, error);
    cg_loop_close(&loop);
    free(out);
    return status;
}

static void must_train(const char *folder, const char *name, bool resume, uint64_t steps,
                       struct toy *toy)
{
    struct cg_error error;
    if (train(folder, name, resume, steps, toy, &error) != CG_OK)
        fail_msg("%s", error.text);
    assert_int_equal(toy->step, steps);
}

static char *checkpoint_path(const char *folder, const char *name, int step)
{
    char *file = cg_string_format("%s/checkpoints/step-%07d.safetensors", name, step);
    char *path = temp_path(folder, file);
    free(file);
    return path;
}

static bool is_there(const char *folder, const char *name, int step)
{
    char *path = checkpoint_path(folder, name, step);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

/* ---- going back ------------------------------------------------------------------------------ */

static void a_run_that_goes_wrong_goes_back_with_half_the_rate(void **state)
{
    struct toy toy = {.bad = {{13, 0.3f, false}}};
    must_train(*state, "run", false, 19, &toy);
    assert_true(toy.alarms == 2 && toy.rewinds == 2);
    assert_true(toy.rollback.in_a_row == 2 && toy.rollback.halvings == 2);
    assert_non_null(strstr(toy.about, "gone back from step 13"));
    assert_non_null(strstr(toy.about, "1/4"));
    must_train(*state, "run", true, 20, &toy);
    assert_true(toy.rollback.in_a_row == 0 && toy.rollback.halvings == 2); /* it came through */
}

/* Stopped anywhere and resumed: between rollback, at a checkpoint, at a state that is not
 * finite and not known to be. */
static void interruptions_do_not_change_its_course(void **state)
{
    const struct toy wrong = {.bad = {{13, 0.3f, false}, {24, 0.05f, true}}};
    struct toy whole = wrong, cut;
    must_train(*state, "whole", false, 37, &whole);
    assert_int_equal(whole.rollback.halvings, 5);
    for (uint64_t at = 1; at < 37; at++) {
        char name[16];
        snprintf(name, sizeof(name), "cut%d", (int)at);
        cut = wrong;
        must_train(*state, name, false, at, &cut);
        cut = wrong;
        must_train(*state, name, true, 37, &cut);
        assert_memory_equal(&cut.number, &whole.number, sizeof(float));
        assert_memory_equal(&cut.rollback, &whole.rollback, sizeof(cut.rollback));
    }
}

static void what_is_not_finite_is_never_saved(void **state)
{
    struct toy toy = {.bad = {{EVERY - 1, 0.5f, true}, {16, 0.25f, true}}};
    must_train(*state, "run", false, 17, &toy); /* one is due to be saved, the other the last */
    assert_int_equal(toy.rollback.halvings, 2);
    assert_true(isfinite(toy.number));
}

static void a_run_that_stays_wrong_is_given_up(void **state)
{
    const struct toy wrong = {.bad = {{13, 0.0f, false}}};
    struct toy toy = wrong, again = wrong;
    struct cg_error error;
    assert_int_equal(train(*state, "run", false, 30, &toy, &error), CG_ERR_NUMERIC);
    assert_true(toy.rewinds == CG_ROLLBACKS_MAX && toy.alarms == CG_ROLLBACKS_MAX + 1);
    assert_non_null(strstr(error.text, "1/8 of the learning rates"));
    assert_non_null(strstr(error.text, "try something else"));
    assert_int_equal(train(*state, "run", true, 30, &again, &error), CG_ERR_NUMERIC);
    must_train(*state, "run", true, 12, &again); /* up to there it can be resumed */
}

/* ---- what is kept ---------------------------------------------------------------------------- */

static void some_checkpoints_are_kept(void **state)
{
    static const struct {
        uint64_t steps;
        int kept[7]; /* ends with -1 */
    } rows[] = {
        {4, {0, 4, -1}},
        {20, {0, 10, 20, -1}},
        {25, {0, 10, 20, 25, -1}},
        {70, {20, 40, 50, 60, 70, -1}},
        {163, {40, 80, 140, 150, 160, 163, -1}},
        {330, {80, 160, 310, 320, 330, -1}},
    };
    struct toy toy = {0};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *folder = temp_path(*state, "run/checkpoints");
        must_train(*state, "run", i > 0, rows[i].steps, &toy);
        int count = 0;
        for (; rows[i].kept[count] >= 0; count++)
            if (!is_there(*state, "run", rows[i].kept[count]))
                fail_msg("after %d steps there is none of %d", (int)rows[i].steps,
                         rows[i].kept[count]);
        assert_int_equal(fixture_count_entries(folder), count);
        free(folder);
    }
}

/* Spoil the checkpoint of step: cut it off, or change a byte. */
static void damage(const char *folder, const char *name, int step, bool cut)
{
    uint8_t *bytes;
    size_t nbytes;
    char *path = checkpoint_path(folder, name, step);
    assert_int_equal(cg_file_read(path, 1 << 20, &bytes, &nbytes, NULL), CG_OK);
    bytes[nbytes - 1] ^= 1;
    assert_int_equal(cg_file_write(path, bytes, cut ? nbytes - 3 : nbytes, NULL), CG_OK);
    free(bytes);
    free(path);
}

static void a_damaged_checkpoint_is_told_and_the_one_before_used(void **state)
{
    struct toy whole = {0}, toy = {0};
    must_train(*state, "whole", false, 33, &whole);
    for (int cut = 0; cut < 2; cut++) {
        const char *name = cut ? "cut" : "spoiled";
        must_train(*state, name, false, 30, &toy);
        damage(*state, name, 30, cut != 0);
        damage(*state, name, 20, cut == 0);
        must_train(*state, name, true, 14, &toy);
        assert_int_equal(toy.alarms, 1);
        assert_non_null(strstr(toy.about, "step-0000030.safetensors"));
        assert_false(is_there(*state, name, 30)); /* the run has not been there */
        must_train(*state, name, true, 33, &toy);
        assert_int_equal(toy.alarms, 0);
        assert_memory_equal(&toy.number, &whole.number, sizeof(float));
    }
}

static void without_a_whole_checkpoint_there_is_no_going_on(void **state)
{
    struct toy toy = {0};
    struct cg_error error;
    assert_int_equal(train(*state, "none", true, 5, &toy, &error), CG_ERR_STATE);
    assert_non_null(strstr(error.text, "start it anew"));
    must_train(*state, "run", false, 5, &toy);
    damage(*state, "run", 5, true);
    damage(*state, "run", 0, false);
    assert_int_equal(train(*state, "run", true, 9, &toy, &error), CG_ERR_MODEL);
    assert_non_null(strstr(error.text, "step-0000005.safetensors"));
}

static void a_full_disk_keeps_what_is_there(void **state)
{
    struct toy whole = {0}, toy = {0};
    struct cg_error error;
    struct rlimit before, small;
    char *folder = temp_path(*state, "run/checkpoints");
    must_train(*state, "whole", false, 35, &whole);
    must_train(*state, "run", false, 25, &toy);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){100, before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum cg_status status = train(*state, "run", true, 35, &toy, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_true(status == CG_ERR_IO || status == CG_ERR_FULL);
    assert_non_null(strstr(error.text, "step-0000030.safetensors"));
    assert_int_equal(fixture_count_entries(folder), 4); /* 0, 10, 20, 25: nothing half done */
    must_train(*state, "run", true, 35, &toy);
    assert_int_equal(toy.alarms, 0);
    assert_memory_equal(&toy.number, &whole.number, sizeof(float));
    free(folder);
}

#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, temp_folder_setup, temp_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_run_that_goes_wrong_goes_back_with_half_the_rate),
        IN_FOLDER(interruptions_do_not_change_its_course),
        IN_FOLDER(what_is_not_finite_is_never_saved),
        IN_FOLDER(a_run_that_stays_wrong_is_given_up),
        IN_FOLDER(some_checkpoints_are_kept),
        IN_FOLDER(a_damaged_checkpoint_is_told_and_the_one_before_used),
        IN_FOLDER(without_a_whole_checkpoint_there_is_no_going_on),
        IN_FOLDER(a_full_disk_keeps_what_is_there),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
