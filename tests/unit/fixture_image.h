/* PNG and JPEG files put together byte by byte, good ones and bad ones. */
#ifndef CG_TESTS_UNIT_FIXTURE_IMAGE_H
#define CG_TESTS_UNIT_FIXTURE_IMAGE_H

#include "image/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file being put together. Start from {0}, free(bytes) at the end. */
struct fixture_bytes {
    uint8_t *bytes;
    size_t nbytes;
};

/* The picture in a file that must be readable, to be cleared; extras may be NULL. The last one
 * frees the file. */
struct cg_image fixture_decode(const struct fixture_bytes *file, int channels);
struct cg_image fixture_read(const struct fixture_bytes *file,
                             const struct cg_image_read_options *options,
                             struct cg_image_extras *extras);
struct cg_image fixture_take(struct fixture_bytes *file,
                             const struct cg_image_read_options *options,
                             struct cg_image_extras *extras);

/* The bytes of a picture's pixels. */
size_t fixture_image_nbytes(const struct cg_image *image);

void fixture_add(struct fixture_bytes *file, const void *bytes, size_t nbytes);

/* Put bytes in at an offset, moving the rest up. */
void fixture_insert(struct fixture_bytes *file, size_t at, const void *bytes, size_t nbytes);

/* Signature and IHDR; one chunk with its checksum; an IDAT with raw compressed; IEND. */
void fixture_png_begin(struct fixture_bytes *file, uint32_t width, uint32_t height, int depth,
                       int colour, bool interlaced);
void fixture_png_chunk(struct fixture_bytes *file, const char *type, const void *data,
                       size_t nbytes);
void fixture_png_pixels(struct fixture_bytes *file, const void *raw, size_t nbytes);
void fixture_png_end(struct fixture_bytes *file);

/* A JPEG of one 8 x 8 block a component, each all of one value. adobe_transform: -1 for no Adobe
 * marker. */
void fixture_jpeg(struct fixture_bytes *file, int components, const int *values, bool progressive,
                  int adobe_transform);

/* Put a segment in after the start marker. */
void fixture_jpeg_add_segment(struct fixture_bytes *file, int marker, const void *data,
                              size_t nbytes);

/* EXIF data from the TIFF header on: one directory with one entry, the orientation. Returns the
 * bytes used of tiff[26]. */
size_t fixture_exif(uint8_t *tiff, int orientation, bool big_endian);

/* The same in a JPEG's APP1 segment, put in after the start marker. */
void fixture_jpeg_add_exif(struct fixture_bytes *file, int orientation, bool big_endian);

#endif
