/* Profile and EXIF data put into a picture while it is being written. Inside src/image only. */
#ifndef CG_IMAGE_EMBED_H
#define CG_IMAGE_EMBED_H

#include "image/sink.h"

/*
 * A sink between an encoder and the file: passes all bytes on, and what is to be embedded after the
 * head of the file has gone by. to and extras must outlive it.
 */
struct cg_embed {
    const struct cg_sink *to;
    const struct cg_image_extras *extras;
    enum cg_image_format format;
    size_t head_left; /* bytes before what is embedded */
};

/* Set embed up and return the sink to encode into. Errors on the way: those of to; CG_ERR_MEMORY,
 * CG_ERR_LIMIT for what a JPEG cannot hold. */
struct cg_sink cg_embed_sink(struct cg_embed *embed, const struct cg_sink *to,
                             enum cg_image_format format, const struct cg_image_extras *extras);

#endif
