/*
 * image: other people's files, good and broken, which lie outside the repository (CG_SHARED_DATA).
 * Each is read right or refused with one clear line. Left out, with a message, where they are not.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#include "image/image.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FILES CG_SHARED_DATA "/files"

/* What the walk of a folder has seen; nftw hands nothing through. */
static int read_count, refused_count;

static int is_read(const char *path)
{
    struct cg_error error = {.text = ""};
    struct cg_image image;
    enum cg_status status =
        cg_image_read(path, &(struct cg_image_read_options){0}, &image, NULL, &error);
    if (status == CG_OK) {
        assert_true(image.width > 0 && image.height > 0 && image.pixels != NULL);
        cg_image_clear(&image);
        return 1;
    }
    assert_null(image.pixels);
    assert_int_equal(error.status, status);
    assert_true(status == CG_ERR_FORMAT || status == CG_ERR_UNSUPPORTED || status == CG_ERR_LIMIT);
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, "expected"));
    assert_non_null(strstr(error.text, ", found"));
    assert_null(strchr(error.text, '\n'));
    return 0;
}

static int visit(const char *path, const struct stat *about, int type, struct FTW *walk)
{
    (void)about;
    const char *name = path + walk->base;
    if (type != FTW_F || strncmp(name, "LICEN", 5) == 0)
        return 0;
    int read = is_read(path);
    read_count += read;
    refused_count += !read;
    if (strstr(path, "/pngsuite/") != NULL && read != (name[0] != 'x'))
        fail_msg("%s: %s", path, read ? "read although broken" : "not read although good");
    return 0;
}

static void walk_folder(const char *path)
{
    read_count = refused_count = 0;
    if (access(path, R_OK) != 0) {
        print_message("%s is not there: left out\n", path);
        skip();
    }
    assert_int_equal(nftw(path, visit, 16, FTW_PHYS), 0);
    print_message("%s: %d read, %d refused\n", path, read_count, refused_count);
}

static void pngsuite(void **state)
{
    (void)state;
    walk_folder(FILES "/pngsuite");
    assert_int_equal(read_count, 162);
    assert_int_equal(refused_count, 14);
}

static void orientations(void **state)
{
    (void)state;
    walk_folder(FILES "/exif");
    assert_int_equal(refused_count, 0);
    for (int i = 0; i < 18; i++) {
        char path[4096];
        struct cg_image image;
        snprintf(path, sizeof(path), FILES "/exif/%s_%d.jpg", i < 9 ? "Landscape" : "Portrait",
                 i % 9);
        assert_int_equal(
            cg_image_read(path, &(struct cg_image_read_options){.channels = 3}, &image, NULL, NULL),
            CG_OK);
        assert_int_equal(image.width, i < 9 ? 1800 : 1200);
        assert_int_equal(image.height, i < 9 ? 1200 : 1800);
        cg_image_clear(&image);
    }
}

static void jpegs(void **state)
{
    (void)state;
    walk_folder(FILES "/jpeg");
    assert_true(read_count > 0);
}

static void fuzzers_finds(void **state)
{
    (void)state;
    walk_folder(FILES "/fuzz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pngsuite),
        cmocka_unit_test(orientations),
        cmocka_unit_test(jpegs),
        cmocka_unit_test(fuzzers_finds),
    };
    return cmocka_run_group_tests_name("shared files", tests, NULL, NULL);
}
