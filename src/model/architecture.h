/*
 * The networks that the program knows, by a few numbers each. A model file carries these numbers,
 * not a list of layers. A new architecture is added in architecture.c alone.
 */
#ifndef CG_MODEL_ARCHITECTURE_H
#define CG_MODEL_ARCHITECTURE_H

#include "nn/network.h"

#define CG_LEVELS_MAX 4
#define CG_BLOCKS_MAX 32
#define CG_HEAD_LAYERS_MAX 4

/* Blocks of one level, one after another, by their shift distances in tokens, 1 to 64. */
struct cg_generator_blocks {
    int count; /* 0 to CG_BLOCKS_MAX */
    int distances[CG_BLOCKS_MAX];
};

/* Tokens of one size. */
struct cg_generator_level {
    int channels;                    /* a multiple of 8, 8 to 512 */
    struct cg_generator_blocks down; /* before the next level takes over */
    struct cg_generator_blocks up;   /* after it has handed back; none in the last level */
};

/*
 * The layered comic generator (docs/TRAINING.md, "the generator"): a pyramid of tokens, the
 * first of 4 x 4 pixels and each level's twice as large as those before; residual shift-MLP blocks
 * after S2-MLP (Yu et al. 2021) and AS-MLP (Lian et al. 2021); a pixel head. Input: RGB pictures, 0
 * to 1, sides multiples of the largest token. Output: 4 channels in cells of 4 x 4 (struct
 * cg_shape): three colour differences and the ink value y; the layers are colour = photo + y0..2
 * and ink = sigmoid(4 y3 - 2).
 */
struct cg_generator_config {
    int level_count; /* 1 to CG_LEVELS_MAX */
    struct cg_generator_level levels[CG_LEVELS_MAX];
    int feature_px;     /* the pixel features' grid, 1, 2 or 4; between its centres they are
                           interpolated */
    int pixel_features; /* features handed to each pixel, 1 to 64 */
    int head_layers;    /* 1 to CG_HEAD_LAYERS_MAX, without the last */
    int head_channels[CG_HEAD_LAYERS_MAX]; /* their widths, 1 to 256 */
};

#define CG_GENERATOR_NAME "shift-mlp" /* as written in model files */
#define CG_MODEL_VECTOR "vector"      /* the kind of a model of src/gan, as written in its files */
#define CG_MODEL_FACES "faces"        /* that of a finder of faces, of src/face */
#define CG_GENERATOR_CELL_PX 4
#define CG_GENERATOR_CHANNELS 4
#define CG_INK_GAIN 4.0f
#define CG_INK_BIAS (-2.0f)

/* Architectures to choose from for a new model; the first is the default. */
struct cg_generator_preset {
    const char *name;
    struct cg_generator_config config;
};
#define CG_GENERATOR_PRESET_COUNT 2
extern const struct cg_generator_preset CG_GENERATOR_PRESETS[CG_GENERATOR_PRESET_COUNT];

/* The numbers of the preset of this name, of the first for NULL; NULL if there is none. */
const struct cg_generator_config *cg_generator_find(const char *name);

/* Side of the largest token; the sides of pictures are multiples of it. */
int cg_generator_token_px(const struct cg_generator_config *config);

/* The side that pictures are padded to: the next multiple of that token. */
int cg_generator_padded_px(const struct cg_generator_config *config, int side);

/* Errors: CG_ERR_MODEL for numbers out of range, CG_ERR_MEMORY. */
enum cg_status cg_generator_build(const struct cg_generator_config *config, struct cg_network **out,
                                  struct cg_error *error);

/*
 * Between the generator's output and the layers that the comic is made of:
 *   colour = photo + y0..2     logit = 4 y3 - 2     ink = sigmoid(logit)     comic = colour (1 -
 * ink) The output comes in cells (struct cg_shape); photo, colour and logit are row by row.
 */

/*
 * One picture. output: height * width rows of CG_GENERATOR_CHANNELS in cells of
 * CG_GENERATOR_CELL_PX, which both sides are multiples of; photo and colour: height * width * 3;
 * logit: height * width.
 */
void cg_layers_from_output(const float *output, const float *photo, int height, int width,
                           float *colour, float *logit);

/* Of the same picture only the rows first_row to end_row - 1. */
void cg_layers_from_output_rows(const float *output, const float *photo, int first_row, int end_row,
                                int width, float *colour, float *logit);

/* grad_output = gradient by the output, from those by colour and logit; shapes as above. */
void cg_layers_gradient_to_output(const float *grad_colour, const float *grad_logit, int height,
                                  int width, float *grad_output);

#endif
