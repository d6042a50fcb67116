/* The perceptual distance and its gradient: see perceptual.h. */
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

/*
 * gradient += weight times that of pixel_distance with respect to x. With u = x / |x| and v =
 * y / |y| it is 2 / |x| ((u . v) u - v). A pixel of zeros has none: behind a ReLU nothing that is
 * done to a picture a little moves it.
 */
static void pixel_backward(const float *x, const float *y, size_t channels, float weight,
                           float *gradient)
{
    double x_length = length_of(x, channels), y_length = length_of(y, channels);
    if (x_length <= LENGTH_LEAST)
        return;
    double cosine = cg_vector_dot(x, y, channels) / (x_length * y_length);
    double scale = 2.0 * (double)weight / x_length;
    cg_vector_axpy(gradient, (float)(scale * cosine / x_length), x, channels);
    cg_vector_axpy(gradient, (float)(-scale / y_length), y, channels);
}

/* The mean over a layer's pixels; gradient: NULL for none,
 * else that of weight times it is added. */
static double layer_distance(const float *x, const float *y, const struct cg_map_shape *shape,
                             float weight, float *gradient)
{
    size_t channels = (size_t)shape->channels;
    size_t pixels = (size_t)shape->height * (size_t)shape->width;
    double sum = 0.0;
    for (size_t at = 0; at < pixels * channels; at += channels) {
        sum += pixel_distance(x + at, y + at, channels);
        if (gradient != NULL)
            pixel_backward(x + at, y + at, channels, weight / (float)pixels, gradient + at);
    }
    return sum / (double)pixels;
}

double cg_perceptual_distance(const struct cg_conv_pass *x, const struct cg_conv_pass *y)
{
    double distance = 0.0;
    for (int i = 0; i < x->net->judge_count; i++) {
        int layer = x->net->judges[i];
        if (layer < x->count)
            distance +=
                layer_distance(x->maps[layer], y->maps[layer], &x->shapes[layer], 0.0f, NULL);
    }
    return distance;
}

double cg_perceptual_loss(struct cg_conv_pass *x, const struct cg_conv_pass *y, float weight)
{
    double distance = 0.0;
    for (int i = 0; i < x->net->judge_count; i++) {
        int layer = x->net->judges[i];
        if (layer < x->count)
            distance += layer_distance(x->maps[layer], y->maps[layer], &x->shapes[layer], weight,
                                       x->gradients[layer]);
    }
    return (double)weight * distance;
}
