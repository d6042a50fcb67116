/* Pictures in memory: see image.h. */
#include "image/image.h"

#include "base/memory.h"

#include <stdlib.h>

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

void cg_image_clear(struct cg_image *image)
{
    free(image->pixels);
    *image = (struct cg_image){0};
}

void cg_image_extras_clear(struct cg_image_extras *extras)
{
    free(extras->icc);
    free(extras->exif);
    *extras = (struct cg_image_extras){0};
}
