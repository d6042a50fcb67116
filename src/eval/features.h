/*
 * What a network says of pictures: features, class probabilities, and how alike two pictures look
 * to it.
 */
#ifndef CG_EVAL_FEATURES_H
#define CG_EVAL_FEATURES_H

#include "eval/convnet.h"

/* How many features a picture has, and how many classes (0: the network knows none). */
size_t cg_feature_count(const struct cg_convnet *net);
size_t cg_class_count(const struct cg_convnet *net);

/* Features, and behind them the probabilities of the classes, of a picture: the softmax of the
 * network's logits. Errors: those of resizing. */
enum cg_status cg_features_of(struct cg_conv_pass *pass, const struct cg_image *rgb, float *out,
                              struct cg_error *error);

/*
 * The perceptual distance of two pictures of what is the same size in the network: over the layers
 * that the network names, the sum of
 *
 *     mean over pixels of |x / |x| - y / |y||^2,
 *
 * x and y being the channels of a pixel of the two maps; 0 to 2 a layer where they have been
 * through a ReLU. That is LPIPS (Zhang et al. 2018, "The unreasonable effectiveness of deep
 * features as a perceptual metric") without the weights that it learned from people, its baseline.
 * 0 with a network that names no layers.
 */
double cg_perceptual_distance(const struct cg_conv_pass *x, const struct cg_conv_pass *y);

#endif
