/* train: the data set: what is used of the pictures that are there, and what crops show. */
#include "fixture_dataset.h"

#include "base/memory.h"
#include "temp_folder.h"
#include "train/teacher/teacher.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int byte_of(float value)
{
    assert_true(value >= 0.0f && value <= 1.0f);
    return (int)lrintf(value * 255.0f);
}

/* ---- what is used ---------------------------------------------------------------------------- */

static void counts_and_skips(void **state)
{
    fixture_write_photos(*state, 4, 60, 50);
    fixture_write_painted(*state, "photos/in/copy.png", 60, 50, 3);
    fixture_write_painted(*state, "photos/in/narrow.png", 60, FIXTURE_CROP_PX - 1, 9);
    fixture_write_painted(*state, "photos/in/panorama.png", 230, FIXTURE_CROP_PX + 1, 9);
    temp_write(*state, "photos/broken.png", "not a picture", 13);
    temp_write(*state, "photos/empty.jpg", "", 0);
    fixture_write_painted(*state, "comics/page.png", 200, 200, 0);
    fixture_write_painted(*state, "comics/small.png", 20, 200, 0);
    struct cg_image blank = fixture_paint(80, 80, 255);
    memset(blank.pixels, 250, (size_t)80 * 80 * 3);
    temp_write_png(*state, "comics/blank.png", &blank);
    cg_image_clear(&blank);

    struct fixture_setting setting = fixture_setting(*state, true);
    struct cg_dataset *dataset = fixture_must_open(&setting);
    struct cg_dataset_counts counts = fixture_counts(dataset);
    assert_int_equal(counts.photos, 4);
    assert_int_equal(counts.validation, 0);
    assert_int_equal(counts.photos_skipped, 4);
    assert_int_equal(counts.comics, 1);
    assert_int_equal(counts.comics_skipped, 2);
    assert_int_equal(counts.duplicates, 1);
    assert_non_null(strstr(counts.skip_reason, "broken.png"));
    cg_dataset_free(dataset);
    fixture_setting_clear(&setting);
}

static void held_out_photos_are_never_drawn(void **state)
{
    enum { PHOTOS = 10, DRAWS = 1000 };
    fixture_write_photos(*state, PHOTOS, 100, 80);
    struct fixture_setting setting = fixture_setting(*state, false);
    struct cg_dataset *dataset = fixture_must_open(&setting);
    assert_int_equal(fixture_counts(dataset).photos, PHOTOS);
    assert_int_equal(fixture_counts(dataset).validation, 1);

    struct cg_image photo, ink;
    assert_int_equal(cg_dataset_validation(dataset, 1, &photo, NULL, NULL, NULL), CG_ERR_ARGUMENT);
    assert_int_equal(cg_dataset_validation(dataset, 0, &photo, NULL, &ink, NULL), CG_OK);
    int held_out = photo.pixels[2], seen[PHOTOS] = {0};
    struct cg_image whole = fixture_paint(100, 80, held_out);
    assert_int_equal(photo.width, 100);
    assert_int_equal(photo.height, 80);
    assert_memory_equal(photo.pixels, whole.pixels, (size_t)100 * 80 * 3);
    assert_int_equal(ink.channels, 1);

    static float crop[3 * FIXTURE_CROP_FLOATS], colour[3 * FIXTURE_CROP_FLOATS],
        ink_crop[FIXTURE_CROP_FLOATS];
    for (uint64_t i = 0; i < DRAWS; i++) {
        struct cg_rng rng = cg_rng_make(1, 2, i);
        cg_dataset_photo_crop(dataset, &rng, NULL, crop, colour, ink_crop);
        seen[byte_of(crop[2])]++;
    }
    /* nine photos, 111 draws expected each; five standard deviations are 50 */
    for (int i = 0; i < PHOTOS; i++)
        assert_in_range(seen[i], i == held_out ? 0 : 61, i == held_out ? 0 : 161);
    cg_image_clear(&whole);
    cg_image_clear(&ink);
    cg_image_clear(&photo);
    cg_dataset_free(dataset);
    fixture_setting_clear(&setting);
}

/* ---- crops ----------------------------------------------------------------------------------- */

static void photo_crops_match_their_targets(void **state)
{
    fixture_write_painted(*state, "photos/one.png", 75, 60, 0); /* too small for a second scale */
    struct fixture_setting setting = fixture_setting(*state, false);
    struct cg_dataset *dataset = fixture_must_open(&setting);
    struct cg_image photo = fixture_paint(75, 60, 0), colour, ink;
    assert_int_equal(cg_teacher_draw(&photo, NULL, 0, &colour, &ink, NULL), CG_OK);
    static float crops[3][3 * FIXTURE_CROP_FLOATS];
    int mirrored_count = 0;
    for (uint64_t draw = 0; draw < 100; draw++) {
        struct cg_rng rng = cg_rng_make(5, 0, draw);
        cg_dataset_photo_crop(dataset, &rng, NULL, crops[0], crops[1], crops[2]);
        mirrored_count += crops[0][0] > crops[0][3];
        for (size_t i = 0; i < FIXTURE_CROP_FLOATS; i++) {
            size_t at =
                (size_t)byte_of(crops[0][3 * i + 1]) * 75 + (size_t)byte_of(crops[0][3 * i]);
            for (size_t c = 0; c < 3; c++)
                assert_int_equal(byte_of(crops[1][3 * i + c]), colour.pixels[3 * at + c]);
            assert_int_equal(byte_of(crops[2][i]), ink.pixels[at]);
        }
    }
    assert_in_range(mirrored_count, 25, 75); /* five standard deviations */
    cg_image_clear(&ink);
    cg_image_clear(&colour);
    cg_image_clear(&photo);
    cg_dataset_free(dataset);
    fixture_setting_clear(&setting);
}

/* Red is the column and green the row that a pixel of the photo stands at. */
static void shifted_crops_show_what_they_say(void **state)
{
    fixture_write_painted(*state, "photos/one.png", 75, 60, 0);
    struct fixture_setting setting = fixture_setting(*state, false);
    struct cg_dataset *dataset = fixture_must_open(&setting);
    static float crops[2][3 * FIXTURE_CROP_FLOATS], colour[3 * FIXTURE_CROP_FLOATS],
        ink[FIXTURE_CROP_FLOATS];
    int cut = 0;
    for (uint64_t draw = 0; draw < 100; draw++) {
        struct cg_rng rng = cg_rng_make(5, 0, draw), again = rng;
        struct cg_crop_shift shift = {4, -3};
        cg_dataset_photo_crop(dataset, &rng, NULL, crops[0], colour, ink);
        cg_dataset_photo_crop(dataset, &again, &shift, crops[1], colour, ink);
        assert_in_range(shift.right, 0, 4);
        assert_in_range(-shift.down, 0, 3);
        cut += shift.right != 4 || shift.down != -3;
        for (int y = -shift.down; y < FIXTURE_CROP_PX; y++)
            for (int x = 0; x < FIXTURE_CROP_PX - shift.right; x++)
                assert_memory_equal(crops[1] + 3 * (y * FIXTURE_CROP_PX + x),
                                    crops[0] +
                                        3 * ((y + shift.down) * FIXTURE_CROP_PX + x + shift.right),
                                    3 * sizeof(float));
    }
    assert_in_range(cut, 1, 60); /* at the photo's border */
    cg_dataset_free(dataset);
    fixture_setting_clear(&setting);
}

/* The face's middle is at (66, 46), near a corner: a crop drawn anywhere shows it one time in 9. */
static void crops_favour_faces(void **state)
{
    static const char list[] = "{\"one.png\": [[60, 40, 12, 12, 0.9]]}";
    fixture_write_painted(*state, "photos/one.png", 75, 60, 0);
    temp_write(*state, "faces.json", list, sizeof list - 1);
    struct fixture_setting setting = fixture_setting(*state, false);
    char *path = temp_path(*state, "faces.json");
    setting.options.faces_file = path;
    struct cg_dataset *dataset = fixture_must_open(&setting);
    static float crops[3][3 * FIXTURE_CROP_FLOATS];
    int shown = 0;
    for (uint64_t draw = 0; draw < 400; draw++) {
        struct cg_rng rng = cg_rng_make(5, 0, draw);
        cg_dataset_photo_crop(dataset, &rng, NULL, crops[0], crops[1], crops[2]);
        int one = byte_of(crops[0][0]), other = byte_of(crops[0][3 * (FIXTURE_CROP_PX - 1)]);
        int x = one < other ? one : other, y = byte_of(crops[0][1]);
        shown += x <= 66 && 66 < x + FIXTURE_CROP_PX && y <= 46 && 46 < y + FIXTURE_CROP_PX;
    }
    assert_in_range(shown, 120, 200); /* a third and more; 400 / 9 without the face */
    cg_dataset_free(dataset);
    fixture_setting_clear(&setting);
    free(path);
}

static void large_photos_are_drawn_at_two_scales(void **state)
{
    fixture_write_painted(*state, "photos/large.png", 200, 160, 7);
    struct fixture_setting setting = fixture_setting(*state, false);
    struct cg_dataset *dataset = fixture_must_open(&setting);
    static float crops[3][3 * FIXTURE_CROP_FLOATS];
    int first = 0, second = 0;
    for (uint64_t draw = 0; draw < 200; draw++) {
        struct cg_rng rng = cg_rng_make(5, 1, draw);
        cg_dataset_photo_crop(dataset, &rng, NULL, crops[0], crops[1], crops[2]);
        /* red rises by 1 a pixel of the file, so by 2 at 100 pixels and by 3.03 at 66 */
        float rise = fabsf(crops[0][3 * (FIXTURE_CROP_PX - 1)] - crops[0][0]) * 255.0f /
                     (FIXTURE_CROP_PX - 1);
        first += fabsf(rise - 2.0f) < 0.1f;
        second += fabsf(rise - 3.03f) < 0.1f;
    }
    assert_int_equal(first + second, 200);
    assert_in_range(second, 44, 115); /* 0.66 in 1.66, five standard deviations */
    cg_dataset_free(dataset);
    fixture_setting_clear(&setting);
}

/* Deviation from the plane through three corners, and the rise along each axis, in pixels of the
 * source: a crop of a painted picture, resampled well, is a plane. */
static void comic_crops_are_scaled_whole(void **state)
{
    enum { SIDE = 128 };
    fixture_write_photos(*state, 1, 200, 200);
    fixture_write_painted(*state, "comics/page.png", 240, 220, 60);
    struct fixture_setting setting = fixture_setting(*state, true);
    setting.options.crop_px = SIDE;
    setting.options.photo_long_px = 240;
    struct cg_dataset *dataset = fixture_must_open(&setting);
    float *crop = cg_alloc((size_t)SIDE * SIDE * 3, sizeof(*crop), "crop", NULL);
    int mirrored_count = 0;
    float least = 2.0f, most = 0.0f;
    for (uint64_t draw = 0; draw < 100; draw++) {
        struct cg_rng rng = cg_rng_make(5, 2, draw);
        cg_dataset_comic_crop(dataset, &rng, crop);
        float left = crop[0] * 255.0f, top = crop[1] * 255.0f;
        float across = (crop[3 * (SIDE - 1)] * 255.0f - left) / (SIDE - 1);
        float down = (crop[3 * SIDE * (SIDE - 1) + 1] * 255.0f - top) / (SIDE - 1);
        mirrored_count += across < 0.0f;
        least = fminf(least, down);
        most = fmaxf(most, down);
        assert_true(fabsf(fabsf(across) - down) < 1e-3f);
        for (int i = 0; i < SIDE * SIDE; i++) {
            float x = (float)(i % SIDE), y = (float)(i / SIDE);
            assert_true(fabsf(crop[3 * i] * 255.0f - left - across * x) < 1e-2f);
            assert_true(fabsf(crop[3 * i + 1] * 255.0f - top - down * y) < 1e-2f);
            /* 4 % of 240 and of 220 are left out, less the half pixel of a sample's width */
            assert_true(crop[3 * i] * 255.0f > 9.4f && crop[3 * i] * 255.0f < 229.6f);
            assert_true(crop[3 * i + 1] * 255.0f > 8.4f && crop[3 * i + 1] * 255.0f < 210.6f);
        }
    }
    assert_in_range(mirrored_count, 25, 75);
    assert_true(least >= 0.999f && least < 1.03f && most > 1.22f && most <= 1.251f);
    free(crop);
    cg_dataset_free(dataset);
    fixture_setting_clear(&setting);
}

static void a_comic_of_a_crops_size_comes_whole(void **state)
{
    fixture_write_photos(*state, 1, 60, 60);
    struct cg_image page = fixture_paint(FIXTURE_CROP_PX, FIXTURE_CROP_PX, 0);
    for (size_t i = 0; i < 3 * FIXTURE_CROP_FLOATS; i++)
        page.pixels[i] = (uint8_t)(i * 73 % 251);
    temp_write_png(*state, "comics/page.png", &page);
    struct fixture_setting setting = fixture_setting(*state, true);
    struct cg_dataset *dataset = fixture_must_open(&setting);
    static float crop[3 * FIXTURE_CROP_FLOATS];
    for (uint64_t draw = 0; draw < 10; draw++) {
        struct cg_rng rng = cg_rng_make(5, 6, draw);
        cg_dataset_comic_crop(dataset, &rng, crop);
        bool mirrored = byte_of(crop[0]) != page.pixels[0];
        for (size_t i = 0; i < FIXTURE_CROP_FLOATS; i++) {
            size_t x = i % FIXTURE_CROP_PX, at = i - x + (mirrored ? FIXTURE_CROP_PX - 1 - x : x);
            for (size_t c = 0; c < 3; c++)
                assert_int_equal(byte_of(crop[3 * i + c]), page.pixels[3 * at + c]);
        }
    }
    cg_image_clear(&page);
    cg_dataset_free(dataset);
    fixture_setting_clear(&setting);
}

/* The share of near-white pixels over many crops of a page that is white in the middle. */
static float white_fraction_max(const struct fixture_setting *setting)
{
    struct cg_dataset *dataset = fixture_must_open(setting);
    static float crop[3 * FIXTURE_CROP_FLOATS];
    float most = 0.0f;
    for (uint64_t draw = 0; draw < 200; draw++) {
        struct cg_rng rng = cg_rng_make(5, 3, draw);
        cg_dataset_comic_crop(dataset, &rng, crop);
        size_t white = 0;
        for (size_t i = 0; i < FIXTURE_CROP_FLOATS; i++)
            white += crop[3 * i] > 0.945f && crop[3 * i + 1] > 0.945f && crop[3 * i + 2] > 0.945f;
        most = fmaxf(most, (float)white / (float)FIXTURE_CROP_FLOATS);
    }
    cg_dataset_free(dataset);
    return most;
}

static void white_paper_is_kept_out_if_wanted(void **state)
{
    fixture_write_photos(*state, 1, 60, 60);
    struct cg_image page = fixture_paint(200, 200, 0);
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 200; x++) {
            bool inside = x >= 70 && x < 130 && y >= 70 && y < 130;
            int shade = inside ? 255 : (x * 37 + y * 91) % 200;
            fixture_put(page.pixels + 3 * (y * 200 + x), shade, shade, shade);
        }
    temp_write_png(*state, "comics/page.png", &page);
    cg_image_clear(&page);
    struct fixture_setting setting = fixture_setting(*state, true);
    setting.options.comic_white_max = 1.0f;
    assert_true(white_fraction_max(&setting) > 0.5f);
    setting.options.comic_white_max = 0.125f;
    /* judging looks at every fourth pixel only; more than half of the tries succeed */
    assert_true(white_fraction_max(&setting) < 0.16f);
    fixture_setting_clear(&setting);
}

static void crops_depend_on_nothing_but_the_generator(void **state)
{
    fixture_write_photos(*state, 5, 100, 90);
    fixture_write_painted(*state, "comics/a.png", 200, 200, 0);
    fixture_write_painted(*state, "comics/b.png", 210, 190, 0);
    struct fixture_setting setting = fixture_setting(*state, true);
    char *other_cache = temp_path(*state, "other");
    struct cg_dataset *datasets[2];
    assert_int_equal(fixture_try_open(&setting, 1, &datasets[0], NULL), CG_OK);
    char *old_name = temp_path(*state, "photos/00.png"),
         *new_name = temp_path(*state, "photos/z/z.png");
    assert_int_equal(rename(old_name, new_name), 0);
    setting.options.cache_dir = other_cache;
    assert_int_equal(fixture_try_open(&setting, 3, &datasets[1], NULL), CG_OK);
    assert_true(fixture_counts(datasets[0]).fingerprint == fixture_counts(datasets[1]).fingerprint);
    static float crops[2][10 * FIXTURE_CROP_FLOATS];
    for (uint64_t draw = 0; draw < 50; draw++) {
        for (int i = 0; i < 2; i++) {
            struct cg_rng rng = cg_rng_make(5, 4, draw);
            cg_dataset_photo_crop(datasets[i], &rng, NULL, crops[i],
                                  crops[i] + 3 * FIXTURE_CROP_FLOATS,
                                  crops[i] + 6 * FIXTURE_CROP_FLOATS);
            cg_dataset_comic_crop(datasets[i], &rng, crops[i] + 7 * FIXTURE_CROP_FLOATS);
        }
        assert_memory_equal(crops[0], crops[1], sizeof(crops[0]));
    }
    cg_dataset_free(datasets[1]);
    setting.options.comic_white_max = 1.0f;
    datasets[1] = fixture_must_open(&setting);
    assert_true(fixture_counts(datasets[0]).fingerprint != fixture_counts(datasets[1]).fingerprint);
    for (int i = 0; i < 2; i++)
        cg_dataset_free(datasets[i]);
    free(new_name);
    free(old_name);
    free(other_cache);
    fixture_setting_clear(&setting);
}

#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, temp_folder_setup, temp_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(counts_and_skips),
        IN_FOLDER(held_out_photos_are_never_drawn),
        IN_FOLDER(photo_crops_match_their_targets),
        IN_FOLDER(shifted_crops_show_what_they_say),
        IN_FOLDER(crops_favour_faces),
        IN_FOLDER(large_photos_are_drawn_at_two_scales),
        IN_FOLDER(comic_crops_are_scaled_whole),
        IN_FOLDER(a_comic_of_a_crops_size_comes_whole),
        IN_FOLDER(white_paper_is_kept_out_if_wanted),
        IN_FOLDER(crops_depend_on_nothing_but_the_generator),
    };
    return cmocka_run_group_tests_name("data set", tests, NULL, NULL);
}
