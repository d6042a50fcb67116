/* Styles whose numbers are finite, but so large that what comes of them is not: no harm is done. */
#include "comic/engine.h"
#include "comic/frames.h"

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { WIDTH = 61, HEIGHT = 47, VALUES = 3 * WIDTH * HEIGHT };

/* The built-in style, its numbers no smaller than that, of either sign. */
static struct cg_engine *engine_of(float least)
{
    struct cg_engine *engine;
    assert_int_equal(cg_engine_open(CG_DEFAULT_STYLE, &engine, NULL), CG_OK);
    float *parameters = engine->model->parameters;
    for (size_t i = 0; i < engine->model->network->parameter_count; i++)
        if (parameters[i] > -least && parameters[i] < least)
            parameters[i] = parameters[i] < 0.0f ? -least : least;
    return engine;
}

static struct cg_render_params looks_of(const struct cg_engine *engine)
{
    struct cg_render_params looks = engine->looks;
    looks.detail_px = 2 * WIDTH;
    looks.smooth = looks.cel = looks.blacks = 1.0f;
    return looks;
}

static void fill(uint8_t *pixels)
{
    for (int i = 0; i < VALUES; i++)
        pixels[i] = (uint8_t)(i * i >> 5);
}

static void convert_picture(const struct cg_engine *engine)
{
    struct cg_session *session;
    struct cg_render_params looks = looks_of(engine);
    uint8_t pixels[VALUES];
    fill(pixels);
    assert_int_equal(cg_session_create(engine, 1, &session, NULL), CG_OK);
    assert_int_equal(
        cg_session_convert(session, (struct cg_pixels){pixels, WIDTH, HEIGHT, 3, 0}, &looks, NULL),
        CG_OK);
    cg_session_free(session);
}

static void convert_film(const struct cg_engine *engine)
{
    struct cg_frames *frames;
    struct cg_render_params looks = looks_of(engine);
    uint8_t pixels[VALUES];
    assert_int_equal(cg_frames_create(engine, 1, &looks, 0.7f, &frames, NULL), CG_OK);
    for (int i = 0; i < 3; i++) {
        fill(pixels);
        assert_int_equal(
            cg_frames_convert(frames, (struct cg_pixels){pixels, WIDTH, HEIGHT, 3, 0}, NULL, NULL),
            CG_OK);
    }
    cg_frames_free(frames);
}

static void large_numbers_do_no_harm(void **state)
{
    static const float least[] = {1e1f, 1e6f, 1e12f, FLT_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof(least) / sizeof(least[0]); i++) {
        struct cg_engine *engine = engine_of(least[i]);
        convert_picture(engine);
        convert_film(engine);
        cg_engine_free(engine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(large_numbers_do_no_harm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
