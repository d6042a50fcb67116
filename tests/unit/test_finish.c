/*
 * comic/finish: what each look does to a comic whose layers are known. Scenes are painted at the
 * working size and rendered to a picture of that size or larger; the photo is the colour layer.
 */
#include "comic/finish.h"

#include "base/memory.h"
#include "base/rng.h"
#include "image/oklab.h"
#include "model/looks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Colour of the working pixel at (u, v), 0 to 1 along each side; lines where *logit is positive. */
typedef void (*painter)(float u, float v, float colour[3], float *logit);

struct scene {
    int width, height; /* of the picture */
    struct cg_layers layers;
    float *colour, *logit;
    uint8_t *pixels;
    struct cg_palette palette; /* after a rendering */
};

static size_t byte_count(const struct scene *scene)
{
    return 3 * (size_t)scene->width * (size_t)scene->height;
}

static struct scene scene_make(int width, int height, int scale, painter paint)
{
    struct scene scene = {.width = width * scale, .height = height * scale};
    size_t count = (size_t)width * (size_t)height;
    scene.colour = cg_alloc(3 * count, sizeof(float), "colour", NULL);
    scene.logit = cg_alloc(count, sizeof(float), "logit", NULL);
    scene.pixels = cg_alloc(byte_count(&scene), 1, "pixels", NULL);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            size_t i = (size_t)y * (size_t)width + (size_t)x;
            scene.logit[i] = -8.0f;
            paint(((float)x + 0.5f) / (float)width, ((float)y + 0.5f) / (float)height,
                  scene.colour + 3 * i, scene.logit + i);
        }
    scene.layers = (struct cg_layers){width, height, scene.colour, scene.colour, scene.logit};
    return scene;
}

static void scene_clear(struct scene *scene)
{
    free(scene->colour);
    free(scene->logit);
    free(scene->pixels);
}

/* The photo: the colour layer, each working pixel a square. */
static void photo_fill(struct scene *scene)
{
    for (int y = 0; y < scene->height; y++)
        for (int x = 0; x < scene->width; x++) {
            int wy = y * scene->layers.height / scene->height;
            int wx = x * scene->layers.width / scene->width;
            const float *from = scene->colour + 3 * (wy * scene->layers.width + wx);
            for (int c = 0; c < 3; c++)
                scene->pixels[3 * (y * scene->width + x) + c] =
                    (uint8_t)(fminf(fmaxf(from[c], 0.0f), 1.0f) * 255.0f + 0.5f);
        }
}

static void render_with(struct scene *scene, const struct cg_looks *looks,
                        const struct cg_palette *palette, int threads)
{
    struct cg_finish *finish;
    struct cg_renderer *renderer;
    struct cg_pool *pool;
    struct cg_layers layers = scene->layers;
    struct cg_render_options options;
    const struct cg_finish_request request = {looks, palette, scene->width, scene->height, 1.0f};
    assert_int_equal(cg_looks_check(looks, NULL), CG_OK);
    assert_int_equal(cg_finish_create(&finish, NULL), CG_OK);
    assert_int_equal(cg_renderer_create(&renderer, NULL), CG_OK);
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    photo_fill(scene);
    assert_int_equal(cg_finish_begin(finish, pool, &request, &layers, &options, NULL), CG_OK);
    assert_int_equal(cg_render(renderer, pool, &layers, &options, scene->pixels, scene->width,
                               scene->height, NULL),
                     CG_OK);
    scene->palette = cg_finish_palette(finish);
    cg_pool_free(pool);
    cg_renderer_free(renderer);
    cg_finish_free(finish);
}

static void render(struct scene *scene, const struct cg_looks *looks)
{
    render_with(scene, looks, NULL, 1);
}

static double mean_of(const struct scene *scene)
{
    double sum = 0.0;
    for (size_t i = 0; i < byte_count(scene); i++)
        sum += scene->pixels[i];
    return sum / (double)byte_count(scene);
}

static int largest_difference(const uint8_t *a, const uint8_t *b, size_t count)
{
    int largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = abs(a[i] - b[i]) > largest ? abs(a[i] - b[i]) : largest;
    return largest;
}

/* ---- paintings ------------------------------------------------------------------------------- */

static void paint_plain(float u, float v, float colour[3], float *logit)
{
    (void)u, (void)v, (void)logit;
    colour[0] = 0.55f;
    colour[1] = 0.6f;
    colour[2] = 0.7f;
}

static void paint_white(float u, float v, float colour[3], float *logit)
{
    (void)u, (void)v, (void)logit;
    colour[0] = colour[1] = colour[2] = 1.0f;
}

/* A circle and slanting lines on white, two working pixels wide. */
static void paint_lines(float u, float v, float colour[3], float *logit)
{
    float x = u * 120.0f, y = v * 90.0f;
    float circle = fabsf(hypotf(x - 60.0f, y - 45.0f) - 30.0f);
    float slant = fabsf(remainderf(0.8f * x + 0.6f * y, 25.0f));
    float distance = fminf(circle, slant);
    *logit = fminf(fmaxf(8.0f * (1.0f - distance), -8.0f), 8.0f);
    paint_white(u, v, colour, logit);
}

/* Everything: a sky, a ball, a floor of squares, lines. */
static void paint_all(float u, float v, float colour[3], float *logit)
{
    float dx = u - 0.4f, dy = v - 0.45f, ball = hypotf(dx, dy);
    colour[0] = 0.45f + 0.3f * v;
    colour[1] = 0.7f;
    colour[2] = 0.95f - 0.2f * v;
    if (v > 0.7f) {
        float square = (int)(u * 8.0f) % 2 == (int)(v * 8.0f) % 2 ? 0.8f : 0.25f;
        colour[0] = colour[1] = square;
        colour[2] = square * 0.7f;
    }
    if (ball < 0.25f) {
        colour[0] = 0.85f - 1.6f * (dx + dy);
        colour[1] = 0.3f - 0.6f * (dx + dy);
        colour[2] = 0.2f;
    }
    *logit = fminf(fmaxf(8.0f - 800.0f * fabsf(ball - 0.25f), -8.0f), 8.0f);
}

/* Six flat fields of different colours. */
static void paint_fields(float u, float v, float colour[3], float *logit)
{
    static const float fields[6][3] = {{0.9f, 0.85f, 0.8f}, {0.8f, 0.2f, 0.2f}, {0.2f, 0.4f, 0.8f},
                                       {0.3f, 0.6f, 0.3f},  {0.2f, 0.2f, 0.2f}, {0.9f, 0.8f, 0.2f}};
    (void)logit;
    memcpy(colour, fields[(int)(u * 3.0f) + 3 * (int)(v * 2.0f)], sizeof(fields[0]));
}

/* Grey steps, ten across, from black to white. */
static void paint_steps(float u, float v, float colour[3], float *logit)
{
    (void)v, (void)logit;
    colour[0] = colour[1] = colour[2] = floorf(u * 10.0f) / 9.0f;
}

/* ---- everything at once ---------------------------------------------------------------------- */

static struct cg_looks all_looks(void)
{
    struct cg_looks looks = cg_looks_neutral(960);
    looks.line = 1.4f;
    looks.saturation = 1.3f;
    looks.contrast = 1.2f;
    looks.colors = 9;
    looks.fill = 0.9f;
    looks.hatch = 0.8f;
    looks.halftone = 0.7f;
    assert_true(cg_looks_set_paper(&looks, "newsprint"));
    return looks;
}

static void neutral_looks_ask_for_nothing(void **state)
{
    (void)state;
    struct scene scene = scene_make(30, 20, 2, paint_all);
    struct cg_finish *finish;
    struct cg_pool *pool;
    struct cg_layers layers = scene.layers;
    struct cg_render_options options;
    const struct cg_looks looks = cg_looks_neutral(960);
    const struct cg_finish_request request = {&looks, NULL, 60, 40, 1.0f};
    assert_int_equal(cg_finish_create(&finish, NULL), CG_OK);
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    assert_int_equal(cg_finish_begin(finish, pool, &request, &layers, &options, NULL), CG_OK);
    assert_null(options.finish);
    assert_memory_equal(&layers, &scene.layers, sizeof(layers));
    cg_pool_free(pool);
    cg_finish_free(finish);
    cg_finish_free(NULL);
    scene_clear(&scene);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    static const uint8_t mask[4] = {0, 255, 128, 30};
    struct scene scene = scene_make(300, 130, 4, paint_all);
    struct cg_looks looks = all_looks();
    looks.mask = (struct cg_mask){2, 2, mask};
    render(&scene, &looks);
    uint8_t *expected = cg_alloc(byte_count(&scene), 1, "expected", NULL);
    memcpy(expected, scene.pixels, byte_count(&scene));
    for (int threads = 2; threads <= 3; threads++) {
        render_with(&scene, &looks, NULL, threads);
        assert_memory_equal(scene.pixels, expected, byte_count(&scene));
    }
    free(expected);
    scene_clear(&scene);
}

static void any_size_will_do(void **state)
{
    (void)state;
    static const int sizes[][3] = {{1, 1, 1}, {1, 40, 3}, {40, 1, 3}, {5, 3, 7}, {257, 129, 2}};
    static const uint8_t mask[9] = {0, 255, 128, 30, 1, 2, 3, 255, 255};
    struct cg_looks looks = all_looks();
    looks.mask = (struct cg_mask){3, 3, mask};
    looks.feather = 0.25f;
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        struct scene scene = scene_make(sizes[k][0], sizes[k][1], sizes[k][2], paint_all);
        looks.line = 0.25f + 3.75f * (float)(k % 2);
        render(&scene, &looks);
        scene_clear(&scene);
    }
}

static void wild_layers_do_no_harm(void **state)
{
    (void)state;
    static const float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 0.5f};
    struct scene scene = scene_make(60, 40, 2, paint_all);
    for (int i = 0; i < 60 * 40 * 3; i++)
        scene.colour[i] = wild[i / 50 % 6];
    for (int i = 0; i < 60 * 40; i++)
        scene.logit[i] = wild[i / 7 % 6];
    struct cg_looks looks = all_looks();
    render(&scene, &looks);
    looks.line = 0.4f;
    render(&scene, &looks);
    scene_clear(&scene);
}

/* Mean of each of so many squares of the picture. */
static void squares_of(const struct scene *scene, int across, int down, double *means)
{
    for (int j = 0; j < down; j++)
        for (int i = 0; i < across; i++) {
            double sum = 0.0;
            int count = 0;
            for (int y = j * scene->height / down; y < (j + 1) * scene->height / down; y++)
                for (int x = 3 * (i * scene->width / across);
                     x < 3 * ((i + 1) * scene->width / across); x++, count++)
                    sum += scene->pixels[y * 3 * scene->width + x];
            means[j * across + i] = sum / count;
        }
}

static void a_picture_of_twice_the_size_looks_the_same(void **state)
{
    (void)state;
    enum { ACROSS = 30, DOWN = 20 };
    double once[ACROSS * DOWN], twice[ACROSS * DOWN], difference = 0.0;
    struct cg_looks looks = all_looks();
    looks.halftone_dots = 60;
    struct scene small = scene_make(300, 200, 4, paint_all);
    struct scene large = scene_make(300, 200, 8, paint_all);
    render(&small, &looks);
    render(&large, &looks);
    squares_of(&small, ACROSS, DOWN, once);
    squares_of(&large, ACROSS, DOWN, twice);
    for (int i = 0; i < ACROSS * DOWN; i++)
        difference += fabs(once[i] - twice[i]) / (ACROSS * DOWN);
    /* strokes out of place would differ by tens of levels in a square of 40 pixels */
    assert_true(difference < 3.0);
    scene_clear(&small);
    scene_clear(&large);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void line_weight_widens_lines_steadily(void **state)
{
    (void)state;
    static const float weights[] = {0.25f, 0.5f, 0.75f, 1.0f, 1.25f, 1.5f, 2.0f, 3.0f, 4.0f};
    enum { COUNT = sizeof(weights) / sizeof(weights[0]) };
    for (int scale = 1; scale <= 3; scale += 2) {
        double ink[COUNT];
        struct scene scene = scene_make(120, 90, scale, paint_lines);
        for (int i = 0; i < COUNT; i++) {
            struct cg_looks looks = cg_looks_neutral(960);
            looks.line = weights[i];
            render(&scene, &looks);
            ink[i] = 255.0 - mean_of(&scene);
            assert_true(i == 0 || ink[i] > ink[i - 1]);
        }
        /* these lines are as wide as trained ones are taken to be; crossings merge a little */
        assert_true(fabs(ink[6] / ink[3] - 2.0) < 0.25);
        assert_true(fabs(ink[7] / ink[3] - 3.0) < 0.5);
        assert_true(ink[0] < 0.75 * ink[3] && ink[0] > 0.15 * ink[3]);
        scene_clear(&scene);
    }
}

/* ---- tones ----------------------------------------------------------------------------------- */

static void saturation_0_is_grey(void **state)
{
    (void)state;
    struct scene scene = scene_make(120, 90, 2, paint_all);
    struct cg_looks looks = cg_looks_neutral(960);
    looks.saturation = 0.0f;
    render(&scene, &looks);
    for (size_t i = 0; i < byte_count(&scene); i += 3) {
        assert_int_equal(scene.pixels[i], scene.pixels[i + 1]);
        assert_int_equal(scene.pixels[i], scene.pixels[i + 2]);
    }
    assert_true(mean_of(&scene) > 80.0 && mean_of(&scene) < 220.0);
    scene_clear(&scene);
}

static void lab_of(const uint8_t *pixel, float lab[3])
{
    float linear[3];
    for (int c = 0; c < 3; c++)
        linear[c] = cg_srgb_decode((float)pixel[c] / 255.0f);
    cg_oklab_from_linear(linear, lab);
}

static void tones_keep_their_hue(void **state)
{
    (void)state;
    static const float tones[][2] = {
        {2.0f, 1.0f}, {0.5f, 1.0f}, {1.0f, 1.6f}, {1.0f, 0.6f}, {1.5f, 1.3f}};
    struct scene scene = scene_make(120, 90, 1, paint_fields);
    photo_fill(&scene);
    uint8_t *photo = cg_alloc(byte_count(&scene), 1, "photo", NULL);
    memcpy(photo, scene.pixels, byte_count(&scene));
    for (size_t k = 0; k < sizeof(tones) / sizeof(tones[0]); k++) {
        struct cg_looks looks = cg_looks_neutral(960);
        looks.saturation = tones[k][0];
        looks.contrast = tones[k][1];
        render(&scene, &looks);
        assert_true(largest_difference(photo, scene.pixels, byte_count(&scene)) > 10);
        for (size_t i = 0; i < byte_count(&scene); i += 3) {
            float before[3], after[3];
            lab_of(photo + i, before);
            lab_of(scene.pixels + i, after);
            float chroma = hypotf(before[1], before[2]), turned = hypotf(after[1], after[2]);
            if (chroma < 0.03f || turned < 0.03f)
                continue; /* hue of a grey is rounding */
            float sine = (before[1] * after[2] - before[2] * after[1]) / (chroma * turned);
            assert_true(fabsf(sine) < 0.06f); /* 3.5 degrees: bytes, and the table's nodes */
        }
    }
    free(photo);
    scene_clear(&scene);
}

static void contrast_moves_light_and_dark_apart(void **state)
{
    (void)state;
    struct scene scene = scene_make(100, 20, 1, paint_steps);
    int previous = -1;
    for (int k = 0; k <= 8; k++) {
        struct cg_looks looks = cg_looks_neutral(960);
        looks.contrast = 0.25f * (float)k;
        render(&scene, &looks);
        int spread = scene.pixels[3 * 75] - scene.pixels[3 * 15];
        assert_true(spread > previous);
        previous = spread;
    }
    scene_clear(&scene);
}

static void fill_0_leaves_lines_on_white(void **state)
{
    (void)state;
    struct scene scene = scene_make(120, 90, 1, paint_fields);
    struct cg_looks looks = cg_looks_neutral(960);
    looks.fill = 0.0f;
    render(&scene, &looks);
    for (size_t i = 0; i < byte_count(&scene); i++)
        assert_int_equal(scene.pixels[i], 255);
    scene_clear(&scene);
}

/* ---- palettes -------------------------------------------------------------------------------- */

static void few_colours_are_few(void **state)
{
    (void)state;
    static const int counts[] = {2, 5, 12};
    struct scene scene = scene_make(160, 120, 2, paint_all);
    for (size_t k = 0; k < 3; k++) {
        struct cg_looks looks = cg_looks_neutral(960);
        looks.ink = 0.0f;
        looks.colors = counts[k];
        render(&scene, &looks);
        assert_in_range(scene.palette.count, 2, counts[k]);
        size_t near = 0;
        for (size_t i = 0; i < byte_count(&scene); i += 3) {
            float lab[3], least = INFINITY;
            lab_of(scene.pixels + i, lab);
            for (int p = 0; p < scene.palette.count; p++) {
                const float *own = scene.palette.lab[p];
                least =
                    fminf(least, hypotf(lab[0] - own[0], hypotf(lab[1] - own[1], lab[2] - own[2])));
            }
            near += least < 0.012f;
        }
        /* what is left lies on borders */
        assert_true((double)near > 0.85 * (double)byte_count(&scene) / 3.0);
    }
    scene_clear(&scene);
}

static void fields_keep_colours_of_their_own(void **state)
{
    (void)state;
    struct scene scene = scene_make(120, 80, 1, paint_fields);
    photo_fill(&scene);
    uint8_t *photo = cg_alloc(byte_count(&scene), 1, "photo", NULL);
    memcpy(photo, scene.pixels, byte_count(&scene));
    struct cg_looks looks = cg_looks_neutral(960);
    looks.colors = 6;
    render(&scene, &looks);
    assert_in_range(largest_difference(photo, scene.pixels, byte_count(&scene)), 0, 4);
    free(photo);
    scene_clear(&scene);
}

static void palettes_are_stable(void **state)
{
    (void)state;
    struct scene scene = scene_make(160, 120, 1, paint_all);
    struct cg_looks looks = cg_looks_neutral(960);
    looks.colors = 8;
    render(&scene, &looks);
    const struct cg_palette first = scene.palette;
    render(&scene, &looks);
    assert_memory_equal(&first, &scene.palette, sizeof(first));
    struct cg_rng rng = cg_rng_make(3, 0, 0);
    for (int i = 0; i < 160 * 120 * 3; i++) /* one level of noise */
        scene.colour[i] += (float)((int)cg_rng_below(&rng, 3) - 1) / 255.0f;
    render(&scene, &looks);
    assert_int_equal(first.count, scene.palette.count);
    for (int p = 0; p < first.count; p++) {
        float least = INFINITY;
        for (int q = 0; q < scene.palette.count; q++)
            least = fminf(least, hypotf(first.lab[p][0] - scene.palette.lab[q][0],
                                        hypotf(first.lab[p][1] - scene.palette.lab[q][1],
                                               first.lab[p][2] - scene.palette.lab[q][2])));
        assert_true(least < 0.02f); /* an eye sees a difference from about there on */
    }
    scene_clear(&scene);
}

static void a_palette_can_be_brought_along(void **state)
{
    (void)state;
    struct scene one = scene_make(60, 40, 1, paint_fields),
                 other = scene_make(60, 40, 1, paint_all);
    struct cg_looks looks = cg_looks_neutral(960);
    looks.colors = 6;
    render(&one, &looks);
    render_with(&other, &looks, &one.palette, 1);
    assert_memory_equal(&other.palette, &one.palette, sizeof(one.palette));
    scene_clear(&one);
    scene_clear(&other);
}

/* ---- print ----------------------------------------------------------------------------------- */

static void dots_keep_the_tone(void **state)
{
    (void)state;
    for (int k = 0; k <= 10; k++) {
        struct scene scene = scene_make(100, 100, 4, paint_plain);
        for (int i = 0; i < 100 * 100; i++) {
            scene.colour[3 * i] = 0.1f * (float)k;
            scene.colour[3 * i + 1] = 0.1f * (float)k;
            scene.colour[3 * i + 2] = 1.0f - 0.08f * (float)k;
        }
        struct cg_looks looks = cg_looks_neutral(960);
        looks.halftone_dots = 60;
        render(&scene, &looks);
        double plain = mean_of(&scene);
        looks.halftone = 1.0f;
        render(&scene, &looks);
        /* rosettes of four screens do not come out even over so small a picture */
        assert_true(fabs(mean_of(&scene) - plain) < 4.0);
        scene_clear(&scene);
    }
}

static void dots_are_dots(void **state)
{
    (void)state;
    struct scene scene = scene_make(100, 100, 4, paint_plain);
    struct cg_looks looks = cg_looks_neutral(960);
    looks.halftone = 1.0f;
    looks.halftone_dots = 40;
    render(&scene, &looks);
    size_t full = 0;
    for (size_t i = 0; i < byte_count(&scene); i++)
        full += scene.pixels[i] < 16 || scene.pixels[i] > 239;
    assert_true((double)full > 0.5 * (double)byte_count(&scene));
    scene_clear(&scene);
}

static void white_stays_white_under_dots_and_strokes(void **state)
{
    (void)state;
    struct scene scene = scene_make(100, 80, 3, paint_white);
    struct cg_looks looks = cg_looks_neutral(960);
    looks.halftone = 1.0f;
    looks.hatch = 1.0f;
    render(&scene, &looks);
    for (size_t i = 0; i < byte_count(&scene); i++)
        assert_int_equal(scene.pixels[i], 255);
    scene_clear(&scene);
}

static void strokes_darken_with_the_shadow(void **state)
{
    (void)state;
    double previous = 256.0;
    for (int k = 0; k <= 16; k++) {
        struct scene scene = scene_make(120, 120, 4, paint_plain);
        for (int i = 0; i < 120 * 120 * 3; i++)
            scene.colour[i] = 1.0f - (float)k / 16.0f;
        struct cg_looks looks = cg_looks_neutral(960);
        looks.hatch = 1.0f;
        looks.fill = 0.0f;
        render(&scene, &looks);
        double mean = mean_of(&scene);
        assert_true(mean <= previous);
        assert_true(k > 2 || mean == 255.0);
        assert_true(k < 6 || mean < previous || mean == 0.0);
        previous = mean;
        scene_clear(&scene);
    }
    assert_true(previous == 0.0);
}

static void paper_multiplies_and_grain_is_the_same_every_time(void **state)
{
    (void)state;
    struct scene scene = scene_make(60, 40, 3, paint_white);
    struct cg_looks looks = cg_looks_neutral(960);
    assert_true(cg_looks_set_paper(&looks, "#806040"));
    render(&scene, &looks);
    for (size_t i = 0; i < byte_count(&scene); i++)
        assert_int_equal(scene.pixels[i], i % 3 == 0 ? 0x80 : i % 3 == 1 ? 0x60 : 0x40);
    looks.grain = 1.0f;
    render(&scene, &looks);
    uint8_t *grain = cg_alloc(byte_count(&scene), 1, "grain", NULL);
    memcpy(grain, scene.pixels, byte_count(&scene));
    size_t darker = 0;
    for (size_t i = 0; i < byte_count(&scene); i += 3) {
        assert_true(grain[i] <= 0x80);
        darker += grain[i] < 0x80;
    }
    assert_true(darker > byte_count(&scene) / 3 / 4);
    render(&scene, &looks);
    assert_memory_equal(grain, scene.pixels, byte_count(&scene));
    free(grain);
    scene_clear(&scene);
}

/* ---- masks ----------------------------------------------------------------------------------- */

static void a_mask_parts_photo_and_comic(void **state)
{
    (void)state;
    enum { SIDE = 40 };
    uint8_t mask[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++)
        mask[i] = i % SIDE < SIDE / 2 ? 0 : 255;
    struct scene scene = scene_make(100, 70, 3, paint_all);
    struct cg_looks looks = all_looks();
    render(&scene, &looks);
    uint8_t *comic = cg_alloc(byte_count(&scene), 1, "comic", NULL);
    uint8_t *photo = cg_alloc(byte_count(&scene), 1, "photo", NULL);
    memcpy(comic, scene.pixels, byte_count(&scene));
    photo_fill(&scene);
    memcpy(photo, scene.pixels, byte_count(&scene));
    looks.mask = (struct cg_mask){SIDE, SIDE, mask};
    looks.feather = 0.1f;
    render(&scene, &looks);
    size_t between = 0;
    for (int x = 0; x < scene.width; x++)
        for (int y = 0; y < scene.height; y++)
            for (int c = 0; c < 3; c++) {
                size_t i = 3 * (size_t)(y * scene.width + x) + (size_t)c;
                /* a tenth of the long side, and a pixel of the mask, to each side */
                if (x < scene.width / 2 - 40)
                    assert_int_equal(scene.pixels[i], photo[i]);
                else if (x >= scene.width / 2 + 40)
                    assert_int_equal(scene.pixels[i], comic[i]);
                else
                    between += scene.pixels[i] != photo[i] && scene.pixels[i] != comic[i];
            }
    assert_true(between > 1000);
    free(comic);
    free(photo);
    scene_clear(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neutral_looks_ask_for_nothing),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(any_size_will_do),
        cmocka_unit_test(wild_layers_do_no_harm),
        cmocka_unit_test(a_picture_of_twice_the_size_looks_the_same),
        cmocka_unit_test(line_weight_widens_lines_steadily),
        cmocka_unit_test(saturation_0_is_grey),
        cmocka_unit_test(tones_keep_their_hue),
        cmocka_unit_test(contrast_moves_light_and_dark_apart),
        cmocka_unit_test(fill_0_leaves_lines_on_white),
        cmocka_unit_test(few_colours_are_few),
        cmocka_unit_test(fields_keep_colours_of_their_own),
        cmocka_unit_test(palettes_are_stable),
        cmocka_unit_test(a_palette_can_be_brought_along),
        cmocka_unit_test(dots_keep_the_tone),
        cmocka_unit_test(dots_are_dots),
        cmocka_unit_test(white_stays_white_under_dots_and_strokes),
        cmocka_unit_test(strokes_darken_with_the_shadow),
        cmocka_unit_test(paper_multiplies_and_grain_is_the_same_every_time),
        cmocka_unit_test(a_mask_parts_photo_and_comic),
    };
    return cmocka_run_group_tests_name("finish", tests, NULL, NULL);
}
