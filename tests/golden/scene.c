#include "scene.h"
#include "comic/engine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* (u, v): 0 to 1 along the long side; x, y in pixels. */
static void draw_pixel(float u, float v, int x, int y, uint8_t *pixel)
{
    float dx = (u - 0.44f) / 0.22f, dy = (v - 0.37f) / 0.22f;
    float texture = 9.0f * sinf(0.9f * (float)x) * sinf(0.7f * (float)y);
    float colour[3] = {110.0f + 61.0f * u, 160.0f, 215.0f - 81.0f * v};
    if (v > 0.5f)
        for (int c = 0; c < 3; c++)
            colour[c] = ((int)((u + v) * 12.0f) % 2 ? 190.0f : 95.0f) - 15.0f * (float)c;
    if (dx * dx + dy * dy < 1.0f) {
        float shade = 1.0f - 0.35f * (dx + dy);
        colour[0] = 190.0f * shade;
        colour[1] = 60.0f * shade;
        colour[2] = 45.0f * shade;
    }
    for (int c = 0; c < 3; c++)
        pixel[c] = (uint8_t)fminf(fmaxf(colour[c] + texture, 0.0f), 255.0f);
}

struct cg_image scene_draw(int width, int height)
{
    struct cg_image photo;
    assert_int_equal(cg_image_create(width, height, 3, &photo, NULL), CG_OK);
    float longest = (float)(width > height ? width : height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            draw_pixel((float)x / longest, (float)y / longest, x, y,
                       photo.pixels + 3 * ((size_t)y * (size_t)width + (size_t)x));
    return photo;
}

struct cg_image scene_convert(const char *style, const struct cg_image *photo,
                              const struct cg_render_params *looks, int threads)
{
    struct cg_image comic;
    struct cg_engine *engine;
    struct cg_session *session;
    assert_int_equal(cg_image_create(photo->width, photo->height, 3, &comic, NULL), CG_OK);
    memcpy(comic.pixels, photo->pixels, 3 * (size_t)photo->width * (size_t)photo->height);
    assert_int_equal(cg_engine_open(style, &engine, NULL), CG_OK);
    assert_int_equal(cg_session_create(engine, threads, &session, NULL), CG_OK);
    assert_int_equal(cg_session_convert(session, cg_image_as_pixels(&comic),
                                        looks != NULL ? looks : &engine->looks, NULL),
                     CG_OK);
    cg_session_free(session);
    cg_engine_free(engine);
    return comic;
}
