/* From a run's options to its data set. */
#ifndef CG_TRAIN_STYLE_TRAINING_DATA_H
#define CG_TRAIN_STYLE_TRAINING_DATA_H

#include "train/style/style.h"

struct cg_training_data {
    const struct cg_train_options *options;
    cg_train_report_fn report; /* may be NULL */
    void *report_context;
    struct cg_ranks *ranks; /* all call these functions together; may be NULL */
    /* owned */
    char *photos, *comics; /* folders; comics NULL: there are none */
    struct cg_dataset *dataset;
};

/*
 * Find the folders, inspect the pictures and report the findings. options and report must be set,
 * the rest zero. Clear it even after a failure. Errors: CG_ERR_IO, with advice, where a folder is
 * missing; those of cg_dataset_open.
 */
enum cg_status cg_training_data_open(struct cg_training_data *data, struct cg_pool *pool,
                                     struct cg_error *error);

/* Make it ready to draw from. Errors: those of cg_dataset_prepare. */
enum cg_status cg_training_data_prepare(struct cg_training_data *data, struct cg_pool *pool,
                                        struct cg_error *error);

void cg_training_data_clear(struct cg_training_data *data);

#endif
