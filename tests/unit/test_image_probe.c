/* image: what the head of a file says, against what reading all of it gives. */
#include "base/file_writer.h"
#include "image/image.h"
#include "unit/fixture.h"
#include "unit/fixture_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const char *write_file(const void *bytes, size_t nbytes)
{
    assert_int_equal(cg_file_write(fixture_path("a"), bytes, nbytes, NULL), CG_OK);
    return fixture_path("a");
}

/* Probe and read agree on the file, which is freed. */
static void assert_agreed(struct fixture_bytes *file, enum cg_image_format format)
{
    struct cg_error error = {.text = ""};
    struct cg_image_info info;
    if (cg_image_probe(write_file(file->bytes, file->nbytes), &info, &error) != CG_OK)
        fail_msg("%s", error.text);
    struct cg_image image = fixture_decode(file, 0);
    assert_int_equal(info.format, format);
    assert_int_equal(info.width, image.width);
    assert_int_equal(info.height, image.height);
    assert_int_equal(info.channels, image.channels);
    cg_image_clear(&image);
    free(file->bytes);
    *file = (struct fixture_bytes){0};
}

/* A PNG of 3 x 2 pixels of zeros, ready for its pixels. */
static struct fixture_bytes begin_png(int depth, int colour)
{
    struct fixture_bytes file = {0};
    fixture_png_begin(&file, 3, 2, depth, colour, false);
    if (colour == 3)
        fixture_png_chunk(&file, "PLTE", "abcdef", 6);
    return file;
}

static void end_png(struct fixture_bytes *file, int depth, int samples)
{
    static const uint8_t rows[2 * (1 + 3 * 8)];
    fixture_png_pixels(file, rows, 2 * (1 + ((size_t)(3 * samples * depth) + 7) / 8));
    fixture_png_end(file);
}

static void png_flavours(void **state)
{
    (void)state;
    static const int flavours[][3] = {{0, 1, 1}, {0, 16, 1}, {2, 8, 3},  {2, 16, 3},
                                      {3, 2, 1}, {4, 8, 2},  {6, 16, 4}, {3, 8, 1}};
    for (int i = 0; i < 4 * 8; i++) {
        const int *flavour = flavours[i / 4];
        bool transparent = i % 2 == 1 && flavour[0] <= 3;
        uint8_t tiff[26];
        struct fixture_bytes file = begin_png(flavour[1], flavour[0]);
        if (transparent)
            fixture_png_chunk(&file, "tRNS", "\0\0\0\0\0",
                              flavour[0] == 3   ? 2
                              : flavour[0] == 2 ? 6
                                                : 2);
        if (i % 4 >= 2)
            fixture_png_chunk(&file, "eXIf", tiff, fixture_exif(tiff, 6, true));
        end_png(&file, flavour[1], flavour[2]);
        assert_agreed(&file, CG_IMAGE_PNG);
    }
}

static void jpeg_flavours(void **state)
{
    (void)state;
    static const int values[] = {100, 110, 120, 130};
    static const int components[] = {1, 3, 4, 4}, adobe[] = {-1, -1, 0, -1};
    for (int i = 0; i < 16; i++) {
        struct fixture_bytes file = {0};
        fixture_jpeg(&file, components[i / 4], values, i % 2 == 1, adobe[i / 4]);
        if (i % 4 >= 2)
            fixture_jpeg_add_exif(&file, 5, false);
        assert_agreed(&file, CG_IMAGE_JPEG);
    }
}

/* 500 KB of other things come first. */
static void long_heads_are_read_further(void **state)
{
    (void)state;
    static const int values[] = {100, 110, 120};
    static const uint8_t filling[65000];
    struct fixture_bytes file = {0};
    fixture_jpeg(&file, 3, values, false, -1);
    for (int i = 0; i < 8; i++)
        fixture_jpeg_add_segment(&file, 0xe2, filling, sizeof(filling));
    assert_agreed(&file, CG_IMAGE_JPEG);
    file = begin_png(8, 2);
    for (int i = 0; i < 8; i++)
        fixture_png_chunk(&file, "teSt", filling, sizeof(filling));
    end_png(&file, 8, 3);
    assert_agreed(&file, CG_IMAGE_PNG);
}

static void only_the_head_is_looked_at(void **state)
{
    (void)state;
    static const int values[] = {100, 110, 120};
    struct cg_image_info info;
    struct fixture_bytes png = begin_png(8, 2), jpeg = {0};
    size_t head = png.nbytes + 8; /* and the name of the next chunk */
    end_png(&png, 8, 3);
    assert_int_equal(cg_image_probe(write_file(png.bytes, head), &info, NULL), CG_OK);
    assert_int_equal(info.width, 3);
    fixture_jpeg(&jpeg, 3, values, false, -1);
    assert_int_equal(cg_image_probe(write_file(jpeg.bytes, jpeg.nbytes - 3), &info, NULL), CG_OK);
    assert_int_equal(info.height, 8);
    free(jpeg.bytes);
    free(png.bytes);
}

/* Every beginning of a file gives the right answer or a line of text. */
static void cut_off_heads_are_refused(void **state)
{
    (void)state;
    static const int values[] = {100, 110, 120};
    struct fixture_bytes files[2] = {begin_png(8, 2), {0}};
    end_png(&files[0], 8, 3);
    fixture_jpeg(&files[1], 3, values, false, -1);
    fixture_jpeg_add_exif(&files[1], 6, false);
    for (int i = 0; i < 2; i++) {
        bool found = false;
        for (size_t nbytes = 0; nbytes <= files[i].nbytes; nbytes++) {
            struct cg_error error = {.text = ""};
            struct cg_image_info info;
            enum cg_status status =
                cg_image_probe(write_file(files[i].bytes, nbytes), &info, &error);
            assert_true(status == CG_OK || (!found && status == CG_ERR_FORMAT));
            assert_int_equal(info.width, status != CG_OK ? 0 : i == 0 ? 3 : 8);
            assert_int_equal(strstr(error.text, "expected") != NULL, status != CG_OK);
            found = status == CG_OK;
        }
        assert_true(found);
        free(files[i].bytes);
    }
}

static void what_is_no_picture_is_named(void **state)
{
    (void)state;
    struct cg_error error;
    struct cg_image_info info;
    assert_int_equal(cg_image_probe(write_file("BM\0\0\0\0", 6), &info, &error),
                     CG_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.text, "found a BMP picture"));
    assert_non_null(strstr(error.text, fixture_path("a")));
    assert_int_equal(cg_image_probe(fixture_path("none"), &info, &error), CG_ERR_IO);
    assert_non_null(strstr(error.text, "no such file"));
    assert_int_equal(cg_image_probe(fixture_path(""), &info, &error), CG_ERR_IO);
    assert_non_null(strstr(error.text, "found a folder"));
    assert_int_equal(mkfifo(fixture_path("pipe"), 0600), 0);
    assert_int_equal(cg_image_probe(fixture_path("pipe"), &info, &error), CG_ERR_IO);
    assert_non_null(strstr(error.text, "a pipe or device"));
}

#define IN_FOLDER(name)                                                                            \
    cmocka_unit_test_setup_teardown(name, fixture_folder_setup, fixture_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(png_flavours),
        IN_FOLDER(jpeg_flavours),
        IN_FOLDER(long_heads_are_read_further),
        IN_FOLDER(only_the_head_is_looked_at),
        IN_FOLDER(cut_off_heads_are_refused),
        IN_FOLDER(what_is_no_picture_is_named),
    };
    return cmocka_run_group_tests_name("image probe", tests, NULL, NULL);
}
