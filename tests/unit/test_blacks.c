/* Spotted blacks (comic/blacks.h). */
#include "comic/blacks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 160, HEIGHT = 120, PIXELS = WIDTH * HEIGHT };

#define PAPER (-6.0f)

struct scene {
    float colour[3 * PIXELS], logit[PIXELS];
};

/* A light picture without ink. */
static struct scene *light(void)
{
    struct scene *scene = malloc(sizeof *scene);
    assert_non_null(scene);
    for (int i = 0; i < 3 * PIXELS; i++)
        scene->colour[i] = 0.8f;
    for (int i = 0; i < PIXELS; i++)
        scene->logit[i] = PAPER;
    return scene;
}

struct box {
    int left, top, right, bottom;
};

static void fill(struct scene *scene, struct box box, float red, float green, float blue)
{
    for (int y = box.top; y < box.bottom; y++)
        for (int x = box.left; x < box.right; x++) {
            float *pixel = scene->colour + 3 * (y * WIDTH + x);
            pixel[0] = red;
            pixel[1] = green;
            pixel[2] = blue;
        }
}

static void fill_grey(struct scene *scene, struct box box, float grey)
{
    fill(scene, box, grey, grey, grey);
}

static void spot(struct scene *scene, float amount, int threads)
{
    const struct cg_layers layers = {WIDTH, HEIGHT, scene->colour, scene->colour, scene->logit};
    struct cg_blacks kept = {0};
    struct cg_pool *pool;
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    assert_int_equal(cg_blacks(&kept, pool, &layers, scene->logit, amount, NULL), CG_OK);
    cg_pool_free(pool);
    free(kept.buffer.memory);
}

static float ink_at(const struct scene *scene, int x, int y)
{
    return scene->logit[y * WIDTH + x];
}

static int inked_px(const struct scene *scene)
{
    int count = 0;
    for (int i = 0; i < PIXELS; i++)
        count += scene->logit[i] > 0.0f;
    return count;
}

static const struct box coat = {30, 30, 90, 100};

static void dark_shapes_are_black_to_their_edges(void **state)
{
    struct scene *scene = light();
    (void)state;
    fill_grey(scene, coat, 0.12f);
    spot(scene, 1.0f, 1);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            bool inside = x >= 33 && x < 87 && y >= 33 && y < 97;
            bool outside = x < 25 || x >= 95 || y < 25 || y >= 105;
            assert_true(!inside || ink_at(scene, x, y) > 3.0f);
            assert_true(!outside || ink_at(scene, x, y) == PAPER);
        }
    assert_true(ink_at(scene, 30, 60) > 0.0f && ink_at(scene, 29, 60) < 0.0f);
    free(scene);
}

static void light_pictures_and_no_amount_have_none(void **state)
{
    struct scene *scene = light();
    (void)state;
    fill_grey(scene, coat, 0.6f);
    spot(scene, 1.0f, 1);
    assert_int_equal(inked_px(scene), 0);
    fill_grey(scene, coat, 0.3f);
    fill_grey(scene, (struct box){100, 10, 104, 110}, 0.0f);
    spot(scene, 0.2f, 1);
    assert_true(ink_at(scene, 60, 60) == PAPER);
    free(scene);
}

/* Eyes and buttons are as they were drawn; what shines in the dark shines on, dust does not. */
static void small_things_stay(void **state)
{
    struct scene *scene = light();
    (void)state;
    fill_grey(scene, coat, 0.12f);
    fill_grey(scene, (struct box){120, 40, 123, 43}, 0.05f);
    fill_grey(scene, (struct box){50, 50, 57, 57}, 0.8f);
    fill_grey(scene, (struct box){70, 80, 73, 83}, 0.42f);
    spot(scene, 1.0f, 1);
    assert_true(ink_at(scene, 121, 41) == PAPER);
    assert_true(ink_at(scene, 53, 53) == PAPER);
    assert_true(ink_at(scene, 71, 81) > 3.0f);
    free(scene);
}

static void skin_is_spared(void **state)
{
    struct scene *scene = light();
    (void)state;
    fill_grey(scene, (struct box){120, 20, 150, 60}, 0.10f);
    fill(scene, coat, 0.27f, 0.16f, 0.10f);
    spot(scene, 1.0f, 1);
    assert_true(ink_at(scene, 135, 40) > 3.0f);
    assert_true(ink_at(scene, 60, 60) == PAPER);
    free(scene);
}

/* Dusk that falls slowly has no edge for a shape. */
static void no_edge_no_shape(void **state)
{
    struct scene *scene = light();
    (void)state;
    for (int x = 0; x < WIDTH; x++)
        fill_grey(scene, (struct box){x, 0, x + 1, HEIGHT}, 0.15f + 0.004f * (float)x);
    spot(scene, 1.0f, 1);
    assert_int_equal(inked_px(scene), 0);
    free(scene);
}

/* By night the darkest shapes are black, not all of them. */
static void night_does_not_drown(void **state)
{
    struct scene *scene = light();
    (void)state;
    for (int i = 0; i < 8; i++)
        fill_grey(scene, (struct box){20 * i, 0, 20 * i + 18, HEIGHT}, 0.14f + 0.006f * (float)i);
    spot(scene, 1.0f, 1);
    assert_true(inked_px(scene) > PIXELS / 4 && inked_px(scene) < PIXELS / 2);
    assert_true(ink_at(scene, 10, 60) > 3.0f);
    assert_true(ink_at(scene, 150, 60) == PAPER);
    free(scene);
}

/* Twice as close: black where the picture is, whatever the part shows. */
static void parts_are_as_black_as_their_picture(void **state)
{
    enum { LEFT = 20, TOP = 25, PART_WIDTH = 60, PART_HEIGHT = 50 };
    struct scene *scene = light();
    const struct cg_layers layers = {WIDTH, HEIGHT, scene->colour, scene->colour, scene->logit};
    float logit[PART_WIDTH * PART_HEIGHT];
    struct cg_blacks kept = {0};
    struct cg_pool *pool;
    (void)state;
    fill_grey(scene, coat, 0.12f);
    for (int i = 0; i < PART_WIDTH * PART_HEIGHT; i++)
        logit[i] = PAPER;
    assert_int_equal(cg_pool_create(2, &pool, NULL), CG_OK);
    assert_int_equal(cg_blacks(&kept, pool, &layers, scene->logit, 0.7f, NULL), CG_OK);
    cg_blacks_continue(&kept, pool, LEFT, TOP, 0.5f, PART_WIDTH, PART_HEIGHT, logit);
    for (int y = 0; y < PART_HEIGHT; y++)
        for (int x = 0; x < PART_WIDTH; x++) {
            const float there = ink_at(scene, LEFT + x / 2, TOP + y / 2);
            if (fabsf(there) > 4.0f)
                assert_true((logit[y * PART_WIDTH + x] > 0.0f) == (there > 0.0f));
        }
    assert_true(logit[PART_WIDTH * PART_HEIGHT - 1] > 4.0f && logit[0] == PAPER);
    cg_pool_free(pool);
    free(kept.buffer.memory);
    free(scene);
}

static void threads_change_nothing(void **state)
{
    struct scene *one = light(), *three = light();
    (void)state;
    fill_grey(one, coat, 0.12f);
    fill_grey(three, coat, 0.12f);
    spot(one, 0.7f, 1);
    spot(three, 0.7f, 3);
    assert_memory_equal(one, three, sizeof *one);
    free(one);
    free(three);
}

static void smallest_pictures(void **state)
{
    static const int sizes[][2] = {{1, 1}, {1, 7}, {7, 1}, {3, 2}};
    struct cg_blacks kept = {0};
    struct cg_pool *pool;
    (void)state;
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        float colour[21] = {0.0f}, logit[7] = {0.0f};
        const struct cg_layers layers = {sizes[i][0], sizes[i][1], colour, colour, logit};
        assert_int_equal(cg_blacks(&kept, pool, &layers, logit, 1.0f, NULL), CG_OK);
        assert_true(logit[0] >= 0.0f);
        cg_blacks_continue(&kept, pool, -3.0f, 9.0f, 0.4f, layers.width, layers.height, logit);
        assert_true(logit[0] >= 0.0f);
    }
    cg_pool_free(pool);
    free(kept.buffer.memory);
}

/* A damaged style may draw anything. */
static void numbers_may_be_none(void **state)
{
    struct scene *scene = light();
    (void)state;
    fill_grey(scene, coat, NAN);
    fill_grey(scene, (struct box){100, 10, 140, 60}, INFINITY);
    fill_grey(scene, (struct box){100, 60, 140, 110}, -INFINITY);
    spot(scene, 1.0f, 2);
    free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dark_shapes_are_black_to_their_edges),
        cmocka_unit_test(light_pictures_and_no_amount_have_none),
        cmocka_unit_test(small_things_stay),
        cmocka_unit_test(skin_is_spared),
        cmocka_unit_test(no_edge_no_shape),
        cmocka_unit_test(night_does_not_drown),
        cmocka_unit_test(parts_are_as_black_as_their_picture),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(smallest_pictures),
        cmocka_unit_test(numbers_may_be_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
