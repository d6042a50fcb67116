/* image: transparency taken off, put back, and laid on a colour, without fringes. */
#include "base/rng.h"
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct cg_image make(int width, int height, int channels)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(width, height, channels, &image, NULL), CG_OK);
    memset(image.pixels, 0, (size_t)width * (size_t)height * (size_t)channels);
    return image;
}

static void put(struct cg_image *image, int x, int y, const char *rgba)
{
    memcpy(image->pixels + 4 * (y * image->width + x), rgba, 4);
}

static const uint8_t *rgb_at(const struct cg_image *image, int x, int y)
{
    return image->pixels + 3 * (y * image->width + x);
}

/* A red disk, half covered at its rim, on transparent black. */
static struct cg_image make_disk(int size)
{
    struct cg_image image = make(size, size, 4);
    for (int i = 0; i < size * size; i++) {
        int x = 2 * (i % size) - size + 1, y = 2 * (i / size) - size + 1;
        int square = 4 * (x * x + y * y);
        if (square < size * size)
            put(&image, i % size, i / size,
                10 * square < 9 * size * size ? "\xf0\x20\x30\xff" : "\xf0\x20\x30\x80");
    }
    return image;
}

static void a_disk_has_no_fringe(void **state)
{
    (void)state;
    static const int sizes[] = {61, 23, 122};
    for (int i = 0; i < 3; i++) {
        struct cg_image image = make_disk(61), alpha, small, small_alpha;
        assert_int_equal(cg_image_split_alpha(&image, &alpha, NULL), CG_OK);
        assert_int_equal(image.channels, 3);
        assert_int_equal(alpha.channels, 1);
        assert_int_equal(alpha.pixels[30 * 61 + 30], 255);
        assert_int_equal(alpha.pixels[0], 0);
        assert_int_equal(cg_image_resize(&image, sizes[i], sizes[i], &small, NULL), CG_OK);
        assert_int_equal(cg_image_resize(&alpha, sizes[i], sizes[i], &small_alpha, NULL), CG_OK);
        assert_int_equal(cg_image_join_alpha(&small, &small_alpha, NULL), CG_OK);
        int half = 0;
        for (int k = 0; k < sizes[i] * sizes[i]; k++) {
            assert_memory_equal(small.pixels + 4 * k, "\xf0\x20\x30", 3);
            half += small.pixels[4 * k + 3] > 0 && small.pixels[4 * k + 3] < 255;
        }
        assert_true(half > 20); /* there was an edge to bleed into */
        cg_image_clear(&small_alpha);
        cg_image_clear(&small);
        cg_image_clear(&alpha);
        cg_image_clear(&image);
    }
}

/* Red on the left, blue on the right, wide apart: each side is filled from what is nearer. */
static void the_nearest_colour_counts_most(void **state)
{
    (void)state;
    struct cg_image image = make(64, 40, 4), alpha;
    for (int y = 0; y < 40; y++) {
        put(&image, 10, y, "\xff\0\0\xff");
        put(&image, 53, y, "\0\0\xff\xff");
    }
    assert_int_equal(cg_image_split_alpha(&image, &alpha, NULL), CG_OK);
    for (int y = 0; y < 40; y++) {
        for (int x = 8; x < 13; x++)
            assert_true(rgb_at(&image, x, y)[0] >= 230 && rgb_at(&image, x, y)[2] <= 25);
        for (int x = 51; x < 56; x++)
            assert_true(rgb_at(&image, x, y)[0] <= 25 && rgb_at(&image, x, y)[2] >= 230);
        for (int x = 1; x < 64; x++) /* and from one to the other without a jump */
            assert_true(abs(rgb_at(&image, x, y)[0] - rgb_at(&image, x - 1, y)[0]) < 80);
    }
    cg_image_clear(&alpha);
    cg_image_clear(&image);
}

static void what_can_be_seen_is_left_alone(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {7, 1}, {1, 9}, {33, 18}};
    struct cg_rng rng = cg_rng_make(1, 1, 1);
    for (int i = 0; i < 4; i++) {
        struct cg_image image = make(sizes[i][0], sizes[i][1], 4), alpha;
        int count = image.width * image.height;
        for (int k = 0; k < 4 * count; k++)
            image.pixels[k] = (uint8_t)cg_rng_below(&rng, k % 4 == 3 && k % 3 == 0 ? 1 : 256);
        struct cg_image before = make(image.width, image.height, 4);
        memcpy(before.pixels, image.pixels, (size_t)count * 4);
        assert_int_equal(cg_image_split_alpha(&image, &alpha, NULL), CG_OK);
        assert_int_equal(cg_image_join_alpha(&image, &alpha, NULL), CG_OK);
        for (int k = 0; k < count; k++) {
            assert_int_equal(image.pixels[4 * k + 3], before.pixels[4 * k + 3]);
            if (before.pixels[4 * k + 3] != 0)
                assert_memory_equal(image.pixels + 4 * k, before.pixels + 4 * k, 3);
        }
        cg_image_clear(&before);
        cg_image_clear(&alpha);
        cg_image_clear(&image);
    }
}

/* One pixel far away, hardly to be seen, is enough; none at all leaves the picture as it is. */
static void a_picture_of_nothing_is_fine(void **state)
{
    (void)state;
    for (int seen = 0; seen <= 1; seen++) {
        struct cg_image image = make(300, 5, 4), alpha;
        if (seen)
            put(&image, 299, 4, "\x10\x20\x30\x01");
        assert_int_equal(cg_image_split_alpha(&image, &alpha, NULL), CG_OK);
        for (int i = 0; i < 300 * 5; i++)
            assert_memory_equal(image.pixels + 3 * i, seen ? "\x10\x20\x30" : "\0\0\0", 3);
        cg_image_clear(&alpha);
        cg_image_clear(&image);
    }
}

static void pictures_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    struct cg_error error;
    struct cg_image image = make(4, 3, 3), alpha = make(3, 4, 1), none;
    assert_int_equal(cg_image_split_alpha(&image, &none, &error), CG_ERR_ARGUMENT);
    assert_null(none.pixels);
    assert_int_equal(cg_image_join_alpha(&image, &alpha, &error), CG_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "expected 4 x 3"));
    assert_int_equal(image.channels, 3);
    cg_image_clear(&alpha);
    cg_image_clear(&image);
}

static void a_jpeg_shows_the_background(void **state)
{
    (void)state;
    struct cg_image image = make(16, 16, 4), back;
    struct cg_image_write_options options = {
        .format = CG_IMAGE_JPEG, .quality = 98, .background = {40, 160, 90}};
    uint8_t *bytes;
    size_t nbytes;
    assert_int_equal(cg_image_encode(&image, &options, &bytes, &nbytes, NULL), CG_OK);
    assert_int_equal(
        cg_image_decode(bytes, nbytes, &(struct cg_image_read_options){0}, &back, NULL, NULL),
        CG_OK);
    for (int c = 0; c < 3; c++)
        assert_true(abs(back.pixels[c] - options.background[c]) <= 2);
    free(bytes);
    cg_image_clear(&back);
    cg_image_clear(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_disk_has_no_fringe),
        cmocka_unit_test(the_nearest_colour_counts_most),
        cmocka_unit_test(what_can_be_seen_is_left_alone),
        cmocka_unit_test(a_picture_of_nothing_is_fine),
        cmocka_unit_test(pictures_that_do_not_fit_are_refused),
        cmocka_unit_test(a_jpeg_shows_the_background),
    };
    return cmocka_run_group_tests_name("image alpha", tests, NULL, NULL);
}
