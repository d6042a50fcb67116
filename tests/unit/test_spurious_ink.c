/* Where a picture has no ink nearby, against its definition. */
#include "train/style/losses.h"
#include "unit/fixture_numbers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define SIDE 23
#define AREA (SIDE * SIDE)

static float most_ink_around(const float *ink, int x, int y, int reach)
{
    float most = 0.0f;
    for (int v = y - reach; v <= y + reach; v++)
        for (int u = x - reach; u <= x + reach; u++) {
            if (u < 0 || v < 0 || u >= SIDE || v >= SIDE)
                return 1.0f;
            most = ink[v * SIDE + u] > most ? ink[v * SIDE + u] : most;
        }
    return most;
}

static void distant_is_what_is_far_from_ink(void **state)
{
    static const int reaches[] = {0, 1, 4, 11, SIDE, 3 * SIDE};
    float ink[AREA], room[AREA], distant[AREA];
    (void)state;
    fixture_random(ink, AREA, 7, 1.0f);
    for (int i = 0; i < AREA; i++) /* mostly none, as in a drawing */
        ink[i] = ink[i] > 0.96f ? ink[i] : 0.0f;
    for (size_t k = 0; k < sizeof(reaches) / sizeof(reaches[0]); k++) {
        cg_spurious_ink_distant(ink, SIDE, reaches[k], room, distant);
        for (int i = 0; i < AREA; i++) {
            float expected = 1.0f - most_ink_around(ink, i % SIDE, i / SIDE, reaches[k]);
            assert_float_equal(distant[i], expected, 0.0f);
        }
    }
}

static void a_dot_keeps_its_surroundings(void **state)
{
    float ink[AREA] = {0}, room[AREA], distant[AREA];
    (void)state;
    ink[11 * SIDE + 11] = 0.75f;
    cg_spurious_ink_distant(ink, SIDE, 3, room, distant);
    assert_float_equal(distant[11 * SIDE + 14], 0.25f, 0.0f);
    assert_float_equal(distant[14 * SIDE + 8], 0.25f, 0.0f);
    assert_float_equal(distant[11 * SIDE + 15], 1.0f, 0.0f);
    assert_float_equal(distant[11 * SIDE + 2], 0.0f, 0.0f); /* too near the edge to tell */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distant_is_what_is_far_from_ink),
        cmocka_unit_test(a_dot_keeps_its_surroundings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
