/* Losses: see loss.h. */
#include "nn/loss.h"

#include "base/multiversion.h"
#include "tensor/exponential.h"

#include <math.h>
#include <stdlib.h>

/* Floats are summed in this many strands, so that loops vectorise, and at most STRETCH values at a
 * time, so that little is lost to rounding. */
#define STRANDS 16
#define STRETCH 4096

static double sum_of(const float strands[STRANDS])
{
    double sum = 0.0;
    for (int j = 0; j < STRANDS; j++)
        sum += strands[j];
    return sum;
}

static inline float sign(float x)
{
    return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : 0.0f;
}

/* count up to STRETCH: gradient += scale * sign(prediction - target); the sum of the distances. */
CG_MULTIVERSION
static double l1_stretch(const float *restrict prediction, const float *restrict target,
                         size_t count, float scale, float *restrict gradient)
{
    float strands[STRANDS] = {0};
    size_t i = 0;
    for (; i + STRANDS <= count; i += STRANDS)
        for (size_t j = 0; j < STRANDS; j++) {
            float difference = prediction[i + j] - target[i + j];
            strands[j] += fabsf(difference);
            gradient[i + j] += scale * sign(difference);
        }
    for (; i < count; i++) {
        float difference = prediction[i] - target[i];
        strands[0] += fabsf(difference);
        gradient[i] += scale * sign(difference);
    }
    return sum_of(strands);
}

/* One stretch of a loss that compares values with others: as l1_stretch. */
typedef double (*stretch_fn)(const float *restrict, const float *restrict, size_t, float,
                             float *restrict);

static double mean_in_stretches(stretch_fn stretch, const float *values, const float *others,
                                size_t count, float weight, float *gradient)
{
    double sum = 0.0;
    float scale = weight / (float)count;
    for (size_t i = 0; i < count; i += STRETCH)
        sum += stretch(values + i, others + i, count - i < STRETCH ? count - i : STRETCH, scale,
                       gradient + i);
    return sum * (double)scale;
}

double cg_loss_l1(const float *prediction, const float *target, size_t count, float weight,
                  float *gradient)
{
    return mean_in_stretches(l1_stretch, prediction, target, count, weight, gradient);
}

/* Values and what they are compared with, `apart` further on: the distance between the differences
 * of the two, and its gradient, by one of them alone. */
CG_MULTIVERSION
static double differences(const float *restrict prediction, const float *restrict target,
                          size_t count, size_t apart, float scale, float *restrict gradient)
{
    float strands[STRANDS] = {0};
    size_t i = 0;
    for (; i + STRANDS <= count; i += STRANDS)
        for (size_t j = i; j < i + STRANDS; j++) {
            float d = (prediction[j + apart] - prediction[j]) - (target[j + apart] - target[j]);
            strands[j - i] += fabsf(d);
            gradient[j] += scale * sign(d);
        }
    for (; i < count; i++) {
        float d = (prediction[i + apart] - prediction[i]) - (target[i + apart] - target[i]);
        strands[0] += fabsf(d);
        gradient[i] += scale * sign(d);
    }
    return sum_of(strands);
}

/* Pairs of neighbours: the loss of their differences, its gradient to both. */
static double differences_l1(const float *prediction, const float *target, size_t count,
                             size_t apart, float scale, float *gradient)
{
    differences(prediction, target, count, apart, -scale, gradient);
    return differences(prediction, target, count, apart, scale, gradient + apart);
}

double cg_loss_gradient_l1(const float *prediction, const float *target, int count, int height,
                           int width, int channels, float weight, float *gradient)
{
    size_t line = (size_t)width * (size_t)channels;
    size_t total = (size_t)count * (size_t)height * line;
    float scale = weight / (float)total;
    double sum = 0.0;
    for (int row = 0; row < count * height; row++) {
        size_t start = (size_t)row * line;
        const float *p = prediction + start, *t = target + start;
        sum += differences_l1(p, t, line - (size_t)channels, (size_t)channels, scale,
                              gradient + start);
        if (row % height + 1 < height)
            sum += differences_l1(p, t, line, line, scale, gradient + start);
    }
    return sum * (double)scale;
}

double cg_loss_shifted_l1(const float *first, const float *second, int height, int width,
                          int channels, int right, int down, float weight, float *grad_first,
                          float *grad_second)
{
    int columns = width - abs(right), rows = height - abs(down);
    int left = right < 0 ? -right : 0,
        top = down < 0 ? -down : 0; /* of the common area, in second */
    size_t values = (size_t)columns * (size_t)channels;
    float scale = weight / (float)(values * (size_t)rows);
    double sum = 0.0;
    for (int y = top; y < top + rows; y++) {
        size_t a = (size_t)(((y + down) * width + left + right) * channels);
        size_t b = (size_t)((y * width + left) * channels);
        float row_sum = 0.0f;
        for (size_t i = 0; i < values; i++) {
            float difference = second[b + i] - first[a + i], g = scale * sign(difference);
            row_sum += fabsf(difference);
            grad_second[b + i] += g;
            grad_first[a + i] -= g;
        }
        sum += row_sum;
    }
    return sum * (double)scale;
}

static float sigmoid(float x)
{
    return cg_sigmoid(x, cg_exponential_of_minus(x));
}

/* log(1 + exp(x)) without overflow */
static float softplus(float x)
{
    return cg_softplus(x, cg_exponential_of_minus(x));
}

/* count up to STRETCH, in their order */
static double sum_in_order(const float *values, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

CG_MULTIVERSION
static double cross_entropy_stretch(const float *restrict logit, const float *restrict target,
                                    size_t count, float scale, float *restrict gradient)
{
    float losses[STRETCH];
    for (size_t i = 0; i < count; i++) {
        float small = cg_exponential_of_minus(logit[i]);
        losses[i] = cg_softplus(logit[i], small) - target[i] * logit[i];
        gradient[i] += scale * (cg_sigmoid(logit[i], small) - target[i]);
    }
    return sum_in_order(losses, count);
}

double cg_loss_cross_entropy(const float *logit, const float *target, size_t count, float weight,
                             float *gradient)
{
    return mean_in_stretches(cross_entropy_stretch, logit, target, count, weight, gradient);
}

CG_MULTIVERSION
static double absence_stretch(const float *restrict logit, const float *restrict fraction,
                              size_t count, float scale, float *restrict gradient)
{
    float losses[STRETCH];
    for (size_t i = 0; i < count; i++) {
        float small = cg_exponential_of_minus(logit[i]);
        losses[i] = fraction[i] * cg_softplus(logit[i], small);
        gradient[i] += scale * fraction[i] * cg_sigmoid(logit[i], small);
    }
    return sum_in_order(losses, count);
}

double cg_loss_absence(const float *logit, const float *fraction, size_t count, float weight,
                       float *gradient)
{
    return mean_in_stretches(absence_stretch, logit, fraction, count, weight, gradient);
}

/* Value and derivative of one adversarial term. */
struct term {
    float value, slope;
};

static struct term discriminator_term(enum cg_gan_objective objective, bool real, float logit)
{
    float direction = real ? -1.0f : 1.0f; /* in which the loss grows */
    float label = real ? 1.0f : 0.0f;
    switch (objective) {
    case CG_GAN_LEAST_SQUARES:
        return (struct term){0.5f * (logit - label) * (logit - label), logit - label};
    case CG_GAN_HINGE: {
        float margin = 1.0f + direction * logit;
        return margin > 0.0f ? (struct term){margin, direction} : (struct term){0.0f, 0.0f};
    }
    case CG_GAN_MINIMAX:
    case CG_GAN_NON_SATURATING:
        break;
    }
    return (struct term){softplus(direction * logit), direction * sigmoid(direction * logit)};
}

static struct term generator_term(enum cg_gan_objective objective, float logit)
{
    switch (objective) {
    case CG_GAN_MINIMAX:
        return (struct term){-softplus(logit), -sigmoid(logit)};
    case CG_GAN_NON_SATURATING:
        return (struct term){softplus(-logit), -sigmoid(-logit)};
    case CG_GAN_LEAST_SQUARES:
        return (struct term){0.5f * (logit - 1.0f) * (logit - 1.0f), logit - 1.0f};
    case CG_GAN_HINGE:
        break;
    }
    return (struct term){-logit, -1.0f};
}

double cg_loss_discriminator(enum cg_gan_objective objective, bool real, const float *logit,
                             size_t count, float weight, float *gradient)
{
    double sum = 0.0;
    float scale = weight / (float)count;
    for (size_t i = 0; i < count; i++) {
        struct term term = discriminator_term(objective, real, logit[i]);
        sum += term.value;
        gradient[i] += scale * term.slope;
    }
    return sum * (double)scale;
}

double cg_loss_generator(enum cg_gan_objective objective, const float *logit, size_t count,
                         float weight, float *gradient)
{
    double sum = 0.0;
    float scale = weight / (float)count;
    for (size_t i = 0; i < count; i++) {
        struct term term = generator_term(objective, logit[i]);
        sum += term.value;
        gradient[i] += scale * term.slope;
    }
    return sum * (double)scale;
}
