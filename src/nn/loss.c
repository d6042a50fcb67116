/* Losses: see loss.h. */
#include "nn/loss.h"

#include <math.h>
#include <stdlib.h>

static float sign(float x)
{
    return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : 0.0f;
}

double cg_loss_l1(const float *prediction, const float *target, size_t count, float weight,
                  float *gradient)
{
    double sum = 0.0;
    float scale = weight / (float)count;
    for (size_t i = 0; i < count; i++) {
        float difference = prediction[i] - target[i];
        sum += fabsf(difference);
        gradient[i] += scale * sign(difference);
    }
    return sum * (double)scale;
}

/* One pair of neighbours: the loss of their difference, its gradient to both. */
static float difference_l1(const float *prediction, const float *target, size_t a, size_t b,
                           float scale, float *gradient)
{
    float d = (prediction[b] - prediction[a]) - (target[b] - target[a]);
    float g = scale * sign(d);
    gradient[b] += g;
    gradient[a] -= g;
    return fabsf(d);
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
        float row_sum = 0.0f;
        for (size_t i = 0; i + (size_t)channels < line; i++)
            row_sum += difference_l1(prediction, target, start + i, start + i + (size_t)channels,
                                     scale, gradient);
        if (row % height + 1 < height)
            for (size_t i = 0; i < line; i++)
                row_sum +=
                    difference_l1(prediction, target, start + i, start + i + line, scale, gradient);
        sum += row_sum;
    }
    return sum * (double)scale;
}

double cg_loss_shifted_l1(const float *first, const float *second, int height, int width,
                          int channels, int right, int down, float weight, float *grad_first,
                          float *grad_second)
{
    int columns = width - abs(right), rows = height - abs(down);
    int left = right < 0 ? -right : 0,
        top = down < 0 ? -down : 0; /* of what both have, in second */
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
    return 1.0f / (1.0f + expf(-x));
}

/* log(1 + exp(x)) without overflow */
static float softplus(float x)
{
    return (x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x)));
}

double cg_loss_cross_entropy(const float *logit, const float *target, size_t count, float weight,
                             float *gradient)
{
    double sum = 0.0;
    float scale = weight / (float)count;
    for (size_t i = 0; i < count; i++) {
        sum += softplus(logit[i]) - target[i] * logit[i];
        gradient[i] += scale * (sigmoid(logit[i]) - target[i]);
    }
    return sum * (double)scale;
}

/* Value and derivative of one term of the game. */
struct term {
    float value, slope;
};

static struct term discriminator_term(enum cg_gan_objective objective, bool real, float logit)
{
    float direction = real ? -1.0f : 1.0f; /* of growing loss */
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
