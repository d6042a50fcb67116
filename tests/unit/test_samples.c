/* What the vector GAN learns from: folders and IDX files, sound and damaged. */
#include "base/memory.h"
#include "gan/samples.h"
#include "unit/temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct cg_samples_options options = {
    .side_px = 8, .channels = 1, .crops = 4, .crop = 0.5f, .seed = 1};

static enum cg_status try_open(const char *folder, const char *name,
                               const struct cg_samples_options *wanted, struct cg_samples *out,
                               struct cg_error *error)
{
    struct cg_pool *pool;
    char *path = temp_path(folder, name);
    assert_int_equal(cg_pool_create(2, &pool, NULL), CG_OK);
    enum cg_status status = cg_samples_open(path, wanted, pool, out, error);
    cg_pool_free(pool);
    free(path);
    return status;
}

static void expect_refusal(const char *folder, const char *name, enum cg_status status,
                           const char *text)
{
    struct cg_samples samples;
    struct cg_error error = {.text = ""};
    assert_int_equal(try_open(folder, name, &options, &samples, &error), status);
    if (strstr(error.text, text) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", text, error.text);
    assert_null(samples.pixels);
}

/* count pictures of 4 x 4 whose bytes count up; the header may lie about their number. */
static void write_idx(const char *folder, const char *name, uint8_t magic, uint8_t told,
                      size_t count)
{
    uint8_t file[16 + 16 * 64] = {0, 0, 8, magic, 0, 0, 0, told, 0, 0, 0, 4, 0, 0, 0, 4};
    for (size_t i = 0; i < 16 * count; i++)
        file[16 + i] = (uint8_t)i;
    temp_write(folder, name, file, 16 + 16 * count);
}

static void idx_files_are_read(void **state)
{
    struct cg_samples samples;
    struct cg_samples_options same = options;
    same.side_px = 4;
    write_idx(*state, "good", 3, 20, 20);
    assert_int_equal(try_open(*state, "good", &same, &samples, NULL), CG_OK);
    assert_int_equal(samples.count, 20);
    for (size_t i = 0; i < 320; i++)
        assert_int_equal(samples.pixels[i], (uint8_t)i);
    float values[16];
    cg_samples_floats(&samples, 0, values);
    assert_true(values[0] == -1.0f && values[15] > -1.0f);
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(cg_samples_byte(values[i]), samples.pixels[i]);
    cg_samples_clear(&samples);
}

static void damaged_idx_files_are_refused(void **state)
{
    const uint8_t packed[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0}, short_one[] = {0, 0};
    write_idx(*state, "labels", 1, 20, 20);
    expect_refusal(*state, "labels", CG_ERR_FORMAT, "magic 00000801");
    write_idx(*state, "more", 3, 21, 20);
    expect_refusal(*state, "more", CG_ERR_FORMAT, "found 320 bytes");
    write_idx(*state, "fewer", 3, 19, 20);
    expect_refusal(*state, "fewer", CG_ERR_FORMAT, "found 320 bytes");
    write_idx(*state, "none", 3, 0, 0);
    expect_refusal(*state, "none", CG_ERR_FORMAT, "0 entries");
    temp_write(*state, "packed", packed, sizeof(packed));
    expect_refusal(*state, "packed", CG_ERR_UNSUPPORTED, "gunzip");
    temp_write(*state, "short", short_one, sizeof(short_one));
    expect_refusal(*state, "short", CG_ERR_FORMAT, "2 bytes");
}

static void labels_are_read(void **state)
{
    const uint8_t file[] = {0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9};
    struct cg_idx idx;
    temp_write(*state, "three", file, sizeof(file));
    char *path = temp_path(*state, "three");
    assert_int_equal(cg_idx_read_labels(path, &idx, NULL), CG_OK);
    assert_int_equal(idx.count, 3);
    assert_int_equal(idx.values[2], 9);
    cg_idx_clear(&idx);
    free(path);
}

/* Squares of light and dark; side as given, plain when constant. */
static void write_picture(const char *folder, const char *name, int side, int cell)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(side, side + 10, 3, &image, NULL), CG_OK);
    for (int y = 0; y < side + 10; y++)
        for (int x = 0; x < side; x++)
            memset(image.pixels + 3 * (y * side + x),
                   cell > 0 && (x / cell + y / cell) % 2 ? 220 : 40, 3);
    temp_write_png(folder, name, &image);
    cg_image_clear(&image);
}

static void folders_give_crops(void **state)
{
    struct cg_samples samples, again;
    for (int i = 0; i < 5; i++) {
        char *name = cg_string_format("photos/%d.png", i);
        write_picture(*state, name, 40 + 7 * i, 5 + i);
        free(name);
    }
    temp_write(*state, "photos/broken.png", "nothing", 7);
    assert_int_equal(try_open(*state, "photos", &options, &samples, NULL), CG_OK);
    assert_int_equal(samples.count, 20);
    assert_int_equal(samples.pictures, 5);
    assert_int_equal(samples.skipped, 1);
    assert_int_equal(try_open(*state, "photos", &options, &again, NULL), CG_OK);
    assert_true(samples.fingerprint == again.fingerprint);
    cg_samples_clear(&again);
    struct cg_samples_options other = options;
    other.seed = 2;
    assert_int_equal(try_open(*state, "photos", &other, &again, NULL), CG_OK);
    assert_true(samples.fingerprint != again.fingerprint);
    cg_samples_clear(&again);
    cg_samples_clear(&samples);
}

static void useless_folders_are_refused(void **state)
{
    write_picture(*state, "one/a.png", 40, 5);
    expect_refusal(*state, "one", CG_ERR_FORMAT, "at least 16 samples, found 4");
    for (int i = 0; i < 5; i++) {
        char *name = cg_string_format("plain/%d.png", i);
        write_picture(*state, name, 40, 0);
        free(name);
    }
    expect_refusal(*state, "plain", CG_ERR_FORMAT, "all the same");
    temp_write(*state, "text/a.txt", "x", 1);
    expect_refusal(*state, "text", CG_ERR_FORMAT, "found none");
    temp_write(*state, "bad/a.png", "x", 1);
    expect_refusal(*state, "bad", CG_ERR_FORMAT, "none of the 1 pictures");
    expect_refusal(*state, "missing", CG_ERR_IO, "missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(idx_files_are_read, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(damaged_idx_files_are_refused, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(labels_are_read, temp_folder_setup, temp_folder_teardown),
        cmocka_unit_test_setup_teardown(folders_give_crops, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(useless_folders_are_refused, temp_folder_setup,
                                        temp_folder_teardown),
    };
    return cmocka_run_group_tests_name("samples", tests, NULL, NULL);
}
