/* Flat colour and the ink that belongs to it (comic/cel.h). */
#include "comic/cel.h"

#include "base/clamp.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
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

static struct layers *drawn_with(const struct layers *layers, struct cg_faces faces, float amount,
                                 int threads)
{
    struct cg_pool *pool;
    struct cg_buffer planes = {0};
    struct cg_cel_memory memory = {.planes = &planes};
    struct layers *out = malloc(sizeof *out);
    assert_non_null(out);
    *out = *layers;
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    assert_int_equal(cg_cel(&memory, pool, layers->colour, faces, out->colour, out->logit, WIDTH,
                            HEIGHT, amount, 1.0f, NULL),
                     CG_OK);
    cg_pool_free(pool);
    cg_cel_memory_clear(&memory);
    free(planes.memory);
    return out;
}

static struct layers *drawn(const struct layers *layers, float amount, int threads)
{
    return drawn_with(layers, (struct cg_faces){0}, amount, threads);
}

static void drop(struct layers *before, struct layers *after)
{
    free(before);
    free(after);
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
    drop(before, after);
}

static float ramp(int x, int y)
{
    (void)y;
    return 0.2f + 0.006f * (float)x;
}

enum { RIM = 36 }; /* pixels at the sides of a picture, which lack neighbours */

/* No bands: every slope is as it was. */
static void gradient_stays(void **state)
{
    struct layers *before = blue(ramp), *after = drawn(before, 1.0f, 1);
    (void)state;
    for (int y = RIM; y < HEIGHT - RIM; y++)
        for (int x = RIM; x < WIDTH - RIM; x++) {
            float slope = green_at(after, x, y) - green_at(after, x - 1, y);
            assert_true(fabsf(slope - 0.8f * 0.006f) < 0.004f);
            assert_true(fabsf(green_at(after, x, y) - green_at(before, x, y)) < 0.03f);
        }
    drop(before, after);
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
    drop(before, after);
}

/* As far from the middle as so many pixels, of a shadow whose edge is as wide as 24. */
static float soft_shadow(int x, int y)
{
    (void)y;
    return 0.65f + 0.15f * tanhf((float)(x - WIDTH / 2) / 6.0f);
}

static void soft_edges_become_hard(void **state)
{
    struct layers *before = blue(soft_shadow), *after = drawn(before, 1.0f, 1);
    int soft = 0, hard = 0;
    (void)state;
    for (int x = RIM; x < WIDTH - RIM; x++) {
        soft += fabsf(before->colour[3 * x] - 0.6f * 0.65f) < 0.6f * 0.12f;
        hard += fabsf(after->colour[3 * x] - 0.6f * 0.65f) < 0.6f * 0.12f;
    }
    assert_true(soft >= 12 && hard <= soft / 2);
    for (int i = 3 * RIM; i < 3 * (WIDTH - RIM); i++) /* nothing beyond what was there */
        assert_in_range((int)lroundf(1000.0f * after->colour[i]), 290, 805);
    drop(before, after);
}

static float letters(int x, int y)
{
    return (x / 3 + y / 5) % 2 == 0 ? 0.3f : 0.8f;
}

static void letters_stay(void **state)
{
    struct layers *before = blue(letters), *after = drawn(before, 1.0f, 1);
    (void)state;
    for (int i = 0; i < 3 * PIXELS; i++)
        assert_true(fabsf(after->colour[i] - before->colour[i]) < 0.01f);
    drop(before, after);
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
            assert_true(fabsf(green_at(after, x, y) - green_at(before, x, y)) < 0.004f);
    drop(before, after);
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
        assert_true(fabsf(after->colour[i] - before->colour[i]) < 0.004f);
    drop(before, after);
}

/* ---- ink ------------------------------------------------------------------------------------- */

static float dusk(int x, int y)
{
    (void)x;
    (void)y;
    return 0.4f;
}

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
    drop(before, after);
}

/* A line down, two pixels wide, whose ink is so sure. */
static void ink_line(struct layers *layers, int x, int top, int end, float logit)
{
    for (int y = top; y < end; y++)
        layers->logit[y * WIDTH + x] = layers->logit[y * WIDTH + x + 1] = logit;
}

static void long_lines_are_drawn(void **state)
{
    struct layers *before = blue(dusk);
    (void)state;
    ink_line(before, 30, 0, HEIGHT, -2.5f); /* in doubt */
    ink_line(before, 60, 40, 52, -2.5f);
    struct layers *after = drawn(before, 1.0f, 1);
    assert_true(after->logit[45 * WIDTH + 30] > 0.0f);
    assert_true(after->logit[45 * WIDTH + 60] < -2.0f); /* a dash is left in doubt */
    assert_true(after->logit[45 * WIDTH + 45] == PAPER);
    drop(before, after);
}

static void lines_on_skin_are_not_raised(void **state)
{
    struct layers *before = blue(dusk);
    (void)state;
    for (int i = 0; i < PIXELS; i++)
        set_pixel(before, i % WIDTH, i / WIDTH, 0.84f, 0.6f, 0.48f);
    ink_line(before, 30, 0, HEIGHT, -2.5f);
    struct layers *after = drawn(before, 1.0f, 1);
    assert_true(after->logit[45 * WIDTH + 30] < -2.0f);
    drop(before, after);
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
    struct layers *before = blue(edge_down);
    (void)state;
    ink_line(before, 59, 0, 30, 4.0f);
    struct layers *after = drawn(before, 1.0f, 1);
    for (int y = 30; y < 70; y++) {
        assert_true(ink_at_edge(after, y) > 0.0f);
        assert_true(after->logit[y * WIDTH + 50] == PAPER && after->logit[y * WIDTH + 70] == PAPER);
    }
    drop(before, after);
}

static void edges_get_a_contour(void **state)
{
    struct layers *before = blue(edge_down), *after = drawn(before, 1.0f, 1);
    (void)state;
    for (int y = RIM; y < HEIGHT - RIM; y++)
        assert_true(ink_at_edge(after, y) > 0.0f);
    drop(before, after);
}

/* A cloud: white, its edge soft to the eye but sharp enough to be a wall's. */
static void no_contour_around_clouds(void **state)
{
    struct layers *before = blue(edge_down);
    (void)state;
    for (int i = 0; i < PIXELS; i++)
        if (edge_down(i % WIDTH, i / WIDTH) > 0.7f)
            set_pixel(before, i % WIDTH, i / WIDTH, 0.52f, 0.54f, 0.56f);
        else
            set_pixel(before, i % WIDTH, i / WIDTH, 0.30f, 0.45f, 0.70f);
    struct layers *after = drawn(before, 1.0f, 1);
    for (int y = RIM; y < HEIGHT - RIM; y++)
        assert_true(ink_at_edge(after, y) < -1.0f);
    drop(before, after);
}

/* An edge at x = 60 between two colours of skin's hue. */
static struct layers *warm(const float left[3], const float right[3])
{
    struct layers *layers = blue(edge_down);
    for (int i = 0; i < PIXELS; i++) {
        const float *side = i % WIDTH < 60 ? left : right;
        set_pixel(layers, i % WIDTH, i / WIDTH, side[0], side[1], side[2]);
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
        struct layers *after = drawn(before, 1.0f, 1);
        for (int y = RIM; y < HEIGHT - RIM; y++)
            assert_true((ink_at_edge(after, y) > 0.0f) == !skin);
        drop(before, after);
    }
}

/* Not where light and shade meet on it, whatever they look like: that would be a scar. */
static void no_contour_across_a_face(void **state)
{
    const struct cg_face face = {.x = 35, .y = -20, .width = 50, .height = 130, .score = 1};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct layers *before = i ? warm(wall, hair) : blue(edge_down);
        struct layers *after = drawn_with(before, (struct cg_faces){&face, 1}, 1.0f, 1);
        for (int y = RIM; y < HEIGHT - RIM; y++)
            assert_true(ink_at_edge(after, y) < -1.0f);
        drop(before, after);
    }
}

/* A soft edge around x = 60 is a contour, too, if it does not wriggle. */
static void soft_edges_get_a_contour_if_even(void **state)
{
    (void)state;
    for (int wave = 0; wave < 2; wave++) {
        struct layers *before = blue(edge_down);
        for (int i = 0; i < PIXELS; i++) {
            const float aside = wave ? 1.2f * sinf(0.5f * (float)(i / WIDTH)) : 0.0f;
            const float grey =
                0.5f - 0.2f * cg_smoothstep(55.0f, 64.0f, (float)(i % WIDTH) + aside);
            set_pixel(before, i % WIDTH, i / WIDTH, grey, grey, grey);
        }
        struct layers *after = drawn(before, 1.0f, 1);
        for (int y = RIM; y < HEIGHT - RIM; y++)
            assert_true((ink_at_edge(after, y) > 0.0f) == !wave);
        drop(before, after);
    }
}

static void no_contour_in_texture_or_blur(void **state)
{
    static float (*const light[])(int, int) = {textured_edge, faint_wave_down};
    (void)state;
    for (size_t i = 0; i < sizeof light / sizeof *light; i++) {
        struct layers *before = blue(light[i]);
        ink_line(before, 59, 0, 30, 4.0f);
        struct layers *after = drawn(before, 1.0f, 1);
        for (int y = 50; y < HEIGHT; y++)
            assert_true(ink_at_edge(after, y) < -1.0f);
        drop(before, after);
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
    struct layers *before = blue(dusk);
    (void)state;
    for (int y = 0; y < HEIGHT; y++)
        ink_line(before, 29 + y / 2 % 2, y, y + 1, 2.0f);
    struct layers *after = drawn(before, 1.0f, 1);
    assert_true(unevenness(after) < 0.25f * unevenness(before));
    assert_true(after->logit[45 * WIDTH + 30] > 0.0f);
    drop(before, after);
}

/* Red on white: stripes of 6 pixels on the left, a large area on the right; all inked. */
static bool red_at(int x)
{
    return x < 60 ? x % 15 < 6 : x >= 80;
}

static void stripes_stay_in_colour(void **state)
{
    struct layers *before = blue(shadow);
    (void)state;
    for (int i = 0; i < PIXELS; i++) {
        int x = i % WIDTH;
        set_pixel(before, x, i / WIDTH, 0.85f, red_at(x) ? 0.1f : 0.85f, red_at(x) ? 0.15f : 0.85f);
        before->logit[i] = red_at(x) && x < 84 ? 4.0f : PAPER;
    }
    struct layers *after = drawn(before, 1.0f, 1);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 30; x < 36; x++)
            assert_true(after->logit[y * WIDTH + x] < -2.0f);
        for (int x = 80; x < 84; x++) /* an outline */
            assert_true(after->logit[y * WIDTH + x] >= 4.0f);
    }
    drop(before, after);
}

static float bright(int x, int y)
{
    (void)x;
    (void)y;
    return 0.9f;
}

/* A stroke across, 4 pixels wide. */
static void ink_stroke(struct layers *layers, int x, int y, int length)
{
    for (int i = 0; i < 4 * length; i++)
        layers->logit[(y + i / length) * WIDTH + x + i % length] = 4.0f;
}

static bool is_inked(const struct layers *layers, int x, int y)
{
    return layers->logit[y * WIDTH + x] > 3.0f;
}

static void stray_strokes_go(void **state)
{
    struct layers *before = blue(bright);
    (void)state;
    ink_stroke(before, 50, 20, 30);
    struct layers *after = drawn(before, 1.0f, 1);
    for (int x = 50; x < 80; x++)
        assert_true(after->logit[21 * WIDTH + x] < -3.0f);
    drop(before, after);
}

static float with_bird(int x, int y)
{
    return x >= 50 && x < 80 && y >= 20 && y < 24 ? 0.4f : 0.9f;
}

static void other_strokes_stay(void **state)
{
    struct layers *bird = blue(with_bird), *dark = blue(dusk), *many = blue(bright);
    (void)state;
    ink_stroke(bird, 50, 20, 30);
    ink_stroke(dark, 40, 20, 60);
    for (int i = 0; i < 6; i++) /* near enough to belong together */
        ink_stroke(many, 30, 20 + 8 * i, 60);
    struct layers *all[] = {bird, dark, many};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct layers *after = drawn(all[i], 1.0f, 1);
        assert_true(is_inked(after, 65, 21));
        drop(all[i], after);
    }
}

static void outlines_stay(void **state)
{
    struct layers *before = blue(bright);
    (void)state;
    ink_stroke(before, 2, 2, WIDTH - 4);
    ink_line(before, 2, 2, HEIGHT - 2, 4.0f);
    struct layers *after = drawn(before, 1.0f, 1);
    assert_true(after->logit[3 * WIDTH + 60] > 1.0f);
    drop(before, after);
}

static float with_eye(int x, int y)
{
    return x >= 50 && x < 58 && y >= 20 && y < 24 ? 0.1f : 0.6f;
}

/* Of dashes on dark ground, one of them where the photo is darker, the other goes. */
static void crumbs_go(void **state)
{
    struct layers *before = blue(with_eye);
    (void)state;
    ink_stroke(before, 50, 20, 8);
    ink_stroke(before, 50, 60, 8);
    struct layers *after = drawn(before, 1.0f, 1);
    assert_true(after->logit[21 * WIDTH + 53] > 0.0f);
    assert_true(after->logit[61 * WIDTH + 53] < -2.0f);
    drop(before, after);
}

static void strokes_in_green_go(void **state)
{
    struct layers *before = blue(dusk);
    (void)state;
    for (int i = 0; i < PIXELS; i++) /* a lawn on the left, a wall on the right */
        if (i % WIDTH < 70)
            set_pixel(before, i % WIDTH, i / WIDTH, 0.30f, 0.42f, 0.15f);
        else
            set_pixel(before, i % WIDTH, i / WIDTH, 0.38f, 0.38f, 0.38f);
    ink_line(before, 30, 20, 75, 4.0f);
    ink_line(before, 100, 20, 75, 4.0f);
    struct layers *after = drawn(before, 1.0f, 1);
    for (int y = 30; y < 65; y++) {
        assert_true(after->logit[y * WIDTH + 31] < -2.0f);
        assert_true(after->logit[y * WIDTH + 101] > 1.0f);
    }
    drop(before, after);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void half_is_half_way(void **state)
{
    struct layers *before = blue(clouds), *half = drawn(before, 0.5f, 1),
                  *all = drawn(before, 1.0f, 1);
    (void)state;
    for (int i = 0; i < 3 * PIXELS; i++)
        assert_true(fabsf(half->colour[i] - 0.5f * (before->colour[i] + all->colour[i])) < 0.004f);
    drop(before, half);
    free(all);
}

static void threads_change_nothing(void **state)
{
    struct layers *before = blue(with_button);
    (void)state;
    ink_line(before, 30, 0, HEIGHT, -2.5f);
    ink_stroke(before, 50, 20, 8);
    struct layers *one = drawn(before, 1.0f, 1), *three = drawn(before, 1.0f, 3);
    assert_memory_equal(one, three, sizeof *one);
    drop(before, one);
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
        cmocka_unit_test(half_is_half_way),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(smallest_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
