/*
 * Losses that look at comics through a network that was trained for something else: frozen, never
 * trained here (convnet/convnet.h). Rows of the table in losses.c.
 */
#ifndef CG_TRAIN_STYLE_FEATURE_LOSSES_H
#define CG_TRAIN_STYLE_FEATURE_LOSSES_H

#include "convnet/convnet.h"

struct cg_micro_batch;

/* How many of the layers that a network names for the perceptual distance are looked at: the first,
 * of SqueezeNet conv1, fire3, fire4 and fire6. The others are deeper, and would cost as much again. */
#define CG_FEATURE_JUDGES 4

/* How many layers of the network have to run for that; 0 if it names none. */
int cg_feature_layers(const struct cg_convnet *net);

/* The perceptual distance (convnet/perceptual.h) between each comic and its target's. */
double cg_perceptual_add(struct cg_micro_batch *micro_batch, float weight);

/* PatchNCE (patch_nce.h) between each comic and its photo, without the generator's noise: the mean
 * over those layers, without the first where there are others. */
double cg_patch_nce_add(struct cg_micro_batch *micro_batch, float weight);

/* Floats of scratch that it needs. */
size_t cg_feature_scratch_floats(const struct cg_conv_pass *pass);

#endif
