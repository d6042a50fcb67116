/* The ICC profile of a file, assembled. Private to src/image. */
#ifndef CG_IMAGE_PROFILE_H
#define CG_IMAGE_PROFILE_H

#include "image/header_fields.h"

/*
 * The profile that the header found, into *icc, to be freed; NULL, with CG_OK, if the file has none
 * or it cannot be assembled. Its contents are not checked. Error: CG_ERR_MEMORY.
 */
enum cg_status cg_profile_read(const struct cg_image_header *header, uint8_t **icc,
                               size_t *icc_nbytes, struct cg_error *error);

#endif
