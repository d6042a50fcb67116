/* model: architectures, model files, the search for styles. */
#include "base/memory.h"
#include "base/rng.h"
#include "model/model.h"
#include "model/safetensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ARCHITECTURE                                                                               \
    "{\"kind\":\"shift-mlp\",\"channels\":8,\"distances\":[1,2],\"pixel_features\":1,"             \
    "\"head_channels\":2}"
#define CARD "{\"name\":\"tiny\",\"summary\":\"A test.\",\"detail_px\":640}"

static const struct cg_generator_config tiny_config = {
    .level_count = 1,
    .levels = {{.channels = 8, .down = {2, {1, 2}}}},
    .feature_px = 1,
    .pixel_features = 1,
    .head_layers = 2,
    .head_channels = {2, 2}};

/* A model of random parameters; name is copied. */
static struct cg_model *make_model(const char *name)
{
    struct cg_model *model = calloc(1, sizeof(*model));
    assert_non_null(model);
    model->config = tiny_config;
    assert_int_equal(cg_generator_build(&model->config, &model->network, NULL), CG_OK);
    model->parameters = cg_alloc_zero(model->network->parameter_count, sizeof(float), "p", NULL);
    assert_non_null(model->parameters);
    struct cg_rng rng = cg_rng_make(1, 0, 0);
    for (size_t i = 0; i < model->network->parameter_count; i++)
        model->parameters[i] = cg_rng_normal(&rng);
    model->card = (struct cg_card){.name = cg_string_copy(name),
                                   .summary = cg_string_copy("Lines, \"bold\"."),
                                   .looks = cg_render_params_neutral(1000)};
    model->card.looks.line = 1.4f;
    assert_int_equal(cg_render_params_set_paper(&model->card.looks, "cream:0.15", NULL), CG_OK);
    return model;
}

/* ---- architecture ---------------------------------------------------------------------------- */

static size_t block_parameters(size_t channels)
{
    return (channels + 1) * 2 * channels + (2 * channels + 1) * channels;
}

static void default_generator_has_its_documented_size(void **state)
{
    (void)state;
    struct cg_network *network;
    assert_int_equal(cg_generator_build(cg_generator_find(NULL), &network, NULL), CG_OK);
    size_t a = 32, b = 64, c = 128, features = 16, head = 32;
    size_t levels = 3 * block_parameters(a) + 4 * block_parameters(b) + 3 * block_parameters(c);
    size_t between = (4 * a + 1) * b + (4 * b + 1) * c + (c + 1) * b + (b + 1) * a;
    size_t expected = (432 + 1) * a + levels + between + (5 * a + 1) * 4 * features +
                      (features + 27 + 1) * head + (head + 1) * head + (head + 1) * 4;
    assert_int_equal(network->parameter_count, expected);
    assert_int_equal(cg_network_channels(network, network->layer_count - 1), 4);
    struct cg_tensor_info first;
    cg_network_tensor(network, 0, &first);
    assert_string_equal(first.name, "patch_in.weight");
    assert_int_equal(first.shape[0], 32);
    assert_int_equal(first.shape[1], 432);
    cg_network_free(network);
}

static void expect_size_kept(const struct cg_generator_config *config, int height, int width)
{
    struct cg_network *network;
    assert_int_equal(cg_generator_build(config, &network, NULL), CG_OK);
    struct cg_shape *shapes = calloc((size_t)network->layer_count, sizeof(*shapes));
    assert_non_null(shapes);
    assert_int_equal(cg_network_shapes(network, 2, height, width, shapes, NULL), CG_OK);
    const struct cg_shape *out = &shapes[network->layer_count - 1];
    assert_int_equal(out->count, 2);
    assert_int_equal(out->height, height);
    assert_int_equal(out->width, width);
    assert_int_equal(out->channels, CG_GENERATOR_CHANNELS);
    assert_int_equal(out->cell, CG_GENERATOR_CELL_PX);
    free(shapes);
    cg_network_free(network);
}

static void generators_keep_the_size_of_their_input(void **state)
{
    (void)state;
    expect_size_kept(&tiny_config, 20, 36);
    for (int i = 0; i < CG_GENERATOR_PRESET_COUNT; i++) {
        const struct cg_generator_config *config = &CG_GENERATOR_PRESETS[i].config;
        expect_size_kept(config, cg_generator_padded_px(config, 33),
                         cg_generator_padded_px(config, 16));
        assert_ptr_equal(cg_generator_find(CG_GENERATOR_PRESETS[i].name), config);
    }
    assert_ptr_equal(cg_generator_find(NULL), &CG_GENERATOR_PRESETS[0].config);
    assert_null(cg_generator_find("medium"));
}

static void sides_are_padded_to_whole_tokens(void **state)
{
    (void)state;
    struct cg_generator_config config = tiny_config;
    assert_int_equal(cg_generator_padded_px(&config, 1), 4);
    assert_int_equal(cg_generator_padded_px(&config, 8), 8);
    config.level_count = 3;
    assert_int_equal(cg_generator_padded_px(&config, 16), 16);
    assert_int_equal(cg_generator_padded_px(&config, 17), 32);
}

static void configs_out_of_range_are_refused(void **state)
{
    (void)state;
    struct cg_generator_config bad[] = {tiny_config, tiny_config, tiny_config, tiny_config,
                                        tiny_config, tiny_config, tiny_config, tiny_config,
                                        tiny_config, tiny_config};
    bad[0].levels[0].channels = 0;
    bad[1].levels[0].channels = 12;
    bad[2].level_count = 0;
    bad[3].levels[0].down.count = CG_BLOCKS_MAX + 1;
    bad[4].levels[0].down.distances[1] = 65;
    bad[5].pixel_features = 0;
    bad[6].head_channels[1] = 257;
    bad[7].feature_px = 3;
    bad[8].levels[0].up.count = 1; /* nothing comes back to the last level */
    bad[9].head_layers = 0;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct cg_network *network;
        struct cg_error error;
        assert_int_equal(cg_generator_build(&bad[i], &network, &error), CG_ERR_MODEL);
        assert_non_null(strstr(error.text, "expected"));
        assert_null(network);
    }
}

/* ---- model files ----------------------------------------------------------------------------- */

static void write_model(const char *path, const char *name)
{
    struct cg_model *model = make_model(name);
    assert_int_equal(cg_model_write(path, CG_WRITE_OVER, model, NULL, NULL), CG_OK);
    cg_model_free(model);
}

static void models_come_back_as_written(void **state)
{
    (void)state;
    struct cg_model *model = make_model("tiny"), *back;
    assert_int_equal(cg_model_write("test_model.st", CG_WRITE_OVER, model, NULL, NULL), CG_OK);
    assert_int_equal(cg_model_read("test_model.st", &back, NULL), CG_OK);
    size_t count = model->network->parameter_count;
    assert_int_equal(back->network->parameter_count, count);
    assert_memory_equal(back->parameters, model->parameters, count * sizeof(float));
    assert_memory_equal(&back->config, &model->config, sizeof(tiny_config));
    assert_string_equal(back->card.name, "tiny");
    assert_string_equal(back->card.summary, "Lines, \"bold\".");
    assert_int_equal(back->card.looks.detail_px, 1000);
    assert_memory_equal(&back->card.looks, &model->card.looks, sizeof(back->card.looks));
    assert_string_equal(back->source, "test_model.st");
    cg_model_free(back);

    float *other = cg_alloc_zero(count, sizeof(float), "other", NULL);
    assert_int_equal(cg_model_write("test_model.st", CG_WRITE_OVER, model, other, NULL), CG_OK);
    assert_int_equal(cg_model_read("test_model.st", &back, NULL), CG_OK);
    assert_memory_equal(back->parameters, other, count * sizeof(float));
    free(other);
    cg_model_free(back);
    cg_model_free(model);
    remove("test_model.st");
}

static void bad_cards_are_not_written(void **state)
{
    (void)state;
    struct cg_model *model = make_model("two words");
    struct cg_error error;
    assert_int_equal(cg_model_write("test_model.st", CG_WRITE_OVER, model, NULL, &error),
                     CG_ERR_MODEL);
    assert_non_null(strstr(error.text, "two words"));
    assert_int_not_equal(access("test_model.st", F_OK), 0);
    cg_model_free(model);
}

/* What a damaged model file is made of; NULL leaves a line out. */
struct recipe {
    const char *architecture, *card;
    const char *surplus;   /* name of one more tensor */
    int skip, wrong_shape; /* numbers of tensors, or -1 */
};

static enum cg_status parse_recipe(const struct recipe *recipe, struct cg_error *error)
{
    static const float surplus_data[1] = {0.0f};
    struct cg_model *model = make_model("tiny");
    size_t count = cg_network_tensor_count(model->network), used = 0;
    struct cg_tensor_info *infos = calloc(count, sizeof(*infos));
    struct cg_tensor *tensors = calloc(count + 1, sizeof(*tensors));
    assert_true(infos != NULL && tensors != NULL);
    for (size_t i = 0; i < count; i++) {
        cg_network_tensor(model->network, i, &infos[i]);
        if ((int)i == recipe->skip)
            continue;
        tensors[used] = (struct cg_tensor){infos[i].name,
                                           infos[i].rank,
                                           {infos[i].shape[0], infos[i].shape[1]},
                                           model->parameters + infos[i].offset};
        if ((int)i == recipe->wrong_shape)
            tensors[used].shape[0] -= 1;
        used++;
    }
    if (recipe->surplus != NULL)
        tensors[used++] = (struct cg_tensor){recipe->surplus, 1, {1}, surplus_data};
    struct cg_metadata metadata[2];
    size_t lines = 0;
    if (recipe->architecture != NULL)
        metadata[lines++] = (struct cg_metadata){"comicgan.architecture", recipe->architecture};
    if (recipe->card != NULL)
        metadata[lines++] = (struct cg_metadata){"comicgan.card", recipe->card};
    assert_int_equal(
        cg_safetensors_write("test_model.st", CG_WRITE_OVER, tensors, used, metadata, lines, NULL),
        CG_OK);
    free(tensors);
    free(infos);
    cg_model_free(model);
    struct cg_model *read;
    enum cg_status status = cg_model_read("test_model.st", &read, error);
    cg_model_free(read);
    remove("test_model.st");
    return status;
}

static void the_recipe_itself_is_good(void **state)
{
    (void)state;
    const struct recipe good = {ARCHITECTURE, CARD, NULL, -1, -1};
    assert_int_equal(parse_recipe(&good, NULL), CG_OK);
    const struct recipe talkative = {ARCHITECTURE,
                                     "{\"credits\":[{\"who\":\"x\"}]," /* more than is read */
                                     "\"name\":\"a-B_9\",\"summary\":\"\",\"detail_px\":64}",
                                     NULL, -1, -1};
    assert_int_equal(parse_recipe(&talkative, NULL), CG_OK);
}

static void unusable_models_are_refused(void **state)
{
    (void)state;
#define SHIFT_MLP(rest) "{\"kind\":\"shift-mlp\"," rest "}"
#define LEVEL(up) "{\"token_px\":4,\"channels\":8,\"distances\":[],\"distances_up\":[" up "]}"
    static const struct {
        struct recipe recipe;
        const char *reason;
    } cases[] = {
        {{NULL, CARD, NULL, -1, -1}, "no \"comicgan.architecture\""},
        {{ARCHITECTURE, NULL, NULL, -1, -1}, "no \"comicgan.card\""},
        {{"{", CARD, NULL, -1, -1}, "comicgan.architecture: expected JSON"},
        {{"{}", CARD, NULL, -1, -1}, "a string as \"kind\", found nothing"},
        {{"{\"kind\":\"unet\"}", CARD, NULL, -1, -1}, "found \"unet\", which this version"},
        {{SHIFT_MLP("\"depth\":3"), CARD, NULL, -1, -1}, "unknown field \"depth\""},
        {{SHIFT_MLP("\"channels\":\"8\""), CARD, NULL, -1, -1}, "\"channels\", found a string"},
        {{SHIFT_MLP("\"channels\":8"), CARD, NULL, -1, -1}, "\"distances\", found nothing"},
        {{SHIFT_MLP("\"channels\":8,\"distances\":[]"), CARD, NULL, -1, -1}, "found an array of 0"},
        {{SHIFT_MLP("\"channels\":8,\"distances\":[0]"), CARD, NULL, -1, -1}, "from 1 to 64"},
        {{SHIFT_MLP("\"channels\":9,\"distances\":[1],\"pixel_features\":1,\"head_channels\":1"),
          CARD, NULL, -1, -1},
         "multiple of 8"},
        {{SHIFT_MLP("\"levels\":[]"), CARD, NULL, -1, -1}, "\"levels\", found an array of 0"},
        {{SHIFT_MLP("\"levels\":8"), CARD, NULL, -1, -1}, "\"levels\", found a whole number"},
        {{SHIFT_MLP("\"levels\":[1,2,3,4,5]"), CARD, NULL, -1, -1}, "found an array of 5"},
        {{SHIFT_MLP("\"levels\":[7]"), CARD, NULL, -1, -1}, "\"token_px\", found nothing"},
        {{SHIFT_MLP("\"levels\":[{\"token_px\":8}]"), CARD, NULL, -1, -1},
         "expected 4 to 4 as \"token_px\", found 8"},
        {{SHIFT_MLP("\"levels\":[{\"token_px\":4,\"up\":1}]"), CARD, NULL, -1, -1},
         "unknown field \"up\""},
        {{SHIFT_MLP("\"levels\":[" LEVEL("") "],\"channels\":8"), CARD, NULL, -1, -1},
         "unknown field \"channels\""},
        {{SHIFT_MLP("\"levels\":[" LEVEL("") "],\"feature_px\":1,\"head\":[]"), CARD, NULL, -1, -1},
         "1 to 4 numbers as \"head\", found an array of 0"},
        {{SHIFT_MLP(
              "\"levels\":[" LEVEL("") "],\"feature_px\":3,\"head\":[1],\"pixel_features\":1"),
          CARD, NULL, -1, -1},
         "feature_px is 3, expected 1, 2 or 4"},
        {{SHIFT_MLP(
              "\"levels\":[" LEVEL("1") "],\"feature_px\":1,\"head\":[1],\"pixel_features\":1"),
          CARD, NULL, -1, -1},
         "number of blocks is 1, expected 0 to 0"},
        {{ARCHITECTURE, "[]", NULL, -1, -1}, "comicgan.card: expected a JSON object"},
        {{ARCHITECTURE, "{\"name\":\"a/b\",\"summary\":\"\",\"detail_px\":640}", NULL, -1, -1},
         "found \"a/b\""},
        {{ARCHITECTURE, "{\"name\":\"a\",\"summary\":\"b\\n\",\"detail_px\":640}", NULL, -1, -1},
         "control character"},
        {{ARCHITECTURE, "{\"name\":\"a\",\"summary\":\"b\",\"detail_px\":63}", NULL, -1, -1},
         "expected 64 to 8192 as \"detail_px\", found 63"},
        {{ARCHITECTURE, "{\"name\":\"a\",\"summary\":\"b\",\"detail_px\":640,\"looks\":1}", NULL,
          -1, -1},
         "expected an object as \"looks\", found a whole number"},
        {{ARCHITECTURE,
          "{\"name\":\"a\",\"summary\":\"b\",\"detail_px\":640,\"looks\":{\"line\":9}}", NULL, -1,
          -1},
         "expected 0.25 to 4 as \"line\", found 9"},
        {{ARCHITECTURE, CARD, NULL, 2, -1}, "block0.expand.weight of its architecture is missing"},
        {{ARCHITECTURE, CARD, NULL, -1, 0}, "expected rank 2, 8 x 432; found rank 2, 7 x 432"},
        {{ARCHITECTURE, CARD, "critic", -1, -1}, "found also \"critic\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cg_error error;
        assert_int_equal(parse_recipe(&cases[i].recipe, &error), CG_ERR_MODEL);
        if (strstr(error.text, cases[i].reason) == NULL ||
            strstr(error.text, "test_model.st: ") == NULL)
            fail_msg("case %zu: expected \"%s\" in \"%s\"", i, cases[i].reason, error.text);
    }
}

static void damage_at_any_place_is_survived(void **state)
{
    (void)state;
    write_model("test_model.st", "tiny");
    unsigned char good[1 << 15];
    FILE *stream = fopen("test_model.st", "rb");
    assert_non_null(stream);
    size_t nbytes = fread(good, 1, sizeof(good), stream);
    fclose(stream);
    remove("test_model.st");
    assert_true(nbytes > 8000 && nbytes < sizeof(good));
    struct cg_rng rng = cg_rng_make(3, 0, 0);
    for (int turn = 0; turn < 5000; turn++) {
        unsigned char *bytes = malloc(nbytes);
        assert_non_null(bytes);
        memcpy(bytes, good, nbytes);
        bytes[cg_rng_below(&rng, turn % 4 == 0 ? (uint32_t)nbytes : 1200)] =
            (unsigned char)cg_rng_below(&rng, 256);
        struct cg_model *model;
        enum cg_status status = cg_model_parse(bytes, nbytes, "x", &model, NULL);
        assert_true(status == CG_OK || status == CG_ERR_MODEL);
        cg_model_free(model);
        free(bytes);
    }
}

/* ---- styles ---------------------------------------------------------------------------------- */

#define FOLDER "test_model.styles"

static int make_folder(void **state)
{
    (void)state;
    if (mkdir(FOLDER, 0777) != 0)
        return -1;
    write_model(FOLDER "/b.safetensors", "zebra");
    write_model(FOLDER "/c.safetensors", "zebra");
    write_model(FOLDER "/a.safetensors", "yak");
    write_model(FOLDER "/.hidden.safetensors", "ghost");
    FILE *broken = fopen(FOLDER "/broken.safetensors", "wb");
    if (broken == NULL)
        return -1;
    fclose(broken);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", ".hidden", "broken"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[64];
        snprintf(path, sizeof(path), FOLDER "/%s.safetensors", names[i]);
        remove(path);
    }
    return rmdir(FOLDER);
}

static void styles_are_listed_once(void **state)
{
    (void)state;
    struct cg_style_list *list;
    assert_int_equal(cg_style_list_create(FOLDER, &list, NULL), CG_OK);
    int zebras = 0, yaks = 0, ghosts = 0;
    for (size_t i = 0; i < cg_style_list_count(list); i++) {
        const struct cg_style_info *info = cg_style_list_get(list, i);
        yaks += strcmp(info->name, "yak") == 0;
        ghosts += strcmp(info->name, "ghost") == 0;
        if (strcmp(info->name, "zebra") == 0) {
            zebras++;
            assert_string_equal(info->source, FOLDER "/b.safetensors");
            assert_int_equal(info->detail_px, 1000);
            assert_true(info->parameter_count > 1000);
        }
    }
    assert_int_equal(zebras, 1);
    assert_int_equal(yaks, 1);
    assert_int_equal(ghosts, 0);
    assert_null(cg_style_list_get(list, cg_style_list_count(list)));
    cg_style_list_free(list);
}

static void styles_open_by_name_and_by_path(void **state)
{
    (void)state;
    static const char *const styles[] = {"yak", FOLDER "/a.safetensors"};
    for (size_t i = 0; i < 2; i++) {
        struct cg_model *model;
        assert_int_equal(cg_model_open_style(FOLDER, styles[i], &model, NULL), CG_OK);
        assert_string_equal(model->card.name, "yak");
        assert_string_equal(model->source, FOLDER "/a.safetensors");
        cg_model_free(model);
    }
    struct cg_model *model;
    assert_int_equal(cg_model_open_style(FOLDER, "nowhere.safetensors", &model, NULL), CG_ERR_IO);
    assert_null(model);
}

static void unknown_styles_get_the_list(void **state)
{
    (void)state;
    struct cg_model *model;
    struct cg_error error;
    assert_int_equal(cg_model_open_style(FOLDER, "broken", &model, &error), CG_ERR_MODEL);
    assert_null(model);
    assert_non_null(strstr(error.text, "\"broken\""));
    assert_non_null(strstr(error.text, "yak, zebra"));
    assert_non_null(strstr(error.text, "left out: " FOLDER "/broken.safetensors"));
}

/* The style in the program is the default one; without models/comic.safetensors there is none. */
static void default_style_opens_or_says_that_it_is_missing(void **state)
{
    (void)state;
    struct cg_model *model;
    struct cg_error error;
    enum cg_status status = cg_model_open_style(FOLDER, CG_DEFAULT_STYLE, &model, &error);
    if (status == CG_OK) {
        assert_string_equal(model->card.name, CG_DEFAULT_STYLE);
    } else {
        assert_int_equal(status, CG_ERR_MODEL);
        assert_non_null(strstr(error.text, "built without a style"));
    }
    cg_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_generator_has_its_documented_size),
        cmocka_unit_test(generators_keep_the_size_of_their_input),
        cmocka_unit_test(sides_are_padded_to_whole_tokens),
        cmocka_unit_test(configs_out_of_range_are_refused),
        cmocka_unit_test(models_come_back_as_written),
        cmocka_unit_test(bad_cards_are_not_written),
        cmocka_unit_test(the_recipe_itself_is_good),
        cmocka_unit_test(unusable_models_are_refused),
        cmocka_unit_test(damage_at_any_place_is_survived),
        cmocka_unit_test(styles_are_listed_once),
        cmocka_unit_test(styles_open_by_name_and_by_path),
        cmocka_unit_test(unknown_styles_get_the_list),
        cmocka_unit_test(default_style_opens_or_says_that_it_is_missing),
    };
    return cmocka_run_group_tests_name("model", tests, make_folder, remove_folder);
}
