/* Frechet and Mahalanobis distances against what they are known to be. */
#include "tensor/statistics.h"
#include "unit/fixture_numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define POINTS 400
#define DIMENSIONS 3

static struct cg_gaussian fitted(const float *points, size_t count)
{
    struct cg_gaussian gaussian;
    assert_int_equal(cg_gaussian_fit(points, count, DIMENSIONS, &gaussian, NULL), CG_OK);
    return gaussian;
}

static double distance_between(const struct cg_gaussian *a, const struct cg_gaussian *b)
{
    double distance;
    assert_int_equal(cg_frechet_distance(a, b, &distance, NULL), CG_OK);
    return distance;
}

/* Scaling by s and moving by m: |m|^2 + (s - 1)^2 tr(C), exactly. */
static void frechet_distance_of_a_scaled_cloud(void **state)
{
    (void)state;
    const float scale = 1.5f, moved = 0.25f;
    float points[POINTS * DIMENSIONS], others[POINTS * DIMENSIONS];
    fixture_random(points, POINTS * DIMENSIONS, 1, 1.0f);
    for (size_t i = 0; i < POINTS * DIMENSIONS; i++)
        points[i] += 0.5f * points[i / DIMENSIONS * DIMENSIONS]; /* not round */
    struct cg_gaussian a = fitted(points, POINTS);
    for (size_t i = 0; i < POINTS * DIMENSIONS; i++) {
        float mean = (float)a.mean[i % DIMENSIONS];
        others[i] = mean + scale * (points[i] - mean) + moved;
    }
    struct cg_gaussian b = fitted(others, POINTS);
    double trace = 0.0;
    for (size_t i = 0; i < DIMENSIONS; i++)
        trace += a.covariance[i * DIMENSIONS + i];
    double expected = DIMENSIONS * 0.0625 + 0.25 * trace;
    assert_true(fabs(distance_between(&a, &b) - expected) < 1e-4 * expected);
    assert_true(fabs(distance_between(&b, &a) - expected) < 1e-4 * expected);
    assert_true(distance_between(&a, &a) < 1e-9);
    cg_gaussian_clear(&b);
    cg_gaussian_clear(&a);
}

/* The mean squared Mahalanobis distance of the points themselves is their dimensions. */
static void whitening_makes_a_cloud_round(void **state)
{
    (void)state;
    float points[POINTS * DIMENSIONS], w[DIMENSIONS * DIMENSIONS];
    fixture_random(points, POINTS * DIMENSIONS, 2, 1.0f);
    for (size_t p = 0; p < POINTS; p++)
        points[p * DIMENSIONS + 1] += 3.0f * points[p * DIMENSIONS];
    struct cg_gaussian cloud = fitted(points, POINTS);
    assert_int_equal(cg_gaussian_whitening(&cloud, 0.0, w, NULL), CG_OK);
    double sum = 0.0;
    for (size_t p = 0; p < POINTS; p++)
        for (size_t k = 0; k < DIMENSIONS; k++) {
            double along = 0.0;
            for (size_t i = 0; i < DIMENSIONS; i++)
                along +=
                    w[k * DIMENSIONS + i] * ((double)points[p * DIMENSIONS + i] - cloud.mean[i]);
            sum += along * along;
        }
    assert_true(fabs(sum / POINTS - DIMENSIONS) < 1e-3);
    cg_gaussian_clear(&cloud);
}

static void one_point_is_no_cloud(void **state)
{
    (void)state;
    const float point[DIMENSIONS] = {0};
    struct cg_gaussian gaussian;
    assert_int_equal(cg_gaussian_fit(point, 1, DIMENSIONS, &gaussian, NULL), CG_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frechet_distance_of_a_scaled_cloud),
        cmocka_unit_test(whitening_makes_a_cloud_round),
        cmocka_unit_test(one_point_is_no_cloud),
    };
    return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
