/* image: resizing, against a plain and slow computation of the same. */
#include "base/rng.h"
#include "image/image.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct cg_image make(int width, int height, int channels)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(width, height, channels, &image, NULL), CG_OK);
    return image;
}

static size_t nbytes_of(const struct cg_image *image)
{
    return (size_t)image->width * (size_t)image->height * (size_t)image->channels;
}

static struct cg_image make_noise(int width, int height, int channels)
{
    struct cg_image image = make(width, height, channels);
    struct cg_rng rng = cg_rng_make(3, (uint64_t)width, (uint64_t)height);
    for (size_t i = 0; i < nbytes_of(&image); i++)
        image.pixels[i] = (uint8_t)cg_rng_below(&rng, 256);
    return image;
}

static struct cg_image resize(const struct cg_image *image, int width, int height)
{
    struct cg_image out;
    assert_int_equal(cg_image_resize(image, width, height, &out, NULL), CG_OK);
    assert_int_equal(out.width, width);
    assert_int_equal(out.height, height);
    assert_int_equal(out.channels, image->channels);
    return out;
}

static int64_t overlap(int64_t i, int64_t j, int64_t in, int64_t out)
{
    int64_t begin = i * in > j * out ? i * in : j * out;
    int64_t end = (i + 1) * in < (j + 1) * out ? (i + 1) * in : (j + 1) * out;
    return end > begin ? end - begin : 0;
}

/* The mean of the covered rectangle in whole numbers, halves up. */
static int exact_mean(const struct cg_image *in, const struct cg_image *out, int x, int y, int c)
{
    int64_t sum = 0, area = (int64_t)in->width * in->height;
    for (int v = 0; v < in->height; v++) {
        int64_t down = overlap(y, v, in->height, out->height);
        for (int u = 0; down > 0 && u < in->width; u++)
            sum += down * overlap(x, u, in->width, out->width) *
                   in->pixels[(v * in->width + u) * in->channels + c];
    }
    return (int)((2 * sum + area) / (2 * area));
}

static void shrinking_is_the_exact_mean(void **state)
{
    (void)state;
    const int sizes[][4] = {{7, 5, 3, 2},  {64, 48, 32, 24}, {33, 31, 32, 31}, {50, 3, 1, 1},
                            {1, 40, 1, 7}, {13, 13, 13, 13}, {100, 2, 37, 1},  {2, 2, 1, 1}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (int channels = 1; channels <= 4; channels += channels == 1 ? 2 : 1) {
            struct cg_image in = make_noise(sizes[i][0], sizes[i][1], channels);
            struct cg_image out = resize(&in, sizes[i][2], sizes[i][3]);
            for (int y = 0; y < out.height; y++)
                for (int x = 0; x < out.width; x++)
                    for (int c = 0; c < channels; c++)
                        assert_int_equal(out.pixels[(y * out.width + x) * channels + c],
                                         exact_mean(&in, &out, x, y, c));
            cg_image_clear(&out);
            cg_image_clear(&in);
        }
    }
}

static void halves_are_rounded_up(void **state)
{
    (void)state;
    for (int value = 0; value < 255; value++) {
        struct cg_image in = make(2, 1, 1);
        in.pixels[0] = (uint8_t)value;
        in.pixels[1] = (uint8_t)(value + 1);
        struct cg_image out = resize(&in, 1, 1);
        assert_int_equal(out.pixels[0], value + 1);
        cg_image_clear(&out);
        cg_image_clear(&in);
    }
}

static void flat_pictures_stay_flat(void **state)
{
    (void)state;
    const int sides[] = {1, 2, 3, 17, 64, 201};
    const size_t count = sizeof(sides) / sizeof(sides[0]);
    for (size_t i = 0; i < count * count * count; i++) {
        struct cg_image in = make(sides[i % count], sides[i / count % count], 3);
        int value = (int)(i * 37 % 256);
        memset(in.pixels, value, nbytes_of(&in));
        struct cg_image out = resize(&in, sides[i / count / count], sides[(i + 2) % count]);
        for (size_t k = 0; k < nbytes_of(&out); k++)
            assert_int_equal(out.pixels[k], value);
        cg_image_clear(&out);
        cg_image_clear(&in);
    }
}

static double cubic(double x)
{
    x = fabs(x);
    if (x >= 2.0)
        return 0.0;
    return x < 1.0 ? (1.5 * x - 2.5) * x * x + 1.0 : ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
}

/* Catmull-Rom along one row, the edge repeated. */
static double cubic_at(const struct cg_image *row, int x, int width)
{
    double centre = (x + 0.5) * row->width / width - 0.5, sum = 0.0;
    for (int u = (int)floor(centre) - 1; u <= (int)floor(centre) + 2; u++) {
        int inside = u < 0 ? 0 : u >= row->width ? row->width - 1 : u;
        sum += cubic(centre - u) * row->pixels[inside];
    }
    return fmin(fmax(sum, 0.0), 255.0);
}

static void growing_is_catmull_rom(void **state)
{
    (void)state;
    const int widths[][2] = {{1, 5}, {2, 3}, {5, 9}, {30, 31}, {9, 90}, {40, 640}};
    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        struct cg_image in = make_noise(widths[i][0], 1, 1);
        struct cg_image across = resize(&in, widths[i][1], 1);
        struct cg_image column = in; /* the same values from top to bottom */
        column.width = 1;
        column.height = in.width;
        struct cg_image down = resize(&column, 1, widths[i][1]);
        for (int x = 0; x < across.width; x++) {
            /* half a step of rounding, and the weights as floats: 4 * 255 * 2^-24 */
            assert_true(fabs(across.pixels[x] - cubic_at(&in, x, across.width)) < 0.5001);
            assert_int_equal(down.pixels[x], across.pixels[x]);
        }
        cg_image_clear(&down);
        cg_image_clear(&across);
        cg_image_clear(&in);
    }
}

static void gradients_stay_gradients(void **state)
{
    (void)state;
    struct cg_image in = make(256, 4, 3);
    for (int i = 0; i < 256 * 4 * 3; i++)
        in.pixels[i] = (uint8_t)(i / 3 % 256);
    struct cg_image small = resize(&in, 64, 2);
    for (int x = 0; x < 64; x++) /* mean of 4x .. 4x + 3 is 4x + 1.5, upwards 4x + 2 */
        assert_int_equal(small.pixels[3 * (64 + x) + 1], 4 * x + 2);
    struct cg_image large = resize(&in, 512, 4);
    for (int x = 4; x < 508; x++)
        assert_true(fabs(large.pixels[3 * x] - ((x + 0.5) / 2.0 - 0.5)) <= 0.5);
    cg_image_clear(&large);
    cg_image_clear(&small);
    cg_image_clear(&in);
}

static void the_longest_sides_work(void **state)
{
    (void)state;
    struct cg_image in = make(CG_IMAGE_SIDE_MAX_PX, 1, 3);
    memset(in.pixels, 255, nbytes_of(&in));
    in.pixels[0] = 0;
    struct cg_image one = resize(&in, 1, 1);
    assert_int_equal(one.pixels[0], 255);
    struct cg_image turned = in;
    turned.width = 1;
    turned.height = in.width;
    struct cg_image other = resize(&turned, 1, CG_IMAGE_SIDE_MAX_PX - 1);
    assert_int_equal(other.pixels[0], 0);
    assert_int_equal(other.pixels[nbytes_of(&other) - 1], 255);
    struct cg_image back = resize(&one, CG_IMAGE_SIDE_MAX_PX, 2);
    assert_int_equal(back.pixels[nbytes_of(&back) - 1], 255);
    cg_image_clear(&back);
    cg_image_clear(&other);
    cg_image_clear(&one);
    cg_image_clear(&in);
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    struct cg_image in = make_noise(2, 2, 1), out = in;
    struct cg_error error;
    assert_int_equal(cg_image_resize(&in, 0, 5, &out, &error), CG_ERR_LIMIT);
    assert_null(out.pixels);
    assert_int_equal(cg_image_resize(&in, 5, -1, &out, &error), CG_ERR_LIMIT);
    assert_int_equal(cg_image_resize(&in, 65536, 1, &out, &error), CG_ERR_LIMIT);
    assert_int_equal(cg_image_resize(&in, 65535, 65535, &out, &error), CG_ERR_LIMIT);
    cg_image_clear(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shrinking_is_the_exact_mean),  cmocka_unit_test(halves_are_rounded_up),
        cmocka_unit_test(flat_pictures_stay_flat),      cmocka_unit_test(growing_is_catmull_rom),
        cmocka_unit_test(gradients_stay_gradients),     cmocka_unit_test(the_longest_sides_work),
        cmocka_unit_test(impossible_sizes_are_refused),
    };
    return cmocka_run_group_tests_name("resize", tests, NULL, NULL);
}
