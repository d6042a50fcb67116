/* One shard of a training step: see shard.h. */
#include "train/shard.h"

#include "base/memory.h"
#include "base/multiversion.h"
#include "model/layers.h"
#include "train/stray.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Streams of random numbers (base/rng.h): one a use, so that none depends on another. */
enum { STREAM_PHOTOS = 100, STREAM_REAL = 101, STREAM_NOISE = 102, STREAM_SHIFT = 103 };

/* How far the second of two crops that shall give one comic is moved, at most, to each side. */
#define SHIFT_MAX_PX 4

/* Side of the blocks whose mean chroma shall stay the target's, in pixels. */
#define CHROMA_BLOCK_PX 16

struct cg_shard {
    struct cg_recipe recipe;
    int index, crops, side;
    float share;
    size_t pixels; /* of all crops together */
    struct cg_losses losses;
    struct cg_crop_shift *shifts; /* of each crop from the one before it; for consistency */
    /* data: 3 floats a pixel, ink 1 */
    float *photo, *target_colour, *target_ink, *target_comic;
    float *distant, *room; /* where a target has no ink nearby (stray.h), and to work in */
    /* what the generator makes of it */
    float *colour, *logit, *ink, *comic;
    /* as critics see them: real pictures, and after these in memory the comics */
    float *real, *judged;
    float *grad_colour, *grad_logit, *grad_comic, *grad_judged, *grad_output, *grad_verdict;
    struct cg_pass *generator;
    struct cg_pass *on_both[CG_CRITIC_COUNT], *on_judged[CG_CRITIC_COUNT];
};

void cg_losses_add_scaled(struct cg_losses *sum, const struct cg_losses *part, double factor)
{
    sum->colour += factor * part->colour;
    sum->gradient += factor * part->gradient;
    sum->comic += factor * part->comic;
    sum->ink += factor * part->ink;
    sum->chroma += factor * part->chroma;
    sum->stray += factor * part->stray;
    sum->consistency += factor * part->consistency;
    for (int c = 0; c < CG_CRITIC_COUNT; c++) {
        sum->critic[c] += factor * part->critic[c];
        sum->adversarial[c] += factor * part->adversarial[c];
        sum->right_real[c] += factor * part->right_real[c];
        sum->right_fake[c] += factor * part->right_fake[c];
        sum->pull[c] += factor * part->pull[c];
    }
}

bool cg_losses_are_finite(const struct cg_losses *losses)
{
    double sum = losses->colour + losses->gradient + losses->comic + losses->ink + losses->chroma +
                 losses->stray;
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        sum += losses->critic[c] + losses->adversarial[c];
    return isfinite(sum);
}

static enum cg_status allocate_buffers(struct cg_shard *shard, struct cg_error *error)
{
    float **const three[] = {&shard->photo,      &shard->target_colour, &shard->target_comic,
                             &shard->colour,     &shard->comic,         &shard->grad_colour,
                             &shard->grad_comic, &shard->grad_judged};
    float **const one[] = {&shard->target_ink,   &shard->logit,   &shard->ink, &shard->grad_logit,
                           &shard->grad_verdict, &shard->distant, &shard->room};
    bool complete = true;
    for (size_t i = 0; i < sizeof(three) / sizeof(three[0]); i++)
        complete &=
            (*three[i] = cg_alloc(3 * shard->pixels, sizeof(float), "crops", error)) != NULL;
    for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++)
        complete &= (*one[i] = cg_alloc(shard->pixels, sizeof(float), "crops", error)) != NULL;
    shard->grad_output =
        cg_alloc(CG_GENERATOR_CHANNELS * shard->pixels, sizeof(float), "crops", error);
    shard->real = cg_alloc(6 * shard->pixels, sizeof(float), "crops", error);
    shard->shifts = cg_alloc_zero((size_t)shard->crops, sizeof(*shard->shifts), "crops", error);
    if (!complete || shard->grad_output == NULL || shard->real == NULL || shard->shifts == NULL)
        return CG_ERR_MEMORY;
    shard->judged = shard->real + 3 * shard->pixels;
    return CG_OK;
}

enum cg_status cg_shard_create(const struct cg_recipe *recipe, int index, float share,
                               const struct cg_network *generator,
                               struct cg_network *const critics[CG_CRITIC_COUNT],
                               struct cg_shard **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_shard *shard = cg_alloc_zero(1, sizeof(*shard), "shard", error);
    if (shard == NULL)
        return CG_ERR_MEMORY;
    int crops = recipe->shard_crops, side = recipe->crop_px;
    shard->recipe = *recipe;
    shard->index = index;
    shard->share = share;
    shard->crops = crops;
    shard->side = side;
    shard->pixels = (size_t)crops * (size_t)side * (size_t)side;
    enum cg_status status = allocate_buffers(shard, error);
    if (status == CG_OK)
        status = cg_pass_create(generator, crops, side, side, false, &shard->generator, error);
    for (int c = 0; status == CG_OK && c < CG_CRITIC_COUNT; c++) {
        if (critics[c] == NULL)
            continue;
        status =
            cg_pass_create(critics[c], 2 * crops, side, side, false, &shard->on_both[c], error);
        if (status == CG_OK)
            status =
                cg_pass_create(critics[c], crops, side, side, true, &shard->on_judged[c], error);
    }
    if (status != CG_OK) {
        cg_shard_free(shard);
        return status;
    }
    *out = shard;
    return CG_OK;
}

void cg_shard_free(struct cg_shard *shard)
{
    if (shard == NULL)
        return;
    for (int c = 0; c < CG_CRITIC_COUNT; c++) {
        cg_pass_free(shard->on_judged[c]);
        cg_pass_free(shard->on_both[c]);
    }
    cg_pass_free(shard->generator);
    float *const buffers[] = {shard->photo,        shard->target_colour, shard->target_ink,
                              shard->target_comic, shard->colour,        shard->logit,
                              shard->ink,          shard->comic,         shard->real,
                              shard->grad_colour,  shard->grad_logit,    shard->grad_comic,
                              shard->grad_judged,  shard->grad_output,   shard->grad_verdict,
                              shard->distant,      shard->room};
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        free(buffers[i]);
    free(shard->shifts);
    free(shard);
}

const struct cg_losses *cg_shard_losses(const struct cg_shard *shard)
{
    return &shard->losses;
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

static struct cg_rng crop_rng(const struct cg_shard *shard, uint64_t seed, uint64_t stream,
                              uint64_t step, int crop)
{
    uint64_t number =
        step * (uint64_t)shard->recipe.batch + (uint64_t)(shard->index * shard->crops + crop);
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
static void add_noise(struct cg_shard *shard, uint64_t seed, uint64_t step, int crop)
{
    const size_t values = 3 * (size_t)shard->side * (size_t)shard->side;
    struct cg_rng rng = crop_rng(shard, seed, STREAM_NOISE, step, crop);
    float *photo = shard->photo + (size_t)crop * values;
    float deviation = shard->recipe.noise * cg_rng_uniform(&rng);
    for (size_t i = 0; i < values; i++) {
        float value = photo[i] + deviation * noise_value(&rng);
        photo[i] = value < 0.0f ? 0.0f : value > 1.0f ? 1.0f : value;
    }
}

/* Whether a crop is the one before it once more, moved. */
static bool is_second(const struct cg_shard *shard, int crop)
{
    return shard->recipe.consistency > 0.0f && crop % 2 == 1;
}

static void draw_photo(struct cg_shard *shard, const struct cg_dataset *dataset, uint64_t seed,
                       uint64_t step, int crop)
{
    const uint32_t places = 2 * SHIFT_MAX_PX + 1;
    size_t first = (size_t)crop * (size_t)shard->side * (size_t)shard->side;
    bool second = is_second(shard, crop);
    struct cg_crop_shift *shift = &shard->shifts[crop];
    struct cg_rng rng = crop_rng(shard, seed, STREAM_PHOTOS, step, second ? crop - 1 : crop);
    if (second) {
        struct cg_rng moving = crop_rng(shard, seed, STREAM_SHIFT, step, crop);
        shift->right = (int)cg_rng_below(&moving, places) - SHIFT_MAX_PX;
        shift->down = (int)cg_rng_below(&moving, places) - SHIFT_MAX_PX;
    }
    cg_dataset_photo_crop(dataset, &rng, second ? shift : NULL, shard->photo + 3 * first,
                          shard->target_colour + 3 * first, shard->target_ink + first);
    if (shard->recipe.noise > 0.0f)
        add_noise(shard, seed, step, crop);
}

void cg_shard_generate(struct cg_shard *shard, const struct cg_dataset *dataset, uint64_t seed,
                       uint64_t step, const struct cg_learner *generator)
{
    size_t area = (size_t)shard->side * (size_t)shard->side;
    shard->losses = (struct cg_losses){0};
    for (int k = 0; k < shard->crops; k++)
        draw_photo(shard, dataset, seed, step, k);
    put_ink_on_colour(shard->target_colour, shard->target_ink, shard->pixels, shard->target_comic);
    const float *output = cg_pass_forward(shard->generator, generator->used, shard->photo);
    for (int k = 0; k < shard->crops; k++) {
        size_t first = (size_t)k * area;
        cg_layers_from_output(output + CG_GENERATOR_CHANNELS * first, shard->photo + 3 * first,
                              shard->side, shard->side, shard->colour + 3 * first,
                              shard->logit + first);
    }
    memcpy(shard->ink, shard->logit, shard->pixels * sizeof(float));
    cg_activate(shard->ink, shard->pixels, CG_ACT_SIGMOID, 0.0f);
    put_ink_on_colour(shard->colour, shard->ink, shard->pixels, shard->comic);
    show_to_critics(shard->comic, 3 * shard->pixels, shard->judged);
}

void cg_shard_draw_real(struct cg_shard *shard, const struct cg_dataset *dataset, uint64_t seed,
                        uint64_t step)
{
    size_t area = (size_t)shard->side * (size_t)shard->side;
    for (int k = 0; k < shard->crops; k++) {
        struct cg_rng rng = crop_rng(shard, seed, STREAM_REAL, step, k);
        float *crop = shard->real + 3 * (size_t)k * area;
        if (cg_rng_uniform(&rng) < shard->recipe.teacher_share)
            memcpy(crop, shard->target_comic + 3 * (size_t)k * area, 3 * area * sizeof(float));
        else
            cg_dataset_comic_crop(dataset, &rng, crop);
    }
    show_to_critics(shard->real, 3 * shard->pixels, shard->real);
}

/* A loss that is not finite makes the gradient so, which is what is looked at. */
static void taint(const struct cg_shard *shard, float *gradient)
{
    if (!cg_losses_are_finite(&shard->losses))
        gradient[0] = NAN;
}

static double share_judged_right(const float *verdict, size_t count, bool real)
{
    size_t right = 0;
    for (size_t i = 0; i < count; i++)
        right += (verdict[i] > 0.0f) == real;
    return (double)right / (double)count;
}

/* One side of a critic's task: the real pictures, or the generated ones. */
static void mark(struct cg_shard *shard, enum cg_critic critic, bool real, const float *verdict,
                 size_t patches, float *gradient)
{
    shard->losses.critic[critic] += cg_loss_discriminator(shard->recipe.objective, real, verdict,
                                                          patches, shard->share, gradient);
    double right = (double)shard->share * share_judged_right(verdict, patches, real);
    *(real ? &shard->losses.right_real[critic] : &shard->losses.right_fake[critic]) = right;
}

void cg_shard_criticise(struct cg_shard *shard, enum cg_critic critic,
                        const struct cg_learner *learner)
{
    struct cg_pass *pass = shard->on_both[critic];
    size_t patches = cg_shape_rows(cg_pass_output_shape(pass)) / 2;
    const float *verdict = cg_pass_forward(pass, learner->used, shard->real);
    memset(shard->grad_verdict, 0, 2 * patches * sizeof(float));
    mark(shard, critic, true, verdict, patches, shard->grad_verdict);
    mark(shard, critic, false, verdict + patches, patches, shard->grad_verdict + patches);
    taint(shard, shard->grad_verdict);
    cg_learner_backward(learner, shard->index, pass, shard->grad_verdict);
}

/* Mean of (Cb, Cr) over a block of the difference of two pictures, ITU-R BT.601 without offset. */
static void block_chroma(const float *a, const float *b, int stride, float chroma[2])
{
    chroma[0] = chroma[1] = 0.0f;
    for (int y = 0; y < CHROMA_BLOCK_PX; y++)
        for (int x = 0; x < CHROMA_BLOCK_PX; x++) {
            const float *p = a + 3 * (y * stride + x), *q = b + 3 * (y * stride + x);
            float red = p[0] - q[0], green = p[1] - q[1], blue = p[2] - q[2];
            chroma[0] += -0.1687f * red - 0.3313f * green + 0.5f * blue;
            chroma[1] += 0.5f * red - 0.4187f * green - 0.0813f * blue;
        }
    for (int c = 0; c < 2; c++)
        chroma[c] /= CHROMA_BLOCK_PX * CHROMA_BLOCK_PX;
}

static void spread_chroma_gradient(float *gradient, int stride, float for_cb, float for_cr)
{
    for (int y = 0; y < CHROMA_BLOCK_PX; y++)
        for (int x = 0; x < CHROMA_BLOCK_PX; x++) {
            float *g = gradient + 3 * (y * stride + x);
            g[0] += -0.1687f * for_cb + 0.5f * for_cr;
            g[1] += -0.3313f * for_cb - 0.4187f * for_cr;
            g[2] += 0.5f * for_cb - 0.0813f * for_cr;
        }
}

static float signed_scale(float value, float scale)
{
    return value > 0.0f ? scale : value < 0.0f ? -scale : 0.0f;
}

/*
 * L1 between the mean chroma of blocks of the colour layer and of the target: keeps an adversary
 * from painting blotches that the pixel losses would forgive.
 */
static double chroma_loss(struct cg_shard *shard, float weight)
{
    int side = shard->side, blocks = side / CHROMA_BLOCK_PX;
    float scale = weight / (float)(shard->crops * blocks * blocks);
    float to_pixel = scale / (CHROMA_BLOCK_PX * CHROMA_BLOCK_PX);
    double sum = 0.0;
    for (int k = 0; k < shard->crops; k++)
        for (int by = 0; by < blocks; by++)
            for (int bx = 0; bx < blocks; bx++) {
                size_t pixel =
                    (size_t)((k * side + by * CHROMA_BLOCK_PX) * side + bx * CHROMA_BLOCK_PX);
                float chroma[2];
                block_chroma(shard->colour + 3 * pixel, shard->target_colour + 3 * pixel, side,
                             chroma);
                sum += fabsf(chroma[0]) + fabsf(chroma[1]);
                spread_chroma_gradient(shard->grad_colour + 3 * pixel, side,
                                       signed_scale(chroma[0], to_pixel),
                                       signed_scale(chroma[1], to_pixel));
            }
    return sum * (double)scale;
}

/* The second comic of each pair shall be the first one, moved: films then do not flicker. */
static double consistency_loss(struct cg_shard *shard, float weight)
{
    size_t values = 3 * (size_t)shard->side * (size_t)shard->side;
    double sum = 0.0;
    for (int k = 1; k < shard->crops; k += 2) {
        const float *comics = shard->comic + (size_t)(k - 1) * values;
        float *gradients = shard->grad_comic + (size_t)(k - 1) * values;
        sum +=
            cg_loss_shifted_l1(comics, comics + values, shard->side, shard->side, 3,
                               shard->shifts[k].right, shard->shifts[k].down,
                               weight / (float)(shard->crops / 2), gradients, gradients + values);
    }
    return sum;
}

/* No ink where the target has none nearby, whatever a critic asks for. */
static double stray_loss(struct cg_shard *shard, float weight)
{
    size_t area = (size_t)shard->side * (size_t)shard->side;
    for (int k = 0; k < shard->crops; k++)
        cg_stray_distant(shard->target_ink + (size_t)k * area, shard->side, CG_STRAY_REACH_PX,
                         shard->room, shard->distant + (size_t)k * area);
    return cg_loss_absence(shard->logit, shard->distant, shard->pixels, weight, shard->grad_logit);
}

static void learn_from_targets(struct cg_shard *shard, float share)
{
    const struct cg_recipe *recipe = &shard->recipe;
    struct cg_losses *losses = &shard->losses;
    size_t values = 3 * shard->pixels;
    losses->colour = cg_loss_l1(shard->colour, shard->target_colour, values, share * recipe->colour,
                                shard->grad_colour);
    losses->gradient =
        cg_loss_gradient_l1(shard->colour, shard->target_colour, shard->crops, shard->side,
                            shard->side, 3, share * recipe->gradient, shard->grad_colour);
    losses->comic = cg_loss_l1(shard->comic, shard->target_comic, values, share * recipe->comic,
                               shard->grad_comic);
    losses->ink = cg_loss_cross_entropy(shard->logit, shard->target_ink, shard->pixels,
                                        share * recipe->ink, shard->grad_logit);
    if (recipe->chroma > 0.0f)
        losses->chroma = chroma_loss(shard, share * recipe->chroma);
    if (recipe->stray > 0.0f)
        losses->stray = stray_loss(shard, share * recipe->stray);
    if (recipe->consistency > 0.0f)
        losses->consistency = consistency_loss(shard, share * recipe->consistency);
}

/* What the generator must change for a critic to take its comics for real ones. */
static void learn_from_critic(struct cg_shard *shard, enum cg_critic critic,
                              const struct cg_learner *learner)
{
    struct cg_pass *pass = shard->on_judged[critic];
    size_t patches = cg_shape_rows(cg_pass_output_shape(pass));
    float weight = shard->share * shard->recipe.adversarial[critic];
    const float *verdict = cg_pass_forward(pass, learner->used, shard->judged);
    memset(shard->grad_verdict, 0, patches * sizeof(float));
    shard->losses.adversarial[critic] =
        cg_loss_generator(shard->recipe.objective, verdict, patches, weight, shard->grad_verdict);
    cg_pass_backward(pass, learner->used, shard->grad_verdict, NULL, shard->grad_judged);
    shard->losses.pull[critic] =
        cg_vector_dot(shard->grad_judged, shard->grad_judged, 3 * shard->pixels);
    cg_vector_axpy(shard->grad_comic, 2.0f * CG_CRITIC_RANGE, shard->grad_judged,
                   3 * shard->pixels);
}

/* comic = colour (1 - ink), ink = sigmoid(logit): from the comic's gradient to its layers'. */
static void pass_comic_gradient_on(struct cg_shard *shard)
{
    for (size_t i = 0; i < shard->pixels; i++) {
        float ink = shard->ink[i], by_ink = 0.0f;
        for (size_t c = 3 * i; c < 3 * i + 3; c++) {
            shard->grad_colour[c] += shard->grad_comic[c] * (1.0f - ink);
            by_ink -= shard->grad_comic[c] * shard->colour[c];
        }
        shard->grad_logit[i] += by_ink * ink * (1.0f - ink);
    }
}

void cg_shard_learn(struct cg_shard *shard, const struct cg_learner *generator, float target_share,
                    const struct cg_learner *critics)
{
    size_t area = (size_t)shard->side * (size_t)shard->side;
    memset(shard->grad_colour, 0, 3 * shard->pixels * sizeof(float));
    memset(shard->grad_comic, 0, 3 * shard->pixels * sizeof(float));
    memset(shard->grad_logit, 0, shard->pixels * sizeof(float));
    learn_from_targets(shard, shard->share * target_share);
    for (int c = 0; critics != NULL && c < CG_CRITIC_COUNT; c++)
        if (shard->on_judged[c] != NULL)
            learn_from_critic(shard, (enum cg_critic)c, &critics[c]);
    pass_comic_gradient_on(shard);
    for (int k = 0; k < shard->crops; k++) {
        size_t first = (size_t)k * area;
        cg_layers_gradient_to_output(shard->grad_colour + 3 * first, shard->grad_logit + first,
                                     shard->side, shard->side,
                                     shard->grad_output + CG_GENERATOR_CHANNELS * first);
    }
    taint(shard, shard->grad_output);
    cg_learner_backward(generator, shard->index, shard->generator, shard->grad_output);
}
