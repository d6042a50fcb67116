/*
 * A folder of pictures prepared for comparison: patches (swd.h) and features (features.h) of each.
 * Pictures are read one by one and not kept, so memory does not grow with their size.
 */
#ifndef CG_EVAL_PICTURE_SET_H
#define CG_EVAL_PICTURE_SET_H

#include "base/pool.h"
#include "convnet/convnet.h"
#include "eval/distances.h"
#include "eval/features.h"
#include "eval/swd.h"
#include "image/walk.h"

/* Threads that each hold passes of a network and process pictures until one fails. Shared by
 * picture_set.c and picture_pairs.c. */

/* passes: the worker's, as many as were requested; NULL without a network. */
typedef enum cg_status (*cg_picture_fn)(void *context, size_t item, struct cg_conv_pass **passes,
                                        struct cg_error *error);

/* Call fn for every item. Of several failures, that of the lowest item is returned. net may be
 * NULL. */
enum cg_status cg_picture_work(struct cg_pool *pool, size_t items, const struct cg_convnet *net,
                               int passes, cg_picture_fn fn, void *context, struct cg_error *error);

#define CG_PICTURE_SET_MIN 2
#define CG_PICTURE_SET_MAX 4096

struct cg_picture_set_options {
    const struct cg_convnet *net; /* NULL: patches alone */
    const char *cache_dir;        /* of features; NULL: none are kept */
    bool strict;                  /* damaged pictures are refused */
    int long_px;                  /* patches are taken at this size: longer pictures are reduced */
};

struct cg_picture_set {
    const char *dir; /* the caller's */
    struct cg_path_list files;
    struct cg_content_id *ids;
    struct cg_swd_set *patches;
    float *said; /* by the network: features and probabilities of each picture */
    struct cg_feature_rows features, probabilities; /* with values NULL where there are none */
};

/*
 * All pictures in dir and its folders. Patches are drawn by content, so names and order matter only
 * to pairs. Errors, naming the picture: CG_ERR_IO, CG_ERR_FORMAT (one cannot be read or is too
 * small, or there are fewer than CG_PICTURE_SET_MIN), CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_picture_set_read(const char *dir, const struct cg_picture_set_options *options,
                                   struct cg_pool *pool, struct cg_picture_set *out,
                                   struct cg_error *error);
void cg_picture_set_clear(struct cg_picture_set *set);

/* Two pictures with the same name, apart from ending and folder. */
struct cg_picture_pair {
    size_t a, b;
};

/* The pairs of two sets, in the order of a; at most a's count. */
size_t cg_picture_pairs_find(const struct cg_picture_set *a, const struct cg_picture_set *b,
                             struct cg_picture_pair *out);

/* The perceptual distance of each pair. Errors: those of reading, and of the cache. */
enum cg_status cg_picture_pairs_measure(const struct cg_picture_set *a,
                                        const struct cg_picture_set *b,
                                        const struct cg_picture_pair *pairs, size_t count,
                                        const struct cg_picture_set_options *options,
                                        struct cg_pool *pool, float *distances,
                                        struct cg_error *error);

#endif
