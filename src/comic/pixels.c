/* Pixels of any layout as RGB, and back: see pixels.h. */
#include "comic/pixels.h"

#include "base/luma.h"

#include <string.h>

static size_t row_nbytes(const struct cg_pixels *pixels)
{
    return (size_t)pixels->width * (size_t)pixels->channels;
}

static enum cg_status check(const struct cg_pixels *pixels, struct cg_error *error)
{
    if (pixels->data == NULL || pixels->width < 1 || pixels->height < 1 ||
        pixels->width > CG_IMAGE_SIDE_MAX_PX || pixels->height > CG_IMAGE_SIDE_MAX_PX ||
        (size_t)pixels->width * (size_t)pixels->height > CG_IMAGE_AREA_MAX_PX)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "picture: expected sides of 1 to %d and at most %zu pixels, got %d x %d%s",
                       CG_IMAGE_SIDE_MAX_PX, CG_IMAGE_AREA_MAX_PX, pixels->width, pixels->height,
                       pixels->data == NULL ? " of NULL" : "");
    if (pixels->channels != 1 && pixels->channels != 3 && pixels->channels != 4)
        return cg_fail(error, CG_ERR_ARGUMENT, "picture: expected 1, 3 or 4 channels, got %d",
                       pixels->channels);
    if (pixels->stride != 0 && pixels->stride < row_nbytes(pixels))
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "picture: expected %zu bytes a row or more, got a stride of %zu",
                       row_nbytes(pixels), pixels->stride);
    return CG_OK;
}

static uint8_t *row_of(const struct cg_pixels *pixels, int y)
{
    size_t stride = pixels->stride != 0 ? pixels->stride : row_nbytes(pixels);
    return pixels->data + (size_t)y * stride;
}

/* A row of grey as RGB, or of any channels as it is. */
static void copy_in(const uint8_t *from, uint8_t *to, size_t width, int channels)
{
    if (channels != 1)
        memcpy(to, from, width * (size_t)channels);
    else
        for (size_t x = 0; x < width; x++)
            memset(to + 3 * x, from[x], 3);
}

/* The reverse; grey is luma. */
static void copy_out(const uint8_t *from, uint8_t *to, size_t width, int channels)
{
    if (channels != 1)
        memcpy(to, from, width * (size_t)channels);
    else
        for (size_t x = 0; x < width; x++)
            to[x] = (uint8_t)((cg_luma_256ths(from + 3 * x) + 128) >> 8);
}

static enum cg_status copy(const struct cg_pixels *pixels, struct cg_loan *loan,
                           struct cg_error *error)
{
    int channels = pixels->channels == 4 ? 4 : 3;
    enum cg_status status =
        cg_image_create(pixels->width, pixels->height, channels, &loan->rgb, error);
    if (status != CG_OK)
        return status;
    size_t line = (size_t)pixels->width * (size_t)channels;
    for (int y = 0; y < pixels->height; y++)
        copy_in(row_of(pixels, y), loan->rgb.pixels + (size_t)y * line, (size_t)pixels->width,
                pixels->channels);
    return channels == 4 ? cg_image_split_alpha(&loan->rgb, &loan->alpha, error) : CG_OK;
}

enum cg_status cg_pixels_lend(struct cg_pixels pixels, struct cg_loan *out, struct cg_error *error)
{
    *out = (struct cg_loan){.from = pixels};
    enum cg_status status = check(&pixels, error);
    if (status != CG_OK)
        return status;
    if (pixels.channels == 3 && (pixels.stride == 0 || pixels.stride == row_nbytes(&pixels))) {
        out->rgb = (struct cg_image){pixels.width, pixels.height, 3, pixels.data};
        return CG_OK;
    }
    status = copy(&pixels, out, error);
    return status == CG_OK ? CG_OK : cg_pixels_return(out, status, error);
}

enum cg_status cg_pixels_return(struct cg_loan *loan, enum cg_status status, struct cg_error *error)
{
    const struct cg_pixels *to = &loan->from;
    if (loan->rgb.pixels == to->data)
        return status;
    if (status == CG_OK && loan->alpha.pixels != NULL)
        status = cg_image_join_alpha(&loan->rgb, &loan->alpha, error);
    size_t line = (size_t)loan->rgb.width * (size_t)loan->rgb.channels;
    for (int y = 0; y < to->height && status == CG_OK; y++)
        copy_out(loan->rgb.pixels + (size_t)y * line, row_of(to, y), (size_t)to->width,
                 to->channels);
    cg_image_clear(&loan->rgb);
    cg_image_clear(&loan->alpha);
    return status;
}
