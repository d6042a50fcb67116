/* A style's palette (train/data/comic_palette.h): what it moves, what it leaves, and that it stays
 * smooth. */
#include "base/rng.h"
#include "image/oklab.h"
#include "train/data/comic_palette.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { COUNT = 20000 };

static void to_lab(const float *pixel, float lab[3])
{
    float linear[3];
    for (int c = 0; c < 3; c++)
        linear[c] = cg_srgb_decode(pixel[c]);
    cg_oklab_from_linear(linear, lab);
}

/* Colours of all kinds: each channel at random from low to high. */
static float *draw_pixels(uint64_t seed, const float low[3], const float high[3])
{
    float *pixels = malloc(3 * COUNT * sizeof(float));
    assert_non_null(pixels);
    struct cg_rng rng = cg_rng_make(seed, 0, 0);
    for (size_t i = 0; i < 3 * COUNT; i++)
        pixels[i] = low[i % 3] + (high[i % 3] - low[i % 3]) * cg_rng_uniform(&rng);
    return pixels;
}

static const float black[3] = {0.0f, 0.0f, 0.0f}, white[3] = {1.0f, 1.0f, 1.0f};

static struct cg_comic_palette *learn(const float *from, const float *to, float strength)
{
    struct cg_comic_palette *grade;
    assert_int_equal(cg_comic_palette_create((struct cg_comic_palette_sample){from, COUNT},
                                             (struct cg_comic_palette_sample){to, COUNT}, strength,
                                             &grade, NULL),
                     CG_OK);
    return grade;
}

static float largest_change(const struct cg_comic_palette *grade)
{
    float *pixels = draw_pixels(9, black, white), largest = 0.0f;
    for (size_t i = 0; i < COUNT; i++) {
        float mapped[3] = {pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]};
        cg_comic_palette_apply(grade, mapped, 1);
        for (size_t c = 0; c < 3; c++)
            largest = fmaxf(largest, fabsf(mapped[c] - pixels[3 * i + c]));
    }
    free(pixels);
    return largest;
}

/* The table has bytes in it (1/255), and 33 steps along each side, between which it is straight. */
static void strength_zero_and_equal_samples_change_nothing(void **state)
{
    (void)state;
    const float dim[3] = {0.5f, 0.4f, 0.3f};
    float *all = draw_pixels(1, black, white), *warm = draw_pixels(2, black, dim);
    struct cg_comic_palette *none = learn(all, warm, 0.0f), *same = learn(all, all, 1.0f);
    assert_true(largest_change(none) < 0.02f);
    assert_true(largest_change(same) < 0.03f);
    cg_comic_palette_free(same);
    cg_comic_palette_free(none);
    free(warm);
    free(all);
}

static void colours_go_where_the_comics_are(void **state)
{
    (void)state;
    const float dark_and_warm[3] = {0.7f, 0.5f, 0.3f};
    float *all = draw_pixels(1, black, white), *comics = draw_pixels(2, black, dark_and_warm);
    float before = 2.0f;
    for (int i = 0; i <= 4; i++) {
        struct cg_comic_palette *grade = learn(all, comics, 0.25f * (float)i);
        float pixel[3] = {0.6f, 0.6f, 0.6f}, lab[3];
        cg_comic_palette_apply(grade, pixel, 1);
        to_lab(pixel, lab);
        assert_true(lab[0] < before); /* the stronger, the darker */
        before = lab[0];
        if (i == 4)
            assert_true(lab[2] > 0.03f); /* yellow */
        cg_comic_palette_free(grade);
    }
    free(comics);
    free(all);
}

/* From grey comics all colour is taken, from colourful ones hues stay. */
static void chroma_follows_and_hues_stay(void **state)
{
    (void)state;
    float *all = draw_pixels(1, black, white), *grey = draw_pixels(2, black, white);
    for (size_t i = 0; i < COUNT; i++)
        grey[3 * i + 1] = grey[3 * i + 2] = grey[3 * i];
    struct cg_comic_palette *grade = learn(all, grey, 1.0f);
    float red[3] = {0.8f, 0.3f, 0.25f}, lab[3], lab_before[3];
    to_lab(red, lab_before);
    cg_comic_palette_apply(grade, red, 1);
    to_lab(red, lab);
    assert_true(hypotf(lab[1], lab[2]) < 0.25f * hypotf(lab_before[1], lab_before[2]));
    cg_comic_palette_free(grade);
    free(grey);
    free(all);
}

/* A ramp of greys stays a ramp: no step backwards, no leap. */
static void tones_stay_in_order(void **state)
{
    (void)state;
    const float bright[3] = {0.9f, 0.9f, 0.9f};
    float *all = draw_pixels(1, black, white), *comics = draw_pixels(2, bright, white);
    struct cg_comic_palette *grade = learn(all, comics, 1.0f);
    float before = -1.0f;
    for (int i = 0; i <= 255; i++) {
        float pixel[3] = {(float)i / 255.0f, (float)i / 255.0f, (float)i / 255.0f}, lab[3];
        cg_comic_palette_apply(grade, pixel, 1);
        to_lab(pixel, lab);
        assert_true(lab[0] > before - 0.003f);
        assert_true(before < 0.0f || lab[0] < before + 0.05f);
        before = lab[0];
    }
    cg_comic_palette_free(grade);
    free(comics);
    free(all);
}

static void no_pixels_are_an_error(void **state)
{
    (void)state;
    struct cg_comic_palette *grade;
    float pixel[3] = {0};
    assert_int_equal(cg_comic_palette_create((struct cg_comic_palette_sample){pixel, 0},
                                             (struct cg_comic_palette_sample){pixel, 1}, 1.0f,
                                             &grade, NULL),
                     CG_ERR_ARGUMENT);
    assert_null(grade);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strength_zero_and_equal_samples_change_nothing),
        cmocka_unit_test(colours_go_where_the_comics_are),
        cmocka_unit_test(chroma_follows_and_hues_stay),
        cmocka_unit_test(tones_stay_in_order),
        cmocka_unit_test(no_pixels_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
