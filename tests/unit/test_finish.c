/* comic/finish: every look at once, lines, tones and masks on comics whose layers are known. */
#include "assert_near.h"
#include "fixture_scene.h"

#include "base/memory.h"
#include "comic/finish_parts.h"
#include "image/oklab.h"
#include "model/render_params.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- everything at once ---------------------------------------------------------------------- */

static void neutral_looks_ask_for_nothing(void **state)
{
    (void)state;
    struct fixture_scene scene = fixture_scene_new(30, 20, 2, fixture_paint_all);
    struct cg_finish *finish;
    struct cg_pool *pool;
    struct cg_layers layers = scene.layers;
    struct cg_render_options options;
    const struct cg_render_params looks = cg_render_params_neutral(960);
    const struct cg_finish_request request = {&looks, NULL, 60, 40, 1.0f};
    assert_int_equal(cg_finish_create(&finish, NULL), CG_OK);
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    assert_int_equal(cg_finish_begin(finish, pool, &request, &layers, &options, NULL), CG_OK);
    assert_null(options.finish);
    assert_memory_equal(&layers, &scene.layers, sizeof(layers));
    cg_pool_free(pool);
    cg_finish_free(finish);
    cg_finish_free(NULL);
    fixture_scene_clear(&scene);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    static const uint8_t mask[4] = {0, 255, 128, 30};
    struct fixture_scene scene = fixture_scene_new(300, 130, 4, fixture_paint_all);
    struct cg_render_params looks = fixture_all_render_params();
    looks.mask = (struct cg_mask){2, 2, mask};
    fixture_render(&scene, &looks);
    uint8_t *expected = cg_alloc(fixture_byte_count(&scene), 1, "expected", NULL);
    memcpy(expected, scene.pixels, fixture_byte_count(&scene));
    for (int threads = 2; threads <= 3; threads++) {
        fixture_render_with(&scene, &looks, NULL, threads);
        assert_memory_equal(scene.pixels, expected, fixture_byte_count(&scene));
    }
    free(expected);
    fixture_scene_clear(&scene);
}

static void any_size_will_do(void **state)
{
    (void)state;
    static const int sizes[][3] = {{1, 1, 1}, {1, 40, 3}, {40, 1, 3}, {5, 3, 7}, {257, 129, 2}};
    static const uint8_t mask[9] = {0, 255, 128, 30, 1, 2, 3, 255, 255};
    struct cg_render_params looks = fixture_all_render_params();
    looks.mask = (struct cg_mask){3, 3, mask};
    looks.feather = 0.25f;
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        struct fixture_scene scene =
            fixture_scene_new(sizes[k][0], sizes[k][1], sizes[k][2], fixture_paint_all);
        looks.line = 0.25f + 3.75f * (float)(k % 2);
        fixture_render(&scene, &looks);
        fixture_scene_clear(&scene);
    }
}

static void wild_layers_do_no_harm(void **state)
{
    (void)state;
    static const float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 0.5f};
    struct fixture_scene scene = fixture_scene_new(60, 40, 2, fixture_paint_all);
    for (int i = 0; i < 60 * 40 * 3; i++)
        scene.colour[i] = wild[i / 50 % 6];
    for (int i = 0; i < 60 * 40; i++)
        scene.logit[i] = wild[i / 7 % 6];
    struct cg_render_params looks = fixture_all_render_params();
    fixture_render(&scene, &looks);
    looks.line = 0.4f;
    fixture_render(&scene, &looks);
    fixture_scene_clear(&scene);
}

/* Mean of each of so many squares of the picture. */
static void squares_of(const struct fixture_scene *scene, int across, int down, double *means)
{
    for (int j = 0; j < down; j++)
        for (int i = 0; i < across; i++) {
            double sum = 0.0;
            int count = 0;
            for (int y = j * scene->height / down; y < (j + 1) * scene->height / down; y++)
                for (int x = 3 * (i * scene->width / across);
                     x < 3 * ((i + 1) * scene->width / across); x++, count++)
                    sum += scene->pixels[y * 3 * scene->width + x];
            means[j * across + i] = sum / count;
        }
}

static void a_picture_of_twice_the_size_looks_the_same(void **state)
{
    (void)state;
    enum { ACROSS = 30, DOWN = 20 };
    double once[ACROSS * DOWN], twice[ACROSS * DOWN], difference = 0.0;
    struct cg_render_params looks = fixture_all_render_params();
    looks.halftone_dots = 60;
    struct fixture_scene small = fixture_scene_new(300, 200, 4, fixture_paint_all);
    struct fixture_scene large = fixture_scene_new(300, 200, 8, fixture_paint_all);
    fixture_render(&small, &looks);
    fixture_render(&large, &looks);
    squares_of(&small, ACROSS, DOWN, once);
    squares_of(&large, ACROSS, DOWN, twice);
    for (int i = 0; i < ACROSS * DOWN; i++)
        difference += fabs(once[i] - twice[i]) / (ACROSS * DOWN);
    /* strokes out of place would differ by tens of levels in a square of 40 pixels */
    assert_true(difference < 3.0);
    fixture_scene_clear(&small);
    fixture_scene_clear(&large);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void line_weight_widens_lines_steadily(void **state)
{
    (void)state;
    static const float weights[] = {0.25f, 0.5f, 0.75f, 1.0f, 1.25f, 1.5f, 2.0f, 3.0f, 4.0f};
    enum { COUNT = sizeof(weights) / sizeof(weights[0]) };
    for (int scale = 1; scale <= 3; scale += 2) {
        double ink[COUNT];
        struct fixture_scene scene = fixture_scene_new(120, 90, scale, fixture_paint_lines);
        for (int i = 0; i < COUNT; i++) {
            struct cg_render_params looks = cg_render_params_neutral(960);
            looks.line = weights[i];
            fixture_render(&scene, &looks);
            ink[i] = 255.0 - fixture_mean(&scene);
            assert_true(i == 0 || ink[i] > ink[i - 1]);
        }
        /* these lines are as wide as trained ones are taken to be; crossings merge a little */
        assert_true(fabs(ink[6] / ink[3] - 2.0) < 0.25);
        assert_true(fabs(ink[7] / ink[3] - 3.0) < 0.5);
        assert_true(ink[0] < 0.75 * ink[3] && ink[0] > 0.15 * ink[3]);
        fixture_scene_clear(&scene);
    }
}

/* ---- tones ----------------------------------------------------------------------------------- */

static void saturation_0_is_grey(void **state)
{
    (void)state;
    struct fixture_scene scene = fixture_scene_new(120, 90, 2, fixture_paint_all);
    struct cg_render_params looks = cg_render_params_neutral(960);
    looks.saturation = 0.0f;
    fixture_render(&scene, &looks);
    for (size_t i = 0; i < fixture_byte_count(&scene); i += 3) {
        assert_int_equal(scene.pixels[i], scene.pixels[i + 1]);
        assert_int_equal(scene.pixels[i], scene.pixels[i + 2]);
    }
    assert_true(fixture_mean(&scene) > 80.0 && fixture_mean(&scene) < 220.0);
    fixture_scene_clear(&scene);
}

static void tones_keep_their_hue(void **state)
{
    (void)state;
    static const float tones[][2] = {
        {2.0f, 1.0f}, {0.5f, 1.0f}, {1.0f, 1.6f}, {1.0f, 0.6f}, {1.5f, 1.3f}};
    struct fixture_scene scene = fixture_scene_new(120, 90, 1, fixture_paint_fields);
    fixture_photo_fill(&scene);
    uint8_t *photo = cg_alloc(fixture_byte_count(&scene), 1, "photo", NULL);
    memcpy(photo, scene.pixels, fixture_byte_count(&scene));
    for (size_t k = 0; k < sizeof(tones) / sizeof(tones[0]); k++) {
        struct cg_render_params looks = cg_render_params_neutral(960);
        looks.saturation = tones[k][0];
        looks.contrast = tones[k][1];
        fixture_render(&scene, &looks);
        assert_true(fixture_largest_difference(photo, scene.pixels, fixture_byte_count(&scene)) >
                    10);
        for (size_t i = 0; i < fixture_byte_count(&scene); i += 3) {
            float before[3], after[3];
            fixture_lab(photo + i, before);
            fixture_lab(scene.pixels + i, after);
            float chroma = hypotf(before[1], before[2]), turned = hypotf(after[1], after[2]);
            if (chroma < 0.03f || turned < 0.03f)
                continue; /* hue of a grey is rounding */
            float sine = (before[1] * after[2] - before[2] * after[1]) / (chroma * turned);
            assert_true(fabsf(sine) < 0.06f); /* 3.5 degrees: bytes, and the table's nodes */
        }
    }
    free(photo);
    fixture_scene_clear(&scene);
}

static void paint_all_colours(float u, float v, float colour[3], float *logit)
{
    (void)logit;
    colour[0] = u;
    colour[1] = v;
    colour[2] = 0.5f + 0.5f * cosf(20.0f * u + 9.0f * v);
}

static void tones_are_those_of_the_formula(void **state)
{
    (void)state;
    struct fixture_scene scene = fixture_scene_new(160, 120, 1, paint_all_colours);
    struct cg_render_params looks = cg_render_params_neutral(960);
    size_t inside = 0;
    looks.saturation = 1.2f;
    fixture_render(&scene, &looks);
    for (size_t i = 0; i < fixture_byte_count(&scene); i += 3) {
        float linear[3], lab[3];
        for (size_t c = 0; c < 3; c++)
            linear[c] = cg_srgb_decode(scene.colour[i + c]);
        cg_oklab_from_linear(linear, lab);
        lab[1] *= looks.saturation;
        lab[2] *= looks.saturation;
        cg_oklab_to_linear(lab, linear);
        /* near the ends of sRGB the way back bends sharply, and the table's nodes are far apart */
        if (fminf(fminf(linear[0], linear[1]), linear[2]) < 0.02f ||
            fmaxf(fmaxf(linear[0], linear[1]), linear[2]) > 0.9f)
            continue;
        inside++;
        for (size_t c = 0; c < 3; c++)
            assert_near(scene.pixels[i + c], 255.0f * cg_srgb_encode(linear[c]), 2.5);
    }
    assert_true(inside > fixture_byte_count(&scene) / 30);
    fixture_scene_clear(&scene);
}

static void contrast_moves_light_and_dark_apart(void **state)
{
    (void)state;
    struct fixture_scene scene = fixture_scene_new(100, 20, 1, fixture_paint_steps);
    int previous = -1;
    for (int k = 0; k <= 8; k++) {
        struct cg_render_params looks = cg_render_params_neutral(960);
        looks.contrast = 0.25f * (float)k;
        fixture_render(&scene, &looks);
        int spread = scene.pixels[3 * 75] - scene.pixels[3 * 15];
        assert_true(spread > previous);
        previous = spread;
    }
    fixture_scene_clear(&scene);
}

static void fill_0_leaves_lines_on_white(void **state)
{
    (void)state;
    struct fixture_scene scene = fixture_scene_new(120, 90, 1, fixture_paint_fields);
    struct cg_render_params looks = cg_render_params_neutral(960);
    looks.fill = 0.0f;
    fixture_render(&scene, &looks);
    for (size_t i = 0; i < fixture_byte_count(&scene); i++)
        assert_int_equal(scene.pixels[i], 255);
    fixture_scene_clear(&scene);
}

/* ---- masks ----------------------------------------------------------------------------------- */

static void a_mask_parts_photo_and_comic(void **state)
{
    (void)state;
    enum { SIDE = 40 };
    uint8_t mask[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++)
        mask[i] = i % SIDE < SIDE / 2 ? 0 : 255;
    struct fixture_scene scene = fixture_scene_new(100, 70, 3, fixture_paint_all);
    struct cg_render_params looks = fixture_all_render_params();
    fixture_render(&scene, &looks);
    uint8_t *comic = cg_alloc(fixture_byte_count(&scene), 1, "comic", NULL);
    uint8_t *photo = cg_alloc(fixture_byte_count(&scene), 1, "photo", NULL);
    memcpy(comic, scene.pixels, fixture_byte_count(&scene));
    fixture_photo_fill(&scene);
    memcpy(photo, scene.pixels, fixture_byte_count(&scene));
    looks.mask = (struct cg_mask){SIDE, SIDE, mask};
    looks.feather = 0.1f;
    fixture_render(&scene, &looks);
    size_t between = 0;
    for (int x = 0; x < scene.width; x++)
        for (int y = 0; y < scene.height; y++)
            for (int c = 0; c < 3; c++) {
                size_t i = 3 * (size_t)(y * scene.width + x) + (size_t)c;
                /* a tenth of the long side, and a pixel of the mask, to each side */
                if (x < scene.width / 2 - 40)
                    assert_int_equal(scene.pixels[i], photo[i]);
                else if (x >= scene.width / 2 + 40)
                    assert_int_equal(scene.pixels[i], comic[i]);
                else
                    between += scene.pixels[i] != photo[i] && scene.pixels[i] != comic[i];
            }
    assert_true(between > 1000);
    free(comic);
    free(photo);
    fixture_scene_clear(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neutral_looks_ask_for_nothing),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(any_size_will_do),
        cmocka_unit_test(wild_layers_do_no_harm),
        cmocka_unit_test(a_picture_of_twice_the_size_looks_the_same),
        cmocka_unit_test(line_weight_widens_lines_steadily),
        cmocka_unit_test(saturation_0_is_grey),
        cmocka_unit_test(tones_keep_their_hue),
        cmocka_unit_test(tones_are_those_of_the_formula),
        cmocka_unit_test(contrast_moves_light_and_dark_apart),
        cmocka_unit_test(fill_0_leaves_lines_on_white),
        cmocka_unit_test(a_mask_parts_photo_and_comic),
    };
    return cmocka_run_group_tests_name("finish", tests, NULL, NULL);
}
