/* train: whatever goes wrong says so, and leaves the last checkpoint whole. */
#define _XOPEN_SOURCE 700 /* SIGXFSZ */
#include "base/memory.h"
#include "unit/fixture.h"
#include "unit/fixture_convnet.h"
#include "unit/fixture_run.h"
#include "unit/fixture_train.h"
#include "unit/temp_folder.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- helpers --------------------------------------------------------------------------------- */

static void expect(enum cg_status status, const struct cg_error *error, enum cg_status expected,
                   const char *text)
{
    if (status != expected)
        fail_msg("expected %s, got %s: %s", cg_status_name(expected), cg_status_name(status),
                 status == CG_OK ? "" : error->text);
    if (strstr(error->text, text) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", text, error->text);
}

static void expect_start_failure(const struct fixture_run *run, enum cg_status expected,
                                 const char *text)
{
    struct cg_error error;
    expect(fixture_try_start(run, 1, &error), &error, expected, text);
}

static void expect_resume_failure(const struct fixture_run *run, enum cg_status expected,
                                  const char *text)
{
    struct cg_error error;
    expect(fixture_try_resume(run, 1000, &error), &error, expected, text);
}

/* In run.json, put `to` in the place of `from`. */
static void change_run_file(const struct fixture_run *run, const char *from, const char *to)
{
    char *text = fixture_read_text(run, "run.json");
    char *at = strstr(text, from);
    assert_non_null(at);
    char *changed = cg_string_format("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    assert_non_null(changed);
    temp_write(run->out, "run.json", changed, strlen(changed));
    free(changed);
    free(text);
}

/* ---- what can be wrong with a run's folder --------------------------------------------------- */

static void a_folder_that_is_taken_is_refused(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run");
    fixture_must_start(&run, 1);
    struct fixture_file before = fixture_read_file(&run, FIXTURE_CHECKPOINT);
    expect_start_failure(&run, CG_ERR_STATE, "holds a run already");
    expect_start_failure(&run, CG_ERR_STATE, "--resume");
    struct fixture_file after = fixture_read_file(&run, FIXTURE_CHECKPOINT);
    assert_true(fixture_same_bytes(before, after));
    free(after.data);
    free(before.data);
    fixture_run_clear(&run);
}

static void another_network_of_features_is_refused(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run");
    char *network = temp_path(*state, "run/net.safetensors");
    run.options.features_file = network;
    run.options.recipe.perceptual = 0.1f;
    run.options.force = true;
    fixture_convnet_write(network);
    fixture_must_start(&run, 1);
    fixture_must_resume(&run, 2);
    struct fixture_file file = fixture_read_file(&run, "net.safetensors");
    file.data[file.nbytes - 1] ^= 1; /* of a weight */
    fixture_write_file(&run, "net.safetensors", file);
    expect_resume_failure(&run, CG_ERR_FORMAT, "net.safetensors are not those that this run");
    assert_int_equal(unlink(network), 0);
    expect_resume_failure(&run, CG_ERR_IO, "net.safetensors");
    free(file.data);
    free(network);
    fixture_run_clear(&run);
}

static void other_pictures_are_refused(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run");
    fixture_must_start(&run, 1);
    fixture_paint_photos(*state, 4);
    expect_resume_failure(&run, CG_ERR_FORMAT, "are not those that this run began with");
    expect_resume_failure(&run, CG_ERR_FORMAT, "--from ");
    fixture_run_clear(&run);
}

static void a_damaged_run_file_is_refused(void **state)
{
    static const struct {
        const char *from, *to, *text;
        enum cg_status status;
    } rows[] = {
        {"\"version\": 6", "\"version\": 5", "version 6, found 5, made by comicgan ",
         CG_ERR_FORMAT},
        {"\"version\": 6", "\"version\": 7", "start a new run in another folder", CG_ERR_FORMAT},
        {"\"style\"", "\"vector\"", "expected a run of the model \"style\"", CG_ERR_FORMAT},
        {"\"version\": 6", "\"version\": \"1\"", "\"version\"", CG_ERR_MODEL},
        {"{", "", "expected JSON", CG_ERR_MODEL},
        {"\"data\":", "\"date\":", "\"data\"", CG_ERR_MODEL},
        {"\"detail_px\": 128", "\"detail_px\": 1", "64 to 8192", CG_ERR_MODEL},
        {"\"generator\": null", "\"generator\": \"medium\"", "expected a known size", CG_ERR_MODEL},
        {"\"batch\": 2", "\"batch\": null", "the recipe lacks", CG_ERR_FORMAT},
        {"\"recipe\":", "\"recipes\":", "the recipe lacks", CG_ERR_FORMAT},
        {"\"batch\": 2", "\"batch\": 0", "batch: expected", CG_ERR_ARGUMENT},
        {"\"micro_batch_crops\": 1", "\"micro_batch_crops\": 0", "batch: expected",
         CG_ERR_ARGUMENT},
        {"\"crop_px\": 48", "\"crop_px\": 50", "crops: expected", CG_ERR_ARGUMENT},
        {"\"objective\": 3", "\"objective\": 9", "objective: expected", CG_ERR_ARGUMENT},
    };
    struct fixture_run run = fixture_run_on_pictures(*state, "run");
    fixture_must_start(&run, 1);
    struct fixture_file sound = fixture_read_file(&run, "run.json");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        change_run_file(&run, rows[i].from, rows[i].to);
        expect_resume_failure(&run, rows[i].status, rows[i].text);
        fixture_write_file(&run, "run.json", sound);
    }
    temp_write(run.out, "run.json", "", 0);
    expect_resume_failure(&run, CG_ERR_MODEL, "run.json");
    fixture_write_file(&run, "run.json", sound);
    fixture_must_resume(&run, 2);
    free(sound.data);
    fixture_run_clear(&run);
    struct fixture_run none = fixture_run_new(*state, "none");
    expect_resume_failure(&none, CG_ERR_IO, "none/run.json");
    fixture_run_clear(&none);
}

static void only_checkpoints_of_the_run_are_read(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run"),
                       whole = fixture_run_new(*state, "whole");
    fixture_must_start(&run, 2);
    fixture_must_start(&whole, 4);
    struct fixture_file model = fixture_read_file(&run, FIXTURE_MODEL);
    fixture_write_file(&run, FIXTURE_CHECKPOINT, model);
    fixture_must_resume(&run, 4); /* from the one before */
    assert_true(fixture_same_file(&run, &whole, FIXTURE_CHECKPOINT));
    fixture_write_file(&run, "checkpoints/step-0000000.safetensors", model);
    fixture_write_file(&run, FIXTURE_CHECKPOINT, model);
    expect_resume_failure(&run, CG_ERR_MODEL, "step-0000004.safetensors: expected ");
    expect_resume_failure(&run, CG_ERR_MODEL, "a checkpoint of another run");
    free(model.data);
    fixture_run_clear(&whole);
    fixture_run_clear(&run);
}

static void a_run_without_a_checkpoint_is_explained(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run");
    fixture_must_start(&run, 2);
    for (int step = 0; step < 4; step += 2) {
        char *name = cg_string_format("checkpoints/step-%07d.safetensors", step);
        char *path = temp_path(run.out, name);
        assert_int_equal(unlink(path), 0);
        free(path);
        free(name);
    }
    expect_resume_failure(&run, CG_ERR_STATE, "expected a checkpoint to go on from, found none");
    expect_start_failure(&run, CG_ERR_STATE, "is there already"); /* a model, samples */
    run.options.force = true;
    fixture_must_start(&run, 2);
    fixture_run_clear(&run);
}

/* ---- what can go wrong during a run ---------------------------------------------------------- */

static void instability_keeps_the_checkpoint(void **state)
{
    static const char *const rates[] = {"\"pretrain_rate\": 1e30", "\"pretrain_rate\": 1e38"};
    struct fixture_run run = fixture_run_on_pictures(*state, "run");
    run.options.recipe.pretrain_steps = 1000;
    run.options.recipe.pretrain_rate = 0.5f;
    fixture_must_start(&run, 4);
    struct fixture_file before = fixture_read_file(&run, FIXTURE_CHECKPOINT),
                        model = fixture_read_file(&run, FIXTURE_MODEL);
    struct fixture_file settings = fixture_read_file(&run, "run.json");
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        change_run_file(&run, "\"pretrain_rate\": 0.5", rates[i]);
        expect_resume_failure(&run, CG_ERR_NUMERIC, "training is unstable: NaN or infinity");
        expect_resume_failure(&run, CG_ERR_NUMERIC, "1/8 of the learning rates; what was saved");
        expect_resume_failure(&run, CG_ERR_NUMERIC, "to try: begin a new run");
        struct fixture_file after = fixture_read_file(&run, FIXTURE_CHECKPOINT),
                            model_after = fixture_read_file(&run, FIXTURE_MODEL);
        assert_true(fixture_same_bytes(before, after) && fixture_same_bytes(model, model_after));
        fixture_write_file(&run, "run.json", settings);
        free(model_after.data);
        free(after.data);
    }
    fixture_must_resume(&run, 5);
    free(settings.data);
    free(model.data);
    free(before.data);
    fixture_run_clear(&run);
}

/* A disk on which no file can grow beyond 4 KiB is as good as full. */
static void a_full_disk_keeps_the_checkpoint(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run");
    struct rlimit before, small;
    fixture_must_start(&run, 3);
    struct fixture_file checkpoint = fixture_read_file(&run, FIXTURE_CHECKPOINT),
                        model = fixture_read_file(&run, FIXTURE_MODEL);
    int entries = fixture_count_entries(run.out);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){4096, before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct cg_error error;
    enum cg_status status = fixture_try_resume(&run, 6, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    expect(status, &error, CG_ERR_IO, "checkpoints/step-0000006.safetensors");
    struct fixture_file after = fixture_read_file(&run, FIXTURE_CHECKPOINT),
                        model_after = fixture_read_file(&run, FIXTURE_MODEL);
    assert_true(fixture_same_bytes(checkpoint, after) && fixture_same_bytes(model, model_after));
    assert_int_equal(fixture_count_entries(run.out), entries); /* nothing half done is left */
    fixture_must_resume(&run, 6);
    struct fixture_run whole = fixture_run_new(*state, "whole");
    fixture_must_start(&whole, 6);
    assert_true(fixture_same_file(&run, &whole, FIXTURE_MODEL));
    fixture_run_clear(&whole);
    free(model_after.data);
    free(after.data);
    free(model.data);
    free(checkpoint.data);
    fixture_run_clear(&run);
}

/* ---- what can be wrong with what is asked for ------------------------------------------------ */

static void pictures_that_do_not_serve_are_explained(void **state)
{
    struct fixture_run run = fixture_run_new(*state, "run");
    expect_start_failure(&run, CG_ERR_IO, "photos: ");
    free(temp_path(*state, "photos/none"));
    expect_start_failure(&run, CG_ERR_FORMAT, "no .png, .jpg or .jpeg files in ");
    temp_write(*state, "photos/broken.png", "not a picture", 13);
    expect_start_failure(&run, CG_ERR_FORMAT, "none of the 1 files in ");
    fixture_paint_photos(*state, 2);
    run.options.recipe.crop_px = 80;
    expect_start_failure(&run, CG_ERR_FORMAT, "the largest is 80 x 72, crops are 80");
    expect_start_failure(&run, CG_ERR_FORMAT, "--crop 64");
    run.options.recipe.crop_px = 72;
    run.options.detail_px = 64;
    expect_start_failure(&run, CG_ERR_ARGUMENT, "too small for crops of 72");
    run.options.recipe.crop_px = 48;
    run.options.detail_px = 128;
    free(temp_path(*state, "comics/none"));
    expect_start_failure(&run, CG_ERR_FORMAT, "comics: no .png, .jpg or .jpeg files in ");
    temp_write(*state, "comics/broken.png", "not a picture", 13);
    expect_start_failure(&run, CG_ERR_FORMAT, "comics: none of the 1 files");
    fixture_paint_comics(*state, 1);
    fixture_must_start(&run, 1); /* failed starts are no runs: the folder is still free */
    fixture_run_clear(&run);
}

static void recipes_out_of_range_are_refused(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run");
    struct cg_recipe sound = run.options.recipe;
    static const int crops[] = {0, -48, 44, 50, 516};
    for (size_t i = 0; i < sizeof(crops) / sizeof(crops[0]); i++) {
        run.options.recipe.crop_px = crops[i];
        expect_start_failure(&run, CG_ERR_ARGUMENT, "crops: expected a multiple of 8 from 48");
    }
    static const int batches[][2] = {{0, 1}, {3, 2}, {1, 2}, {2, 0}, {1025, 1}, {2, -1}};
    for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++) {
        run.options.recipe = sound;
        run.options.recipe.batch = batches[i][0];
        run.options.recipe.micro_batch_crops = batches[i][1];
        expect_start_failure(&run, CG_ERR_ARGUMENT, "batch: expected");
    }
    run.options.recipe = sound; /* one crop a micro-batch */
    run.options.recipe.consistency = 1.0f;
    expect_start_failure(&run, CG_ERR_ARGUMENT, "consistency: expected an even number");
    run.options.recipe = sound;
    run.options.threads = -1;
    expect_start_failure(&run, CG_ERR_ARGUMENT, "-1");
    run.options.threads = 1;
    run.options.from = "no-such-style";
    expect_start_failure(&run, CG_ERR_MODEL, "no-such-style");
    fixture_run_clear(&run);
}

#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, temp_folder_setup, temp_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_folder_that_is_taken_is_refused),
        IN_FOLDER(another_network_of_features_is_refused),
        IN_FOLDER(other_pictures_are_refused),
        IN_FOLDER(a_damaged_run_file_is_refused),
        IN_FOLDER(only_checkpoints_of_the_run_are_read),
        IN_FOLDER(a_run_without_a_checkpoint_is_explained),
        IN_FOLDER(instability_keeps_the_checkpoint),
        IN_FOLDER(a_full_disk_keeps_the_checkpoint),
        IN_FOLDER(pictures_that_do_not_serve_are_explained),
        IN_FOLDER(recipes_out_of_range_are_refused),
    };
    return cmocka_run_group_tests_name("train errors", tests, NULL, NULL);
}
