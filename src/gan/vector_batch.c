/* A batch of the vector GAN: see vector_batch.h. */
#include "gan/vector_batch.h"

#include "base/memory.h"
#include "gan/diff_augment.h"
#include "nn/pass.h"
#include "nn/penalty.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void set_rule(struct cg_learner *learner, const struct cg_vector_recipe *recipe)
{
    learner->rule = recipe->rule;
    learner->adam =
        (struct cg_adam){.beta1 = recipe->beta1, .beta2 = recipe->beta2, .epsilon = 1e-8f};
}

enum cg_status cg_vector_state_create(const struct cg_vector_options *options,
                                      struct cg_vector_state *out, struct cg_error *error)
{
    const struct cg_vector_recipe *recipe = &options->recipe;
    struct cg_network *network = NULL;
    *out = (struct cg_vector_state){0};
    enum cg_status status = cg_vector_generator_build(&options->config, &network, error);
    if (status == CG_OK)
        status = cg_learner_create(network, NULL, 1, false, options->seed, &out->generator, error);
    if (status == CG_OK)
        status = cg_vector_discriminator_build(&options->config, &network, error);
    if (status == CG_OK)
        status = cg_learner_create(network, NULL, 1, recipe->spectral_norm != 0, options->seed + 10,
                                   &out->discriminator, error);
    if (status == CG_OK) {
        out->average = cg_alloc(out->generator.count, sizeof(float), "average", error);
        status = out->average == NULL ? CG_ERR_MEMORY : CG_OK;
    }
    if (status != CG_OK) {
        cg_vector_state_clear(out);
        return status;
    }
    set_rule(&out->generator, recipe);
    set_rule(&out->discriminator, recipe);
    memcpy(out->average, out->generator.parameters, out->generator.count * sizeof(float));
    if (out->discriminator.spectral != NULL) /* until the first step says better */
        memcpy(out->discriminator.used, out->discriminator.parameters,
               out->discriminator.count * sizeof(float));
    return CG_OK;
}

void cg_vector_state_clear(struct cg_vector_state *state)
{
    cg_learner_clear(&state->generator);
    cg_learner_clear(&state->discriminator);
    free(state->average);
    *state = (struct cg_vector_state){0};
}

void cg_vector_state_list(struct cg_vector_state *state, struct cg_state_dict *list)
{
    struct cg_learner *d = &state->discriminator;
    *list = (struct cg_state_dict){0};
    cg_state_dict_add_counter(list, "run", "step", &state->step);
    cg_state_dict_add_rollback(list, &state->rollback);
    cg_state_dict_add_learner(list, "generator", &state->generator);
    cg_state_dict_add_array(list, "generator", "average", state->average, state->generator.count);
    cg_state_dict_add_learner(list, "discriminator", d);
    if (d->spectral != NULL)
        cg_state_dict_add_array(list, "discriminator", "used", d->used, d->count);
    cg_state_dict_add_array(list, "stability", "memory", (float *)&state->stability,
                            CG_STABILITY_FLOATS);
}

enum purpose {
    PURPOSE_NOISE = 101,
    PURPOSE_PICK,
    PURPOSE_DROPOUT_D,
    PURPOSE_DROPOUT_G,
    PURPOSE_VIEW_REAL, /* augmentation and instance noise of what D sees */
    PURPOSE_VIEW_FAKE,
    PURPOSE_VIEW_G
};

/* Rows that one item of the pool handles. */
#define ROWS_BLOCK 16

struct cg_vector_batch {
    const struct cg_vector_options *options;
    const struct cg_vector_recipe *recipe;
    struct cg_pool *pool;
    struct cg_augment augment;
    int rows;
    size_t pixels; /* of a picture */
    struct cg_pass *generate, *judge_both, *judge_fake;
    struct cg_penalty *penalty;    /* NULL: none */
    struct cg_augment_draw *draws; /* of the fake ones in step 4 */
    const float *fake;             /* G's pictures; they belong to its pass */
    float *latent;
    float *real;
    float *seen;     /* what D sees: real rows, then fake rows; in step 4 the fake rows alone */
    float *labels;   /* 1 less the smoothing */
    float *by_logit; /* gradients */
    float *by_seen, *by_fake;
    struct cg_vector_losses losses;
};

static enum cg_status create_buffers(struct cg_vector_batch *batch, struct cg_error *error)
{
    size_t rows = (size_t)batch->rows, picture = batch->pixels;
    struct {
        float **buffer;
        size_t count;
    } wanted[] = {
        {&batch->latent, rows * (size_t)batch->options->config.latent},
        {&batch->real, rows * picture},
        {&batch->seen, 2 * rows * picture},
        {&batch->labels, rows},
        {&batch->by_logit, 2 * rows},
        {&batch->by_seen, rows * picture},
        {&batch->by_fake, rows * picture},
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        *wanted[i].buffer = cg_alloc(wanted[i].count, sizeof(float), "batch", error);
        if (*wanted[i].buffer == NULL)
            return CG_ERR_MEMORY;
    }
    batch->draws = cg_alloc(rows, sizeof(*batch->draws), "batch", error);
    for (size_t r = 0; r < rows; r++)
        batch->labels[r] = 1.0f - batch->recipe->label_smoothing;
    return batch->draws == NULL ? CG_ERR_MEMORY : CG_OK;
}

static enum cg_status create_pass(const struct cg_vector_batch *batch,
                                  const struct cg_learner *learner, int rows, bool input_gradient,
                                  struct cg_pass **out, struct cg_error *error)
{
    enum cg_status status =
        cg_pass_create(learner->network, rows, 1, 1, input_gradient, out, error);
    if (status == CG_OK)
        cg_pass_set_pool(*out, batch->pool);
    return status;
}

enum cg_status cg_vector_batch_create(const struct cg_vector_options *options,
                                      const struct cg_vector_state *state, struct cg_pool *pool,
                                      struct cg_vector_batch **out, struct cg_error *error)
{
    const struct cg_learner *g = &state->generator, *d = &state->discriminator;
    *out = NULL;
    struct cg_vector_batch *batch = cg_alloc_zero(1, sizeof(*batch), "batch", error);
    if (batch == NULL)
        return CG_ERR_MEMORY;
    batch->options = options;
    batch->recipe = &options->recipe;
    batch->pool = pool;
    batch->augment = (struct cg_augment){options->config.side_px, options->config.channels,
                                         options->recipe.augment};
    batch->rows = options->recipe.batch;
    batch->pixels = cg_vector_pixels(&options->config);
    enum cg_status status = create_buffers(batch, error);
    if (status == CG_OK)
        status = create_pass(batch, g, batch->rows, false, &batch->generate, error);
    if (status == CG_OK)
        status = create_pass(batch, d, 2 * batch->rows, false, &batch->judge_both, error);
    if (status == CG_OK)
        status = create_pass(batch, d, batch->rows, true, &batch->judge_fake, error);
    if (status == CG_OK && options->recipe.r1 > 0.0f)
        status = cg_penalty_create(d->network, (size_t)batch->rows, &batch->penalty, error);
    if (status != CG_OK) {
        cg_vector_batch_free(batch);
        return status;
    }
    *out = batch;
    return CG_OK;
}

void cg_vector_batch_free(struct cg_vector_batch *batch)
{
    if (batch == NULL)
        return;
    cg_penalty_free(batch->penalty);
    cg_pass_free(batch->judge_fake);
    cg_pass_free(batch->judge_both);
    cg_pass_free(batch->generate);
    free(batch->draws);
    free(batch->by_fake);
    free(batch->by_seen);
    free(batch->by_logit);
    free(batch->labels);
    free(batch->seen);
    free(batch->real);
    free(batch->latent);
    free(batch);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Work on each row, distributed over threads by blocks. */
struct rows_call {
    struct cg_vector_batch *batch;
    void (*row)(const struct rows_call *call, int row);
    enum purpose purpose;
    uint64_t round;
    const struct cg_samples *samples;
    const float *pictures;
    float *seen;
};

static void run_rows(void *context, size_t item, int worker)
{
    const struct rows_call *call = context;
    int begin = (int)item * ROWS_BLOCK, end = begin + ROWS_BLOCK;
    (void)worker;
    for (int r = begin; r < end && r < call->batch->rows; r++)
        call->row(call, r);
}

static void for_rows(struct rows_call *call)
{
    size_t blocks = (size_t)(call->batch->rows + ROWS_BLOCK - 1) / ROWS_BLOCK;
    cg_pool_run(call->batch->pool, blocks, run_rows, call);
}

/* Random numbers for one row of one batch of the run. */
static struct cg_rng rng_of_row(const struct cg_vector_batch *batch, enum purpose purpose,
                                uint64_t round, int row)
{
    return cg_rng_make(batch->options->seed, purpose,
                       round * (uint64_t)batch->rows + (uint64_t)row);
}

/* For all of a batch's dropout; never 0. */
static uint64_t dropout_noise(const struct cg_vector_batch *batch, enum purpose purpose,
                              uint64_t round)
{
    struct cg_rng rng = rng_of_row(batch, purpose, round, 0);
    return cg_rng_next(&rng) | 1;
}

/* ---- steps 1 and 2: a fake batch and a real one ---------------------------------------------- */

static void draw_latent(const struct rows_call *call, int row)
{
    int length = call->batch->options->config.latent;
    struct cg_rng rng = rng_of_row(call->batch, call->purpose, call->round, row);
    for (int i = 0; i < length; i++)
        call->batch->latent[row * length + i] = cg_rng_normal(&rng);
}

void cg_vector_batch_make_fake(struct cg_vector_batch *batch, uint64_t round,
                               const struct cg_learner *generator)
{
    struct rows_call call = {
        .batch = batch, .row = draw_latent, .purpose = PURPOSE_NOISE, .round = round};
    for_rows(&call);
    batch->fake = cg_pass_forward(batch->generate, generator->used, batch->latent);
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

static void draw_real(const struct rows_call *call, int row)
{
    const struct cg_vector_batch *batch = call->batch;
    struct cg_rng rng = rng_of_row(batch, call->purpose, call->round, row);
    float *picture = batch->real + (size_t)row * batch->pixels;
    cg_samples_floats(call->samples, cg_rng_below(&rng, (uint32_t)call->samples->count), picture);
    if (batch->recipe->mirror && cg_rng_uniform(&rng) < 0.5f)
        mirror(&batch->options->config, picture);
}

void cg_vector_batch_draw_real(struct cg_vector_batch *batch, uint64_t round,
                               const struct cg_samples *samples)
{
    struct rows_call call = {.batch = batch,
                             .row = draw_real,
                             .purpose = PURPOSE_PICK,
                             .round = round,
                             .samples = samples};
    for_rows(&call);
}

/* ---- what D sees ----------------------------------------------------------------------------- */

static float instance_noise(const struct cg_vector_recipe *recipe, uint64_t round)
{
    uint64_t step = round / (uint64_t)recipe->d_steps;
    return recipe->instance_noise * exp2f(-(float)step / (float)CG_VECTOR_NOISE_HALVES);
}

/* seen = the picture, augmented, with noise on it. */
static void view_row(const struct rows_call *call, int row)
{
    struct cg_vector_batch *batch = call->batch;
    float deviation = instance_noise(batch->recipe, call->round);
    const float *picture = call->pictures + (size_t)row * batch->pixels;
    float *seen = call->seen + (size_t)row * batch->pixels;
    struct cg_rng rng = rng_of_row(batch, call->purpose, call->round, row);
    struct cg_augment_draw draw = cg_augment_draw(&batch->augment, &rng);
    if (batch->augment.policy != 0)
        cg_augment_forward(&batch->augment, &draw, picture, seen);
    else
        memcpy(seen, picture, batch->pixels * sizeof(float));
    if (call->purpose == PURPOSE_VIEW_G)
        batch->draws[row] = draw;
    for (size_t i = 0; deviation > 0.0f && i < batch->pixels; i++)
        seen[i] += deviation * cg_rng_normal(&rng);
}

static void view(struct cg_vector_batch *batch, enum purpose purpose, uint64_t round,
                 const float *pictures, float *seen)
{
    struct rows_call call = {.batch = batch,
                             .row = view_row,
                             .purpose = purpose,
                             .round = round,
                             .pictures = pictures,
                             .seen = seen};
    for_rows(&call);
}

/* by_fake = the gradient by G's pictures from the one by what D saw in step 4. */
static void view_row_backward(const struct rows_call *call, int row)
{
    struct cg_vector_batch *batch = call->batch;
    size_t begin = (size_t)row * batch->pixels;
    cg_augment_backward(&batch->augment, &batch->draws[row], batch->by_seen + begin,
                        batch->by_fake + begin);
}

static double fraction_above_zero(const float *logits, int rows)
{
    int above = 0;
    for (int r = 0; r < rows; r++)
        above += logits[r] > 0.0f;
    return (double)above / rows;
}

/* ---- steps 3 and 4: D's turn and G's turn ---------------------------------------------------- */

/* E[log D(x)] + E[log(1 - D(G(z)))], or what takes its place, and its gradient by the logits. */
static double discriminator_loss(struct cg_vector_batch *batch, const float *real_logits,
                                 const float *fake_logits)
{
    enum cg_gan_objective objective = batch->recipe->objective;
    size_t rows = (size_t)batch->rows;
    float *by_real = batch->by_logit, *by_fake = batch->by_logit + rows;
    memset(batch->by_logit, 0, 2 * rows * sizeof(float));
    double loss = batch->recipe->label_smoothing > 0.0f
                      ? cg_loss_cross_entropy(real_logits, batch->labels, rows, 1.0f, by_real)
                      : cg_loss_discriminator(objective, true, real_logits, rows, 1.0f, by_real);
    return loss + cg_loss_discriminator(objective, false, fake_logits, rows, 1.0f, by_fake);
}

void cg_vector_batch_judge(struct cg_vector_batch *batch, uint64_t round,
                           const struct cg_learner *discriminator)
{
    size_t rows = (size_t)batch->rows;
    float *gradient = cg_learner_micro_batch(discriminator, 0);
    struct cg_vector_losses *losses = &batch->losses;
    view(batch, PURPOSE_VIEW_REAL, round, batch->real, batch->seen);
    view(batch, PURPOSE_VIEW_FAKE, round, batch->fake, batch->seen + rows * batch->pixels);
    cg_pass_set_noise(batch->judge_both, dropout_noise(batch, PURPOSE_DROPOUT_D, round));
    const float *logits = cg_pass_forward(batch->judge_both, discriminator->used, batch->seen);
    losses->accuracy_real = fraction_above_zero(logits, batch->rows);
    losses->accuracy_fake = 1.0 - fraction_above_zero(logits + rows, batch->rows);
    losses->discriminator = discriminator_loss(batch, logits, logits + rows);
    cg_pass_backward(batch->judge_both, discriminator->used, batch->by_logit, gradient, NULL);
    if (batch->penalty != NULL)
        losses->penalty = cg_penalty_r1(batch->penalty, batch->judge_both, rows,
                                        discriminator->used, batch->recipe->r1, gradient);
}

void cg_vector_batch_learn(struct cg_vector_batch *batch, uint64_t round,
                           const struct cg_learner *discriminator,
                           const struct cg_learner *generator)
{
    size_t rows = (size_t)batch->rows;
    float *by_pictures = batch->by_seen;
    view(batch, PURPOSE_VIEW_G, round, batch->fake, batch->seen);
    cg_pass_set_noise(batch->judge_fake, dropout_noise(batch, PURPOSE_DROPOUT_G, round));
    const float *logits = cg_pass_forward(batch->judge_fake, discriminator->used, batch->seen);
    memset(batch->by_logit, 0, rows * sizeof(float));
    batch->losses.generator =
        cg_loss_generator(batch->recipe->objective, logits, rows, 1.0f, batch->by_logit);
    cg_pass_backward(batch->judge_fake, discriminator->used, batch->by_logit, NULL, batch->by_seen);
    if (batch->augment.policy != 0) {
        struct rows_call call = {.batch = batch, .row = view_row_backward};
        for_rows(&call);
        by_pictures = batch->by_fake;
    }
    cg_pass_backward(batch->generate, generator->used, by_pictures,
                     cg_learner_micro_batch(generator, 0), NULL);
}

const struct cg_vector_losses *cg_vector_batch_losses(const struct cg_vector_batch *batch)
{
    return &batch->losses;
}
