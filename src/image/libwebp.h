/* libwebp behind plain calls: writing; reading is in reader.h. Inside src/image only. */
#ifndef CG_IMAGE_LIBWEBP_H
#define CG_IMAGE_LIBWEBP_H

#include "image/sink.h"

#define CG_WEBP_SIDE_MAX_PX 16383

/*
 * Encode a picture of any channels into sink: colours with loss, transparency without; the
 * resolution has no place in a WebP but in EXIF data. Errors: those of the sink; CG_ERR_LIMIT for a side
 * above the format's; CG_ERR_MEMORY.
 */
enum cg_status cg_webp_encode(const struct cg_image *image,
                              const struct cg_image_write_options *options,
                              const struct cg_sink *sink, struct cg_error *error);

#endif
