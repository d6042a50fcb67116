/*
 * The built-in style on a drawn picture, against the comic that it made when it was shipped: the
 * whole converter, from bytes to bytes. And that the comic is one: not the photo, not blank, inked.
 */
#include "base/memory.h"
#include "image/image.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 203, HEIGHT = 149, VALUES = WIDTH * HEIGHT * 3 };

static const char golden_path[] = CG_GOLDEN_DIR "/comic.png";

/* A ball on a striped floor before a sky, with texture on it all. */
static void draw_scene(uint8_t *pixels)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            uint8_t *pixel = pixels + 3 * (y * WIDTH + x);
            float dx = (float)(x - 90) / 45.0f, dy = (float)(y - 75) / 45.0f;
            float texture = 9.0f * sinf(0.9f * (float)x) * sinf(0.7f * (float)y);
            float colour[3] = {110.0f + 0.3f * (float)x, 160.0f, 215.0f - 0.4f * (float)y};
            if (y > 100)
                for (int c = 0; c < 3; c++)
                    colour[c] = ((x + y) / 17 % 2 ? 190.0f : 95.0f) - 15.0f * (float)c;
            if (dx * dx + dy * dy < 1.0f) {
                float shade = 1.0f - 0.35f * (dx + dy);
                colour[0] = 190.0f * shade;
                colour[1] = 60.0f * shade;
                colour[2] = 45.0f * shade;
            }
            for (int c = 0; c < 3; c++)
                pixel[c] = (uint8_t)fminf(fmaxf(colour[c] + texture, 0.0f), 255.0f);
        }
}

static double mean_difference(const uint8_t *a, const uint8_t *b)
{
    double sum = 0.0;
    for (int i = 0; i < VALUES; i++)
        sum += abs(a[i] - b[i]);
    return sum / VALUES;
}

static void convert(uint8_t *pixels, int threads)
{
    struct cg_engine *engine;
    struct cg_session *session;
    assert_int_equal(cg_engine_open(CG_DEFAULT_STYLE, &engine, NULL), CG_OK);
    const struct cg_render_params looks = cg_engine_render_params(engine);
    assert_int_equal(cg_session_create(engine, threads, &session, NULL), CG_OK);
    assert_int_equal(cg_session_convert(session, pixels, WIDTH, HEIGHT, &looks, NULL), CG_OK);
    cg_session_free(session);
    cg_engine_free(engine);
}

struct pictures {
    uint8_t photo[VALUES], comic[VALUES];
};

static int set_up(void **state)
{
    struct pictures *pictures = malloc(sizeof(*pictures));
    *state = pictures;
    if (pictures == NULL)
        return -1;
    draw_scene(pictures->photo);
    memcpy(pictures->comic, pictures->photo, VALUES);
    convert(pictures->comic, 1);
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static void comic_is_the_one_that_was_shipped(void **state)
{
    const struct pictures *pictures = *state;
    struct cg_image golden;
    if (getenv("COMICGAN_UPDATE_GOLDEN") != NULL) {
        struct cg_image made = {WIDTH, HEIGHT, 3, (uint8_t *)(size_t)pictures->comic};
        assert_int_equal(cg_image_write(golden_path, &made,
                                        &(struct cg_image_write_options){.format = CG_IMAGE_PNG},
                                        NULL),
                         CG_OK);
    }
    assert_int_equal(cg_image_read(golden_path, &(struct cg_image_read_options){.channels = 3},
                                   &golden, NULL, NULL),
                     CG_OK);
    assert_int_equal(golden.width, WIDTH);
    assert_int_equal(golden.height, HEIGHT);
    /* Another processor sums in another order: single pixels on an edge may flip, not areas. */
    assert_true(mean_difference(golden.pixels, pictures->comic) < 0.25);
    cg_image_clear(&golden);
}

static void comic_is_neither_the_photo_nor_blank(void **state)
{
    const struct pictures *pictures = *state;
    double sum = 0.0, squares = 0.0;
    int ink = 0;
    for (int i = 0; i < VALUES; i += 3) {
        double luma = 0.299 * pictures->comic[i] + 0.587 * pictures->comic[i + 1] +
                      0.114 * pictures->comic[i + 2];
        sum += luma;
        squares += luma * luma;
        ink += luma < 40.0;
    }
    double mean = sum / (VALUES / 3), deviation = sqrt(squares / (VALUES / 3) - mean * mean);
    assert_true(mean_difference(pictures->photo, pictures->comic) > 5.0);
    assert_true(deviation > 25.0);
    /* the photo has nothing as dark as ink */
    assert_true(ink > VALUES / 3 / 100);
    assert_true(ink < VALUES / 3 / 2);
}

static void comic_does_not_depend_on_threads(void **state)
{
    const struct pictures *pictures = *state;
    uint8_t *again = malloc(VALUES);
    assert_non_null(again);
    for (int threads = 2; threads <= 5; threads += 3) {
        memcpy(again, pictures->photo, VALUES);
        convert(again, threads);
        assert_memory_equal(again, pictures->comic, VALUES);
    }
    free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comic_is_the_one_that_was_shipped),
        cmocka_unit_test(comic_is_neither_the_photo_nor_blank),
        cmocka_unit_test(comic_does_not_depend_on_threads),
    };
    return cmocka_run_group_tests_name("golden", tests, set_up, tear_down);
}
