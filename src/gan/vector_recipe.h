/* The hyperparameters of a vector GAN's training run, explained in docs/GAN.md. */
#ifndef CG_GAN_VECTOR_RECIPE_H
#define CG_GAN_VECTOR_RECIPE_H

#include "base/option.h"
#include "nn/loss.h"
#include "nn/optimizer.h"

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

#endif
