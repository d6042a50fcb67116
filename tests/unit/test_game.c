/* The parts of the game that a run has only with a weight: runs with each, and without. */
#include "unit/fixture_convnet.h"
#include "unit/fixture_run.h"
#include "unit/temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct part {
    const char *column; /* of the log */
    size_t weight;      /* offset in the recipe */
    float value;
} parts[] = {
    {"r1_line", offsetof(struct cg_recipe, r1), 0.5f},
    {"perceptual", offsetof(struct cg_recipe, perceptual), 0.5f},
    {"patch_nce", offsetof(struct cg_recipe, patch_nce), 0.5f},
};
#define PART_COUNT (sizeof(parts) / sizeof(parts[0]))

/* network: of features, for what needs it. */
static struct fixture_run run_with(const char *folder, const char *name, const struct part *part,
                                   const char *network)
{
    struct fixture_run run = fixture_run_new(folder, name);
    run.options.recipe.batch = 3;
    *(float *)(void *)((char *)&run.options.recipe + part->weight) = part->value;
    if (cg_recipe_needs_features(&run.options.recipe))
        run.options.features_file = network;
    return run;
}

static void check_part(const char *folder, const struct part *part, const char *network,
                       const struct fixture_run *without)
{
    struct fixture_run one = run_with(folder, "one", part, network),
                       three = run_with(folder, "three", part, network);
    one.options.force = three.options.force = true;
    three.options.threads = 3;
    fixture_must_start(&one, 7);
    fixture_must_start(&three, 6);
    fixture_must_resume(&three, 7);
    assert_true(fixture_same_file(&one, &three, FIXTURE_MODEL));
    assert_true(fixture_same_file(&one, &three, FIXTURE_CHECKPOINT));
    assert_false(fixture_same_file(&one, without, FIXTURE_MODEL));
    char *log = fixture_read_text(&one, "log.csv"),
         *log_without = fixture_read_text(without, "log.csv");
    assert_non_null(strstr(log, part->column));
    assert_null(strstr(log_without, part->column));
    free(log_without);
    free(log);
    fixture_run_clear(&three);
    fixture_run_clear(&one);
}

static void threads_and_interruptions_do_not_change_a_byte(void **state)
{
    struct fixture_run without = fixture_run_on_pictures(*state, "without");
    char *network = temp_path(*state, "net.safetensors");
    without.options.recipe.batch = 3;
    fixture_convnet_write(network);
    fixture_must_start(&without, 7);
    for (size_t i = 0; i < PART_COUNT; i++)
        check_part(*state, &parts[i], network, &without);
    free(network);
    fixture_run_clear(&without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(threads_and_interruptions_do_not_change_a_byte,
                                        temp_folder_setup, temp_folder_teardown),
    };
    return cmocka_run_group_tests_name("game", tests, NULL, NULL);
}
