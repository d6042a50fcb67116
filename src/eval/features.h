/*
 * What a network computes from pictures: features, class probabilities, and how alike two pictures
 * look to it.
 */
#ifndef CG_EVAL_FEATURES_H
#define CG_EVAL_FEATURES_H

#include "base/content.h"
#include "base/error.h"
#include "eval/convnet.h"

#include <stdbool.h>

/* The number of features, and of classes (0: none). */
size_t cg_feature_count(const struct cg_convnet *net);
size_t cg_class_count(const struct cg_convnet *net);

/* A picture's features, followed by its class probabilities: the softmax of the network's logits.
 * Errors: those of resizing. */
enum cg_status cg_features_of(struct cg_conv_pass *pass, const struct cg_image *rgb, float *out,
                              struct cg_error *error);

/*
 * The perceptual distance of two pictures: over the layers that the network names, the sum of
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
 * Results of networks, cached in a folder: a file of a few thousand bytes for each picture, named
 * by the contents of picture and network. Damaged entries count as missing.
 */

/* The key of an entry. With one picture, second is all zero. */
struct cg_feature_key {
    struct cg_content_id network, first, second;
};

/* Fill values if dir (NULL: no cache) holds an entry of key with count numbers. */
bool cg_feature_cache_get(const char *dir, const struct cg_feature_key *key, float *values,
                          size_t count);

/* Store values atomically; does nothing if dir is NULL. Errors: CG_ERR_IO, CG_ERR_MEMORY. */
enum cg_status cg_feature_cache_put(const char *dir, const struct cg_feature_key *key,
                                    const float *values, size_t count, struct cg_error *error);

#endif
