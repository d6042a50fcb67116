/*
 * Backward of every kind of layer, against central differences. A new kind is
 * one row of the table below. That the check would notice a wrong backward is tested, too: the
 * linker puts wrappers around two of them, which spoil a number when told to.
 */
#include "grad/gradient_check.h"
#include "grad/subject.h"
#include "nn/layer.h"
#include "tensor/matrix.h"
#include "unit/fixture_network.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define INPUT CG_NETWORK_INPUT

/* ---- a backward that can be broken ----------------------------------------------------------- */

enum damage { SOUND, ONE_PERCENT, WRONG_SIGN, LEFT_OUT };
static enum damage damage_by_input, damage_by_parameters;

/* Spoil the largest of the numbers, lest the check be asked to see 1 % of next to nothing. */
static void damage(float *numbers, size_t count, enum damage kind)
{
    size_t largest = 0;
    for (size_t i = 1; i < count; i++)
        if (fabsf(numbers[i]) > fabsf(numbers[largest]))
            largest = i;
    if (kind == ONE_PERCENT)
        numbers[largest] *= 1.01f;
    else if (kind == WRONG_SIGN)
        numbers[largest] = -numbers[largest];
    else if (kind == LEFT_OUT)
        numbers[largest] = 0.0f;
}

static void damage_call(const struct cg_layer_backward *call)
{
    if (call->grad_in != NULL)
        damage(call->grad_in, fixture_value_count(call->in_shape), damage_by_input);
    if (call->grad_parameters != NULL && call->layer->kind == CG_LAYER_LINEAR)
        damage(call->grad_parameters + call->layer->weight_offset,
               call->layer->bias_offset - call->layer->weight_offset, damage_by_parameters);
}

void __real_cg_linear_backward(const struct cg_layer_backward *call);
void __wrap_cg_linear_backward(const struct cg_layer_backward *call);
void __real_cg_shift_backward(const struct cg_layer_backward *call);
void __wrap_cg_shift_backward(const struct cg_layer_backward *call);

void __wrap_cg_linear_backward(const struct cg_layer_backward *call)
{
    __real_cg_linear_backward(call);
    damage_call(call);
}

void __wrap_cg_shift_backward(const struct cg_layer_backward *call)
{
    __real_cg_shift_backward(call);
    damage_call(call);
}

/* ---- layers ---------------------------------------------------------------------------------- */

static int add_linear(struct cg_network *network, int from, int out_channels,
                      enum cg_activation activation)
{
    return fixture_add(network, (struct cg_layer){.kind = CG_LAYER_LINEAR,
                                                  .from = from,
                                                  .out_channels = out_channels,
                                                  .activation = activation,
                                                  .slope = 0.2f,
                                                  .name = "x"});
}

static int add_two(struct cg_network *network, enum cg_layer_kind kind, int from, int from2)
{
    return fixture_add(network, (struct cg_layer){.kind = kind, .from = from, .from2 = from2});
}

/* The ways in which a sum can lie in memory; n: which. */
static int add_sum(struct cg_network *network, int from, int n)
{
    int channels = cg_network_channels(network, from);
    int plain = add_linear(network, from, channels, CG_ACT_NONE);
    int bent = add_linear(network, from, channels, CG_ACT_TANH);
    switch (n) {
    case 0: /* in place of its first term */
        return add_two(network, CG_LAYER_ADD, plain, bent);
    case 1: /* not: the first term's values are needed */
        return add_two(network, CG_LAYER_ADD, bent, plain);
    case 2: /* not: the first term has another reader */
        return add_two(network, CG_LAYER_CONCAT, add_two(network, CG_LAYER_ADD, plain, bent),
                       plain);
    case 3:
        return add_two(network, CG_LAYER_ADD, plain, plain);
    case 4: /* in place twice over, each read again */
        plain = add_two(network, CG_LAYER_ADD, plain, bent);
        bent = add_linear(network, plain, channels, CG_ACT_NONE);
        return add_two(network, CG_LAYER_ADD, bent, plain);
    default: /* with what the layer reads: a residual */
        return add_two(network, CG_LAYER_ADD, plain, from);
    }
}

/* The ways of a view; n: which. */
static int add_view(struct cg_network *network, int from, int n)
{
    struct cg_layer view = {.kind = CG_LAYER_TO_PIXELS, .from = from, .size = 2};
    if (n == 0) /* in the memory of what it reads, or a copy of the input */
        return fixture_add(network, view);
    view.from = add_linear(network, from, 12, n == 1 ? CG_ACT_NONE : CG_ACT_TANH);
    int seen = fixture_add(network, view);
    int pixels = add_linear(network, seen, 2, CG_ACT_TANH);
    if (n == 2) { /* what it reads has another reader, cut into pixels in its turn */
        view.from = add_linear(network, view.from, 12, CG_ACT_NONE);
        return add_two(network, CG_LAYER_CONCAT, pixels, fixture_add(network, view));
    }
    return add_two(network, CG_LAYER_CONCAT, pixels, seen);
}

/* A layer that does not lead to the output gets no gradient. */
static int add_dead_end(struct cg_network *network, int from, int n)
{
    int used = add_linear(network, from, 4, CG_ACT_TANH);
    int dead = add_linear(network, used, 3, CG_ACT_TANH);
    add_linear(network, dead, 2, CG_ACT_NONE);
    return n == 0 ? add_linear(network, used, 2, CG_ACT_NONE) : used;
}

/* Central differences of f linear in each number have no error but rounding, whatever the step:
 * sums of up to some hundred numbers around 1, each rounded to 6e-8. */
#define LINEAR 0.5f, 1e-4
/* h^2/6 is 7e-5 for h = 0.02, third derivatives are 2 and less and multiply in depth. */
#define SMOOTH 0.02f, 2e-3

struct layer_case {
    const char *name;
    int channels, height, width;
    float step;
    double tolerance;
    int (*build)(struct cg_network *network, int from, int n); /* NULL: layer, as it is */
    int n;
    struct cg_layer layer;
};

static const struct layer_case layer_cases[] = {
    {"linear", 7, 2, 3, LINEAR, NULL, 0, {.kind = CG_LAYER_LINEAR, .out_channels = 5}},
    {"linear, wide",
     7,
     2,
     3,
     LINEAR,
     NULL,
     0,
     {.kind = CG_LAYER_LINEAR, .out_channels = CG_SMALL_GEMM_OUT_MAX + 1}},
    {"linear, long", 130, 1, 3, LINEAR, NULL, 0, {.kind = CG_LAYER_LINEAR, .out_channels = 2}},
    {"ReLU",
     7,
     2,
     3,
     SMOOTH,
     NULL,
     0,
     {.kind = CG_LAYER_LINEAR, .out_channels = 5, .activation = CG_ACT_RELU}},
    {"ReLU, wide",
     7,
     2,
     3,
     SMOOTH,
     NULL,
     0,
     {.kind = CG_LAYER_LINEAR,
      .out_channels = CG_SMALL_GEMM_OUT_MAX + 1,
      .activation = CG_ACT_RELU}},
    {"leaky ReLU",
     7,
     2,
     3,
     SMOOTH,
     NULL,
     0,
     {.kind = CG_LAYER_LINEAR, .out_channels = 5, .activation = CG_ACT_LEAKY_RELU, .slope = 0.3f}},
    {"leaky ReLU, wide",
     7,
     2,
     3,
     SMOOTH,
     NULL,
     0,
     {.kind = CG_LAYER_LINEAR,
      .out_channels = CG_SMALL_GEMM_OUT_MAX + 1,
      .activation = CG_ACT_LEAKY_RELU,
      .slope = 0.3f}},
    {"tanh",
     7,
     2,
     3,
     SMOOTH,
     NULL,
     0,
     {.kind = CG_LAYER_LINEAR, .out_channels = 5, .activation = CG_ACT_TANH}},
    {"sigmoid",
     7,
     2,
     3,
     SMOOTH,
     NULL,
     0,
     {.kind = CG_LAYER_LINEAR, .out_channels = 5, .activation = CG_ACT_SIGMOID}},
    {"patches",
     3,
     4,
     5,
     LINEAR,
     NULL,
     0,
     {.kind = CG_LAYER_PATCHES, .size = 3, .stride = 1, .pad = 1, .cell = 1}},
    {"patches, apart",
     2,
     7,
     6,
     LINEAR,
     NULL,
     0,
     {.kind = CG_LAYER_PATCHES, .size = 2, .stride = 3, .cell = 1}},
    {"patches, larger than the picture",
     2,
     3,
     2,
     LINEAR,
     NULL,
     0,
     {.kind = CG_LAYER_PATCHES, .size = 5, .stride = 2, .pad = 4, .cell = 1}},
    {"patches, in cells",
     3,
     4,
     8,
     LINEAR,
     NULL,
     0,
     {.kind = CG_LAYER_PATCHES, .size = 3, .stride = 1, .pad = 1, .cell = 4}},
    {"shift", 16, 3, 4, LINEAR, NULL, 0, {.kind = CG_LAYER_SHIFT, .distance = 1}},
    {"shift, far", 8, 3, 4, LINEAR, NULL, 0, {.kind = CG_LAYER_SHIFT, .distance = 5}},
    {"cross", 3, 3, 4, LINEAR, NULL, 0, {.kind = CG_LAYER_CROSS}},
    {"cross, one row", 3, 1, 1, LINEAR, NULL, 0, {.kind = CG_LAYER_CROSS}},
    {"view", 12, 2, 3, LINEAR, add_view, 0, {0}},
    {"view, read twice", 12, 2, 3, SMOOTH, add_view, 1, {0}},
    {"view of what others read", 12, 2, 3, SMOOTH, add_view, 2, {0}},
    {"sum in place", 4, 2, 3, SMOOTH, add_sum, 0, {0}},
    {"sum of a bent term", 4, 2, 3, SMOOTH, add_sum, 1, {0}},
    {"sum of what others read", 4, 2, 3, SMOOTH, add_sum, 2, {0}},
    {"sum of one and the same", 4, 2, 3, SMOOTH, add_sum, 3, {0}},
    {"sums in a row", 4, 2, 3, SMOOTH, add_sum, 4, {0}},
    {"residual", 4, 2, 3, SMOOTH, add_sum, 5, {0}},
    {"concat", 4, 2, 3, LINEAR, NULL, 0, {.kind = CG_LAYER_CONCAT}},
    {"luma", 3, 2, 3, LINEAR, NULL, 0, {.kind = CG_LAYER_LUMA}},
    {"upsample", 3, 2, 3, LINEAR, NULL, 0, {.kind = CG_LAYER_UPSAMPLE, .size = 2, .cell = 1}},
    {"upsample to cells",
     3,
     3,
     2,
     LINEAR,
     NULL,
     0,
     {.kind = CG_LAYER_UPSAMPLE, .size = 4, .cell = 4}},
    {"mean pool", 3, 4, 6, LINEAR, NULL, 0, {.kind = CG_LAYER_MEAN_POOL, .size = 2}},
    {"mean pool, a rest left out",
     2,
     7,
     5,
     LINEAR,
     NULL,
     0,
     {.kind = CG_LAYER_MEAN_POOL, .size = 3}},
    {"dropout", 5, 2, 3, LINEAR, NULL, 0, {.kind = CG_LAYER_DROPOUT, .rate = 0.4f}},
    {"dead end", 4, 2, 3, SMOOTH, add_dead_end, 0, {0}},
    {"dead end behind the output", 4, 2, 3, SMOOTH, add_dead_end, 1, {0}},
};
#define LAYER_CASE_COUNT (sizeof(layer_cases) / sizeof(layer_cases[0]))

static int add_case(struct cg_network *network, const struct layer_case *test, int from)
{
    struct cg_layer layer = test->layer;
    layer.from = layer.from2 = from;
    strcpy(layer.name, "y");
    return test->build != NULL ? test->build(network, from, test->n) : fixture_add(network, layer);
}

/* Where a layer can stand: on the input; on another layer; twice on another layer and beside a
 * third reader, so that gradients add up. */
enum place { ON_INPUT, ON_LAYER, TWICE, PLACE_COUNT };

static struct cg_network *place_case(const struct layer_case *test, enum place place)
{
    struct cg_network *network = fixture_network_new(test->channels);
    if (place == ON_INPUT) {
        int last = add_case(network, test, INPUT);
        if (last + 1 < network->layer_count && test->build != add_dead_end)
            add_two(network, CG_LAYER_CONCAT, last, last);
        return network;
    }
    int from = add_linear(network, INPUT, test->channels, CG_ACT_NONE);
    int first = add_case(network, test, from);
    if (place == TWICE) {
        add_linear(network, from, 2, CG_ACT_NONE);
        int second = add_case(network, test, from);
        add_two(network, CG_LAYER_CONCAT, first, second);
    }
    return network;
}

static void every_layer_has_the_right_backward(void **state)
{
    (void)state;
    bool seen[CG_LAYER_KIND_COUNT] = {false};
    for (size_t i = 0; i < LAYER_CASE_COUNT; i++)
        for (int place = ON_INPUT; place < PLACE_COUNT; place++) {
            const struct layer_case *test = &layer_cases[i];
            struct cg_network *network = place_case(test, (enum place)place);
            for (int k = 0; k < network->layer_count; k++)
                seen[network->layers[k].kind] = true;
            struct subject subject = subject_new(network, 2, test->height, test->width);
            double error = subject_error(&subject, test->step, 0);
            if (!(error < test->tolerance))
                fail_msg("%s, place %d: error %g, allowed %g", test->name, place, error,
                         test->tolerance);
            subject_check_the_ways_of_asking(&subject);
            subject_clear(&subject);
        }
    for (int kind = 0; kind < CG_LAYER_KIND_COUNT; kind++)
        if (!seen[kind])
            fail_msg("no test of layer kind \"%s\"",
                     cg_layer_type_of((enum cg_layer_kind)kind)->name);
}

/* ---- the check itself ------------------------------------------------------------------------ */

static double error_with(struct subject *subject, enum damage by_input, enum damage by_parameters,
                         float step)
{
    damage_by_input = by_input;
    damage_by_parameters = by_parameters;
    double error = subject_error(subject, step, 0);
    damage_by_input = damage_by_parameters = SOUND;
    return error;
}

static void a_broken_backward_is_caught(void **state)
{
    (void)state;
    struct cg_network *network = fixture_network_new(8);
    int shift =
        fixture_add(network, (struct cg_layer){.kind = CG_LAYER_SHIFT, .from = -1, .distance = 1});
    add_linear(network, shift, 6, CG_ACT_TANH);
    struct subject small = subject_new(network, 1, 2, 3);
    assert_true(error_with(&small, SOUND, SOUND, 0.02f) < 2e-3);
    for (int kind = ONE_PERCENT; kind <= LEFT_OUT; kind++) {
        enum damage damage = (enum damage)kind;
        assert_true(error_with(&small, damage, SOUND, 0.02f) > 5e-3);
        assert_true(error_with(&small, SOUND, damage, 0.02f) > 5e-3);
    }
    subject_clear(&small);
}

static double cubic(void *context)
{
    const float *x = context;
    return (double)x[0] * x[0] * x[0] + 2.0 * (double)x[1];
}

static void the_error_is_measured_as_said(void **state)
{
    (void)state;
    float x[2] = {2.0f, 5.0f}, gradient[2] = {12.0f, 2.0f};
    struct gradient_check check = {.value = cubic,
                                   .context = x,
                                   .numbers = x,
                                   .gradient = gradient,
                                   .count = 2,
                                   .step = 0.01f};
    assert_true(gradient_worst_error(&check) < 1e-5);
    gradient[0] = 12.12f;
    assert_true(fabs(gradient_worst_error(&check) - 0.12 / 12.12) < 1e-4);
    gradient[0] = -12.0f;
    assert_true(fabs(gradient_worst_error(&check) - 2.0) < 1e-4);
    gradient[0] = NAN;
    assert_true(isinf(gradient_worst_error(&check)));
    gradient[0] = gradient[1] = 0.0f;
    assert_true(gradient_worst_error(&check) > 0.99);
    assert_true(x[0] == 2.0f && x[1] == 5.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layer_has_the_right_backward),
        cmocka_unit_test(a_broken_backward_is_caught),
        cmocka_unit_test(the_error_is_measured_as_said),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("gradients", tests, NULL, NULL);
}
