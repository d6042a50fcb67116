/* Flat colour and the ink that belongs to it (comic/cel.h). */
#include "comic/cel.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 120, HEIGHT = 90, PIXELS = WIDTH * HEIGHT };

#define PAPER (-6.0f)

struct layers {
    float colour[3 * PIXELS], logit[PIXELS];
};

static void set_pixel(struct layers *layers, int x, int y, float red, float green, float blue)
{
    float *pixel = layers->colour + 3 * (y * WIDTH + x);
    pixel[0] = red;
    pixel[1] = green;
    pixel[2] = blue;
}

/* Blue of so much light, without ink. */
static struct layers *blue(float light(int x, int y))
{
    struct layers *layers = malloc(sizeof *layers);
    assert_non_null(layers);
    for (int i = 0; i < PIXELS; i++) {
        float l = light(i % WIDTH, i / WIDTH);
        set_pixel(layers, i % WIDTH, i / WIDTH, 0.6f * l, 0.8f * l, l);
        layers->logit[i] = PAPER;
    }
    return layers;
}

static struct layers *drawn(const struct layers *layers, float amount, int threads)
{
    struct cg_pool *pool;
    struct cg_buffer scratch = {0};
    struct layers *out = malloc(sizeof *out);
    assert_non_null(out);
    *out = *layers;
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    assert_int_equal(cg_cel(&scratch, pool, out->colour, out->logit, WIDTH, HEIGHT, amount, NULL),
                     CG_OK);
    cg_pool_free(pool);
    free(scratch.memory);
    return out;
}

static float green_at(const struct layers *layers, int x, int y)
{
    return layers->colour[3 * (y * WIDTH + x) + 1];
}

/* ---- colour ---------------------------------------------------------------------------------- */

static float clouds(int x, int y)
{
    return 0.6f + 0.02f * sinf(0.11f * (float)x) * cosf(0.13f * (float)y);
}

static void clouds_go(void **state)
{
    struct layers *before = blue(clouds), *after = drawn(before, 1.0f, 1);
    double from = 0.0, to = 0.0;
    (void)state;
    for (int y = 8; y < HEIGHT - 8; y++)
        for (int x = 8; x < WIDTH - 8; x++) {
            from += fabs((double)green_at(before, x, y) - 0.48);
            to += fabs((double)green_at(after, x, y) - 0.48);
        }
    assert_true(to < 0.3 * from);
    free(before);
    free(after);
}

static float ramp(int x, int y)
{
    (void)y;
    return 0.2f + 0.006f * (float)x;
}

/* No bands: every slope is as it was. */
static void gradient_stays(void **state)
{
    struct layers *before = blue(ramp), *after = drawn(before, 1.0f, 1);
    (void)state;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 1; x < WIDTH; x++) {
            float slope = green_at(after, x, y) - green_at(after, x - 1, y);
            assert_true(fabsf(slope - 0.8f * 0.006f) < 0.004f);
            assert_true(fabsf(green_at(after, x, y) - green_at(before, x, y)) < 0.03f);
        }
    free(before);
    free(after);
}

static float shadow(int x, int y)
{
    return x + y / 3 < 70 ? 0.8f : 0.5f;
}

static float with_button(int x, int y)
{
    return x >= 40 && x < 45 && y >= 50 && y < 55 ? 0.3f : shadow(x, y);
}

static void edges_and_small_things_stay(void **state)
{
    struct layers *before = blue(with_button), *after = drawn(before, 1.0f, 1);
    (void)state;
    for (int i = 0; i < 3 * PIXELS; i++)
        assert_true(fabsf(after->colour[i] - before->colour[i]) < 0.02f);
    free(before);
    free(after);
}

static float windows(int x, int y)
{
    return x % 15 < 10 && y % 15 < 10 ? clouds(x, y) : 0.2f;
}

static void small_pieces_are_left_alone(void **state)
{
    struct layers *before = blue(windows), *after = drawn(before, 1.0f, 1);
    (void)state;
    for (int y = 15; y < 25; y++)
        for (int x = 15; x < 25; x++)
            assert_true(fabsf(green_at(after, x, y) - green_at(before, x, y)) < 1e-4f);
    free(before);
    free(after);
}

static void skin_is_left_alone(void **state)
{
    struct layers *before = blue(clouds);
    (void)state;
    for (int i = 0; i < PIXELS; i++) {
        float l = clouds(i % WIDTH, i / WIDTH);
        set_pixel(before, i % WIDTH, i / WIDTH, 1.4f * l, 1.0f * l, 0.8f * l);
    }
    struct layers *after = drawn(before, 1.0f, 1);
    for (int i = 0; i < 3 * PIXELS; i++)
        assert_true(fabsf(after->colour[i] - before->colour[i]) < 1e-4f);
    free(before);
    free(after);
}

/* ---- ink ------------------------------------------------------------------------------------- */

static void contours_close(void **state)
{
    struct layers *before = blue(shadow);
    (void)state;
    for (int y = 0; y < HEIGHT; y++) /* on the dark side, with a doubtful gap */
        before->logit[y * WIDTH + 70 - y / 3] = y >= 40 && y < 50 ? -2.2f : 4.0f;
    struct layers *after = drawn(before, 1.0f, 1);
    for (int y = 41; y < 49; y++) {
        assert_true(after->logit[y * WIDTH + 70 - y / 3] > -1.0f);
        assert_true(after->logit[y * WIDTH + 60 - y / 3] == PAPER);
    }
    free(before);
    free(after);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void half_is_half_way(void **state)
{
    struct layers *before = blue(clouds), *half = drawn(before, 0.5f, 1),
                  *all = drawn(before, 1.0f, 1);
    (void)state;
    for (int i = 0; i < 3 * PIXELS; i++)
        assert_true(fabsf(half->colour[i] - 0.5f * (before->colour[i] + all->colour[i])) < 1e-5f);
    free(before);
    free(half);
    free(all);
}

static void threads_change_nothing(void **state)
{
    struct layers *before = blue(with_button);
    (void)state;
    struct layers *one = drawn(before, 1.0f, 1), *three = drawn(before, 1.0f, 3);
    assert_memory_equal(one, three, sizeof *one);
    free(before);
    free(one);
    free(three);
}

static void smallest_pictures(void **state)
{
    static const int sizes[][2] = {{1, 1}, {1, 7}, {7, 1}, {3, 2}};
    struct cg_pool *pool;
    struct cg_buffer scratch = {0};
    (void)state;
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        float colour[21], logit[7];
        for (int k = 0; k < 21; k++)
            colour[k] = 0.1f + 0.04f * (float)k;
        for (int k = 0; k < 7; k++)
            logit[k] = 2.0f;
        assert_int_equal(
            cg_cel(&scratch, pool, colour, logit, sizes[i][0], sizes[i][1], 1.0f, NULL), CG_OK);
        assert_true(colour[0] >= 0.0f && colour[0] <= 1.0f);
    }
    cg_pool_free(pool);
    free(scratch.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clouds_go),
        cmocka_unit_test(gradient_stays),
        cmocka_unit_test(edges_and_small_things_stay),
        cmocka_unit_test(small_pieces_are_left_alone),
        cmocka_unit_test(skin_is_left_alone),
        cmocka_unit_test(contours_close),
        cmocka_unit_test(half_is_half_way),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(smallest_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
