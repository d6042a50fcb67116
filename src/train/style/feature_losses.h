/*
 * Losses that look at comics through a network that was trained for something else: frozen, never
 * trained here (convnet/convnet.h). Rows of the table in losses.c. The network runs on the comics
 * once for all of them.
 */
#ifndef CG_TRAIN_STYLE_FEATURE_LOSSES_H
#define CG_TRAIN_STYLE_FEATURE_LOSSES_H

#include "convnet/convnet.h"

struct cg_micro_batch;

/* How many of the layers that a network names for the perceptual distance are looked at: the first,
 * of SqueezeNet conv1, fire3, fire4 and fire6. The others would cost half as much
 * again. */
#define CG_FEATURE_JUDGES 4

/* How many layers of the network have to run for that; 0 if it names none. */
int cg_feature_layers(const struct cg_convnet *net);

/* What a micro-batch needs for that network. Clear it even after a failure. Errors: CG_ERR_MODEL if
 * its crops are too small; CG_ERR_MEMORY. */
enum cg_status cg_features_create(struct cg_micro_batch *micro_batch, const struct cg_convnet *net,
                                  struct cg_error *error);
void cg_features_clear(struct cg_micro_batch *micro_batch);

/* Run it on the comics, before those losses; and add their gradients to the comics', after them. */
void cg_features_begin(struct cg_micro_batch *micro_batch);
void cg_features_end(struct cg_micro_batch *micro_batch);

/* The perceptual distance (convnet/perceptual.h) between each comic and its target's. */
double cg_perceptual_add(struct cg_micro_batch *micro_batch, float weight);

/* PatchNCE (patch_nce.h) between each comic and its photo, without the generator's noise: the mean
 * over those layers, without the first where there are others. */
double cg_patch_nce_add(struct cg_micro_batch *micro_batch, float weight);

#endif
