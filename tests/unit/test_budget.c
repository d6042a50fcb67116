/* cli: the budget of memory, and how the machine is shared out. */
#include "cli/convert/budget.h"
#include "cli/convert/concurrency.h"
#include "comic/engine.h"
#include "startup/allocator.h"
#include "temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define MIB ((size_t)1 << 20)

/* Sanitizers have memory of their own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { OTHER_MEMORY = 1 };
#else
enum { OTHER_MEMORY = 0 };
#endif

static const struct cg_render_params plain = {.detail_px = 960, .line = 1.0f};

/* ---- the budget ------------------------------------------------------------------------------ */

struct taker {
    struct cg_budget *budget;
    size_t ticket, nbytes;
    bool taken;
    pthread_t thread;
};

static void *take(void *argument)
{
    struct taker *taker = argument;
    taker->taken = cg_budget_take(taker->budget, taker->ticket, taker->nbytes);
    return NULL;
}

static void start(struct taker *taker, struct cg_budget *budget, size_t ticket, size_t nbytes)
{
    *taker = (struct taker){.budget = budget, .ticket = ticket, .nbytes = nbytes};
    assert_int_equal(pthread_create(&taker->thread, NULL, take, taker), 0);
}

static void tickets_are_served_in_their_order(void **state)
{
    (void)state;
    struct cg_budget *budget;
    struct taker large, small;
    assert_int_equal(cg_budget_create(100, &budget, NULL), CG_OK);
    assert_true(cg_budget_take(budget, 0, 60));
    start(&small, budget, 2, 10); /* fits, but it is the large one's turn */
    start(&large, budget, 1, 90); /* waits for the first */
    cg_budget_give(budget, 60);
    pthread_join(large.thread, NULL);
    assert_true(large.taken);
    pthread_join(small.thread, NULL); /* 10 are left beside the large one */
    assert_true(small.taken);
    cg_budget_give(budget, 100);
    assert_true(cg_budget_take(budget, 3, 100)); /* all of it came back */
    cg_budget_free(budget);
}

static void closing_sends_everybody_away(void **state)
{
    (void)state;
    struct cg_budget *budget;
    struct taker waiting;
    assert_int_equal(cg_budget_create(100, &budget, NULL), CG_OK);
    assert_true(cg_budget_is_open(budget));
    assert_true(cg_budget_take(budget, 0, 100));
    start(&waiting, budget, 1, 1);
    cg_budget_close(budget);
    pthread_join(waiting.thread, NULL);
    assert_false(waiting.taken);
    assert_false(cg_budget_is_open(budget));
    assert_false(cg_budget_take(budget, 2, 0));
    cg_budget_free(budget);
    cg_budget_free(NULL);
}

static void estimates_grow_with_what_is_in_memory(void **state)
{
    (void)state;
    size_t pixels = (size_t)4000 * 3000, faces = pixels; /* a third of the photo */
    struct cg_image_info photo = {CG_IMAGE_JPEG, 4000, 3000, 3, 6 * pixels};
    struct cg_image_info grey = {CG_IMAGE_JPEG, 4000, 3000, 1, 2 * pixels};
    struct cg_image_info drawing = {CG_IMAGE_PNG, 4000, 3000, 4, 8 * pixels};
    size_t jpeg = cg_budget_of_picture(&photo, 5 * MIB, CG_IMAGE_JPEG);
    assert_int_equal(jpeg, 6 * pixels + 5 * MIB); /* reading is the peak */
    assert_int_equal(cg_budget_of_picture(&photo, 5 * MIB, CG_IMAGE_PNG), 9 * pixels + faces);
    assert_int_equal(cg_budget_of_picture(&grey, 5 * MIB, CG_IMAGE_JPEG), 4 * pixels + faces);
    assert_int_equal(cg_budget_of_picture(&drawing, MIB, CG_IMAGE_JPEG), 8 * pixels + 2 * MIB);
    assert_int_equal(cg_budget_of_picture(&drawing, MIB, CG_IMAGE_PNG), 12 * pixels + faces);
    struct cg_render_params fine = plain, hatched = plain;
    fine.detail_px = 1920;
    hatched.hatch = 0.5f;
    assert_true(cg_budget_of_session(&fine, 1) > 3 * cg_budget_of_session(&plain, 1));
    assert_true(cg_budget_of_session(&hatched, 1) > cg_budget_of_session(&plain, 1));
    assert_true(cg_budget_of_session(&plain, 8) > cg_budget_of_session(&plain, 1));
}

static size_t peak_nbytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss << 10;
}

/* Tiles of random colours, of which the default style makes many regions. */
static void convert_tiles(struct cg_session *session, const struct cg_render_params *looks,
                          int side, int tile)
{
    uint8_t *pixels = malloc(3 * (size_t)side * (size_t)side);
    assert_non_null(pixels);
    for (int i = 0; i < side * side; i++) {
        unsigned at = (unsigned)(i / side / tile * side + i % side / tile);
        for (unsigned c = 0; c < 3; c++)
            pixels[3 * i + (int)c] = (uint8_t)((3 * at + c + 1) * 0x9e3779b1u >> 20);
    }
    assert_int_equal(
        cg_session_convert(session, (struct cg_pixels){pixels, side, side, 3, 0}, looks, NULL),
        CG_OK);
    free(pixels);
}

static void no_picture_takes_more_than_its_estimate(void **state)
{
    enum { SIDE = 900 };
    struct cg_engine *engine;
    struct cg_session *session;
    (void)state;
    if (OTHER_MEMORY)
        skip();
    cg_allocator_keep();
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* of huge pages there are some or none */
    assert_int_equal(cg_engine_open(CG_DEFAULT_STYLE, &engine, NULL), CG_OK);
    assert_int_equal(cg_session_create(engine, 1, &session, NULL), CG_OK);
    struct cg_render_params looks = engine->looks;
    looks.detail_px = SIDE;
    convert_tiles(session, &looks, 32, 1);
    const size_t before = peak_nbytes();
    for (int tile = 1; tile <= 4; tile++)
        convert_tiles(session, &looks, SIDE, tile);
    const size_t picture = 2 * 3 * (size_t)SIDE * SIDE;
    const size_t taken = peak_nbytes() - before, most = cg_budget_of_session(&looks, 1) + picture;
    if (taken > most)
        fail_msg("%zu KiB, estimated %zu", taken >> 10, most >> 10);
    cg_session_free(session);
    cg_engine_free(engine);
}

/* ---- sharing out ----------------------------------------------------------------------------- */

static struct cg_concurrency_request request_of(size_t pictures)
{
    return (struct cg_concurrency_request){
        .pictures = pictures,
        .processors = 8,
        .looks = &plain,
        .machine = {16384 * MIB, "this machine has free", false},
        .resident_nbytes = 20 * MIB,
    };
}

static void expect_share(const struct cg_concurrency_request *request, int jobs, int threads)
{
    struct cg_concurrency share = cg_concurrency_choose(request);
    assert_int_equal(share.jobs, jobs);
    assert_int_equal(share.threads, threads);
}

static void processors_go_to_pictures_first(void **state)
{
    (void)state;
    struct cg_concurrency_request request = request_of(1);
    expect_share(&request, 1, 8);
    request.pictures = 0;
    expect_share(&request, 1, 8);
    request.pictures = 3;
    expect_share(&request, 3, 2);
    request.pictures = 1000;
    expect_share(&request, 8, 1);
    request.threads = 3;
    expect_share(&request, 2, 3);
    request.threads = 20;
    expect_share(&request, 1, 20);
    request.threads = 0;
    request.jobs = 4;
    expect_share(&request, 4, 2);
    request.jobs = 100;
    expect_share(&request, 100, 1);
    request.pictures = 5;
    expect_share(&request, 5, 1);
}

static void sessions_leave_memory_to_pictures(void **state)
{
    (void)state;
    struct cg_concurrency_request request = request_of(1000);
    size_t session = cg_budget_of_session(&plain, 1);
    request.memory_nbytes = 4 * session + 20 * MIB;
    struct cg_concurrency share = cg_concurrency_choose(&request);
    assert_int_equal(share.jobs, 2);
    assert_int_equal(share.threads, 1); /* not more because there are fewer */
    assert_int_equal(share.picture_nbytes, 2 * session);
    assert_non_null(strstr(share.reason, "--max-memory"));
    request.jobs = 4; /* the user's word stands */
    share = cg_concurrency_choose(&request);
    assert_int_equal(share.jobs, 4);
    assert_int_equal(share.picture_nbytes, 0);
    request.memory_nbytes = 1;
    assert_int_equal(cg_concurrency_choose(&request).picture_nbytes, 0);
}

static void mapped_memory_counts_where_addresses_are_limited(void **state)
{
    (void)state;
    struct cg_concurrency_request request = request_of(1);
    request.machine = (struct cg_machine_memory){1000 * MIB, "the limit leaves", true};
    struct cg_concurrency share = cg_concurrency_choose(&request);
    assert_in_range(share.threads, 1, 4);
    assert_true(share.picture_nbytes < (1000 - 128 * (size_t)share.threads) * MIB);
    assert_true(share.picture_nbytes >= 400 * MIB);
    assert_string_equal(share.reason, "what the limit leaves");
    request.machine.address_limited = false;
    assert_int_equal(cg_concurrency_choose(&request).threads, 8);
    assert_string_equal(cg_concurrency_choose(&request).reason, "75 % of what the limit leaves");
}

/* ---- what the machine has -------------------------------------------------------------------- */

static void write_text(const char *root, const char *path, const char *text)
{
    temp_write(root, path, text, strlen(text));
}

static void the_least_limit_counts(void **state)
{
    const char *root = *state;
    write_text(root, "proc/meminfo", "MemTotal: 8192 kB\nMemAvailable:    4096 kB\nX: 1 kB\n");
    struct cg_machine_memory memory = cg_machine_memory_read(root);
    assert_int_equal(memory.nbytes, 4096 * 1024);
    assert_string_equal(memory.source, "this machine has free");

    write_text(root, "proc/self/cgroup", "0::/a/b\n");
    write_text(root, "sys/fs/cgroup/a/b/memory.max", "max\n");
    write_text(root, "sys/fs/cgroup/a/b/memory.current", "5\n");
    assert_int_equal(cg_machine_memory_read(root).nbytes, 4096 * 1024);

    /* the group above has a limit; pages of files can be given up */
    write_text(root, "sys/fs/cgroup/a/memory.max", "1000000\n");
    write_text(root, "sys/fs/cgroup/a/memory.current", "700000\n");
    write_text(root, "sys/fs/cgroup/a/memory.stat", "anon 1\nfile 200000\nfile_mapped 7\n");
    memory = cg_machine_memory_read(root);
    assert_int_equal(memory.nbytes, 500000);
    assert_string_equal(memory.source, "its control group's limit leaves");
    assert_false(memory.address_limited);
}

static void nothing_known_is_no_limit(void **state)
{
    assert_true(cg_machine_memory_read(*state).nbytes == SIZE_MAX);
    assert_int_equal(cg_machine_memory_resident(*state), 0);
    assert_true(cg_machine_memory_resident("") > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tickets_are_served_in_their_order),
        cmocka_unit_test(closing_sends_everybody_away),
        cmocka_unit_test(estimates_grow_with_what_is_in_memory),
        cmocka_unit_test(no_picture_takes_more_than_its_estimate),
        cmocka_unit_test(processors_go_to_pictures_first),
        cmocka_unit_test(sessions_leave_memory_to_pictures),
        cmocka_unit_test(mapped_memory_counts_where_addresses_are_limited),
        cmocka_unit_test_setup_teardown(the_least_limit_counts, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(nothing_known_is_no_limit, temp_folder_setup,
                                        temp_folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
