/* The ink of flat colour (comic/cel.h): lines, contours, strays. */
#include "unit/fixture_cel.h"

#include "base/clamp.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cmocka.h>

static float dusk(int x, int y)
{
    (void)x;
    (void)y;
    return 0.4f;
}

static void contours_close(void **state)
{
    struct layers *before = fixture_blue(fixture_shadow);
    (void)state;
    for (int y = 0; y < HEIGHT; y++) /* on the dark side, with a doubtful gap */
        before->logit[y * WIDTH + 70 - y / 3] = y >= 40 && y < 50 ? -2.2f : 4.0f;
    struct layers *after = fixture_draw(before, 1.0f, 1);
    for (int y = 41; y < 49; y++) {
        assert_true(after->logit[y * WIDTH + 70 - y / 3] > -1.0f);
        assert_true(after->logit[y * WIDTH + 60 - y / 3] == PAPER);
    }
    fixture_drop(before, after);
}

static void long_lines_are_drawn(void **state)
{
    struct layers *before = fixture_blue(dusk);
    (void)state;
    fixture_ink_line(before, 30, 0, HEIGHT, -2.5f); /* in doubt */
    fixture_ink_line(before, 60, 40, 52, -2.5f);
    struct layers *after = fixture_draw(before, 1.0f, 1);
    assert_true(after->logit[45 * WIDTH + 30] > 0.0f);
    assert_true(after->logit[45 * WIDTH + 60] < -2.0f); /* a dash is left in doubt */
    assert_true(after->logit[45 * WIDTH + 45] == PAPER);
    fixture_drop(before, after);
}

static void lines_on_skin_are_not_raised(void **state)
{
    struct layers *before = fixture_blue(dusk);
    (void)state;
    for (int i = 0; i < PIXELS; i++)
        fixture_set_pixel(before, i % WIDTH, i / WIDTH, 0.84f, 0.6f, 0.48f);
    fixture_ink_line(before, 30, 0, HEIGHT, -2.5f);
    struct layers *after = fixture_draw(before, 1.0f, 1);
    assert_true(after->logit[45 * WIDTH + 30] < -2.0f);
    fixture_drop(before, after);
}

/* The dark side of an edge down at x = 60, with texture at both sides. */
static float textured_edge(int x, int y)
{
    return (x < 60 ? 0.8f : 0.3f) + 0.25f * sinf(0.9f * (float)x) * sinf(0.8f * (float)y);
}

static float edge_down(int x, int y)
{
    (void)y;
    return x < 60 ? 0.8f : 0.3f;
}

static float faint_wave_down(int x, int y)
{
    (void)y;
    return 0.7f - 0.15f * cg_smoothstep(50.0f, 70.0f, (float)x);
}

/* The most ink around an edge at x = 60, in row y. */
static float ink_at_edge(const struct layers *layers, int y)
{
    float most = PAPER;
    for (int x = 56; x < 64; x++)
        most = fmaxf(most, layers->logit[y * WIDTH + x]);
    return most;
}

static void lines_go_on_along_their_edge(void **state)
{
    struct layers *before = fixture_blue(edge_down);
    (void)state;
    fixture_ink_line(before, 59, 0, 30, 4.0f);
    struct layers *after = fixture_draw(before, 1.0f, 1);
    for (int y = 30; y < 70; y++) {
        assert_true(ink_at_edge(after, y) > 0.0f);
        assert_true(after->logit[y * WIDTH + 50] == PAPER && after->logit[y * WIDTH + 70] == PAPER);
    }
    fixture_drop(before, after);
}

static void edges_get_a_contour(void **state)
{
    struct layers *before = fixture_blue(edge_down), *after = fixture_draw(before, 1.0f, 1);
    (void)state;
    for (int y = RIM; y < HEIGHT - RIM; y++)
        assert_true(ink_at_edge(after, y) > 0.0f);
    fixture_drop(before, after);
}

/* A cloud: white, its edge soft to the eye but sharp enough to be a wall's. */
static void no_contour_around_clouds(void **state)
{
    struct layers *before = fixture_blue(edge_down);
    (void)state;
    for (int i = 0; i < PIXELS; i++)
        if (edge_down(i % WIDTH, i / WIDTH) > 0.7f)
            fixture_set_pixel(before, i % WIDTH, i / WIDTH, 0.52f, 0.54f, 0.56f);
        else
            fixture_set_pixel(before, i % WIDTH, i / WIDTH, 0.30f, 0.45f, 0.70f);
    struct layers *after = fixture_draw(before, 1.0f, 1);
    for (int y = RIM; y < HEIGHT - RIM; y++)
        assert_true(ink_at_edge(after, y) < -1.0f);
    fixture_drop(before, after);
}

/* An edge at x = 60 between two colours of skin's hue. */
static struct layers *warm(const float left[3], const float right[3])
{
    struct layers *layers = fixture_blue(edge_down);
    for (int i = 0; i < PIXELS; i++) {
        const float *side = i % WIDTH < 60 ? left : right;
        fixture_set_pixel(layers, i % WIDTH, i / WIDTH, side[0], side[1], side[2]);
    }
    return layers;
}

static const float wall[3] = {0.64f, 0.56f, 0.50f}, hair[3] = {0.30f, 0.16f, 0.07f};

/* Red hair before a beige wall is outlined, light beside shade on skin is not. */
static void hair_is_no_skin(void **state)
{
    static const float light[3] = {0.64f, 0.46f, 0.36f}, shade[3] = {0.30f, 0.20f, 0.14f};
    (void)state;
    for (int skin = 0; skin < 2; skin++) {
        struct layers *before = skin ? warm(light, shade) : warm(wall, hair);
        struct layers *after = fixture_draw(before, 1.0f, 1);
        for (int y = RIM; y < HEIGHT - RIM; y++)
            assert_true((ink_at_edge(after, y) > 0.0f) == !skin);
        fixture_drop(before, after);
    }
}

/* Not where light and shade meet on it, whatever they look like: that would be a scar. */
static void no_contour_across_a_face(void **state)
{
    const struct cg_face face = {.x = 35, .y = -20, .width = 50, .height = 130, .score = 1};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct layers *before = i ? warm(wall, hair) : fixture_blue(edge_down);
        struct layers *after = fixture_draw_with(before, (struct cg_faces){&face, 1}, 1.0f, 1);
        for (int y = RIM; y < HEIGHT - RIM; y++)
            assert_true(ink_at_edge(after, y) < -1.0f);
        fixture_drop(before, after);
    }
}

/* A soft edge around x = 60 is a contour, too, if it does not wriggle. */
static void soft_edges_get_a_contour_if_even(void **state)
{
    (void)state;
    for (int wave = 0; wave < 2; wave++) {
        struct layers *before = fixture_blue(edge_down);
        for (int i = 0; i < PIXELS; i++) {
            const float aside = wave ? 1.2f * sinf(0.5f * (float)(i / WIDTH)) : 0.0f;
            const float grey =
                0.5f - 0.2f * cg_smoothstep(55.0f, 64.0f, (float)(i % WIDTH) + aside);
            fixture_set_pixel(before, i % WIDTH, i / WIDTH, grey, grey, grey);
        }
        struct layers *after = fixture_draw(before, 1.0f, 1);
        for (int y = RIM; y < HEIGHT - RIM; y++)
            assert_true((ink_at_edge(after, y) > 0.0f) == !wave);
        fixture_drop(before, after);
    }
}

static void no_contour_in_texture_or_blur(void **state)
{
    static float (*const light[])(int, int) = {textured_edge, faint_wave_down};
    (void)state;
    for (size_t i = 0; i < sizeof light / sizeof *light; i++) {
        struct layers *before = fixture_blue(light[i]);
        fixture_ink_line(before, 59, 0, 30, 4.0f);
        struct layers *after = fixture_draw(before, 1.0f, 1);
        for (int y = 50; y < HEIGHT; y++)
            assert_true(ink_at_edge(after, y) < -1.0f);
        fixture_drop(before, after);
    }
}

/* How much the ink of a line down goes to and fro from row to row. */
static float unevenness(const struct layers *layers)
{
    float sum = 0.0f;
    for (int y = RIM; y < HEIGHT - RIM; y++)
        for (int x = 26; x < 34; x++)
            sum += fabsf(layers->logit[y * WIDTH + x] - layers->logit[(y - 1) * WIDTH + x]);
    return sum;
}

static void saw_teeth_go(void **state)
{
    struct layers *before = fixture_blue(dusk);
    (void)state;
    for (int y = 0; y < HEIGHT; y++)
        fixture_ink_line(before, 29 + y / 2 % 2, y, y + 1, 2.0f);
    struct layers *after = fixture_draw(before, 1.0f, 1);
    assert_true(unevenness(after) < 0.25f * unevenness(before));
    assert_true(after->logit[45 * WIDTH + 30] > 0.0f);
    fixture_drop(before, after);
}

/* Red on white: stripes of 6 pixels on the left, a large area on the right; all inked. */
static bool red_at(int x)
{
    return x < 60 ? x % 15 < 6 : x >= 80;
}

static void stripes_stay_in_colour(void **state)
{
    struct layers *before = fixture_blue(fixture_shadow);
    (void)state;
    for (int i = 0; i < PIXELS; i++) {
        int x = i % WIDTH;
        fixture_set_pixel(before, x, i / WIDTH, 0.85f, red_at(x) ? 0.1f : 0.85f,
                          red_at(x) ? 0.15f : 0.85f);
        before->logit[i] = red_at(x) && x < 84 ? 4.0f : PAPER;
    }
    struct layers *after = fixture_draw(before, 1.0f, 1);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 30; x < 36; x++)
            assert_true(after->logit[y * WIDTH + x] < -2.0f);
        for (int x = 80; x < 84; x++) /* an outline */
            assert_true(after->logit[y * WIDTH + x] >= 4.0f);
    }
    fixture_drop(before, after);
}

static float bright(int x, int y)
{
    (void)x;
    (void)y;
    return 0.9f;
}

static bool is_inked(const struct layers *layers, int x, int y)
{
    return layers->logit[y * WIDTH + x] > 3.0f;
}

static void stray_strokes_go(void **state)
{
    struct layers *before = fixture_blue(bright);
    (void)state;
    fixture_ink_stroke(before, 50, 20, 30);
    struct layers *after = fixture_draw(before, 1.0f, 1);
    for (int x = 50; x < 80; x++)
        assert_true(after->logit[21 * WIDTH + x] < -3.0f);
    fixture_drop(before, after);
}

static float with_bird(int x, int y)
{
    return x >= 50 && x < 80 && y >= 20 && y < 24 ? 0.4f : 0.9f;
}

static void other_strokes_stay(void **state)
{
    struct layers *bird = fixture_blue(with_bird), *dark = fixture_blue(dusk),
                  *many = fixture_blue(bright);
    (void)state;
    fixture_ink_stroke(bird, 50, 20, 30);
    fixture_ink_stroke(dark, 40, 20, 60);
    for (int i = 0; i < 6; i++) /* near enough to belong together */
        fixture_ink_stroke(many, 30, 20 + 8 * i, 60);
    struct layers *all[] = {bird, dark, many};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct layers *after = fixture_draw(all[i], 1.0f, 1);
        assert_true(is_inked(after, 65, 21));
        fixture_drop(all[i], after);
    }
}

static void outlines_stay(void **state)
{
    struct layers *before = fixture_blue(bright);
    (void)state;
    fixture_ink_stroke(before, 2, 2, WIDTH - 4);
    fixture_ink_line(before, 2, 2, HEIGHT - 2, 4.0f);
    struct layers *after = fixture_draw(before, 1.0f, 1);
    assert_true(after->logit[3 * WIDTH + 60] > 1.0f);
    fixture_drop(before, after);
}

static float with_eye(int x, int y)
{
    return x >= 50 && x < 58 && y >= 20 && y < 24 ? 0.1f : 0.6f;
}

/* Of dashes on dark ground, one of them where the photo is darker, the other goes. */
static void crumbs_go(void **state)
{
    struct layers *before = fixture_blue(with_eye);
    (void)state;
    fixture_ink_stroke(before, 50, 20, 8);
    fixture_ink_stroke(before, 50, 60, 8);
    struct layers *after = fixture_draw(before, 1.0f, 1);
    assert_true(after->logit[21 * WIDTH + 53] > 0.0f);
    assert_true(after->logit[61 * WIDTH + 53] < -2.0f);
    fixture_drop(before, after);
}

static void strokes_in_green_go(void **state)
{
    struct layers *before = fixture_blue(dusk);
    (void)state;
    for (int i = 0; i < PIXELS; i++) /* a lawn on the left, a wall on the right */
        if (i % WIDTH < 70)
            fixture_set_pixel(before, i % WIDTH, i / WIDTH, 0.30f, 0.42f, 0.15f);
        else
            fixture_set_pixel(before, i % WIDTH, i / WIDTH, 0.38f, 0.38f, 0.38f);
    fixture_ink_line(before, 30, 20, 75, 4.0f);
    fixture_ink_line(before, 100, 20, 75, 4.0f);
    struct layers *after = fixture_draw(before, 1.0f, 1);
    for (int y = 30; y < 65; y++) {
        assert_true(after->logit[y * WIDTH + 31] < -2.0f);
        assert_true(after->logit[y * WIDTH + 101] > 1.0f);
    }
    fixture_drop(before, after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contours_close),
        cmocka_unit_test(long_lines_are_drawn),
        cmocka_unit_test(lines_on_skin_are_not_raised),
        cmocka_unit_test(lines_go_on_along_their_edge),
        cmocka_unit_test(edges_get_a_contour),
        cmocka_unit_test(no_contour_around_clouds),
        cmocka_unit_test(hair_is_no_skin),
        cmocka_unit_test(no_contour_across_a_face),
        cmocka_unit_test(soft_edges_get_a_contour_if_even),
        cmocka_unit_test(no_contour_in_texture_or_blur),
        cmocka_unit_test(saw_teeth_go),
        cmocka_unit_test(stripes_stay_in_colour),
        cmocka_unit_test(stray_strokes_go),
        cmocka_unit_test(other_strokes_stay),
        cmocka_unit_test(outlines_stay),
        cmocka_unit_test(crumbs_go),
        cmocka_unit_test(strokes_in_green_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
