/* comic/finish: palettes, dots, strokes and paper on comics whose layers are known. */
#include "fixture_scene.h"

#include "base/memory.h"
#include "base/rng.h"
#include "model/render_params.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- palettes -------------------------------------------------------------------------------- */

static void few_colours_are_few(void **state)
{
    (void)state;
    static const int counts[] = {2, 5, 12};
    struct fixture_scene scene = fixture_scene_new(160, 120, 2, fixture_paint_all);
    for (size_t k = 0; k < 3; k++) {
        struct cg_render_params looks = cg_render_params_neutral(960);
        looks.ink = 0.0f;
        looks.colors = counts[k];
        fixture_render(&scene, &looks);
        assert_in_range(scene.palette.count, 2, counts[k]);
        size_t near = 0;
        for (size_t i = 0; i < fixture_byte_count(&scene); i += 3) {
            float lab[3], least = INFINITY;
            fixture_lab(scene.pixels + i, lab);
            for (int p = 0; p < scene.palette.count; p++) {
                const float *own = scene.palette.lab[p];
                least =
                    fminf(least, hypotf(lab[0] - own[0], hypotf(lab[1] - own[1], lab[2] - own[2])));
            }
            near += least < 0.012f;
        }
        /* what is left lies on borders */
        assert_true((double)near > 0.85 * (double)fixture_byte_count(&scene) / 3.0);
    }
    fixture_scene_clear(&scene);
}

static void fields_keep_colours_of_their_own(void **state)
{
    (void)state;
    struct fixture_scene scene = fixture_scene_new(120, 80, 1, fixture_paint_fields);
    fixture_photo_fill(&scene);
    uint8_t *photo = cg_alloc(fixture_byte_count(&scene), 1, "photo", NULL);
    memcpy(photo, scene.pixels, fixture_byte_count(&scene));
    struct cg_render_params looks = cg_render_params_neutral(960);
    looks.colors = 6;
    fixture_render(&scene, &looks);
    assert_in_range(fixture_largest_difference(photo, scene.pixels, fixture_byte_count(&scene)), 0,
                    4);
    free(photo);
    fixture_scene_clear(&scene);
}

static void palettes_are_stable(void **state)
{
    (void)state;
    struct fixture_scene scene = fixture_scene_new(160, 120, 1, fixture_paint_all);
    struct cg_render_params looks = cg_render_params_neutral(960);
    looks.colors = 8;
    fixture_render(&scene, &looks);
    const struct cg_palette first = scene.palette;
    fixture_render(&scene, &looks);
    assert_memory_equal(&first, &scene.palette, sizeof(first));
    struct cg_rng rng = cg_rng_make(3, 0, 0);
    for (int i = 0; i < 160 * 120 * 3; i++) /* one level of noise */
        scene.colour[i] += (float)((int)cg_rng_below(&rng, 3) - 1) / 255.0f;
    fixture_render(&scene, &looks);
    assert_int_equal(first.count, scene.palette.count);
    for (int p = 0; p < first.count; p++) {
        float least = INFINITY;
        for (int q = 0; q < scene.palette.count; q++)
            least = fminf(least, hypotf(first.lab[p][0] - scene.palette.lab[q][0],
                                        hypotf(first.lab[p][1] - scene.palette.lab[q][1],
                                               first.lab[p][2] - scene.palette.lab[q][2])));
        assert_true(least < 0.02f); /* an eye sees a difference from about there on */
    }
    fixture_scene_clear(&scene);
}

static void a_palette_can_be_brought_along(void **state)
{
    (void)state;
    struct fixture_scene one = fixture_scene_new(60, 40, 1, fixture_paint_fields),
                         other = fixture_scene_new(60, 40, 1, fixture_paint_all);
    struct cg_render_params looks = cg_render_params_neutral(960);
    looks.colors = 6;
    fixture_render(&one, &looks);
    fixture_render_with(&other, &looks, &one.palette, 1);
    assert_memory_equal(&other.palette, &one.palette, sizeof(one.palette));
    fixture_scene_clear(&one);
    fixture_scene_clear(&other);
}

/* ---- print ----------------------------------------------------------------------------------- */

static void dots_keep_the_tone(void **state)
{
    (void)state;
    for (int k = 0; k <= 10; k++) {
        struct fixture_scene scene = fixture_scene_new(100, 100, 4, fixture_paint_plain);
        for (int i = 0; i < 100 * 100; i++) {
            scene.colour[3 * i] = 0.1f * (float)k;
            scene.colour[3 * i + 1] = 0.1f * (float)k;
            scene.colour[3 * i + 2] = 1.0f - 0.08f * (float)k;
        }
        struct cg_render_params looks = cg_render_params_neutral(960);
        looks.halftone_dots = 60;
        fixture_render(&scene, &looks);
        double plain = fixture_mean(&scene);
        looks.halftone = 1.0f;
        fixture_render(&scene, &looks);
        /* rosettes of four screens do not come out even over so small a picture */
        assert_true(fabs(fixture_mean(&scene) - plain) < 4.0);
        fixture_scene_clear(&scene);
    }
}

static void dots_are_dots(void **state)
{
    (void)state;
    struct fixture_scene scene = fixture_scene_new(100, 100, 4, fixture_paint_plain);
    struct cg_render_params looks = cg_render_params_neutral(960);
    looks.halftone = 1.0f;
    looks.halftone_dots = 40;
    fixture_render(&scene, &looks);
    size_t full = 0;
    for (size_t i = 0; i < fixture_byte_count(&scene); i++)
        full += scene.pixels[i] < 16 || scene.pixels[i] > 239;
    assert_true((double)full > 0.5 * (double)fixture_byte_count(&scene));
    fixture_scene_clear(&scene);
}

static void white_stays_white_under_dots_and_strokes(void **state)
{
    (void)state;
    struct fixture_scene scene = fixture_scene_new(100, 80, 3, fixture_paint_white);
    struct cg_render_params looks = cg_render_params_neutral(960);
    looks.halftone = 1.0f;
    looks.hatch = 1.0f;
    fixture_render(&scene, &looks);
    for (size_t i = 0; i < fixture_byte_count(&scene); i++)
        assert_int_equal(scene.pixels[i], 255);
    fixture_scene_clear(&scene);
}

static void strokes_darken_with_the_shadow(void **state)
{
    (void)state;
    double previous = 256.0;
    for (int k = 0; k <= 16; k++) {
        struct fixture_scene scene = fixture_scene_new(120, 120, 4, fixture_paint_plain);
        for (int i = 0; i < 120 * 120 * 3; i++)
            scene.colour[i] = 1.0f - (float)k / 16.0f;
        struct cg_render_params looks = cg_render_params_neutral(960);
        looks.hatch = 1.0f;
        looks.fill = 0.0f;
        fixture_render(&scene, &looks);
        double mean = fixture_mean(&scene);
        assert_true(mean <= previous);
        assert_true(k > 2 || mean == 255.0);
        assert_true(k < 6 || mean < previous || mean == 0.0);
        previous = mean;
        fixture_scene_clear(&scene);
    }
    assert_true(previous == 0.0);
}

static void paper_multiplies_and_grain_is_the_same_every_time(void **state)
{
    (void)state;
    struct fixture_scene scene = fixture_scene_new(60, 40, 3, fixture_paint_white);
    struct cg_render_params looks = cg_render_params_neutral(960);
    assert_int_equal(cg_render_params_set_paper(&looks, "#806040", NULL), CG_OK);
    fixture_render(&scene, &looks);
    for (size_t i = 0; i < fixture_byte_count(&scene); i++)
        assert_int_equal(scene.pixels[i], i % 3 == 0 ? 0x80 : i % 3 == 1 ? 0x60 : 0x40);
    looks.grain = 1.0f;
    fixture_render(&scene, &looks);
    uint8_t *grain = cg_alloc(fixture_byte_count(&scene), 1, "grain", NULL);
    memcpy(grain, scene.pixels, fixture_byte_count(&scene));
    size_t darker = 0;
    for (size_t i = 0; i < fixture_byte_count(&scene); i += 3) {
        assert_true(grain[i] <= 0x80);
        darker += grain[i] < 0x80;
    }
    assert_true(darker > fixture_byte_count(&scene) / 3 / 4);
    fixture_render(&scene, &looks);
    assert_memory_equal(grain, scene.pixels, fixture_byte_count(&scene));
    free(grain);
    fixture_scene_clear(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_colours_are_few),
        cmocka_unit_test(fields_keep_colours_of_their_own),
        cmocka_unit_test(palettes_are_stable),
        cmocka_unit_test(a_palette_can_be_brought_along),
        cmocka_unit_test(dots_keep_the_tone),
        cmocka_unit_test(dots_are_dots),
        cmocka_unit_test(white_stays_white_under_dots_and_strokes),
        cmocka_unit_test(strokes_darken_with_the_shadow),
        cmocka_unit_test(paper_multiplies_and_grain_is_the_same_every_time),
    };
    return cmocka_run_group_tests_name("finish_print", tests, NULL, NULL);
}
