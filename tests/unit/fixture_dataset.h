/*
 * A data set of painted pictures. They are painted so that a pixel tells where it comes from: red
 * is its column, green its row, blue the number of its picture. What fails here fails the test.
 */
#ifndef CG_TESTS_UNIT_FIXTURE_DATASET_H
#define CG_TESTS_UNIT_FIXTURE_DATASET_H

#include "train/data/dataset.h"

#define FIXTURE_CROP_PX 32
#define FIXTURE_CROP_FLOATS ((size_t)FIXTURE_CROP_PX * FIXTURE_CROP_PX)

void fixture_put(uint8_t *pixel, int red, int green, int blue);

/* The caller clears it. */
struct cg_image fixture_paint(int width, int height, int number);
void fixture_write_painted(const char *folder, const char *name, int width, int height, int number);

/* photos/00.png, 01.png, ... */
void fixture_write_photos(const char *folder, int count, int width, int height);

/* The options' folders in one place that the caller frees. */
struct fixture_setting {
    struct cg_dataset_options options;
    char *photos, *comics, *cache;
};

struct fixture_setting fixture_setting(const char *folder, bool with_comics);
void fixture_setting_clear(struct fixture_setting *setting);

/* Open and prepare; *dataset is NULL after a failure. */
enum cg_status fixture_try_open(const struct fixture_setting *setting, int threads,
                                struct cg_dataset **dataset, struct cg_error *error);
struct cg_dataset *fixture_must_open(const struct fixture_setting *setting);

struct cg_dataset_counts fixture_counts(const struct cg_dataset *dataset);

#endif
