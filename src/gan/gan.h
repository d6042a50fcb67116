/*
 * Training the GAN of vectors (vector_model.h): from a folder of pictures or an IDX file to a model
 * file for comicgan generate, augment and score.
 *
 * A run lives in a folder, as a style's does (train/style/style.h): run.json, log.csv,
 * samples/step-N.png, checkpoints/, model.safetensors. The outcome depends on options, data and
 * seed, not on threads nor on interruptions.
 */
#ifndef CG_GAN_GAN_H
#define CG_GAN_GAN_H

#include "base/option.h"
#include "gan/samples.h"
#include "gan/vector_model.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "train/core/log.h"
#include "train/core/loop.h"
#include "train/core/stability.h"

/* The hyperparameters of a run, explained in docs/GAN.md. */
struct cg_vector_recipe {
    /* one step */
    int batch;   /* pictures, real and generated each */
    int d_steps; /* steps of D for one of G */
    /* the game */
    enum cg_gan_objective objective;
    float label_smoothing; /* the label of real pictures is 1 minus this; sigmoid objectives only */
    float instance_noise;  /* initial deviation of the noise on D's input; halved every
                              CG_VECTOR_NOISE_HALVES steps */
    float r1;              /* weight of the R1 penalty */
    bool spectral_norm;    /* of D */
    int augment;           /* bits, diff_augment.h */
    bool mirror;           /* real pictures are mirrored half of the time */
    /* learning */
    enum cg_update_rule rule;
    float generator_rate, discriminator_rate; /* peaks */
    float beta1, beta2;
    enum cg_schedule schedule;
    uint64_t warmup, hold; /* of the schedule, in steps */
    float ema;             /* decay of G's moving average; 0: none, G as it is */
    /* the log */
    int log_steps; /* a row every so many steps */
};

#define CG_VECTOR_NOISE_HALVES 1000

extern const struct cg_vector_recipe CG_VECTOR_RECIPE_DEFAULT;

/* The recipe's numbers: each is an option of comicgan train and kept in run.json. */
extern const struct cg_option CG_VECTOR_RECIPE_OPTIONS[];

/* Strings belong to the caller. */
struct cg_vector_options {
    const char *out_dir; /* the run's folder; made if missing */
    const char *data;    /* a folder of pictures or an IDX file */
    const char *name;    /* of the model's card */
    struct cg_vector_config config;
    int crops; /* of samples.h */
    float crop;
    uint64_t seed;
    int threads; /* 0: all processors */
    bool strict; /* damaged pictures count as unreadable */
    bool force;  /* replace what is in out_dir; not kept with the run */
    struct cg_vector_recipe recipe;
};

/* Its numbers but the recipe's: options of comicgan train, kept in run.json. */
extern const struct cg_option CG_VECTOR_OPTIONS[];

/* A row of the log. */
struct cg_vector_row {
    double seconds, samples_per_second;
    double discriminator_loss, generator_loss, penalty; /* means since the last row */
    struct cg_observation seen;
    double frechet; /* of the averaged G's pictures from the data (vector_measure.h) */
    double generator_rate, discriminator_rate; /* learning rates */
    unsigned alarms;
};

enum cg_vector_event {
    CG_VECTOR_READY,  /* the data is there: text says what was found */
    CG_VECTOR_LOGGED, /* a row was written */
    CG_VECTOR_ALARM,  /* text: the alarm's name; about: more of it; advice: what to try */
    CG_VECTOR_SAVED   /* a checkpoint, the model and sample pictures were written */
};

struct cg_vector_report {
    enum cg_vector_event event;
    uint64_t step, steps_limit;
    const struct cg_vector_row *row;   /* the last one; NULL before it */
    const struct cg_log_value *values; /* LOGGED: the same, as the log has it */
    size_t value_count;
    const char *text, *about, *advice;
};

typedef void (*cg_vector_report_fn)(void *context, const struct cg_vector_report *report);

/*
 * Start a run. Errors: those of the data (samples.h); CG_ERR_ARGUMENT, CG_ERR_MODEL for options
 * that do not fit together; CG_ERR_STATE if the folder holds a run, or others' files;
 * CG_ERR_NUMERIC when training stays unstable (loop.h); CG_ERR_IO, CG_ERR_FULL. Earlier saves
 * are always kept.
 */
enum cg_status cg_vector_start(const struct cg_vector_options *options,
                               const struct cg_train_limits *limits, cg_vector_report_fn report,
                               void *context, struct cg_error *error);

/* Resume the run in out_dir. Errors: as above; CG_ERR_FORMAT, CG_ERR_MODEL for a folder without
 * such a run, or with a run on other data. */
enum cg_status cg_vector_resume(const char *out_dir, int threads,
                                const struct cg_train_limits *limits, cg_vector_report_fn report,
                                void *context, struct cg_error *error);

/* Whether out_dir holds a run of this kind. Errors: CG_ERR_MEMORY, CG_ERR_IO. */
enum cg_status cg_vector_is_run(const char *out_dir, bool *out, struct cg_error *error);

#endif
