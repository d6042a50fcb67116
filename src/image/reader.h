/*
 * Formats read by optional libraries: HEIC and AVIF (libheif), WebP (libwebp), TIFF (libtiff), GIF
 * (giflib). A new one is a reader here and a row of the table in formats.c. Private to src/image.
 */
#ifndef CG_IMAGE_READER_H
#define CG_IMAGE_READER_H

#include "image/header_fields.h"

/* The file's metadata; owned by the caller. */
struct cg_reader_extras {
    uint8_t *icc; /* NULL: none */
    size_t icc_nbytes;
    uint8_t *exif; /* from its TIFF header on; NULL: none, or header->exif has it */
    size_t exif_nbytes;
    uint8_t *xmp; /* a packet; NULL: none, or header->xmp has it */
    size_t xmp_nbytes;
    const char *note; /* for people; NULL: none */
    bool odd;         /* the file has errors, but all pixels were read */
};

struct cg_reader {
    /* Load the library, where it is not linked in; what fails is told by header. NULL: nothing. */
    void (*load)(void);
    /*
     * Fill in the header, with the size checked; format and depth 8 are set already, orientation is
     * 1. Set cut_off if the bytes end too early. Errors, without the file's name: CG_ERR_FORMAT,
     * CG_ERR_UNSUPPORTED, CG_ERR_LIMIT, CG_ERR_MEMORY.
     */
    enum cg_status (*header)(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                             struct cg_image_header *out, struct cg_error *error);
    /* Decode the first picture into out, created, of header's size and of header's channels, or 3
     * for 1. *extras is empty before. Errors: as above. */
    enum cg_status (*decode)(const uint8_t *bytes, size_t nbytes,
                             const struct cg_image_header *header, struct cg_image *out,
                             struct cg_reader_extras *extras, struct cg_error *error);
};

extern const struct cg_reader cg_heif_reader, cg_webp_reader, cg_tiff_reader, cg_gif_reader;

/* NULL for PNG, JPEG and formats that this build does not read. */
const struct cg_reader *cg_reader_of(enum cg_image_format format);

/* A copy of nbytes bytes, to be freed; *to stays NULL for none. Error: CG_ERR_MEMORY. */
enum cg_status cg_reader_copy(const void *bytes, size_t nbytes, uint8_t **to, size_t *to_nbytes,
                              struct cg_error *error);

/* Fail for damaged picture data or lack of memory, with the message that all readers use. */
enum cg_status cg_reader_fail(enum cg_status status, struct cg_error *error);

#endif
