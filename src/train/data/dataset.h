/*
 * The training data: photos with their targets, and comics, both as crops.
 *
 * Pictures are found in folders of any depth and inspected (findings.h); unsuitable ones are left
 * out. Comic pages are cut into panels, and crops come from inside one. Suitable pictures are
 * resized to training scale and kept in a cache folder as raw planar files named by content hash;
 * the cache is mapped, not read, so memory is bounded and a second start takes no time. A crop
 * depends only on the random generator passed in and on the pictures' contents, not on names or
 * threads.
 *
 * Targets depend on the scale at which they are made, and ink would blur if resized: so large
 * photos are prepared at two scales, photo_long_px and 0.66 of it, and photo crops are never
 * resized.
 *
 * About 3 % of the photos (none of fewer than 8, then 1 to 16) are held out for validation and
 * never seen in crops; the contents' hashes decide which.
 */
#ifndef CG_TRAIN_DATA_DATASET_H
#define CG_TRAIN_DATA_DATASET_H

#include "base/pool.h"
#include "base/rng.h"
#include "image/image.h"
#include "train/comm/ranks.h"

#define CG_DATASET_CROP_MAX_PX 512
#define CG_DATASET_VALIDATION_MAX 16

struct cg_dataset;

struct cg_dataset_options {
    const char *photos_dir;
    const char *comics_dir; /* NULL: none wanted */
    const char *cache_dir;  /* created if missing; data sets may share one */
    int crop_px;            /* side of the crops, a multiple of 4 up to CG_DATASET_CROP_MAX_PX */
    int photo_long_px;      /* photos longer than this are reduced to it before targets are made */
    float photo_grow;       /* shorter ones are enlarged towards it, up to this factor */
    int comic_long_px;      /* the same for comics, which are never enlarged */
    const char *faces_file; /* where the photos' faces are (face_list.h), or NULL */
    float comic_line_px;    /* comics are reduced until their lines are this wide; 0: only to
                               comic_long_px */
    float comic_white_max;  /* share of near-white pixels up to which a comic crop is accepted:
                               0.125 keeps out gutters, 1 is for styles on white paper; below 0:
                               0.125, or 0.6 where there is much paper inside the panels */
    bool keep_all;    /* also pages of text, almost white ones, and pictures that look alike */
    bool strict;      /* damaged pictures count as unreadable */
    int pictures_min; /* fewer of a kind are refused; 0 means 1 */
    float palette;    /* how far the targets' colours follow the comics', 0 to 1 (comic_palette.h);
                         not used without comics */
    struct cg_ranks *ranks; /* which each prepare a part at the same time; may be NULL */
};

enum cg_dataset_phase { CG_DATASET_INSPECTING, CG_DATASET_PREPARING };

/* Called for every prepared picture, with the counts of both kinds together, from any of the pool's
 * threads, one at a time. May be NULL. */
typedef void (*cg_dataset_progress_fn)(void *context, enum cg_dataset_phase phase, size_t done,
                                       size_t total);

/*
 * Find the pictures and inspect them, with the pool's threads. Unsuitable ones (source.h lists
 * reasons) are skipped and counted; copies of a picture count once. The options' strings must live
 * until the data set is prepared. Errors, with advice: CG_ERR_ARGUMENT; CG_ERR_IO (a folder is
 * missing or cannot be made, the cache cannot be written); CG_ERR_MEMORY.
 */
enum cg_status cg_dataset_open(const struct cg_dataset_options *options, struct cg_pool *pool,
                               cg_dataset_progress_fn progress, void *progress_context,
                               struct cg_dataset **out, struct cg_error *error);
void cg_dataset_free(struct cg_dataset *dataset);

/* Check that an open data set suffices for training. Error, with advice: CG_ERR_FORMAT (no
 * pictures, too few, or none suitable). */
enum cg_status cg_dataset_check(struct cg_dataset *dataset, struct cg_error *error);

/*
 * A description for people of what was found in the folders, and what will be skipped and why:
 * lines with newlines, to be freed. NULL if out of memory.
 */
char *cg_dataset_describe(const struct cg_dataset *dataset);

/*
 * The same in full, picture by picture, as JSON in the file path. Errors: CG_ERR_IO, CG_ERR_MEMORY.
 */
enum cg_status cg_dataset_write_report(const struct cg_dataset *dataset, const char *path,
                                       struct cg_error *error);

/* Prepare an open data set for drawing crops. Errors: those of the check; CG_ERR_IO, CG_ERR_LIMIT
 * (more than the system maps), CG_ERR_MEMORY. */
enum cg_status cg_dataset_prepare(struct cg_dataset *dataset, struct cg_pool *pool,
                                  cg_dataset_progress_fn progress, void *progress_context,
                                  struct cg_error *error);

struct cg_dataset_counts {
    size_t photos, comics;                 /* usable */
    size_t validation;                     /* of the photos, those held out */
    size_t panels;                         /* of the comics, those that crops come from */
    size_t photos_skipped, comics_skipped; /* unsuitable, except duplicates */
    size_t duplicates;                     /* files left out because another has the same content */
    float line_fraction;                   /* median ratio of the width of the comics' lines to
                                            * the pages' long sides; 0: unknown */
    const char *skip_reason;               /* of the first one skipped, by path, or NULL */
    uint64_t fingerprint;                  /* of all usable content and the options */
};

/* Of a prepared data set. skip_reason lives as long as the data set. */
void cg_dataset_get_counts(const struct cg_dataset *dataset, struct cg_dataset_counts *out);

/* The offset of a crop from another of the same photo: pixels right and down, as shown in crops. */
struct cg_crop_shift {
    int right, down;
};

/*
 * One random crop of one random photo, at one of the scales it was prepared at, mirrored half of
 * the time. A photo's chance grows with the square root of its area. If faces are known, three in
 * ten crops show one. Thread-safe. Buffers of crop_px * crop_px pixels, row by row:
 *   photo, colour: 3 floats a pixel, 0 to 1; ink: 1 float a pixel, 0 paper to 1.
 * shift: if not NULL, the crop is moved by *shift from where rng puts it, within the photo; *shift
 * becomes the actual offset.
 */
void cg_dataset_photo_crop(const struct cg_dataset *dataset, struct cg_rng *rng,
                           struct cg_crop_shift *shift, float *photo, float *colour, float *ink);

/*
 * One random crop of a panel of a comic, scaled by 0.8 to 1 and mirrored half of the time, avoiding
 * those with more than comic_white_max near-white pixels or hardly any content (after a bounded
 * number of tries, the best one seen). 3 floats a pixel, 0 to 1. Thread-safe. Only for a data set
 * that was opened with comics.
 */
void cg_dataset_comic_crop(const struct cg_dataset *dataset, struct cg_rng *rng, float *comic);

/*
 * The file of a held-out photo; index: 0 to counts.validation - 1. Lives as long as the data set.
 */
const char *cg_dataset_validation_path(const struct cg_dataset *dataset, size_t index);

/* A copy of the largest panel of a comic, RGB, at training scale; index: 0 to counts.comics - 1.
 * The caller clears it. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY. */
enum cg_status cg_dataset_panel(const struct cg_dataset *dataset, size_t index,
                                struct cg_image *out, struct cg_error *error);

/*
 * Copies of a whole held-out photo, at photo_long_px or its own size, and of its targets: RGB, RGB
 * and grey, to be cleared by the caller; colour and ink may be NULL. index: 0 to counts.validation
 * - 1. Errors: CG_ERR_ARGUMENT, CG_ERR_MEMORY; then nothing is left to clear.
 */
enum cg_status cg_dataset_validation(const struct cg_dataset *dataset, size_t index,
                                     struct cg_image *photo, struct cg_image *colour,
                                     struct cg_image *ink, struct cg_error *error);

#endif
