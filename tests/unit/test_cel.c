/* Flat colour (comic/cel.h); test_cel_ink.c has its ink. */
#include "unit/fixture_cel.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- colour ---------------------------------------------------------------------------------- */

static float clouds(int x, int y)
{
    return 0.6f + 0.02f * sinf(0.11f * (float)x) * cosf(0.13f * (float)y);
}

static void clouds_go(void **state)
{
    struct layers *before = fixture_blue(clouds), *after = fixture_draw(before, 1.0f, 1);
    double from = 0.0, to = 0.0;
    (void)state;
    for (int y = 8; y < HEIGHT - 8; y++)
        for (int x = 8; x < WIDTH - 8; x++) {
            from += fabs((double)fixture_green_at(before, x, y) - 0.48);
            to += fabs((double)fixture_green_at(after, x, y) - 0.48);
        }
    assert_true(to < 0.3 * from);
    fixture_drop(before, after);
}

static float ramp(int x, int y)
{
    (void)y;
    return 0.2f + 0.006f * (float)x;
}

/* No bands: every slope is as it was. */
static void gradient_stays(void **state)
{
    struct layers *before = fixture_blue(ramp), *after = fixture_draw(before, 1.0f, 1);
    (void)state;
    for (int y = RIM; y < HEIGHT - RIM; y++)
        for (int x = RIM; x < WIDTH - RIM; x++) {
            float slope = fixture_green_at(after, x, y) - fixture_green_at(after, x - 1, y);
            assert_true(fabsf(slope - 0.8f * 0.006f) < 0.004f);
            assert_true(fabsf(fixture_green_at(after, x, y) - fixture_green_at(before, x, y)) <
                        0.03f);
        }
    fixture_drop(before, after);
}

static float with_button(int x, int y)
{
    return x >= 40 && x < 45 && y >= 50 && y < 55 ? 0.3f : fixture_shadow(x, y);
}

static void edges_and_small_things_stay(void **state)
{
    struct layers *before = fixture_blue(with_button), *after = fixture_draw(before, 1.0f, 1);
    (void)state;
    for (int i = 0; i < 3 * PIXELS; i++)
        assert_true(fabsf(after->colour[i] - before->colour[i]) < 0.02f);
    fixture_drop(before, after);
}

/* As far from the middle as so many pixels, of a shadow whose edge is as wide as 24. */
static float soft_shadow(int x, int y)
{
    (void)y;
    return 0.65f + 0.15f * tanhf((float)(x - WIDTH / 2) / 6.0f);
}

static void soft_edges_become_hard(void **state)
{
    struct layers *before = fixture_blue(soft_shadow), *after = fixture_draw(before, 1.0f, 1);
    int soft = 0, hard = 0;
    (void)state;
    for (int x = RIM; x < WIDTH - RIM; x++) {
        soft += fabsf(before->colour[3 * x] - 0.6f * 0.65f) < 0.6f * 0.12f;
        hard += fabsf(after->colour[3 * x] - 0.6f * 0.65f) < 0.6f * 0.12f;
    }
    assert_true(soft >= 12 && hard <= soft / 2);
    for (int i = 3 * RIM; i < 3 * (WIDTH - RIM); i++) /* nothing beyond what was there */
        assert_in_range((int)lroundf(1000.0f * after->colour[i]), 290, 805);
    fixture_drop(before, after);
}

static float letters(int x, int y)
{
    return (x / 3 + y / 5) % 2 == 0 ? 0.3f : 0.8f;
}

static void letters_stay(void **state)
{
    struct layers *before = fixture_blue(letters), *after = fixture_draw(before, 1.0f, 1);
    (void)state;
    for (int i = 0; i < 3 * PIXELS; i++)
        assert_true(fabsf(after->colour[i] - before->colour[i]) < 0.01f);
    fixture_drop(before, after);
}

static float windows(int x, int y)
{
    return x % 15 < 10 && y % 15 < 10 ? clouds(x, y) : 0.2f;
}

static void small_pieces_are_left_alone(void **state)
{
    struct layers *before = fixture_blue(windows), *after = fixture_draw(before, 1.0f, 1);
    (void)state;
    for (int y = 15; y < 25; y++)
        for (int x = 15; x < 25; x++)
            assert_true(fabsf(fixture_green_at(after, x, y) - fixture_green_at(before, x, y)) <
                        0.004f);
    fixture_drop(before, after);
}

static void skin_is_left_alone(void **state)
{
    struct layers *before = fixture_blue(clouds);
    (void)state;
    for (int i = 0; i < PIXELS; i++) {
        float l = clouds(i % WIDTH, i / WIDTH);
        fixture_set_pixel(before, i % WIDTH, i / WIDTH, 1.4f * l, 1.0f * l, 0.8f * l);
    }
    struct layers *after = fixture_draw(before, 1.0f, 1);
    for (int i = 0; i < 3 * PIXELS; i++)
        assert_true(fabsf(after->colour[i] - before->colour[i]) < 0.004f);
    fixture_drop(before, after);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void half_is_half_way(void **state)
{
    struct layers *before = fixture_blue(clouds), *half = fixture_draw(before, 0.5f, 1),
                  *all = fixture_draw(before, 1.0f, 1);
    (void)state;
    for (int i = 0; i < 3 * PIXELS; i++)
        assert_true(fabsf(half->colour[i] - 0.5f * (before->colour[i] + all->colour[i])) < 0.004f);
    fixture_drop(before, half);
    free(all);
}

static void threads_change_nothing(void **state)
{
    struct layers *before = fixture_blue(with_button);
    (void)state;
    fixture_ink_line(before, 30, 0, HEIGHT, -2.5f);
    fixture_ink_stroke(before, 50, 20, 8);
    struct layers *one = fixture_draw(before, 1.0f, 1), *three = fixture_draw(before, 1.0f, 3);
    assert_memory_equal(one, three, sizeof *one);
    fixture_drop(before, one);
    free(three);
}

static void smallest_pictures(void **state)
{
    static const int sizes[][2] = {{1, 1}, {1, 7}, {7, 1}, {3, 2}};
    const struct cg_face face = {.x = -2, .y = 0, .width = 6, .height = 90, .score = 1};
    struct cg_pool *pool;
    struct cg_buffer planes = {0};
    struct cg_cel_memory memory = {.planes = &planes};
    (void)state;
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        float photo[21], colour[21], logit[7];
        for (int k = 0; k < 21; k++)
            photo[k] = colour[k] = 0.1f + 0.04f * (float)k;
        for (int k = 0; k < 7; k++)
            logit[k] = 2.0f;
        assert_int_equal(cg_cel(&memory, pool, photo, (struct cg_faces){&face, 1}, colour, logit,
                                sizes[i][0], sizes[i][1], 1.0f, 1.0f, NULL),
                         CG_OK);
        assert_true(colour[0] >= 0.0f && colour[0] <= 1.0f);
    }
    cg_pool_free(pool);
    cg_cel_memory_clear(&memory);
    free(planes.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clouds_go),
        cmocka_unit_test(gradient_stays),
        cmocka_unit_test(edges_and_small_things_stay),
        cmocka_unit_test(soft_edges_become_hard),
        cmocka_unit_test(letters_stay),
        cmocka_unit_test(small_pieces_are_left_alone),
        cmocka_unit_test(skin_is_left_alone),
        cmocka_unit_test(half_is_half_way),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(smallest_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
