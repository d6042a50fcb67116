/*
 * What a network says of pictures: features, class probabilities, and how alike two pictures look
 * to it.
 */
#ifndef CG_EVAL_FEATURES_H
#define CG_EVAL_FEATURES_H

#include "base/content.h"
#include "base/error.h"
#include "eval/convnet.h"

#include <stdbool.h>

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

/*
 * What networks said of pictures, kept in a folder from call to call: a file of a few thousand
 * bytes for each, named by the contents of picture and network. What is damaged is as good as
 * missing.
 */

/* What an entry is made from. With one picture, second is all zero. */
struct cg_feature_key {
    struct cg_content_id network, first, second;
};

/* Fill values if dir (NULL: no cache) holds an entry of key with count numbers. */
bool cg_feature_cache_get(const char *dir, const struct cg_feature_key *key, float *values,
                          size_t count);

/* Keep them, whole or not at all; nothing is done where dir is NULL. Errors: CG_ERR_IO,
 * CG_ERR_MEMORY. */
enum cg_status cg_feature_cache_put(const char *dir, const struct cg_feature_key *key,
                                    const float *values, size_t count, struct cg_error *error);

#endif
