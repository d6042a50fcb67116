/*
 * Between the generator's output and the layers that the comic is made of:
 *   colour = photo + y0..2     logit = 4 y3 - 2     ink = sigmoid(logit)     comic = colour (1 -
 * ink) The output comes in cells (struct cg_shape); photo, colour and logit are row by row.
 */
#ifndef CG_MODEL_LAYERS_H
#define CG_MODEL_LAYERS_H

#include "model/architecture.h"

/*
 * One picture. output: height * width rows of CG_GENERATOR_CHANNELS in cells of
 * CG_GENERATOR_CELL_PX, which both sides are multiples of; photo and colour: height * width * 3;
 * logit: height * width.
 */
void cg_layers_from_output(const float *output, const float *photo, int height, int width,
                           float *colour, float *logit);

/* grad_output = gradient by the output, from those by colour and logit; shapes as above. */
void cg_layers_gradient_to_output(const float *grad_colour, const float *grad_logit, int height,
                                  int width, float *grad_output);

#endif
