/* image: finding picture files. */
#include "image/walk.h"
#include "temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const struct cg_walk_options whole_tree = {.recursive = true, .follow_folders = true};

static void expect_paths(const char *folder, const struct cg_walk_options *options,
                         const char *const *names, size_t count)
{
    struct cg_path_list list = {0};
    assert_int_equal(cg_walk_pictures(folder, options, &list, NULL, NULL), CG_OK);
    assert_int_equal(list.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(list.paths[i] + strlen(folder) + 1, names[i]);
    cg_path_list_clear(&list);
}

static void finds_pictures_at_any_depth_in_byte_order(void **state)
{
    const char *names[] = {"B.PNG", "a/b/c/deep.jpg", "a/b0.Jpeg", "a/b1.png", "z.jpg"};
    for (size_t i = 0; i < 5; i++)
        temp_write(*state, names[4 - i], "", 0);
    temp_write(*state, "notes.txt", "", 0);
    temp_write(*state, "png", "", 0);
    temp_write(*state, ".hidden.png", "", 0);
    temp_write(*state, ".thumbnails/x.png", "", 0);
    temp_write(*state, "folder.png/in.png", "", 0);
    const char *found[] = {"B.PNG",    "a/b/c/deep.jpg",    "a/b0.Jpeg",
                           "a/b1.png", "folder.png/in.png", "z.jpg"};
    expect_paths(*state, &whole_tree, found, 6);
}

static void links_are_followed_once(void **state)
{
    temp_write(*state, "a/one.png", "", 0);
    char *loop = temp_path(*state, "a/loop"), *twin = temp_path(*state, "b");
    char *file = temp_path(*state, "two.png"), *dangling = temp_path(*state, "gone.png");
    char *pipe_path = temp_path(*state, "pipe.png");
    assert_int_equal(symlink("..", loop), 0);
    assert_int_equal(symlink("a", twin), 0);
    assert_int_equal(symlink("a/one.png", file), 0);
    assert_int_equal(symlink("nowhere.png", dangling), 0);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    const char *found[] = {"a/one.png", "gone.png", "two.png"};
    expect_paths(*state, &whole_tree, found, 3);
    free(pipe_path);
    free(dangling);
    free(file);
    free(twin);
    free(loop);
}

static void what_is_left_out_is_counted(void **state)
{
    const char *names[] = {"a/b/deep.png", "a/one.png", ".hidden.png", ".git/x.png", "notes.txt"};
    for (size_t i = 0; i < 5; i++)
        temp_write(*state, names[i], "", 0);
    char *folder = temp_path(*state, "folder"), *file = temp_path(*state, "link.png");
    char *pipe_path = temp_path(*state, "pipe.png");
    assert_int_equal(symlink("a", folder), 0);
    assert_int_equal(symlink("a/one.png", file), 0);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    const struct cg_walk_options tree = {.recursive = true};
    struct cg_path_list list = {0};
    struct cg_walk_left_out left_out = {0};
    assert_int_equal(cg_walk_pictures(*state, &tree, &list, &left_out, NULL), CG_OK);
    assert_int_equal(list.count, 3);
    assert_int_equal(left_out.hidden, 2);
    assert_int_equal(left_out.links, 1);
    assert_int_equal(left_out.others, 2);
    cg_path_list_clear(&list);
    free(pipe_path);
    free(file);
    free(folder);
}

static void goes_no_further_than_asked(void **state)
{
    temp_write(*state, "top.png", "", 0);
    temp_write(*state, "a/in.png", "", 0);
    temp_write(*state, "a/out/in.png", "", 0);
    char *out = temp_path(*state, "a/out");
    const struct cg_walk_options flat = {0}, but_out = {.recursive = true, .skip = out};
    const char *found[] = {"a/in.png", "top.png"};
    expect_paths(*state, &flat, found + 1, 1);
    expect_paths(*state, &but_out, found, 2);
    free(out);
}

static void a_missing_folder_is_named(void **state)
{
    struct cg_path_list list = {0};
    struct cg_error error;
    char *missing = temp_path(*state, "missing");
    assert_int_equal(cg_walk_pictures(missing, &whole_tree, &list, NULL, &error), CG_ERR_IO);
    assert_non_null(strstr(error.text, "missing"));
    assert_non_null(strstr(error.text, "no such file or folder"));
    temp_write(*state, "missing", "", 0);
    assert_int_equal(cg_walk_pictures(missing, &whole_tree, &list, NULL, &error), CG_ERR_IO);
    assert_non_null(strstr(error.text, "found a file"));
    free(missing);
    cg_path_list_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_pictures_at_any_depth_in_byte_order,
                                        temp_folder_setup, temp_folder_teardown),
        cmocka_unit_test_setup_teardown(links_are_followed_once, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(what_is_left_out_is_counted, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(goes_no_further_than_asked, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(a_missing_folder_is_named, temp_folder_setup,
                                        temp_folder_teardown),
    };
    return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
