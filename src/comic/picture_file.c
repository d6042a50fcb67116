/* Picture files for the library's users (comicgan.h), with what the programs set by options. */
#include "base/memory.h"
#include "comic/pixels.h"

#include <stdlib.h>

#define QUALITY_DEFAULT 92

struct cg_picture {
    struct cg_image image; /* RGB or RGBA */
    struct cg_image_extras extras;
};

/* The converters' pixels are RGB or RGBA. */
static enum cg_status grey_to_rgb(struct cg_image *image, struct cg_error *error)
{
    struct cg_loan loan;
    if (image->channels != 1)
        return CG_OK;
    enum cg_status status = cg_pixels_lend(cg_image_as_pixels(image), &loan, error);
    if (status != CG_OK)
        return status;
    cg_image_clear(image);
    *image = loan.rgb;
    return CG_OK;
}

enum cg_status cg_picture_read(const char *path, unsigned flags, struct cg_picture **out,
                               struct cg_error *error)
{
    const struct cg_image_read_options options = {
        .keep_profile = (flags & CG_PICTURE_KEEP_PROFILE) != 0,
        .keep_exif = (flags & CG_PICTURE_KEEP_EXIF) != 0,
        .keep_gps = (flags & CG_PICTURE_KEEP_GPS) != 0,
        .strict = (flags & CG_PICTURE_STRICT) != 0,
    };
    *out = NULL;
    struct cg_picture *picture = cg_alloc_zero(1, sizeof(*picture), "picture", error);
    if (picture == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = cg_image_read(path, &options, &picture->image, &picture->extras, error);
    if (status == CG_OK)
        status = grey_to_rgb(&picture->image, error);
    if (status != CG_OK) {
        cg_picture_free(picture);
        return status;
    }
    *out = picture;
    return CG_OK;
}

void cg_picture_free(struct cg_picture *picture)
{
    if (picture == NULL)
        return;
    cg_image_extras_clear(&picture->extras);
    cg_image_clear(&picture->image);
    free(picture);
}

struct cg_pixels cg_picture_pixels(struct cg_picture *picture)
{
    return cg_image_as_pixels(&picture->image);
}

const char *cg_picture_note(const struct cg_picture *picture)
{
    return picture->extras.note;
}

enum cg_status cg_picture_write(const struct cg_picture *picture, const char *path, int quality,
                                struct cg_error *error)
{
    struct cg_image_write_options options = {
        .quality = quality == 0 ? QUALITY_DEFAULT : quality,
        .background = {255, 255, 255},
        .extras = &picture->extras,
    };
    enum cg_status status = cg_image_format_of(path, &options.format, error);
    return status == CG_OK ? cg_image_write(path, &picture->image, &options, error) : status;
}
