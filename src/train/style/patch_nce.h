/*
 * PatchNCE (Park, Efros, Zhang and Zhu 2020, "Contrastive learning for unpaired image-to-image
 * translation", section 3): at each of some places of two maps of features, the comic's (query)
 * shall be told by the photo's there (positive key) from the photo's at the other places (negative
 * keys). With q and k the features scaled to a length of 1 and t = CG_PATCH_NCE_TEMPERATURE,
 *
 *     mean over places i of  -log( exp(q_i . k_i / t) / sum over j of exp(q_i . k_j / t) ).
 *
 * Unlike there, the features are those of a network that is not trained along, without a further
 * layer of their own. The gradient goes to the query alone.
 */
#ifndef CG_TRAIN_STYLE_PATCH_NCE_H
#define CG_TRAIN_STYLE_PATCH_NCE_H

#include "base/rng.h"

#include <stddef.h>

#define CG_PATCH_NCE_PLACES 64
#define CG_PATCH_NCE_TEMPERATURE 0.07f

/* Draw places: different numbers below `pixels`, CG_PATCH_NCE_PLACES of them or all. Returns how
 * many. */
size_t cg_patch_nce_draw(struct cg_rng *rng, size_t pixels, size_t places[CG_PATCH_NCE_PLACES]);

/* Floats of scratch for maps of so many channels. */
size_t cg_patch_nce_floats(size_t channels);

/* Two maps, pixels x channels, and where they are compared. */
struct cg_patch_nce {
    const float *query, *key;
    const size_t *places;
    size_t count, channels;
};

/* weight times the loss; gradient (of the query's shape): += its.
 * scratch: cg_patch_nce_floats(). */
double cg_patch_nce(const struct cg_patch_nce *nce, float weight, float *gradient, float *scratch);

#endif
