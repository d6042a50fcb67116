/* The perceptual distance: see perceptual.h. */
#include "convnet/perceptual.h"

#include "tensor/kernels.h"

#include <math.h>

/* Added to a pixel's length, for pixels that are all zero (as LPIPS has it). */
#define LENGTH_LEAST 1e-10

static double length_of(const float *pixel, size_t channels)
{
    return sqrt(cg_vector_dot(pixel, pixel, channels)) + LENGTH_LEAST;
}

static double pixel_distance(const float *x, const float *y, size_t channels)
{
    double x_scale = 1.0 / length_of(x, channels), y_scale = 1.0 / length_of(y, channels);
    double sum = 0.0;
    for (size_t c = 0; c < channels; c++) {
        double difference = (double)x[c] * x_scale - (double)y[c] * y_scale;
        sum += difference * difference;
    }
    return sum;
}

double cg_perceptual_distance(const struct cg_conv_pass *x, const struct cg_conv_pass *y)
{
    const struct cg_convnet *net = x->net;
    double distance = 0.0;
    for (int i = 0; i < net->judge_count; i++) {
        int layer = net->judges[i];
        const struct cg_map_shape *shape = &net->shapes[layer];
        size_t channels = (size_t)shape->channels;
        size_t pixels = (size_t)shape->height * (size_t)shape->width;
        double sum = 0.0;
        for (size_t p = 0; p < pixels; p++)
            sum += pixel_distance(x->maps[layer] + p * channels, y->maps[layer] + p * channels,
                                  channels);
        distance += sum / (double)pixels;
    }
    return distance;
}
