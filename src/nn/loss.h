/*
 * Losses. Each returns weight * loss and adds (+=) weight times the loss's gradient to gradient,
 * which has the prediction's shape. Sums are in double, in a fixed order. Means are over all count
 * values.
 */
#ifndef CG_NN_LOSS_H
#define CG_NN_LOSS_H

#include <stdbool.h>
#include <stddef.h>

/* Mean of |prediction - target|. */
double cg_loss_l1(const float *prediction, const float *target, size_t count, float weight,
                  float *gradient);

/*
 * Mean difference of gradients: L1 between the horizontal and vertical first differences of the
 * two pictures, count of them, each height x width x channels.
 */
double cg_loss_gradient_l1(const float *prediction, const float *target, int count, int height,
                           int width, int channels, float weight, float *gradient);

/*
 * Mean of |second(x, y) - first(x + right, y + down)| over the pixels that both pictures (height x
 * width x channels) have: the L1 distance after a shift, which must be shorter than the sides. Adds
 * to the gradients of both.
 */
double cg_loss_shifted_l1(const float *first, const float *second, int height, int width,
                          int channels, int right, int down, float weight, float *grad_first,
                          float *grad_second);

/* Mean binary cross-entropy of sigmoid(logit) against target in [0, 1]. */
double cg_loss_cross_entropy(const float *logit, const float *target, size_t count, float weight,
                             float *gradient);

/* Mean of fraction times the binary cross-entropy of sigmoid(logit) against 0. */
double cg_loss_absence(const float *logit, const float *fraction, size_t count, float weight,
                       float *gradient);

/*
 * Adversarial losses of the logit l, with D = sigmoid(l).
 *
 *                   D, real          D, fake             G
 *   minimax         -log D           -log(1 - D)         log(1 - D)     Goodfellow et al. 2014, eq.
 * 1 non-saturating  -log D           -log(1 - D)         -log D         section 3 there least
 * squares   (l - 1)^2 / 2    l^2 / 2             (l - 1)^2 / 2  Mao et al. 2017 hinge max(0, 1 - l)
 * max(0, 1 + l)       -l             Lim and Ye 2017
 */
enum cg_gan_objective { CG_GAN_MINIMAX, CG_GAN_NON_SATURATING, CG_GAN_LEAST_SQUARES, CG_GAN_HINGE };

/* Mean over the discriminator's logits of real or of generated samples. */
double cg_loss_discriminator(enum cg_gan_objective objective, bool real, const float *logit,
                             size_t count, float weight, float *gradient);

/* Mean over the discriminator's logits of generated samples. */
double cg_loss_generator(enum cg_gan_objective objective, const float *logit, size_t count,
                         float weight, float *gradient);

#endif
