/*
 * What networks said of pictures, kept in a folder from call to call: a file of a few thousand
 * bytes for each, named by the contents of picture and network. What is damaged is as good as
 * missing.
 */
#ifndef CG_EVAL_FEATURE_CACHE_H
#define CG_EVAL_FEATURE_CACHE_H

#include "base/content.h"
#include "base/error.h"

#include <stdbool.h>

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
