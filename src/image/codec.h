/*
 * The stb libraries behind plain calls; only codec.c sees them. Inside src/image only. Nothing here
 * checks that the arguments make sense: header.c does it before decoding, write.c before encoding.
 */
#ifndef CG_IMAGE_CODEC_H
#define CG_IMAGE_CODEC_H

#include "image/sink.h"

/*
 * Decode a file in memory, nbytes less than INT_MAX, to 8 bits. depth: bits of a PNG's sample;
 * inflated: bytes that its data inflate to; data_end: where the data of a JPEG's last scan end.
 * channels: 1, 3 or 4, what to convert to. *out is created. Whatever is odd about the data is
 * refused. Errors, without the file's name: CG_ERR_FORMAT, CG_ERR_MEMORY.
 */
enum cg_status cg_codec_decode_png(const uint8_t *bytes, size_t nbytes, int depth, size_t inflated,
                                   int channels, struct cg_image *out, struct cg_error *error);
enum cg_status cg_codec_decode_jpeg(const uint8_t *bytes, size_t nbytes, size_t data_end,
                                    int channels, struct cg_image *out, struct cg_error *error);

/* Encode into sink. Channels of a JPEG: 1 or 3. Errors: those of the sink, CG_ERR_MEMORY. */
enum cg_status cg_codec_encode_png(const struct cg_image *image, const struct cg_sink *sink,
                                   struct cg_error *error);
enum cg_status cg_codec_encode_jpeg(const struct cg_image *image, int quality,
                                    const struct cg_sink *sink, struct cg_error *error);

#endif
