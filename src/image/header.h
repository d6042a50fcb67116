/*
 * A picture file's header, and whether the file is whole, checked before a decoder sees it. Private
 * to src/image. Error texts do not name the file: "expected ..., found ...".
 */
#ifndef CG_IMAGE_HEADER_H
#define CG_IMAGE_HEADER_H

#include "image/header_fields.h"
#include "image/reader.h"

/*
 * Recognise the format, walk the file as far as scope says and check what is possible without
 * decoding. Errors: CG_ERR_FORMAT (not a picture, damaged or cut off); CG_ERR_UNSUPPORTED;
 * CG_ERR_LIMIT; CG_ERR_MEMORY.
 */
enum cg_status cg_image_header_read(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                    struct cg_image_header *out, struct cg_error *error);

/* Whose the file is by its first bytes. NULL: PNG and JPEG, and what this build does not read. */
const struct cg_reader *cg_image_reader_of(const uint8_t *bytes, size_t nbytes);

/* For the two formats: bytes begin with its signature, *out is empty. Errors: those of
 * cg_image_header_read. */
enum cg_status cg_jpeg_header_read(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                   struct cg_image_header *out, struct cg_error *error);
enum cg_status cg_png_header_read(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                  struct cg_image_header *out, struct cg_error *error);

#endif
