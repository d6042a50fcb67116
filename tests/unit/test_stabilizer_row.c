/* comic/stabilizer_row: carrying a frame along its vectors, against the definition in doubles. */
#include "base/rng.h"
#include "comic/stabilizer_row.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { WIDTH = 37, HEIGHT = 22, ACROSS = (WIDTH + 1) / 2, DOWN = (HEIGHT + 1) / 2 };
enum { FLOATS = sizeof(struct cg_stabilizer_pixel) / sizeof(float) };

static int inside(int value, int size)
{
    return value < 0 ? 0 : value >= size ? size - 1 : value;
}

/* Catmull and Rom's weight at a distance. */
static double weight_at(double distance)
{
    double d = fabs(distance);
    if (d < 1.0)
        return (1.5 * d - 2.5) * d * d + 1.0;
    return d < 2.0 ? ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0 : 0.0;
}

static double plain(const struct cg_stabilizer_pixel *former, double x, double y, int part)
{
    double sum = 0.0;
    for (int row = (int)floor(y) - 1; row <= (int)floor(y) + 2; row++)
        for (int column = (int)floor(x) - 1; column <= (int)floor(x) + 2; column++) {
            const struct cg_stabilizer_pixel *pixel =
                former + inside(row, HEIGHT) * WIDTH + inside(column, WIDTH);
            sum += weight_at(x - column) * weight_at(y - row) *
                   (double)((const float *)(const void *)pixel)[part];
        }
    return sum;
}

static void fill(struct cg_stabilizer_pixel *former)
{
    struct cg_rng rng = cg_rng_make(7, 0, 0);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        for (int part = 0; part < FLOATS; part++)
            ((float *)(void *)&former[i])[part] = (float)cg_rng_below(&rng, 1000) * 0.001f;
}

/* All vectors alike: every place is moved by the same, and what comes from outside has no age. */
static void compare_moved_by(const struct cg_stabilizer_pixel *former, float dx, float dy)
{
    static float vectors[2 * ACROSS * DOWN];
    for (int i = 0; i < ACROSS * DOWN; i++) {
        vectors[2 * i] = 0.5f * dx;
        vectors[2 * i + 1] = 0.5f * dy;
    }
    for (int y = 0; y < HEIGHT; y++) {
        struct cg_stabilizer_pixel carried[WIDTH];
        cg_stabilizer_carry_row(former, vectors, WIDTH, HEIGHT, y, carried);
        for (int x = 0; x < WIDTH; x++) {
            double from_x = x + (double)dx, from_y = y + (double)dy;
            bool outside =
                from_x < -0.5 || from_y < -0.5 || from_x > WIDTH - 0.5 || from_y > HEIGHT - 0.5;
            for (int part = 0; part < FLOATS - 1; part++) {
                double expected = outside ? 0.0 : plain(former, from_x, from_y, part);
                double found = (double)((const float *)(const void *)&carried[x])[part];
                if (fabs(expected - found) > 1e-4)
                    fail_msg("(%d, %d) moved by (%g, %g), part %d: expected %g, found %g", x, y,
                             (double)dx, (double)dy, part, expected, found);
            }
            assert_true(outside ? carried[x].age == 0.0f : carried[x].age >= 1.0f);
        }
    }
}

static void carrying_is_cubic_interpolation(void **state)
{
    (void)state;
    static const float moves[][2] = {{0.25f, 0.0f}, {-1.5f, 2.75f}, {3.0f, -4.0f}, {-7.3f, 6.1f}};
    static struct cg_stabilizer_pixel former[WIDTH * HEIGHT];
    fill(former);
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
        compare_moved_by(former, moves[i][0], moves[i][1]);
}

/* To the last bit: what stands still must not be blurred. */
static void rest_is_a_copy(void **state)
{
    (void)state;
    static struct cg_stabilizer_pixel former[WIDTH * HEIGHT];
    static float vectors[2 * ACROSS * DOWN];
    struct cg_stabilizer_pixel carried[WIDTH];
    fill(former);
    for (int i = 0; i < ACROSS * DOWN; i++)
        vectors[2 * i] = vectors[2 * i + 1] = 0.02f;
    for (int y = 0; y < HEIGHT; y++) {
        cg_stabilizer_carry_row(former, vectors, WIDTH, HEIGHT, y, carried);
        assert_memory_equal(carried, former + y * WIDTH, sizeof(carried));
    }
}

/* What was black stays black in the dark, and not in the light. */
static void blacks_hold_still(void **state)
{
    (void)state;
    struct cg_stabilizer_limits limits = cg_stabilizer_limits_make(0.75f);
    const float colour[3] = {0.12f, 0.12f, 0.12f}, logit = -1.0f, trust = 1.0f;
    for (int dark = 0; dark < 2; dark++) {
        float grey = dark ? 0.05f : 0.6f, out_colour[3], out_logit;
        struct cg_stabilizer_pixel pixel = {
            .photo = {grey, grey, grey}, .logit = 3.0f, .age = 2.0f};
        cg_stabilizer_layers_row(colour, &logit, &trust, &limits, 1, &pixel, out_colour,
                                 &out_logit);
        assert_int_equal(out_colour[0] < 0.005f, dark);
        assert_int_equal(out_logit > 2.9f, dark);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blacks_hold_still),
        cmocka_unit_test(carrying_is_cubic_interpolation),
        cmocka_unit_test(rest_is_a_copy),
    };
    return cmocka_run_group_tests_name("stabilizer_row", tests, NULL, NULL);
}
