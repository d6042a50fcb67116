/* Embedding profile, EXIF data and the like while a picture is written. Private to src/image. */
#ifndef CG_IMAGE_EMBED_H
#define CG_IMAGE_EMBED_H

#include "image/codec.h"

#define CG_EMBED_HEAD_MAX_NBYTES 33

/*
 * A sink between an encoder and the file that passes all bytes on and inserts the embedded data
 * after the file's head. to and options must outlive it.
 */
struct cg_embed {
    const struct cg_sink *to;
    const struct cg_image_write_options *options;
    uint8_t head[CG_EMBED_HEAD_MAX_NBYTES];
    size_t head_nbytes, held; /* bytes before the embedded data, and how many have come */
};

/* Set up embed and return the sink to encode into. Errors while encoding: those of to;
 * CG_ERR_MEMORY; CG_ERR_LIMIT for what a JPEG cannot hold. */
struct cg_sink cg_embed_sink(struct cg_embed *embed, const struct cg_sink *to,
                             const struct cg_image_write_options *options);

#endif
