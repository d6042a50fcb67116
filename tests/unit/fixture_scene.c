/* Painted scenes: see fixture_scene.h. */
#include "fixture_scene.h"

#include "base/memory.h"
#include "image/oklab.h"
#include "model/render_params.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- paintings ------------------------------------------------------------------------------- */

void fixture_paint_plain(float u, float v, float colour[3], float *logit)
{
    (void)u, (void)v, (void)logit;
    colour[0] = 0.55f;
    colour[1] = 0.6f;
    colour[2] = 0.7f;
}

void fixture_paint_white(float u, float v, float colour[3], float *logit)
{
    (void)u, (void)v, (void)logit;
    colour[0] = colour[1] = colour[2] = 1.0f;
}

void fixture_paint_lines(float u, float v, float colour[3], float *logit)
{
    float x = u * 120.0f, y = v * 90.0f;
    float circle = fabsf(hypotf(x - 60.0f, y - 45.0f) - 30.0f);
    float slant = fabsf(remainderf(0.8f * x + 0.6f * y, 25.0f));
    float distance = fminf(circle, slant);
    *logit = fminf(fmaxf(8.0f * (1.0f - distance), -8.0f), 8.0f);
    fixture_paint_white(u, v, colour, logit);
}

void fixture_paint_all(float u, float v, float colour[3], float *logit)
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

void fixture_paint_fields(float u, float v, float colour[3], float *logit)
{
    static const float fields[6][3] = {{0.9f, 0.85f, 0.8f}, {0.8f, 0.2f, 0.2f}, {0.2f, 0.4f, 0.8f},
                                       {0.3f, 0.6f, 0.3f},  {0.2f, 0.2f, 0.2f}, {0.9f, 0.8f, 0.2f}};
    (void)logit;
    memcpy(colour, fields[(int)(u * 3.0f) + 3 * (int)(v * 2.0f)], sizeof(fields[0]));
}

void fixture_paint_steps(float u, float v, float colour[3], float *logit)
{
    (void)v, (void)logit;
    colour[0] = colour[1] = colour[2] = floorf(u * 10.0f) / 9.0f;
}

/* ---- scenes ---------------------------------------------------------------------------------- */

size_t fixture_byte_count(const struct fixture_scene *scene)
{
    return 3 * (size_t)scene->width * (size_t)scene->height;
}

struct fixture_scene fixture_scene_new(int width, int height, int scale, fixture_painter paint)
{
    struct fixture_scene scene = {.width = width * scale, .height = height * scale};
    size_t count = (size_t)width * (size_t)height;
    scene.colour = cg_alloc(3 * count, sizeof(float), "colour", NULL);
    scene.logit = cg_alloc(count, sizeof(float), "logit", NULL);
    scene.pixels = cg_alloc(fixture_byte_count(&scene), 1, "pixels", NULL);
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

void fixture_scene_clear(struct fixture_scene *scene)
{
    free(scene->colour);
    free(scene->logit);
    free(scene->pixels);
}

void fixture_photo_fill(struct fixture_scene *scene)
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

void fixture_render_with(struct fixture_scene *scene, const struct cg_render_params *looks,
                         const struct cg_palette *palette, int threads)
{
    struct cg_finish *finish;
    struct cg_buffer colours = {0};
    struct cg_renderer *renderer;
    struct cg_pool *pool;
    struct cg_layers layers = scene->layers;
    struct cg_render_options options;
    const struct cg_finish_request request = {looks, palette, scene->width, scene->height, 1.0f};
    assert_int_equal(cg_render_params_check(looks, NULL), CG_OK);
    assert_int_equal(cg_finish_create(&finish, NULL), CG_OK);
    assert_int_equal(cg_renderer_create(&colours, &renderer, NULL), CG_OK);
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    fixture_photo_fill(scene);
    assert_int_equal(cg_finish_begin(finish, pool, &request, &layers, &options, NULL), CG_OK);
    assert_int_equal(cg_render(renderer, pool, &layers, &options, scene->pixels, scene->width,
                               scene->height, NULL),
                     CG_OK);
    scene->palette = cg_finish_palette(finish);
    cg_pool_free(pool);
    cg_renderer_free(renderer);
    free(colours.memory);
    cg_finish_free(finish);
}

void fixture_render(struct fixture_scene *scene, const struct cg_render_params *looks)
{
    fixture_render_with(scene, looks, NULL, 1);
}

double fixture_mean(const struct fixture_scene *scene)
{
    double sum = 0.0;
    for (size_t i = 0; i < fixture_byte_count(scene); i++)
        sum += scene->pixels[i];
    return sum / (double)fixture_byte_count(scene);
}

int fixture_largest_difference(const uint8_t *a, const uint8_t *b, size_t count)
{
    int largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = abs(a[i] - b[i]) > largest ? abs(a[i] - b[i]) : largest;
    return largest;
}

struct cg_render_params fixture_all_render_params(void)
{
    struct cg_render_params looks = cg_render_params_neutral(960);
    looks.line = 1.4f;
    looks.saturation = 1.3f;
    looks.contrast = 1.2f;
    looks.colors = 9;
    looks.fill = 0.9f;
    looks.hatch = 0.8f;
    looks.halftone = 0.7f;
    assert_int_equal(cg_render_params_set_paper(&looks, "newsprint", NULL), CG_OK);
    return looks;
}

void fixture_lab(const uint8_t *pixel, float lab[3])
{
    float linear[3];
    for (int c = 0; c < 3; c++)
        linear[c] = cg_srgb_decode((float)pixel[c] / 255.0f);
    cg_oklab_from_linear(linear, lab);
}
