/* base/file: reading, folders, and writing whole or not at all. */
#include "base/file.h"
#include "base/file_writer.h"
#include "unit/fixture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void assert_holds(const char *path, const void *expected, size_t expected_nbytes)
{
    uint8_t *bytes;
    size_t nbytes;
    assert_int_equal(cg_file_read(path, (size_t)1 << 30, &bytes, &nbytes, NULL), CG_OK);
    assert_int_equal(nbytes, expected_nbytes);
    assert_memory_equal(bytes, expected, nbytes);
    free(bytes);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    static uint8_t pattern[300000];
    for (size_t i = 0; i < sizeof(pattern); i++)
        pattern[i] = (uint8_t)(i * 7 + i / 251);
    const size_t sizes[] = {0, 1, 65535, 65536, 65537, sizeof(pattern)};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(cg_file_write(fixture_path("a"), pattern, sizes[i], NULL), CG_OK);
        assert_holds(fixture_path("a"), pattern, sizes[i]);
    }
    assert_int_equal(fixture_count_entries(fixture_path("")), 1);
}

static void pieces_of_all_sizes_are_joined(void **state)
{
    (void)state;
    static uint8_t pattern[400000];
    for (size_t i = 0; i < sizeof(pattern); i++)
        pattern[i] = (uint8_t)(i ^ i >> 9);
    struct cg_file_writer *writer;
    assert_int_equal(cg_file_writer_create(fixture_path("a"), CG_WRITE_OVER, &writer, NULL), CG_OK);
    size_t at = 0;
    for (size_t piece = 1; at < sizeof(pattern); piece = piece * 3 + 1) {
        size_t left = sizeof(pattern) - at, nbytes = piece < left ? piece : left;
        assert_int_equal(cg_file_writer_add(writer, pattern + at, nbytes, NULL), CG_OK);
        at += nbytes;
    }
    assert_int_equal(access(fixture_path("a"), F_OK), -1);
    assert_int_equal(cg_file_writer_commit(writer, NULL), CG_OK);
    cg_file_writer_free(writer);
    assert_holds(fixture_path("a"), pattern, sizeof(pattern));
}

static void reading_knows_its_limit(void **state)
{
    (void)state;
    uint8_t *bytes;
    size_t nbytes;
    struct cg_error error;
    assert_int_equal(cg_file_write(fixture_path("a"), "12345", 5, NULL), CG_OK);
    assert_int_equal(cg_file_read(fixture_path("a"), 5, &bytes, &nbytes, &error), CG_OK);
    free(bytes);
    assert_int_equal(cg_file_read(fixture_path("a"), 4, &bytes, &nbytes, &error), CG_ERR_LIMIT);
    assert_null(bytes);
    assert_non_null(strstr(error.text, "at most 4 bytes, found 5"));
    assert_int_equal(cg_file_read("/dev/zero", 100000, &bytes, &nbytes, &error), CG_ERR_LIMIT);
    assert_int_equal(cg_file_read("/dev/null", 0, &bytes, &nbytes, &error), CG_OK);
    assert_int_equal(nbytes, 0);
    free(bytes);
}

static void pipes_are_read_to_their_end(void **state)
{
    (void)state;
    static const char text[1000] = "through a pipe";
    char path[64];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        for (int i = 0; i < 200; i++)
            if (write(ends[1], text, sizeof(text)) != (ssize_t)sizeof(text))
                _exit(1);
        _exit(0);
    }
    close(ends[1]);
    snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
    uint8_t *bytes;
    size_t nbytes;
    assert_int_equal(cg_file_read(path, 1 << 20, &bytes, &nbytes, NULL), CG_OK);
    assert_int_equal(nbytes, 200 * sizeof(text));
    assert_memory_equal(bytes + 199 * sizeof(text), text, sizeof(text));
    free(bytes);
    close(ends[0]);
    int child_status;
    assert_int_equal(waitpid(child, &child_status, 0), child);
    assert_int_equal(child_status, 0);
}

/* Both ways fail with this text, and nothing is left behind. */
static void assert_fails(const char *path, bool reading, const char *words)
{
    struct cg_error error = {.text = ""};
    uint8_t *bytes;
    size_t nbytes;
    int before = fixture_count_entries(fixture_path(""));
    enum cg_status status = reading ? cg_file_read(path, 1 << 20, &bytes, &nbytes, &error)
                                    : cg_file_write(path, "x", 1, &error);
    assert_int_equal(status, CG_ERR_IO);
    assert_true(strncmp(error.text, reading ? "reading /" : "writing /", 9) == 0);
    assert_non_null(strstr(error.text, words));
    assert_int_equal(fixture_count_entries(fixture_path("")), before);
}

static void failures_say_why(void **state)
{
    (void)state;
    char name[400];
    memset(name, 'n', 300);
    name[300] = '\0';
    assert_int_equal(cg_file_write(fixture_path("file"), "", 0, NULL), CG_OK);
    assert_int_equal(mkdir(fixture_path("closed"), 0500), 0);
    assert_fails(fixture_path("none"), true, "/none: no such file or folder");
    assert_fails(fixture_path("none/a"), false, "/none/a: no such file or folder");
    assert_fails(fixture_path("file/a"), true, "is a file, not a folder");
    assert_fails(fixture_path("file/a"), false, "is a file, not a folder");
    assert_fails(fixture_path(""), true, "found a folder");
    assert_fails(fixture_path(""), false, "found a folder");
    assert_fails(fixture_path("new/"), false, "found a folder");
    assert_fails(fixture_path(name), true, "name is too long");
    assert_fails(fixture_path(name), false, "name is too long");
    struct cg_error error;
    assert_int_equal(cg_file_write("/dev/full", "x", 1, &error), CG_ERR_FULL);
    assert_string_equal(error.text, "writing /dev/full: the disk is full");
    if (geteuid() != 0)
        assert_fails(fixture_path("closed/a"), false, "permission denied");
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    static const uint8_t zeros[1 << 20];
    struct rlimit former, small;
    struct cg_error error;
    assert_int_equal(cg_file_write(fixture_path("a"), "old", 3, NULL), CG_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &former), 0);
    small = former;
    small.rlim_cur = 100000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum cg_status at_once = cg_file_write(fixture_path("a"), zeros, sizeof(zeros), &error);
    struct cg_file_writer *writer;
    assert_int_equal(cg_file_writer_create(fixture_path("b"), CG_WRITE_OVER, &writer, NULL), CG_OK);
    enum cg_status in_pieces = CG_OK;
    for (int i = 0; i < 200 && in_pieces == CG_OK; i++)
        in_pieces = cg_file_writer_add(writer, zeros, 1000, NULL);
    enum cg_status on_commit = cg_file_writer_commit(writer, NULL);
    cg_file_writer_free(writer);
    setrlimit(RLIMIT_FSIZE, &former);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(at_once, CG_ERR_IO);
    assert_non_null(strstr(error.text, "allowed size"));
    assert_int_equal(in_pieces, CG_ERR_IO);
    assert_int_equal(on_commit, CG_ERR_IO);
    assert_holds(fixture_path("a"), "old", 3);
    assert_int_equal(fixture_count_entries(fixture_path("")), 1);
}

static void giving_up_leaves_nothing(void **state)
{
    (void)state;
    struct cg_file_writer *writer;
    assert_int_equal(cg_file_writer_create(fixture_path("a"), CG_WRITE_OVER, &writer, NULL), CG_OK);
    assert_int_equal(cg_file_writer_add(writer, "half", 4, NULL), CG_OK);
    assert_int_equal(fixture_count_entries(fixture_path("")), 1);
    cg_file_writer_free(writer);
    assert_int_equal(fixture_count_entries(fixture_path("")), 0);
    cg_file_writer_free(NULL);
}

static mode_t mode_of(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return about.st_mode & 07777;
}

static void permissions_are_kept_and_links_followed(void **state)
{
    (void)state;
    char target[4096], name[256];
    mode_t former = umask(027);
    assert_int_equal(cg_file_write(fixture_path("a"), "1", 1, NULL), CG_OK);
    umask(former);
    assert_int_equal(mode_of(fixture_path("a")), 0640);
    assert_int_equal(chmod(fixture_path("a"), 0604), 0);
    snprintf(target, sizeof(target), "%s", fixture_path("a"));
    assert_int_equal(symlink(target, fixture_path("link")), 0);
    assert_int_equal(cg_file_write(fixture_path("link"), "2", 1, NULL), CG_OK);
    assert_holds(target, "2", 1);
    assert_int_equal(mode_of(target), 0604);
    assert_int_equal(fixture_count_entries(fixture_path("")), 2);
    memset(name, 'n', 255); /* the longest that a file system takes */
    name[255] = '\0';
    assert_int_equal(cg_file_write(fixture_path(name), "3", 1, NULL), CG_OK);
}

static void folders_are_made_with_those_above(void **state)
{
    (void)state;
    struct cg_error error;
    assert_int_equal(cg_folder_make(fixture_path("a//b/c/"), NULL), CG_OK);
    assert_int_equal(cg_folder_make(fixture_path("a/b/c"), NULL), CG_OK);
    assert_int_equal(cg_file_write(fixture_path("a/b/c/file"), "", 0, NULL), CG_OK);
    assert_int_equal(cg_folder_make(fixture_path("a/b/c/file"), &error), CG_ERR_IO);
    assert_non_null(strstr(error.text, "expected a folder, found a file"));
    assert_int_equal(cg_folder_make(fixture_path("a/b/c/file/d"), &error), CG_ERR_IO);
    assert_int_equal(cg_folder_make("", &error), CG_ERR_IO);
    assert_int_equal(cg_folder_make("/", &error), CG_OK);
}

static void long_paths_leave_room_for_the_reason(void **state)
{
    (void)state;
    char path[3000];
    struct cg_error error;
    uint8_t *bytes;
    size_t nbytes;
    memset(path, 'p', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    assert_int_equal(cg_file_read(path, 1, &bytes, &nbytes, &error), CG_ERR_IO);
    assert_non_null(strstr(error.text, "pp: the name is too long"));
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, fixture_folder_setup, fixture_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read),
        TEST(pieces_of_all_sizes_are_joined),
        TEST(reading_knows_its_limit),
        TEST(pipes_are_read_to_their_end),
        TEST(failures_say_why),
        TEST(a_full_disk_leaves_the_old_file),
        TEST(giving_up_leaves_nothing),
        TEST(permissions_are_kept_and_links_followed),
        TEST(folders_are_made_with_those_above),
        TEST(long_paths_leave_room_for_the_reason),
    };
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
