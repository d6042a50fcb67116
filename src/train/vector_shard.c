/* Some rows of a vector GAN's batch: see vector_shard.h. */
#include "train/vector_shard.h"

#include "base/memory.h"
#include "nn/pass.h"
#include "nn/penalty.h"
#include "train/augment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum purpose {
    PURPOSE_NOISE = 101,
    PURPOSE_PICK,
    PURPOSE_DROPOUT_D,
    PURPOSE_DROPOUT_G,
    PURPOSE_VIEW_REAL, /* augmentation and instance noise of what D sees */
    PURPOSE_VIEW_FAKE,
    PURPOSE_VIEW_G
};

struct cg_vector_shard {
    const struct cg_vector_options *options;
    const struct cg_vector_recipe *recipe;
    struct cg_augment augment;
    int rows, index;
    float share;
    size_t pixels; /* of a picture */
    struct cg_pass *generate, *judge_both, *judge_fake;
    struct cg_penalty *penalty;
    struct cg_augment_draw *draws; /* of the fake ones in step 4 */
    const float *fake;             /* G's pictures; they belong to its pass */
    float *noise;
    float *real;
    float *seen;     /* what D sees: real rows, then fake rows */
    float *labels;   /* 1 less the smoothing */
    float *by_logit; /* gradients */
    float *by_seen, *by_fake;
    struct cg_vector_losses losses;
};

static enum cg_status create_buffers(struct cg_vector_shard *shard, struct cg_error *error)
{
    size_t rows = (size_t)shard->rows, picture = shard->pixels;
    struct {
        float **buffer;
        size_t count;
    } wanted[] = {
        {&shard->noise, rows * (size_t)shard->options->config.noise},
        {&shard->real, rows * picture},
        {&shard->seen, 2 * rows * picture},
        {&shard->labels, rows},
        {&shard->by_logit, 2 * rows},
        {&shard->by_seen, rows * picture},
        {&shard->by_fake, rows * picture},
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        *wanted[i].buffer = cg_alloc(wanted[i].count, sizeof(float), "shard", error);
        if (*wanted[i].buffer == NULL)
            return CG_ERR_MEMORY;
    }
    shard->draws = cg_alloc(rows, sizeof(*shard->draws), "shard", error);
    for (size_t r = 0; r < rows; r++)
        shard->labels[r] = 1.0f - shard->recipe->label_smoothing;
    return shard->draws == NULL ? CG_ERR_MEMORY : CG_OK;
}

enum cg_status cg_vector_shard_create(const struct cg_vector_options *options,
                                      const struct cg_vector_state *state, int index, float share,
                                      struct cg_vector_shard **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_vector_shard *shard = cg_alloc_zero(1, sizeof(*shard), "shard", error);
    if (shard == NULL)
        return CG_ERR_MEMORY;
    int rows = options->recipe.shard_rows;
    const struct cg_network *g = state->generator.network, *d = state->discriminator.network;
    shard->options = options;
    shard->recipe = &options->recipe;
    shard->augment = (struct cg_augment){options->config.side_px, options->config.channels,
                                         options->recipe.augment};
    shard->rows = rows;
    shard->index = index;
    shard->share = share;
    shard->pixels = cg_vector_pixels(&options->config);
    enum cg_status status = create_buffers(shard, error);
    if (status == CG_OK)
        status = cg_pass_create(g, rows, 1, 1, false, &shard->generate, error);
    if (status == CG_OK)
        status = cg_pass_create(d, 2 * rows, 1, 1, false, &shard->judge_both, error);
    if (status == CG_OK)
        status = cg_pass_create(d, rows, 1, 1, true, &shard->judge_fake, error);
    if (status == CG_OK && options->recipe.r1 > 0.0f)
        status = cg_penalty_create(d, (size_t)rows, &shard->penalty, error);
    if (status != CG_OK) {
        cg_vector_shard_free(shard);
        return status;
    }
    *out = shard;
    return CG_OK;
}

void cg_vector_shard_free(struct cg_vector_shard *shard)
{
    if (shard == NULL)
        return;
    cg_penalty_free(shard->penalty);
    cg_pass_free(shard->judge_fake);
    cg_pass_free(shard->judge_both);
    cg_pass_free(shard->generate);
    free(shard->draws);
    free(shard->by_fake);
    free(shard->by_seen);
    free(shard->by_logit);
    free(shard->labels);
    free(shard->seen);
    free(shard->real);
    free(shard->noise);
    free(shard);
}

/* Random numbers for one row of one batch of the run. */
static struct cg_rng rng_of_row(const struct cg_vector_shard *shard, enum purpose purpose,
                                uint64_t round, int row)
{
    uint64_t first = round * (uint64_t)shard->recipe->batch;
    return cg_rng_make(shard->options->seed, purpose,
                       first + (uint64_t)(shard->index * shard->rows + row));
}

/* For all of the shard's dropout in one batch; never 0. */
static uint64_t dropout_noise(const struct cg_vector_shard *shard, enum purpose purpose,
                              uint64_t round)
{
    struct cg_rng rng = rng_of_row(shard, purpose, round, 0);
    return cg_rng_next(&rng) | 1;
}

/* ---- steps 1 and 2: a fake batch and a real one ---------------------------------------------- */

void cg_vector_shard_make_fake(struct cg_vector_shard *shard, uint64_t round,
                               const struct cg_learner *generator)
{
    int length = shard->options->config.noise;
    for (int r = 0; r < shard->rows; r++) {
        struct cg_rng rng = rng_of_row(shard, PURPOSE_NOISE, round, r);
        for (int i = 0; i < length; i++)
            shard->noise[r * length + i] = cg_rng_normal(&rng);
    }
    shard->fake = cg_pass_forward(shard->generate, generator->used, shard->noise);
}

static void mirror(const struct cg_vector_config *config, float *picture)
{
    int side = config->side_px, channels = config->channels;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side / 2; x++)
            for (int c = 0; c < channels; c++) {
                float *left = &picture[(y * side + x) * channels + c];
                float *right = &picture[(y * side + side - 1 - x) * channels + c];
                float kept = *left;
                *left = *right;
                *right = kept;
            }
}

void cg_vector_shard_draw_real(struct cg_vector_shard *shard, uint64_t round,
                               const struct cg_samples *samples)
{
    for (int r = 0; r < shard->rows; r++) {
        struct cg_rng rng = rng_of_row(shard, PURPOSE_PICK, round, r);
        float *picture = shard->real + (size_t)r * shard->pixels;
        cg_samples_floats(samples, cg_rng_below(&rng, (uint32_t)samples->count), picture);
        if (shard->recipe->mirror && cg_rng_uniform(&rng) < 0.5f)
            mirror(&shard->options->config, picture);
    }
}

/* ---- what D sees ----------------------------------------------------------------------------- */

static float instance_noise(const struct cg_vector_recipe *recipe, uint64_t round)
{
    uint64_t step = round / (uint64_t)recipe->d_steps;
    return recipe->instance_noise * exp2f(-(float)step / (float)CG_VECTOR_NOISE_HALVES);
}

/* seen = pictures, augmented, with noise on them; draws: kept if not NULL. */
static void view(const struct cg_vector_shard *shard, enum purpose purpose, uint64_t round,
                 const float *pictures, float *seen, struct cg_augment_draw *draws)
{
    float deviation = instance_noise(shard->recipe, round);
    for (int r = 0; r < shard->rows; r++) {
        const float *picture = pictures + (size_t)r * shard->pixels;
        float *target = seen + (size_t)r * shard->pixels;
        struct cg_rng rng = rng_of_row(shard, purpose, round, r);
        struct cg_augment_draw draw = cg_augment_draw(&shard->augment, &rng);
        if (shard->augment.policy != 0)
            cg_augment_forward(&shard->augment, &draw, picture, target);
        else
            memcpy(target, picture, shard->pixels * sizeof(float));
        if (draws != NULL)
            draws[r] = draw;
        for (size_t i = 0; deviation > 0.0f && i < shard->pixels; i++)
            target[i] += deviation * cg_rng_normal(&rng);
    }
}

static double share_above_zero(const float *logits, int rows)
{
    int above = 0;
    for (int r = 0; r < rows; r++)
        above += logits[r] > 0.0f;
    return (double)above / rows;
}

/* ---- steps 3 and 4: D's turn and G's turn ---------------------------------------------------- */

/* E[log D(x)] + E[log(1 - D(G(z)))], or what takes its place, and its gradient by the logits. */
static double discriminator_loss(struct cg_vector_shard *shard, const float *real_logits,
                                 const float *fake_logits)
{
    enum cg_gan_objective objective = shard->recipe->objective;
    size_t rows = (size_t)shard->rows;
    float *by_real = shard->by_logit, *by_fake = shard->by_logit + rows;
    memset(shard->by_logit, 0, 2 * rows * sizeof(float));
    double loss =
        shard->recipe->label_smoothing > 0.0f
            ? cg_loss_cross_entropy(real_logits, shard->labels, rows, shard->share, by_real)
            : cg_loss_discriminator(objective, true, real_logits, rows, shard->share, by_real);
    return loss + cg_loss_discriminator(objective, false, fake_logits, rows, shard->share, by_fake);
}

void cg_vector_shard_judge(struct cg_vector_shard *shard, uint64_t round,
                           const struct cg_learner *discriminator)
{
    size_t rows = (size_t)shard->rows;
    float *gradient = cg_learner_shard(discriminator, shard->index);
    struct cg_vector_losses *losses = &shard->losses;
    view(shard, PURPOSE_VIEW_REAL, round, shard->real, shard->seen, NULL);
    view(shard, PURPOSE_VIEW_FAKE, round, shard->fake, shard->seen + rows * shard->pixels, NULL);
    cg_pass_set_noise(shard->judge_both, dropout_noise(shard, PURPOSE_DROPOUT_D, round));
    const float *logits = cg_pass_forward(shard->judge_both, discriminator->used, shard->seen);
    losses->accuracy_real = (double)shard->share * share_above_zero(logits, shard->rows);
    losses->accuracy_fake =
        (double)shard->share * (1.0 - share_above_zero(logits + rows, shard->rows));
    losses->discriminator = discriminator_loss(shard, logits, logits + rows);
    cg_pass_backward(shard->judge_both, discriminator->used, shard->by_logit, gradient, NULL);
    if (shard->penalty != NULL)
        losses->penalty =
            cg_penalty_r1(shard->penalty, shard->judge_both, rows, discriminator->used,
                          shard->share * shard->recipe->r1, gradient);
}

void cg_vector_shard_learn(struct cg_vector_shard *shard, uint64_t round,
                           const struct cg_learner *discriminator,
                           const struct cg_learner *generator)
{
    size_t rows = (size_t)shard->rows;
    float *by_pictures = shard->by_seen;
    view(shard, PURPOSE_VIEW_G, round, shard->fake, shard->seen, shard->draws);
    cg_pass_set_noise(shard->judge_fake, dropout_noise(shard, PURPOSE_DROPOUT_G, round));
    const float *logits = cg_pass_forward(shard->judge_fake, discriminator->used, shard->seen);
    memset(shard->by_logit, 0, rows * sizeof(float));
    shard->losses.generator =
        cg_loss_generator(shard->recipe->objective, logits, rows, shard->share, shard->by_logit);
    cg_pass_backward(shard->judge_fake, discriminator->used, shard->by_logit, NULL, shard->by_seen);
    if (shard->augment.policy != 0) {
        by_pictures = shard->by_fake;
        for (size_t r = 0; r < rows; r++)
            cg_augment_backward(&shard->augment, &shard->draws[r],
                                shard->by_seen + r * shard->pixels,
                                shard->by_fake + r * shard->pixels);
    }
    cg_learner_backward(generator, shard->index, shard->generate, by_pictures);
}

const struct cg_vector_losses *cg_vector_shard_losses(const struct cg_vector_shard *shard)
{
    return &shard->losses;
}
