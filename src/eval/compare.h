/* All measures of one set of pictures against another: what comicgan eval shows. */
#ifndef CG_EVAL_COMPARE_H
#define CG_EVAL_COMPARE_H

#include "eval/picture_set.h"

struct cg_compare_options {
    struct cg_picture_set_options pictures;
    size_t resamples;        /* for intervals; 0: none */
    uint64_t seed;           /* of the resamples */
    cg_progress_fn progress; /* called while the pictures are read; NULL: none */
    void *context;           /* for progress */
};

/* Without a network only swd is known; class_score needs a network with classes. */
struct cg_comparison {
    size_t count_a, count_b, pair_count;
    size_t feature_count, class_count; /* of the network; 0 without one */
    struct cg_swd swd;
    struct cg_estimate frechet, kernel, class_score, perceptual; /* class_score: of a */
};

/* Figures do not depend on the number of threads. Errors: those of cg_picture_set_read and
 * cg_swd_measure. */
enum cg_status cg_compare(const char *dir_a, const char *dir_b,
                          const struct cg_compare_options *options, struct cg_pool *pool,
                          struct cg_comparison *out, struct cg_error *error);

#endif
