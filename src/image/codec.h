/*
 * Wrappers of libraries: stb (codec.c), libpng, libjpeg and libwebp (a file each). Private to
 * src/image. Arguments are not checked here, but by header.c before decoding and by write.c before
 * encoding. Errors do not name the file.
 */
#ifndef CG_IMAGE_CODEC_H
#define CG_IMAGE_CODEC_H

#include "base/error.h"
#include "image/header_fields.h"
#include "image/image.h"

/* Receives the bytes of an encoded picture, piece by piece. */
struct cg_sink {
    enum cg_status (*add)(void *context, const void *bytes, size_t nbytes, struct cg_error *error);
    void *context;
};

/*
 * Decode a file in memory, nbytes less than INT_MAX, to 8 bits. depth: bits of a PNG's sample;
 * inflated: bytes that its data inflate to; data_end: where the data of a JPEG's last scan end.
 * channels: 1, 3 or 4, to convert to. *out is created. Data with any oddity are refused. Errors:
 * CG_ERR_FORMAT, CG_ERR_MEMORY.
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
 * The second reader, for PNGs that stb refuses or would misread. Decode a PNG that the header has
 * found good to 8 bits of header's channels, or 3 for 1. *out is created. *odd: libpng warned.
 * Errors: CG_ERR_FORMAT, CG_ERR_MEMORY.
 */
enum cg_status cg_libpng_decode(const uint8_t *bytes, size_t nbytes,
                                const struct cg_image_header *header, int channels,
                                struct cg_image *out, bool *odd, struct cg_error *error);

/* ---- libjpeg.c: the second reader ------------------------------------------------------------ */

/*
 * For JPEGs that stb refuses or would misread, and for those of four inks, which stb mixes into RGB
 * itself, so that no profile could be applied.
 */

/* What libjpeg reported about the data. */
struct cg_libjpeg_findings {
    bool damaged;    /* part of the pixels is missing or makes no sense */
    bool incomplete; /* the data end before the last pixels, or before they are fully refined */
    bool odd;        /* against the format's rules, but with all pixels */
};

/*
 * Decode a JPEG that the header has found good. out: created by the caller, of header's size and of
 * 1 channel, 3 or, for inks, 4: cyan, magenta, yellow, black as stored (header->inks_inverted).
 * Undecodable parts are left grey. Errors: CG_ERR_FORMAT, CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_libjpeg_decode(const uint8_t *bytes, size_t nbytes,
                                 const struct cg_image_header *header, struct cg_image *out,
                                 struct cg_libjpeg_findings *findings, struct cg_error *error);

/* ---- libwebp.c: writing; reading is in reader.h ---------------------------------------------- */

#define CG_WEBP_SIDE_MAX_PX 16383

/*
 * Encode a picture of any channels into sink: colours lossy, transparency lossless; a WebP stores
 * the resolution in EXIF data only. Errors: those of the sink; CG_ERR_LIMIT for a side above the
 * format's; CG_ERR_MEMORY.
 */
enum cg_status cg_webp_encode(const struct cg_image *image,
                              const struct cg_image_write_options *options,
                              const struct cg_sink *sink, struct cg_error *error);

/*
 * A damaged PNG may have pixels beyond the end of its palette, and the decoder would take their
 * colours from whatever its memory holds. bytes is a PNG that cg_png_header_read has accepted. If
 * its palette has fewer than 256 entries, *copy becomes a PNG of the same pixels with 256, the new
 * ones black, to be freed with free(); else NULL. Error: CG_ERR_MEMORY.
 */
enum cg_status cg_png_complete_palette(const uint8_t *bytes, size_t nbytes, uint8_t **copy,
                                       size_t *copy_nbytes, struct cg_error *error);

#endif
