/* image/flow: known motions, stillness under noise, odd sizes, threads. */
#include "base/memory.h"
#include "base/rng.h"
#include "image/flow.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A value for each point of a lattice, 0 to 1. */
static float lattice(int x, int y, uint64_t octave)
{
    struct cg_rng rng = cg_rng_make(octave, (uint64_t)(x + 1000), (uint64_t)(y + 1000));
    return cg_rng_uniform(&rng);
}

static float octave_at(float x, float y, uint64_t octave)
{
    int left = (int)floorf(x), top = (int)floorf(y);
    float tx = x - (float)left, ty = y - (float)top;
    tx = tx * tx * (3.0f - 2.0f * tx);
    ty = ty * ty * (3.0f - 2.0f * ty);
    float upper = lattice(left, top, octave) * (1.0f - tx) + lattice(left + 1, top, octave) * tx;
    float lower =
        lattice(left, top + 1, octave) * (1.0f - tx) + lattice(left + 1, top + 1, octave) * tx;
    return upper * (1.0f - ty) + lower * ty;
}

/* Clouds of three sizes: nowhere the same twice, so that a motion has one answer. */
static float scene(float x, float y)
{
    return 0.45f * octave_at(x / 41.0f, y / 41.0f, 1) + 0.3f * octave_at(x / 17.0f, y / 17.0f, 2) +
           0.25f * octave_at(x / 7.0f, y / 7.0f, 3);
}

/* scene, seen through x' = centre + zoom * (x - centre) + (dx, dy). */
struct view {
    float dx, dy, zoom, noise;
    uint64_t seed;
};

static float *picture_make(int width, int height, const struct view *view)
{
    float *picture = cg_alloc((size_t)width * (size_t)height, sizeof(float), "picture", NULL);
    struct cg_rng rng = cg_rng_make(view->seed, 0, 0);
    assert_non_null(picture);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            float cx = 0.5f * (float)width, cy = 0.5f * (float)height;
            float u = cx + view->zoom * ((float)x - cx) + view->dx;
            float v = cy + view->zoom * ((float)y - cy) + view->dy;
            picture[y * width + x] = scene(u, v) + view->noise * cg_rng_normal(&rng);
        }
    return picture;
}

static float *flow_between(int width, int height, const float *from, const float *to, int threads)
{
    struct cg_flow *flow;
    struct cg_pool *pool;
    float *vectors = cg_alloc(2 * (size_t)width * (size_t)height, sizeof(float), "vectors", NULL);
    assert_non_null(vectors);
    assert_int_equal(cg_flow_create(&flow, NULL), CG_OK);
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    assert_int_equal(cg_flow_find(flow, pool, from, to, width, height, vectors, NULL), CG_OK);
    cg_pool_free(pool);
    cg_flow_free(flow);
    return vectors;
}

/* Mean distance of the vectors from the truth, away from the border that has no counterpart. */
static double mean_error(int width, int height, const float *vectors, const struct view *view)
{
    double sum = 0.0;
    size_t count = 0;
    int margin = 4 + (int)fmaxf(fabsf(view->dx), fabsf(view->dy));
    for (int y = margin; y < height - margin; y++)
        for (int x = margin; x < width - margin; x++, count++) {
            const float *u = vectors + 2 * (y * width + x);
            /* `to` is the scene as it is: what from shows at x lies at the view of x */
            float zoom = view->zoom - 1.0f;
            float true_x = zoom * ((float)x - 0.5f * (float)width) + view->dx;
            float true_y = zoom * ((float)y - 0.5f * (float)height) + view->dy;
            sum += hypot((double)(u[0] - true_x), (double)(u[1] - true_y));
        }
    return sum / (double)count;
}

static double error_of(int width, int height, struct view view)
{
    const struct view plain = {.zoom = 1.0f, .noise = view.noise, .seed = view.seed + 1};
    float *from = picture_make(width, height, &view), *to = picture_make(width, height, &plain);
    float *vectors = flow_between(width, height, from, to, 1);
    double error = mean_error(width, height, vectors, &view);
    free(vectors);
    free(to);
    free(from);
    return error;
}

static void shifts_are_found(void **state)
{
    (void)state;
    static const float shifts[][2] = {{0.0f, 0.0f}, {0.5f, -0.25f}, {1.0f, 0.0f},
                                      {3.3f, 2.1f}, {-7.5f, 4.0f},  {14.0f, -11.0f}};
    for (size_t i = 0; i < sizeof(shifts) / sizeof(shifts[0]); i++) {
        struct view view = {.dx = shifts[i][0], .dy = shifts[i][1], .zoom = 1.0f};
        double error = error_of(192, 128, view);
        if (error >= 0.3)
            fail_msg("shift %g %g: mean error %g px", (double)view.dx, (double)view.dy, error);
    }
}

static void a_zoom_is_found(void **state)
{
    (void)state;
    assert_true(error_of(192, 128, (struct view){.zoom = 0.97f}) < 0.3);
    assert_true(error_of(192, 128, (struct view){.dx = 2.0f, .zoom = 1.04f}) < 0.3);
}

/* Noise of 2 % is what a phone's camera shows indoors. */
static void noise_moves_little(void **state)
{
    (void)state;
    assert_true(error_of(192, 128, (struct view){.zoom = 1.0f, .noise = 0.02f, .seed = 3}) < 0.1);
    assert_true(error_of(192, 128,
                         (struct view){.dx = 2.5f, .zoom = 1.0f, .noise = 0.02f, .seed = 3}) < 0.3);
}

static void nothing_to_see_is_nothing_moved(void **state)
{
    (void)state;
    float *flat = cg_alloc(64 * 48, sizeof(float), "picture", NULL);
    for (int i = 0; i < 64 * 48; i++)
        flat[i] = 0.4f;
    float *vectors = flow_between(64, 48, flat, flat, 1);
    for (int i = 0; i < 2 * 64 * 48; i++)
        assert_true(vectors[i] == 0.0f);
    free(vectors);
    free(flat);
}

static void any_size_will_do(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {2, 1}, {1, 9}, {7, 8}, {9, 9}, {33, 5}, {61, 47}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        int width = sizes[i][0], height = sizes[i][1];
        struct view view = {.dx = 1.0f, .zoom = 1.0f};
        const struct view plain = {.zoom = 1.0f};
        float *from = picture_make(width, height, &view), *to = picture_make(width, height, &plain);
        float *vectors = flow_between(width, height, from, to, 1);
        for (int k = 0; k < 2 * width * height; k++)
            assert_true(isfinite(vectors[k]));
        free(vectors);
        free(to);
        free(from);
    }
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    struct view view = {.dx = 2.0f, .dy = 1.0f, .zoom = 1.01f, .noise = 0.01f, .seed = 5};
    const struct view plain = {.zoom = 1.0f};
    float *from = picture_make(131, 77, &view), *to = picture_make(131, 77, &plain);
    float *one = flow_between(131, 77, from, to, 1), *three = flow_between(131, 77, from, to, 3);
    assert_memory_equal(one, three, 2 * 131 * 77 * sizeof(float));
    free(three);
    free(one);
    free(to);
    free(from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shifts_are_found),   cmocka_unit_test(a_zoom_is_found),
        cmocka_unit_test(noise_moves_little), cmocka_unit_test(nothing_to_see_is_nothing_moved),
        cmocka_unit_test(any_size_will_do),   cmocka_unit_test(threads_do_not_matter),
    };
    return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
