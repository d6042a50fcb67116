/* The layers of a comic: see layers.h. */
#include "model/layers.h"

/* Row of a picture's map in cells, of the pixel at y, x. */
static size_t cell_row(int y, int x, int width)
{
    const int cell = CG_GENERATOR_CELL_PX;
    size_t cells = (size_t)(y / cell) * (size_t)(width / cell) + (size_t)(x / cell);
    return cells * (size_t)(cell * cell) + (size_t)(y % cell * cell + x % cell);
}

void cg_layers_from_output(const float *output, const float *photo, int height, int width,
                           float *colour, float *logit)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, photo += 3, colour += 3, logit++) {
            const float *from = output + cell_row(y, x, width) * CG_GENERATOR_CHANNELS;
            for (int c = 0; c < 3; c++)
                colour[c] = photo[c] + from[c];
            *logit = CG_INK_GAIN * from[3] + CG_INK_BIAS;
        }
}

void cg_layers_gradient_to_output(const float *grad_colour, const float *grad_logit, int height,
                                  int width, float *grad_output)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, grad_colour += 3, grad_logit++) {
            float *to = grad_output + cell_row(y, x, width) * CG_GENERATOR_CHANNELS;
            for (int c = 0; c < 3; c++)
                to[c] = grad_colour[c];
            to[3] = CG_INK_GAIN * *grad_logit;
        }
}
