/*
 * image: other people's files, good and broken, which lie outside the repository
 * (CG_SHARED_DATA). Each is read right, and written and read again, or refused with one clear
 * line. Left out, with a message, where they are not.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#include "image/image.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FILES CG_SHARED_DATA "/files"
#define WRITTEN_MOST_PX 1000000 /* larger ones are only read: time */

/* What the walk of a folder has seen; nftw hands nothing through. */
static int read_count, refused_count, noted_count;

static const struct cg_image_read_options keep_all = {
    .keep_profile = true, .keep_exif = true, .keep_gps = true};

/* It comes back from a file of ours with all that was kept of it. */
static void assert_comes_back(const char *path, const struct cg_image *image,
                              const struct cg_image_extras *extras, enum cg_image_format format)
{
    struct cg_error error = {.text = ""};
    struct cg_image_write_options options = {.format = format, .quality = 90, .extras = extras};
    struct cg_image back;
    struct cg_image_extras again;
    uint8_t *bytes;
    size_t nbytes;
    if (cg_image_encode(image, &options, &bytes, &nbytes, &error) != CG_OK ||
        cg_image_decode(bytes, nbytes, &keep_all, &back, &again, &error) != CG_OK)
        fail_msg("%s: %s", path, error.text);
    assert_int_equal(back.width, image->width);
    assert_int_equal(back.height, image->height);
    if (format == CG_IMAGE_PNG)
        assert_memory_equal(back.pixels, image->pixels,
                            (size_t)image->width * (size_t)image->height * (size_t)image->channels);
    assert_string_equal(again.note, "");
    assert_int_equal(again.icc_nbytes, extras->icc_nbytes);
    assert_int_equal(again.exif != NULL, extras->exif != NULL);
    cg_image_extras_clear(&again);
    cg_image_clear(&back);
    free(bytes);
}

static void assert_probe_agrees(const char *path, const struct cg_image *image)
{
    struct cg_image_info info;
    assert_int_equal(cg_image_probe(path, &info, NULL), CG_OK);
    assert_int_equal(info.width, image->width);
    assert_int_equal(info.height, image->height);
    assert_int_equal(info.channels, image->channels);
}

static void assert_refused_well(const char *path, enum cg_status status,
                                const struct cg_error *error)
{
    assert_int_equal(error->status, status);
    assert_true(status == CG_ERR_FORMAT || status == CG_ERR_UNSUPPORTED || status == CG_ERR_LIMIT);
    assert_non_null(strstr(error->text, path));
    assert_non_null(strstr(error->text, "expected"));
    assert_non_null(strstr(error->text, ", found"));
    assert_null(strchr(error->text, '\n'));
}

static int is_read(const char *path)
{
    struct cg_error error = {.text = ""};
    struct cg_image image;
    struct cg_image_extras extras;
    enum cg_status status = cg_image_read(path, &keep_all, &image, &extras, &error);
    if (status != CG_OK) {
        assert_null(image.pixels);
        assert_refused_well(path, status, &error);
        return 0;
    }
    assert_true(image.width > 0 && image.height > 0 && image.pixels != NULL);
    noted_count += extras.note[0] != '\0';
    assert_probe_agrees(path, &image);
    if ((size_t)image.width * (size_t)image.height <= WRITTEN_MOST_PX) {
        assert_comes_back(path, &image, &extras, CG_IMAGE_PNG);
        assert_comes_back(path, &image, &extras, CG_IMAGE_JPEG);
    }
    cg_image_extras_clear(&extras);
    cg_image_clear(&image);
    return 1;
}

static int visit(const char *path, const struct stat *about, int type, struct FTW *walk)
{
    (void)about;
    const char *name = path + walk->base;
    if (type != FTW_F || strncmp(name, "LICEN", 5) == 0 || strstr(name, ".txt") != NULL)
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
    read_count = refused_count = noted_count = 0;
    if (access(path, R_OK) != 0) {
        print_message("%s is not there: left out\n", path);
        skip();
    }
    assert_int_equal(nftw(path, visit, 16, FTW_PHYS), 0);
    print_message("%s: %d read, %d of them with a note, %d refused\n", path, read_count,
                  noted_count, refused_count);
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

/* Odd and damaged files that browsers show. */
static void reports(void **state)
{
    (void)state;
    walk_folder(FILES "/reports");
    assert_int_equal(refused_count, 0);
    assert_true(noted_count >= 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pngsuite),      cmocka_unit_test(orientations), cmocka_unit_test(jpegs),
        cmocka_unit_test(fuzzers_finds), cmocka_unit_test(reports),
    };
    return cmocka_run_group_tests_name("shared files", tests, NULL, NULL);
}
