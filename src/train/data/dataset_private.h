/* The inside of a data set, for dataset.c (creation), dataset_tally.c (counts), dataset_report.c
 * (descriptions), dataset_palette.c (palette) and dataset_crop.c (crops). */
#ifndef CG_TRAIN_DATA_DATASET_PRIVATE_H
#define CG_TRAIN_DATA_DATASET_PRIVATE_H

#include "train/data/comic_palette.h"
#include "train/data/source.h"

/* A picture or a part of one to draw from. end: the sum of the weights up to and including it. */
struct cg_crop_place {
    const struct cg_cache_entry *entry;
    struct cg_area area;
    double end;
};

struct cg_crop_table {
    struct cg_crop_place *places;
    size_t count;
};

struct cg_dataset {
    struct cg_dataset_options options;
    struct cg_source_list list;                 /* owns the entries */
    struct cg_crop_table photos, comics, faces; /* faces: those known in photos */
    const struct cg_source **validation;
    struct cg_dataset_counts counts;
    int crop_px;
    float comic_white_max;          /* not below 0 */
    struct cg_comic_palette *grade; /* for the colours of targets; NULL: as they are */
};

/* How many of these photos are held out. */
size_t cg_dataset_validation_count(size_t photos);

/* ---- dataset_tally.c ---- */

/* What became of the files of one kind. */
struct cg_dataset_tally {
    size_t files, states[CG_SOURCE_STATE_COUNT], panels;
    const struct cg_source *first_skipped; /* by path; no duplicate */
    const struct cg_source *largest_small; /* by its shorter side */
};

struct cg_dataset_tally cg_dataset_tally(const struct cg_dataset *dataset, enum cg_cache_kind kind);

/* ---- dataset_palette.c ---- */

/* Learn dataset->grade from the crops of a data set that has comics. */
enum cg_status cg_dataset_learn_grade(struct cg_dataset *dataset, float strength,
                                      struct cg_error *error);

#endif
