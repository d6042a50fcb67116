/* model/looks: ranges, papers, what a card may say. */
#include "base/memory.h"
#include "model/render_params.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void neutral_looks_pass_the_check(void **state)
{
    (void)state;
    struct cg_render_params looks = cg_render_params_neutral(640);
    assert_int_equal(cg_render_params_check(&looks, NULL), CG_OK);
    assert_int_equal(looks.detail_px, 640);
    assert_true(looks.ink == 1.0f && looks.line == 1.0f && looks.strength == 1.0f);
    assert_true(looks.saturation == 1.0f && looks.contrast == 1.0f && looks.fill == 1.0f);
    assert_true(looks.colors == 0 && looks.hatch == 0.0f && looks.halftone == 0.0f);
    assert_true(looks.paper[0] == 1.0f && looks.grain == 0.0f && looks.mask.pixels == NULL);
}

static void every_look_is_refused_outside_its_range_and_by_name(void **state)
{
    (void)state;
    for (const struct cg_option *row = CG_LOOK_TABLE; row->kind != CG_OPTION_NONE; row++) {
        const double inside[] = {row->low, row->high, row->neutral};
        const double outside[] = {row->low - 1.0, row->high + 1.0, (double)NAN};
        struct cg_error error;
        struct cg_render_params looks = cg_render_params_neutral(960);
        for (int k = 0; k < 3; k++) {
            cg_option_set(row, &looks, inside[k]);
            assert_int_equal(cg_render_params_check(&looks, &error), CG_OK);
            assert_true((float)cg_option_get(row, &looks) == (float)inside[k]);
        }
        for (int k = 0; k < (row->kind == CG_OPTION_INT ? 2 : 3); k++) {
            cg_option_set(row, &looks, outside[k]);
            assert_int_equal(cg_render_params_check(&looks, &error), CG_ERR_ARGUMENT);
            assert_non_null(strstr(error.text, row->name));
            assert_non_null(strstr(error.text, "expected"));
        }
    }
}

static void broken_paper_and_masks_are_refused(void **state)
{
    (void)state;
    static const uint8_t pixel = 0;
    struct cg_render_params looks = cg_render_params_neutral(960);
    looks.paper[1] = 1.5f;
    assert_int_equal(cg_render_params_check(&looks, NULL), CG_ERR_ARGUMENT);
    looks = cg_render_params_neutral(960);
    looks.grain = NAN;
    assert_int_equal(cg_render_params_check(&looks, NULL), CG_ERR_ARGUMENT);
    looks = cg_render_params_neutral(960);
    looks.mask = (struct cg_mask){0, 1, &pixel};
    assert_int_equal(cg_render_params_check(&looks, NULL), CG_ERR_ARGUMENT);
}

static void papers_are_read(void **state)
{
    (void)state;
    struct cg_render_params looks = cg_render_params_neutral(960);
    assert_int_equal(cg_render_params_set_paper(&looks, "kraft", NULL), CG_OK);
    assert_true(looks.paper[0] > looks.paper[2] && looks.grain > 0.0f);
    assert_int_equal(cg_render_params_set_paper(&looks, "kraft:0", NULL), CG_OK);
    assert_true(looks.grain == 0.0f);
    assert_int_equal(cg_render_params_set_paper(&looks, "white", NULL), CG_OK);
    assert_true(looks.paper[0] == 1.0f && looks.paper[1] == 1.0f && looks.paper[2] == 1.0f);
    assert_int_equal(cg_render_params_set_paper(&looks, "#f80:0.25", NULL), CG_OK);
    assert_true(looks.paper[0] == 1.0f && looks.paper[2] == 0.0f && looks.grain == 0.25f);
    assert_true(fabsf(looks.paper[1] - 136.0f / 255.0f) < 1e-6f);
    assert_int_equal(cg_render_params_set_paper(&looks, "#102030", NULL), CG_OK);
    assert_true(fabsf(looks.paper[2] - 48.0f / 255.0f) < 1e-6f);
}

static void other_papers_are_refused_and_change_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {"",         "mud",      "#12",     "#12345g",
                                      "#1234567", "white:",   "white:2", "white:x",
                                      "white:-1", "#fff:1:1", "creamy",  "#"};
    struct cg_render_params looks = cg_render_params_neutral(960);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(cg_render_params_set_paper(&looks, bad[i], NULL), CG_ERR_ARGUMENT);
        assert_true(looks.paper[0] == 1.0f && looks.grain == 0.0f);
    }
}

static enum cg_status read_looks(const char *text, struct cg_render_params *looks,
                                 struct cg_error *error)
{
    json_t *object = json_loads(text, 0, NULL);
    assert_non_null(object);
    enum cg_status status = cg_render_params_read(object, looks, error);
    json_decref(object);
    return status;
}

static void a_card_sets_what_it_names(void **state)
{
    (void)state;
    struct cg_render_params looks = cg_render_params_neutral(960);
    assert_int_equal(cg_render_params_read(NULL, &looks, NULL), CG_OK);
    assert_int_equal(read_looks("{\"line\": 1.5, \"colors\": 12, \"halftone_dots\": 90,"
                                " \"paper\": \"cream:0.5\", \"hatch\": 1, \"unheard_of\": [1]}",
                                &looks, NULL),
                     CG_OK);
    assert_true(looks.line == 1.5f && looks.colors == 12 && looks.halftone_dots == 90);
    assert_true(looks.hatch == 1.0f && looks.grain == 0.5f && looks.paper[2] < 1.0f);
    assert_true(looks.ink == 1.0f && looks.detail_px == 960);
}

static void a_card_out_of_range_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } bad[] = {
        {"{\"line\": 5}", "expected 0.25 to 4 as \"line\", found 5"},
        {"{\"colors\": 1}", "expected 2 to 64 or 0 as \"colors\", found 1"},
        {"{\"colors\": 2.5}", "expected a whole number as \"colors\""},
        {"{\"ink\": \"much\"}", "expected a number as \"ink\", found a string"},
        {"{\"paper\": 3}", "expected a string as \"paper\""},
        {"{\"paper\": \"mud\"}", "\"paper\": expected white, cream"},
        {"[1]", "expected an object as \"looks\", found an array"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct cg_error error;
        struct cg_render_params looks = cg_render_params_neutral(960);
        assert_int_equal(read_looks(bad[i].text, &looks, &error), CG_ERR_MODEL);
        assert_non_null(strstr(error.text, bad[i].expected));
    }
}

/* What is written is what differs from the neutral looks, numbers as short as floats can be. */
static void a_card_comes_back_as_written(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}",
        "{\"line\":1.4,\"saturation\":1.1,\"colors\":16,\"paper\":\"cream:0.15\"}",
        "{\"fill\":0.0,\"halftone_dots\":90,\"paper\":\"#102030\"}",
        "{\"paper\":\"white:0.3\"}",
        "{\"paper\":\"kraft\"}",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *text;
        struct cg_render_params looks = cg_render_params_neutral(960);
        assert_int_equal(read_looks(texts[i], &looks, NULL), CG_OK);
        cg_memory_forget();
        assert_int_equal(
            cg_json_dump(cg_render_params_to_json(&looks), JSON_COMPACT, "looks", &text, NULL),
            CG_OK);
        assert_string_equal(text, texts[i]);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neutral_looks_pass_the_check),
        cmocka_unit_test(every_look_is_refused_outside_its_range_and_by_name),
        cmocka_unit_test(broken_paper_and_masks_are_refused),
        cmocka_unit_test(papers_are_read),
        cmocka_unit_test(other_papers_are_refused_and_change_nothing),
        cmocka_unit_test(a_card_sets_what_it_names),
        cmocka_unit_test(a_card_out_of_range_is_refused),
        cmocka_unit_test(a_card_comes_back_as_written),
    };
    return cmocka_run_group_tests_name("looks", tests, NULL, NULL);
}
