/* One micro-batch of a training step: see micro_batch.h. */
#include "train/style/micro_batch.h"

#include "base/clamp.h"
#include "base/memory.h"
#include "base/multiversion.h"
#include "model/architecture.h"
#include "train/style/feature_losses.h"
#include "train/style/pair_picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Streams of random numbers (base/rng.h): one a use, so that none depends on another. */
enum {
    STREAM_PHOTOS = 100,
    STREAM_REAL = 101,
    STREAM_NOISE = 102,
    STREAM_SHIFT = 103,
    STREAM_PLACES = 104
};

/* How far the second of two crops that shall give one comic is moved, at most, to each side. */
#define SHIFT_MAX_PX 4

static enum cg_status allocate_buffers(struct cg_micro_batch *micro_batch, struct cg_error *error)
{
    float **const three[] = {&micro_batch->photo,        &micro_batch->target_colour,
                             &micro_batch->target_comic, &micro_batch->colour,
                             &micro_batch->comic,        &micro_batch->grad_colour,
                             &micro_batch->grad_comic,   &micro_batch->grad_judged};
    float **const one[] = {&micro_batch->target_ink,  &micro_batch->logit,
                           &micro_batch->ink,         &micro_batch->grad_logit,
                           &micro_batch->grad_logits, &micro_batch->distant,
                           &micro_batch->room};
    bool complete = true;
    for (size_t i = 0; i < sizeof(three) / sizeof(three[0]); i++)
        complete &=
            (*three[i] = cg_alloc(3 * micro_batch->pixels, sizeof(float), "crops", error)) != NULL;
    for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++)
        complete &=
            (*one[i] = cg_alloc(micro_batch->pixels, sizeof(float), "crops", error)) != NULL;
    micro_batch->grad_output =
        cg_alloc(CG_GENERATOR_CHANNELS * micro_batch->pixels, sizeof(float), "crops", error);
    micro_batch->real = cg_alloc(6 * micro_batch->pixels, sizeof(float), "crops", error);
    micro_batch->shifts =
        cg_alloc_zero((size_t)micro_batch->crops, sizeof(*micro_batch->shifts), "crops", error);
    if (!complete || micro_batch->grad_output == NULL || micro_batch->real == NULL ||
        micro_batch->shifts == NULL)
        return CG_ERR_MEMORY;
    micro_batch->judged = micro_batch->real + 3 * micro_batch->pixels;
    return CG_OK;
}

static enum cg_status allocate_pairs(struct cg_micro_batch *micro_batch, struct cg_error *error)
{
    micro_batch->pairs = cg_alloc(6 * micro_batch->pixels, sizeof(float), "crops", error);
    micro_batch->photo_luma = cg_alloc(micro_batch->pixels, sizeof(float), "crops", error);
    bool complete = micro_batch->pairs != NULL && micro_batch->photo_luma != NULL;
    return complete ? CG_OK : CG_ERR_MEMORY;
}

static size_t patches_of(const struct cg_pass *pass)
{
    return cg_shape_rows(cg_pass_output_shape(pass));
}

/* The passes over one critic, and its penalty. */
static enum cg_status create_critic(struct cg_micro_batch *micro_batch, enum cg_critic critic,
                                    const struct cg_network *network, struct cg_error *error)
{
    int crops = micro_batch->crops, side = micro_batch->side;
    struct cg_pass **both = &micro_batch->on_both[critic];
    enum cg_status status = cg_pass_create(network, 2 * crops, side, side, false, both, error);
    if (status == CG_OK)
        status = cg_pass_create(network, crops, side, side, true, &micro_batch->on_judged[critic],
                                error);
    if (status == CG_OK && micro_batch->recipe.r1 > 0.0f)
        status = cg_penalty_create(network, patches_of(*both) / 2, &micro_batch->r1[critic], error);
    return status;
}

enum cg_status cg_micro_batch_create(const struct cg_recipe *recipe, int index, float fraction,
                                     const struct cg_network *generator,
                                     struct cg_network *const critics[CG_CRITIC_COUNT],
                                     const struct cg_convnet *features, struct cg_micro_batch **out,
                                     struct cg_error *error)
{
    *out = NULL;
    struct cg_micro_batch *micro_batch =
        cg_alloc_zero(1, sizeof(*micro_batch), "micro-batch", error);
    if (micro_batch == NULL)
        return CG_ERR_MEMORY;
    int crops = recipe->micro_batch_crops, side = recipe->crop_px;
    micro_batch->recipe = *recipe;
    micro_batch->index = index;
    micro_batch->fraction = fraction;
    micro_batch->crops = crops;
    micro_batch->side = side;
    micro_batch->pixels = (size_t)crops * (size_t)side * (size_t)side;
    enum cg_status status = allocate_buffers(micro_batch, error);
    if (status == CG_OK && critics[CG_CRITIC_PAIR] != NULL)
        status = allocate_pairs(micro_batch, error);
    if (status == CG_OK)
        status =
            cg_pass_create(generator, crops, side, side, false, &micro_batch->generator, error);
    for (int c = 0; status == CG_OK && c < CG_CRITIC_COUNT; c++)
        if (critics[c] != NULL)
            status = create_critic(micro_batch, (enum cg_critic)c, critics[c], error);
    if (status == CG_OK && features != NULL)
        status = cg_features_create(micro_batch, features, error);
    if (status != CG_OK) {
        cg_micro_batch_free(micro_batch);
        return status;
    }
    *out = micro_batch;
    return CG_OK;
}

void cg_micro_batch_free(struct cg_micro_batch *micro_batch)
{
    if (micro_batch == NULL)
        return;
    for (int c = 0; c < CG_CRITIC_COUNT; c++) {
        cg_penalty_free(micro_batch->r1[c]);
        cg_pass_free(micro_batch->on_judged[c]);
        cg_pass_free(micro_batch->on_both[c]);
    }
    cg_features_clear(micro_batch);
    cg_pass_free(micro_batch->generator);
    float *const buffers[] = {
        micro_batch->photo,        micro_batch->target_colour, micro_batch->target_ink,
        micro_batch->target_comic, micro_batch->colour,        micro_batch->logit,
        micro_batch->ink,          micro_batch->comic,         micro_batch->real,
        micro_batch->grad_colour,  micro_batch->grad_logit,    micro_batch->grad_comic,
        micro_batch->grad_judged,  micro_batch->grad_output,   micro_batch->grad_logits,
        micro_batch->distant,      micro_batch->room,          micro_batch->pairs,
        micro_batch->photo_luma};
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        free(buffers[i]);
    free(micro_batch->shifts);
    free(micro_batch);
}

const struct cg_losses *cg_micro_batch_losses(const struct cg_micro_batch *micro_batch)
{
    return &micro_batch->losses;
}

CG_MULTIVERSION
static void put_ink_on_colour(const float *restrict colour, const float *restrict ink,
                              size_t pixels, float *restrict comic)
{
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < 3; c++)
            comic[3 * i + c] = colour[3 * i + c] * (1.0f - ink[i]);
}

/* From 0 to 1 to what critics are shown (critic.h). */
CG_MULTIVERSION
static void show_to_critics(const float *picture, size_t count, float *judged)
{
    for (size_t i = 0; i < count; i++)
        judged[i] = CG_CRITIC_RANGE * (2.0f * picture[i] - 1.0f);
}

/* Comics beside their photos: the teacher's, or those that the generator made. */
static void pair_up(struct cg_micro_batch *micro_batch, bool generated)
{
    size_t values = 3 * micro_batch->pixels;
    float *pairs = micro_batch->pairs + (generated ? values : 0);
    cg_pair_picture_compose(generated ? micro_batch->comic : micro_batch->target_comic,
                            micro_batch->photo_luma, micro_batch->pixels, pairs);
    show_to_critics(pairs, values, pairs);
}

static struct cg_rng crop_rng(const struct cg_micro_batch *micro_batch, uint64_t seed,
                              uint64_t stream, uint64_t step, int crop)
{
    uint64_t number = step * (uint64_t)micro_batch->recipe.batch +
                      (uint64_t)(micro_batch->index * micro_batch->crops + crop);
    return cg_rng_make(seed, stream, number);
}

/* Of deviation 1: the sum of four numbers that are as likely everywhere, near enough to the normal
 * distribution for a sensor's noise and a tenth of its cost. */
static float noise_value(struct cg_rng *rng)
{
    const float mean = 2.0f * 65535.0f, deviation = 37837.2f; /* 65536 / sqrt(3) */
    uint64_t bits = cg_rng_next(rng);
    uint64_t pairs = (bits & 0x0000ffff0000ffffu) + (bits >> 16 & 0x0000ffff0000ffffu);
    uint32_t sum = (uint32_t)pairs + (uint32_t)(pairs >> 32);
    return ((float)sum - mean) * (1.0f / deviation);
}

/*
 * Sensor noise on one crop of the photo, of a deviation drawn from 0 to the recipe's: the targets
 * are those of the photo without it, so the generator learns to draw the same comic from both.
 */
static void add_noise(struct cg_micro_batch *micro_batch, uint64_t seed, uint64_t step, int crop)
{
    const size_t values = 3 * (size_t)micro_batch->side * (size_t)micro_batch->side;
    struct cg_rng rng = crop_rng(micro_batch, seed, STREAM_NOISE, step, crop);
    float *photo = micro_batch->photo + (size_t)crop * values;
    float deviation = micro_batch->recipe.noise * cg_rng_uniform(&rng);
    for (size_t i = 0; i < values; i++)
        photo[i] = cg_clamp_unit(photo[i] + deviation * noise_value(&rng));
}

/* Whether a crop is the one before it once more, moved. */
static bool is_second(const struct cg_micro_batch *micro_batch, int crop)
{
    return micro_batch->recipe.consistency > 0.0f && crop % 2 == 1;
}

static void draw_photo(struct cg_micro_batch *micro_batch, const struct cg_dataset *dataset,
                       uint64_t seed, uint64_t step, int crop)
{
    const uint32_t places = 2 * SHIFT_MAX_PX + 1;
    size_t first = (size_t)crop * (size_t)micro_batch->side * (size_t)micro_batch->side;
    bool second = is_second(micro_batch, crop);
    struct cg_crop_shift *shift = &micro_batch->shifts[crop];
    struct cg_rng rng = crop_rng(micro_batch, seed, STREAM_PHOTOS, step, second ? crop - 1 : crop);
    if (second) {
        struct cg_rng moving = crop_rng(micro_batch, seed, STREAM_SHIFT, step, crop);
        shift->right = (int)cg_rng_below(&moving, places) - SHIFT_MAX_PX;
        shift->down = (int)cg_rng_below(&moving, places) - SHIFT_MAX_PX;
    }
    cg_dataset_photo_crop(dataset, &rng, second ? shift : NULL, micro_batch->photo + 3 * first,
                          micro_batch->target_colour + 3 * first, micro_batch->target_ink + first);
    if (micro_batch->pairs != NULL)
        cg_pair_picture_luma(micro_batch->photo + 3 * first,
                             (size_t)micro_batch->side * (size_t)micro_batch->side,
                             micro_batch->photo_luma + first);
    if (micro_batch->clean_photo != NULL) {
        memcpy(micro_batch->clean_photo + 3 * first, micro_batch->photo + 3 * first,
               3 * (size_t)micro_batch->side * (size_t)micro_batch->side * sizeof(float));
        micro_batch->place_rngs[crop] = crop_rng(micro_batch, seed, STREAM_PLACES, step, crop);
    }
    if (micro_batch->recipe.noise > 0.0f)
        add_noise(micro_batch, seed, step, crop);
}

void cg_micro_batch_generate(struct cg_micro_batch *micro_batch, const struct cg_dataset *dataset,
                             uint64_t seed, uint64_t step, const struct cg_learner *generator)
{
    size_t area = (size_t)micro_batch->side * (size_t)micro_batch->side;
    micro_batch->losses = (struct cg_losses){0};
    for (int k = 0; k < micro_batch->crops; k++)
        draw_photo(micro_batch, dataset, seed, step, k);
    put_ink_on_colour(micro_batch->target_colour, micro_batch->target_ink, micro_batch->pixels,
                      micro_batch->target_comic);
    const float *output =
        cg_pass_forward(micro_batch->generator, generator->used, micro_batch->photo);
    for (int k = 0; k < micro_batch->crops; k++) {
        size_t first = (size_t)k * area;
        cg_layers_from_output(output + CG_GENERATOR_CHANNELS * first,
                              micro_batch->photo + 3 * first, micro_batch->side, micro_batch->side,
                              micro_batch->colour + 3 * first, micro_batch->logit + first);
    }
    memcpy(micro_batch->ink, micro_batch->logit, micro_batch->pixels * sizeof(float));
    cg_activate(micro_batch->ink, micro_batch->pixels, CG_ACT_SIGMOID, 0.0f);
    put_ink_on_colour(micro_batch->colour, micro_batch->ink, micro_batch->pixels,
                      micro_batch->comic);
    show_to_critics(micro_batch->comic, 3 * micro_batch->pixels, micro_batch->judged);
    if (micro_batch->pairs != NULL)
        pair_up(micro_batch, true);
}

void cg_micro_batch_draw_real(struct cg_micro_batch *micro_batch, const struct cg_dataset *dataset,
                              uint64_t seed, uint64_t step)
{
    size_t area = (size_t)micro_batch->side * (size_t)micro_batch->side;
    for (int k = 0; k < micro_batch->crops; k++) {
        struct cg_rng rng = crop_rng(micro_batch, seed, STREAM_REAL, step, k);
        float *crop = micro_batch->real + 3 * (size_t)k * area;
        if (cg_rng_uniform(&rng) < micro_batch->recipe.teacher_fraction)
            memcpy(crop, micro_batch->target_comic + 3 * (size_t)k * area,
                   3 * area * sizeof(float));
        else
            cg_dataset_comic_crop(dataset, &rng, crop);
    }
    show_to_critics(micro_batch->real, 3 * micro_batch->pixels, micro_batch->real);
    if (micro_batch->pairs != NULL)
        pair_up(micro_batch, false);
}

/* A loss that is not finite makes the gradient so, which is what is looked at. */
static void taint(const struct cg_micro_batch *micro_batch, float *gradient)
{
    if (!cg_losses_are_finite(&micro_batch->losses))
        gradient[0] = NAN;
}

static double fraction_right(const float *logits, size_t count, bool real)
{
    size_t right = 0;
    for (size_t i = 0; i < count; i++)
        right += (logits[i] > 0.0f) == real;
    return (double)right / (double)count;
}

/* One side of a critic's task: the real pictures, or the generated ones. */
static void mark(struct cg_micro_batch *micro_batch, enum cg_critic critic, bool real,
                 const float *logits, size_t patches, float *gradient)
{
    micro_batch->losses.critic[critic] += cg_loss_discriminator(
        micro_batch->recipe.objective, real, logits, patches, micro_batch->fraction, gradient);
    double right = (double)micro_batch->fraction * fraction_right(logits, patches, real);
    *(real ? &micro_batch->losses.right_real[critic] : &micro_batch->losses.right_fake[critic]) =
        right;
}

/* Real pictures, and after them the generated ones. */
static const float *shown_to(const struct cg_micro_batch *micro_batch, enum cg_critic critic)
{
    return critic == CG_CRITIC_PAIR ? micro_batch->pairs : micro_batch->real;
}

void cg_micro_batch_criticise(struct cg_micro_batch *micro_batch, enum cg_critic critic,
                              const struct cg_learner *learner)
{
    struct cg_pass *pass = micro_batch->on_both[critic];
    size_t patches = patches_of(pass) / 2;
    const float *logits = cg_pass_forward(pass, learner->used, shown_to(micro_batch, critic));
    memset(micro_batch->grad_logits, 0, 2 * patches * sizeof(float));
    mark(micro_batch, critic, true, logits, patches, micro_batch->grad_logits);
    mark(micro_batch, critic, false, logits + patches, patches, micro_batch->grad_logits + patches);
    if (micro_batch->r1[critic] != NULL)
        micro_batch->losses.r1[critic] =
            cg_penalty_r1(micro_batch->r1[critic], pass, patches, learner->used,
                          micro_batch->fraction * micro_batch->recipe.r1,
                          cg_learner_micro_batch(learner, micro_batch->index));
    taint(micro_batch, micro_batch->grad_logits);
    cg_learner_backward(learner, micro_batch->index, pass, micro_batch->grad_logits);
}

static void learn_from_targets(struct cg_micro_batch *micro_batch, float fraction)
{
    if (micro_batch->on_comics != NULL)
        cg_features_begin(micro_batch);
    for (int i = 0; CG_LOSSES[i].name != NULL; i++) {
        float weight = cg_loss_weight(&CG_LOSSES[i], &micro_batch->recipe);
        if (weight > 0.0f)
            micro_batch->losses.target[i] = CG_LOSSES[i].add(micro_batch, fraction * weight);
    }
    if (micro_batch->on_comics != NULL)
        cg_features_end(micro_batch);
}

/* What the generator must change for a critic to take its comics for real ones. */
static void learn_from_critic(struct cg_micro_batch *micro_batch, enum cg_critic critic,
                              const struct cg_learner *learner)
{
    struct cg_pass *pass = micro_batch->on_judged[critic];
    size_t patches = patches_of(pass);
    float weight = micro_batch->fraction * micro_batch->recipe.adversarial[critic];
    const float *judged = shown_to(micro_batch, critic) + 3 * micro_batch->pixels;
    const float *logits = cg_pass_forward(pass, learner->used, judged);
    memset(micro_batch->grad_logits, 0, patches * sizeof(float));
    micro_batch->losses.adversarial[critic] = cg_loss_generator(
        micro_batch->recipe.objective, logits, patches, weight, micro_batch->grad_logits);
    cg_pass_backward(pass, learner->used, micro_batch->grad_logits, NULL, micro_batch->grad_judged);
    if (critic == CG_CRITIC_PAIR)
        cg_pair_picture_backward(micro_batch->grad_judged, micro_batch->pixels);
    micro_batch->losses.adversarial_gradient[critic] =
        cg_vector_dot(micro_batch->grad_judged, micro_batch->grad_judged, 3 * micro_batch->pixels);
    cg_vector_axpy(micro_batch->grad_comic, 2.0f * CG_CRITIC_RANGE, micro_batch->grad_judged,
                   3 * micro_batch->pixels);
}

/* comic = colour (1 - ink), ink = sigmoid(logit): from the comic's gradient to its layers'. */
static void pass_comic_gradient_on(struct cg_micro_batch *micro_batch)
{
    for (size_t i = 0; i < micro_batch->pixels; i++) {
        float ink = micro_batch->ink[i], by_ink = 0.0f;
        for (size_t c = 3 * i; c < 3 * i + 3; c++) {
            micro_batch->grad_colour[c] += micro_batch->grad_comic[c] * (1.0f - ink);
            by_ink -= micro_batch->grad_comic[c] * micro_batch->colour[c];
        }
        micro_batch->grad_logit[i] += by_ink * ink * (1.0f - ink);
    }
}

void cg_micro_batch_learn(struct cg_micro_batch *micro_batch, const struct cg_learner *generator,
                          float target_fraction, const struct cg_learner *critics)
{
    size_t area = (size_t)micro_batch->side * (size_t)micro_batch->side;
    memset(micro_batch->grad_colour, 0, 3 * micro_batch->pixels * sizeof(float));
    memset(micro_batch->grad_comic, 0, 3 * micro_batch->pixels * sizeof(float));
    memset(micro_batch->grad_logit, 0, micro_batch->pixels * sizeof(float));
    learn_from_targets(micro_batch, micro_batch->fraction * target_fraction);
    for (int c = 0; critics != NULL && c < CG_CRITIC_COUNT; c++)
        if (micro_batch->on_judged[c] != NULL)
            learn_from_critic(micro_batch, (enum cg_critic)c, &critics[c]);
    pass_comic_gradient_on(micro_batch);
    for (int k = 0; k < micro_batch->crops; k++) {
        size_t first = (size_t)k * area;
        cg_layers_gradient_to_output(micro_batch->grad_colour + 3 * first,
                                     micro_batch->grad_logit + first, micro_batch->side,
                                     micro_batch->side,
                                     micro_batch->grad_output + CG_GENERATOR_CHANNELS * first);
    }
    taint(micro_batch, micro_batch->grad_output);
    cg_learner_backward(generator, micro_batch->index, micro_batch->generator,
                        micro_batch->grad_output);
}
