/* eval: the measures of a comic against its photo. */
#include "assert_near.h"
#include "base/rng.h"
#include "measure/picture_quality.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct cg_image make_image(int width, int height)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(width, height, 3, &image, NULL), CG_OK);
    return image;
}

static uint8_t *pixel(const struct cg_image *image, int x, int y)
{
    return image->pixels + 3 * ((size_t)y * (size_t)image->width + (size_t)x);
}

static struct cg_image constant_image(int width, int height, int r, int g, int b)
{
    struct cg_image image = make_image(width, height);
    const uint8_t colour[3] = {(uint8_t)r, (uint8_t)g, (uint8_t)b};
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            memcpy(pixel(&image, x, y), colour, 3);
    return image;
}

/* Noise of 96 to 159 in every channel, on a dark left and a light right half. */
static struct cg_image textured_image(int width, int height)
{
    struct cg_image image = make_image(width, height);
    struct cg_rng rng = cg_rng_make(5, 0, 0);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < 3; c++)
                pixel(&image, x, y)[c] =
                    (uint8_t)(96 + (int)cg_rng_below(&rng, 64) + (x < width / 2 ? -20 : 60));
    return image;
}

static struct cg_image copy_image(const struct cg_image *image)
{
    struct cg_image copy = make_image(image->width, image->height);
    memcpy(copy.pixels, image->pixels, 3 * (size_t)image->width * (size_t)image->height);
    return copy;
}

/* Measures and clears both. Every figure must be a number. */
static struct cg_quality measure(struct cg_image *photo, struct cg_image *comic)
{
    struct cg_quality quality;
    struct cg_error error = {0};
    enum cg_status status = cg_quality_measure(photo, comic, &quality, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, CG_OK);
    for (int c = 0; c < CG_QUALITY_COLUMNS; c++) {
        double value = cg_quality_get(&quality, &cg_quality_columns[c]);
        assert_true(isfinite(value) && value >= 0.0);
    }
    cg_image_clear(comic);
    cg_image_clear(photo);
    return quality;
}

static void constant_pictures_have_nothing_to_compare(void **state)
{
    (void)state;
    struct cg_image photo = constant_image(40, 24, 128, 128, 128);
    struct cg_image comic = constant_image(40, 24, 200, 200, 200);
    struct cg_quality quality = measure(&photo, &comic);
    assert_near(quality.texture, 1.0, 0.0);
    assert_near(quality.texture_ink, 1.0, 0.0);
    assert_near(quality.contour, 1.0, 0.0);
    assert_near(quality.calm, 1.0, 0.0);
    assert_near(quality.ink, 0.0, 0.0);
    assert_near(quality.hue_blocks, 0.0, 0.0); /* grey has no hue */
    assert_near(quality.luma_photo, 128.0 / 255.0, 1e-6);
    assert_near(quality.luma_comic, 200.0 / 255.0, 1e-6);

    photo = constant_image(8, 8, 255, 90, 90);
    comic = constant_image(8, 8, 0, 0, 0);
    quality = measure(&photo, &comic);
    assert_near(quality.ink, 1.0, 0.0);
    assert_near(quality.dark_photo, 0.0, 0.0);
    assert_near(quality.dark_comic, 1.0, 0.0);
    assert_near(quality.calm, 0.0, 0.0); /* ink everywhere */
    assert_near(quality.clipped_photo, 1.0, 0.0);
    assert_near(quality.clipped_comic, 1.0, 0.0);
}

static void identical_pictures_differ_in_nothing(void **state)
{
    (void)state;
    struct cg_image photo = textured_image(90, 61);
    memset(pixel(&photo, 5, 5), 0, 3);
    struct cg_image comic = copy_image(&photo);
    struct cg_quality quality = measure(&photo, &comic);
    assert_near(quality.texture, 1.0, 0.0);
    assert_near(quality.texture_ink, 1.0, 0.0);
    assert_near(quality.contour, 1.0, 0.0);
    assert_near(quality.ink, 0.0, 0.0);
    assert_near(quality.hue_deg, 0.0, 0.0);
    assert_near(quality.dark_photo, 1.0 / (90 * 61), 1e-9);
    assert_near(quality.clipped_comic, 1.0 / (90 * 61), 1e-9);
    assert_true(quality.luma_photo == quality.luma_comic);
}

static void less_contrast_is_less_texture_and_contour(void **state)
{
    (void)state;
    struct cg_image photo = textured_image(120, 80), comic = copy_image(&photo);
    for (size_t i = 0; i < 3u * 120 * 80; i++)
        comic.pixels[i] = (uint8_t)((comic.pixels[i] + 128) / 2);
    struct cg_quality quality = measure(&photo, &comic);
    /* rounding down to whole levels moves single gradients of some 20 levels by up to one */
    assert_near(quality.texture, 0.5, 0.02);
    assert_near(quality.contour, 0.5, 0.02);
    assert_true(quality.texture == quality.texture_ink);
}

static void blurring_takes_texture(void **state)
{
    (void)state;
    struct cg_image photo = textured_image(120, 80), small, comic;
    assert_int_equal(cg_image_resize(&photo, 30, 20, &small, NULL), CG_OK);
    assert_int_equal(cg_image_resize(&small, 120, 80, &comic, NULL), CG_OK);
    cg_image_clear(&small);
    struct cg_quality quality = measure(&photo, &comic);
    assert_true(quality.texture > 0.0 && quality.texture < 0.3);
    assert_true(quality.contour > 0.1 && quality.contour < 0.9);
}

/* Black lines one pixel wide, one in 32 columns. */
static void lines_are_ink_and_not_texture(void **state)
{
    (void)state;
    struct cg_image photo = textured_image(128, 70), comic = copy_image(&photo);
    for (int y = 0; y < 70; y++)
        for (int x = 8; x < 128; x += 32)
            memset(pixel(&comic, x, y), 0, 3);
    struct cg_quality quality = measure(&photo, &comic);
    assert_near(quality.ink, 1.0 / 32.0, 1e-9);
    assert_near(quality.dark_comic, 1.0 / 32.0, 1e-9);
    assert_near(quality.dark_photo, 0.0, 0.0);
    assert_near(quality.clipped_comic, 1.0 / 32.0, 1e-9);
    /* farther than 3 px from a line nothing was changed, not even gradients */
    assert_near(quality.texture, 1.0, 0.0);
    assert_true(quality.texture_ink > 1.1);
    /* 25 of 32 columns are far from lines; about half of them calm */
    assert_near(quality.calm, 0.5 * 25.0 / 32.0, 0.05);
}

static void a_darker_edge_is_more_contour(void **state)
{
    (void)state;
    struct cg_image photo = constant_image(200, 50, 100, 100, 100);
    for (int y = 0; y < 50; y++)
        for (int x = 100; x < 200; x++)
            memset(pixel(&photo, x, y), 180, 3);
    struct cg_image comic = copy_image(&photo);
    for (int y = 0; y < 50; y++)
        memset(pixel(&comic, 100, y), 0, 3);
    struct cg_quality quality = measure(&photo, &comic);
    /* Contour are the 10 columns 95 to 104. Gradients, in levels: photo 40 at 99 and 100, seen from
     * 8 of them; comic 90 at 101, seen from 7, and 50 at 99, the largest for 2 more. */
    assert_near(quality.contour, (7.0 * 90.0 + 2.0 * 50.0) / (8.0 * 40.0), 1e-4);
}

static void hue_turns_by_known_angles(void **state)
{
    (void)state;
    /* Oklab hues of sRGB's primaries: 29.234, 142.495 and 264.052 degrees */
    struct cg_image photo = constant_image(40, 33, 255, 0, 0);
    struct cg_image comic = constant_image(40, 33, 0, 255, 0);
    struct cg_quality quality = measure(&photo, &comic);
    assert_near(quality.hue_deg, 113.261, 0.05);
    assert_near(quality.hue_blocks, 9.0, 0.0); /* 3 x 3, the last ones cut */
    photo = constant_image(40, 33, 255, 0, 0);
    comic = constant_image(40, 33, 0, 0, 255);
    assert_near(measure(&photo, &comic).hue_deg, 125.182, 0.05); /* the shorter way round */
}

static void skin_is_told_from_the_rest(void **state)
{
    (void)state;
    struct cg_image photo = constant_image(64, 16, 0, 0, 255), comic = copy_image(&photo);
    const uint8_t skin[3] = {224, 172, 140}, red[3] = {255, 0, 0};
    for (int y = 0; y < 16; y++)
        for (int x = 0; x < 32; x++) {
            memcpy(pixel(&photo, x, y), skin, 3);
            memcpy(pixel(&comic, x, y), skin, 3);
            memcpy(pixel(&comic, x + 32, y), red, 3);
        }
    struct cg_quality quality = measure(&photo, &comic);
    assert_near(quality.hue_blocks, 4.0, 0.0);
    assert_near(quality.skin_blocks, 2.0, 0.0);
    assert_near(quality.hue_deg, 125.182 / 2.0, 0.05);
    assert_near(quality.hue_skin_deg, 0.0, 0.0);
}

static void tiny_and_odd_sizes_are_fine(void **state)
{
    (void)state;
    const int sizes[][2] = {{1, 1}, {1, 2}, {2, 1}, {1, 37}, {37, 1}, {2, 2}, {3, 5}, {17, 15}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct cg_image photo = textured_image(sizes[i][0], sizes[i][1]);
        struct cg_image comic = constant_image(sizes[i][0], sizes[i][1], 0, 40, 255);
        measure(&photo, &comic);
        photo = constant_image(sizes[i][0], sizes[i][1], 9, 9, 9);
        comic = textured_image(sizes[i][0], sizes[i][1]);
        measure(&photo, &comic);
    }
}

static void other_pictures_are_refused(void **state)
{
    (void)state;
    struct cg_image photo = constant_image(8, 8, 1, 2, 3), comic = constant_image(8, 7, 1, 2, 3);
    struct cg_image grey;
    struct cg_quality quality;
    struct cg_error error;
    assert_int_equal(cg_image_create(8, 8, 1, &grey, NULL), CG_OK);
    assert_int_equal(cg_quality_measure(&photo, &comic, &quality, &error), CG_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "8 x 7"));
    assert_int_equal(cg_quality_measure(&photo, &grey, &quality, &error), CG_ERR_ARGUMENT);
    cg_image_clear(&grey);
    cg_image_clear(&comic);
    cg_image_clear(&photo);
}

static void draw_bar(const struct cg_image *image, int left, int top, int width, int height)
{
    for (int y = top; y < top + height; y++)
        for (int x = left; x < left + width; x++)
            memset(pixel(image, x, y), 20, 3);
}

/* A page of so many strokes of 60 x 3, dashes of 20 x 3 and dots of 3 x 3, and a black square, in
 * pixels of a picture of 960, drawn times as large. */
static struct cg_quality measure_strokes(int longs, int dashes, int dots, int times)
{
    struct cg_image photo = constant_image(960 * times, 320 * times, 180, 180, 180);
    struct cg_image comic = copy_image(&photo);
    draw_bar(&comic, 800 * times, 100 * times, 100 * times, 100 * times);
    for (int i = 0; i < longs; i++)
        draw_bar(&comic, 20 * times, (20 + 20 * i) * times, 60 * times, 3 * times);
    for (int i = 0; i < dashes; i++)
        draw_bar(&comic, 200 * times, (20 + 20 * i) * times, 20 * times, 3 * times);
    for (int i = 0; i < dots; i++)
        draw_bar(&comic, 400 * times, (20 + 20 * i) * times, 3 * times, 3 * times);
    return measure(&photo, &comic);
}

static void strokes_and_flecks_are_counted(void **state)
{
    (void)state;
    const double pixels = 960.0 * 320.0;
    for (int times = 1; times <= 2; times++) {
        struct cg_quality quality = measure_strokes(2, 3, 5, times);
        double stroke_pixels = 2 * 180.0 + 3 * 60.0 + 5 * 9.0;
        assert_near(quality.strokes, stroke_pixels / pixels, 1e-9);
        assert_near(quality.continuity, 2 * 180.0 / stroke_pixels, 1e-9);
        assert_near(quality.flecks, 5e6 / pixels, 1e-6);
    }
    struct cg_quality none = measure_strokes(0, 0, 0, 1); /* the square is no stroke */
    assert_near(none.strokes, 0.0, 0.0);
    assert_near(none.flecks, 0.0, 0.0);
}

/* Dots that touch at their corners are one stroke; a gap of a pixel parts them. */
static void strokes_hang_together_over_corners(void **state)
{
    (void)state;
    for (int step = 3; step <= 4; step++) {
        struct cg_image photo = constant_image(960, 320, 180, 180, 180);
        struct cg_image comic = copy_image(&photo);
        for (int i = 0; i < 20; i++)
            draw_bar(&comic, 100 + step * i, 100 + step * i, 3, 3);
        struct cg_quality quality = measure(&photo, &comic);
        assert_near(quality.continuity, step == 3 ? 1.0 : 0.0, 0.0);
        assert_near(quality.flecks, step == 3 ? 0.0 : 20e6 / (960.0 * 320.0), 1e-6);
    }
}

/* A third flat with a step in it, a third a slope of one level a pixel, a third blotches. */
static void slopes_and_texture_are_fog(void **state)
{
    (void)state;
    struct cg_image photo = constant_image(960, 240, 120, 120, 120), comic = copy_image(&photo);
    for (int y = 0; y < 240; y++)
        for (int x = 0; x < 960; x++) {
            struct cg_rng rng = cg_rng_make(9, (uint64_t)(x / 4), (uint64_t)(y / 4));
            int slope = 60 + (x < 480 ? x - 320 : 640 - x);
            int blotch = 114 + (int)cg_rng_below(&rng, 13);
            int value = x < 160 ? 40 : x < 320 ? 60 : x < 640 ? slope : blotch;
            memset(pixel(&comic, x, y), value, 3);
        }
    struct cg_quality quality = measure(&photo, &comic);
    /* a tenth: blotches that are like their neighbours by chance; the parts meet in edges */
    assert_near(quality.fog, 2.0 / 3.0, 0.1);
}

/* Every double of the struct has one column, and means leave out what says nothing. */
static void means_are_over_what_is_known(void **state)
{
    (void)state;
    assert_int_equal(CG_QUALITY_COLUMNS * sizeof(double), sizeof(struct cg_quality));
    for (int a = 0; a < CG_QUALITY_COLUMNS; a++)
        for (int b = 0; b < a; b++)
            assert_true(cg_quality_columns[a].offset != cg_quality_columns[b].offset);
    const struct cg_quality each[3] = {
        {.contour = 1.0, .hue_deg = 10.0, .hue_blocks = 4.0, .texture = 0.2, .calm = 0.4},
        {.contour = 2.0, .hue_deg = 30.0, .hue_blocks = 2.0, .texture = 1.0, .calm = 0.0},
        {.contour = 6.0, .texture = 0.4, .calm = 0.5},
    };
    struct cg_quality mean;
    cg_quality_mean(each, 3, &mean);
    assert_near(mean.contour, 3.0, 1e-12);
    assert_near(mean.hue_deg, 20.0, 1e-12);
    assert_near(mean.hue_blocks, 2.0, 1e-12);
    assert_near(mean.texture, 0.3, 1e-12);
    assert_near(mean.hue_skin_deg, 0.0, 0.0);
    cg_quality_mean(each, 0, &mean);
    assert_near(mean.contour, 0.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_pictures_have_nothing_to_compare),
        cmocka_unit_test(identical_pictures_differ_in_nothing),
        cmocka_unit_test(less_contrast_is_less_texture_and_contour),
        cmocka_unit_test(blurring_takes_texture),
        cmocka_unit_test(lines_are_ink_and_not_texture),
        cmocka_unit_test(a_darker_edge_is_more_contour),
        cmocka_unit_test(hue_turns_by_known_angles),
        cmocka_unit_test(skin_is_told_from_the_rest),
        cmocka_unit_test(strokes_and_flecks_are_counted),
        cmocka_unit_test(strokes_hang_together_over_corners),
        cmocka_unit_test(slopes_and_texture_are_fog),
        cmocka_unit_test(tiny_and_odd_sizes_are_fine),
        cmocka_unit_test(other_pictures_are_refused),
        cmocka_unit_test(means_are_over_what_is_known),
    };
    return cmocka_run_group_tests_name("quality", tests, NULL, NULL);
}
