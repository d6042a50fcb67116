/* Differentiable augmentation: see diff_augment.h. */
#include "gan/diff_augment.h"

#include "base/clamp.h"

#include <stddef.h>
#include <string.h>

#define BLACK (-1.0f)

struct cg_augment_draw cg_augment_draw(const struct cg_augment *augment, struct cg_rng *rng)
{
    struct cg_augment_draw draw = {.contrast = 1.0f};
    if (augment->policy & CG_AUGMENT_COLOUR) {
        draw.brightness = cg_rng_uniform(rng) - 0.5f;
        draw.contrast = cg_rng_uniform(rng) + 0.5f;
    }
    if (augment->policy & CG_AUGMENT_TRANSLATION) {
        int reach = (augment->side + 4) / 8;
        draw.dx = (int)cg_rng_below(rng, (uint32_t)(2 * reach + 1)) - reach;
        draw.dy = (int)cg_rng_below(rng, (uint32_t)(2 * reach + 1)) - reach;
    }
    if (augment->policy & CG_AUGMENT_CUTOUT) {
        draw.cut_side = augment->side / 2;
        draw.cut_x = (int)cg_rng_below(rng, (uint32_t)augment->side) - draw.cut_side / 2;
        draw.cut_y = (int)cg_rng_below(rng, (uint32_t)augment->side) - draw.cut_side / 2;
    }
    return draw;
}

static size_t value_count(const struct cg_augment *augment)
{
    return (size_t)augment->side * (size_t)augment->side * (size_t)augment->channels;
}

/* contrast * (x - mean) + mean + brightness */
static void change_colour(const struct cg_augment *augment, const struct cg_augment_draw *draw,
                          const float *in, float *out)
{
    double sum = 0.0;
    size_t count = value_count(augment);
    for (size_t i = 0; i < count; i++)
        sum += in[i];
    float mean = (float)(sum / (double)count);
    float offset = mean * (1.0f - draw->contrast) + draw->brightness;
    for (size_t i = 0; i < count; i++)
        out[i] = draw->contrast * in[i] + offset;
}

/* out(x + dx, y + dy) = in(x, y), fill where nothing comes from. */
static void shift(const struct cg_augment *augment, int dx, int dy, float fill, const float *in,
                  float *out)
{
    int side = augment->side, channels = augment->channels;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            int from_x = x - dx, from_y = y - dy;
            bool inside = from_x >= 0 && from_x < side && from_y >= 0 && from_y < side;
            for (int c = 0; c < channels; c++)
                out[(y * side + x) * channels + c] =
                    inside ? in[(from_y * side + from_x) * channels + c] : fill;
        }
}

static void cut_out(const struct cg_augment *augment, const struct cg_augment_draw *draw,
                    float *picture)
{
    int side = augment->side;
    int left = cg_clamp_index(draw->cut_x, side + 1),
        right = cg_clamp_index(draw->cut_x + draw->cut_side, side + 1);
    int bottom = cg_clamp_index(draw->cut_y + draw->cut_side, side + 1);
    for (int y = cg_clamp_index(draw->cut_y, side + 1); y < bottom; y++)
        memset(picture + (size_t)(y * side + left) * (size_t)augment->channels, 0,
               (size_t)(right - left) * (size_t)augment->channels * sizeof(float));
}

void cg_augment_forward(const struct cg_augment *augment, const struct cg_augment_draw *draw,
                        const float *in, float *out)
{
    shift(augment, draw->dx, draw->dy, BLACK, in, out);
    change_colour(augment, draw, out, out);
    cut_out(augment, draw, out);
}

void cg_augment_backward(const struct cg_augment *augment, const struct cg_augment_draw *draw,
                         float *grad_out, float *grad_in)
{
    struct cg_augment_draw slope = *draw;
    slope.brightness =
        0.0f; /* the map from x to contrast * (x - mean) + mean is its own transpose */
    cut_out(augment, draw, grad_out);
    change_colour(augment, &slope, grad_out, grad_out);
    shift(augment, -draw->dx, -draw->dy, 0.0f, grad_out, grad_in);
}
