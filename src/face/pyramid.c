/* Levels and windows: see pyramid.h. */
#include "face/pyramid.h"

#include "base/multiversion.h"

#include <math.h>

#define DEVIATION_MIN 6.0f
#define OCTAVE 3 /* levels to about half the size */

/* ---- levels ---------------------------------------------------------------------------------- */

CG_MULTIVERSION
static void to_grey(const struct cg_image *picture, uint8_t *grey)
{
    const uint8_t *p = picture->pixels;
    int step = picture->channels;
    size_t count = (size_t)picture->width * (size_t)picture->height;
    for (size_t i = 0; i < count; i++, p += step)
        grey[i] = (uint8_t)(step < 3 ? p[0] : (77 * p[0] + 150 * p[1] + 29 * p[2]) >> 8);
}

static int scaled(int side, double scale)
{
    int px = (int)(side / scale + 0.5);
    return px > 1 ? px : 1;
}

enum cg_status cg_face_base_make(const struct cg_image *picture, struct cg_image *out, float *scale,
                                 struct cg_error *error)
{
    struct cg_image grey;
    int longer = picture->width > picture->height ? picture->width : picture->height;
    double by = (double)CG_FACE_SMALLEST_PX / CG_FACE_WINDOW_PX;
    if (longer > by * CG_FACE_LEVEL_MAX_PX)
        by = (double)longer / CG_FACE_LEVEL_MAX_PX;
    *scale = (float)by;
    *out = (struct cg_image){0};
    enum cg_status status = cg_image_create(picture->width, picture->height, 1, &grey, error);
    if (status != CG_OK)
        return status;
    to_grey(picture, grey.pixels);
    status = cg_image_resize(&grey, scaled(grey.width, by), scaled(grey.height, by), out, error);
    cg_image_clear(&grey);
    return status;
}

/* Means of 2 x 2; an odd last row or column is left out. */
static void halve(const uint8_t *from, size_t stride, int width, int height, uint8_t *to)
{
    for (int y = 0; y < height; y++) {
        const uint8_t *above = from + 2 * (size_t)y * stride, *below = above + stride;
        for (int x = 0; x < width; x++)
            *to++ =
                (uint8_t)((above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1] + 2) >>
                          2);
    }
}

void cg_face_window_halve(const uint8_t grey[CG_FACE_WINDOW_VALUES],
                          uint8_t half[CG_FACE_WINDOW_VALUES / 4])
{
    halve(grey, CG_FACE_WINDOW_PX, CG_FACE_WINDOW_PX / 2, CG_FACE_WINDOW_PX / 2, half);
}

static enum cg_status add_half(struct cg_face_pyramid *pyramid, int i, struct cg_error *error)
{
    const struct cg_image *level = &pyramid->level[i];
    struct cg_image *half = &pyramid->half[i];
    enum cg_status status = cg_image_create(level->width / 2, level->height / 2, 1, half, error);
    if (status == CG_OK)
        halve(level->pixels, (size_t)level->width, half->width, half->height, half->pixels);
    return status;
}

enum cg_status cg_face_pyramid_make(struct cg_image *base, float scale, struct cg_face_pyramid *out,
                                    struct cg_error *error)
{
    enum cg_status status = CG_OK;
    *out = (struct cg_face_pyramid){.count = 1, .scale = {scale}, .level = {*base}};
    *base = (struct cg_image){0};
    const struct cg_image *first = &out->level[0];
    for (int i = 0; status == CG_OK && i < CG_FACE_LEVELS_MAX; i++) {
        double by = pow(CG_FACE_LEVEL_STEP, i);
        int width = scaled(first->width, by), height = scaled(first->height, by);
        if (width < CG_FACE_WINDOW_PX || height < CG_FACE_WINDOW_PX)
            break;
        if (i > 0) {
            status = cg_image_resize(&out->level[i < OCTAVE ? 0 : i - OCTAVE], width, height,
                                     &out->level[i], error);
            out->scale[i] = scale * (float)by;
            out->count = i + 1;
        }
        if (status == CG_OK)
            status = add_half(out, i, error);
    }
    return status;
}

void cg_face_pyramid_clear(struct cg_face_pyramid *pyramid)
{
    for (int i = 0; i < pyramid->count; i++) {
        cg_image_clear(&pyramid->level[i]);
        cg_image_clear(&pyramid->half[i]);
    }
    pyramid->count = 0;
}

/* ---- windows --------------------------------------------------------------------------------- */

/*
 * With X and Y counted from the middle in half pixels, the mean, X and Y are orthogonal: the plane
 * is three sums, and what it leaves of the squares is known without another pass.
 */
CG_MULTIVERSION
void cg_face_window_correct(const uint8_t *grey, int side, float *out)
{
    int sum = 0, by_x = 0, by_y = 0, squares = 0;
    for (int y = 0; y < side; y++) {
        int row = 0;
        for (int x = 0; x < side; x++) {
            int v = grey[y * side + x];
            row += v;
            by_x += v * (2 * x + 1 - side);
            squares += v * v;
        }
        sum += row;
        by_y += row * (2 * y + 1 - side);
    }
    float count = (float)(side * side), mean = (float)sum / count;
    float norm = count * (count - 1.0f) / 3.0f; /* sum of X^2 */
    float right = (float)by_x / norm, down = (float)by_y / norm;
    float left_over =
        (float)squares / count - mean * mean - (right * right + down * down) * norm / count;
    float inverse =
        1.0f / sqrtf(left_over > DEVIATION_MIN * DEVIATION_MIN ? left_over
                                                               : DEVIATION_MIN * DEVIATION_MIN);
    for (int y = 0; y < side; y++) {
        float base = mean + down * (float)(2 * y + 1 - side);
        for (int x = 0; x < side; x++)
            out[y * side + x] =
                ((float)grey[y * side + x] - base - right * (float)(2 * x + 1 - side)) * inverse;
    }
}
