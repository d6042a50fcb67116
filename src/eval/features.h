/* What a network computes from pictures: features and class probabilities. */
#ifndef CG_EVAL_FEATURES_H
#define CG_EVAL_FEATURES_H

#include "base/content.h"
#include "base/error.h"
#include "convnet/convnet.h"

#include <stdbool.h>

/* The number of features, and of classes (0: none). */
size_t cg_feature_count(const struct cg_convnet *net);
size_t cg_class_count(const struct cg_convnet *net);

/* A picture's features, followed by its class probabilities: the softmax of the network's logits.
 * Errors: those of resizing. */
enum cg_status cg_features_of(struct cg_conv_pass *pass, const struct cg_image *rgb, float *out,
                              struct cg_error *error);

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
