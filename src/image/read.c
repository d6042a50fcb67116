/*
 * Reading a picture: see image.h. The steps: the file's bytes, what its header says and whether it
 * is whole, decode, blend transparency on white, turn upright.
 */
#include "base/file.h"
#include "base/memory.h"
#include "image/codec.h"
#include "image/header.h"
#include "image/orientation.h"
#include "image/palette.h"

#include <stdlib.h>

#define FILE_MAX_NBYTES ((size_t)1 << 30)

/* colour * alpha + white * (1 - alpha), rounded */
static uint8_t on_white(int colour, int alpha)
{
    return (uint8_t)((colour * alpha + 255 * (255 - alpha) + 127) / 255);
}

/* Luma as the decoder computes it for pictures without transparency. */
static uint8_t luma(int red, int green, int blue)
{
    return (uint8_t)((red * 77 + green * 150 + blue * 29) >> 8);
}

void cg_image_blend_on_white(struct cg_image *image, int channels)
{
    size_t count = (size_t)image->width * (size_t)image->height;
    const uint8_t *from = image->pixels;
    uint8_t *to = image->pixels;
    for (size_t i = 0; i < count; i++, from += 4, to += channels) {
        uint8_t red = on_white(from[0], from[3]);
        uint8_t green = on_white(from[1], from[3]);
        uint8_t blue = on_white(from[2], from[3]);
        if (channels == 1) {
            to[0] = luma(red, green, blue);
        } else {
            to[0] = red;
            to[1] = green;
            to[2] = blue;
        }
    }
    image->channels = channels;
    uint8_t *smaller = realloc(image->pixels, count * (size_t)channels);
    if (smaller != NULL)
        image->pixels = smaller;
}

/* The decoder, on a copy of the file if its palette has to be completed first. */
static enum cg_status decode_pixels(const uint8_t *bytes, size_t nbytes, int channels,
                                    const struct cg_image_header *header, struct cg_image *out,
                                    struct cg_error *error)
{
    uint8_t *copy = NULL;
    size_t copy_nbytes = 0;
    enum cg_status status = CG_OK;
    if (header->format == CG_IMAGE_PNG)
        status = cg_png_complete_palette(bytes, nbytes, &copy, &copy_nbytes, error);
    if (status == CG_OK)
        status = cg_codec_decode(copy != NULL ? copy : bytes, copy != NULL ? copy_nbytes : nbytes,
                                 channels, out, error);
    free(copy);
    return status;
}

enum cg_status cg_image_decode(const uint8_t *bytes, size_t nbytes, int channels,
                               struct cg_image *out, struct cg_error *error)
{
    *out = (struct cg_image){0};
    if (channels != 0 && channels != 1 && channels != 3)
        return cg_fail(error, CG_ERR_ARGUMENT, "expected to read 0, 1 or 3 channels, got %d",
                       channels);
    if (nbytes > FILE_MAX_NBYTES)
        return cg_fail(error, CG_ERR_LIMIT, "expected at most %zu bytes, found %zu",
                       FILE_MAX_NBYTES, nbytes);
    struct cg_image_header header;
    enum cg_status status = cg_image_header_read(bytes, nbytes, &header, error);
    if (status != CG_OK)
        return status;
    bool own_channels = channels == 0 || header.channels == 4;
    status = decode_pixels(bytes, nbytes, own_channels ? header.channels : channels, &header, out,
                           error);
    if (status == CG_OK && channels != 0 && out->channels == 4)
        cg_image_blend_on_white(out, channels);
    if (status == CG_OK)
        status = cg_image_turn_upright(out, header.orientation, error);
    if (status != CG_OK)
        cg_image_clear(out);
    return status;
}

enum cg_status cg_image_read(const char *path, int channels, struct cg_image *out,
                             struct cg_error *error)
{
    *out = (struct cg_image){0};
    uint8_t *bytes;
    size_t nbytes;
    enum cg_status status = cg_file_read(path, FILE_MAX_NBYTES, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    status = cg_image_decode(bytes, nbytes, channels, out, error);
    if (status != CG_OK)
        cg_error_prefix(error, "reading %s", cg_path_tail(path));
    free(bytes);
    return status;
}
