/*
 * Transparency: see alpha.h and image.h.
 *
 * Colours under full transparency are unknown, most often black, and would show as a fringe once
 * mixed with their neighbours. It is filled by push and pull (Gortler, Grzeszczuk, Szeliski and
 * Cohen, The Lumigraph, 1996, section 3.5): a pyramid of means weighted by alpha is built until
 * nothing is unknown; on the way down every pixel without a colour gets the interpolated colour of
 * the level above. Linear in pixels; takes a third more memory than the picture.
 */
#include "image/alpha.h"

#include "base/clamp.h"
#include "base/luma.h"

#include <stdlib.h>
#include <string.h>

#define LEVELS_MAX 17 /* 65535 halved until it is 1 */

static size_t area_of(const struct cg_image *image)
{
    return (size_t)image->width * (size_t)image->height;
}

/* Release the memory that the pixels no longer need. */
static void shrink_to(struct cg_image *image, int channels)
{
    image->channels = channels;
    uint8_t *smaller = realloc(image->pixels, area_of(image) * (size_t)channels);
    if (smaller != NULL)
        image->pixels = smaller;
}

/* ---- on a background ------------------------------------------------------------------------- */

/* colour * alpha + under * (1 - alpha), rounded */
static uint8_t over(int colour, int alpha, int under)
{
    return (uint8_t)((colour * alpha + under * (255 - alpha) + 127) / 255);
}

/* to may be the same as from. */
static void blend_pixels(const uint8_t *from, size_t count, const uint8_t background[3],
                         uint8_t *to)
{
    for (size_t i = 0; i < count; i++, from += 4, to += 3) {
        int alpha = from[3];
        for (int c = 0; c < 3; c++)
            to[c] = over(from[c], alpha, background[c]);
    }
}

void cg_image_blend(struct cg_image *image, const uint8_t background[3])
{
    blend_pixels(image->pixels, area_of(image), background, image->pixels);
    shrink_to(image, 3);
}

void cg_image_blend_into(const struct cg_image *image, const uint8_t background[3],
                         struct cg_image *out)
{
    blend_pixels(image->pixels, area_of(image), background, out->pixels);
}

/* With the decoder's weights. */
void cg_image_to_grey(struct cg_image *image)
{
    const uint8_t *from = image->pixels;
    size_t count = area_of(image);
    for (size_t i = 0; i < count; i++, from += 3)
        image->pixels[i] = (uint8_t)(cg_luma_256ths(from) >> 8);
    shrink_to(image, 1);
}

/* ---- what lies under full transparency ------------------------------------------------------- */

/* One pixel of the level above: the mean of up to four, weighted by alpha. */
static void mean_of_four(const struct cg_image *fine, int x, int y, uint8_t *out)
{
    uint32_t sum[3] = {0}, weight = 0;
    for (int i = 0; i < 4; i++) {
        int from_x = 2 * x + i % 2, from_y = 2 * y + i / 2;
        if (from_x >= fine->width || from_y >= fine->height)
            continue;
        const uint8_t *pixel =
            fine->pixels + 4 * ((size_t)from_y * (size_t)fine->width + (size_t)from_x);
        for (int c = 0; c < 3; c++)
            sum[c] += (uint32_t)pixel[c] * pixel[3];
        weight += pixel[3];
    }
    uint32_t divisor = weight == 0 ? 1 : weight;
    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)((sum[c] + weight / 2) / divisor);
    out[3] = (uint8_t)((weight + 3) / 4); /* not 0 if any of the four is visible */
}

/* Make the level above. *whole: every pixel of it has a colour. */
static enum cg_status push_level(const struct cg_image *fine, struct cg_image *coarse, bool *whole,
                                 struct cg_error *error)
{
    enum cg_status status =
        cg_image_create((fine->width + 1) / 2, (fine->height + 1) / 2, 4, coarse, error);
    if (status != CG_OK)
        return status;
    *whole = true;
    uint8_t *out = coarse->pixels;
    for (int y = 0; y < coarse->height; y++)
        for (int x = 0; x < coarse->width; x++, out += 4) {
            mean_of_four(fine, x, y, out);
            *whole = *whole && out[3] != 0;
        }
    return CG_OK;
}

/* The level above, interpolated: 9, 3, 3 and 1 sixteenths of the nearest four. */
static void interpolate(const struct cg_image *coarse, int x, int y, uint8_t *out)
{
    static const int weights[] = {9, 3, 3, 1};
    int near_x = x / 2, near_y = y / 2;
    int far_x = cg_clamp_index(near_x + (x % 2 == 0 ? -1 : 1), coarse->width);
    int far_y = cg_clamp_index(near_y + (y % 2 == 0 ? -1 : 1), coarse->height);
    int sum[3] = {8, 8, 8};
    for (int i = 0; i < 4; i++) {
        size_t from_x = (size_t)(i % 2 == 0 ? near_x : far_x);
        size_t from_y = (size_t)(i / 2 == 0 ? near_y : far_y);
        const uint8_t *pixel = coarse->pixels + 4 * (from_y * (size_t)coarse->width + from_x);
        for (int c = 0; c < 3; c++)
            sum[c] += weights[i] * pixel[c];
    }
    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)(sum[c] / 16);
}

static void pull_level(const struct cg_image *coarse, struct cg_image *fine)
{
    uint8_t *pixel = fine->pixels;
    for (int y = 0; y < fine->height; y++)
        for (int x = 0; x < fine->width; x++, pixel += 4)
            if (pixel[3] == 0)
                interpolate(coarse, x, y, pixel);
}

/* Whether some pixels are clear and some are not. */
static bool has_both(const struct cg_image *image)
{
    size_t count = area_of(image), clear = 0;
    for (size_t i = 0; i < count; i++)
        clear += image->pixels[4 * i + 3] == 0;
    return clear > 0 && clear < count;
}

/* A picture with nothing to fill, or nothing to fill with, is left unchanged. */
static enum cg_status fill_clear_pixels(struct cg_image *image, struct cg_error *error)
{
    if (!has_both(image))
        return CG_OK;
    struct cg_image levels[LEVELS_MAX] = {*image};
    int top = 0;
    bool whole = false;
    enum cg_status status = CG_OK;
    while (status == CG_OK && !whole) {
        status = push_level(&levels[top], &levels[top + 1], &whole, error);
        top += status == CG_OK;
    }
    for (int i = top; status == CG_OK && i > 0; i--)
        pull_level(&levels[i], &levels[i - 1]);
    for (int i = top; i > 0; i--)
        cg_image_clear(&levels[i]);
    return status;
}

/* ---- apart and together ---------------------------------------------------------------------- */

enum cg_status cg_image_split_alpha(struct cg_image *image, struct cg_image *alpha,
                                    struct cg_error *error)
{
    *alpha = (struct cg_image){0};
    if (image->channels != 4)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "taking alpha off a picture: expected 4 channels, got %d", image->channels);
    enum cg_status status = cg_image_create(image->width, image->height, 1, alpha, error);
    if (status == CG_OK)
        status = fill_clear_pixels(image, error);
    if (status != CG_OK) {
        cg_image_clear(alpha);
        return status;
    }
    size_t count = area_of(image);
    for (size_t i = 0; i < count; i++) {
        alpha->pixels[i] = image->pixels[4 * i + 3];
        memmove(image->pixels + 3 * i, image->pixels + 4 * i, 3);
    }
    shrink_to(image, 3);
    return CG_OK;
}

enum cg_status cg_image_join_alpha(struct cg_image *image, const struct cg_image *alpha,
                                   struct cg_error *error)
{
    if (image->channels != 3 || alpha->channels != 1 || image->width != alpha->width ||
        image->height != alpha->height)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "giving alpha to a picture: expected %d x %d x 1 for %d x %d x 3, got "
                       "%d x %d x %d for %d channels",
                       image->width, image->height, image->width, image->height, alpha->width,
                       alpha->height, alpha->channels, image->channels);
    struct cg_image out;
    enum cg_status status = cg_image_create(image->width, image->height, 4, &out, error);
    if (status != CG_OK)
        return status;
    size_t count = area_of(image);
    for (size_t i = 0; i < count; i++) {
        memcpy(out.pixels + 4 * i, image->pixels + 3 * i, 3);
        out.pixels[4 * i + 3] = alpha->pixels[i];
    }
    cg_image_clear(image);
    *image = out;
    return CG_OK;
}
