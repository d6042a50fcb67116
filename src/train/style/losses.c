/* The losses of a step: see losses.h. */
#include "train/style/losses.h"

#include "base/multiversion.h"
#include "train/style/feature_losses.h"
#include "train/style/micro_batch.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Side of the blocks whose mean chroma shall stay the target's, in pixels. */
#define CHROMA_BLOCK_PX 16

/* ---- numbers --------------------------------------------------------------------------------- */

#define NUMBER_COUNT (sizeof(struct cg_losses) / sizeof(double))

void cg_losses_add_scaled(struct cg_losses *sum, const struct cg_losses *part, double factor)
{
    double *to = (double *)sum;
    const double *from = (const double *)part;
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        to[i] += factor * from[i];
}

bool cg_losses_are_finite(const struct cg_losses *losses)
{
    double sum = 0.0;
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        sum += ((const double *)losses)[i];
    return isfinite(sum);
}

double cg_losses_total(const struct cg_losses *losses)
{
    double sum = 0.0;
    for (int i = 0; i < CG_LOSSES_MAX; i++)
        sum += losses->target[i];
    for (int c = 0; c < CG_CRITIC_COUNT; c++)
        sum += losses->adversarial[c];
    return sum;
}

float cg_loss_weight(const struct cg_loss *loss, const struct cg_recipe *recipe)
{
    return *(const float *)(const void *)((const char *)recipe + loss->weight);
}

/* ---- against the targets --------------------------------------------------------------------- */

static double colour_loss(struct cg_micro_batch *micro_batch, float weight)
{
    return cg_loss_l1(micro_batch->colour, micro_batch->target_colour, 3 * micro_batch->pixels,
                      weight, micro_batch->grad_colour);
}

static double gradient_loss(struct cg_micro_batch *micro_batch, float weight)
{
    return cg_loss_gradient_l1(micro_batch->colour, micro_batch->target_colour, micro_batch->crops,
                               micro_batch->side, micro_batch->side, 3, weight,
                               micro_batch->grad_colour);
}

static double comic_loss(struct cg_micro_batch *micro_batch, float weight)
{
    return cg_loss_l1(micro_batch->comic, micro_batch->target_comic, 3 * micro_batch->pixels,
                      weight, micro_batch->grad_comic);
}

static double ink_loss(struct cg_micro_batch *micro_batch, float weight)
{
    return cg_loss_cross_entropy(micro_batch->logit, micro_batch->target_ink, micro_batch->pixels,
                                 weight, micro_batch->grad_logit);
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

/* Total variation of the colour layer (Rudin, Osher and Fatemi 1992): mean difference of neighbours
 * to the right and below. */
static double flat_loss(struct cg_micro_batch *micro_batch, float weight)
{
    size_t line = 3 * (size_t)micro_batch->side,
           rows = micro_batch->pixels / (size_t)micro_batch->side;
    float scale = weight / (float)(6 * micro_batch->pixels);
    const float *colour = micro_batch->colour;
    float *gradient = micro_batch->grad_colour;
    double sum = 0.0;
    for (size_t y = 0; y < rows; y++)
        for (size_t x = 0; x < line; x++) {
            bool last_row = (y + 1) % (size_t)micro_batch->side == 0;
            const size_t at = y * line + x;
            const size_t neighbours[] = {x + 3 < line ? at + 3 : at, last_row ? at : at + line};
            for (int i = 0; i < 2; i++) {
                float difference = colour[neighbours[i]] - colour[at];
                float slope = signed_scale(difference, scale);
                sum += (double)fabsf(difference);
                gradient[neighbours[i]] += slope;
                gradient[at] -= slope;
            }
        }
    return sum * (double)scale;
}

#define LOSS(name, function, ...)                                                                  \
    {                                                                                              \
#name, offsetof(struct cg_recipe, name), function, __VA_ARGS__                             \
    }

const struct cg_loss CG_LOSSES[CG_LOSSES_MAX + 1] = {
    LOSS(colour, colour_loss, false),
    LOSS(gradient, gradient_loss, false),
    LOSS(comic, comic_loss, false),
    LOSS(ink, ink_loss, false),
    LOSS(chroma, chroma_loss, false),
    LOSS(spurious_ink, spurious_ink_loss, false),
    LOSS(consistency, consistency_loss, false),
    LOSS(flat, flat_loss, false),
    LOSS(perceptual, cg_perceptual_add, true),
    LOSS(patch_nce, cg_patch_nce_add, true),
};

CG_MULTIVERSION
static void take_larger(const float *restrict values, int count, float *restrict largest)
{
    for (int i = 0; i < count; i++)
        largest[i] = values[i] > largest[i] ? values[i] : largest[i];
}

/* Each value becomes the largest of those up to reach places, `stride` apart, before and after. */
static void widen(const float *values, int count, int stride, int reach, float *largest)
{
    memcpy(largest, values, (size_t)count * sizeof(float));
    for (int r = stride; r <= reach * stride && r < count; r += stride) {
        take_larger(values + r, count - r, largest);
        take_larger(values, count - r, largest + r);
    }
}

void cg_spurious_ink_distant(const float *ink, int side, int reach, float *room, float *distant)
{
    for (int y = 0; y < side; y++)
        widen(ink + y * side, side, 1, reach, room + y * side);
    widen(room, side * side, side, reach, distant);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            float *value = &distant[y * side + x];
            bool inside = x >= reach && x < side - reach && y >= reach && y < side - reach;
            *value = inside ? 1.0f - *value : 0.0f;
        }
}
