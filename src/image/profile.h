/* The ICC profile in a file, put together. Inside src/image only. */
#ifndef CG_IMAGE_PROFILE_H
#define CG_IMAGE_PROFILE_H

#include "image/header_fields.h"

/*
 * The profile that the header found, whole: *icc is to be freed with free(). NULL, with CG_OK, when
 * the file has none or what it has cannot be put together. Nothing in it is checked. Error:
 * CG_ERR_MEMORY.
 */
enum cg_status cg_profile_read(const struct cg_image_header *header, uint8_t **icc,
                               size_t *icc_nbytes, struct cg_error *error);

#endif
