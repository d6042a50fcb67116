/*
 * Upsample: a map enlarged size times by bilinear interpolation, between the centres of its rows
 * and with its edges repeated. What a coarse level hands down to a finer one, without a step where
 * a coarse row ends. Backward gives every gradient to the four rows by their weights.
 */
#include "nn/layer.h"

#include "base/multiversion.h"
#include "nn/place.h"

#include <string.h>

/* The two rows of one direction that a place lies between, and the second one's weight. */
struct between {
    int first, second;
    float weight;
};

static inline struct between between_of(int at, int size, int limit)
{
    int doubled =
        2 * at + 1 + size; /* of the distance from the centre of row -1, in rows: times 2 size */
    int first = doubled / (2 * size) - 1;
    return (struct between){cg_place_clamp(first, limit), cg_place_clamp(first + 1, limit),
                            (float)(doubled % (2 * size)) / (float)(2 * size)};
}

/* The four rows that a place is made of: offsets into the input, and weights. */
struct corners {
    size_t offset[4];
    float weight[4];
};

static inline struct corners corners_of(const struct cg_layer *layer, const struct cg_shape *in,
                                        const struct cg_place *at)
{
    struct between y = between_of(at->y, layer->size, in->height);
    struct between x = between_of(at->x, layer->size, in->width);
    return (struct corners){{cg_place_offset(in, at->picture, y.first, x.first),
                             cg_place_offset(in, at->picture, y.first, x.second),
                             cg_place_offset(in, at->picture, y.second, x.first),
                             cg_place_offset(in, at->picture, y.second, x.second)},
                            {(1.0f - y.weight) * (1.0f - x.weight), (1.0f - y.weight) * x.weight,
                             y.weight * (1.0f - x.weight), y.weight * x.weight}};
}

bool cg_upsample_shape(const struct cg_layer *layer, const struct cg_shape *in,
                       const struct cg_shape *in2, struct cg_shape *out)
{
    (void)in2;
    *out = *in;
    if (in->height > CG_SIDE_MAX / layer->size || in->width > CG_SIDE_MAX / layer->size)
        return false;
    out->height = in->height * layer->size;
    out->width = in->width * layer->size;
    out->cell = layer->cell;
    return out->height % layer->cell == 0 && out->width % layer->cell == 0;
}

CG_MULTIVERSION
void cg_upsample_forward(const struct cg_layer_forward *call)
{
    size_t channels = (size_t)call->in_shape->channels;
    struct cg_place at = cg_place_of(call->out_shape, call->begin);
    float *restrict out = call->out;
    for (size_t row = call->begin; row < call->end; row++, out += channels) {
        struct corners from = corners_of(call->layer, call->in_shape, &at);
        const float *a = call->in + from.offset[0], *b = call->in + from.offset[1];
        const float *c = call->in + from.offset[2], *d = call->in + from.offset[3];
        for (size_t i = 0; i < channels; i++)
            out[i] = from.weight[0] * a[i] + from.weight[1] * b[i] + from.weight[2] * c[i] +
                     from.weight[3] * d[i];
        cg_place_advance(call->out_shape, &at);
    }
}

CG_MULTIVERSION
void cg_upsample_backward(const struct cg_layer_backward *call)
{
    size_t channels = (size_t)call->in_shape->channels, rows = cg_shape_rows(call->out_shape);
    struct cg_place at = cg_place_of(call->out_shape, 0);
    const float *restrict gradient = call->grad_out;
    if (call->grad_in == NULL)
        return;
    if (!call->accumulate_in)
        memset(call->grad_in, 0, cg_shape_values(call->in_shape) * sizeof(float));
    for (size_t row = 0; row < rows; row++, gradient += channels) {
        struct corners to = corners_of(call->layer, call->in_shape, &at);
        for (int k = 0; k < 4; k++) {
            float *restrict target = call->grad_in + to.offset[k];
            for (size_t i = 0; i < channels; i++)
                target[i] += to.weight[k] * gradient[i];
        }
        cg_place_advance(call->out_shape, &at);
    }
}
