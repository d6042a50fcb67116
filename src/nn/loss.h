/*
 * Losses. Each returns its value, already multiplied by weight, and adds (+=) weight times its
 * gradient to gradient, which has the prediction's shape. Sums are in double, in a fixed order.
 * "Mean" is over all count values.
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
 * Mean of |second(x, y) - first(x + right, y + down)| over the pixels that both have: of two
 * pictures of height x width x channels, how far the second is from the first moved by so much; the
 * shift is shorter than the sides. Adds to the gradients of both.
 */
double cg_loss_shifted_l1(const float *first, const float *second, int height, int width,
                          int channels, int right, int down, float weight, float *grad_first,
                          float *grad_second);

/* Mean binary cross-entropy of sigmoid(logit) against target in [0, 1]. */
double cg_loss_cross_entropy(const float *logit, const float *target, size_t count, float weight,
                             float *gradient);

/* Mean of share times the binary cross-entropy of sigmoid(logit) against 0: what shall not be. */
double cg_loss_absence(const float *logit, const float *share, size_t count, float weight,
                       float *gradient);

/*
 * The adversarial game, D(x) = sigmoid(logit) where a probability is meant.
 *   minimax (Goodfellow et al. 2014, eq. 1): D: -log D(real), -log(1 - D(fake)); G: log(1 -
 * D(fake)) non-saturating (section 3 there):        D: the same;                        G: -log
 * D(fake) least squares (Mao et al. 2017):         D: (l - 1)^2 / 2, l^2 / 2;          G: (l - 1)^2
 * / 2 hinge (Lim and Ye 2017):                 D: max(0, 1 - l), max(0, 1 + l);    G: -l
 */
enum cg_gan_objective { CG_GAN_MINIMAX, CG_GAN_NON_SATURATING, CG_GAN_LEAST_SQUARES, CG_GAN_HINGE };

/* Mean over logits that the discriminator gave to real or to generated samples. */
double cg_loss_discriminator(enum cg_gan_objective objective, bool real, const float *logit,
                             size_t count, float weight, float *gradient);

/* Mean over logits that the discriminator gave to generated samples. */
double cg_loss_generator(enum cg_gan_objective objective, const float *logit, size_t count,
                         float weight, float *gradient);

#endif
