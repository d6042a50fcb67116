/* Pictures in memory: see image.h. */
#include "image/image.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum cg_status cg_image_create(int width, int height, int channels, struct cg_image *out,
                               struct cg_error *error)
{
    *out = (struct cg_image){0};
    if (channels != 1 && channels != 3 && channels != 4)
        return cg_fail(error, CG_ERR_ARGUMENT, "picture: expected 1, 3 or 4 channels, got %d",
                       channels);
    if (width < 1 || height < 1 || width > CG_IMAGE_SIDE_MAX_PX || height > CG_IMAGE_SIDE_MAX_PX ||
        (size_t)width * (size_t)height > CG_IMAGE_AREA_MAX_PX)
        return cg_fail(error, CG_ERR_LIMIT,
                       "picture: expected sides of 1 to %d and at most %zu pixels, got %d x %d",
                       CG_IMAGE_SIDE_MAX_PX, CG_IMAGE_AREA_MAX_PX, width, height);
    out->pixels = cg_alloc((size_t)width * (size_t)height, (size_t)channels, "picture", error);
    if (out->pixels == NULL)
        return CG_ERR_MEMORY;
    out->width = width;
    out->height = height;
    out->channels = channels;
    return CG_OK;
}

enum cg_status cg_image_cut_out(const struct cg_image *image, int left, int top, int width,
                                int height, struct cg_image *out, struct cg_error *error)
{
    const size_t channels = (size_t)image->channels, nbytes = channels * (size_t)width;
    enum cg_status status = cg_image_create(width, height, image->channels, out, error);
    for (int y = 0; status == CG_OK && y < height; y++)
        memcpy(out->pixels + (size_t)y * nbytes,
               image->pixels + channels * ((size_t)(top + y) * (size_t)image->width + (size_t)left),
               nbytes);
    return status;
}

static int scaled(int side, int part, int whole)
{
    int64_t rounded = ((int64_t)side * part + whole / 2) / whole;
    return rounded > 0 ? (int)rounded : 1;
}

void cg_image_fit(int side_px, int *width, int *height)
{
    int longer = *width > *height ? *width : *height;
    if (side_px <= 0 || longer <= side_px)
        return;
    *width = scaled(*width, side_px, longer);
    *height = scaled(*height, side_px, longer);
}

void cg_image_clear(struct cg_image *image)
{
    free(image->pixels);
    *image = (struct cg_image){0};
}
