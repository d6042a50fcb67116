/* How alike two pictures look to a network. */
#ifndef CG_CONVNET_PERCEPTUAL_H
#define CG_CONVNET_PERCEPTUAL_H

#include "convnet/convnet.h"

/*
 * The perceptual distance of two pictures: over the layers that the network names, of those that
 * the passes run, the sum of
 *
 *     mean over pixels of |x / |x| - y / |y||^2,
 *
 * x and y being the channels of a pixel of the two maps; 0 to 2 a layer where they have been
 * through a ReLU. That is LPIPS (Zhang et al. 2018, "The unreasonable effectiveness of deep
 * features as a perceptual metric") without the weights that it learned from people, its baseline.
 * 0 with a network that names no layers.
 */
double cg_perceptual_distance(const struct cg_conv_pass *x, const struct cg_conv_pass *y);

/*
 * The same times weight, as a loss (Johnson, Alahi and Fei-Fei 2016, "Perceptual losses for
 * real-time style transfer and super-resolution") of the picture x: += its gradient with respect to
 * the maps of x, whose backward has been begun.
 */
double cg_perceptual_loss(struct cg_conv_pass *x, const struct cg_conv_pass *y, float weight);

#endif
