/* base/output: what a call may write over, and what is written through. */
#define _DEFAULT_SOURCE /* mknod */
#include "base/output.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "unit/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define OTHER_USER 54321

static void write_text(const char *name, const char *text)
{
    assert_int_equal(cg_file_write(fixture_path(name), text, strlen(text), NULL), CG_OK);
}

static void assert_text(const char *name, const char *text)
{
    uint8_t *bytes;
    size_t nbytes;
    assert_int_equal(cg_file_read(fixture_path(name), 1000, &bytes, &nbytes, NULL), CG_OK);
    assert_int_equal(nbytes, strlen(text));
    assert_memory_equal(bytes, text, nbytes);
    free(bytes);
}

static void expect(struct cg_inputs *inputs, const char *name, bool force, enum cg_status status,
                   const char *text)
{
    struct cg_error error = {.text = ""};
    assert_int_equal(cg_output_check(inputs, fixture_path(name), force, &error), status);
    assert_non_null(strstr(error.text, text));
}

static void what_is_there_needs_force(void **state)
{
    (void)state;
    struct cg_inputs none = {0};
    write_text("a", "a");
    assert_int_equal(mkdir(fixture_path("folder"), 0777), 0);
    assert_int_equal(symlink("nowhere", fixture_path("to-nothing")), 0);
    expect(&none, "new", false, CG_OK, "");
    expect(&none, "a", false, CG_ERR_ARGUMENT, "is there already; --force");
    expect(&none, "a", true, CG_OK, "");
    expect(&none, "to-nothing", false, CG_ERR_ARGUMENT, "is there already");
    expect(&none, "folder", true, CG_ERR_IO, "found a folder");
    assert_int_equal(cg_output_check(&none, "/dev/null", false, NULL), CG_OK);
    if (mknod(fixture_path("disk"), S_IFBLK | 0600, 0) == 0) /* root alone may */
        expect(&none, "disk", true, CG_ERR_IO, "found a disk");
}

/* The file that came while another was made for its name stays, whatever made it. */
static void a_new_file_replaces_nothing(void **state)
{
    (void)state;
    struct cg_file_writer *writer;
    struct cg_error error = {.text = ""};
    char *path = cg_string_copy(fixture_path("new"));
    for (int kind = 0; kind < 3; kind++) {
        assert_int_equal(cg_file_writer_create(path, CG_WRITE_NEW, &writer, NULL), CG_OK);
        assert_int_equal(cg_file_writer_add(writer, "comic", 5, NULL), CG_OK);
        if (kind == 0)
            write_text("new", "photo");
        else
            assert_int_equal(symlink(kind == 1 ? "nothing" : "elsewhere", path), 0);
        assert_int_equal(cg_file_writer_commit(writer, &error), CG_ERR_ARGUMENT);
        assert_non_null(strstr(error.text, "new is there already; --force replaces it"));
        cg_file_writer_free(writer);
        if (kind == 0)
            assert_text("new", "photo");
        /* nor does one that was there before; and nothing else is left */
        assert_int_equal(cg_file_write_as(path, CG_WRITE_NEW, "comic", 5, &error), CG_ERR_ARGUMENT);
        assert_int_equal(unlink(path), 0);
        write_text("elsewhere", "photo");
    }
    assert_text("elsewhere", "photo");
    assert_int_not_equal(access(fixture_path("nothing"), F_OK), 0);
    assert_int_equal(cg_file_write_as(path, CG_WRITE_NEW, "comic", 5, NULL), CG_OK);
    assert_text("new", "comic");
    FILE *file;
    assert_int_equal(cg_output_open(path, CG_WRITE_NEW, &file, &error), CG_ERR_ARGUMENT);
    assert_text("new", "comic");
    free(path);
}

static void an_input_is_refused_by_every_name(void **state)
{
    (void)state;
    struct cg_inputs inputs = {0};
    char *input = cg_string_copy(fixture_path("a")), *other = cg_string_copy(fixture_path("b"));
    write_text("a", "a");
    write_text("b", "b");
    write_text("c", "c");
    char *hard = cg_string_copy(fixture_path("hard"));
    assert_int_equal(link(input, hard), 0);
    assert_int_equal(symlink("hard", fixture_path("soft")), 0);
    for (int i = 0; i < 20; i++)
        assert_int_equal(cg_inputs_add(&inputs, other, NULL), CG_OK);
    assert_int_equal(cg_inputs_add(&inputs, NULL, NULL), CG_OK);
    assert_int_equal(cg_inputs_add(&inputs, "/nowhere", NULL), CG_OK);
    expect(&inputs, "a", true, CG_OK, "");
    assert_int_equal(cg_inputs_add(&inputs, input, NULL), CG_OK);
    for (int force = 0; force < 2; force++) {
        expect(&inputs, "a", force, CG_ERR_ARGUMENT, "the same file");
        expect(&inputs, "hard", force, CG_ERR_ARGUMENT, "the same file");
        expect(&inputs, "soft", force, CG_ERR_ARGUMENT, input);
        expect(&inputs, "b", force, CG_ERR_ARGUMENT, other);
    }
    expect(&inputs, "c", true, CG_OK, "");
    cg_inputs_clear(&inputs);
    free(hard);
    free(other);
    free(input);
}

/* Writes all ways; the link's target must hold `text` afterwards. */
static void assert_written_through(enum cg_status expected, const char *text)
{
    FILE *file = NULL;
    assert_int_equal(cg_file_write(fixture_path("link"), "new", 3, NULL), expected);
    assert_int_equal(cg_output_open(fixture_path("link"), CG_WRITE_APPEND, &file, NULL), expected);
    if (file != NULL) {
        assert_true(fputs("er", file) >= 0);
        fclose(file);
    }
    assert_text("target", text);
}

static void own_links_are_followed_and_others_not(void **state)
{
    (void)state;
    struct cg_inputs none = {0};
    write_text("target", "old");
    assert_int_equal(symlink("target", fixture_path("middle")), 0);
    assert_int_equal(symlink("middle", fixture_path("link")), 0);
    assert_written_through(CG_OK, "newer");
    struct stat about;
    assert_int_equal(lstat(fixture_path("link"), &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    if (geteuid() != 0) {
        print_message("skipped: only root can lay links of other users\n");
        return;
    }
    assert_int_equal(lchown(fixture_path("middle"), OTHER_USER, OTHER_USER), 0);
    assert_written_through(CG_ERR_IO, "newer");
    assert_int_equal(lchown(fixture_path("middle"), 0, 0), 0);
    assert_int_equal(lchown(fixture_path("link"), OTHER_USER, OTHER_USER), 0);
    assert_written_through(CG_ERR_IO, "newer");
    expect(&none, "link", true, CG_ERR_IO, "another user");
}

static void links_in_a_circle_are_told(void **state)
{
    (void)state;
    struct cg_error error;
    assert_int_equal(symlink("second", fixture_path("first")), 0);
    assert_int_equal(symlink("first", fixture_path("second")), 0);
    assert_null(cg_output_resolve(fixture_path("first"), &error));
    assert_int_equal(error.status, CG_ERR_IO);
    assert_non_null(strstr(error.text, "circle"));
}

static void lines_begin_anew_or_go_on(void **state)
{
    (void)state;
    FILE *file;
    write_text("log", "one\n");
    assert_int_equal(cg_output_open(fixture_path("log"), CG_WRITE_APPEND, &file, NULL), CG_OK);
    assert_true(fputs("two\n", file) >= 0);
    fclose(file);
    assert_text("log", "one\ntwo\n");
    assert_int_equal(cg_output_open(fixture_path("log"), CG_WRITE_OVER, &file, NULL), CG_OK);
    fclose(file);
    assert_text("log", "");
    assert_int_equal(cg_output_open(fixture_path("new"), CG_WRITE_OVER, &file, NULL), CG_OK);
    fclose(file);
    assert_int_equal(cg_output_open("/dev/null", CG_WRITE_OVER, &file, NULL), CG_OK);
    fclose(file);
    assert_int_equal(cg_output_open(fixture_path("no/new"), CG_WRITE_OVER, &file, NULL), CG_ERR_IO);
}

static void other_bits_than_permissions_are_not_carried_over(void **state)
{
    (void)state;
    struct stat about;
    write_text("program", "old");
    assert_int_equal(chmod(fixture_path("program"), 06751), 0);
    write_text("program", "new");
    assert_int_equal(stat(fixture_path("program"), &about), 0);
    assert_int_equal(about.st_mode & 07777, 0751);
}

static void the_folder_is_looked_at(void **state)
{
    (void)state;
    struct cg_error error;
    write_text("file", "");
    assert_int_equal(cg_output_check_folder(fixture_path("new"), NULL), CG_OK);
    assert_int_equal(cg_output_check_folder("new", NULL), CG_OK);
    assert_int_equal(cg_output_check_folder(fixture_path("no/new"), &error), CG_ERR_IO);
    assert_int_equal(cg_output_check_folder(fixture_path("file/new"), &error), CG_ERR_IO);
    assert_int_equal(cg_file_flush_folder(fixture_path("file")), 0);
    assert_int_equal(cg_file_flush_folder("file"), 0);
}

int main(void)
{
#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, fixture_folder_setup, fixture_folder_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_there_needs_force),
        TEST(a_new_file_replaces_nothing),
        TEST(an_input_is_refused_by_every_name),
        TEST(own_links_are_followed_and_others_not),
        TEST(links_in_a_circle_are_told),
        TEST(lines_begin_anew_or_go_on),
        TEST(other_bits_than_permissions_are_not_carried_over),
        TEST(the_folder_is_looked_at),
    };
    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
