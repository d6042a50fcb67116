/* Label-preserving random changes: see transform.h. */
#include "gan/transform.h"
#include "base/bilinear.h"
#include "base/clamp.h"

#include <math.h>

const struct cg_transform CG_TRANSFORM_DEFAULT = {.mirror = true,
                                                  .degrees = 8.0f,
                                                  .zoom = 0.15f,
                                                  .shift = 0.05f,
                                                  .brightness = 0.08f,
                                                  .contrast = 0.15f};

/* Where an output pixel is read from: (x, y) = matrix * (x', y') + offset. */
struct map {
    float xx, xy, yx, yy, x0, y0;
    float gain, offset; /* of the value */
};

static float either_side(struct cg_rng *rng, float reach)
{
    return reach * (2.0f * cg_rng_uniform(rng) - 1.0f);
}

static struct map draw_map(const struct cg_transform *transform, const struct cg_image *image,
                           struct cg_rng *rng)
{
    float centre_x = 0.5f * (float)(image->width - 1), centre_y = 0.5f * (float)(image->height - 1);
    float sign = transform->mirror && cg_rng_uniform(rng) < 0.5f ? -1.0f : 1.0f;
    float angle = either_side(rng, transform->degrees) * 0.0174532925f;
    float scale = 1.0f / (1.0f + transform->zoom * cg_rng_uniform(rng));
    float move_x = either_side(rng, transform->shift) * (float)image->width;
    float move_y = either_side(rng, transform->shift) * (float)image->height;
    struct map map = {.xx = sign * scale * cosf(angle),
                      .xy = sign * scale * -sinf(angle),
                      .yx = scale * sinf(angle),
                      .yy = scale * cosf(angle),
                      .gain = 1.0f + either_side(rng, transform->contrast)};
    map.offset = 127.5f * (1.0f - map.gain) + 255.0f * either_side(rng, transform->brightness);
    map.x0 = centre_x - map.xx * centre_x - map.xy * centre_y + move_x;
    map.y0 = centre_y - map.yx * centre_x - map.yy * centre_y + move_y;
    return map;
}

/* One channel at a place between pixels. */
static float sample(const struct cg_image *image, float x, float y, int channel)
{
    x = cg_clamp(x, 0.0f, (float)(image->width - 1));
    y = cg_clamp(y, 0.0f, (float)(image->height - 1));
    size_t left = (size_t)x, top = (size_t)y, width = (size_t)image->width;
    size_t right = left + 1 < width ? left + 1 : left;
    size_t below = top + 1 < (size_t)image->height ? top + 1 : top;
    float tx = x - (float)left, ty = y - (float)top;
    size_t channels = (size_t)image->channels;
    const uint8_t *upper = image->pixels + top * width * channels + channel;
    const uint8_t *lower = image->pixels + below * width * channels + channel;
    left *= channels;
    right *= channels;
    return cg_bilinear(upper[left], upper[right], lower[left], lower[right], tx, ty);
}

enum cg_status cg_transform_apply(const struct cg_transform *transform,
                                  const struct cg_image *image, struct cg_rng *rng,
                                  struct cg_image *out, struct cg_error *error)
{
    enum cg_status status =
        cg_image_create(image->width, image->height, image->channels, out, error);
    if (status != CG_OK)
        return status;
    struct map map = draw_map(transform, image, rng);
    uint8_t *target = out->pixels;
    for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++) {
            float from_x = map.xx * (float)x + map.xy * (float)y + map.x0;
            float from_y = map.yx * (float)x + map.yy * (float)y + map.y0;
            for (int c = 0; c < out->channels; c++) {
                float value = map.gain * sample(image, from_x, from_y, c) + map.offset;
                *target++ = (uint8_t)lrintf(cg_clamp(value, 0.0f, 255.0f));
            }
        }
    return CG_OK;
}
