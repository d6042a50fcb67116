/* cli: which part of a list is this process's, by option and by environment. */
#include "cli/cli.h"
#include "cli/convert/shard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const variables[] = {
    "SLURM_ARRAY_TASK_ID",
    "SLURM_ARRAY_TASK_COUNT",
    "SLURM_ARRAY_TASK_MIN",
    "SLURM_ARRAY_TASK_MAX",
    "SLURM_ARRAY_TASK_STEP",
    "SLURM_PROCID",
    "SLURM_NTASKS",
    "SLURM_STEP_ID",
    "OMPI_COMM_WORLD_RANK",
    "OMPI_COMM_WORLD_SIZE",
    "PMI_RANK",
    "PMI_SIZE",
    "JOB_COMPLETION_INDEX",
    "COMICGAN_SHARDS",
};

static int clear_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        unsetenv(variables[i]);
    return 0;
}

static void set(const char *name, int value)
{
    char text[16];
    snprintf(text, sizeof(text), "%d", value);
    assert_int_equal(setenv(name, text, 1), 0);
}

static void set_array(int id, int low, int high, int step, int count)
{
    set("SLURM_ARRAY_TASK_ID", id);
    set("SLURM_ARRAY_TASK_MIN", low);
    set("SLURM_ARRAY_TASK_MAX", high);
    set("SLURM_ARRAY_TASK_STEP", step);
    set("SLURM_ARRAY_TASK_COUNT", count);
}

static struct cg_cli_shard expect_shard(const char *given, unsigned index, unsigned count)
{
    struct cg_cli_shard shard;
    assert_int_equal(cg_cli_shard_find(given, &shard), CG_EXIT_DONE);
    assert_int_equal(shard.index, index);
    assert_int_equal(shard.count, count);
    return shard;
}

static void expect_refusal(const char *given)
{
    struct cg_cli_shard shard;
    assert_int_equal(cg_cli_shard_find(given, &shard), CG_EXIT_USAGE);
}

static void shards_deal_the_list_out(void **state)
{
    (void)state;
    for (unsigned count = 1; count <= 7; count++) {
        size_t sizes[7] = {0};
        for (size_t position = 0; position < 23; position++) {
            int owners = 0;
            for (unsigned index = 1; index <= count; index++) {
                struct cg_cli_shard shard = {index, count, NULL};
                bool has = cg_cli_shard_has(&shard, position);
                owners += has;
                sizes[index - 1] += has;
            }
            assert_int_equal(owners, 1);
        }
        for (unsigned index = 0; index < count; index++)
            assert_in_range(sizes[index], 23 / count, 23 / count + 1);
    }
}

static void the_option_is_read(void **state)
{
    (void)state;
    assert_null(expect_shard(NULL, 1, 1).source);
    assert_null(expect_shard("3/4", 3, 4).source);
    expect_shard("1000000/1000000", 1000000, 1000000);
    const char *wrong[] = {"",
                           "3",
                           "/",
                           "0/4",
                           "5/4",
                           "1/0",
                           "-1/4",
                           "1/-4",
                           " 1/4",
                           "1/4 ",
                           "1/4/5",
                           "a/b",
                           "1.5/4",
                           "1/1000001",
                           "+1/4",
                           "1/ 4",
                           "99999999999999999999/99999999999999999999"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        expect_refusal(wrong[i]);
}

static void the_option_wins_over_the_environment(void **state)
{
    (void)state;
    set_array(2, 0, 3, 1, 4);
    expect_shard("1/1", 1, 1);
    set("SLURM_ARRAY_TASK_ID", -1);
    expect_shard("2/3", 2, 3);
}

/* Every id of an array has a shard of its own. */
static void expect_full_array(int low, int high, int step)
{
    bool seen[16] = {false};
    int count = (high - low) / step + 1;
    for (int id = low; id <= high; id += step) {
        struct cg_cli_shard shard;
        set_array(id, low, high, step, count);
        assert_int_equal(cg_cli_shard_find(NULL, &shard), CG_EXIT_DONE);
        assert_int_equal(shard.count, count);
        assert_string_equal(shard.source, count > 1 ? "Slurm array" : shard.source);
        assert_in_range(shard.index, 1, count);
        assert_false(seen[shard.index - 1]);
        seen[shard.index - 1] = true;
    }
}

static void slurm_arrays_from_any_id_on(void **state)
{
    (void)state;
    expect_full_array(0, 3, 1);
    expect_full_array(1, 4, 1);
    expect_full_array(17, 21, 1);
    expect_full_array(0, 30, 10);
    expect_full_array(5, 25, 10);
    clear_environment(NULL);
    set("SLURM_ARRAY_TASK_ID", 2);
    set("SLURM_ARRAY_TASK_COUNT", 4);
    expect_shard(NULL, 3, 4);
}

static void a_task_submitted_again_keeps_its_shard(void **state)
{
    (void)state;
    set_array(3, 1, 4, 1, 4);
    expect_shard(NULL, 4, 4);
    set_array(3, 3, 3, 1, 1);
    set("COMICGAN_SHARDS", 4);
    expect_shard(NULL, 4, 4);
    set_array(3, 1, 3, 1, 2); /* --array=1,3 */
    expect_shard(NULL, 4, 4);
}

static void arrays_that_do_not_tell_are_refused(void **state)
{
    (void)state;
    set_array(3, 1, 3, 1, 2);
    expect_refusal(NULL);
    set_array(3, 1, 4, 1, 4);
    assert_int_equal(setenv("SLURM_ARRAY_TASK_ID", "three", 1), 0);
    expect_refusal(NULL);
    set_array(3, 1, 4, 0, 4);
    expect_refusal(NULL);
    clear_environment(NULL);
    set("SLURM_ARRAY_TASK_ID", 2);
    expect_refusal(NULL);
}

static void steps_count_under_srun_alone(void **state)
{
    (void)state;
    set("SLURM_PROCID", 0);
    set("SLURM_NTASKS", 4);
    expect_shard(NULL, 1, 1); /* a batch script */
    set("SLURM_STEP_ID", 0);
    assert_string_equal(expect_shard(NULL, 1, 4).source, "srun");
    set("SLURM_PROCID", 3);
    expect_shard(NULL, 4, 4);
    set("SLURM_PROCID", 4);
    expect_refusal(NULL);
}

static void mpirun_counts_before_the_step_it_runs_in(void **state)
{
    (void)state;
    set("SLURM_PROCID", 1);
    set("SLURM_NTASKS", 2);
    set("SLURM_STEP_ID", 0);
    set("PMI_RANK", 2);
    set("PMI_SIZE", 8);
    assert_string_equal(expect_shard(NULL, 3, 8).source, "MPI");
    set("OMPI_COMM_WORLD_RANK", 5);
    set("OMPI_COMM_WORLD_SIZE", 6);
    assert_string_equal(expect_shard(NULL, 6, 6).source, "Open MPI");
    set("OMPI_COMM_WORLD_RANK", 6);
    expect_refusal(NULL);
}

static void tasks_and_their_processes_multiply(void **state)
{
    (void)state;
    bool seen[8] = {false};
    set("SLURM_NTASKS", 2);
    set("SLURM_STEP_ID", 0);
    for (int i = 0; i < 8; i++) {
        struct cg_cli_shard shard;
        set_array(1 + i / 2, 1, 4, 1, 4);
        set("SLURM_PROCID", i % 2);
        assert_int_equal(cg_cli_shard_find(NULL, &shard), CG_EXIT_DONE);
        assert_int_equal(shard.count, 8);
        assert_in_range(shard.index, 1, 8);
        assert_false(seen[shard.index - 1]);
        seen[shard.index - 1] = true;
    }
    set_array(0, 0, 999999, 1, 1000000);
    expect_refusal(NULL);
}

static void indexed_jobs_need_their_number(void **state)
{
    (void)state;
    set("JOB_COMPLETION_INDEX", 0);
    expect_refusal(NULL);
    set("COMICGAN_SHARDS", 5);
    assert_string_equal(expect_shard(NULL, 1, 5).source, "Kubernetes indexed job");
    set("JOB_COMPLETION_INDEX", 4);
    expect_shard(NULL, 5, 5);
    set("JOB_COMPLETION_INDEX", 5);
    expect_refusal(NULL);
    clear_environment(NULL);
    set("COMICGAN_SHARDS", 5); /* of which this is none */
    expect_refusal(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shards_deal_the_list_out),
        cmocka_unit_test_setup(the_option_is_read, clear_environment),
        cmocka_unit_test_setup(the_option_wins_over_the_environment, clear_environment),
        cmocka_unit_test_setup(slurm_arrays_from_any_id_on, clear_environment),
        cmocka_unit_test_setup(a_task_submitted_again_keeps_its_shard, clear_environment),
        cmocka_unit_test_setup(arrays_that_do_not_tell_are_refused, clear_environment),
        cmocka_unit_test_setup(steps_count_under_srun_alone, clear_environment),
        cmocka_unit_test_setup(mpirun_counts_before_the_step_it_runs_in, clear_environment),
        cmocka_unit_test_setup(tasks_and_their_processes_multiply, clear_environment),
        cmocka_unit_test_setup(indexed_jobs_need_their_number, clear_environment),
    };
    return cmocka_run_group_tests_name("shard", tests, NULL, NULL);
}
