/*
 * How near styles come to the comics that they learned from: sliced Wasserstein distances
 * (src/eval/swd.h) of photos, of the styles' comics of them, and of pages that nobody learned from
 * a style, to folders of comics.
 *
 * All sets are of the same number of square crops, with the same number of patches. From every
 * photo crops are taken at places that its number decides, from its comics at the same ones. From a
 * folder of comics every second page is the reference; the others are measured as a style would be,
 * which says how near a style could come. Pages are scans: they are reduced to the working size, 4
 * % is left off every side, and crops that are mostly white or blank are drawn anew, as for
 * training.
 */
#ifndef CG_MEASURE_QUALITY_SWD_H
#define CG_MEASURE_QUALITY_SWD_H

#include "base/pool.h"
#include "eval/swd.h"
#include "image/image.h"

#define QUALITY_CROPS 4 /* of each photo */
#define QUALITY_RESAMPLES 100

/* A set with room for the crops of so many pictures. */
enum cg_status quality_crops_create(size_t picture_count, struct cg_swd_set **out,
                                    struct cg_error *error);

/* Put the crops of picture number index. Errors: CG_ERR_FORMAT (too small), CG_ERR_MEMORY. */
enum cg_status quality_crops_put(struct cg_swd_set *set, size_t index,
                                 const struct cg_image *picture, struct cg_error *error);

/* A folder of comics. name: the style that learned from it. */
struct quality_comics {
    const char *name, *dir;
    struct cg_swd_set *reference, *others;
};

/* Draw as many crops as picture_count pictures have, from the pages of comics->dir reduced to
 * long_px. Errors: those of reading pictures; CG_ERR_FORMAT with fewer than two pages. */
enum cg_status quality_comics_read(struct quality_comics *comics, size_t picture_count, int long_px,
                                   struct cg_error *error);
void quality_comics_clear(struct quality_comics *comics);

/* A distance, and its resamples for comparing it with another's. */
struct quality_distance {
    struct cg_swd swd;
    double resampled[QUALITY_RESAMPLES];
};

enum cg_status quality_distance_measure(const struct cg_swd_set *set,
                                        const struct quality_comics *comics, struct cg_pool *pool,
                                        struct quality_distance *out, struct cg_error *error);

/* How much nearer b is than a, both of the same photos to the same comics: resample by resample, so
 * that what they share does not widen the interval. */
struct cg_estimate quality_distance_gain(const struct quality_distance *a,
                                         const struct quality_distance *b);

#endif
