/* train: the data set. Pictures are painted so that a pixel tells where it comes from: red is its
 * column, green its row, blue the number of its picture. */
#include "train/dataset.h"

#include "base/file.h"
#include "base/memory.h"
#include "temp_folder.h"
#include "train/target.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- helpers --------------------------------------------------------------------------------- */

#define CROP_PX 32
#define CROP_FLOATS ((size_t)CROP_PX * CROP_PX)

static void put(uint8_t *pixel, int red, int green, int blue)
{
    pixel[0] = (uint8_t)red;
    pixel[1] = (uint8_t)green;
    pixel[2] = (uint8_t)blue;
}

static struct cg_image paint(int width, int height, int number)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(width, height, 3, &image, NULL), CG_OK);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            put(image.pixels + 3 * ((size_t)y * (size_t)width + (size_t)x), x, y, number);
    return image;
}

static void write_painted(const char *folder, const char *name, int width, int height, int number)
{
    struct cg_image image = paint(width, height, number);
    temp_write_png(folder, name, &image);
    cg_image_clear(&image);
}

/* photos/00.png, 01.png, ... */
static void write_photos(const char *folder, int count, int width, int height)
{
    for (int i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof(name), "photos/%02d.png", i);
        write_painted(folder, name, width, height, i);
    }
}

/* The options' folders in one place that the caller frees. */
struct setting {
    struct cg_dataset_options options;
    char *photos, *comics, *cache;
};

static struct setting setting_create(const char *folder, bool with_comics)
{
    struct setting setting = {.photos = temp_path(folder, "photos"),
                              .comics = temp_path(folder, "comics"),
                              .cache = temp_path(folder, "deep/cache")};
    setting.options = (struct cg_dataset_options){.photos_dir = setting.photos,
                                                  .comics_dir = with_comics ? setting.comics : NULL,
                                                  .cache_dir = setting.cache,
                                                  .crop_px = CROP_PX,
                                                  .photo_long_px = 100,
                                                  .comic_long_px = 240,
                                                  .comic_white_max = 0.125f,
                                                  /* painted pictures look alike */
                                                  .keep_all = true};
    return setting;
}

static void setting_clear(struct setting *setting)
{
    free(setting->cache);
    free(setting->comics);
    free(setting->photos);
}

static enum cg_status try_open(const struct setting *setting, int threads,
                               struct cg_dataset **dataset, struct cg_error *error)
{
    struct cg_pool *pool;
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    enum cg_status status = cg_dataset_open(&setting->options, pool, NULL, NULL, dataset, error);
    if (status == CG_OK)
        status = cg_dataset_prepare(*dataset, pool, NULL, NULL, error);
    if (status != CG_OK) {
        cg_dataset_free(*dataset);
        *dataset = NULL;
    }
    cg_pool_free(pool);
    return status;
}

static struct cg_dataset *must_open(const struct setting *setting)
{
    struct cg_dataset *dataset;
    struct cg_error error;
    if (try_open(setting, 2, &dataset, &error) != CG_OK)
        fail_msg("%s", error.text);
    return dataset;
}

static struct cg_dataset_counts counts_of(const struct cg_dataset *dataset)
{
    struct cg_dataset_counts counts;
    cg_dataset_get_counts(dataset, &counts);
    return counts;
}

static void expect_failure(const struct setting *setting, enum cg_status expected, const char *text)
{
    struct cg_dataset *dataset;
    struct cg_error error;
    assert_int_equal(try_open(setting, 2, &dataset, &error), expected);
    assert_null(dataset);
    if (strstr(error.text, text) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", text, error.text);
}

static int byte_of(float value)
{
    assert_true(value >= 0.0f && value <= 1.0f);
    return (int)lrintf(value * 255.0f);
}

/* ---- what is used ---------------------------------------------------------------------------- */

static void counts_and_skips(void **state)
{
    write_photos(*state, 4, 60, 50);
    write_painted(*state, "photos/in/copy.png", 60, 50, 3);
    write_painted(*state, "photos/in/narrow.png", 60, CROP_PX - 1, 9);
    write_painted(*state, "photos/in/panorama.png", 230, CROP_PX + 1, 9);
    temp_write(*state, "photos/broken.png", "not a picture", 13);
    temp_write(*state, "photos/empty.jpg", "", 0);
    write_painted(*state, "comics/page.png", 200, 200, 0);
    write_painted(*state, "comics/small.png", 20, 200, 0);
    struct cg_image blank = paint(80, 80, 255);
    memset(blank.pixels, 250, (size_t)80 * 80 * 3);
    temp_write_png(*state, "comics/blank.png", &blank);
    cg_image_clear(&blank);

    struct setting setting = setting_create(*state, true);
    struct cg_dataset *dataset = must_open(&setting);
    struct cg_dataset_counts counts = counts_of(dataset);
    assert_int_equal(counts.photos, 4);
    assert_int_equal(counts.validation, 0);
    assert_int_equal(counts.photos_skipped, 4);
    assert_int_equal(counts.comics, 1);
    assert_int_equal(counts.comics_skipped, 2);
    assert_int_equal(counts.duplicates, 1);
    assert_non_null(strstr(counts.skip_reason, "broken.png"));
    cg_dataset_free(dataset);
    setting_clear(&setting);
}

static void held_out_photos_are_never_drawn(void **state)
{
    enum { PHOTOS = 10, DRAWS = 1000 };
    write_photos(*state, PHOTOS, 100, 80);
    struct setting setting = setting_create(*state, false);
    struct cg_dataset *dataset = must_open(&setting);
    assert_int_equal(counts_of(dataset).photos, PHOTOS);
    assert_int_equal(counts_of(dataset).validation, 1);

    struct cg_image photo, ink;
    assert_int_equal(cg_dataset_validation(dataset, 1, &photo, NULL, NULL, NULL), CG_ERR_ARGUMENT);
    assert_int_equal(cg_dataset_validation(dataset, 0, &photo, NULL, &ink, NULL), CG_OK);
    int held_out = photo.pixels[2], seen[PHOTOS] = {0};
    struct cg_image whole = paint(100, 80, held_out);
    assert_int_equal(photo.width, 100);
    assert_int_equal(photo.height, 80);
    assert_memory_equal(photo.pixels, whole.pixels, (size_t)100 * 80 * 3);
    assert_int_equal(ink.channels, 1);

    static float crop[3 * CROP_FLOATS], colour[3 * CROP_FLOATS], ink_crop[CROP_FLOATS];
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
    setting_clear(&setting);
}

/* ---- crops ----------------------------------------------------------------------------------- */

static void photo_crops_match_their_targets(void **state)
{
    write_painted(*state, "photos/one.png", 75, 60, 0); /* too small for a second scale */
    struct setting setting = setting_create(*state, false);
    struct cg_dataset *dataset = must_open(&setting);
    struct cg_image photo = paint(75, 60, 0), colour, ink;
    assert_int_equal(cg_target_make(&photo, &colour, &ink, NULL), CG_OK);
    static float crops[3][3 * CROP_FLOATS];
    int mirrored_count = 0;
    for (uint64_t draw = 0; draw < 100; draw++) {
        struct cg_rng rng = cg_rng_make(5, 0, draw);
        cg_dataset_photo_crop(dataset, &rng, NULL, crops[0], crops[1], crops[2]);
        mirrored_count += crops[0][0] > crops[0][3];
        for (size_t i = 0; i < CROP_FLOATS; i++) {
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
    setting_clear(&setting);
}

/* Red is the column and green the row that a pixel of the photo stands at. */
static void shifted_crops_show_what_they_say(void **state)
{
    write_painted(*state, "photos/one.png", 75, 60, 0);
    struct setting setting = setting_create(*state, false);
    struct cg_dataset *dataset = must_open(&setting);
    static float crops[2][3 * CROP_FLOATS], colour[3 * CROP_FLOATS], ink[CROP_FLOATS];
    int cut = 0;
    for (uint64_t draw = 0; draw < 100; draw++) {
        struct cg_rng rng = cg_rng_make(5, 0, draw), again = rng;
        struct cg_crop_shift shift = {4, -3};
        cg_dataset_photo_crop(dataset, &rng, NULL, crops[0], colour, ink);
        cg_dataset_photo_crop(dataset, &again, &shift, crops[1], colour, ink);
        assert_in_range(shift.right, 0, 4);
        assert_in_range(-shift.down, 0, 3);
        cut += shift.right != 4 || shift.down != -3;
        for (int y = -shift.down; y < CROP_PX; y++)
            for (int x = 0; x < CROP_PX - shift.right; x++)
                assert_memory_equal(crops[1] + 3 * (y * CROP_PX + x),
                                    crops[0] + 3 * ((y + shift.down) * CROP_PX + x + shift.right),
                                    3 * sizeof(float));
    }
    assert_in_range(cut, 1, 60); /* at the photo's border */
    cg_dataset_free(dataset);
    setting_clear(&setting);
}

static void large_photos_are_drawn_at_two_scales(void **state)
{
    write_painted(*state, "photos/large.png", 200, 160, 7);
    struct setting setting = setting_create(*state, false);
    struct cg_dataset *dataset = must_open(&setting);
    static float crops[3][3 * CROP_FLOATS];
    int first = 0, second = 0;
    for (uint64_t draw = 0; draw < 200; draw++) {
        struct cg_rng rng = cg_rng_make(5, 1, draw);
        cg_dataset_photo_crop(dataset, &rng, NULL, crops[0], crops[1], crops[2]);
        /* red rises by 1 a pixel of the file, so by 2 at 100 pixels and by 3.03 at 66 */
        float rise = fabsf(crops[0][3 * (CROP_PX - 1)] - crops[0][0]) * 255.0f / (CROP_PX - 1);
        first += fabsf(rise - 2.0f) < 0.1f;
        second += fabsf(rise - 3.03f) < 0.1f;
    }
    assert_int_equal(first + second, 200);
    assert_in_range(second, 44, 115); /* 0.66 in 1.66, five standard deviations */
    cg_dataset_free(dataset);
    setting_clear(&setting);
}

/* Deviation from the plane through three corners, and the rise along each axis, in pixels of the
 * source: a crop of a painted picture, resampled well, is a plane. */
static void comic_crops_are_scaled_whole(void **state)
{
    enum { SIDE = 128 };
    write_photos(*state, 1, 200, 200);
    write_painted(*state, "comics/page.png", 240, 220, 60);
    struct setting setting = setting_create(*state, true);
    setting.options.crop_px = SIDE;
    setting.options.photo_long_px = 240;
    struct cg_dataset *dataset = must_open(&setting);
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
    setting_clear(&setting);
}

static void a_comic_of_a_crops_size_comes_whole(void **state)
{
    write_photos(*state, 1, 60, 60);
    struct cg_image page = paint(CROP_PX, CROP_PX, 0);
    for (size_t i = 0; i < 3 * CROP_FLOATS; i++)
        page.pixels[i] = (uint8_t)(i * 73 % 251);
    temp_write_png(*state, "comics/page.png", &page);
    struct setting setting = setting_create(*state, true);
    struct cg_dataset *dataset = must_open(&setting);
    static float crop[3 * CROP_FLOATS];
    for (uint64_t draw = 0; draw < 10; draw++) {
        struct cg_rng rng = cg_rng_make(5, 6, draw);
        cg_dataset_comic_crop(dataset, &rng, crop);
        bool mirrored = byte_of(crop[0]) != page.pixels[0];
        for (size_t i = 0; i < CROP_FLOATS; i++) {
            size_t x = i % CROP_PX, at = i - x + (mirrored ? CROP_PX - 1 - x : x);
            for (size_t c = 0; c < 3; c++)
                assert_int_equal(byte_of(crop[3 * i + c]), page.pixels[3 * at + c]);
        }
    }
    cg_image_clear(&page);
    cg_dataset_free(dataset);
    setting_clear(&setting);
}

/* The share of near-white pixels over many crops of a page that is white in the middle. */
static float white_share_most(const struct setting *setting)
{
    struct cg_dataset *dataset = must_open(setting);
    static float crop[3 * CROP_FLOATS];
    float most = 0.0f;
    for (uint64_t draw = 0; draw < 200; draw++) {
        struct cg_rng rng = cg_rng_make(5, 3, draw);
        cg_dataset_comic_crop(dataset, &rng, crop);
        size_t white = 0;
        for (size_t i = 0; i < CROP_FLOATS; i++)
            white += crop[3 * i] > 0.945f && crop[3 * i + 1] > 0.945f && crop[3 * i + 2] > 0.945f;
        most = fmaxf(most, (float)white / (float)CROP_FLOATS);
    }
    cg_dataset_free(dataset);
    return most;
}

static void white_paper_is_kept_out_if_wanted(void **state)
{
    write_photos(*state, 1, 60, 60);
    struct cg_image page = paint(200, 200, 0);
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 200; x++) {
            bool inside = x >= 70 && x < 130 && y >= 70 && y < 130;
            int shade = inside ? 255 : (x * 37 + y * 91) % 200;
            put(page.pixels + 3 * (y * 200 + x), shade, shade, shade);
        }
    temp_write_png(*state, "comics/page.png", &page);
    cg_image_clear(&page);
    struct setting setting = setting_create(*state, true);
    setting.options.comic_white_max = 1.0f;
    assert_true(white_share_most(&setting) > 0.5f);
    setting.options.comic_white_max = 0.125f;
    /* judging looks at every fourth pixel only; more than half of the tries succeed */
    assert_true(white_share_most(&setting) < 0.16f);
    setting_clear(&setting);
}

static void crops_depend_on_nothing_but_the_generator(void **state)
{
    write_photos(*state, 5, 100, 90);
    write_painted(*state, "comics/a.png", 200, 200, 0);
    write_painted(*state, "comics/b.png", 210, 190, 0);
    struct setting setting = setting_create(*state, true);
    char *other_cache = temp_path(*state, "other");
    struct cg_dataset *datasets[2];
    assert_int_equal(try_open(&setting, 1, &datasets[0], NULL), CG_OK);
    char *old_name = temp_path(*state, "photos/00.png"),
         *new_name = temp_path(*state, "photos/z/z.png");
    assert_int_equal(rename(old_name, new_name), 0);
    setting.options.cache_dir = other_cache;
    assert_int_equal(try_open(&setting, 3, &datasets[1], NULL), CG_OK);
    assert_true(counts_of(datasets[0]).fingerprint == counts_of(datasets[1]).fingerprint);
    static float crops[2][10 * CROP_FLOATS];
    for (uint64_t draw = 0; draw < 50; draw++) {
        for (int i = 0; i < 2; i++) {
            struct cg_rng rng = cg_rng_make(5, 4, draw);
            cg_dataset_photo_crop(datasets[i], &rng, NULL, crops[i], crops[i] + 3 * CROP_FLOATS,
                                  crops[i] + 6 * CROP_FLOATS);
            cg_dataset_comic_crop(datasets[i], &rng, crops[i] + 7 * CROP_FLOATS);
        }
        assert_memory_equal(crops[0], crops[1], sizeof(crops[0]));
    }
    cg_dataset_free(datasets[1]);
    setting.options.comic_white_max = 1.0f;
    datasets[1] = must_open(&setting);
    assert_true(counts_of(datasets[0]).fingerprint != counts_of(datasets[1]).fingerprint);
    for (int i = 0; i < 2; i++)
        cg_dataset_free(datasets[i]);
    free(new_name);
    free(old_name);
    free(other_cache);
    setting_clear(&setting);
}

/* ---- the cache ------------------------------------------------------------------------------- */

struct entry_state {
    char path[512];
    struct stat about;
};

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct entry_state *)a)->path, ((const struct entry_state *)b)->path);
}

/* The cache's pictures, by name. */
static size_t list_cache(const char *cache, struct entry_state *entries, size_t room)
{
    size_t count = 0;
    DIR *stream = opendir(cache);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (strstr(entry->d_name, ".photo") == NULL && strstr(entry->d_name, ".comic") == NULL)
            continue;
        assert_true(count < room);
        snprintf(entries[count].path, sizeof(entries[count].path), "%s/%s", cache, entry->d_name);
        assert_int_equal(stat(entries[count].path, &entries[count].about), 0);
        count++;
    }
    closedir(stream);
    qsort(entries, count, sizeof(*entries), compare_entries);
    return count;
}

static bool same_file(const struct entry_state *a, const struct entry_state *b)
{
    return a->about.st_mtim.tv_sec == b->about.st_mtim.tv_sec &&
           a->about.st_mtim.tv_nsec == b->about.st_mtim.tv_nsec;
}

static void open_and_close(const struct setting *setting)
{
    cg_dataset_free(must_open(setting));
}

static void flip_byte(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 1, file), byte ^ 1);
    assert_int_equal(fclose(file), 0);
}

static void entries_are_reused_and_damaged_ones_remade(void **state)
{
    enum { ENTRIES = 5 };
    write_photos(*state, 4, 70, 60);
    write_painted(*state, "comics/page.png", 200, 200, 0);
    struct setting setting = setting_create(*state, true);
    struct entry_state before[ENTRIES], after[ENTRIES];
    open_and_close(&setting);
    assert_int_equal(list_cache(setting.cache, before, ENTRIES), ENTRIES);
    open_and_close(&setting);
    assert_int_equal(list_cache(setting.cache, after, ENTRIES), ENTRIES);
    for (int i = 0; i < ENTRIES; i++)
        assert_true(same_file(&before[i], &after[i]));

    assert_int_equal(truncate(before[0].path, before[0].about.st_size - 1), 0);
    assert_int_equal(truncate(before[1].path, 10), 0);
    for (long byte = 0; byte < 64; byte += 4) { /* every field of the header */
        flip_byte(before[2].path, byte);
        struct stat damaged, remade;
        assert_int_equal(stat(before[2].path, &damaged), 0);
        open_and_close(&setting);
        assert_int_equal(stat(before[2].path, &remade), 0);
        assert_int_equal(remade.st_size, before[2].about.st_size);
        assert_true(remade.st_ino != damaged.st_ino ||
                    remade.st_mtim.tv_nsec != damaged.st_mtim.tv_nsec);
    }
    assert_int_equal(list_cache(setting.cache, after, ENTRIES), ENTRIES);
    for (int i = 0; i < ENTRIES; i++) {
        assert_int_equal(before[i].about.st_size, after[i].about.st_size);
        assert_true(same_file(&before[i], &after[i]) == (i > 2));
    }
    setting_clear(&setting);
}

/* Other bytes of the same length and with the same time. */
static void replace_unnoticed(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    flip_byte(path, 0);
    struct timespec times[2] = {about.st_atim, about.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void known_sources_are_not_read_again(void **state)
{
    write_photos(*state, 2, 70, 60);
    struct setting setting = setting_create(*state, false);
    open_and_close(&setting);
    char *source = temp_path(*state, "photos/01.png");
    replace_unnoticed(source);
    struct cg_dataset *dataset = must_open(&setting);
    assert_int_equal(counts_of(dataset).photos, 2);
    cg_dataset_free(dataset);
    temp_write(setting.cache, "sources.txt", "comicgan sources 1\nnonsense\n", 28);
    dataset = must_open(&setting);
    assert_int_equal(counts_of(dataset).photos, 1);
    assert_int_equal(counts_of(dataset).photos_skipped, 1);
    cg_dataset_free(dataset);
    free(source);
    setting_clear(&setting);
}

/* Seven are looked at; six of them are then prepared. */
static void note_progress(void *context, enum cg_dataset_phase phase, size_t done, size_t total)
{
    size_t *last = context;
    assert_int_equal(done, last[phase] + 1);
    assert_int_equal(total, phase == CG_DATASET_INSPECTING ? 7 : 6);
    last[phase] = done;
}

static void progress_counts_to_the_end(void **state)
{
    write_photos(*state, 6, 60, 50);
    temp_write(*state, "photos/broken.png", "x", 1);
    write_painted(*state, "photos/copy.png", 60, 50, 3);
    struct setting setting = setting_create(*state, false);
    struct cg_pool *pool;
    struct cg_dataset *dataset;
    size_t last[2] = {0};
    assert_int_equal(cg_pool_create(3, &pool, NULL), CG_OK);
    assert_int_equal(cg_dataset_open(&setting.options, pool, note_progress, last, &dataset, NULL),
                     CG_OK);
    assert_int_equal(cg_dataset_prepare(dataset, pool, note_progress, last, NULL), CG_OK);
    assert_int_equal(last[CG_DATASET_INSPECTING], 7);
    assert_int_equal(last[CG_DATASET_PREPARING], 6);
    cg_dataset_free(dataset);
    cg_pool_free(pool);
    setting_clear(&setting);
}

/* ---- failures -------------------------------------------------------------------------------- */

static void failures_say_what_to_do(void **state)
{
    struct setting setting = setting_create(*state, true);
    expect_failure(&setting, CG_ERR_IO, "photos: ");
    char *note = temp_path(*state, "photos/note.txt");
    expect_failure(&setting, CG_ERR_IO, "comics: ");
    temp_write(*state, "comics/page.png", "x", 1);
    expect_failure(&setting, CG_ERR_FORMAT, "no .png, .jpg or .jpeg files in ");
    temp_write(*state, "photos/b.png", "x", 1);
    temp_write(*state, "photos/a.png", "x", 1);
    expect_failure(&setting, CG_ERR_FORMAT, "none of the 2 files in ");
    expect_failure(&setting, CG_ERR_FORMAT, "/photos/a.png");
    write_painted(*state, "photos/c.png", 31, 90, 0);
    expect_failure(&setting, CG_ERR_FORMAT, "the largest is 31 x 90, crops are 32");
    expect_failure(&setting, CG_ERR_FORMAT, "--crop 28");
    write_photos(*state, 1, 60, 60);
    expect_failure(&setting, CG_ERR_FORMAT, "comics: none of the 1 files");
    free(note);
    setting_clear(&setting);
}

static void options_out_of_range_are_refused(void **state)
{
    write_photos(*state, 1, 60, 60);
    struct setting setting = setting_create(*state, false);
    int sides[] = {0, -4, 30, CG_DATASET_CROP_MAX_PX + 4};
    for (size_t i = 0; i < 4; i++) {
        setting.options.crop_px = sides[i];
        expect_failure(&setting, CG_ERR_ARGUMENT, "crops: expected a multiple of 4");
    }
    setting.options.crop_px = 128;
    expect_failure(&setting, CG_ERR_ARGUMENT, "too small for crops of 128");
    setting.options.crop_px = CROP_PX;
    temp_write(*state, "deep/cache", "a file in the way", 17);
    expect_failure(&setting, CG_ERR_IO, "deep/cache");
    setting_clear(&setting);
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
        IN_FOLDER(large_photos_are_drawn_at_two_scales),
        IN_FOLDER(comic_crops_are_scaled_whole),
        IN_FOLDER(a_comic_of_a_crops_size_comes_whole),
        IN_FOLDER(white_paper_is_kept_out_if_wanted),
        IN_FOLDER(crops_depend_on_nothing_but_the_generator),
        IN_FOLDER(entries_are_reused_and_damaged_ones_remade),
        IN_FOLDER(known_sources_are_not_read_again),
        IN_FOLDER(progress_counts_to_the_end),
        IN_FOLDER(failures_say_what_to_do),
        IN_FOLDER(options_out_of_range_are_refused),
    };
    return cmocka_run_group_tests_name("data set", tests, NULL, NULL);
}
