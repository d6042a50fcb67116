/* train: ranks that train one run together, here as threads; tests/mpi has them as processes. */
#include "base/rng.h"
#include "train/comm/ranks.h"
#include "unit/fixture_ranks.h"
#include "unit/fixture_run.h"
#include "unit/temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the tree -------------------------------------------------------------------------------- */

#define LENGTH 37

/* n vectors cut into parts: each part by itself, then the parts' sums, as ranks do it. */
static void sum_by_parts(const float *vectors, int n, int parts, float *sum)
{
    float *copy = malloc((size_t)n * LENGTH * sizeof(float));
    float *sums = malloc((size_t)parts * LENGTH * sizeof(float));
    assert_true(copy != NULL && sums != NULL);
    memcpy(copy, vectors, (size_t)n * LENGTH * sizeof(float));
    for (int p = 0; p < parts; p++) {
        float *first = copy + (size_t)cg_reduction_tree_cut(n, parts, p) * LENGTH;
        cg_reduction_tree_sum(first, LENGTH, LENGTH, n, parts, p);
        memcpy(sums + (size_t)p * LENGTH, first, LENGTH * sizeof(float));
    }
    cg_reduction_tree_sum(sums, LENGTH, LENGTH, parts, 1, 0);
    memcpy(sum, sums, LENGTH * sizeof(float));
    free(sums);
    free(copy);
}

static void powers_of_two_add_to_the_same_bits(void **state)
{
    float vectors[21 * LENGTH], whole[LENGTH], parts[LENGTH];
    (void)state;
    struct cg_rng rng = cg_rng_make(5, 0, 0);
    for (int i = 0; i < 21 * LENGTH; i++)
        vectors[i] = cg_rng_normal(&rng);
    for (int n = 1; n <= 21; n++) {
        sum_by_parts(vectors, n, 1, whole);
        for (int p = 2; p <= n; p *= 2) {
            sum_by_parts(vectors, n, p, parts);
            assert_memory_equal(parts, whole, sizeof(whole));
        }
    }
}

static void nothing_is_left_out_of_the_sum(void **state)
{
    float vectors[21 * LENGTH], sum[LENGTH];
    (void)state;
    for (int n = 1; n <= 21; n++)
        for (int parts = 1; parts <= n; parts++) {
            for (int i = 0; i < n * LENGTH; i++)
                vectors[i] = (float)(1 << i / LENGTH); /* one bit each */
            sum_by_parts(vectors, n, parts, sum);
            for (int i = 0; i < LENGTH; i++)
                assert_true(sum[i] == (float)((1 << n) - 1));
        }
}

/* ---- what ranks tell each other -------------------------------------------------------------- */

/* What a rank finds wrong; cmocka's assertions belong to the main thread. */
struct findings {
    atomic_int wrong;
};

static void expect(struct findings *findings, bool right, const char *what)
{
    if (!right) {
        fprintf(stderr, "not so: %s\n", what);
        atomic_fetch_add(&findings->wrong, 1);
    }
}

static void by_all_sizes(void (*fn)(struct cg_ranks *ranks, void *context))
{
    struct findings findings = {0};
    fn(NULL, &findings);
    for (int count = 2; count <= 5; count++)
        fixture_with_ranks(count, fn, &findings);
    assert_int_equal(atomic_load(&findings.wrong), 0);
}

static void talk(struct cg_ranks *ranks, void *context)
{
    int index = cg_ranks_index(ranks), count = cg_ranks_count(ranks), begin, end;
    double items[11] = {0};
    char word[6];
    snprintf(word, sizeof(word), "rank%d", index);
    cg_ranks_broadcast(ranks, word, sizeof(word));
    expect(context, strcmp(word, "rank0") == 0, "all have the first one's word");
    cg_ranks_share(ranks, 11, &begin, &end);
    expect(context, end - begin >= 11 / count, "everyone has a share");
    for (int i = begin; i < end; i++)
        items[i] = 10.0 * i;
    cg_ranks_allgather(ranks, items, 11, sizeof(items[0]));
    for (int i = 0; i < 11; i++)
        expect(context, items[i] == 10.0 * i, "all have all items");
    expect(context, cg_ranks_allreduce_max(ranks, -index) == 0, "the first one's is the greatest");
    expect(context, cg_ranks_allreduce_max(ranks, index) == count - 1, "the last one's is");
}

static void ranks_tell_each_other(void **state)
{
    (void)state;
    by_all_sizes(talk);
}

static void disagree(struct cg_ranks *ranks, void *context)
{
    struct cg_error error = {0};
    int index = cg_ranks_index(ranks), count = cg_ranks_count(ranks);
    enum cg_status own = CG_OK;
    expect(context, cg_ranks_agree(ranks, own, &error) == CG_OK, "all is well");
    if (index == count - 1)
        own = cg_fail(&error, CG_ERR_FULL, "no room");
    expect(context, cg_ranks_agree(ranks, own, &error) == CG_ERR_FULL, "all have its status");
    char expected[32];
    snprintf(expected, sizeof(expected), "rank %d: no room", count - 1);
    expect(context, strcmp(error.text, count == 1 ? "no room" : expected) == 0, "and its text");
    own = cg_fail(&error, CG_ERR_IO, "failed");
    expect(context, cg_ranks_agree(ranks, own, &error) == CG_ERR_IO, "all failed");
    expect(context, strcmp(error.text, "failed") == 0, "the first one is not named");
}

static void a_failure_is_everyones(void **state)
{
    (void)state;
    by_all_sizes(disagree);
}

/* ---- allreduces ------------------------------------------------------------------------------ */

#define NUMBERS 1001
#define EXCHANGES 3

/* Several at a time, started in different orders, again and again; one has less numbers than there
 * are ranks. */
static void allreduce(struct cg_ranks *ranks, void *context)
{
    static const size_t counts[EXCHANGES] = {NUMBERS, 2, 64};
    struct cg_allreduce *allreduces[EXCHANGES];
    float data[EXCHANGES][NUMBERS];
    int index = cg_ranks_index(ranks), count = cg_ranks_count(ranks);
    for (int e = 0; e < EXCHANGES; e++)
        if (cg_allreduce_create(ranks, data[e], counts[e], &allreduces[e], NULL) != CG_OK)
            abort();
    for (int round = 0; round < 20; round++) {
        for (int k = 0; k < EXCHANGES; k++) {
            int e = (k + index + round) % EXCHANGES;
            for (size_t i = 0; i < counts[e]; i++)
                data[e][i] = (float)(1 + index) * (float)((size_t)round + i);
            cg_allreduce_start(allreduces[e]);
            cg_ranks_advance(ranks);
        }
        for (int e = 0; e < EXCHANGES; e++) {
            bool right = true;
            cg_allreduce_wait(allreduces[e]);
            for (size_t i = 0; i < counts[e]; i++)
                right &=
                    data[e][i] == (float)(count * (count + 1) / 2) * (float)((size_t)round + i);
            expect(context, right, "the sum is that of all ranks");
        }
    }
    for (int e = 0; e < EXCHANGES; e++)
        cg_allreduce_free(allreduces[e]);
}

static void exchanges_add_up(void **state)
{
    (void)state;
    by_all_sizes(allreduce);
}

/* ---- a run ----------------------------------------------------------------------------------- */

struct training {
    const struct fixture_run *run;
    uint64_t steps;
    bool resume;
    atomic_int failures;
};

static void train(struct cg_ranks *ranks, void *context)
{
    struct training *training = context;
    const struct fixture_run *run = training->run;
    const struct cg_train_limits limits = {.steps = training->steps, .ranks = ranks};
    struct cg_error error;
    enum cg_status status =
        training->resume
            ? cg_train_resume(run->out, run->options.threads, &limits, NULL, NULL, &error)
            : cg_train_start(&run->options, &limits, NULL, NULL, &error);
    if (status != CG_OK) {
        fprintf(stderr, "rank %d: %s\n", cg_ranks_index(ranks), error.text);
        atomic_fetch_add(&training->failures, 1);
    }
}

static int train_with(int ranks, const struct fixture_run *run, uint64_t steps, bool resume)
{
    struct training training = {run, steps, resume, 0};
    fixture_with_ranks(ranks, train, &training);
    return atomic_load(&training.failures);
}

/* 6 micro-batches: for 4 ranks the shares are not equal. Two threads each for two ranks. */
static void ranks_do_not_change_a_byte(void **state)
{
    struct fixture_run one = fixture_run_on_pictures(*state, "one");
    one.options.recipe.batch = 6;
    one.options.recipe.palette = 0.0f; /* takes long, and is another test's */
    fixture_must_start(&one, 7);
    for (int ranks = 2; ranks <= 4; ranks += 2) {
        struct fixture_run more = fixture_run_new(*state, ranks == 2 ? "two" : "four");
        more.options.recipe.batch = 6;
        more.options.recipe.palette = 0.0f;
        more.options.threads = ranks == 2 ? 2 : 1;
        assert_int_equal(train_with(ranks, &more, 3, false), 0);
        assert_int_equal(train_with(6 - ranks, &more, 7, true), 0);
        assert_true(fixture_same_file(&one, &more, FIXTURE_MODEL));
        assert_true(fixture_same_file(&one, &more, FIXTURE_CHECKPOINT));
        fixture_run_clear(&more);
    }
    fixture_run_clear(&one);
}

static void each_rank_needs_a_micro_batch(void **state)
{
    struct fixture_run run = fixture_run_on_pictures(*state, "run");
    assert_int_equal(train_with(3, &run, 1, false), 3); /* two micro-batches */
    fixture_run_clear(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(powers_of_two_add_to_the_same_bits),
        cmocka_unit_test(nothing_is_left_out_of_the_sum),
        cmocka_unit_test(ranks_tell_each_other),
        cmocka_unit_test(a_failure_is_everyones),
        cmocka_unit_test(exchanges_add_up),
        cmocka_unit_test_setup_teardown(ranks_do_not_change_a_byte, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(each_rank_needs_a_micro_batch, temp_folder_setup,
                                        temp_folder_teardown),
    };
    return cmocka_run_group_tests_name("ranks", tests, NULL, NULL);
}
