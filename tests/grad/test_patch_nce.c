/* PatchNCE: its values where they are known, its gradient against central differences,
 * its places. */
#include "train/style/patch_nce.h"

#include "assert_near.h"
#include "grad/gradient_check.h"
#include "tensor/matrix.h"
#include "unit/fixture_numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PIXELS 30
#define CHANNELS 7
#define PLACES 11
#define WEIGHT 0.6f

struct subject {
    float query[PIXELS * CHANNELS], key[PIXELS * CHANNELS], gradient[PIXELS * CHANNELS];
    size_t places[CG_PATCH_NCE_PLACES];
    float *scratch;
};

static double value(void *context)
{
    struct subject *s = context;
    const struct cg_patch_nce nce = {s->query, s->key, s->places, PLACES, CHANNELS};
    return cg_patch_nce(&nce, WEIGHT, s->gradient, s->scratch);
}

static struct subject subject_new(void)
{
    struct subject s = {.scratch = malloc(cg_patch_nce_floats(CHANNELS) * sizeof(float))};
    struct cg_rng rng = cg_rng_make(1, 2, 3);
    assert_non_null(s.scratch);
    fixture_random(s.query, PIXELS * CHANNELS, 1, 1.0f);
    fixture_random(s.key, PIXELS * CHANNELS, 2, 1.0f);
    assert_int_equal(cg_patch_nce_draw(&rng, PIXELS, s.places), PIXELS);
    return s;
}

static void the_gradient_is_that_of_differences(void **state)
{
    (void)state;
    struct subject s = subject_new();
    float gradient[PIXELS * CHANNELS];
    value(&s);
    memcpy(gradient, s.gradient, sizeof(gradient));
    struct gradient_check check = {.value = value,
                                   .context = &s,
                                   .numbers = s.query,
                                   .gradient = gradient,
                                   .count = PIXELS * CHANNELS,
                                   .step = 0.01f};
    double error = gradient_worst_error(&check);
    if (!(error < 2e-3)) /* logits are floats of up to 14 */
        fail_msg("error %g", error);
    free(s.scratch);
}

/* One direction for each place: alike, the place is sure; turned around by one, it is surely wrong;
 * of nothing, all places are as likely. */
static void known_maps_have_known_losses(void **state)
{
    (void)state;
    struct subject s = subject_new();
    const double t = (double)CG_PATCH_NCE_TEMPERATURE;
    for (size_t i = 0; i < CHANNELS; i++)
        s.places[i] = i;
    const struct cg_patch_nce nce = {s.query, s.key, s.places, CHANNELS, CHANNELS};
    for (int turn = 0; turn < 2; turn++) {
        memset(s.query, 0, sizeof(s.query));
        memset(s.key, 0, sizeof(s.key));
        for (size_t i = 0; i < CHANNELS; i++) {
            s.key[i * CHANNELS + i] = 3.0f;
            s.query[i * CHANNELS + (i + (size_t)turn) % CHANNELS] = 0.5f;
        }
        double others = CHANNELS - 1 - turn, sum = exp(1.0 / t) + 1.0 * turn + others;
        double own = turn == 0 ? 1.0 / t : 0.0;
        assert_near(cg_patch_nce(&nce, 1.0f, s.gradient, s.scratch), log(sum) - own, 1e-5);
    }
    memset(s.query, 0, sizeof(s.query));
    memset(s.gradient, 0, sizeof(s.gradient));
    assert_near(cg_patch_nce(&nce, 1.0f, s.gradient, s.scratch), log(CHANNELS), 1e-6);
    for (size_t i = 0; i < PIXELS * CHANNELS; i++)
        assert_true(s.gradient[i] == 0.0f);
    free(s.scratch);
}

static void places_are_all_different(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 5, 64, 65, 100, 2116};
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        struct cg_rng rng = cg_rng_make(s, 0, 0);
        size_t places[CG_PATCH_NCE_PLACES], pixels = sizes[s];
        size_t count = cg_patch_nce_draw(&rng, pixels, places);
        assert_int_equal(count, pixels < 64 ? pixels : 64);
        for (size_t i = 0; i < count; i++) {
            assert_true(places[i] < pixels);
            for (size_t j = 0; j < i; j++)
                assert_true(places[j] != places[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gradient_is_that_of_differences),
        cmocka_unit_test(known_maps_have_known_losses),
        cmocka_unit_test(places_are_all_different),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("patch nce", tests, NULL, NULL);
}
