/*
 * Libraries behind plain calls: stb (seen by codec.c alone), and libpng, libjpeg and libwebp (each by
 * its own file). Inside src/image only. Nothing here checks that the arguments make sense: header.c
 * does it before decoding, write.c before encoding. Errors are without the file's name.
 */
#ifndef CG_IMAGE_CODEC_H
#define CG_IMAGE_CODEC_H

#include "base/error.h"
#include "image/header_fields.h"
#include "image/image.h"

/* Where the bytes of an encoded picture go to, piece by piece. */
struct cg_sink {
    enum cg_status (*add)(void *context, const void *bytes, size_t nbytes, struct cg_error *error);
    void *context;
};

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

/* ---- libpng.c -------------------------------------------------------------------------------- */

/*
 * The second reader, for PNGs that stb refuses or would misread. Decode a PNG that the header has found good to 8 bits of header's channels, or 3 for 1. *out is
 * created. *odd: libpng had something to say about it. Errors, without the file's name:
 * CG_ERR_FORMAT, CG_ERR_MEMORY.
 */
enum cg_status cg_libpng_decode(const uint8_t *bytes, size_t nbytes,
                                const struct cg_image_header *header, int channels,
                                struct cg_image *out, bool *odd, struct cg_error *error);

/* ---- libjpeg.c: the second reader ------------------------------------------------------------ */

/*
 * For JPEGs that stb refuses or would misread, and for those of four inks, which stb mixes into RGB
 * by itself, leaving nothing that a profile could be applied to.
 */

/* What it had to say about the data. */
struct cg_libjpeg_findings {
    bool damaged;    /* part of the pixels is missing or makes no sense */
    bool incomplete; /* the data end before the last pixels, or before they are fully refined */
    bool odd;        /* against the format's rules, with all pixels there */
};

/*
 * Decode a JPEG that the header has found good. out: created by the caller, of header's size and of
 * 1 channel, 3 or, for inks, 4: cyan, magenta, yellow, black as stored (header->inks_inverted).
 * What cannot be decoded is left grey. Errors, without the file's name: CG_ERR_FORMAT,
 * CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_libjpeg_decode(const uint8_t *bytes, size_t nbytes,
                                 const struct cg_image_header *header, struct cg_image *out,
                                 struct cg_libjpeg_findings *findings, struct cg_error *error);

/* ---- libwebp.c: writing; reading is in reader.h ---------------------------------------------- */

#define CG_WEBP_SIDE_MAX_PX 16383

/*
 * Encode a picture of any channels into sink: colours with loss, transparency without; the
 * resolution has no place in a WebP but in EXIF data. Errors: those of the sink; CG_ERR_LIMIT for a
 * side above the format's; CG_ERR_MEMORY.
 */
enum cg_status cg_webp_encode(const struct cg_image *image,
                              const struct cg_image_write_options *options,
                              const struct cg_sink *sink, struct cg_error *error);

/*
 * A damaged PNG may have pixels beyond the end of its palette, and the decoder takes for their
 * colours whatever its memory holds. bytes is a PNG that cg_png_header_read has accepted. If its
 * palette has fewer than 256 entries, *copy becomes a PNG of the same pixels with 256, the new ones
 * black, to be freed with free(); else NULL. Error: CG_ERR_MEMORY.
 */
enum cg_status cg_png_complete_palette(const uint8_t *bytes, size_t nbytes, uint8_t **copy,
                                       size_t *copy_nbytes, struct cg_error *error);

#endif
