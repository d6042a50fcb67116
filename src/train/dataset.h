/*
 * The training data: DIR/photos with their targets, DIR/comics, both as crops.
 *
 * Pictures are found in any depth of folders, decoded once, brought to the training scale and kept
 * in a cache folder as raw planar files named by the content's hash; the cache is mapped, not read,
 * so memory is bounded and a second start takes no time. A crop depends only on the generator of
 * random numbers handed in.
 */
#ifndef CG_TRAIN_DATASET_H
#define CG_TRAIN_DATASET_H

#include "base/pool.h"
#include "base/rng.h"

struct cg_dataset;

struct cg_dataset_options {
    const char *photos_dir;
    const char *comics_dir; /* NULL: none wanted */
    const char *cache_dir;  /* made if missing */
    int crop_px;            /* side of the crops, a multiple of 4 */
    int photo_long_px;      /* photos longer than this are reduced to it before targets are made */
    int comic_long_px;      /* the same for comics */
};

/* Told while files are being prepared; done of total, both kinds together. May be NULL. */
typedef void (*cg_dataset_progress_fn)(void *context, size_t done, size_t total);

/*
 * Find, decode and cache everything, with the pool's threads. Unreadable or too small pictures are
 * skipped and counted. Errors, with advice: CG_ERR_IO (a folder is missing or cannot be made),
 * CG_ERR_FORMAT (no pictures, or none that is readable and at least crop_px on both sides).
 */
enum cg_status cg_dataset_open(const struct cg_dataset_options *options, struct cg_pool *pool,
                               cg_dataset_progress_fn progress, void *progress_context,
                               struct cg_dataset **out, struct cg_error *error);
void cg_dataset_free(struct cg_dataset *dataset);

struct cg_dataset_counts {
    size_t photos, comics;                 /* usable */
    size_t photos_skipped, comics_skipped; /* unreadable, too small or blank */
    uint64_t fingerprint;                  /* of all usable content and the options */
};
void cg_dataset_get_counts(const struct cg_dataset *dataset, struct cg_dataset_counts *out);

/*
 * One random crop of one random photo, scaled at random between the options' size and a part of
 * it, mirrored half of the time. Thread-safe. Buffers of crop_px * crop_px pixels, row by row:
 *   photo, colour: 3 floats a pixel, 0 to 1; ink: 1 float a pixel, 0 paper to 1.
 */
void cg_dataset_photo_crop(const struct cg_dataset *dataset, struct cg_rng *rng, float *photo,
                           float *colour, float *ink);

/*
 * One random crop of a comic, never one that is more than an eighth near-white or nearly without
 * content (after a bounded number of tries the best one seen). 3 floats a pixel, 0 to 1.
 */
void cg_dataset_comic_crop(const struct cg_dataset *dataset, struct cg_rng *rng, float *comic);

#endif
