/* train: the data set: its cache, its progress, its errors. */
#include "fixture_dataset.h"

#include "temp_folder.h"
#include "train/data/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void expect_failure(const struct fixture_setting *setting, enum cg_status expected,
                           const char *text)
{
    struct cg_dataset *dataset;
    struct cg_error error;
    assert_int_equal(fixture_try_open(setting, 2, &dataset, &error), expected);
    assert_null(dataset);
    if (strstr(error.text, text) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", text, error.text);
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

static void open_and_close(const struct fixture_setting *setting)
{
    cg_dataset_free(fixture_must_open(setting));
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
    fixture_write_photos(*state, 4, 70, 60);
    fixture_write_painted(*state, "comics/page.png", 200, 200, 0);
    struct fixture_setting setting = fixture_setting(*state, true);
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
    fixture_setting_clear(&setting);
}

static void make_old(const char *path)
{
    const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Entries that are in use stay, however old; other files always do. */
static void what_is_of_no_use_is_cleaned_away(void **state)
{
    enum { PHOTOS = 3, COMICS = 1, FINDINGS = PHOTOS + COMICS };
    fixture_write_photos(*state, PHOTOS, 70, 60);
    fixture_write_painted(*state, "comics/page.png", 200, 200, 0);
    struct fixture_setting both = fixture_setting(*state, true);
    struct entry_state entries[PHOTOS + COMICS];
    struct cg_cache_cleaned cleaned;
    open_and_close(&both);
    size_t count = list_cache(both.cache, entries, PHOTOS + COMICS);
    for (size_t i = 0; i < count; i++)
        make_old(entries[i].path);
    temp_write(both.cache, "0123456789abcdef0123456789abcdef.photo.old", "mine", 4);
    struct fixture_setting photos = fixture_setting(*state, false);
    open_and_close(&photos);
    assert_int_equal(cg_cache_clean(both.cache, 30, &cleaned, NULL), CG_OK);
    assert_int_equal(cleaned.removed, COMICS);
    assert_int_equal(cleaned.kept, PHOTOS + FINDINGS);
    assert_int_equal(list_cache(both.cache, entries, PHOTOS + COMICS), PHOTOS + 1);
    assert_int_equal(cg_cache_clean(both.cache, 0, &cleaned, NULL), CG_OK);
    assert_int_equal(cleaned.kept, 0);
    assert_int_equal(list_cache(both.cache, entries, PHOTOS + COMICS), 1);
    open_and_close(&both);
    assert_int_equal(cg_cache_clean("/nowhere", 0, &cleaned, NULL), CG_ERR_IO);
    fixture_setting_clear(&photos);
    fixture_setting_clear(&both);
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
    fixture_write_photos(*state, 2, 70, 60);
    struct fixture_setting setting = fixture_setting(*state, false);
    open_and_close(&setting);
    char *source = temp_path(*state, "photos/01.png");
    replace_unnoticed(source);
    struct cg_dataset *dataset = fixture_must_open(&setting);
    assert_int_equal(fixture_counts(dataset).photos, 2);
    cg_dataset_free(dataset);
    temp_write(setting.cache, "sources.txt", "comicgan sources 2\nnonsense\n", 28);
    dataset = fixture_must_open(&setting);
    assert_int_equal(fixture_counts(dataset).photos, 1);
    assert_int_equal(fixture_counts(dataset).photos_skipped, 1);
    cg_dataset_free(dataset);
    free(source);
    fixture_setting_clear(&setting);
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
    fixture_write_photos(*state, 6, 60, 50);
    temp_write(*state, "photos/broken.png", "x", 1);
    fixture_write_painted(*state, "photos/copy.png", 60, 50, 3);
    struct fixture_setting setting = fixture_setting(*state, false);
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
    fixture_setting_clear(&setting);
}

/* ---- failures -------------------------------------------------------------------------------- */

static void failures_say_what_to_do(void **state)
{
    struct fixture_setting setting = fixture_setting(*state, true);
    expect_failure(&setting, CG_ERR_IO, "photos: ");
    char *note = temp_path(*state, "photos/note.txt");
    expect_failure(&setting, CG_ERR_IO, "comics: ");
    temp_write(*state, "comics/page.png", "x", 1);
    expect_failure(&setting, CG_ERR_FORMAT, "no .png, .jpg or .jpeg files in ");
    temp_write(*state, "photos/b.png", "x", 1);
    temp_write(*state, "photos/a.png", "x", 1);
    expect_failure(&setting, CG_ERR_FORMAT, "none of the 2 files in ");
    expect_failure(&setting, CG_ERR_FORMAT, "/photos/a.png");
    fixture_write_painted(*state, "photos/c.png", 31, 90, 0);
    expect_failure(&setting, CG_ERR_FORMAT, "the largest is 31 x 90, crops are 32");
    expect_failure(&setting, CG_ERR_FORMAT, "--crop 28");
    fixture_write_photos(*state, 1, 60, 60);
    expect_failure(&setting, CG_ERR_FORMAT, "comics: none of the 1 files");
    free(note);
    fixture_setting_clear(&setting);
}

static void options_out_of_range_are_refused(void **state)
{
    fixture_write_photos(*state, 1, 60, 60);
    struct fixture_setting setting = fixture_setting(*state, false);
    int sides[] = {0, -4, 30, CG_DATASET_CROP_MAX_PX + 4};
    for (size_t i = 0; i < 4; i++) {
        setting.options.crop_px = sides[i];
        expect_failure(&setting, CG_ERR_ARGUMENT, "crops: expected a multiple of 4");
    }
    setting.options.crop_px = 128;
    expect_failure(&setting, CG_ERR_ARGUMENT, "too small for crops of 128");
    setting.options.crop_px = FIXTURE_CROP_PX;
    temp_write(*state, "deep/cache", "a file in the way", 17);
    expect_failure(&setting, CG_ERR_IO, "deep/cache");
    fixture_setting_clear(&setting);
}

#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, temp_folder_setup, temp_folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(entries_are_reused_and_damaged_ones_remade),
        IN_FOLDER(what_is_of_no_use_is_cleaned_away),
        IN_FOLDER(known_sources_are_not_read_again),
        IN_FOLDER(progress_counts_to_the_end),
        IN_FOLDER(failures_say_what_to_do),
        IN_FOLDER(options_out_of_range_are_refused),
    };
    return cmocka_run_group_tests_name("data set files", tests, NULL, NULL);
}
