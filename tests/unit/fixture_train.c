/* Folders of small painted photos and comics: see fixture_train.h. */
#include "unit/fixture_train.h"

#include "base/rng.h"
#include "model/model.h"
#include "nn/optimizer.h"
#include "unit/temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DISCS 4

struct disc {
    int x, y, radius;
    uint8_t colour[3];
};

static void draw_discs(struct cg_rng *rng, int width, int height, struct disc *discs)
{
    for (int i = 0; i < DISCS; i++) {
        discs[i].x = (int)cg_rng_below(rng, (uint32_t)width);
        discs[i].y = (int)cg_rng_below(rng, (uint32_t)height);
        discs[i].radius = 8 + (int)cg_rng_below(rng, 20);
        for (int c = 0; c < 3; c++)
            discs[i].colour[c] = (uint8_t)(20 + cg_rng_below(rng, 200));
    }
}

/* Signed: below 0 inside, in pixels. */
static int outside_by(const struct disc *disc, int x, int y)
{
    int dx = x - disc->x, dy = y - disc->y, distance = 0;
    while ((distance + 1) * (distance + 1) <= dx * dx + dy * dy)
        distance++;
    return distance - disc->radius;
}

static uint8_t clamped(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void paint_photo_pixel(const struct disc *discs, struct cg_rng *rng, int x, int y,
                              uint8_t *pixel)
{
    int colour[3] = {60 + x, 90 + y, 150 - x / 2};
    for (int i = 0; i < DISCS; i++)
        for (int c = 0; c < 3 && outside_by(&discs[i], x, y) < 0; c++)
            colour[c] = discs[i].colour[c] + (x - discs[i].x);
    for (int c = 0; c < 3; c++)
        pixel[c] = clamped(colour[c] + (int)cg_rng_below(rng, 16) - 8);
}

static void paint_comic_pixel(const struct disc *discs, int x, int y, uint8_t *pixel)
{
    pixel[0] = 230;
    pixel[1] = pixel[2] = 200;
    for (int i = 0; i < DISCS; i++) {
        int outside = outside_by(&discs[i], x, y);
        for (int c = 0; c < 3 && outside < 2; c++)
            pixel[c] = outside < 0 ? (uint8_t)(discs[i].colour[c] / 64 * 64 + 30) : 10;
    }
}

static void paint(const char *folder, const char *name, int number, bool photo)
{
    struct cg_image image;
    struct disc discs[DISCS];
    struct cg_rng rng = cg_rng_make(77, photo, (uint64_t)number);
    int width = FIXTURE_PHOTO_WIDTH_PX, height = FIXTURE_PHOTO_HEIGHT_PX;
    assert_int_equal(cg_image_create(width, height, 3, &image, NULL), CG_OK);
    draw_discs(&rng, width, height, discs);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            uint8_t *pixel = image.pixels + 3 * ((size_t)y * (size_t)width + (size_t)x);
            if (photo)
                paint_photo_pixel(discs, &rng, x, y, pixel);
            else
                paint_comic_pixel(discs, x, y, pixel);
        }
    temp_write_png(folder, name, &image);
    cg_image_clear(&image);
}

void fixture_paint_photos(const char *folder, int count)
{
    for (int i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof(name), "photos/%d.png", i);
        paint(folder, name, i, true);
    }
}

void fixture_paint_comics(const char *folder, int count)
{
    for (int i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof(name), "comics/%d.png", i);
        paint(folder, name, i, false);
    }
}

void fixture_write_model(const char *path)
{
    char name[] = "small", summary[] = "To start tests from.";
    struct cg_model model = {
        .config = {.level_count = 2,
                   .levels = {{.channels = 8, .down = {1, {1}}}, {.channels = 8, .down = {1, {3}}}},
                   .feature_px = 2,
                   .pixel_features = 3,
                   .head_layers = 1,
                   .head_channels = {8}},
        .card = {.name = name, .summary = summary, .looks = cg_render_params_neutral(128)},
    };
    assert_int_equal(cg_generator_build(&model.config, &model.network, NULL), CG_OK);
    float *parameters = malloc(model.network->parameter_count * sizeof(float));
    assert_non_null(parameters);
    cg_parameters_init(model.network, 3, parameters);
    assert_int_equal(cg_model_write(path, CG_WRITE_OVER, &model, parameters, NULL), CG_OK);
    free(parameters);
    cg_network_free(model.network);
}
