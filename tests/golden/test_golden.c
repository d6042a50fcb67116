/*
 * The whole converter, from bytes to bytes, against comics that are kept here: one as trained, and
 * one for each look. The style is a small network with random weights, made anew each time, so
 * that no new model changes these pictures. They are for the eye, too: what a look does must be
 * seen in its picture.
 *
 * After a change that is meant to change them:
 * COMICGAN_UPDATE_GOLDEN=1 build/release/tests/test_golden
 */
#include "base/memory.h"
#include "base/rng.h"
#include "model/model.h"
#include "model/render_params.h"
#include "scene.h"
#include "unit/temp_folder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 112, HEIGHT = 80, DETAIL_PX = 64, BLOCK_PX = 16, VALUES = WIDTH * HEIGHT * 3 };

/* Another processor adds in another order, and single pixels at an edge may flip: of a block's mean
 * difference, two such pixels are 2. */
#define BLOCK_DIFFERENCE_MAX 2.0

/* One with which lines and areas of ink are drawn. */
#define WEIGHTS_SEED 15

/* What each look is set to for its picture; a look that is added needs a row here and a picture. */
static const struct {
    const char *look;
    double amount;
} amounts[] = {
    {"detail", 112},   {"ink", 1.7},      {"line", 2.5},         {"smooth", 0.0},
    {"contrast", 1.8}, {"colors", 5},     {"fill", 0.3},         {"hatch", 1.0},
    {"halftone", 1},   {"strength", 0.4}, {"halftone-dots", 20}, {"saturation", 0.2},
    {"feather", 0.1},  {"cel", 0.4},      {"blacks", 1.0},
};

/* ---- a style with random weights ------------------------------------------------------------- */

/* Weights that keep the size of what goes through. In the last layer those of colour are small and
 * those of ink large, so that colours move a little and ink comes and goes. */
static float weight_limit(const struct cg_tensor_info *tensor, size_t index, bool last)
{
    if (tensor->rank == 1)
        return last ? 0.0f : 0.3f;
    float in = (float)tensor->shape[1];
    bool ink = last && index >= 3 * tensor->shape[1];
    return (ink ? 5.0f : last ? 0.6f : 1.6f) / sqrtf(in);
}

static void draw_parameters(const struct cg_network *network, float *parameters)
{
    struct cg_rng rng = cg_rng_make(WEIGHTS_SEED, 0, 0);
    size_t count = cg_network_tensor_count(network);
    for (size_t t = 0; t < count; t++) {
        struct cg_tensor_info tensor;
        cg_network_tensor(network, t, &tensor);
        for (size_t i = 0; i < tensor.element_count; i++)
            parameters[tensor.offset + i] =
                weight_limit(&tensor, i, t + 2 >= count) * (2.0f * cg_rng_uniform(&rng) - 1.0f);
    }
}

static char *write_style(const char *folder)
{
    const struct cg_generator_config config = {
        .level_count = 2,
        .levels = {{.channels = 16, .down = {1, {1}}, .up = {1, {1}}},
                   {.channels = 24, .down = {1, {2}}}},
        .feature_px = 2,
        .pixel_features = 8,
        .head_layers = 1,
        .head_channels = {16},
    };
    struct cg_model model = {.config = config,
                             .card = {.name = "golden",
                                      .summary = "random weights",
                                      .looks = cg_render_params_neutral(DETAIL_PX)}};
    assert_int_equal(cg_generator_build(&config, &model.network, NULL), CG_OK);
    model.parameters = cg_alloc(model.network->parameter_count, sizeof(float), "weights", NULL);
    assert_non_null(model.parameters);
    draw_parameters(model.network, model.parameters);
    char *path = temp_path(folder, "golden.safetensors");
    assert_int_equal(cg_model_write(path, CG_WRITE_OVER, &model, NULL, NULL), CG_OK);
    cg_network_free(model.network);
    free(model.parameters);
    return path;
}

/* ---- comics and those that are kept ---------------------------------------------------------- */

static double block_difference(const struct cg_image *a, const struct cg_image *b, int left,
                               int top)
{
    int sum = 0;
    for (int y = top; y < top + BLOCK_PX; y++)
        for (int i = 3 * left; i < 3 * (left + BLOCK_PX); i++)
            sum += abs(a->pixels[y * 3 * WIDTH + i] - b->pixels[y * 3 * WIDTH + i]);
    return (double)sum / (3 * BLOCK_PX * BLOCK_PX);
}

static void compare(const struct cg_image *comic, const char *name)
{
    char path[512];
    struct cg_image golden;
    snprintf(path, sizeof(path), "%s/%s.png", CG_GOLDEN_DIR, name);
    if (getenv("COMICGAN_UPDATE_GOLDEN") != NULL)
        assert_int_equal(cg_image_write(path, comic,
                                        &(struct cg_image_write_options){.format = CG_IMAGE_PNG},
                                        NULL),
                         CG_OK);
    const struct cg_image_read_options rgb = {.channels = 3};
    assert_int_equal(cg_image_read(path, &rgb, &golden, NULL, NULL), CG_OK);
    assert_int_equal(golden.width, WIDTH);
    assert_int_equal(golden.height, HEIGHT);
    for (int y = 0; y < HEIGHT; y += BLOCK_PX)
        for (int x = 0; x < WIDTH; x += BLOCK_PX) {
            double difference = block_difference(comic, &golden, x, y);
            if (!(difference <= BLOCK_DIFFERENCE_MAX))
                fail_msg("%s: the block at %d, %d differs by %.2f on average", path, x, y,
                         difference);
        }
    cg_image_clear(&golden);
}

/* ---- tests ----------------------------------------------------------------------------------- */

struct golden {
    void *folder;
    char *style;
    struct cg_image photo, plain;
    uint8_t mask[WIDTH * HEIGHT];
};

static int set_up(void **state)
{
    struct golden *golden = calloc(1, sizeof(*golden));
    *state = golden;
    if (golden == NULL || temp_folder_setup(&golden->folder) != 0)
        return -1;
    golden->style = write_style(golden->folder);
    golden->photo = scene_draw(WIDTH, HEIGHT);
    golden->plain = scene_convert(golden->style, &golden->photo, NULL, 1);
    for (int y = 0; y < HEIGHT; y++)
        memset(golden->mask + y * WIDTH, 255, WIDTH / 2);
    return 0;
}

static int tear_down(void **state)
{
    struct golden *golden = *state;
    cg_image_clear(&golden->photo);
    cg_image_clear(&golden->plain);
    free(golden->style);
    temp_folder_teardown(&golden->folder);
    free(golden);
    return 0;
}

static void plain_comic_is_the_one_that_is_kept(void **state)
{
    const struct golden *golden = *state;
    compare(&golden->plain, "plain");
}

/* The looks that say little by themselves get what they work on. */
static struct cg_render_params look_on(const struct golden *golden, const struct cg_option *look,
                                       double amount)
{
    struct cg_render_params params = cg_render_params_neutral(DETAIL_PX);
    if (strcmp(look->name, "halftone-dots") == 0)
        params.halftone = 1.0f;
    if (strcmp(look->name, "feather") == 0)
        params.mask = (struct cg_mask){WIDTH, HEIGHT, golden->mask};
    cg_option_set(look, &params, amount);
    return params;
}

static double amount_of(const char *look)
{
    for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
        if (strcmp(amounts[i].look, look) == 0)
            return amounts[i].amount;
    fail_msg("no amount for the look %s", look);
    return 0.0;
}

static void compare_look(const struct golden *golden, const struct cg_render_params *params,
                         const char *name)
{
    struct cg_image comic = scene_convert(golden->style, &golden->photo, params, 2);
    assert_memory_not_equal(comic.pixels, golden->plain.pixels, VALUES);
    compare(&comic, name);
    cg_image_clear(&comic);
}

static bool is_number(const struct cg_option *row)
{
    return row->name != NULL && (row->kind == CG_OPTION_INT || row->kind == CG_OPTION_FLOAT);
}

/* A picture is called as its look is, with _ for -. */
static void looks_are_those_that_are_kept(void **state)
{
    const struct golden *golden = *state;
    for (const struct cg_option *row = CG_LOOK_TABLE; row->kind != CG_OPTION_NONE; row++) {
        char name[32];
        if (!is_number(row) || strcmp(row->name, "faces") == 0) /* there is nobody */
            continue;
        double amount = amount_of(row->name);
        assert_true(amount != row->neutral);
        struct cg_render_params params = look_on(golden, row, amount);
        snprintf(name, sizeof(name), "%s", row->name);
        for (char *at = name; *at != '\0'; at++)
            *at = *at == '-' ? '_' : *at;
        compare_look(golden, &params, name);
    }
}

static void paper_is_the_one_that_is_kept(void **state)
{
    struct cg_render_params params = cg_render_params_neutral(DETAIL_PX);
    assert_int_equal(cg_render_params_set_paper(&params, "newsprint", NULL), CG_OK);
    compare_look(*state, &params, "paper");
}

static void comic_does_not_depend_on_threads(void **state)
{
    const struct golden *golden = *state;
    for (int threads = 2; threads <= 5; threads += 3) {
        struct cg_image again = scene_convert(golden->style, &golden->photo, NULL, threads);
        assert_memory_equal(again.pixels, golden->plain.pixels, VALUES);
        cg_image_clear(&again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_comic_is_the_one_that_is_kept),
        cmocka_unit_test(looks_are_those_that_are_kept),
        cmocka_unit_test(paper_is_the_one_that_is_kept),
        cmocka_unit_test(comic_does_not_depend_on_threads),
    };
    return cmocka_run_group_tests_name("golden", tests, set_up, tear_down);
}
