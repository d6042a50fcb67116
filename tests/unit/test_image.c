/* image: pictures written and read back, and turned upright. */
#include "base/file.h"
#include "base/pool.h"
#include "base/rng.h"
#include "image/image.h"
#include "unit/fixture.h"
#include "unit/fixture_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct cg_image make_noise(int width, int height, int channels)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(width, height, channels, &image, NULL), CG_OK);
    struct cg_rng rng = cg_rng_make(9, (uint64_t)width, (uint64_t)height);
    for (size_t i = 0; i < fixture_image_nbytes(&image); i++)
        image.pixels[i] = (uint8_t)cg_rng_below(&rng, 256);
    return image;
}

/* Smooth, for JPEG. */
static struct cg_image make_gradient(int width, int height, int channels)
{
    struct cg_image image = make_noise(width, height, channels);
    for (size_t i = 0; i < fixture_image_nbytes(&image); i++) {
        size_t pixel = i / (size_t)channels;
        image.pixels[i] = (uint8_t)(255 * (pixel % (size_t)width) / (size_t)width);
    }
    return image;
}

static void assert_write(const char *name, const struct cg_image *image,
                         enum cg_image_format format, int quality)
{
    struct cg_error error = {.text = ""};
    struct cg_image_write_options options = {
        .format = format, .quality = quality, .background = {255, 255, 255}};
    if (cg_image_write(fixture_path(name), image, &options, &error) != CG_OK)
        fail_msg("%s", error.text);
}

/* ---- round trips ----------------------------------------------------------------------------- */

static void png_comes_back_the_same(void **state)
{
    (void)state;
    const int sizes[][2] = {{1, 1}, {1, 70}, {70, 1}, {33, 17}, {640, 3}};
    const int channels[] = {1, 3, 4};
    for (size_t i = 0; i < 15; i++) {
        struct cg_image image = make_noise(sizes[i / 3][0], sizes[i / 3][1], channels[i % 3]), back;
        assert_write("a.png", &image, CG_IMAGE_PNG, 0);
        assert_int_equal(cg_image_read(fixture_path("a.png"), &(struct cg_image_read_options){0},
                                       &back, NULL, NULL),
                         CG_OK);
        assert_int_equal(back.width, image.width);
        assert_int_equal(back.height, image.height);
        assert_int_equal(back.channels, image.channels);
        assert_memory_equal(back.pixels, image.pixels, fixture_image_nbytes(&image));
        cg_image_clear(&back);
        cg_image_clear(&image);
    }
}

static void jpeg_comes_back_alike(void **state)
{
    (void)state;
    const int qualities[] = {75, 90, 91, 100};
    for (size_t i = 0; i < 12; i++) {
        int channels = i % 3 == 0 ? 1 : i % 3 == 1 ? 3 : 4;
        struct cg_image image = make_gradient(67, 43, channels), back;
        for (size_t k = 3; channels == 4 && k < fixture_image_nbytes(&image); k += 4)
            image.pixels[k] = 255;
        assert_write("a.jpg", &image, CG_IMAGE_JPEG, qualities[i / 3]);
        assert_int_equal(cg_image_read(fixture_path("a.jpg"),
                                       &(struct cg_image_read_options){.channels = 3}, &back, NULL,
                                       NULL),
                         CG_OK);
        assert_int_equal(back.width, 67);
        assert_int_equal(back.height, 43);
        for (int k = 0; k < 67 * 43; k++) /* a smooth grey slope: quality 75 errs by 5 at most */
            assert_true(abs(back.pixels[3 * k + 1] - image.pixels[channels * k]) <= 5);
        cg_image_clear(&back);
        cg_image_clear(&image);
    }
}

static void jpeg_shows_transparency_on_white(void **state)
{
    (void)state;
    struct cg_image image = make_noise(16, 16, 4), back;
    memset(image.pixels, 0, fixture_image_nbytes(&image));
    assert_write("a.jpg", &image, CG_IMAGE_JPEG, 95);
    assert_int_equal(cg_image_read(fixture_path("a.jpg"),
                                   &(struct cg_image_read_options){.channels = 3}, &back, NULL,
                                   NULL),
                     CG_OK);
    assert_true(back.pixels[0] >= 254);
    assert_int_equal(image.pixels[0], 0);
    cg_image_clear(&back);
    cg_image_clear(&image);
}

struct write_context {
    const struct cg_image *image;
    enum cg_status status[8];
};

static void write_one(void *context, size_t item, int worker)
{
    (void)worker;
    struct write_context *write = context;
    char path[128];
    snprintf(path, sizeof(path), "%s/%zu", fixture_path(""), item);
    struct cg_image_write_options options = {.format = item % 2 == 0 ? CG_IMAGE_PNG : CG_IMAGE_JPEG,
                                             .quality = 88};
    write->status[item] = cg_image_write(path, write->image, &options, NULL);
}

static void threads_write_the_same_bytes(void **state)
{
    (void)state;
    struct cg_image image = make_gradient(301, 203, 3);
    struct write_context context = {.image = &image};
    struct cg_pool *pool;
    assert_int_equal(cg_pool_create(4, &pool, NULL), CG_OK);
    cg_pool_run(pool, 8, write_one, &context);
    cg_pool_free(pool);
    uint8_t *first[2], *bytes;
    size_t first_nbytes[2], nbytes;
    for (size_t i = 0; i < 8; i++) {
        char name[2] = {(char)('0' + i), '\0'};
        assert_int_equal(context.status[i], CG_OK);
        assert_int_equal(cg_file_read(fixture_path(name), 1 << 20, &bytes, &nbytes, NULL), CG_OK);
        if (i < 2) {
            first[i] = bytes;
            first_nbytes[i] = nbytes;
            continue;
        }
        assert_int_equal(nbytes, first_nbytes[i % 2]);
        assert_memory_equal(bytes, first[i % 2], nbytes);
        free(bytes);
    }
    free(first[0]);
    free(first[1]);
    cg_image_clear(&image);
}

static void memory_gets_the_same_bytes(void **state)
{
    (void)state;
    uint8_t exif[26], icc[70000] = {1, 2, 3}; /* what is in a profile is not looked at */
    const struct cg_image_extras extras = {icc, sizeof(icc), exif, fixture_exif(exif, 1, true)};
    struct cg_image image = make_noise(120, 70, 3);
    for (int i = 0; i < 4; i++) {
        uint8_t *written, *encoded;
        size_t written_nbytes, encoded_nbytes;
        const struct cg_image_write_options options = {.format = i % 2 == 0 ? CG_IMAGE_PNG
                                                                            : CG_IMAGE_JPEG,
                                                       .quality = 90,
                                                       .extras = i < 2 ? NULL : &extras};
        assert_int_equal(cg_image_write(fixture_path("a"), &image, &options, NULL), CG_OK);
        assert_int_equal(cg_file_read(fixture_path("a"), 1 << 20, &written, &written_nbytes, NULL),
                         CG_OK);
        assert_int_equal(cg_image_encode(&image, &options, &encoded, &encoded_nbytes, NULL), CG_OK);
        assert_int_equal(encoded_nbytes, written_nbytes);
        assert_memory_equal(encoded, written, written_nbytes);
        free(encoded);
        free(written);
    }
    cg_image_clear(&image);
}

static void extras_that_cannot_be_embedded_are_refused(void **state)
{
    (void)state;
    struct cg_error error;
    uint8_t *zeros = calloc(1, 17 << 20);
    assert_non_null(zeros);
    const struct cg_image_extras exif = {.exif = zeros, .exif_nbytes = 65528};
    const struct cg_image_extras icc = {.icc = zeros, .icc_nbytes = 17 << 20};
    struct cg_image image = make_noise(5, 5, 3);
    struct cg_image_write_options options = {
        .format = CG_IMAGE_JPEG, .quality = 90, .extras = &exif};
    assert_int_equal(cg_image_write(fixture_path("a"), &image, &options, &error), CG_ERR_LIMIT);
    assert_non_null(strstr(error.text, fixture_path("a")));
    assert_non_null(strstr(error.text, "at most 65527 bytes of EXIF data, got 65528"));
    options.extras = &icc;
    assert_int_equal(cg_image_write(fixture_path("a"), &image, &options, &error), CG_ERR_LIMIT);
    assert_non_null(strstr(error.text, "a profile of at most"));
    assert_int_equal(fixture_count_entries(fixture_path("")), 0);
    for (int format = CG_IMAGE_PNG; format <= CG_IMAGE_JPEG; format++) {
        options.format = (enum cg_image_format)format;
        options.extras = &(struct cg_image_extras){.exif = zeros, .exif_nbytes = 60000};
        assert_int_equal(cg_image_write("/dev/full", &image, &options, &error), CG_ERR_FULL);
    }
    cg_image_clear(&image);
    free(zeros);
}

static void failed_writes_leave_nothing(void **state)
{
    (void)state;
    struct cg_image image = make_noise(300, 200, 3), empty = {0};
    struct cg_error error;
    struct cg_image_write_options options = {.quality = 90};
    for (int format = CG_IMAGE_PNG; format <= CG_IMAGE_JPEG; format++) {
        options.format = (enum cg_image_format)format;
        assert_int_equal(cg_image_write("/dev/full", &image, &options, &error), CG_ERR_FULL);
        assert_string_equal(error.text, "writing /dev/full: the disk is full");
        assert_int_equal(cg_image_write(fixture_path("no/a"), &image, &options, &error), CG_ERR_IO);
        assert_non_null(strstr(error.text, "no such file or folder"));
        assert_int_equal(cg_image_write(fixture_path("a"), &empty, &options, &error),
                         CG_ERR_ARGUMENT);
    }
    options.quality = 0;
    assert_int_equal(cg_image_write(fixture_path("a"), &image, &options, &error), CG_ERR_ARGUMENT);
    options.quality = 101;
    assert_int_equal(cg_image_write(fixture_path("a"), &image, &options, &error), CG_ERR_ARGUMENT);
    assert_int_equal(fixture_count_entries(fixture_path("")), 0);
    cg_image_clear(&image);
}

static void endings_tell_the_format(void **state)
{
    (void)state;
    enum cg_image_format format;
    struct cg_error error;
    assert_int_equal(cg_image_format_of("a/b.PNG", &format, NULL), CG_OK);
    assert_int_equal(format, CG_IMAGE_PNG);
    assert_int_equal(cg_image_format_of("x.png.Jpg", &format, NULL), CG_OK);
    assert_int_equal(format, CG_IMAGE_JPEG);
    static const char *const jpegs[] = {"x.jpeg", "x.JFIF", "x.jpe"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(cg_image_format_of(jpegs[i], &format, NULL), CG_OK);
        assert_int_equal(format, CG_IMAGE_JPEG);
    }
    assert_int_equal(format, CG_IMAGE_JPEG);
    assert_int_equal(cg_image_format_of("x.JPE", &format, NULL), CG_OK);
    assert_int_equal(format, CG_IMAGE_JPEG);
    assert_int_equal(cg_image_format_of("x.jfif", &format, NULL), CG_OK);
    assert_int_equal(format, CG_IMAGE_JPEG);
    assert_int_equal(cg_image_format_of("x.heic", &format, &error), CG_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.text, ".heic"));
    assert_int_equal(cg_image_format_of("a.png/b", &format, &error), CG_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.text, "no ending"));
}

/* ---- orientation ----------------------------------------------------------------------------- */

/* The picture 1 2 3 / 4 5 6 as stored, and upright. */
static const char *const upright[9] = {"123456", "123456", "321654", "654321", "456123",
                                       "142536", "415263", "635241", "362514"};

static void assert_upright(const struct fixture_bytes *file, int orientation)
{
    struct cg_image image = fixture_decode(file, 0);
    bool turned = orientation >= 5 && orientation <= 8;
    assert_int_equal(image.width, turned ? 2 : 3);
    assert_int_equal(image.height, turned ? 3 : 2);
    for (int i = 0; i < 6; i++)
        for (int c = 0; c < image.channels; c++)
            assert_int_equal(image.pixels[i * image.channels + c], upright[orientation][i]);
    cg_image_clear(&image);
}

static void add_six_pixels(struct fixture_bytes *file, int samples)
{
    uint8_t raw[2 * (1 + 3 * 4)], *to = raw;
    for (int i = 0; i < 6; i++) {
        if (i % 3 == 0)
            *to++ = 0;
        for (int k = 0; k < samples; k++)
            *to++ = (uint8_t)('1' + i);
    }
    fixture_png_pixels(file, raw, (size_t)(to - raw));
    fixture_png_end(file);
}

static void png_is_turned_upright(void **state)
{
    (void)state;
    static const int colours[][2] = {{0, 1}, {2, 3}, {6, 4}};
    for (int i = 0; i < 3 * 2 * 9; i++) {
        int orientation = i % 9;
        const int *colour = colours[i / 18];
        uint8_t tiff[26];
        struct fixture_bytes file = {0};
        fixture_png_begin(&file, 3, 2, 8, colour[0], false);
        fixture_png_chunk(&file, "eXIf", tiff, fixture_exif(tiff, orientation, i / 9 % 2));
        add_six_pixels(&file, colour[1]);
        assert_upright(&file, orientation);
        free(file.bytes);
    }
}

/*
 * 3 x 2 tiles of 40 pixels, as JPEG does not keep single pixels; more than one block of the turn.
 */
static void jpeg_is_turned_upright(void **state)
{
    (void)state;
    struct cg_image tiles = make_noise(120, 80, 3);
    for (int i = 0; i < 120 * 80; i++)
        memset(tiles.pixels + 3 * i, 40 * (1 + i % 120 / 40 + 3 * (i / 120 / 40)), 3);
    assert_write("a.jpg", &tiles, CG_IMAGE_JPEG, 100);
    cg_image_clear(&tiles);
    for (int orientation = 1; orientation <= 8; orientation++) {
        struct fixture_bytes file = {0};
        assert_int_equal(
            cg_file_read(fixture_path("a.jpg"), 1 << 20, &file.bytes, &file.nbytes, NULL), CG_OK);
        fixture_jpeg_add_exif(&file, orientation, orientation % 2);
        struct cg_image image = fixture_decode(&file, 3);
        int across = orientation >= 5 ? 2 : 3;
        assert_int_equal(image.width, 40 * across);
        assert_int_equal(image.height, 40 * (5 - across));
        for (int i = 0; i < 6; i++) {
            int x = 40 * (i % across) + 20, y = 40 * (i / across) + 20;
            int value = image.pixels[3 * (y * image.width + x)];
            assert_true(abs(value - 40 * (upright[orientation][i] - '0')) <= 1);
        }
        cg_image_clear(&image);
        free(file.bytes);
    }
}

static void bad_exif_leaves_the_picture_as_it_is(void **state)
{
    (void)state;
    for (int at = 0; at < 26; at++) {
        for (int length = 0; length <= 26; length++) {
            uint8_t tiff[26];
            struct fixture_bytes file = {0};
            fixture_exif(tiff, 3, at % 2);
            tiff[at] = 0xff;
            fixture_png_begin(&file, 3, 2, 8, 0, false);
            fixture_png_chunk(&file, "eXIf", tiff, (size_t)length);
            add_six_pixels(&file, 1);
            struct cg_image image = fixture_decode(&file, 0);
            assert_true(memcmp(image.pixels, upright[1], 6) == 0 ||
                        memcmp(image.pixels, upright[3], 6) == 0);
            cg_image_clear(&image);
            free(file.bytes);
        }
    }
}

#define IN_FOLDER(name)                                                                            \
    cmocka_unit_test_setup_teardown(name, fixture_folder_setup, fixture_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(png_comes_back_the_same),
        IN_FOLDER(jpeg_comes_back_alike),
        IN_FOLDER(jpeg_shows_transparency_on_white),
        IN_FOLDER(threads_write_the_same_bytes),
        IN_FOLDER(memory_gets_the_same_bytes),
        IN_FOLDER(extras_that_cannot_be_embedded_are_refused),
        IN_FOLDER(failed_writes_leave_nothing),
        cmocka_unit_test(endings_tell_the_format),
        cmocka_unit_test(png_is_turned_upright),
        IN_FOLDER(jpeg_is_turned_upright),
        cmocka_unit_test(bad_exif_leaves_the_picture_as_it_is),
    };
    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
