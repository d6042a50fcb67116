/* Limits on the size of pictures: see header_fields.h. */
#include "image/header_fields.h"

/* The largest buffer of a decoder; stb counts in int and keeps clear of its end. */
#define DECODED_MAX_NBYTES ((size_t)1 << 30)

enum cg_status cg_image_check_size(uint32_t width, uint32_t height, size_t bytes_per_pixel,
                                   struct cg_error *error)
{
    if (width == 0 || height == 0)
        return cg_fail(error, CG_ERR_FORMAT, "expected a picture with pixels, found %u x %u", width,
                       height);
    if (width > CG_IMAGE_SIDE_MAX_PX || height > CG_IMAGE_SIDE_MAX_PX)
        return cg_fail(error, CG_ERR_LIMIT, "expected sides of at most %d pixels, found %u x %u",
                       CG_IMAGE_SIDE_MAX_PX, width, height);
    size_t most_px = DECODED_MAX_NBYTES / bytes_per_pixel;
    if ((size_t)width * height > most_px)
        return cg_fail(error, CG_ERR_LIMIT,
                       "expected at most %zu million pixels of this kind, found %u x %u",
                       most_px / 1000000, width, height);
    return CG_OK;
}
