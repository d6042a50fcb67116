/* The inside of a data set, for dataset.c (making it), dataset_grade.c (its palette) and
 * dataset_crop.c (drawing from it). */
#ifndef CG_TRAIN_DATASET_PRIVATE_H
#define CG_TRAIN_DATASET_PRIVATE_H

#include "train/grade.h"
#include "train/source.h"

/* Pictures to draw from. ends[i] is the sum of the weights of entries 0 to i. */
struct cg_crop_table {
    const struct cg_cache_entry **entries;
    double *ends;
    size_t count;
};

struct cg_dataset {
    struct cg_source_list list; /* owns the entries */
    struct cg_crop_table photos, comics;
    const struct cg_cache_entry **validation;
    struct cg_dataset_counts counts;
    int crop_px;
    float comic_white_max;
    struct cg_grade *grade; /* for the colours of targets; NULL: as they are */
};

/* ---- dataset_grade.c ---- */

/* Learn dataset->grade from the crops of a data set that has comics. */
enum cg_status cg_dataset_learn_grade(struct cg_dataset *dataset, float strength,
                                      struct cg_error *error);

#endif
