/*
 * The networks that the program knows, by a few numbers each. A model file carries these numbers,
 * not a list of layers. A new architecture is added in architecture.c alone.
 */
#ifndef CG_MODEL_ARCHITECTURE_H
#define CG_MODEL_ARCHITECTURE_H

#include "nn/network.h"

#define CG_BLOCKS_MAX 32

/*
 * The layered comic generator (docs/ARCHITECTURE.md, "The generator"): tokens of 4 x 4 pixels,
 * residual shift-MLP blocks after S2-MLP (Yu et al. 2021) and AS-MLP (Lian et al. 2021), a pixel
 * head. Input: RGB pictures, 0 to 1, sides multiples of 4. Output: 4 channels in cells of 4 x 4
 * (struct cg_shape): three colour differences and the ink value y; the layers are
 * colour = photo + y0..2 and ink = sigmoid(4 y3 - 2).
 */
struct cg_generator_config {
    int channels;                 /* C, a multiple of 8, 8 to 512 */
    int block_count;              /* 1 to CG_BLOCKS_MAX */
    int distances[CG_BLOCKS_MAX]; /* shift distance of each block in tokens, 1 to 64 */
    int pixel_features;           /* features handed to each pixel, 1 to 64 */
    int head_channels;            /* width of the pixel head, 1 to 256 */
};

#define CG_GENERATOR_NAME "shift-mlp" /* as written in model files */
#define CG_MODEL_VECTOR "vector"      /* the kind of a model of src/gan, as written in its files */
#define CG_GENERATOR_CELL_PX 4
#define CG_GENERATOR_CHANNELS 4
#define CG_INK_GAIN 4.0f
#define CG_INK_BIAS (-2.0f)

extern const struct cg_generator_config CG_GENERATOR_DEFAULT;

/* Errors: CG_ERR_MODEL for numbers out of range, CG_ERR_MEMORY. */
enum cg_status cg_generator_build(const struct cg_generator_config *config, struct cg_network **out,
                                  struct cg_error *error);

#endif
