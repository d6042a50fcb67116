/* Profile, EXIF data and the like put into a picture while it is being written. Inside src/image only. */
#ifndef CG_IMAGE_EMBED_H
#define CG_IMAGE_EMBED_H

#include "image/codec.h"

#define CG_EMBED_HEAD_MAX_NBYTES 33

/*
 * A sink between an encoder and the file: passes all bytes on, and what is to be embedded after the
 * head of the file has gone by. to and options must outlive it.
 */
struct cg_embed {
    const struct cg_sink *to;
    const struct cg_image_write_options *options;
    uint8_t head[CG_EMBED_HEAD_MAX_NBYTES];
    size_t head_nbytes, held; /* bytes before what is embedded, and how many of them came */
};

/* Set embed up and return the sink to encode into. Errors on the way: those of to; CG_ERR_MEMORY,
 * CG_ERR_LIMIT for what a JPEG cannot hold. */
struct cg_sink cg_embed_sink(struct cg_embed *embed, const struct cg_sink *to,
                             const struct cg_image_write_options *options);

#endif
