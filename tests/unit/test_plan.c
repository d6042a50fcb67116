/*
 * cli: the plan of a convert call: names, collisions, what is there already, shards. Each test runs
 * in an empty folder of its own, so that its paths are short.
 */
#include "base/file_writer.h"
#include "cli/cli.h"
#include "cli/convert/plan.h"
#include "cli/convert/plan_parts.h"
#include "fixture.h"
#include "temp_folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ARGUMENTS_MAX 8

static int enter_folder(void **state)
{
    static const char *const tell_shards[] = {"SLURM_ARRAY_TASK_ID",  "SLURM_STEP_ID",
                                              "JOB_COMPLETION_INDEX", "COMICGAN_SHARDS",
                                              "OMPI_COMM_WORLD_RANK", "PMI_RANK"};
    for (size_t i = 0; i < sizeof(tell_shards) / sizeof(tell_shards[0]); i++)
        unsetenv(tell_shards[i]);
    temp_folder_setup(state);
    return chdir(*state);
}

static int leave_folder(void **state)
{
    return chdir("/") == 0 ? temp_folder_teardown(state) : -1;
}

static void touch(const char *path)
{
    temp_write(".", path, "", 0);
}

/* The plan of a call with these arguments (split at blanks) and otherwise these options. */
static int make(struct cg_plan_options options, const char *arguments, struct cg_plan *plan)
{
    char words[256], *rest = words;
    const char *list[ARGUMENTS_MAX];
    snprintf(words, sizeof(words), "%s", arguments);
    options.arguments = list;
    options.argument_count = 0;
    for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL;)
        list[options.argument_count++] = word;
    return cg_plan_make(&options, plan);
}

/* jobs: "in > out" each, joined by blanks. */
static void expect_jobs(struct cg_plan_options options, const char *arguments, const char *jobs)
{
    struct cg_plan plan;
    char found[1024] = "";
    assert_int_equal(make(options, arguments, &plan), CG_EXIT_DONE);
    for (size_t i = 0; i < plan.count; i++) {
        size_t length = strlen(found);
        snprintf(found + length, sizeof(found) - length, "%s%s>%s", i > 0 ? " " : "",
                 plan.jobs[i].in, plan.jobs[i].out);
    }
    assert_string_equal(found, jobs);
    cg_plan_free(&plan);
}

/* What the call says on stderr must hold each of the words. */
static void expect_refusal(struct cg_plan_options options, const char *arguments, int code,
                           const char *first, const char *second)
{
    struct cg_plan plan;
    char text[1024] = "";
    fflush(stderr);
    int kept = dup(STDERR_FILENO), file = open("stderr", O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(kept >= 0 && file >= 0 && dup2(file, STDERR_FILENO) >= 0);
    int found = make(options, arguments, &plan);
    dup2(kept, STDERR_FILENO);
    assert_true(pread(file, text, sizeof(text) - 1, 0) >= 0);
    close(file);
    close(kept);
    assert_int_equal(unlink("stderr"), 0);
    assert_int_equal(found, code);
    assert_int_equal(plan.count, 0);
    if (strstr(text, first) == NULL || strstr(text, second) == NULL)
        fail_msg("expected \"%s\" and \"%s\" in: %s", first, second, text);
}

static const struct cg_plan_options plain = {0};

/* ---- names ----------------------------------------------------------------------------------- */

static void expect_name(const char *relative, const char *suffix, enum cg_plan_format wanted,
                        const char *expected, enum cg_image_format expected_format)
{
    enum cg_image_format format;
    char *name = cg_plan_comic_name("out", relative, suffix, wanted, &format);
    assert_string_equal(name, expected);
    assert_int_equal(format, expected_format);
    free(name);
}

static void a_comic_has_one_ending(void **state)
{
    (void)state;
    expect_name("photo.jpg", NULL, CG_PLAN_FORMAT_BY_NAME, "out/photo.png", CG_IMAGE_PNG);
    expect_name("a.b/photo.JPEG", NULL, CG_PLAN_FORMAT_PNG, "out/a.b/photo.png", CG_IMAGE_PNG);
    expect_name("a.jpg/photo", NULL, CG_PLAN_FORMAT_PNG, "out/a.jpg/photo.png", CG_IMAGE_PNG);
    expect_name("v1.2.png", "-c", CG_PLAN_FORMAT_JPEG, "out/v1.2-c.jpg", CG_IMAGE_JPEG);
    expect_name("scan.old", NULL, CG_PLAN_FORMAT_PNG, "out/scan.old.png", CG_IMAGE_PNG);
    expect_name("photo.JPG", "-c", CG_PLAN_FORMAT_SAME, "out/photo-c.JPG", CG_IMAGE_JPEG);
    expect_name("photo.png", NULL, CG_PLAN_FORMAT_SAME, "out/photo.png", CG_IMAGE_PNG);
    enum cg_image_format format;
    assert_null(cg_plan_comic_name("out", "photo", NULL, CG_PLAN_FORMAT_SAME, &format));
}

static void listed_paths_stay_inside(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a.png", "a.png"},
        {"./a/./b.png", "a/b.png"},
        {"/data//b.png", "data/b.png"},
        {"../../b.png", "b.png"},
        {"a/b/../../../c.png", "c.png"},
        {"a/../b.png", "b.png"},
        {"..a/b..png", "..a/b..png"},
        {"a/b/..", "a"},
        {"..", ""},
        {"/", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *inside = cg_plan_inside(cases[i][0]);
        assert_string_equal(inside, cases[i][1]);
        free(inside);
    }
}

/* ---- inputs and outputs ---------------------------------------------------------------------- */

static void one_picture_goes_to_a_file_or_a_folder(void **state)
{
    (void)state;
    touch("a.jpg");
    touch("there/x");
    expect_jobs(plain, "a.jpg b.png", "a.jpg>b.png");
    expect_jobs(plain, "a.jpg there", "a.jpg>there/a.png");
    expect_jobs(plain, "./a.jpg new/", "./a.jpg>new/a.png");
    expect_jobs(plain, "- b.png", "->b.png");
    expect_jobs((struct cg_plan_options){.format = CG_PLAN_FORMAT_JPEG}, "a.jpg -", "a.jpg>-");
    expect_jobs((struct cg_plan_options){.format = CG_PLAN_FORMAT_SAME}, "a.jpg -", "a.jpg>-");
    expect_jobs((struct cg_plan_options){.format = CG_PLAN_FORMAT_JPEG}, "- -", "->-");
    assert_int_not_equal(access("new", F_OK), 0);
}

static void one_picture_with_a_wrong_out_is_refused(void **state)
{
    (void)state;
    const struct cg_plan_options jpeg = {.format = CG_PLAN_FORMAT_JPEG};
    const struct cg_plan_options same = {.format = CG_PLAN_FORMAT_SAME};
    touch("a.jpg");
    touch("a");
    expect_refusal(plain, "a.jpg -", 2, "standard output", "--format");
    expect_refusal(plain, "a.jpg new", 2, "new", "slash");
    expect_refusal(jpeg, "a.jpg new", 2, "new", "slash");
    expect_refusal(jpeg, "a.jpg b.png", 2, "--format", "b.png");
    expect_refusal(same, "a.jpg b.png", 2, "--format", "b.png");
    expect_refusal(same, "a b.png", 2, "--format same", "found a");
    expect_refusal(plain, "- new/", 2, "standard input", "file");
    expect_refusal(plain, "a.jpg nowhere/b.png", 1, "nowhere", "b.png");
    expect_refusal(plain, "missing.jpg b.png", 1, "missing.jpg", "no such file");
    expect_refusal((struct cg_plan_options){.suffix = "-c"}, "a.jpg b.png", 2, "--suffix", "b.png");
    expect_refusal((struct cg_plan_options){.suffix = "/c"}, "a.jpg new/", 2, "--suffix", "/c");
    expect_refusal((struct cg_plan_options){.nul_separated = true}, "a.jpg b.png", 2, "-0", "-0");
}

static void several_pictures_go_to_a_folder(void **state)
{
    (void)state;
    touch("z/a.jpg");
    touch("b.jpg");
    touch("m/c.png");
    touch("m/notes.txt");
    touch("m/deep/d.png");
    touch("file");
    expect_jobs(plain, "z/a.jpg b.jpg missing.png new",
                "z/a.jpg>new/a.png b.jpg>new/b.png missing.png>new/missing.png");
    expect_jobs(plain, "m b.jpg new/", "b.jpg>new/b.png m/c.png>new/c.png");
    expect_jobs((struct cg_plan_options){.recursive = true}, "m/ new//",
                "m/c.png>new/c.png m/deep/d.png>new/deep/d.png");
    expect_jobs(plain, "b.jpg ./b.jpg b.jpg new/", "./b.jpg>new/b.png");
    expect_refusal(plain, "z/a.jpg b.jpg c.png", 2, "expected a folder", "c.png");
    expect_refusal(plain, "m c.png", 2, "expected a folder", "c.png");
    expect_refusal(plain, "m file", 2, "file", "expected a folder");
    expect_refusal(plain, "m -", 2, "standard output", "one picture");
    expect_refusal(plain, "b.jpg - new", 2, "standard input", "no name");
}

static void folders_leave_out_what_is_no_picture(void **state)
{
    (void)state;
    touch("in/a.png");
    touch("in/.a.png.comicgan-abcdef");
    touch("in/.hidden/b.png");
    touch("in/text.txt");
    touch("in/sub/c.jpg");
    touch("in/out/a.png");
    assert_int_equal(symlink("..", "in/up"), 0);
    assert_int_equal(symlink("sub/c.jpg", "in/link.jpg"), 0);
    struct cg_plan plan;
    const struct cg_plan_options all = {.recursive = true, .skip_existing = true};
    assert_int_equal(make(all, "in in/out", &plan), CG_EXIT_DONE);
    assert_int_equal(plan.count, 3);
    assert_string_equal(plan.jobs[1].in, "in/link.jpg");
    assert_int_equal(plan.hidden, 2);
    assert_int_equal(plan.links, 1);
    assert_int_equal(plan.others, 1);
    cg_plan_free(&plan);
    assert_int_equal(mkdir("empty", 0700), 0);
    expect_refusal(plain, "empty new", 1, "found none", "--recursive");
    expect_refusal((struct cg_plan_options){.recursive = true}, "empty new", 1, "found none",
                   "empty");
}

static void comics_beside_their_photos_are_no_photos(void **state)
{
    (void)state;
    const struct cg_plan_options beside = {.suffix = "-c", .recursive = true};
    touch("in/a.jpg");
    touch("in/sub/b.jpg");
    touch("in/sub/b-c.png");
    struct cg_plan plan;
    assert_int_equal(unlink("in/sub/b-c.png"), 0);
    expect_jobs(beside, "in ./in", "in/a.jpg>./in/a-c.png in/sub/b.jpg>./in/sub/b-c.png");
    touch("in/sub/b-c.png");
    struct cg_plan_options again = beside;
    again.skip_existing = true;
    assert_int_equal(make(again, "in ./in", &plan), CG_EXIT_DONE);
    assert_int_equal(plan.count, 2);
    assert_int_equal(plan.comics, 1);
    cg_plan_free(&plan);
}

static void a_folder_of_both_takes_a_suffix(void **state)
{
    (void)state;
    const struct cg_plan_options again = {.skip_existing = true, .recursive = true};
    touch("in/a.jpg");
    touch("other/b.jpg");
    assert_int_equal(symlink("in", "link"), 0);
    expect_refusal(plain, "in in", 2, "in is the folder", "--suffix");
    expect_refusal(again, "in link/", 2, "in is the folder", "--suffix");
    expect_refusal(again, "other in in/.", 2, "in is the folder", "--suffix");
    expect_jobs(again, "in in/new", "in/a.jpg>in/new/a.png");
}

static void a_list_keeps_its_folders(void **state)
{
    (void)state;
    const struct cg_plan_options lines = {.files_from = "list"};
    const struct cg_plan_options zeros = {.files_from = "list", .nul_separated = true};
    static const char paths[] = "b/x.jpg\n\n../y.png\r\n-\n/d/z.png";
    temp_write(".", "list", paths, sizeof(paths) - 1);
    expect_jobs(lines, "new",
                "./->new/-.png b/x.jpg>new/b/x.png /d/z.png>new/d/z.png ../y.png>new/y.png");
    temp_write(".", "list", "\xef\xbb\xbfx.jpg\n", 9);
    expect_jobs(lines, "new", "x.jpg>new/x.png");
    temp_write(".", "list", "b\nc.jpg\0d.jpg", 13);
    expect_jobs(zeros, "new", "b\nc.jpg>new/b\nc.png d.jpg>new/d.png");
    expect_refusal(lines, "new", 2, "zero byte", "-0");
    temp_write(".", "list", "", 0);
    expect_jobs(lines, "new", "");
    temp_write(".", "list", "..\n", 3);
    expect_refusal(lines, "new", 2, "expected a picture", "..");
    expect_refusal((struct cg_plan_options){.files_from = "nolist"}, "new", 2, "nolist", "no such");
}

/* ---- collisions ------------------------------------------------------------------------------ */

static void two_pictures_for_one_comic_are_refused(void **state)
{
    (void)state;
    touch("in/photo.jpg");
    touch("in/photo.png");
    touch("case/A.png");
    touch("case/a.jpg");
    touch("other/photo.png");
    expect_refusal(plain, "in new", 2, "in/photo.jpg and in/photo.png", "new/photo.png");
    expect_refusal(plain, "in/photo.jpg other new", 2, "in/photo.jpg", "other/photo.png");
    expect_refusal(plain, "case new", 2, "case/A.png and case/a.jpg", "new/a.png");
    expect_jobs((struct cg_plan_options){.format = CG_PLAN_FORMAT_SAME}, "in new",
                "in/photo.jpg>new/photo.jpg in/photo.png>new/photo.png");
}

static void an_input_is_never_written_over(void **state)
{
    (void)state;
    struct cg_plan_options force = {.force = true};
    touch("in/a.png");
    assert_int_equal(link("in/a.png", "hard.png"), 0);
    assert_int_equal(symlink("in/a.png", "soft.png"), 0);
    assert_int_equal(symlink("in", "again"), 0);
    expect_refusal(force, "in/a.png ./in/a.png", 2, "the same file", "in/a.png");
    expect_refusal(force, "in/a.png hard.png", 2, "the same file", "hard.png");
    expect_refusal(force, "in/a.png soft.png", 2, "the same file", "soft.png");
    expect_refusal(force, "in in", 2, "is the folder", "--suffix");
    expect_refusal(force, "in again/", 2, "is the folder", "--suffix");
    touch("x.png");
    touch("x-c.png");
    force.suffix = "-c";
    expect_refusal(force, "x.png x-c.png .", 2, "the same file", "x-c.png");
}

/* ---- what is there already ------------------------------------------------------------------- */

static void age(const char *path, time_t seconds)
{
    const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void nothing_is_overwritten_unasked(void **state)
{
    (void)state;
    touch("a.jpg");
    touch("b.jpg");
    touch("out/a.png");
    expect_refusal(plain, "a.jpg b.jpg out", 2, "out/a.png", "--force");
    expect_refusal(plain, "a.jpg out/a.png", 2, "out/a.png", "--skip-existing");
    touch("out/b.png");
    expect_refusal(plain, "a.jpg b.jpg out", 2, "2 comics", "out/a.png");
    expect_jobs((struct cg_plan_options){.force = true}, "a.jpg b.jpg out",
                "a.jpg>out/a.png b.jpg>out/b.png");
    expect_refusal((struct cg_plan_options){.force = true, .skip_existing = true}, "a.jpg out", 2,
                   "--force", "--skip-existing");
    assert_int_equal(symlink("/dev/null", "null.png"), 0);
    expect_jobs(plain, "a.jpg null.png", "a.jpg>null.png");
    assert_int_equal(mkdir("out/c.png", 0700), 0);
    touch("c.jpg");
    expect_refusal((struct cg_plan_options){.force = true}, "c.jpg out", 1, "out/c.png",
                   "a folder");
}

/* How many of the two jobs are left: in/a.jpg, whose comic is out/a.ENDING, and in/b.jpg. */
static size_t left_with(const char *ending, const void *bytes, size_t nbytes, time_t seconds)
{
    char out[32];
    struct cg_plan plan;
    const struct cg_plan_options skip = {.skip_existing = true,
                                         .format = strcmp(ending, "jpg") == 0 ? CG_PLAN_FORMAT_JPEG
                                                                              : CG_PLAN_FORMAT_PNG};
    snprintf(out, sizeof(out), "out/a.%s", ending);
    temp_write(".", out, bytes, nbytes);
    age(out, seconds);
    assert_int_equal(make(skip, "in out", &plan), CG_EXIT_DONE);
    cg_plan_drop_done(&plan, "comicgan 0.1.0 {}");
    size_t count = plan.count;
    assert_int_equal(plan.existing, 2 - count);
    cg_plan_free(&plan);
    return count;
}

static void whole_and_newer_comics_are_skipped(void **state)
{
    (void)state;
    uint8_t pixel[3] = {1, 2, 3}, bytes[2048];
    struct cg_image image = {1, 1, 3, pixel};
    touch("in/a.jpg");
    touch("in/b.jpg");
    age("in/a.jpg", 1000);
    static const struct {
        const char *ending;
        enum cg_image_format format;
    } kinds[] = {{"png", CG_IMAGE_PNG}, {"jpg", CG_IMAGE_JPEG}};
    for (size_t i = 0; i < 2; i++) {
        const struct cg_image_write_options write = {.format = kinds[i].format, .quality = 90};
        assert_int_equal(cg_image_write("made", &image, &write, NULL), CG_OK);
        int file = open("made", O_RDONLY);
        ssize_t nbytes = read(file, bytes, sizeof(bytes));
        close(file);
        assert_in_range(nbytes, 20, sizeof(bytes) - 1);
        const char *ending = kinds[i].ending, *other = kinds[1 - i].ending;
        assert_int_equal(left_with(ending, bytes, (size_t)nbytes, 1001), 1);
        assert_int_equal(left_with(ending, bytes, (size_t)nbytes, 1000), 1);
        assert_int_equal(left_with(ending, bytes, (size_t)nbytes, 999), 2);
        assert_int_equal(left_with(ending, bytes, (size_t)nbytes - 1, 1001), 2);
        assert_int_equal(left_with(ending, bytes, 8, 1001), 2);
        assert_int_equal(left_with(ending, bytes, 0, 1001), 2);
        assert_int_equal(left_with(other, bytes, (size_t)nbytes, 1001), 2);
    }
}

/* ---- shards and folders ---------------------------------------------------------------------- */

static void shards_share_a_list(void **state)
{
    (void)state;
    struct cg_plan plan;
    size_t total = 0;
    for (int i = 0; i < 10; i++) {
        char name[32];
        snprintf(name, sizeof(name), "in/%c/%d.png", 'a' + i % 3, i);
        touch(name);
    }
    for (int i = 1; i <= 3; i++) {
        char shard[16];
        snprintf(shard, sizeof(shard), "%d/3", i);
        const struct cg_plan_options options = {.recursive = true, .shard = shard};
        assert_int_equal(make(options, "in out", &plan), CG_EXIT_DONE);
        assert_in_range(plan.count, 3, 4);
        assert_int_equal(plan.count + plan.elsewhere, 10);
        assert_int_equal(plan.shard_index, i);
        total += plan.count;
        assert_int_equal(cg_plan_prepare(&plan), CG_EXIT_DONE);
        for (size_t j = 0; j < plan.count; j++) {
            assert_int_not_equal(access(plan.jobs[j].out, F_OK), 0);
            temp_write(".", plan.jobs[j].out, "", 0); /* others do not mind what is there now */
        }
        cg_plan_free(&plan);
    }
    assert_int_equal(total, 10);
}

static void the_environment_does_not_split_a_named_picture(void **state)
{
    (void)state;
    touch("a.jpg");
    touch("in/a.jpg");
    setenv("SLURM_ARRAY_TASK_ID", "1", 1);
    setenv("SLURM_ARRAY_TASK_COUNT", "2", 1);
    expect_jobs(plain, "a.jpg b.png", "a.jpg>b.png");
    expect_jobs(plain, "a.jpg new/", "a.jpg>new/a.png");
    expect_jobs(plain, "in new/", "");
    expect_jobs((struct cg_plan_options){.shard = "1/1"}, "in new/", "in/a.jpg>new/a.png");
    expect_jobs((struct cg_plan_options){.shard = "2/2"}, "a.jpg b.png", "");
    unsetenv("SLURM_ARRAY_TASK_ID");
    unsetenv("SLURM_ARRAY_TASK_COUNT");
    expect_refusal((struct cg_plan_options){.shard = "3/2"}, "in new/", 2, "--shard", "3/2");
}

static void prepare_makes_the_folders(void **state)
{
    (void)state;
    struct cg_plan plan;
    touch("in/a.jpg");
    touch("in/x/y/b.jpg");
    touch("file");
    const struct cg_plan_options all = {.recursive = true};
    assert_int_equal(make(all, "in new/deep/", &plan), CG_EXIT_DONE);
    assert_int_not_equal(access("new", F_OK), 0);
    assert_int_equal(cg_plan_prepare(&plan), CG_EXIT_DONE);
    assert_int_equal(access("new/deep/x/y", F_OK), 0);
    cg_plan_free(&plan);
    assert_int_equal(make(all, "in file/new/", &plan), CG_EXIT_DONE);
    assert_int_equal(cg_plan_prepare(&plan), CG_EXIT_INPUT);
    cg_plan_free(&plan);
}

static void prepare_removes_what_killed_calls_left(void **state)
{
    (void)state;
    struct cg_plan plan;
    struct cg_file_writer *alive;
    static const char *const stay[] = {"out/.b.png.comicgan-abcdef", "out/.a.png.comicgan-abc",
                                       "out/.a.png.notmine-abcdef", "out/a.png.comicgan-abcdef"};
    touch("in/a.jpg");
    touch("out/.a.png.comicgan-abcdef");
    for (size_t i = 0; i < 4; i++)
        touch(stay[i]);
    int before = fixture_count_entries("out");
    assert_int_equal(cg_file_writer_create("out/a.png", CG_WRITE_OVER, &alive, NULL), CG_OK);
    assert_int_equal(make(plain, "in out", &plan), CG_EXIT_DONE);
    assert_int_equal(cg_plan_prepare(&plan), CG_EXIT_DONE);
    cg_plan_free(&plan);
    assert_int_not_equal(access("out/.a.png.comicgan-abcdef", F_OK), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(access(stay[i], F_OK), 0);
    assert_int_equal(cg_file_writer_commit(alive, NULL), CG_OK);
    cg_file_writer_free(alive);
    assert_int_equal(access("out/a.png", F_OK), 0);
    assert_int_equal(fixture_count_entries("out"), before);
}

#define PLAN_TEST(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_comic_has_one_ending),
        cmocka_unit_test(listed_paths_stay_inside),
        PLAN_TEST(one_picture_goes_to_a_file_or_a_folder),
        PLAN_TEST(one_picture_with_a_wrong_out_is_refused),
        PLAN_TEST(several_pictures_go_to_a_folder),
        PLAN_TEST(folders_leave_out_what_is_no_picture),
        PLAN_TEST(comics_beside_their_photos_are_no_photos),
        PLAN_TEST(a_folder_of_both_takes_a_suffix),
        PLAN_TEST(a_list_keeps_its_folders),
        PLAN_TEST(two_pictures_for_one_comic_are_refused),
        PLAN_TEST(an_input_is_never_written_over),
        PLAN_TEST(nothing_is_overwritten_unasked),
        PLAN_TEST(whole_and_newer_comics_are_skipped),
        PLAN_TEST(shards_share_a_list),
        PLAN_TEST(the_environment_does_not_split_a_named_picture),
        PLAN_TEST(prepare_makes_the_folders),
        PLAN_TEST(prepare_removes_what_killed_calls_left),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
