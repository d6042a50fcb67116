/* nn: building networks, memory plans, and the two ways of running a network. Backward is tested in
 * tests/grad. */
#include "base/pool.h"
#include "base/rng.h"
#include "model/architecture.h"
#include "nn/infer.h"
#include "nn/pass.h"
#include "tensor/matrix.h"
#include "unit/fixture_network.h"
#include "unit/fixture_numbers.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- helpers --------------------------------------------------------------------------------- */

/* A network with numbers to run it on. */
struct running {
    struct cg_network *network;
    float *parameters;
};

/* Parameters of a size that keeps values around 1 through all layers of the small networks. */
static struct running running_new(struct cg_network *network)
{
    return (struct running){network, fixture_random_new(network->parameter_count, 5, 0.4f)};
}

static void running_clear(struct running *running)
{
    free(running->parameters);
    cg_network_free(running->network);
}

static float *picture_new(const struct cg_network *network, int height, int width)
{
    return fixture_random_new((size_t)height * (size_t)width * (size_t)network->input_channels, 6,
                              1.0f);
}

/* The output of a pass over one picture, copied; free() it. */
static float *run_pass(const struct running *running, int height, int width, size_t *count)
{
    struct cg_pass *pass;
    struct cg_error error;
    float *input = picture_new(running->network, height, width);
    if (cg_pass_create(running->network, 1, height, width, false, &pass, &error) != CG_OK)
        fail_msg("%s", error.text);
    const float *output = cg_pass_forward(pass, running->parameters, input);
    *count = fixture_value_count(cg_pass_output_shape(pass));
    float *copy = malloc(*count * sizeof(float));
    assert_non_null(copy);
    memcpy(copy, output, *count * sizeof(float));
    cg_pass_free(pass);
    free(input);
    return copy;
}

/* The same through infer; *count must be what it gives. */
static float *run_infer_with(struct cg_infer *infer, const struct running *running, int threads,
                             int height, int width, size_t *count)
{
    struct cg_pool *pool;
    struct cg_error error;
    struct cg_shape shape;
    const float *output;
    float *input = picture_new(running->network, height, width);
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    if (cg_infer_run(infer, pool, running->parameters, input, height, width, &output, &shape,
                     &error) != CG_OK)
        fail_msg("%s", error.text);
    *count = fixture_value_count(&shape);
    float *copy = malloc(*count * sizeof(float));
    assert_non_null(copy);
    memcpy(copy, output, *count * sizeof(float));
    cg_pool_free(pool);
    free(input);
    return copy;
}

static float *run_infer(const struct running *running, enum cg_precision precision, int threads,
                        int height, int width, size_t *count)
{
    struct cg_infer *infer;
    assert_int_equal(cg_infer_create(running->network, precision, &infer, NULL), CG_OK);
    float *output = run_infer_with(infer, running, threads, height, width, count);
    cg_infer_free(infer);
    return output;
}

/* Values up to about 3, sums of up to 432 terms in another order for another number of rows. */
static void assert_same_output(const struct running *running, int height, int width)
{
    size_t pass_count, infer_count;
    float *from_pass = run_pass(running, height, width, &pass_count);
    float *from_infer = run_infer(running, CG_PRECISION_FLOAT, 2, height, width, &infer_count);
    double largest = 0.0;
    assert_int_equal(pass_count, infer_count);
    for (size_t i = 0; i < pass_count; i++) {
        if (!(fabsf(from_pass[i] - from_infer[i]) <= 1e-5f))
            fail_msg("%d x %d, value %zu: %.9g by pass, %.9g by infer", width, height, i,
                     (double)from_pass[i], (double)from_infer[i]);
        largest = fmax(largest, fabs((double)from_pass[i]));
    }
    assert_true(largest > 0.1); /* a comparison of nothing would pass, too */
    free(from_infer);
    free(from_pass);
}

/* ---- running --------------------------------------------------------------------------------- */

/* A block is 256 tokens: the last ones have several, and one that is not full. */
static const int sizes[][2] = {{4, 4}, {4, 12}, {20, 4}, {36, 28}, {60, 76}, {132, 68}, {8, 1040}};
#define SIZE_COUNT (sizeof(sizes) / sizeof(sizes[0]))

static void infer_equals_a_pass(void **state)
{
    (void)state;
    struct running running = running_new(fixture_generator());
    for (size_t i = 0; i < SIZE_COUNT; i++)
        assert_same_output(&running, sizes[i][0], sizes[i][1]);
    running_clear(&running);
}

static void check_threads(const struct running *running, enum cg_precision precision)
{
    static const int threads[] = {2, 3, 5};
    size_t count, again_count;
    float *once = run_infer(running, precision, 1, 132, 68, &count);
    for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
        float *again = run_infer(running, precision, threads[i], 132, 68, &again_count);
        assert_int_equal(count, again_count);
        assert_memory_equal(once, again, count * sizeof(float));
        free(again);
    }
    free(once);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    struct running running = running_new(fixture_generator());
    check_threads(&running, CG_PRECISION_FLOAT);
    check_threads(&running, CG_PRECISION_BF16);
    running_clear(&running);
}

/* Some 20 products after each other, each with an error of less than a 128th. */
static void bfloat16_comes_near_floats(void **state)
{
    (void)state;
    struct running running = running_new(fixture_generator());
    size_t count;
    float *exact = run_infer(&running, CG_PRECISION_FLOAT, 1, 132, 68, &count);
    float *rounded = run_infer(&running, CG_PRECISION_BF16, 1, 132, 68, &count);
    double difference = 0.0, size = 0.0;
    for (size_t i = 0; i < count; i++) {
        difference += fabs((double)exact[i] - rounded[i]);
        size += fabs((double)exact[i]);
    }
    if (!(difference <= 0.01 * size))
        fail_msg("off by %.3g of the size", difference / size);
    free(rounded);
    free(exact);
    running_clear(&running);
}

static void one_infer_takes_all_sizes_in_any_order(void **state)
{
    (void)state;
    static const int order[] = {5, 0, 3, 6, 4, 1, 5, 2, 0};
    struct running running = running_new(fixture_generator());
    struct cg_infer *infer;
    assert_int_equal(cg_infer_create(running.network, CG_PRECISION_FLOAT, &infer, NULL), CG_OK);
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        const int *size = sizes[order[i]];
        size_t count, fresh_count;
        float *output = run_infer_with(infer, &running, 1 + (int)i % 3, size[0], size[1], &count);
        float *fresh = run_infer(&running, CG_PRECISION_FLOAT, 1, size[0], size[1], &fresh_count);
        assert_int_equal(count, fresh_count);
        assert_memory_equal(output, fresh, count * sizeof(float));
        free(fresh);
        free(output);
    }
    cg_infer_free(infer);
    running_clear(&running);
}

/* Whatever is refused leaves infer fit for the next picture. */
static void a_size_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct running running = running_new(fixture_generator());
    struct cg_infer *infer;
    struct cg_pool *pool;
    struct cg_error error;
    const float *output;
    float *input = picture_new(running.network, 8, 8);
    size_t count;
    assert_int_equal(cg_infer_create(running.network, CG_PRECISION_FLOAT, &infer, NULL), CG_OK);
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    free(run_infer_with(infer, &running, 1, 8, 8, &count));
    assert_int_equal(
        cg_infer_run(infer, pool, running.parameters, input, 7, 8, &output, NULL, &error),
        CG_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "8 x 7"));
    free(run_infer_with(infer, &running, 1, 8, 8, &count));
    cg_pool_free(pool);
    cg_infer_free(infer);
    free(input);
    running_clear(&running);
}

static struct cg_layer linear(int from, int out_channels)
{
    return (struct cg_layer){.kind = CG_LAYER_LINEAR,
                             .from = from,
                             .out_channels = out_channels,
                             .activation = CG_ACT_TANH,
                             .name = "x"};
}

static struct cg_layer patches(int from, int size, int stride, int cell)
{
    return (struct cg_layer){
        .kind = CG_LAYER_PATCHES, .from = from, .size = size, .stride = stride, .cell = cell};
}

/* Networks that the program does not have, as far as infer takes them: the input read row by row
 * beside a coarser map; a view of what others read too; a map that nobody reads. */
static void infer_equals_a_pass_on_unusual_networks(void **state)
{
    (void)state;
    struct cg_network *network = fixture_network_new(3);
    int luma = fixture_add(network, (struct cg_layer){.kind = CG_LAYER_LUMA, .from = -1});
    int tokens = fixture_add(network, patches(CG_NETWORK_INPUT, 4, 4, 1));
    int narrow = fixture_add(network, linear(tokens, 16));
    int view = fixture_add(
        network, (struct cg_layer){.kind = CG_LAYER_TO_PIXELS, .from = narrow, .size = 4});
    fixture_add(network, linear(narrow, 7));
    int fine = fixture_add(network, patches(luma, 1, 1, 4));
    int both = fixture_add(network,
                           (struct cg_layer){.kind = CG_LAYER_CONCAT, .from = view, .from2 = fine});
    fixture_add(network, linear(both, 3));
    struct running running = running_new(network);
    assert_same_output(&running, 8, 12);
    assert_same_output(&running, 72, 80);
    running_clear(&running);
}

/* Channels that are written side by side at once; other maps come and go between the first half of
 * them and the second. gathered: a later stage reads them. */
static void check_joined(bool gathered)
{
    struct cg_network *network = fixture_network_new(3);
    int coarse = fixture_add(network, linear(fixture_add(network, patches(-1, 2, 2, 1)), 5));
    int enlarged = fixture_add(
        network,
        (struct cg_layer){.kind = CG_LAYER_UPSAMPLE, .from = coarse, .size = 2, .cell = 1});
    int aside = fixture_add(network, linear(CG_NETWORK_INPUT, 8));
    aside = fixture_add(network, linear(aside, 6));
    int fine = fixture_add(network, patches(CG_NETWORK_INPUT, 1, 1, 1));
    int both = fixture_add(
        network, (struct cg_layer){.kind = CG_LAYER_CONCAT, .from = enlarged, .from2 = fine});
    if (gathered)
        both = fixture_add(network,
                           (struct cg_layer){.kind = CG_LAYER_SHIFT, .from = both, .distance = 1});
    int last = fixture_add(network, linear(both, 6));
    fixture_add(network, (struct cg_layer){.kind = CG_LAYER_ADD, .from = last, .from2 = aside});
    struct running running = running_new(network);
    assert_same_output(&running, 8, 12);
    assert_same_output(&running, 72, 80);
    running_clear(&running);
}

static void infer_equals_a_pass_where_channels_join(void **state)
{
    (void)state;
    check_joined(false);
    check_joined(true);
}

static void infer_refuses_maps_that_it_cannot_cut(void **state)
{
    (void)state;
    struct cg_network *network = fixture_network_new(3);
    struct cg_infer *infer;
    struct cg_pool *pool;
    struct cg_error error;
    const float *output, input[10 * 10 * 3] = {0};
    assert_int_equal(cg_infer_create(network, CG_PRECISION_FLOAT, &infer, &error), CG_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "no layers"));
    fixture_add(network, (struct cg_layer){.kind = CG_LAYER_LUMA, .from = CG_NETWORK_INPUT});
    fixture_add(network, patches(CG_NETWORK_INPUT, 3, 1, 1)); /* 8 x 8 rows of 10 x 10 */
    assert_int_equal(cg_infer_create(network, CG_PRECISION_FLOAT, &infer, NULL), CG_OK);
    assert_int_equal(cg_pool_create(1, &pool, NULL), CG_OK);
    assert_int_equal(cg_infer_run(infer, pool, NULL, input, 10, 10, &output, NULL, &error),
                     CG_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "100 rows"));
    cg_pool_free(pool);
    cg_infer_free(infer);
    cg_network_free(network);
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* A network that hands pixels through, in cells: by tokens cut into pixels, or by patches of one
 * pixel put in the order of cells. */
static struct cg_network *copying_network(bool by_tokens)
{
    struct cg_network *network = fixture_network_new(CG_GENERATOR_CHANNELS);
    int cell = CG_GENERATOR_CELL_PX;
    if (!by_tokens) {
        fixture_add(network, patches(CG_NETWORK_INPUT, 1, 1, cell));
        return network;
    }
    int tokens = fixture_add(network, patches(CG_NETWORK_INPUT, cell, cell, 1));
    fixture_add(network,
                (struct cg_layer){.kind = CG_LAYER_TO_PIXELS, .from = tokens, .size = cell});
    return network;
}

/* Copied pixels must come out as a picture, row by row. */
static void assert_raster(const float *output, const float *input, int height, int width)
{
    size_t pixels = (size_t)height * (size_t)width;
    float *colour = malloc(3 * pixels * sizeof(float)), *logit = malloc(pixels * sizeof(float));
    float *black = calloc(3 * pixels, sizeof(float));
    assert_true(colour != NULL && logit != NULL && black != NULL);
    cg_layers_from_output(output, black, height, width, colour, logit);
    for (size_t i = 0; i < pixels; i++) {
        for (size_t c = 0; c < 3; c++)
            assert_true(colour[3 * i + c] == input[4 * i + c]);
        /* one rounding each of the product and the sum, of values up to 6 */
        assert_true(fabsf(logit[i] - (CG_INK_GAIN * input[4 * i + 3] + CG_INK_BIAS)) < 1e-6f);
    }
    free(black);
    free(logit);
    free(colour);
}

static void cells_become_pictures(void **state)
{
    (void)state;
    for (int by_tokens = 0; by_tokens < 2; by_tokens++) {
        struct running running = running_new(copying_network(by_tokens));
        for (size_t i = 0; i < SIZE_COUNT; i++) {
            int height = sizes[i][0], width = sizes[i][1];
            size_t count;
            float *input = picture_new(running.network, height, width);
            float *from_pass = run_pass(&running, height, width, &count);
            float *from_infer = run_infer(&running, CG_PRECISION_FLOAT, 2, height, width, &count);
            assert_raster(from_pass, input, height, width);
            assert_raster(from_infer, input, height, width);
            free(from_infer);
            free(from_pass);
            free(input);
        }
        running_clear(&running);
    }
}

/* ---- memory plans ---------------------------------------------------------------------------- */

static bool overlap(size_t a, size_t a_size, size_t b, size_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

/* Random buffers, some empty, some all the time there. Returns the arena's size by its real need:
 * the most that lives at one time. */
static size_t draw_intervals(struct cg_rng *rng, struct cg_interval *intervals, size_t count)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        int first = (int)cg_rng_below(rng, 20);
        intervals[i] = (struct cg_interval){.size = cg_rng_below(rng, 5) * cg_rng_below(rng, 99),
                                            .first = first,
                                            .last = first + (int)cg_rng_below(rng, 8)};
    }
    for (int time = 0; time < 28; time++) {
        size_t sum = 0;
        for (size_t i = 0; i < count; i++)
            if (intervals[i].first <= time && time <= intervals[i].last)
                sum += (intervals[i].size + 15) / 16 * 16;
        most = sum > most ? sum : most;
    }
    return most;
}

static void plans_never_let_two_live_in_one_place(void **state)
{
    (void)state;
    struct cg_interval plan[40];
    for (uint64_t trial = 0; trial < 500; trial++) {
        struct cg_rng rng = cg_rng_make(9, 0, trial);
        size_t count = 1 + cg_rng_below(&rng, 40), total, all = 0;
        size_t most = draw_intervals(&rng, plan, count);
        assert_int_equal(cg_plan_memory(plan, count, &total, NULL), CG_OK);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(plan[i].offset % 16, 0);
            assert_true(plan[i].offset + plan[i].size <= total);
            all += (plan[i].size + 15) / 16 * 16;
            for (size_t j = 0; j < i; j++)
                if (plan[i].first <= plan[j].last && plan[j].first <= plan[i].last)
                    assert_false(
                        overlap(plan[i].offset, plan[i].size, plan[j].offset, plan[j].size));
        }
        assert_true(total >= most && total <= all);
    }
}

/* ---- building -------------------------------------------------------------------------------- */

static void bad_layers_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct cg_layer layer;
        const char *text;
    } bad[] = {
        {{.kind = CG_LAYER_KIND_COUNT}, "no known kind"},
        {{.kind = CG_LAYER_LINEAR, .from = 2, .out_channels = 4}, "reads layers 2 and"},
        {{.kind = CG_LAYER_LINEAR, .from = -2, .out_channels = 4}, "reads layers -2 and"},
        {{.kind = CG_LAYER_ADD, .from = 0, .from2 = 2}, "(add) reads layers 0 and 2"},
        {{.kind = CG_LAYER_LINEAR, .out_channels = 0}, "layer 2 (linear) does not fit"},
        {{.kind = CG_LAYER_LINEAR, .out_channels = 65537}, "(linear)"},
        {{.kind = CG_LAYER_PATCHES, .size = 0, .stride = 1, .cell = 1}, "(patches)"},
        {{.kind = CG_LAYER_PATCHES, .size = 3, .stride = 0, .cell = 1}, "(patches)"},
        {{.kind = CG_LAYER_PATCHES, .size = 3, .stride = 1, .pad = 3, .cell = 1}, "(patches)"},
        {{.kind = CG_LAYER_PATCHES, .size = 3, .stride = 1, .pad = -1, .cell = 1}, "(patches)"},
        {{.kind = CG_LAYER_PATCHES, .size = 3, .stride = 1, .cell = 0}, "(patches)"},
        {{.kind = CG_LAYER_PATCHES, .from = 1, .size = 256, .stride = 1, .cell = 1}, "(patches)"},
        {{.kind = CG_LAYER_SHIFT, .distance = 0}, "(shift)"},
        {{.kind = CG_LAYER_SHIFT, .distance = INT_MAX}, "(shift)"},
        {{.kind = CG_LAYER_SHIFT, .from = CG_NETWORK_INPUT, .distance = 1}, "input of 3 channels"},
        {{.kind = CG_LAYER_TO_PIXELS, .size = 3}, "(to_pixels)"},
        {{.kind = CG_LAYER_TO_PIXELS, .size = 0}, "(to_pixels)"},
        {{.kind = CG_LAYER_MEAN_POOL, .size = 0}, "(mean_pool)"},
        {{.kind = CG_LAYER_MEAN_POOL, .size = 257}, "(mean_pool)"},
        {{.kind = CG_LAYER_ADD, .from = 0, .from2 = CG_NETWORK_INPUT}, "(add) does not fit"},
        {{.kind = CG_LAYER_CONCAT, .from = 1, .from2 = 1}, "(concat)"},
        {{.kind = CG_LAYER_LUMA, .from = 0}, "(luma)"},
    };
    struct cg_network *network = fixture_network_new(3);
    struct cg_error error;
    fixture_add(network, linear(CG_NETWORK_INPUT, 16));
    fixture_add(network, linear(CG_NETWORK_INPUT, 65536));
    size_t parameters = network->parameter_count;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (cg_network_add(network, &bad[i].layer, NULL, &error) != CG_ERR_ARGUMENT)
            fail_msg("layer %zu of the list was taken", i);
        if (strstr(error.text, bad[i].text) == NULL)
            fail_msg("expected \"%s\" in \"%s\"", bad[i].text, error.text);
        assert_int_equal(network->layer_count, 2);
        assert_int_equal(network->parameter_count, parameters);
    }
    cg_network_free(network);
    assert_int_equal(cg_network_create(0, &network, &error), CG_ERR_ARGUMENT);
    assert_null(network);
}

static void sizes_that_no_layer_can_take_are_refused(void **state)
{
    (void)state;
    static const int bad[][3] = {{0, 8, 8}, {1, 0, 8},  {1, 8, -4}, {1, 65540, 4},
                                 {1, 6, 8}, {1, 8, 10}, {-1, 8, 8}, {INT_MAX, 65536, 65536}};
    struct cg_network *network = fixture_generator();
    struct cg_shape *shapes = malloc((size_t)network->layer_count * sizeof(*shapes));
    struct cg_error error;
    struct cg_pass *pass;
    assert_non_null(shapes);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const int *size = bad[i];
        error.text[0] = '\0';
        assert_int_equal(cg_network_shapes(network, size[0], size[1], size[2], shapes, &error),
                         CG_ERR_ARGUMENT);
        assert_non_null(strstr(error.text, "network: "));
        assert_int_equal(cg_pass_create(network, size[0], size[1], size[2], true, &pass, &error),
                         CG_ERR_ARGUMENT);
        assert_null(pass);
    }
    assert_int_equal(cg_network_shapes(network, 3, 8, 12, shapes, NULL), CG_OK);
    const struct cg_shape *last = &shapes[network->layer_count - 1];
    assert_true(last->count == 3 && last->height == 8 && last->width == 12 && last->cell == 4);
    free(shapes);
    cg_network_free(network);
}

static void tensors_cover_the_parameters_exactly_once(void **state)
{
    (void)state;
    struct cg_network *network = fixture_generator();
    size_t next = 0, count = cg_network_tensor_count(network);
    assert_int_equal(count, 2 * 9);
    for (size_t i = 0; i < count; i++) {
        struct cg_tensor_info info, other;
        cg_network_tensor(network, i, &info);
        assert_int_equal(info.offset, next);
        assert_int_equal(info.rank, i % 2 == 0 ? 2 : 1);
        assert_int_equal(info.element_count,
                         info.rank == 2 ? info.shape[0] * info.shape[1] : info.shape[0]);
        assert_non_null(strstr(info.name, i % 2 == 0 ? ".weight" : ".bias"));
        next += info.element_count;
        for (size_t j = 0; j < i; j++) {
            cg_network_tensor(network, j, &other);
            assert_string_not_equal(info.name, other.name);
        }
    }
    assert_int_equal(next, network->parameter_count);
    struct cg_tensor_info first;
    cg_network_tensor(network, 0, &first);
    assert_string_equal(first.name, "patch_in.weight");
    assert_true(first.shape[0] == 8 && first.shape[1] == 12 * 12 * 3);
    cg_network_free(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(infer_equals_a_pass),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(bfloat16_comes_near_floats),
        cmocka_unit_test(one_infer_takes_all_sizes_in_any_order),
        cmocka_unit_test(a_size_that_does_not_fit_is_refused),
        cmocka_unit_test(infer_equals_a_pass_on_unusual_networks),
        cmocka_unit_test(infer_equals_a_pass_where_channels_join),
        cmocka_unit_test(infer_refuses_maps_that_it_cannot_cut),
        cmocka_unit_test(cells_become_pictures),
        cmocka_unit_test(plans_never_let_two_live_in_one_place),
        cmocka_unit_test(bad_layers_are_refused),
        cmocka_unit_test(sizes_that_no_layer_can_take_are_refused),
        cmocka_unit_test(tensors_cover_the_parameters_exactly_once),
    };
    cg_blas_single_threaded();
    return cmocka_run_group_tests_name("nn", tests, NULL, NULL);
}
