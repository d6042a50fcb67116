/*
 * The generator's turn in a micro-batch: its losses, and their gradient back to its output. A loss
 * that is added needs a function here, a row in learn_from_targets, a field of cg_losses and a
 * weight in the recipe.
 */
#include "train/style/micro_batch_parts.h"

#include "base/multiversion.h"
#include "model/layers.h"
#include "train/style/spurious_ink.h"

#include <string.h>

/* Side of the blocks whose mean chroma shall stay the target's, in pixels. */
#define CHROMA_BLOCK_PX 16

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
static double chroma_loss(struct cg_micro_batch *micro_batch, float weight)
{
    int side = micro_batch->side, blocks = side / CHROMA_BLOCK_PX;
    float scale = weight / (float)(micro_batch->crops * blocks * blocks);
    float to_pixel = scale / (CHROMA_BLOCK_PX * CHROMA_BLOCK_PX);
    double sum = 0.0;
    for (int k = 0; k < micro_batch->crops; k++)
        for (int by = 0; by < blocks; by++)
            for (int bx = 0; bx < blocks; bx++) {
                size_t pixel =
                    (size_t)((k * side + by * CHROMA_BLOCK_PX) * side + bx * CHROMA_BLOCK_PX);
                float chroma[2];
                block_chroma(micro_batch->colour + 3 * pixel,
                             micro_batch->target_colour + 3 * pixel, side, chroma);
                sum += fabsf(chroma[0]) + fabsf(chroma[1]);
                spread_chroma_gradient(micro_batch->grad_colour + 3 * pixel, side,
                                       signed_scale(chroma[0], to_pixel),
                                       signed_scale(chroma[1], to_pixel));
            }
    return sum * (double)scale;
}

/* The second comic of each pair shall be the first one, moved: videos then do not flicker. */
static double consistency_loss(struct cg_micro_batch *micro_batch, float weight)
{
    size_t values = 3 * (size_t)micro_batch->side * (size_t)micro_batch->side;
    double sum = 0.0;
    for (int k = 1; k < micro_batch->crops; k += 2) {
        const float *comics = micro_batch->comic + (size_t)(k - 1) * values;
        float *gradients = micro_batch->grad_comic + (size_t)(k - 1) * values;
        sum += cg_loss_shifted_l1(comics, comics + values, micro_batch->side, micro_batch->side, 3,
                                  micro_batch->shifts[k].right, micro_batch->shifts[k].down,
                                  weight / (float)(micro_batch->crops / 2), gradients,
                                  gradients + values);
    }
    return sum;
}

/* No ink where the target has none nearby, whatever a critic asks for. */
static double spurious_ink_loss(struct cg_micro_batch *micro_batch, float weight)
{
    size_t area = (size_t)micro_batch->side * (size_t)micro_batch->side;
    for (int k = 0; k < micro_batch->crops; k++)
        cg_spurious_ink_distant(micro_batch->target_ink + (size_t)k * area, micro_batch->side,
                                CG_SPURIOUS_INK_REACH_PX, micro_batch->room,
                                micro_batch->distant + (size_t)k * area);
    return cg_loss_absence(micro_batch->logit, micro_batch->distant, micro_batch->pixels, weight,
                           micro_batch->grad_logit);
}

static void learn_from_targets(struct cg_micro_batch *micro_batch, float fraction)
{
    const struct cg_recipe *recipe = &micro_batch->recipe;
    struct cg_losses *losses = &micro_batch->losses;
    size_t values = 3 * micro_batch->pixels;
    losses->colour = cg_loss_l1(micro_batch->colour, micro_batch->target_colour, values,
                                fraction * recipe->colour, micro_batch->grad_colour);
    losses->gradient = cg_loss_gradient_l1(
        micro_batch->colour, micro_batch->target_colour, micro_batch->crops, micro_batch->side,
        micro_batch->side, 3, fraction * recipe->gradient, micro_batch->grad_colour);
    losses->comic = cg_loss_l1(micro_batch->comic, micro_batch->target_comic, values,
                               fraction * recipe->comic, micro_batch->grad_comic);
    losses->ink =
        cg_loss_cross_entropy(micro_batch->logit, micro_batch->target_ink, micro_batch->pixels,
                              fraction * recipe->ink, micro_batch->grad_logit);
    if (recipe->chroma > 0.0f)
        losses->chroma = chroma_loss(micro_batch, fraction * recipe->chroma);
    if (recipe->spurious_ink > 0.0f)
        losses->spurious_ink = spurious_ink_loss(micro_batch, fraction * recipe->spurious_ink);
    if (recipe->consistency > 0.0f)
        losses->consistency = consistency_loss(micro_batch, fraction * recipe->consistency);
}

/* What the generator must change for a critic to take its comics for real ones. */
static void learn_from_critic(struct cg_micro_batch *micro_batch, enum cg_critic critic,
                              const struct cg_learner *learner)
{
    struct cg_pass *pass = micro_batch->on_judged[critic];
    size_t patches = cg_shape_rows(cg_pass_output_shape(pass));
    float weight = micro_batch->fraction * micro_batch->recipe.adversarial[critic];
    const float *logits = cg_pass_forward(pass, learner->used, micro_batch->judged);
    memset(micro_batch->grad_logits, 0, patches * sizeof(float));
    micro_batch->losses.adversarial[critic] = cg_loss_generator(
        micro_batch->recipe.objective, logits, patches, weight, micro_batch->grad_logits);
    cg_pass_backward(pass, learner->used, micro_batch->grad_logits, NULL, micro_batch->grad_judged);
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
    cg_micro_batch_taint(micro_batch, micro_batch->grad_output);
    cg_learner_backward(generator, micro_batch->index, micro_batch->generator,
                        micro_batch->grad_output);
}
