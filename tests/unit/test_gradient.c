/* Gradients of regions (comic/cel_parts.h), and the memory of all that cel.h does. */
#include "base/memory.h"
#include "comic/cel.h"
#include "comic/cel_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cmocka.h>

enum { WIDTH = 16, HEIGHT = 1000, PIXELS = WIDTH * HEIGHT };

/* The linker sends all requests here (--wrap), so that the n-th can fail. */
static int requests_before_failure = -1; /* -1: none fails */
static size_t zeroed_nbytes;

static bool is_refused(const char *what, struct cg_error *error)
{
    if (requests_before_failure < 0 || requests_before_failure-- > 0)
        return false;
    cg_fail(error, CG_ERR_MEMORY, "%s: refused by the test", what);
    return true;
}

void *__real_cg_alloc(size_t count, size_t element_nbytes, const char *what,
                      struct cg_error *error);
void *__wrap_cg_alloc(size_t count, size_t element_nbytes, const char *what,
                      struct cg_error *error);
void *__wrap_cg_alloc(size_t count, size_t element_nbytes, const char *what, struct cg_error *error)
{
    return is_refused(what, error) ? NULL : __real_cg_alloc(count, element_nbytes, what, error);
}

void *__real_cg_alloc_zero(size_t count, size_t element_nbytes, const char *what,
                           struct cg_error *error);
void *__wrap_cg_alloc_zero(size_t count, size_t element_nbytes, const char *what,
                           struct cg_error *error);
void *__wrap_cg_alloc_zero(size_t count, size_t element_nbytes, const char *what,
                           struct cg_error *error)
{
    zeroed_nbytes += count * element_nbytes;
    return is_refused(what, error) ? NULL
                                   : __real_cg_alloc_zero(count, element_nbytes, what, error);
}

static int label[PIXELS];
static float area_px[PIXELS], colour[3 * PIXELS];

static struct cg_cel cel_of(int count)
{
    return (struct cg_cel){
        .width = WIDTH,
        .height = HEIGHT,
        .colour = colour,
        .regions = {WIDTH, HEIGHT, count, label, .area_px = area_px},
    };
}

static void fit(struct cg_cel *cel, float least_px)
{
    assert_int_equal(cg_pool_create(2, &cel->pool, NULL), CG_OK);
    assert_int_equal(cg_cel_fit(cel, true, least_px, NULL), CG_OK);
    cg_pool_free(cel->pool);
}

static void clear(struct cg_cel *cel)
{
    free(cel->gradient);
    free(cel->place);
}

/* Two regions from top to bottom, in a slope each. */
static void slopes_are_found(void **state)
{
    struct cg_cel cel = cel_of(2);
    (void)state;
    area_px[0] = area_px[1] = PIXELS / 2;
    for (int i = 0; i < PIXELS; i++) {
        label[i] = i % WIDTH < WIDTH / 2;
        for (int c = 0; c < 3; c++)
            colour[3 * i + c] = (label[i] ? 1e-3f : -2e-3f) * (float)(i / WIDTH);
    }
    fit(&cel, 0.0f);
    for (int c = 0; c < 3; c++) {
        assert_float_equal(cel.gradient[cel.place[1]].dy[c], 1e-3f, 1e-5f);
        assert_float_equal(cel.gradient[cel.place[0]].dy[c], -2e-3f, 1e-5f);
    }
    clear(&cel);
}

/* Each pixel a region: as much memory for each, however tall the picture is. */
static void many_regions_take_little_memory(void **state)
{
    struct cg_cel cel = cel_of(PIXELS);
    (void)state;
    for (int i = 0; i < PIXELS; i++) {
        label[i] = i;
        area_px[i] = i % 3 == 0 ? 2.0f : 1.0f; /* as if */
        colour[3 * i] = colour[3 * i + 1] = colour[3 * i + 2] = (float)(i % 7) * 0.1f;
    }
    zeroed_nbytes = 0;
    fit(&cel, 1.5f);
    assert_true(zeroed_nbytes < (size_t)PIXELS / 3 * 150);
    for (int i = 0; i < PIXELS; i++) {
        assert_true((cel.place[i] >= 0) == (i % 3 == 0));
        if (i % 3 > 0)
            continue;
        const struct cg_gradient *gradient = &cel.gradient[cel.place[i]];
        assert_float_equal(gradient->at[0] + gradient->dx[0] * (float)(i % WIDTH) +
                               gradient->dy[0] * (float)(i / WIDTH),
                           colour[3 * i], 1e-4f);
    }
    clear(&cel);
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* All of cel.h on stripes with strokes, the request of that number refused. */
static enum cg_status draw(int requests)
{
    enum { SIDE = 64 };
    float photo[3 * SIDE * SIDE], drawn[3 * SIDE * SIDE], logit[SIDE * SIDE];
    struct cg_buffer planes = {0};
    struct cg_cel_memory memory = {.planes = &planes};
    struct cg_pool *pool;
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    for (int i = 0; i < SIDE * SIDE; i++) {
        for (int c = 0; c < 3; c++)
            photo[3 * i + c] = drawn[3 * i + c] = i / 9 % 2 == 0 ? 0.8f : 0.3f;
        logit[i] = i % SIDE % 11 == 0 ? 1.0f : -6.0f;
    }
    requests_before_failure = requests;
    enum cg_status status = cg_cel(&memory, pool, photo, (struct cg_faces){0}, drawn, logit, SIDE,
                                   SIDE, 1.0f, 1.0f, NULL);
    bool is_refused_once = requests_before_failure < 0;
    requests_before_failure = -1;
    cg_pool_free(pool);
    cg_cel_memory_clear(&memory);
    free(planes.memory);
    assert_int_equal(status, is_refused_once ? CG_ERR_MEMORY : CG_OK);
    return status;
}

static void memory_that_cannot_be_had(void **state)
{
    int requests = 0;
    (void)state;
    while (draw(requests) != CG_OK)
        requests++;
    assert_in_range(requests, 20, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slopes_are_found),
        cmocka_unit_test(many_regions_take_little_memory),
        cmocka_unit_test(memory_that_cannot_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
