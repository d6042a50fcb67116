/*
 * Reading a picture: see image.h. The steps: the file's bytes, what its header says and whether it
 * is whole, decode, blend transparency on white, turn upright.
 */
#include "base/file.h"
#include "image/alpha.h"
#include "image/codec.h"
#include "image/header.h"
#include "image/orientation.h"
#include "image/palette.h"

#include <stdlib.h>

#define FILE_MAX_NBYTES ((size_t)1 << 30)
#define HEAD_FIRST_NBYTES ((size_t)64 << 10)
#define HEAD_GROWTH 4

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

static enum cg_status check_request(size_t nbytes, const struct cg_image_read_options *options,
                                    struct cg_error *error)
{
    if (options->channels != 0 && options->channels != 1 && options->channels != 3)
        return cg_fail(error, CG_ERR_ARGUMENT, "expected to read 0, 1 or 3 channels, got %d",
                       options->channels);
    if (nbytes > FILE_MAX_NBYTES)
        return cg_fail(error, CG_ERR_LIMIT, "expected at most %zu bytes, found %zu",
                       FILE_MAX_NBYTES, nbytes);
    return CG_OK;
}

enum cg_status cg_image_decode(const uint8_t *bytes, size_t nbytes,
                               const struct cg_image_read_options *options, struct cg_image *out,
                               struct cg_image_extras *extras, struct cg_error *error)
{
    static const uint8_t white[] = {255, 255, 255};
    struct cg_image_header header;
    *out = (struct cg_image){0};
    if (extras != NULL)
        *extras = (struct cg_image_extras){0};
    enum cg_status status = check_request(nbytes, options, error);
    if (status == CG_OK)
        status = cg_image_header_read(bytes, nbytes, CG_HEADER_WHOLE, &header, error);
    if (status != CG_OK)
        return status;
    int channels = options->channels;
    status = decode_pixels(bytes, nbytes,
                           channels == 0 || header.channels == 4 ? header.channels : channels,
                           &header, out, error);
    if (status == CG_OK && channels != 0 && out->channels == 4)
        cg_image_blend(out, white);
    if (status == CG_OK && channels == 1 && out->channels == 3)
        cg_image_to_grey(out);
    if (status == CG_OK)
        status = cg_image_turn_upright(out, header.orientation, error);
    if (status != CG_OK)
        cg_image_clear(out);
    return status;
}

enum cg_status cg_image_read(const char *path, const struct cg_image_read_options *options,
                             struct cg_image *out, struct cg_image_extras *extras,
                             struct cg_error *error)
{
    *out = (struct cg_image){0};
    if (extras != NULL)
        *extras = (struct cg_image_extras){0};
    uint8_t *bytes;
    size_t nbytes;
    enum cg_status status = cg_file_read(path, FILE_MAX_NBYTES, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    status = cg_image_decode(bytes, nbytes, options, out, extras, error);
    if (status != CG_OK)
        cg_error_prefix(error, "reading %s", cg_path_tail(path));
    free(bytes);
    return status;
}

/* ---- the head alone -------------------------------------------------------------------------- */

/* More and more of the file's beginning, until the pixels are reached or there is no more. */
static enum cg_status read_head(const char *path, struct cg_image_header *header,
                                struct cg_error *error)
{
    enum cg_status status = CG_ERR_FORMAT;
    bool more = true;
    for (size_t at_most = HEAD_FIRST_NBYTES; more; at_most *= HEAD_GROWTH) {
        uint8_t *bytes;
        size_t nbytes;
        status = cg_file_read_head(path, at_most, &bytes, &nbytes, error);
        if (status != CG_OK)
            return status;
        status = cg_image_header_read(bytes, nbytes, CG_HEADER_HEAD, header, error);
        free(bytes);
        more = status != CG_OK && header->cut_off && nbytes == at_most && at_most < FILE_MAX_NBYTES;
    }
    if (status != CG_OK)
        cg_error_prefix(error, "reading %s", cg_path_tail(path));
    return status;
}

enum cg_status cg_image_probe(const char *path, struct cg_image_info *out, struct cg_error *error)
{
    struct cg_image_header header;
    *out = (struct cg_image_info){0};
    enum cg_status status = read_head(path, &header, error);
    if (status != CG_OK)
        return status;
    bool turned = header.orientation >= 5;
    *out = (struct cg_image_info){.format = header.format,
                                  .width = turned ? header.height : header.width,
                                  .height = turned ? header.width : header.height,
                                  .channels = header.channels};
    return CG_OK;
}
