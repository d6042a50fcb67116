/*
 * Training a style: from folders of photos and comics to a model file.
 *
 * A run lives in a folder: run.json (what was asked for), log.csv, samples/ (validation pictures),
 * checkpoint.safetensors (all that is needed to go on exactly as if it had never stopped) and
 * model.safetensors (the average of the generator, what is shipped). Files are replaced whole or
 * not at all. The outcome depends on options, data and seed, not on threads nor on interruptions.
 */
#ifndef CG_TRAIN_TRAIN_H
#define CG_TRAIN_TRAIN_H

#include "train/recipe.h"
#include "train/shard.h"

#include <signal.h>

/* Strings belong to the caller. */
struct cg_train_options {
    const char *out_dir; /* the run's folder; made if missing */
    const char
        *data_dir; /* photos in data_dir/photos, comics in data_dir/comics (may be missing) */
    const char *cache_dir;      /* prepared pictures; runs may share one */
    const char *from;           /* style or model file to start from; NULL: from nothing */
    const char *name, *summary; /* of the style's card */
    int detail_px;              /* of the style's card, and the long side of training photos */
    uint64_t seed;
    int threads; /* 0: all processors */
    struct cg_recipe recipe;
};

struct cg_train_limits {
    uint64_t steps;                    /* stop when this many are done; 0: no limit */
    double minutes;                    /* stop after this time; 0: no limit */
    const volatile sig_atomic_t *stop; /* stop when it is not 0; may be NULL */
};

enum cg_train_event {
    CG_TRAIN_PREPARING, /* pictures are being prepared: done of total */
    CG_TRAIN_READY,     /* the data is there: text says what was found */
    CG_TRAIN_STEP,      /* losses are means since the last of these */
    CG_TRAIN_VALIDATED, /* text says where the samples are */
    CG_TRAIN_SAVED      /* a checkpoint was written */
};

struct cg_train_report {
    enum cg_train_event event;
    uint64_t step, steps_limit;
    size_t done, total;
    double seconds, steps_per_second;
    bool adversarial;
    double total_loss, validation_loss;
    struct cg_losses losses;
    const char *text;
};

typedef void (*cg_train_report_fn)(void *context, const struct cg_train_report *report);

/*
 * Start a run. Errors: those of the data set (dataset.h); CG_ERR_ARGUMENT for options that do not
 * fit together; CG_ERR_STATE if the folder holds a run already; CG_ERR_NUMERIC when training
 * becomes unstable: the last checkpoint is kept; CG_ERR_IO, also for a full disk: the same.
 */
enum cg_status cg_train_start(const struct cg_train_options *options,
                              const struct cg_train_limits *limits, cg_train_report_fn report,
                              void *context, struct cg_error *error);

/* Go on with the run in out_dir. threads: 0 for all. Errors: as above; CG_ERR_FORMAT, CG_ERR_MODEL
 * for a folder that holds no run or one of other data. */
enum cg_status cg_train_resume(const char *out_dir, int threads,
                               const struct cg_train_limits *limits, cg_train_report_fn report,
                               void *context, struct cg_error *error);

#endif
