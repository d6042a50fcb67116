/*
 * Sliced Wasserstein distance of local patches (Karras et al. 2018, "Progressive growing of GANs",
 * section 5): how much the small neighbourhoods of two sets of pictures differ, at several scales.
 *
 * Every picture becomes a Laplacian pyramid (Burt and Adelson 1983) of CG_SWD_LEVELS levels, the
 * last holding the rest, colours and broad shapes. At each level patches of 7 x 7 pixels, all three
 * channels, are drawn at random places. Patches are points of 147 numbers; along a random direction
 * two sets of points are two sets of numbers, whose Wasserstein distance is the area between their
 * distribution functions. The mean over CG_SWD_DIRECTIONS directions, times 1000, is the distance
 * at that level.
 *
 * Unlike in the paper, channels of both sets are divided by their deviation in the reference set b.
 * The paper's program normalises each set by its own mean and deviation, so that a paler, darker or
 * differently tinted set is at no distance; but palette and contrast belong to a style. So the
 * distance is not symmetric. Pyramids need not end at 16 pixels, sets may differ in size, and there
 * are 128 directions instead of 512.
 *
 * The distance between two halves of one set is not 0: it is the resolution that the patches allow.
 */
#ifndef CG_EVAL_SWD_H
#define CG_EVAL_SWD_H

#include "eval/distances.h"
#include "image/image.h"

#define CG_SWD_LEVELS 5
#define CG_SWD_PATCH_PX 7
#define CG_SWD_DIRECTIONS 128
#define CG_SWD_DESCRIPTORS 128 /* patches a picture and level, in the paper */
/* The last level must hold a patch. */
#define CG_SWD_SIDE_MIN_PX (CG_SWD_PATCH_PX << (CG_SWD_LEVELS - 1))

/* The patches of a set of pictures. */
struct cg_swd_set;

/*
 * Room for picture_count pictures of descriptors patches a level. Intervals resample units: each
 * picture belongs to one, 0 to unit_count - 1; crops of one page are one unit. Error:
 * CG_ERR_MEMORY.
 */
enum cg_status cg_swd_set_create(size_t picture_count, size_t unit_count, size_t descriptors,
                                 struct cg_swd_set **out, struct cg_error *error);
void cg_swd_set_free(struct cg_swd_set *set);

/*
 * Put an RGB picture in its place, 0 to picture_count - 1; every place must be filled. seed
 * decides where patches are drawn. Thread-safe for different places. Errors: CG_ERR_FORMAT (a side
 * below CG_SWD_SIDE_MIN_PX), CG_ERR_MEMORY.
 */
enum cg_status cg_swd_set_put(struct cg_swd_set *set, size_t place, size_t unit, uint64_t seed,
                              const struct cg_image *rgb, struct cg_error *error);

/*
 * Drop the places after the first picture_count pictures and unit_count units, which were not
 * filled.
 */
void cg_swd_set_trim(struct cg_swd_set *set, size_t picture_count, size_t unit_count);

struct cg_swd {
    double levels[CG_SWD_LEVELS]; /* from the finest on */
    struct cg_estimate mean;      /* of the levels; its interval from the first directions */
};

/*
 * The distance of a from the reference b. resampled: the values of the resamples (as of
 * cg_bootstrap_run, from its values[1] on), or NULL. Errors: CG_ERR_FORMAT (b has no structure to
 * measure by), CG_ERR_MEMORY.
 */
enum cg_status cg_swd_measure(const struct cg_swd_set *a, const struct cg_swd_set *b,
                              size_t resamples, uint64_t seed, struct cg_pool *pool,
                              struct cg_swd *out, double *resampled, struct cg_error *error);

/* ---- for swd.c ---- */

#define CG_SWD_PATCH_FLOATS (3 * CG_SWD_PATCH_PX * CG_SWD_PATCH_PX)

struct cg_swd_set {
    size_t picture_count, unit_count, descriptors;
    uint32_t *units;              /* of every picture */
    float *levels[CG_SWD_LEVELS]; /* picture_count x descriptors x CG_SWD_PATCH_FLOATS */
};

#endif
