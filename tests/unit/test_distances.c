/* eval: distances of sets against what formulas say of small known cases. */
#include "assert_near.h"
#include "base/rng.h"
#include "eval/distances.h"
#include "eval/swd.h"
#include "fixture_numbers.h"
#include "tensor/matrix.h"
#include "tensor/singular.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_MAX 512

static const uint32_t *once(void)
{
    static uint32_t weights[COUNT_MAX];
    for (size_t i = 0; i < COUNT_MAX; i++)
        weights[i] = 1;
    return weights;
}

static struct cg_pool *make_pool(int threads)
{
    struct cg_pool *pool;
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    return pool;
}

/* ---- Frechet --------------------------------------------------------------------------------- */

static double frechet(const float *a, size_t a_count, const float *b, size_t b_count,
                      size_t dimension)
{
    struct cg_frechet sets = {{a, a_count, dimension}, {b, b_count, dimension}};
    struct cg_error error = {0};
    double distance;
    enum cg_status status = cg_frechet_measure(&sets, once(), once(), &distance, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, CG_OK);
    return distance;
}

static void one_dimension(void **state)
{
    (void)state;
    /* means 2 and 7, variances 1 and 16 */
    const float a[3] = {1.0f, 2.0f, 3.0f}, b[3] = {3.0f, 7.0f, 11.0f};
    assert_near(frechet(a, 3, b, 3, 1), 25.0 + 9.0, 1e-9);
    assert_near(frechet(a, 3, a, 3, 1), 0.0, 1e-12);
}

/* Four points: mean (x, y), covariance r diag(2/3 p^2, 2/3 q^2) r^T, r turning by angle. */
static void cross(float *out, double x, double y, double p, double q, double angle)
{
    const double points[4][2] = {{p, 0.0}, {-p, 0.0}, {0.0, q}, {0.0, -q}};
    for (int i = 0; i < 4; i++) {
        out[2 * i] = (float)(x + cos(angle) * points[i][0] - sin(angle) * points[i][1]);
        out[2 * i + 1] = (float)(y + sin(angle) * points[i][0] + cos(angle) * points[i][1]);
    }
}

static void gaussians_that_commute(void **state)
{
    (void)state;
    float a[8], b[8];
    cross(a, 0.0, 0.0, 1.0, 2.0, 0.0);
    cross(b, 3.0, 4.0, 5.0, 1.0, 0.0);
    assert_near(frechet(a, 4, b, 4, 2), 25.0 + 2.0 / 3.0 * (16.0 + 1.0), 1e-5);
}

/* For 2 x 2: tr((AB)^(1/2)) = sqrt(tr(AB) + 2 sqrt(det(AB))). */
static void gaussians_that_do_not(void **state)
{
    (void)state;
    float a[8], b[8];
    cross(a, 0.0, 0.0, 1.0, 2.0, 0.0);
    cross(b, 0.0, 0.0, 3.0, 1.0, 0.7);
    double k = 2.0 / 3.0, c = cos(0.7) * cos(0.7), s = 1.0 - c;
    double trace = k * k * (1.0 * (9.0 * c + s) + 4.0 * (9.0 * s + c));
    double root = sqrt(trace + 2.0 * k * k * 2.0 * 3.0);
    assert_near(frechet(a, 4, b, 4, 2), k * (5.0 + 10.0) - 2.0 * root, 1e-5);
}

/* Coordinates that are always zero change nothing, though the sets are then smaller than the
 * dimension and other steps are taken. */
static void fewer_pictures_than_dimensions(void **state)
{
    (void)state;
    enum { COUNT_A = 7, COUNT_B = 5, NARROW = 3, WIDE = 40 };
    float *a = fixture_random_new(COUNT_A * NARROW, 1, 1.0f);
    float *b = fixture_random_new(COUNT_B * NARROW, 2, 3.0f);
    float wide_a[COUNT_A * WIDE] = {0}, wide_b[COUNT_B * WIDE] = {0};
    for (int i = 0; i < COUNT_A; i++)
        memcpy(wide_a + i * WIDE + 9, a + i * NARROW, NARROW * sizeof(float));
    for (int i = 0; i < COUNT_B; i++)
        memcpy(wide_b + i * WIDE + 9, b + i * NARROW, NARROW * sizeof(float));
    double narrow = frechet(a, COUNT_A, b, COUNT_B, NARROW);
    assert_true(narrow > 0.1);
    assert_near(frechet(wide_a, COUNT_A, wide_b, COUNT_B, WIDE), narrow, 1e-9);
    free(b);
    free(a);
}

/* A picture drawn twice counts as two pictures of the same content. */
static void weights_are_repetitions(void **state)
{
    (void)state;
    const float a[3] = {1.0f, 2.0f, 4.0f}, twice[4] = {1.0f, 2.0f, 2.0f, 4.0f};
    const float b[3] = {0.0f, 5.0f, 6.0f};
    const uint32_t weights[3] = {1, 2, 1};
    struct cg_frechet sets = {{a, 3, 1}, {b, 3, 1}};
    double distance;
    assert_int_equal(cg_frechet_measure(&sets, weights, once(), &distance, NULL), CG_OK);
    assert_near(distance, frechet(twice, 4, b, 3, 1), 1e-12);
}

static void nuclear_norm_of_numbers_that_are_none(void **state)
{
    (void)state;
    double a[4] = {NAN, 1.0, 1.0, 1.0}, b[4] = {1.0, 0.0, 0.0, 1.0}, norm;
    struct cg_error error;
    assert_int_equal(cg_nuclear_norm(a, 2, b, 2, 2, &norm, &error), CG_ERR_STATE);
    assert_non_null(strstr(error.text, "dgesdd"));
}

/* ---- kernel distance, class score ------------------------------------------------------------ */

static double kernel_distance(const float *a, size_t a_count, const float *b, size_t b_count,
                              size_t dimension)
{
    struct cg_feature_rows a_rows = {a, a_count, dimension}, b_rows = {b, b_count, dimension};
    struct cg_kernel_distance kernel;
    struct cg_pool *pool = make_pool(1);
    double distance;
    assert_int_equal(cg_kernel_distance_create(&a_rows, &b_rows, pool, &kernel, NULL), CG_OK);
    assert_int_equal(cg_kernel_distance_measure(&kernel, once(), once(), &distance, NULL), CG_OK);
    cg_kernel_distance_clear(&kernel);
    cg_pool_free(pool);
    return distance;
}

static void kernel_distance_by_hand(void **state)
{
    (void)state;
    const float a[2] = {1.0f, 2.0f}, b[2] = {0.0f, 3.0f};
    /* within a: (1 * 2 + 1)^3; within b: 1; between: 1, 4^3, 1, 7^3 */
    assert_near(kernel_distance(a, 2, b, 2, 1), 27.0 + 1.0 - 2.0 * (1 + 64 + 1 + 343) / 4.0, 1e-9);
}

static void kernel_distance_of_one_kind_is_about_none(void **state)
{
    (void)state;
    enum { COUNT = 300, DIMENSION = 8 };
    float *values = fixture_random_new(3 * COUNT * DIMENSION, 5, 1.0f);
    const float *a = values, *b = values + COUNT * DIMENSION, *c = b + COUNT * DIMENSION;
    double none = kernel_distance(a, COUNT, b, COUNT, DIMENSION);
    float *moved = fixture_random_new(COUNT * DIMENSION, 6, 1.0f);
    for (size_t i = 0; i < COUNT * DIMENSION; i++)
        moved[i] = c[i] + 0.5f;
    /* one part in a hundred of what half a unit makes */
    double far = kernel_distance(moved, COUNT, b, COUNT, DIMENSION);
    assert_true(far > 0.1);
    assert_near(none, 0.0, 0.01 * far);
    free(moved);
    free(values);
}

static void class_score_by_hand(void **state)
{
    (void)state;
    const float sure[6] = {1.0f, 0.0f, 0.0f, 1.0f, 1.0f, 0.0f};
    const float unsure[4] = {0.5f, 0.5f, 0.5f, 0.5f};
    struct cg_feature_rows rows = {sure, 2, 2};
    double score;
    assert_int_equal(cg_class_score_measure(&rows, once(), NULL, &score, NULL), CG_OK);
    assert_near(score, 2.0, 1e-9);
    rows.count = 3; /* classes by 2/3 and 1/3: exp of the entropy */
    assert_int_equal(cg_class_score_measure(&rows, once(), NULL, &score, NULL), CG_OK);
    assert_near(score, exp(log(3.0) - 2.0 / 3.0 * log(2.0)), 1e-9);
    rows = (struct cg_feature_rows){unsure, 2, 2};
    assert_int_equal(cg_class_score_measure(&rows, once(), NULL, &score, NULL), CG_OK);
    assert_near(score, 1.0, 1e-9);
}

/* ---- intervals ------------------------------------------------------------------------------- */

/* The mean of n numbers has a known deviation: the interval must be 2 * 1.96 of it, or so. */
static void intervals_of_a_mean(void **state)
{
    (void)state;
    enum { COUNT = 200, RESAMPLES = 400 };
    float values[COUNT];
    double squares = 0.0, mean = 0.0, one[RESAMPLES + 1], four[RESAMPLES + 1];
    struct cg_rng rng = cg_rng_make(1, 2, 3);
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = 3.0f + cg_rng_normal(&rng);
        mean += (double)values[i] / COUNT;
        squares += (double)values[i] * (double)values[i] / COUNT;
    }
    struct cg_feature_rows rows = {values, COUNT, 1};
    struct cg_bootstrap bootstrap = {
        .measure = cg_mean_measure, .context = &rows, .count_a = COUNT, .resamples = RESAMPLES};
    struct cg_pool *pool = make_pool(1);
    assert_int_equal(cg_bootstrap_run(&bootstrap, pool, one, NULL), CG_OK);
    cg_pool_free(pool);
    pool = make_pool(4);
    assert_int_equal(cg_bootstrap_run(&bootstrap, pool, four, NULL), CG_OK);
    cg_pool_free(pool);
    assert_memory_equal(one, four, sizeof(one));
    struct cg_estimate estimate = cg_estimate_make(one[0], one + 1, RESAMPLES, -INFINITY);
    double width = 2.0 * 1.96 * sqrt((squares - mean * mean) / COUNT);
    assert_near(estimate.value, mean, 1e-9);
    assert_near(estimate.high - estimate.low, width, 0.15 * width);
    assert_true(estimate.low < mean && mean < estimate.high);
    assert_near(cg_estimate_make(1.0, one + 1, RESAMPLES, 0.99).low, 0.99, 0.0);
    assert_near(cg_estimate_make(1.0, NULL, 0, 0.0).low, 1.0, 0.0);
}

/* ---- patches --------------------------------------------------------------------------------- */

#define SIDE 128
#define PICTURES 6

enum change { SAME, OTHERS, PALER, BLURRED, MORE_BLURRED, NOISY, MORE_NOISY };

/* Circles of random colours on a random colour, drawn by number; then changed. */
static struct cg_image make_picture(uint64_t number)
{
    struct cg_image image;
    struct cg_rng rng = cg_rng_make(number, 0, 0);
    assert_int_equal(cg_image_create(SIDE, SIDE, 3, &image, NULL), CG_OK);
    for (int circle = 0; circle < 40; circle++) {
        int x0 = (int)cg_rng_below(&rng, SIDE), y0 = (int)cg_rng_below(&rng, SIDE);
        int radius = circle == 0 ? 1000 : 4 + (int)cg_rng_below(&rng, 20);
        uint64_t colour = cg_rng_next(&rng);
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                if ((x - x0) * (x - x0) + (y - y0) * (y - y0) < radius * radius)
                    memcpy(image.pixels + 3 * (y * SIDE + x), &colour, 3);
    }
    return image;
}

static void blur(struct cg_image *image, int times)
{
    for (int side = SIDE / 2; times > 0; times--, side /= 2) {
        struct cg_image small;
        assert_int_equal(cg_image_resize(image, side, side, &small, NULL), CG_OK);
        cg_image_clear(image);
        assert_int_equal(cg_image_resize(&small, SIDE, SIDE, image, NULL), CG_OK);
        cg_image_clear(&small);
    }
}

static void add_noise(struct cg_image *image, float deviation, uint64_t seed)
{
    struct cg_rng rng = cg_rng_make(seed, 1, 0);
    for (size_t i = 0; i < 3u * SIDE * SIDE; i++) {
        float value = (float)image->pixels[i] + deviation * cg_rng_normal(&rng);
        image->pixels[i] = (uint8_t)fminf(255.0f, fmaxf(0.0f, value));
    }
}

static void change_picture(struct cg_image *image, enum change change, uint64_t number)
{
    if (change == PALER)
        for (size_t i = 0; i < 3u * SIDE * SIDE; i++)
            image->pixels[i] = (uint8_t)(128 + (image->pixels[i] - 128) / 2);
    if (change == BLURRED || change == MORE_BLURRED)
        blur(image, change == BLURRED ? 1 : 2);
    if (change == NOISY || change == MORE_NOISY)
        add_noise(image, change == NOISY ? 20.0f : 50.0f, number);
}

static struct cg_swd_set *make_set(enum change change)
{
    struct cg_swd_set *set;
    assert_int_equal(cg_swd_set_create(PICTURES, PICTURES, 64, &set, NULL), CG_OK);
    for (size_t i = 0; i < PICTURES; i++) {
        uint64_t number = i + (change == OTHERS ? 100 : 0);
        struct cg_image image = make_picture(number);
        change_picture(&image, change, number);
        assert_int_equal(cg_swd_set_put(set, i, i, number, &image, NULL), CG_OK);
        cg_image_clear(&image);
    }
    return set;
}

static struct cg_swd measure_swd(enum change change, int threads, size_t resamples)
{
    struct cg_swd_set *a = make_set(change), *b = make_set(SAME);
    struct cg_pool *pool = make_pool(threads);
    struct cg_swd swd;
    struct cg_error error = {0};
    enum cg_status status = cg_swd_measure(a, b, resamples, 0, pool, &swd, NULL, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, CG_OK);
    cg_pool_free(pool);
    cg_swd_set_free(b);
    cg_swd_set_free(a);
    return swd;
}

static void swd_of_a_set_with_itself_is_none(void **state)
{
    (void)state;
    struct cg_swd swd = measure_swd(SAME, 1, 0);
    assert_true(swd.mean.known);
    assert_near(swd.mean.value, 0.0, 0.0);
}

static void swd_grows_with_blur_and_noise(void **state)
{
    (void)state;
    double others = measure_swd(OTHERS, 1, 0).mean.value;
    struct cg_swd blurred = measure_swd(BLURRED, 1, 0), more = measure_swd(MORE_BLURRED, 1, 0);
    struct cg_swd noisy = measure_swd(NOISY, 1, 0), noisier = measure_swd(MORE_NOISY, 1, 0);
    assert_true(others > 0.0);
    assert_true(blurred.mean.value > 0.0 && more.mean.value > blurred.mean.value);
    assert_true(noisy.mean.value > 0.0 && noisier.mean.value > noisy.mean.value);
    /* the finest level sees both most, and more than other pictures of the same kind */
    double others_fine = measure_swd(OTHERS, 1, 0).levels[0];
    assert_true(blurred.levels[0] > others_fine && noisy.levels[0] > others_fine);
    assert_true(noisy.levels[0] > noisy.levels[CG_SWD_LEVELS - 1]);
}

/* What the paper's normalisation would not see. */
static void swd_sees_contrast_and_palette(void **state)
{
    (void)state;
    double paler = measure_swd(PALER, 1, 0).mean.value;
    assert_true(paler > 100.0); /* half the deviation: a tenth of it on average, times 1000 */
    assert_true(paler > 2.0 * measure_swd(BLURRED, 1, 0).levels[CG_SWD_LEVELS - 1]);
}

static void swd_does_not_depend_on_threads(void **state)
{
    (void)state;
    struct cg_swd one = measure_swd(NOISY, 1, 20), three = measure_swd(NOISY, 3, 20);
    assert_memory_equal(one.levels, three.levels, sizeof(one.levels));
    assert_true(one.mean.low == three.mean.low && one.mean.high == three.mean.high);
    assert_true(one.mean.low < one.mean.value && one.mean.value < one.mean.high);
}

static void swd_needs_pictures_with_something_in_them(void **state)
{
    (void)state;
    struct cg_swd_set *a = make_set(SAME), *flat;
    struct cg_image image = make_picture(0), small;
    struct cg_error error;
    struct cg_swd swd;
    memset(image.pixels, 90, 3u * SIDE * SIDE);
    assert_int_equal(cg_swd_set_create(1, 1, 8, &flat, NULL), CG_OK);
    assert_int_equal(cg_swd_set_put(flat, 0, 0, 0, &image, NULL), CG_OK);
    struct cg_pool *pool = make_pool(1);
    assert_int_equal(cg_swd_measure(a, flat, 0, 0, pool, &swd, NULL, &error), CG_ERR_FORMAT);
    assert_non_null(strstr(error.text, "constant"));
    assert_int_equal(cg_swd_measure(flat, a, 0, 0, pool, &swd, NULL, &error), CG_OK);
    assert_int_equal(cg_image_resize(&image, CG_SWD_SIDE_MIN_PX - 1, 300, &small, NULL), CG_OK);
    assert_int_equal(cg_swd_set_put(flat, 0, 0, 0, &small, &error), CG_ERR_FORMAT);
    assert_non_null(strstr(error.text, "111 x 300"));
    cg_image_clear(&small);
    cg_image_clear(&image);
    cg_pool_free(pool);
    cg_swd_set_free(flat);
    cg_swd_set_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_dimension),
        cmocka_unit_test(gaussians_that_commute),
        cmocka_unit_test(gaussians_that_do_not),
        cmocka_unit_test(fewer_pictures_than_dimensions),
        cmocka_unit_test(weights_are_repetitions),
        cmocka_unit_test(nuclear_norm_of_numbers_that_are_none),
        cmocka_unit_test(kernel_distance_by_hand),
        cmocka_unit_test(kernel_distance_of_one_kind_is_about_none),
        cmocka_unit_test(class_score_by_hand),
        cmocka_unit_test(intervals_of_a_mean),
        cmocka_unit_test(swd_of_a_set_with_itself_is_none),
        cmocka_unit_test(swd_grows_with_blur_and_noise),
        cmocka_unit_test(swd_sees_contrast_and_palette),
        cmocka_unit_test(swd_does_not_depend_on_threads),
        cmocka_unit_test(swd_needs_pictures_with_something_in_them),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("distances", tests, NULL, NULL);
}
