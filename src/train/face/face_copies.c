/* Copies of faces, each another: see face_windows.h. */
#include "train/face/face_windows.h"

#include "base/bilinear.h"
#include "base/clamp.h"

#include <math.h>
#include <string.h>

static float between(struct cg_rng *rng, float low, float high)
{
    return low + (high - low) * cg_rng_uniform(rng);
}

/* Between pixels, bilinear; x and y count from the middle of the first. */
static float sample(const struct cg_face_patch *patch, float x, float y)
{
    const float last = CG_FACE_PATCH_PX - 1.001f;
    x = cg_clamp(x, 0.0f, last);
    y = cg_clamp(y, 0.0f, last);
    int column = (int)x, row = (int)y;
    const uint8_t *p = patch->grey + row * CG_FACE_PATCH_PX + column;
    return cg_bilinear(p[0], p[1], p[CG_FACE_PATCH_PX], p[CG_FACE_PATCH_PX + 1], x - (float)column,
                       y - (float)row);
}

/* Another tone curve and contrast; a third get noise. */
static void change_light(float *window, struct cg_rng *rng)
{
    float bend = between(rng, -0.6f, 0.6f), contrast = between(rng, 0.5f, 1.2f);
    float noise = cg_rng_below(rng, 3) == 0 ? between(rng, 0.0f, 6.0f) : 0.0f;
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++) {
        float v = window[i] / 255.0f;
        v = (v + bend * v * (1.0f - v) - 0.5f) * contrast + 0.5f;
        window[i] = v * 255.0f + (noise > 0.0f ? noise * cg_rng_normal(rng) : 0.0f);
    }
}

/* Where a window looks in a patch: its middle, and how its axes lie. */
struct view {
    float x, y, right, down, narrow;
};

/* The point of the patch, pixels counted from the middle of the first, for one of the window. */
static void look_at(const struct view *view, float u, float v, float *x, float *y)
{
    u = (u - (CG_FACE_WINDOW_PX - 1) / 2.0f) * view->narrow;
    v -= (CG_FACE_WINDOW_PX - 1) / 2.0f;
    *x = view->x - 0.5f + u * view->right - v * view->down;
    *y = view->y - 0.5f + u * view->down + v * view->right;
}

static void draw_grey(const struct cg_face_patch *patch, const struct view *view, bool blurred,
                      float window[CG_FACE_WINDOW_VALUES])
{
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++) {
        float x, y;
        look_at(view, (float)(i % CG_FACE_WINDOW_PX), (float)(i / CG_FACE_WINDOW_PX), &x, &y);
        window[i] = sample(patch, x, y);
        if (blurred)
            window[i] =
                (2.0f * window[i] + sample(patch, x - 1.0f, y) + sample(patch, x + 1.0f, y) +
                 sample(patch, x, y - 1.0f) + sample(patch, x, y + 1.0f)) /
                6.0f;
    }
}

static void draw_colour(const struct cg_face_patch *patch, const struct view *view,
                        struct cg_face_window *out)
{
    for (int i = 0; i < CG_FACE_WINDOW_CELLS; i++) {
        float x, y, middle = (CG_FACE_CELL_PX - 1) / 2.0f;
        look_at(view, (float)(i % CG_FACE_CELLS_ACROSS * CG_FACE_CELL_PX) + middle,
                (float)(i / CG_FACE_CELLS_ACROSS * CG_FACE_CELL_PX) + middle, &x, &y);
        int column = cg_clamp_index((int)(x + 0.5f) / CG_FACE_CELL_PX, CG_FACE_PATCH_CELLS);
        int row = cg_clamp_index((int)(y + 0.5f) / CG_FACE_CELL_PX, CG_FACE_PATCH_CELLS);
        memcpy(out->colour[i], patch->colour[row * CG_FACE_PATCH_CELLS + column], 3);
    }
}

static void round_grey(const float window[CG_FACE_WINDOW_VALUES], struct cg_face_window *out)
{
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++)
        out->grey[i] = cg_byte_of(window[i]);
}

/* As if under another lamp. */
static void change_tint(struct cg_face_window *window, struct cg_rng *rng)
{
    float gains[3] = {between(rng, 0.88f, 1.12f), 1.0f, between(rng, 0.85f, 1.15f)};
    for (int i = 0; i < CG_FACE_WINDOW_CELLS; i++)
        for (int c = 0; c < 3; c++)
            window->colour[i][c] = cg_byte_of((float)window->colour[i][c] * gains[c]);
}

void cg_face_window_fade(struct cg_face_window *window, struct cg_rng *rng)
{
    if (cg_rng_below(rng, 4) == 0)
        memset(window->colour, 128, sizeof(window->colour));
}

static int mean_of(const struct cg_face_window *window)
{
    int sum = 0;
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++)
        sum += window->grey[i];
    return sum / CG_FACE_WINDOW_VALUES;
}

/* The other's share at a place. */
struct blend {
    float right, down, at;
};

static struct blend draw_blend(struct cg_rng *rng)
{
    float angle = between(rng, 0.0f, 6.2831853f), sharp = 1.0f / between(rng, 2.0f, 6.0f);
    if (cg_rng_below(rng, 3) == 0)
        return (struct blend){0.0f, 0.0f, 0.5f};
    return (struct blend){cosf(angle) * sharp, sinf(angle) * sharp,
                          0.5f + sharp * between(rng, -4.0f, 4.0f)};
}

static uint8_t blended(const struct blend *blend, float x, float y, int one, int two)
{
    float middle = (CG_FACE_WINDOW_PX - 1) / 2.0f;
    float share = blend->at + blend->right * (x - middle) + blend->down * (y - middle);
    return cg_byte_of((float)one + cg_clamp_unit(share) * (float)(two - one));
}

void cg_face_window_mix(struct cg_face_window *window, const struct cg_face_window *other,
                        struct cg_rng *rng)
{
    const struct blend blend = draw_blend(rng);
    int lighter = mean_of(window) - mean_of(other);
    for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++)
        window->grey[i] =
            blended(&blend, (float)(i % CG_FACE_WINDOW_PX), (float)(i / CG_FACE_WINDOW_PX),
                    window->grey[i], other->grey[i] + lighter);
    for (int i = 0; i < CG_FACE_WINDOW_CELLS; i++) {
        float middle = (CG_FACE_CELL_PX - 1) / 2.0f;
        float x = (float)(i % CG_FACE_CELLS_ACROSS * CG_FACE_CELL_PX) + middle;
        float y = (float)(i / CG_FACE_CELLS_ACROSS * CG_FACE_CELL_PX) + middle;
        for (int c = 0; c < 3; c++)
            window->colour[i][c] = blended(&blend, x, y, window->colour[i][c], other->colour[i][c]);
    }
}

void cg_face_patch_draw(const struct cg_face_patch *patch, const struct cg_face_jitter *jitter,
                        struct cg_rng *rng, struct cg_face_window *out)
{
    float window[CG_FACE_WINDOW_VALUES];
    float angle = between(rng, -jitter->degrees, jitter->degrees) * 3.14159265f / 180.0f;
    float step = patch->side / CG_FACE_WINDOW_PX * between(rng, 0.87f, 1.15f);
    float mirror = cg_rng_below(rng, 2) == 0 ? 1.0f : -1.0f;
    struct view view = {patch->x + between(rng, -jitter->shift_px, jitter->shift_px),
                        patch->y + between(rng, -jitter->shift_px, jitter->shift_px),
                        cosf(angle) * step, sinf(angle) * step,
                        mirror * between(rng, 0.92f, 1.08f)};
    draw_grey(patch, &view, jitter->light && cg_rng_below(rng, 4) == 0, window);
    if (jitter->light)
        change_light(window, rng);
    round_grey(window, out);
    draw_colour(patch, &view, out);
    if (jitter->light)
        change_tint(out, rng);
}
