/* The calming of colour layers (comic/smooth.h): texture goes, edges stay and get steeper. */
#include "comic/smooth.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 97, HEIGHT = 71, VALUES = 3 * WIDTH * HEIGHT };

static float *calmed_by(float amount, const float *colour, int width, int height, int threads)
{
    struct cg_buffer scratch = {0};
    struct cg_pool *pool;
    size_t nbytes = 3 * (size_t)width * (size_t)height * sizeof(float);
    float *out = malloc(nbytes);
    assert_non_null(out);
    memcpy(out, colour, nbytes);
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    assert_int_equal(cg_smooth(&scratch, pool, out, width, height, amount, NULL), CG_OK);
    free(scratch.memory);
    cg_pool_free(pool);
    return out;
}

static float *calmed(const float *colour, int width, int height, int threads)
{
    return calmed_by(1.0f, colour, width, height, threads);
}

/* Two areas side by side, 0.3 and 0.7, under noise; the edge is a slope of 5 pixels. */
static float *draw_areas(float noise)
{
    float *colour = malloc(VALUES * sizeof(float));
    assert_non_null(colour);
    struct cg_rng rng = cg_rng_make(1, 2, 3);
    for (int i = 0; i < VALUES; i++) {
        float at = ((float)(i / 3 % WIDTH) - 45.5f) / 5.0f + 0.5f;
        float share = at < 0.0f ? 0.0f : at > 1.0f ? 1.0f : at;
        colour[i] = 0.3f + 0.4f * share + noise * cg_rng_normal(&rng);
    }
    return colour;
}

static float deviation(const float *colour, int left, int right)
{
    double sum = 0.0, squares = 0.0;
    int count = 0;
    for (int y = 10; y < HEIGHT - 10; y++)
        for (int x = left; x < right; x++, count++) {
            double value = (double)colour[3 * (y * WIDTH + x)];
            sum += value;
            squares += value * value;
        }
    return (float)sqrt(squares / count - sum / count * (sum / count));
}

static void texture_goes_and_areas_keep_their_colour(void **state)
{
    (void)state;
    float *colour = draw_areas(0.02f), *out = calmed(colour, WIDTH, HEIGHT, 1);
    assert_true(deviation(out, 5, 35) < 0.35f * deviation(colour, 5, 35));
    assert_true(fabsf(out[3 * (30 * WIDTH + 20)] - 0.3f) < 0.02f);
    assert_true(fabsf(out[3 * (30 * WIDTH + 80)] - 0.7f) < 0.02f);
    free(out);
    free(colour);
}

static void edges_get_steeper_without_a_halo(void **state)
{
    (void)state;
    float *colour = draw_areas(0.0f), *out = calmed(colour, WIDTH, HEIGHT, 1);
    float steepest_before = 0.0f, steepest = 0.0f;
    for (int x = 1; x < WIDTH; x++) {
        const size_t at = 3 * (size_t)(30 * WIDTH + x);
        steepest_before = fmaxf(steepest_before, colour[at] - colour[at - 3]);
        steepest = fmaxf(steepest, out[at] - out[at - 3]);
        assert_true(out[at] > 0.2999f && out[at] < 0.7001f);
    }
    assert_true(steepest > 1.3f * steepest_before);
    free(out);
    free(colour);
}

static void half_of_it_lies_half_way(void **state)
{
    (void)state;
    float *colour = draw_areas(0.05f), *none = calmed_by(0.0f, colour, WIDTH, HEIGHT, 2);
    float *half = calmed_by(0.5f, colour, WIDTH, HEIGHT, 2),
          *all = calmed(colour, WIDTH, HEIGHT, 2);
    assert_memory_equal(none, colour, VALUES * sizeof(float));
    for (int i = 0; i < VALUES; i++)
        assert_true(fabsf(half[i] - 0.5f * (colour[i] + all[i])) < 1e-6f);
    free(all);
    free(half);
    free(none);
    free(colour);
}

static void threads_make_no_difference(void **state)
{
    (void)state;
    float *colour = draw_areas(0.05f), *one = calmed(colour, WIDTH, HEIGHT, 1);
    for (int threads = 2; threads <= 3; threads++) {
        float *many = calmed(colour, WIDTH, HEIGHT, threads);
        assert_memory_equal(one, many, VALUES * sizeof(float));
        free(many);
    }
    free(one);
    free(colour);
}

static void the_smallest_sizes_work(void **state)
{
    (void)state;
    const float colour[3 * 6] = {0.1f, 0.2f, 0.3f, 0.9f, 0.8f, 0.7f, 0.5f, 0.5f, 0.5f};
    static const int sizes[][2] = {{1, 1}, {3, 1}, {1, 3}, {2, 3}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        float *out = calmed(colour, sizes[i][0], sizes[i][1], 1);
        for (int k = 0; k < 3 * sizes[i][0] * sizes[i][1]; k++)
            assert_true(out[k] >= 0.0f && out[k] <= 0.9001f);
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texture_goes_and_areas_keep_their_colour),
        cmocka_unit_test(edges_get_steeper_without_a_halo),
        cmocka_unit_test(half_of_it_lies_half_way),
        cmocka_unit_test(threads_make_no_difference),
        cmocka_unit_test(the_smallest_sizes_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
