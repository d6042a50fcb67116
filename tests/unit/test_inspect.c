/* train: which pictures of a data set are used, at what size, and what is said of the others. */
#include "base/file.h"
#include "train/data/dataset.h"
#include "unit/fixture_page.h"
#include "unit/temp_folder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* ---- helpers --------------------------------------------------------------------------------- */

#define CROP_PX 64

struct setting {
    char *photos, *comics, *cache;
    struct cg_dataset_options options;
};

static struct setting setting_create(const char *folder)
{
    struct setting setting = {.photos = temp_path(folder, "photos"),
                              .comics = temp_path(folder, "comics"),
                              .cache = temp_path(folder, "cache")};
    setting.options = (struct cg_dataset_options){.photos_dir = setting.photos,
                                                  .comics_dir = setting.comics,
                                                  .cache_dir = setting.cache,
                                                  .crop_px = CROP_PX,
                                                  .photo_long_px = 300,
                                                  .comic_long_px = 1000,
                                                  .comic_white_max = -1.0f};
    return setting;
}

static void setting_clear(struct setting *setting)
{
    free(setting->cache);
    free(setting->comics);
    free(setting->photos);
}

static enum cg_status try_open(const struct setting *setting, struct cg_dataset **dataset,
                               struct cg_error *error)
{
    struct cg_pool *pool;
    assert_int_equal(cg_pool_create(2, &pool, NULL), CG_OK);
    enum cg_status status = cg_dataset_open(&setting->options, pool, NULL, NULL, dataset, error);
    if (status == CG_OK)
        status = cg_dataset_prepare(*dataset, pool, NULL, NULL, error);
    cg_pool_free(pool);
    return status;
}

static struct cg_dataset *must_open(const struct setting *setting, struct cg_dataset_counts *counts)
{
    struct cg_dataset *dataset;
    struct cg_error error;
    if (try_open(setting, &dataset, &error) != CG_OK)
        fail_msg("%s", error.text);
    cg_dataset_get_counts(dataset, counts);
    return dataset;
}

static void write_and_clear(const char *folder, const char *name, struct cg_image page)
{
    temp_write_png(folder, name, &page);
    cg_image_clear(&page);
}

static void write_photo(const char *folder, const char *name, int seed)
{
    struct cg_image photo = fixture_page(300, 200, 255);
    fixture_draw_panel(&photo, 0, 0, 300, 200, seed);
    write_and_clear(folder, name, photo);
}

/* Two panels over each other on white. */
static void write_page(const char *folder, const char *name, int seed)
{
    struct cg_image page = fixture_page(300, 400, 255);
    fixture_draw_panel(&page, 15, 15, 285, 195, seed);
    fixture_draw_panel(&page, 15, 205, 285, 385, seed + 20);
    write_and_clear(folder, name, page);
}

static void write_some(const char *folder)
{
    write_photo(folder, "photos/a.png", 1);
    write_photo(folder, "photos/b.png", 2);
    write_page(folder, "comics/a.png", 3);
    write_page(folder, "comics/b.png", 5);
}

/* ---- what is skipped ------------------------------------------------------------------------- */

/* One picture of each kind that does not serve. */
static void write_what_does_not_serve(const char *folder)
{
    struct cg_image page = fixture_page(300, 400, 250);
    fixture_draw_text(&page, 20, 20, 280, 380, 10);
    write_and_clear(folder, "comics/text.png", page);
    page = fixture_page(300, 400, 255); /* a page number, large enough not to be blank */
    fixture_draw_line(&page, 150.0, 370.0, 90.0, 24.0, 18.0);
    write_and_clear(folder, "comics/white.png", page);
    write_and_clear(folder, "comics/tiny.png", fixture_page(30, 30, 128));
    page = fixture_page(300, 400, 255); /* panels that crops do not fit into */
    for (int i = 0; i < 6; i++)
        fixture_draw_panel(&page, 15, 15 + 62 * i, 285, 65 + 62 * i, 30 + i);
    write_and_clear(folder, "comics/strips.png", page);
    temp_write(folder, "comics/broken.jpg", "x", 1);
    struct cg_image copy = fixture_page(300, 200, 255), small;
    fixture_draw_panel(&copy, 0, 0, 300, 200, 1);
    assert_int_equal(cg_image_resize(&copy, 240, 160, &small, NULL), CG_OK);
    write_and_clear(folder, "photos/smaller.png", small);
    cg_image_clear(&copy);
}

static void what_does_not_serve_is_skipped_and_named(void **state)
{
    static const char *const lines[] = {
        "photos: 3 files in ",
        "2 to learn from",
        "comics: 7 files in ",
        "2 pages to learn from, with 4 panels",
        "cannot be read: 1 (broken.jpg)",
        "too small: 2 (",
        "almost all white or blank: 1 (white.png)",
        "page of text: 1 (text.png)",
        "looks the same as another: 1 (smaller.png)",
        "long side: 240 to 300 px, 300 in the middle",
    };
    struct cg_dataset_counts counts;
    write_some(*state);
    write_what_does_not_serve(*state);
    struct setting setting = setting_create(*state);
    struct cg_dataset *dataset = must_open(&setting, &counts);
    assert_int_equal(counts.photos, 2);
    assert_int_equal(counts.photos_skipped, 1);
    assert_int_equal(counts.comics, 2);
    assert_int_equal(counts.panels, 4);
    assert_int_equal(counts.comics_skipped, 5);
    char *text = cg_dataset_describe(dataset);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (strstr(text, lines[i]) == NULL)
            fail_msg("expected \"%s\" in:\n%s", lines[i], text);
    free(text);
    cg_dataset_free(dataset);
    setting_clear(&setting);
}

static void everything_can_be_kept(void **state)
{
    struct cg_dataset_counts counts;
    write_some(*state);
    write_what_does_not_serve(*state);
    struct setting setting = setting_create(*state);
    setting.options.keep_all = true;
    struct cg_dataset *dataset = must_open(&setting, &counts);
    assert_int_equal(counts.photos, 3);
    assert_int_equal(counts.comics, 4); /* text and white; too small and broken never serve */
    cg_dataset_free(dataset);
    setting_clear(&setting);
}

/* The same set with and without what is skipped, from files and from what the cache kept. */
static void what_is_skipped_changes_nothing(void **state)
{
    struct cg_dataset_counts counts[3];
    write_some(*state);
    struct setting setting = setting_create(*state);
    cg_dataset_free(must_open(&setting, &counts[0]));
    write_what_does_not_serve(*state);
    cg_dataset_free(must_open(&setting, &counts[1]));
    assert_true(counts[0].fingerprint == counts[1].fingerprint);
    char command[512]; /* damage all that was found: it is looked for again */
    snprintf(command, sizeof(command), "for f in %s/*.findings; do echo >\"$f\"; done",
             setting.cache);
    assert_int_equal(system(command), 0);
    cg_dataset_free(must_open(&setting, &counts[2]));
    assert_true(counts[0].fingerprint == counts[2].fingerprint);
    write_page(*state, "comics/c.png", 9);
    cg_dataset_free(must_open(&setting, &counts[2]));
    assert_true(counts[0].fingerprint != counts[2].fingerprint);
    setting_clear(&setting);
}

static void the_report_has_every_picture(void **state)
{
    static const char *const parts[] = {"\"found\": \"used\"",
                                        "page of text",
                                        "comics/text.png: a page of text",
                                        "photos/smaller.png: looks the same as ",
                                        "\"panels\": ",
                                        "\"line_px\": "};
    struct cg_dataset_counts counts;
    uint8_t *bytes;
    size_t nbytes;
    write_some(*state);
    write_what_does_not_serve(*state);
    struct setting setting = setting_create(*state);
    struct cg_dataset *dataset = must_open(&setting, &counts);
    char *path = temp_path(*state, "data.json");
    assert_int_equal(cg_dataset_write_report(dataset, path, NULL), CG_OK);
    assert_int_equal(cg_file_read(path, 1 << 20, &bytes, &nbytes, NULL), CG_OK);
    char *text = malloc(nbytes + 1);
    assert_non_null(text);
    memcpy(text, bytes, nbytes);
    text[nbytes] = '\0';
    size_t entries = 0;
    for (const char *at = text; (at = strstr(at, "\"path\"")) != NULL; at++)
        entries++;
    assert_int_equal(entries, 10);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (strstr(text, parts[i]) == NULL)
            fail_msg("expected %s in:\n%s", parts[i], text);
    free(text);
    free(bytes);
    free(path);
    cg_dataset_free(dataset);
    setting_clear(&setting);
}

/* ---- crops and sizes ------------------------------------------------------------------------- */

/* The panels have no white in them, and nothing but white lies between. */
static void crops_never_reach_across_a_gutter(void **state)
{
    static float crop[3 * CROP_PX * CROP_PX];
    struct cg_dataset_counts counts;
    write_some(*state);
    struct setting setting = setting_create(*state);
    setting.options.comic_white_max = 1.0f;
    struct cg_dataset *dataset = must_open(&setting, &counts);
    for (uint64_t draw = 0; draw < 300; draw++) {
        struct cg_rng rng = cg_rng_make(3, 0, draw);
        cg_dataset_comic_crop(dataset, &rng, crop);
        for (size_t i = 0; i < 3 * CROP_PX * CROP_PX; i++)
            assert_true(crop[i] < 0.9f);
    }
    cg_dataset_free(dataset);
    setting_clear(&setting);
}

/* A page of upright lines of this width; scaled: the same drawing on more pixels. */
static void write_lines(const char *folder, const char *name, int scale, double width, int shift)
{
    struct cg_image page = fixture_page(300 * scale, 200 * scale, 200);
    for (int i = 0; i < 9; i++)
        fixture_draw_line(&page, scale * (30.0 + 28.0 * i + (i * i * shift) % 11), scale * 100.0,
                          90.0, scale * 170.0, scale * width);
    write_and_clear(folder, name, page);
}

static void comics_are_reduced_until_lines_have_the_width(void **state)
{
    struct cg_dataset_counts counts;
    struct cg_image panel;
    write_photo(*state, "photos/a.png", 1);
    for (int i = 0; i < 3; i++) {
        char name[32];
        snprintf(name, sizeof(name), "comics/%d.png", i);
        write_lines(*state, name, 1, 3.0, i + 1);
    }
    write_lines(*state, "comics/large.png", 3, 3.0, 7);
    struct setting setting = setting_create(*state);
    setting.options.comic_line_px = 2.0f;
    struct cg_dataset *dataset = must_open(&setting, &counts);
    assert_int_equal(counts.comics, 4);
    assert_true(fabsf(counts.line_fraction - 0.01f) < 0.001f);
    for (size_t i = 0; i < 4; i++) { /* also the scan of three times the resolution */
        assert_int_equal(cg_dataset_panel(dataset, i, &panel, NULL), CG_OK);
        assert_in_range(panel.width, 140, 170); /* some 235 px, by 2 / 3, less the rim */
        cg_image_clear(&panel);
    }
    assert_int_equal(cg_dataset_panel(dataset, 4, &panel, NULL), CG_ERR_ARGUMENT);
    cg_dataset_free(dataset);
    setting_clear(&setting);
}

/* ---- failures -------------------------------------------------------------------------------- */

static void expect_failure(const struct setting *setting, const char *text)
{
    struct cg_dataset *dataset;
    struct cg_error error;
    assert_int_equal(try_open(setting, &dataset, &error), CG_ERR_FORMAT);
    cg_dataset_free(dataset);
    if (strstr(error.text, text) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", text, error.text);
}

static void too_few_are_refused(void **state)
{
    write_photo(*state, "photos/a.png", 1);
    write_page(*state, "comics/a.png", 3);
    struct setting setting = setting_create(*state);
    setting.options.pictures_min = 2;
    expect_failure(&setting, "photos: only 1 picture in ");
    expect_failure(&setting, "of 1 file, and at least 2 are needed: any photos");
    write_photo(*state, "photos/b.png", 2);
    expect_failure(&setting, "comics: only 1 picture in ");
    write_page(*state, "comics/b.png", 5);
    struct cg_dataset_counts counts;
    cg_dataset_free(must_open(&setting, &counts));
    setting_clear(&setting);
}

#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, temp_folder_setup, temp_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_does_not_serve_is_skipped_and_named),
        IN_FOLDER(everything_can_be_kept),
        IN_FOLDER(what_is_skipped_changes_nothing),
        IN_FOLDER(the_report_has_every_picture),
        IN_FOLDER(crops_never_reach_across_a_gutter),
        IN_FOLDER(comics_are_reduced_until_lines_have_the_width),
        IN_FOLDER(too_few_are_refused),
    };
    return cmocka_run_group_tests_name("inspection", tests, NULL, NULL);
}
