/*
 * Pictures in memory: 8-bit, interleaved, sRGB, rows without padding. All functions may be called
 * from several threads at once, on different pictures.
 */
#ifndef CG_IMAGE_IMAGE_H
#define CG_IMAGE_IMAGE_H

#include "base/error.h"

/* The largest side and area that is read or made. */
#define CG_IMAGE_SIDE_MAX_PX 65535
#define CG_IMAGE_AREA_MAX_PX ((size_t)1 << 30)

/* pixels: height * width * channels bytes, owned. channels: 1 grey, 3 RGB, 4 RGBA. */
struct cg_image {
    int width, height, channels;
    uint8_t *pixels;
};

/* Contents undefined. Errors: CG_ERR_ARGUMENT, CG_ERR_LIMIT, CG_ERR_MEMORY; then *out is empty. */
enum cg_status cg_image_create(int width, int height, int channels, struct cg_image *out,
                               struct cg_error *error);

/* Free the pixels and empty the struct; also fine on an empty one. */
void cg_image_clear(struct cg_image *image);

/*
 * Read a PNG or JPEG file, turned upright by its EXIF orientation. channels: 1 or 3 to convert to
 * (transparency is blended on white), 0 to keep the file's own 1, 3 or 4 (4 for transparency of any
 * kind). 16-bit files are reduced to 8. A file that is damaged or cut off is refused, never read in
 * part. Decoding is limited to 2^30 bytes, 357 million pixels of RGB, and the file to as many.
 * Errors, each with the file's name, what was expected and what was found; then *out is empty:
 * CG_ERR_IO, CG_ERR_FORMAT, CG_ERR_UNSUPPORTED, CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_image_read(const char *path, int channels, struct cg_image *out,
                             struct cg_error *error);

/* The same for a file's bytes in memory; texts are without a name. */
enum cg_status cg_image_decode(const uint8_t *bytes, size_t nbytes, int channels,
                               struct cg_image *out, struct cg_error *error);

/* Lay an RGBA picture on white and convert it to 1 (luma) or 3 channels, in place. */
void cg_image_blend_on_white(struct cg_image *image, int channels);

enum cg_image_format { CG_IMAGE_PNG, CG_IMAGE_JPEG };

/* The format that a path's ending stands for (.png, .jpg, .jpeg, any case). Error:
 * CG_ERR_UNSUPPORTED. */
enum cg_status cg_image_format_of(const char *path, enum cg_image_format *out,
                                  struct cg_error *error);

/*
 * Write image to path, whole or not at all: a temporary file beside it is written, flushed to the
 * disk and renamed. quality: JPEG quality 1 to 100, not used for PNG. A JPEG of an RGBA picture
 * shows it on white, one of a grey picture is written as colour. The bytes depend on nothing but
 * the arguments. Errors: CG_ERR_ARGUMENT; CG_ERR_IO; CG_ERR_LIMIT above 2^30 bytes of pixels;
 * CG_ERR_MEMORY.
 */
enum cg_status cg_image_write(const char *path, const struct cg_image *image,
                              enum cg_image_format format, int quality, struct cg_error *error);

/*
 * Resize to width x height, axis by axis: area average where it shrinks (each output pixel is the
 * exact mean of the input it covers, rounded to nearest, halves up), bicubic (Catmull-Rom) where it
 * grows. Channels are independent, alpha does not weigh colour. *out is created. Errors:
 * CG_ERR_ARGUMENT, CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_image_resize(const struct cg_image *image, int width, int height,
                               struct cg_image *out, struct cg_error *error);

#endif
