/* eval: folders against folders, with a small network, kept features and what can be wrong. */
#include "base/rng.h"
#include "eval/compare.h"
#include "fixture.h"
#include "fixture_convnet.h"
#include "temp_folder.h"
#include "tensor/matrix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PICTURES 12

/* Stripes and blocks of random colours. */
static struct cg_image make_picture(uint64_t number, int width, int height)
{
    struct cg_image image;
    struct cg_rng rng = cg_rng_make(number, 0, 0);
    assert_int_equal(cg_image_create(width, height, 3, &image, NULL), CG_OK);
    uint64_t colours[16];
    for (int i = 0; i < 16; i++)
        colours[i] = cg_rng_next(&rng);
    int step = 5 + (int)cg_rng_below(&rng, 20);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            memcpy(image.pixels + 3 * (y * width + x), &colours[(x / step * 3 + y / step) & 15], 3);
    return image;
}

static void add_noise(struct cg_image *image, int amount, uint64_t number)
{
    struct cg_rng rng = cg_rng_make(number, 1, 0);
    size_t count = 3 * (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < count; i++) {
        int value = image->pixels[i] + (int)cg_rng_below(&rng, (uint32_t)(2 * amount + 1)) - amount;
        image->pixels[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
}

/* A folder of pictures number first on, with noise. Returns its path, to be freed. */
static char *make_folder(const char *root, const char *name, uint64_t first, int noise)
{
    for (uint64_t i = 0; i < PICTURES; i++) {
        char file[64];
        struct cg_image image = make_picture(first + i, 120 + (int)i, 140); /* of mixed sizes */
        add_noise(&image, noise, i);
        snprintf(file, sizeof(file), "%s/%02d.png", name, (int)i);
        temp_write_png(root, file, &image);
        cg_image_clear(&image);
    }
    return temp_path(root, name);
}

struct setting {
    struct cg_convnet *net;
    const char *cache;
    int threads;
    size_t resamples;
};

/* The progress only grows. */
static int note_progress(void *context, double done)
{
    double *last = context;
    assert_true(done >= *last && done <= 1.0);
    *last = done;
    return 0;
}

static enum cg_status compare(const struct setting *setting, const char *a, const char *b,
                              struct cg_comparison *out, struct cg_error *error)
{
    double progress = 0.0;
    struct cg_compare_options options = {
        .progress = note_progress,
        .context = &progress,
        .pictures = {.net = setting->net, .cache_dir = setting->cache, .long_px = 512},
        .resamples = setting->resamples};
    struct cg_pool *pool;
    assert_int_equal(cg_pool_create(setting->threads, &pool, NULL), CG_OK);
    enum cg_status status = cg_compare(a, b, &options, pool, out, error);
    cg_pool_free(pool);
    assert_true(status != CG_OK || setting->threads > 1 || progress > 0.5);
    return status;
}

static struct cg_comparison compare_well(const struct setting *setting, const char *a,
                                         const char *b)
{
    struct cg_comparison found;
    struct cg_error error = {0};
    enum cg_status status = compare(setting, a, b, &found, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, CG_OK);
    return found;
}

static struct cg_convnet *read_net(const char *root)
{
    struct cg_convnet *net;
    char *path = temp_path(root, "net.safetensors");
    fixture_convnet_write(path);
    assert_int_equal(cg_convnet_read(path, &net, NULL), CG_OK);
    free(path);
    return net;
}

static void distances_are_in_order(void **state)
{
    char *clean = make_folder(*state, "clean", 0, 0),
         *others = make_folder(*state, "others", 50, 0);
    char *noisy = make_folder(*state, "noisy", 0, 60),
         *worse = make_folder(*state, "worse", 0, 150);
    struct setting setting = {read_net(*state), NULL, 2, 0};
    struct cg_comparison same = compare_well(&setting, clean, clean);
    struct cg_comparison half = compare_well(&setting, others, clean);
    struct cg_comparison some = compare_well(&setting, noisy, clean);
    struct cg_comparison much = compare_well(&setting, worse, clean);
    assert_true(same.swd.mean.value == 0.0 && same.frechet.value < 1e-6);
    assert_true(same.perceptual.value == 0.0 && same.pair_count == PICTURES);
    assert_true(same.kernel.value <= 0.0); /* unbiased: below 0 for the same pictures twice */
    assert_true(some.swd.levels[0] > half.swd.levels[0]);
    assert_true(much.swd.mean.value > some.swd.mean.value);
    assert_true(some.frechet.value > 0.0 && much.frechet.value > some.frechet.value);
    assert_true(much.kernel.value > some.kernel.value);
    assert_true(some.perceptual.value > 0.0 && much.perceptual.value > some.perceptual.value);
    assert_true(same.class_score.value >= 1.0 && same.class_score.value <= 4.0);
    cg_convnet_free(setting.net);
    free(worse);
    free(noisy);
    free(others);
    free(clean);
}

static void expect_same_estimate(const struct cg_estimate *a, const struct cg_estimate *b)
{
    assert_true(a->known && b->known);
    assert_true(a->value == b->value && a->low == b->low && a->high == b->high);
}

/* To the last bit. */
static void expect_same(const struct cg_comparison *a, const struct cg_comparison *b)
{
    assert_memory_equal(a->swd.levels, b->swd.levels, sizeof(a->swd.levels));
    expect_same_estimate(&a->swd.mean, &b->swd.mean);
    expect_same_estimate(&a->frechet, &b->frechet);
    expect_same_estimate(&a->kernel, &b->kernel);
    expect_same_estimate(&a->class_score, &b->class_score);
    expect_same_estimate(&a->perceptual, &b->perceptual);
}

static void figures_depend_neither_on_threads_nor_on_the_cache(void **state)
{
    char *a = make_folder(*state, "a", 0, 30), *b = make_folder(*state, "b", 0, 0);
    char *cache = temp_path(*state, "cache/x");
    *strrchr(cache, '/') = '\0';
    struct setting setting = {read_net(*state), NULL, 1, 10};
    struct cg_comparison one = compare_well(&setting, a, b);
    setting.threads = 3;
    struct cg_comparison three = compare_well(&setting, a, b);
    expect_same(&one, &three);
    setting.cache = cache;
    struct cg_comparison fresh = compare_well(&setting, a, b);
    assert_int_equal(fixture_count_entries(cache), 3 * PICTURES);
    struct cg_comparison kept = compare_well(&setting, a, b);
    expect_same(&one, &fresh);
    expect_same(&one, &kept);
    assert_true(one.frechet.low < one.frechet.value && one.frechet.value < one.frechet.high);
    cg_convnet_free(setting.net);
    free(cache);
    free(b);
    free(a);
}

static void without_a_network_patches_alone_are_measured(void **state)
{
    char *a = make_folder(*state, "a", 0, 30), *b = make_folder(*state, "b", 0, 0);
    struct setting setting = {NULL, NULL, 1, 0};
    struct cg_comparison found = compare_well(&setting, a, b);
    assert_true(found.swd.mean.known && !found.frechet.known && !found.kernel.known);
    assert_true(!found.class_score.known && !found.perceptual.known);
    free(b);
    free(a);
}

static void expect_refused(const char *a, const char *b, enum cg_status status, const char *text)
{
    struct setting setting = {NULL, NULL, 1, 0};
    struct cg_comparison found;
    struct cg_error error;
    assert_int_equal(compare(&setting, a, b, &found, &error), status);
    if (strstr(error.text, text) == NULL)
        fail_msg("expected \"%s\" in: %s", text, error.text);
}

static void folders_that_cannot_be_measured(void **state)
{
    char *good = make_folder(*state, "good", 0, 0), *few = temp_path(*state, "few/1.png");
    struct cg_image image = make_picture(1, 130, 130);
    temp_write_png(*state, "few/1.png", &image);
    *strrchr(few, '/') = '\0';
    expect_refused(few, good, CG_ERR_FORMAT, "at least 2");
    temp_write(*state, "few/2.png", "no picture", 10);
    expect_refused(good, few, CG_ERR_FORMAT, "few/2.png");
    memset(image.pixels, 40, 3u * 130 * 130);
    temp_write_png(*state, "flat/1.png", &image);
    temp_write_png(*state, "flat/2.png", &image);
    char *flat = temp_path(*state, "flat");
    expect_refused(good, flat, CG_ERR_FORMAT, "constant");
    cg_image_clear(&image);
    image = make_picture(1, 130, 60);
    temp_write_png(*state, "few/2.png", &image);
    expect_refused(few, good, CG_ERR_FORMAT, "130 x 60");
    expect_refused("/nowhere/at/all", good, CG_ERR_IO, "/nowhere/at/all");
    cg_image_clear(&image);
    free(flat);
    free(few);
    free(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(distances_are_in_order, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(figures_depend_neither_on_threads_nor_on_the_cache,
                                        temp_folder_setup, temp_folder_teardown),
        cmocka_unit_test_setup_teardown(without_a_network_patches_alone_are_measured,
                                        temp_folder_setup, temp_folder_teardown),
        cmocka_unit_test_setup_teardown(folders_that_cannot_be_measured, temp_folder_setup,
                                        temp_folder_teardown),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
