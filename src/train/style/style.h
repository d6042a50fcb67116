/*
 * Training a style: from folders of photos and comics to a model file.
 *
 * A run lives in a folder: run.json (what was asked for), log.csv, samples/ (held-out pictures),
 * checkpoints/ (all that is needed to resume as if the run had never stopped) and
 * model.safetensors (the averaged generator). Files are replaced
 * atomically. The outcome depends on options, data and seed, not on threads nor on interruptions.
 */
#ifndef CG_TRAIN_STYLE_STYLE_H
#define CG_TRAIN_STYLE_STYLE_H

#include "train/core/log.h"
#include "train/core/loop.h"
#include "train/core/sheet.h"
#include "train/style/micro_batch.h"
#include "train/style/recipe.h"

/* Strings belong to the caller. */
struct cg_train_options {
    const char *out_dir;        /* the run's folder; made if missing */
    const char *data_dir;       /* photos in data_dir/photos, comics in data_dir/comics */
    const char *photos_dir;     /* photos instead of those in data_dir; NULL: none */
    const char *cache_dir;      /* prepared pictures; runs may share one */
    const char *from;           /* style or model file to start from; NULL: from nothing */
    const char *models_dir;     /* where styles are sought before all others; NULL: nowhere */
    const char *generator;      /* without from: a preset of architecture.h; NULL: the default */
    const char *name, *summary; /* of the style's card */
    int detail_px;              /* of the style's card, and the long side of training photos */
    float photo_grow;           /* how many times smaller photos are enlarged for that, at most */
    const char *faces_file;     /* where the photos' faces are (face_list.h); NULL: unknown */
    const char *features_file;  /* a network for losses that look through one; NULL: none */
    int comic_detail_px;        /* long side of training comics; 0: by the width of their lines */
    bool force;                 /* replace what is in out_dir; not kept with the run */
    bool keep_all, strict;      /* of the pictures, as in dataset.h */
    int pictures_min;           /* the same; not kept with the run */
    uint64_t seed;
    int threads; /* 0: all processors */
    struct cg_recipe recipe;
};

enum cg_train_event {
    CG_TRAIN_INSPECTING, /* pictures are being looked at: done of total */
    CG_TRAIN_INSPECTED,  /* text says what was found and what will be skipped, in several lines */
    CG_TRAIN_PREPARING,  /* pictures are being prepared: done of total */
    CG_TRAIN_READY,      /* the data is there: text sums it up, dataset has it */
    CG_TRAIN_ESTIMATED,  /* estimate has the remaining time, once some steps have been timed */
    CG_TRAIN_STEP,       /* numbers are means since the last of these: values has the log's row */
    CG_TRAIN_ALARM,      /* text: the alarm's name, about: more of it, advice: what to try */
    CG_TRAIN_VALIDATED,  /* validation_loss is that of the held-out photos */
    CG_TRAIN_SAMPLED,    /* text: the sheet's name in the folder samples, sheet: what is where */
    CG_TRAIN_SAVED       /* a checkpoint and the model were written: text is the model's path */
};

/* Statistics of one critic: means since the last row of the log. */
struct cg_train_critic {
    double accuracy;             /* fraction of patches, real and generated, classified correctly */
    double gradient;             /* length */
    double adversarial_gradient; /* norm of its gradient with respect to the generated comics */
};

struct cg_train_report {
    enum cg_train_event event;
    const struct cg_recipe *recipe;
    uint64_t step, steps_limit;
    size_t done, total;
    double seconds, steps_per_second;
    bool adversarial;
    bool generator_learned, critics_learned; /* in some step since the last row of the log */
    double total_loss, validation_loss;
    struct cg_losses losses;
    double images_per_second, generator_gradient, generator_rate, critic_rate;
    struct cg_train_critic critics[CG_CRITIC_COUNT];
    unsigned alarms; /* those that stand (stability.h), of critics and of the whole run */
    const struct cg_log_value *values;
    size_t value_count;
    const struct cg_sheet *sheet;
    const struct cg_dataset *dataset; /* gone when the run is over */
    struct {
        uint64_t step;  /* how far the limits let the run come */
        double seconds; /* that this will take from here */
    } estimate;
    const char *text, *about, *advice;
};

typedef void (*cg_train_report_fn)(void *context, const struct cg_train_report *report);

/*
 * Start a run. Errors: those of the data set (dataset.h); CG_ERR_ARGUMENT for options that do not
 * fit together; CG_ERR_STATE if the folder holds a run, or others' files; CG_ERR_NUMERIC when
 * training stays unstable (loop.h); CG_ERR_IO, CG_ERR_FULL. What was saved before is kept in any
 * case.
 */
enum cg_status cg_train_start(const struct cg_train_options *options,
                              const struct cg_train_limits *limits, cg_train_report_fn report,
                              void *context, struct cg_error *error);

/* Only inspect the data of a run, reported as CG_TRAIN_INSPECTED; out_dir is not used. Errors:
 * those of cg_train_start that concern the data. */
enum cg_status cg_train_check(const struct cg_train_options *options, cg_train_report_fn report,
                              void *context, struct cg_error *error);

/* Resume the run in out_dir. threads: 0 for all. Errors: as above; CG_ERR_FORMAT, CG_ERR_MODEL
 * for a folder without a run, or with a run on other data. */
enum cg_status cg_train_resume(const char *out_dir, int threads,
                               const struct cg_train_limits *limits, cg_train_report_fn report,
                               void *context, struct cg_error *error);

#endif
