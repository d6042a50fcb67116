/* A data set of painted pictures: see fixture_dataset.h. */
#include "fixture_dataset.h"

#include "temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void fixture_put(uint8_t *pixel, int red, int green, int blue)
{
    pixel[0] = (uint8_t)red;
    pixel[1] = (uint8_t)green;
    pixel[2] = (uint8_t)blue;
}

struct cg_image fixture_paint(int width, int height, int number)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(width, height, 3, &image, NULL), CG_OK);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            fixture_put(image.pixels + 3 * ((size_t)y * (size_t)width + (size_t)x), x, y, number);
    return image;
}

void fixture_write_painted(const char *folder, const char *name, int width, int height, int number)
{
    struct cg_image image = fixture_paint(width, height, number);
    temp_write_png(folder, name, &image);
    cg_image_clear(&image);
}

void fixture_write_photos(const char *folder, int count, int width, int height)
{
    for (int i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof(name), "photos/%02d.png", i);
        fixture_write_painted(folder, name, width, height, i);
    }
}

struct fixture_setting fixture_setting(const char *folder, bool with_comics)
{
    struct fixture_setting setting = {.photos = temp_path(folder, "photos"),
                                      .comics = temp_path(folder, "comics"),
                                      .cache = temp_path(folder, "deep/cache")};
    setting.options = (struct cg_dataset_options){.photos_dir = setting.photos,
                                                  .comics_dir = with_comics ? setting.comics : NULL,
                                                  .cache_dir = setting.cache,
                                                  .crop_px = FIXTURE_CROP_PX,
                                                  .photo_long_px = 100,
                                                  .comic_long_px = 240,
                                                  .comic_white_max = 0.125f,
                                                  /* painted pictures look alike */
                                                  .keep_all = true};
    return setting;
}

void fixture_setting_clear(struct fixture_setting *setting)
{
    free(setting->cache);
    free(setting->comics);
    free(setting->photos);
}

enum cg_status fixture_try_open(const struct fixture_setting *setting, int threads,
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

struct cg_dataset *fixture_must_open(const struct fixture_setting *setting)
{
    struct cg_dataset *dataset;
    struct cg_error error;
    if (fixture_try_open(setting, 2, &dataset, &error) != CG_OK)
        fail_msg("%s", error.text);
    return dataset;
}

struct cg_dataset_counts fixture_counts(const struct cg_dataset *dataset)
{
    struct cg_dataset_counts counts;
    cg_dataset_get_counts(dataset, &counts);
    return counts;
}
