/* The head of a picture file alone: cg_image_probe and cg_image_prepare, see image.h. */
#include "base/file.h"
#include "image/header.h"

#include <stdlib.h>
#include <sys/stat.h>

/* Enough unless large EXIF data or a profile precede the size. */
#define HEAD_FIRST_NBYTES ((size_t)64 << 10)
#define HEAD_GROWTH 4

#define SIGNATURE_NBYTES 16 /* holds those of all kinds */

/* *more: the file continues after at_most_nbytes, and the answer is there. */
static enum cg_status read_head(const char *path, size_t at_most_nbytes,
                                struct cg_image_header *header, bool *more, struct cg_error *error)
{
    uint8_t *bytes;
    size_t nbytes;
    *more = false;
    enum cg_status status = cg_file_read_head(path, at_most_nbytes, &bytes, &nbytes, error);
    if (status != CG_OK)
        return status;
    status = cg_image_header_read(bytes, nbytes, CG_HEADER_HEAD, header, error);
    if (status != CG_OK)
        cg_error_prefix(error, "reading %s", cg_path_tail(path));
    *more = status != CG_OK && header->cut_off && nbytes == at_most_nbytes;
    free(bytes);
    return status;
}

/*
 * Bytes for each pixel while it is decoded, estimated / measured as peak resident memory on
 * pictures of 12 megapixels: a JPEG's planes and its pixels 6 / 5.7, the coefficients of a
 * progressive one 6 more / 11.7 together, four inks and the pixels 7 / 6.8; a PNG's rows and pixels
 * 6 / 5.5, of 16 bits 12 / 11.3, with transparency 8 / 7.4. Turning upright takes no more. Other
 * libraries hold HEIC's planes, their RGB and the pixels; a TIFF's or a lossless WebP's four bytes
 * and the pixels; a GIF's pixels.
 */
static size_t reading_bytes_per_px(const struct cg_image_header *header)
{
    size_t channels = (size_t)header->channels, samples = header->depth > 8 ? 2 : 1;
    if (header->format == CG_IMAGE_PNG)
        return 2 * channels * samples;
    if (header->format == CG_IMAGE_HEIC || header->format == CG_IMAGE_AVIF)
        return 4 * channels * samples;
    if (header->format != CG_IMAGE_JPEG)
        return 4 + channels;
    if (header->is_cmyk)
        return 4 + channels + (header->is_progressive ? 8 : 0);
    return header->is_progressive ? 4 * channels : 2 * channels;
}

enum cg_status cg_image_probe(const char *path, struct cg_image_info *out, struct cg_error *error)
{
    struct cg_image_header header;
    enum cg_status status;
    bool more;
    size_t nbytes = HEAD_FIRST_NBYTES;
    *out = (struct cg_image_info){0};
    do {
        status = read_head(path, nbytes, &header, &more, error);
        nbytes *= HEAD_GROWTH;
    } while (more && nbytes <= CG_IMAGE_FILE_MAX_NBYTES);
    if (status != CG_OK)
        return status;
    bool turned = header.orientation >= 5;
    *out = (struct cg_image_info){.format = header.format,
                                  .width = turned ? header.height : header.width,
                                  .height = turned ? header.width : header.height,
                                  .channels = header.channels,
                                  .reading_nbytes = reading_bytes_per_px(&header) *
                                                    (size_t)header.width * (size_t)header.height};
    return CG_OK;
}

static void load(const struct cg_reader *reader)
{
    if (reader != NULL && reader->load != NULL)
        reader->load();
}

void cg_image_prepare(const char *path)
{
    struct stat about;
    uint8_t *bytes;
    size_t nbytes;
    if (path != NULL && stat(path, &about) == 0 && S_ISREG(about.st_mode)) {
        if (cg_file_read_head(path, SIGNATURE_NBYTES, &bytes, &nbytes, NULL) != CG_OK)
            return;
        load(cg_image_reader_of(bytes, nbytes));
        free(bytes);
        return;
    }
    for (enum cg_image_format format = 0; format < CG_IMAGE_FORMAT_COUNT; format++)
        load(cg_reader_of(format));
}
