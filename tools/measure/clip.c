/* Videos of known motion: see clip.h. */
#include "measure/clip.h"

#include "base/rng.h"

#include <math.h>
#include <stdbool.h>

#define PAN_X_PX 1.7f
#define PAN_Y_PX 0.6f
#define ZOOM 1.01f
#define FAST_PX 90.0f
#define NOISE_SEED 77

const char *cg_clip_name(enum cg_clip_kind kind)
{
    static const char *const names[CG_CLIP_KINDS] = {"still", "pan", "zoom", "cut", "fast"};
    return names[kind];
}

/* Where the window lies: pixel (x, y) shows the place (left + x * step, top + y * step) of the
 * picture, or its mirror image. */
struct window {
    float left, top, step;
    bool mirrored;
};

static struct window window_at(enum cg_clip_kind kind, const struct cg_image *picture, int index,
                               int count, int width, int height)
{
    float across = (float)picture->width / (float)width;
    float down = (float)picture->height / (float)height;
    float step = 0.5f * (across < down ? across : down), time = (float)index;
    struct window window = {0.25f * (float)picture->width, 0.25f * (float)picture->height, step,
                            false};
    if (kind == CG_CLIP_PAN) {
        window.left += step * PAN_X_PX * time;
        window.top += step * PAN_Y_PX * time;
    } else if (kind == CG_CLIP_ZOOM) {
        window.step = step / powf(ZOOM, time);
        window.left += 0.5f * (step - window.step) * (float)width;
        window.top += 0.5f * (step - window.step) * (float)height;
    } else if (kind == CG_CLIP_FAST) {
        window.left += index % 2 != 0 ? step * FAST_PX : 0.0f;
        window.top += index % 4 >= 2 ? step * FAST_PX : 0.0f;
    } else if (kind == CG_CLIP_CUT && index >= count / 2) {
        window.top = 0.45f * (float)picture->height;
        window.mirrored = true;
    }
    return window;
}

static float hold(float value, float high)
{
    return value < 0.0f ? 0.0f : value > high ? high : value;
}

static float sample(const struct cg_image *picture, float x, float y, int channel)
{
    x = hold(x, (float)(picture->width - 1));
    y = hold(y, (float)(picture->height - 1));
    int left = (int)x, top = (int)y;
    int right = left + 1 < picture->width ? left + 1 : left;
    int bottom = top + 1 < picture->height ? top + 1 : top;
    float tx = x - (float)left, ty = y - (float)top;
    const uint8_t *upper = picture->pixels + 3 * (size_t)top * (size_t)picture->width + channel;
    const uint8_t *lower = picture->pixels + 3 * (size_t)bottom * (size_t)picture->width + channel;
    float above = (1.0f - tx) * (float)upper[3 * left] + tx * (float)upper[3 * right];
    float below = (1.0f - tx) * (float)lower[3 * left] + tx * (float)lower[3 * right];
    return above + ty * (below - above);
}

void cg_clip_frame(enum cg_clip_kind kind, const struct cg_image *picture, int index, int count,
                   int width, int height, uint8_t *pixels)
{
    struct window window = window_at(kind, picture, index, count, width, height);
    struct cg_rng rng = cg_rng_make(NOISE_SEED, (uint64_t)kind, (uint64_t)index);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, pixels += 3) {
            float place = window.left + window.step * (float)x;
            float from_x = window.mirrored ? (float)picture->width - 1.0f - place : place;
            float from_y = window.top + window.step * (float)y;
            for (int c = 0; c < 3; c++)
                pixels[c] = (uint8_t)(hold(sample(picture, from_x, from_y, c) +
                                               CG_CLIP_NOISE * cg_rng_normal(&rng),
                                           255.0f) +
                                      0.5f);
        }
}
