/* See fixture_cel.h. */
#include "unit/fixture_cel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

void fixture_set_pixel(struct layers *layers, int x, int y, float red, float green, float blue)
{
    float *pixel = layers->colour + 3 * (y * WIDTH + x);
    pixel[0] = red;
    pixel[1] = green;
    pixel[2] = blue;
}

struct layers *fixture_blue(float light(int x, int y))
{
    struct layers *layers = malloc(sizeof *layers);
    assert_non_null(layers);
    for (int i = 0; i < PIXELS; i++) {
        float l = light(i % WIDTH, i / WIDTH);
        fixture_set_pixel(layers, i % WIDTH, i / WIDTH, 0.6f * l, 0.8f * l, l);
        layers->logit[i] = PAPER;
    }
    return layers;
}

struct layers *fixture_draw_with(const struct layers *layers, struct cg_faces faces, float amount,
                                 int threads)
{
    struct cg_pool *pool;
    struct cg_buffer planes = {0};
    struct cg_cel_memory memory = {.planes = &planes};
    struct layers *out = malloc(sizeof *out);
    assert_non_null(out);
    *out = *layers;
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    assert_int_equal(cg_cel(&memory, pool, layers->colour, faces, out->colour, out->logit, WIDTH,
                            HEIGHT, amount, 1.0f, NULL),
                     CG_OK);
    cg_pool_free(pool);
    cg_cel_memory_clear(&memory);
    free(planes.memory);
    return out;
}

struct layers *fixture_draw(const struct layers *layers, float amount, int threads)
{
    return fixture_draw_with(layers, (struct cg_faces){0}, amount, threads);
}

void fixture_drop(struct layers *before, struct layers *after)
{
    free(before);
    free(after);
}

float fixture_green_at(const struct layers *layers, int x, int y)
{
    return layers->colour[3 * (y * WIDTH + x) + 1];
}

float fixture_shadow(int x, int y)
{
    return x + y / 3 < 70 ? 0.8f : 0.5f;
}

void fixture_ink_line(struct layers *layers, int x, int top, int end, float logit)
{
    for (int y = top; y < end; y++)
        layers->logit[y * WIDTH + x] = layers->logit[y * WIDTH + x + 1] = logit;
}

void fixture_ink_stroke(struct layers *layers, int x, int y, int length)
{
    for (int i = 0; i < 4 * length; i++)
        layers->logit[(y + i / length) * WIDTH + x + i % length] = 4.0f;
}
