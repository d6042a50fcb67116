/* Levels and windows: see pyramid.h. */
#include "face/pyramid.h"

#include "base/clamp.h"
#include "base/luma.h"
#include "base/multiversion.h"

#include <math.h>
#include <stdbool.h>

#define DEVIATION_MIN 6.0f
#define COLOUR_GAIN 6.0f /* for differences about as large as the corrected values */
#define DARK 60          /* added to the sum of a colour: in the dark it is uncertain */
#define OCTAVE 3         /* levels to about half the size */

/* ---- levels ---------------------------------------------------------------------------------- */

CG_MULTIVERSION
static void to_grey(const struct cg_image *picture, uint8_t *grey)
{
    const uint8_t *p = picture->pixels;
    int step = picture->channels;
    size_t count = (size_t)picture->width * (size_t)picture->height;
    for (size_t i = 0; i < count; i++, p += step)
        grey[i] = (uint8_t)(step < 3 ? p[0] : cg_luma_256ths(p) >> 8);
}

static int scaled(int side, double scale)
{
    int px = (int)(side / scale + 0.5);
    return px > 1 ? px : 1;
}

static enum cg_status make_grey(const struct cg_image *picture, double by, struct cg_image *out,
                                struct cg_error *error)
{
    struct cg_image grey;
    enum cg_status status = cg_image_create(picture->width, picture->height, 1, &grey, error);
    if (status != CG_OK)
        return status;
    to_grey(picture, grey.pixels);
    status = cg_image_resize(&grey, scaled(grey.width, by), scaled(grey.height, by), out, error);
    cg_image_clear(&grey);
    return status;
}

enum cg_status cg_face_base_make(const struct cg_image *picture, struct cg_face_base *out,
                                 struct cg_error *error)
{
    int longer = picture->width > picture->height ? picture->width : picture->height;
    double by = (double)CG_FACE_SMALLEST_PX / CG_FACE_WINDOW_PX;
    if (longer > by * CG_FACE_LEVEL_MAX_PX)
        by = (double)longer / CG_FACE_LEVEL_MAX_PX;
    *out = (struct cg_face_base){.scale = (float)by};
    enum cg_status status = make_grey(picture, by, &out->grey, error);
    if (status == CG_OK)
        status = cg_image_resize(picture, scaled(out->grey.width, CG_FACE_CELL_PX),
                                 scaled(out->grey.height, CG_FACE_CELL_PX), &out->colour, error);
    if (status != CG_OK)
        cg_face_base_clear(out);
    return status;
}

void cg_face_base_clear(struct cg_face_base *base)
{
    cg_image_clear(&base->grey);
    cg_image_clear(&base->colour);
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

enum cg_status cg_face_pyramid_make(const struct cg_face_base *base, struct cg_face_pyramid *out,
                                    struct cg_error *error)
{
    enum cg_status status = CG_OK;
    *out = (struct cg_face_pyramid){0};
    for (int i = 0; status == CG_OK && i < CG_FACE_LEVELS_MAX; i++) {
        double by = pow(CG_FACE_LEVEL_STEP, i);
        int width = scaled(base->grey.width, by), height = scaled(base->grey.height, by);
        if (width < CG_FACE_WINDOW_PX || height < CG_FACE_WINDOW_PX)
            break;
        out->count = i + 1;
        out->scale[i] = base->scale * (float)by;
        status = cg_image_resize(i < OCTAVE ? &base->grey : &out->level[i - OCTAVE], width, height,
                                 &out->level[i], error);
        if (status == CG_OK)
            status = cg_image_resize(&base->colour, scaled(width, CG_FACE_CELL_PX),
                                     scaled(height, CG_FACE_CELL_PX), &out->colour[i], error);
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
        cg_image_clear(&pyramid->colour[i]);
    }
    pyramid->count = 0;
}

/* ---- windows --------------------------------------------------------------------------------- */

/*
 * With X and Y counted from the middle in half pixels, the mean, X and Y are orthogonal: the plane
 * is three sums, and what it leaves of the squares is known without another pass. side is a
 * constant wherever this is inlined, or its loops would not become vectors.
 */
static inline void correct(const uint8_t *grey, const int side, float *out)
{
    int column[CG_FACE_WINDOW_PX] = {0}, row[CG_FACE_WINDOW_PX], squares = 0;
    for (int y = 0; y < side; y++) {
        int sum = 0;
        for (int x = 0; x < side; x++) {
            int v = grey[y * side + x];
            column[x] += v;
            sum += v;
            squares += v * v;
        }
        row[y] = sum;
    }
    int sum = 0, by_x = 0, by_y = 0;
    for (int i = 0; i < side; i++) {
        sum += row[i];
        by_x += column[i] * (2 * i + 1 - side);
        by_y += row[i] * (2 * i + 1 - side);
    }
    float count = (float)(side * side), mean = (float)sum / count;
    float norm = count * (count - 1.0f) / 3.0f; /* sum of X^2 */
    float right = (float)by_x / norm, down = (float)by_y / norm;
    float left_over =
        (float)squares / count - mean * mean - (right * right + down * down) * norm / count;
    float inverse = 1.0f / fmaxf(sqrtf(fmaxf(left_over, 0.0f)), DEVIATION_MIN);
    float slope[CG_FACE_WINDOW_PX];
    for (int x = 0; x < side; x++)
        slope[x] = right * inverse * (float)(2 * x + 1 - side);
    for (int y = 0; y < side; y++) {
        float base = (mean + down * (float)(2 * y + 1 - side)) * inverse;
        for (int x = 0; x < side; x++)
            out[y * side + x] = (float)grey[y * side + x] * inverse - base - slope[x];
    }
}

CG_MULTIVERSION
static void correct_window(const uint8_t *grey, float *out)
{
    correct(grey, CG_FACE_WINDOW_PX, out);
}

CG_MULTIVERSION
static void correct_half(const uint8_t *grey, float *out)
{
    correct(grey, CG_FACE_WINDOW_PX / 2, out);
}

void cg_face_window_correct(const uint8_t *grey, int side, float *out)
{
    if (side == CG_FACE_WINDOW_PX)
        correct_window(grey, out);
    else
        correct_half(grey, out);
}

void cg_face_colour_at(const struct cg_image *colour, int x, int y, uint8_t rgb[3])
{
    size_t column = (size_t)cg_clamp_index(x / CG_FACE_CELL_PX, colour->width);
    size_t row = (size_t)cg_clamp_index(y / CG_FACE_CELL_PX, colour->height);
    const uint8_t *p =
        colour->pixels + (row * (size_t)colour->width + column) * (size_t)colour->channels;
    bool grey = colour->channels < 3;
    rgb[0] = p[0];
    rgb[1] = p[grey ? 0 : 1];
    rgb[2] = p[grey ? 0 : 2];
}

void cg_face_window_differ(const uint8_t colour[CG_FACE_WINDOW_CELLS][3],
                           float out[2 * CG_FACE_WINDOW_CELLS])
{
    for (int i = 0; i < CG_FACE_WINDOW_CELLS; i++) {
        int r = colour[i][0], g = colour[i][1], b = colour[i][2];
        float by = COLOUR_GAIN / (float)(r + g + b + DARK);
        *out++ = (float)(r - g) * by;
        *out++ = (float)(g - b) * by;
    }
}
