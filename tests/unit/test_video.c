/* video/pipeline, pace and parts: order, failures in every stage, sizes that keep up, going on. */
#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "temp_folder.h"
#include "video/pace.h"
#include "video/parts.h"
#include "video/pipeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- pipeline -------------------------------------------------------------------------------- */

enum { FRAME_NBYTES = 16, NEVER = -1 };

struct work {
    int frames, to_read, converted, written;
    int read_fails, convert_fails, write_fails; /* at which frame */
    int repeat;                                 /* a frame that equals the one before */
    int waits_on[2];                            /* a pipe that nothing comes from but stop's byte */
};

static enum cg_status fail_at(int frame, int failing, const char *what, struct cg_error *error)
{
    return frame == failing ? cg_fail(error, CG_ERR_IO, "%s failed", what) : CG_OK;
}

static enum cg_status read_one(void *context, uint8_t *pixels, enum cg_pipeline_read *found,
                               struct cg_error *error)
{
    struct work *work = context;
    if (work->to_read == work->frames)
        *found = CG_PIPELINE_END;
    else if (work->to_read == work->repeat)
        *found = CG_PIPELINE_REPEAT;
    if (*found == CG_PIPELINE_END && work->waits_on[0] >= 0)
        (void)!read(work->waits_on[0], pixels, 1);
    memset(pixels, work->to_read, FRAME_NBYTES);
    return fail_at(work->to_read++, work->read_fails, "read", error);
}

static enum cg_status convert_one(void *context, uint8_t *pixels, const uint8_t *former,
                                  struct cg_error *error)
{
    struct work *work = context;
    assert_true((former != NULL) == (work->converted == work->repeat));
    for (int i = 0; i < FRAME_NBYTES; i++) {
        if (former != NULL)
            assert_int_equal(former[i], work->converted);
        assert_int_equal(pixels[i]++, work->converted);
    }
    return fail_at(work->converted++, work->convert_fails, "convert", error);
}

static enum cg_status write_one(void *context, const uint8_t *pixels, struct cg_error *error)
{
    struct work *work = context;
    for (int i = 0; i < FRAME_NBYTES; i++)
        assert_int_equal(pixels[i], work->written + 1);
    return fail_at(work->written++, work->write_fails, "write", error);
}

static void stop(void *context)
{
    struct work *work = context;
    if (work->waits_on[1] >= 0)
        (void)!write(work->waits_on[1], "", 1);
}

static enum cg_status run(struct work *work, struct cg_error *error)
{
    const struct cg_pipeline pipeline = {.context = work,
                                         .frame_nbytes = FRAME_NBYTES,
                                         .read = read_one,
                                         .convert = convert_one,
                                         .write = write_one,
                                         .stop = stop};
    return cg_pipeline_run(&pipeline, error);
}

static struct work work_of(int frames)
{
    return (struct work){.frames = frames,
                         .read_fails = NEVER,
                         .convert_fails = NEVER,
                         .write_fails = NEVER,
                         .repeat = NEVER,
                         .waits_on = {-1, -1}};
}

static void frames_keep_their_order(void **state)
{
    (void)state;
    static const int counts[] = {0, 1, 2, 5, 6, 100};
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct work work = work_of(counts[i]);
        assert_int_equal(run(&work, NULL), CG_OK);
        assert_int_equal(work.converted, counts[i]);
        assert_int_equal(work.written, counts[i]);
    }
}

/* What the frame before has become is whole when a repeat is converted. */
static void a_repeat_finds_the_frame_before(void **state)
{
    (void)state;
    for (int repeat = 1; repeat < 40; repeat++) {
        struct work work = work_of(40);
        work.repeat = repeat;
        assert_int_equal(run(&work, NULL), CG_OK);
        assert_int_equal(work.written, 40);
    }
}

static void a_failure_ends_it(void **state)
{
    (void)state;
    for (int frame = 0; frame < 20; frame += 19) {
        struct cg_error error;
        struct work work = work_of(40);
        work.read_fails = frame;
        assert_int_equal(run(&work, &error), CG_ERR_IO);
        assert_string_equal(error.text, "read failed");
        assert_int_equal(work.written, frame); /* all that came before */
        work = work_of(40);
        work.convert_fails = frame;
        assert_int_equal(run(&work, &error), CG_ERR_IO);
        assert_string_equal(error.text, "convert failed");
        assert_true(work.written <= frame);
        work = work_of(40);
        work.write_fails = frame;
        assert_int_equal(run(&work, &error), CG_ERR_IO);
        assert_string_equal(error.text, "write failed");
        assert_int_equal(work.written, frame + 1);
    }
}

/* The writer fails while the reader waits for a frame that never comes. */
static void a_waiting_reader_does_not_hold_up_the_end(void **state)
{
    (void)state;
    struct work work = work_of(3);
    assert_int_equal(pipe(work.waits_on), 0);
    work.write_fails = 1;
    assert_int_equal(run(&work, NULL), CG_ERR_IO);
    close(work.waits_on[0]);
    close(work.waits_on[1]);
}

/* ---- pace ------------------------------------------------------------------------------------ */

static void the_size_fits_the_time(void **state)
{
    (void)state;
    /* a quarter of the time at the first size: larger; all of it: no smaller, as faces would go */
    struct cg_pace pace = cg_pace_make(0.04, 960, 0.01);
    assert_in_range(pace.detail_px, 700, 900);
    assert_int_equal(cg_pace_make(0.04, 960, 0.04).detail_px, CG_PACE_LEAST_PX);
    assert_int_equal(cg_pace_make(0.04, 960, 1e-9).detail_px, 960);
    assert_int_equal(cg_pace_make(0.04, 960, 100.0).detail_px, CG_PACE_LEAST_PX);
    assert_int_equal(cg_pace_make(0.04, 128, 100.0).detail_px, 128);
}

static void the_size_changes_only_unseen_or_when_late(void **state)
{
    (void)state;
    struct cg_pace pace = cg_pace_make(0.04, 960, 0.01);
    int detail_px = pace.detail_px;
    /* time to spare: nothing until a cut, then larger */
    for (int i = 0; i < 100; i++)
        assert_false(cg_pace_after_frame(&pace, 0.01, false));
    assert_true(cg_pace_after_frame(&pace, 0.01, true));
    assert_true(pace.detail_px > detail_px);
    /* a few slow frames are no reason, many are */
    detail_px = pace.detail_px;
    for (int i = 0; i < 10; i++)
        assert_false(cg_pace_after_frame(&pace, 0.08, false));
    bool changed = false;
    for (int i = 0; i < 30 && !changed; i++)
        changed = cg_pace_after_frame(&pace, 0.08, false);
    assert_true(changed && pace.detail_px < detail_px);
    /* as it should be: never again */
    for (int i = 0; i < 200; i++)
        assert_false(cg_pace_after_frame(&pace, 0.034, i % 20 == 0));
}

/* ---- parts ----------------------------------------------------------------------------------- */

static void finish_part(struct cg_parts *parts, const char *text)
{
    int index = cg_parts_done(parts);
    assert_int_equal(cg_file_write(cg_parts_state_path(parts, index), "s", 1, NULL), CG_OK);
    assert_int_equal(cg_file_write(cg_parts_next_path(parts), text, strlen(text), NULL), CG_OK);
    assert_int_equal(cg_parts_commit(parts, NULL), CG_OK);
}

static struct cg_parts *open_parts(const char *out, const char *job)
{
    struct cg_parts *parts;
    assert_int_equal(cg_parts_open(out, job, ".mp4", &parts, NULL), CG_OK);
    return parts;
}

static void work_goes_on_where_it_was(void **state)
{
    char *out = temp_path(*state, "o'u t.mp4");
    const double starts[] = {0.25, 0.75};
    struct cg_parts *parts = open_parts(out, "job");
    assert_int_equal(cg_parts_done(parts), 0);
    finish_part(parts, "one");
    finish_part(parts, "two");
    assert_int_equal(access(cg_parts_state_path(parts, 1), F_OK), 0);
    assert_int_not_equal(access(cg_parts_state_path(parts, 0), F_OK), 0);
    cg_parts_free(parts);

    parts = open_parts(out, "job");
    assert_int_equal(cg_parts_done(parts), 2);
    cg_parts_drop_if_empty(parts); /* it is not */
    cg_parts_free(parts);

    parts = open_parts(out, "another job");
    assert_int_equal(cg_parts_done(parts), 0);
    finish_part(parts, "three");
    const char *list;
    uint8_t *bytes;
    size_t nbytes;
    finish_part(parts, "four");
    assert_int_equal(cg_parts_list(parts, starts, &list, NULL), CG_OK);
    assert_int_equal(cg_file_read(list, 1000, &bytes, &nbytes, NULL), CG_OK);
    char *folder = temp_path(*state, "");
    char *expected =
        cg_string_format("file 'file:%so'\\''u t.mp4.parts/part-00000.mp4'\nduration 0.500000\n"
                         "file 'file:%so'\\''u t.mp4.parts/part-00001.mp4'\n",
                         folder, folder);
    assert_int_equal(nbytes, strlen(expected));
    assert_memory_equal(bytes, expected, nbytes);
    free(expected);
    free(folder);
    free(bytes);

    assert_int_equal(cg_file_write(cg_parts_joined_path(parts, ".mp4"), "whole", 5, NULL), CG_OK);
    assert_int_equal(cg_parts_finish(parts, ".mp4", CG_WRITE_NEW, NULL), CG_OK);
    cg_parts_free(parts);
    char *parts_folder = cg_string_format("%s.parts", out);
    assert_int_equal(access(out, F_OK), 0);
    assert_int_not_equal(access(parts_folder, F_OK), 0);
    free(parts_folder);
    free(out);
}

static void assert_parts_refused(const char *out, const char *text)
{
    struct cg_parts *parts;
    struct cg_error error;
    assert_int_equal(cg_parts_open(out, "job", ".mp4", &parts, &error), CG_ERR_IO);
    assert_non_null(strstr(error.text, text));
}

static void the_folder_is_this_users_alone(void **state)
{
    char *out = temp_path(*state, "out.mp4"), *folder = temp_path(*state, "out.mp4.parts");
    char *job = temp_path(*state, "out.mp4.parts/job"), *victim = temp_path(*state, "victim");
    struct stat about;
    assert_int_equal(chmod(folder, 0777), 0);
    cg_parts_free(open_parts(out, "job"));
    assert_int_equal(stat(folder, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0700);

    assert_int_equal(cg_file_write(victim, "v", 1, NULL), CG_OK);
    assert_int_equal(unlink(job), 0);
    assert_int_equal(symlink(victim, job), 0);
    assert_parts_refused(out, "out.mp4.parts");
    assert_int_equal(stat(victim, &about), 0);
    assert_int_equal(about.st_size, 1);
    assert_int_equal(unlink(job), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(folder, 54321, 54321), 0);
        assert_parts_refused(out, "another user's");
    }
    assert_int_equal(rmdir(folder), 0);
    free(victim);
    free(job);
    free(folder);
    free(out);
}

static void a_folder_with_other_files_is_let_be(void **state)
{
    char *out = temp_path(*state, "out.mp4"), *other = temp_path(*state, "out.mp4.parts/list");
    char *folder = temp_path(*state, "out.mp4.parts");
    assert_int_equal(cg_file_write(other, "mine", 4, NULL), CG_OK);
    assert_parts_refused(out, "where other files lie");
    assert_int_equal(access(other, F_OK), 0);
    assert_int_equal(unlink(other), 0);
    cg_parts_free(open_parts(out, "job"));
    free(folder);
    free(other);
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_keep_their_order),
        cmocka_unit_test(a_repeat_finds_the_frame_before),
        cmocka_unit_test(a_failure_ends_it),
        cmocka_unit_test(a_waiting_reader_does_not_hold_up_the_end),
        cmocka_unit_test(the_size_fits_the_time),
        cmocka_unit_test(the_size_changes_only_unseen_or_when_late),
        cmocka_unit_test_setup_teardown(the_folder_is_this_users_alone, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(a_folder_with_other_files_is_let_be, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(work_goes_on_where_it_was, temp_folder_setup,
                                        temp_folder_teardown),
    };
    return cmocka_run_group_tests_name("video", tests, NULL, NULL);
}
