/* comic/render: what comes through unchanged, ink, sizes, threads, memory. */
#include "base/memory.h"
#include "base/rng.h"
#include "comic/render.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The linker sends cg_alloc here (--wrap), so that a test can let the n-th request fail. */
static int requests_before_failure = -1; /* -1: none fails */
void *__real_cg_alloc(size_t count, size_t element_nbytes, const char *what,
                      struct cg_error *error);
void *__wrap_cg_alloc(size_t count, size_t element_nbytes, const char *what,
                      struct cg_error *error);
void *__wrap_cg_alloc(size_t count, size_t element_nbytes, const char *what, struct cg_error *error)
{
    if (requests_before_failure >= 0 && requests_before_failure-- == 0) {
        cg_fail(error, CG_ERR_MEMORY, "%s: refused by the test", what);
        return NULL;
    }
    return __real_cg_alloc(count, element_nbytes, what, error);
}

static const struct cg_render_options AS_TRAINED = {.ink = 1.0f, .strength = 1.0f};
static const struct cg_render_options NO_INK = {.ink = 0.0f, .strength = 1.0f};

/* A photo, its working copy and layers of its own. */
struct scene {
    int width, height;
    uint8_t *photo, *pixels; /* pixels: what is rendered in place */
    struct cg_layers layers;
    float *working_photo, *colour, *logit;
};

static size_t pixel_count(const struct scene *scene)
{
    return (size_t)scene->width * (size_t)scene->height;
}

/* Smooth waves and an edge. */
static void photo_fill(struct scene *scene)
{
    for (int y = 0; y < scene->height; y++)
        for (int x = 0; x < scene->width; x++)
            for (int c = 0; c < 3; c++) {
                double u = (x + 0.5) / scene->width, v = (y + 0.5) / scene->height;
                double value = 0.5 + 0.2 * sin(9.0 * u + c) * cos(7.0 * v - c);
                value += u + 0.4 * v > 0.6 ? 0.2 : 0.0;
                size_t i = ((size_t)y * (size_t)scene->width + (size_t)x) * 3 + (size_t)c;
                scene->photo[i] = (uint8_t)(fmin(fmax(value, 0.0), 1.0) * 255.0 + 0.5);
            }
}

/* Mean of the photo under working pixel (x, y), whites at 1. */
static float photo_mean(const struct scene *scene, int x, int y, int c)
{
    double x0 = (double)x * scene->width / scene->layers.width;
    double x1 = (double)(x + 1) * scene->width / scene->layers.width;
    double y0 = (double)y * scene->height / scene->layers.height;
    double y1 = (double)(y + 1) * scene->height / scene->layers.height;
    double sum = 0.0, weights = 0.0;
    for (int j = (int)y0; j < scene->height && j < y1; j++)
        for (int i = (int)x0; i < scene->width && i < x1; i++) {
            double weight = (fmin(x1, i + 1) - fmax(x0, i)) * (fmin(y1, j + 1) - fmax(y0, j));
            size_t at = ((size_t)j * (size_t)scene->width + (size_t)i) * 3 + (size_t)c;
            sum += weight * scene->photo[at];
            weights += weight;
        }
    return (float)(sum / weights / 255.0);
}

/* Colour as the photo, no lines. */
static struct scene scene_make(int width, int height, int working_width, int working_height)
{
    struct scene scene = {.width = width, .height = height};
    size_t count = (size_t)working_width * (size_t)working_height;
    scene.layers.width = working_width;
    scene.layers.height = working_height;
    scene.photo = cg_alloc(pixel_count(&scene), 3, "photo", NULL);
    scene.pixels = cg_alloc(pixel_count(&scene), 3, "pixels", NULL);
    scene.layers.photo = scene.working_photo = cg_alloc(count * 3, sizeof(float), "copy", NULL);
    scene.layers.colour = scene.colour = cg_alloc(count * 3, sizeof(float), "colour", NULL);
    scene.layers.logit = scene.logit = cg_alloc(count, sizeof(float), "logit", NULL);
    photo_fill(&scene);
    for (int y = 0; y < working_height; y++)
        for (int x = 0; x < working_width; x++)
            for (int c = 0; c < 3; c++) {
                size_t i = ((size_t)y * (size_t)working_width + (size_t)x) * 3 + (size_t)c;
                scene.working_photo[i] = scene.colour[i] = photo_mean(&scene, x, y, c);
            }
    for (size_t i = 0; i < count; i++)
        scene.logit[i] = -20.0f;
    return scene;
}

static void scene_clear(struct scene *scene)
{
    free(scene->photo);
    free(scene->pixels);
    free(scene->working_photo);
    free(scene->colour);
    free(scene->logit);
}

static void scene_render_threads(struct scene *scene, const struct cg_render_options *options,
                                 int threads)
{
    struct cg_buffer colours = {0};
    struct cg_renderer *renderer;
    struct cg_pool *pool;
    assert_int_equal(cg_renderer_create(&colours, &renderer, NULL), CG_OK);
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    memcpy(scene->pixels, scene->photo, pixel_count(scene) * 3);
    assert_int_equal(cg_render(renderer, pool, &scene->layers, options, scene->pixels, scene->width,
                               scene->height, NULL),
                     CG_OK);
    cg_pool_free(pool);
    cg_renderer_free(renderer);
    free(colours.memory);
}

static void scene_render(struct scene *scene, const struct cg_render_options *options)
{
    scene_render_threads(scene, options, 1);
}

static int largest_difference(const uint8_t *a, const uint8_t *b, size_t count)
{
    int largest = 0;
    for (size_t i = 0; i < count; i++) {
        int difference = abs((int)a[i] - (int)b[i]);
        largest = difference > largest ? difference : largest;
    }
    return largest;
}

/* Lines of every direction, drawn by waves that are not aligned with the pixels. */
static void logit_waves(struct scene *scene)
{
    for (int y = 0; y < scene->layers.height; y++)
        for (int x = 0; x < scene->layers.width; x++)
            scene->logit[(size_t)y * (size_t)scene->layers.width + (size_t)x] =
                (float)(6.0 * sin(0.37 * x + 0.11 * y) + 3.0 * cos(0.23 * y) - 2.0);
}

static void at_working_size_the_layer_comes_through(void **state)
{
    (void)state;
    struct scene scene = scene_make(67, 45, 67, 45);
    struct cg_rng rng = cg_rng_make(5, 0, 0);
    for (size_t i = 0; i < 3 * pixel_count(&scene); i++)
        scene.colour[i] = cg_rng_uniform(&rng); /* nothing to do with the photo */
    logit_waves(&scene);
    scene_render(&scene, &NO_INK);
    /* rounding to 8 bits is half a level; floats add less than a hundredth */
    for (size_t i = 0; i < 3 * pixel_count(&scene); i++)
        assert_true(fabsf((float)scene.pixels[i] - 255.0f * scene.colour[i]) <= 0.51f);
    scene_render(&scene, &AS_TRAINED);
    /* and a fifth of a level for the sigmoid */
    for (size_t i = 0; i < 3 * pixel_count(&scene); i++) {
        float ink = 1.0f / (1.0f + expf(-scene.logit[i / 3]));
        float comic = 255.0f * scene.colour[i] * (1.0f - ink);
        assert_true(fabsf((float)scene.pixels[i] - comic) <= 0.75f);
    }
    scene_clear(&scene);
}

/* Colour = photo on the working copy has to mean colour = photo at full size: to a level where the
 * photo is smooth, and at its edges as nearly as the filter's EPSILON lets the slope come to 1. */
static void colour_like_the_photo_gives_the_photo(void **state)
{
    (void)state;
    static const int sizes[][4] = {
        {90, 60, 90, 60}, {101, 77, 100, 76}, {300, 200, 150, 100}, {377, 251, 101, 67}};
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        struct scene scene = scene_make(sizes[k][0], sizes[k][1], sizes[k][2], sizes[k][3]);
        scene_render(&scene, &NO_INK);
        size_t count = 3 * pixel_count(&scene), off = 0;
        for (size_t i = 0; i < count; i++)
            off += abs((int)scene.pixels[i] - (int)scene.photo[i]) > 1;
        int largest = largest_difference(scene.pixels, scene.photo, count);
        assert_in_range(largest, 0, k == 0 ? 0 : 6);
        assert_in_range(off, 0, count / 50);
        scene_clear(&scene);
    }
}

static void strength_0_is_the_photo(void **state)
{
    (void)state;
    struct scene scene = scene_make(203, 99, 61, 30);
    logit_waves(&scene);
    scene_render(&scene, &(struct cg_render_options){.ink = 2.0f, .strength = 0.0f});
    assert_memory_equal(scene.pixels, scene.photo, 3 * pixel_count(&scene));
    scene_clear(&scene);
}

static void a_constant_layer_stays_constant(void **state)
{
    (void)state;
    struct scene scene = scene_make(211, 150, 57, 41);
    for (int i = 0; i < 57 * 41 * 3; i++)
        scene.colour[i] = 0.2f * (float)(1 + i % 3);
    scene_render(&scene, &NO_INK);
    for (size_t i = 0; i < 3 * pixel_count(&scene); i++)
        assert_int_equal(scene.pixels[i], 51 * (1 + i % 3));
    scene_clear(&scene);
}

static void more_ink_is_never_lighter(void **state)
{
    (void)state;
    struct scene scene = scene_make(203, 99, 61, 30);
    logit_waves(&scene);
    size_t count = 3 * pixel_count(&scene);
    uint8_t *before = cg_alloc(count, 1, "before", NULL);
    memset(before, 255, count);
    double sum_before = 256.0 * (double)count;
    for (int k = 0; k <= 20; k++) {
        scene_render(&scene, &(struct cg_render_options){.ink = 0.1f * (float)k, .strength = 1.0f});
        double sum = 0.0;
        for (size_t i = 0; i < count; i++) {
            assert_true(scene.pixels[i] <= before[i]);
            sum += scene.pixels[i];
        }
        assert_true(sum < sum_before);
        /* no jump: twenty equal steps would take a twentieth of the ink each */
        assert_true(k == 0 || sum_before - sum < 0.1 * 128.0 * (double)count);
        sum_before = sum;
        memcpy(before, scene.pixels, count);
    }
    free(before);
    scene_clear(&scene);
}

/* Width and centre of the dark line in row y, from how much it takes away; white is 255. */
static void line_measure(const struct scene *scene, int y, double *width, double *centre, int *soft)
{
    double ink = 0.0, moment = 0.0;
    *soft = 0;
    for (int x = 0; x < scene->width; x++) {
        int value = scene->pixels[((size_t)y * (size_t)scene->width + (size_t)x) * 3];
        ink += (255 - value) / 255.0;
        moment += (255 - value) / 255.0 * (x + 0.5);
        *soft += value > 25 && value < 230;
    }
    *width = ink;
    *centre = moment / ink;
}

static void a_line_stays_straight_sharp_and_centred(void **state)
{
    (void)state;
    struct scene scene = scene_make(370, 185, 100, 50);
    for (int i = 0; i < 100 * 50; i++) {
        int distance = abs(i % 100 - 40);
        scene.logit[i] = distance == 0 ? 5.0f : distance == 1 ? 0.0f : -5.0f;
    }
    for (int i = 0; i < 100 * 50 * 3; i++)
        scene.colour[i] = 1.0f;
    scene_render(&scene, &AS_TRAINED);
    double first_width = 0.0;
    for (int y = 0; y < scene.height; y++) {
        double width, centre;
        int soft;
        line_measure(&scene, y, &width, &centre, &soft);
        if (y == 0)
            first_width = width;
        assert_true(fabs(width - first_width) < 1e-9);
        assert_true(fabs(centre - 40.5 * 3.7) < 0.05);
        assert_true(width > 1.5 * 3.7 && width < 2.5 * 3.7); /* two working pixels of ink */
        assert_in_range(soft, 0, 4);                         /* at most two on each side */
    }
    scene_clear(&scene);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    struct scene scene = scene_make(1100, 413, 301, 113);
    logit_waves(&scene);
    for (int i = 0; i < 301 * 113 * 3; i++)
        scene.colour[i] = floorf(scene.colour[i] * 6.0f) / 6.0f;
    size_t count = 3 * pixel_count(&scene);
    uint8_t *expected = cg_alloc(count, 1, "expected", NULL);
    scene_render_threads(&scene, &AS_TRAINED, 1);
    memcpy(expected, scene.pixels, count);
    assert_true(largest_difference(expected, scene.photo, count) > 100);
    static const int threads[] = {2, 5};
    for (int k = 0; k < 2; k++) {
        scene_render_threads(&scene, &AS_TRAINED, threads[k]);
        assert_memory_equal(scene.pixels, expected, count);
    }
    free(expected);
    scene_clear(&scene);
}

static void any_size_will_do(void **state)
{
    (void)state;
    static const int sizes[][4] = {{1, 1, 1, 1},           {1, 7, 1, 7},       {7, 1, 7, 1},
                                   {65535, 1, 1000, 1},    {1, 65535, 1, 999}, {513, 129, 200, 51},
                                   {5, 3, 40, 30},         {1, 1, 8, 8},       {40, 2, 20, 5},
                                   {1023, 257, 1023, 257}, {600, 400, 1, 1}};
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        struct scene scene = scene_make(sizes[k][0], sizes[k][1], sizes[k][2], sizes[k][3]);
        for (int i = 0; i < sizes[k][2] * sizes[k][3] * 3; i++)
            scene.colour[i] = 0.6f;
        scene_render_threads(&scene, &AS_TRAINED, 2);
        for (size_t i = 0; i < 3 * pixel_count(&scene); i++)
            assert_int_equal(scene.pixels[i], 153);
        scene_clear(&scene);
    }
}

static void wild_layers_do_no_harm(void **state)
{
    (void)state;
    static const float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 0.5f};
    struct scene scene = scene_make(64, 48, 32, 24);
    for (int i = 0; i < 32 * 24 * 3; i++)
        scene.colour[i] = wild[(i / 50) % 6];
    for (int i = 0; i < 32 * 24; i++)
        scene.logit[i] = wild[(i / 7) % 6];
    scene_render(&scene, &(struct cg_render_options){.ink = 1.5f, .strength = 1.0f});
    scene_render(&scene, &(struct cg_render_options){.ink = NAN, .strength = NAN});
    scene_clear(&scene);
}

static void memory_that_cannot_be_had_leaves_the_photo(void **state)
{
    (void)state;
    struct cg_buffer colours = {0};
    struct cg_renderer *renderer;
    struct cg_pool *pool;
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    struct scene scene = scene_make(300, 200, 80, 60);
    size_t count = 3 * pixel_count(&scene);
    memcpy(scene.pixels, scene.photo, count);
    for (int buffer = 0; buffer < 4; buffer++) {
        struct cg_error error = {CG_OK, ""};
        assert_int_equal(cg_renderer_create(&colours, &renderer, NULL), CG_OK);
        requests_before_failure = buffer;
        enum cg_status status = cg_render(renderer, pool, &scene.layers, &AS_TRAINED, scene.pixels,
                                          scene.width, scene.height, &error);
        assert_int_equal(requests_before_failure, -1);
        assert_int_equal(status, CG_ERR_MEMORY);
        assert_non_null(strstr(error.text, "refused by the test"));
        assert_memory_equal(scene.pixels, scene.photo, count);
        /* and the renderer is still good */
        assert_int_equal(cg_render(renderer, pool, &scene.layers, &AS_TRAINED, scene.pixels,
                                   scene.width, scene.height, &error),
                         CG_OK);
        memcpy(scene.pixels, scene.photo, count);
        cg_renderer_free(renderer);
        free(colours.memory);
        colours = (struct cg_buffer){0};
    }
    scene_clear(&scene);
    cg_pool_free(pool);
    cg_renderer_free(NULL);
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    struct cg_buffer colours = {0};
    struct cg_renderer *renderer;
    struct cg_pool *pool;
    assert_int_equal(cg_renderer_create(&colours, &renderer, NULL), CG_OK);
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    struct scene scene = scene_make(8, 8, 8, 8);
    memcpy(scene.pixels, scene.photo, 3 * pixel_count(&scene));
    struct cg_layers large = scene.layers;
    large.width = large.height = INT32_MAX; /* 2^62 columns of 12 bytes */
    struct cg_error error;
    assert_int_equal(cg_render(renderer, pool, &large, &AS_TRAINED, scene.pixels, 8, 8, &error),
                     CG_ERR_MEMORY);
    assert_non_null(strstr(error.text, "map"));
    assert_memory_equal(scene.pixels, scene.photo, 3 * pixel_count(&scene));
    scene_clear(&scene);
    cg_pool_free(pool);
    cg_renderer_free(renderer);
    free(colours.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_working_size_the_layer_comes_through),
        cmocka_unit_test(colour_like_the_photo_gives_the_photo),
        cmocka_unit_test(strength_0_is_the_photo),
        cmocka_unit_test(a_constant_layer_stays_constant),
        cmocka_unit_test(more_ink_is_never_lighter),
        cmocka_unit_test(a_line_stays_straight_sharp_and_centred),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(any_size_will_do),
        cmocka_unit_test(wild_layers_do_no_harm),
        cmocka_unit_test(memory_that_cannot_be_had_leaves_the_photo),
        cmocka_unit_test(sizes_that_overflow_are_refused),
    };
    return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
