/*
 * Pictures in memory: 8-bit, interleaved, rows without padding, sRGB unless a profile was kept. All
 * functions may be called from several threads at once, on different pictures. docs/PICTURES.md
 * says how each kind of file is handled.
 */
#ifndef CG_IMAGE_IMAGE_H
#define CG_IMAGE_IMAGE_H

#include "base/output.h"

#include <stdbool.h>

/* The largest side and area that is read or made. */
#define CG_IMAGE_SIDE_MAX_PX 65535
#define CG_IMAGE_AREA_MAX_PX ((size_t)1 << 30)

/* pixels: height * width * channels bytes, owned. channels: 1 grey, 3 RGB, 4 RGBA (not
 * premultiplied). */
struct cg_image {
    int width, height, channels;
    uint8_t *pixels;
};

/* Contents undefined. Errors: CG_ERR_ARGUMENT, CG_ERR_LIMIT, CG_ERR_MEMORY; then *out is empty. */
enum cg_status cg_image_create(int width, int height, int channels, struct cg_image *out,
                               struct cg_error *error);

/* A part of an image, which lies inside it, as one of its own. *out is created. Errors:
 * as above. */
enum cg_status cg_image_cut_out(const struct cg_image *image, int left, int top, int width,
                                int height, struct cg_image *out, struct cg_error *error);

/* Free the pixels and empty the struct; also fine on an empty one. */
void cg_image_clear(struct cg_image *image);

/* A view for the converters. */
static inline struct cg_pixels cg_image_as_pixels(const struct cg_image *image)
{
    return (struct cg_pixels){image->pixels, image->width, image->height, image->channels, 0};
}

/* Kinds of picture files. PNG and JPEG are read and written; WebP is read and written, and HEIC to
 * GIF are read, if built with their libraries; the others are only recognised. */
enum cg_image_format {
    CG_IMAGE_PNG,
    CG_IMAGE_JPEG,
    CG_IMAGE_WEBP,
    CG_IMAGE_HEIC,
    CG_IMAGE_AVIF,
    CG_IMAGE_TIFF,
    CG_IMAGE_GIF,
    CG_IMAGE_BMP,
    CG_IMAGE_JPEG_XL,
    CG_IMAGE_JPEG_2000,
    CG_IMAGE_PHOTOSHOP,
    CG_IMAGE_SVG,
    CG_IMAGE_TGA,
    CG_IMAGE_RAW,
    CG_IMAGE_FORMAT_COUNT
};

/* For people: "PNG". Static storage. */
const char *cg_image_format_name(enum cg_image_format format);

/* What this build reads and writes. */
bool cg_image_is_read(enum cg_image_format format);
bool cg_image_is_written(enum cg_image_format format);

/* The kind for a path's ending, in any case, readable or not; false if there is none. */
bool cg_image_format_by_ending(const char *path, enum cg_image_format *out);

/* The same for a picture to be written. Error: CG_ERR_UNSUPPORTED, which lists the endings. */
enum cg_status cg_image_format_of(const char *path, enum cg_image_format *out,
                                  struct cg_error *error);

/* ---- reading --------------------------------------------------------------------------------- */

/* A file's metadata, ready to be embedded again; owned. Empty: all zero. */
struct cg_image_extras {
    uint8_t *icc; /* the ICC profile that the pixels are in; NULL: they are sRGB */
    size_t icc_nbytes;
    uint8_t *exif; /* from its TIFF header on; without thumbnail, turning and makers' notes */
    size_t exif_nbytes;
    uint8_t *xmp; /* a packet, without orientation and data behind the picture */
    size_t xmp_nbytes;
    uint8_t *iptc; /* its records */
    size_t iptc_nbytes;
    double dpi[2];  /* dots per inch, across and down; 0: not said */
    char note[160]; /* one line for people about what could not be used, or "" */
};

/* Free what it holds and empty it; also fine on an empty one. */
void cg_image_extras_clear(struct cg_image_extras *extras);

struct cg_image_read_options {
    int channels;      /* 1 or 3 to convert to, transparency laid on white; 0: the file's own 1, 3,
                          or 4 for transparency of any kind */
    bool keep_profile; /* leave the colours of an RGB profile as they are and hand it out */
    bool keep_exif;    /* hand the EXIF data out, XMP and IPTC too */
    bool keep_gps;     /* including the place where the photo was taken */
    bool strict;       /* refuse damage instead of noting it */
    int max_side_px;   /* reduce larger pictures to this; 0: none */
};

/*
 * Read a picture file, turned upright by its EXIF orientation, 16 bits reduced to 8, colours
 * converted to sRGB from the profile in it. A file that is cut off is refused; a JPEG with damaged
 * data is read as far as it goes, and that noted; unusable profiles, EXIF, XMP and IPTC data are
 * left out and noted. Decoding is limited to 2^30 bytes, 357 million pixels of RGB, and the file to
 * as many. *out is created, *extras (may be NULL) filled, to be cleared by the caller. Errors, each
 * with the file's name, what was expected and what was found; then *out and *extras are empty:
 * CG_ERR_IO, CG_ERR_FORMAT, CG_ERR_UNSUPPORTED, CG_ERR_LIMIT, CG_ERR_MEMORY, CG_ERR_ARGUMENT.
 */
enum cg_status cg_image_read(const char *path, const struct cg_image_read_options *options,
                             struct cg_image *out, struct cg_image_extras *extras,
                             struct cg_error *error);

/* The same for a file's bytes in memory; texts are without a name. */
enum cg_status cg_image_decode(const uint8_t *bytes, size_t nbytes,
                               const struct cg_image_read_options *options, struct cg_image *out,
                               struct cg_image_extras *extras, struct cg_error *error);

/* The size is upright, channels are the file's own as cg_image_read would hand them out. */
struct cg_image_info {
    enum cg_image_format format;
    int width, height, channels;
    size_t reading_nbytes; /* peak memory while reading, beside the file: see probe.c */
};

/*
 * Read no more of a file than its head, to know beforehand what the picture will cost. It may still
 * turn out to be damaged; and if a PNG's orientation follows its pixels, the size is as stored.
 * Errors: those of cg_image_read.
 */
enum cg_status cg_image_probe(const char *path, struct cg_image_info *out, struct cg_error *error);

/*
 * Load what reading the file takes and is not linked in (libheif, for HEIC and AVIF): for those who
 * give up files before they read pictures. path: NULL, and what is not a regular file, may be of
 * any kind. What cannot be loaded is told when the file is read.
 */
void cg_image_prepare(const char *path);

/* ---- writing --------------------------------------------------------------------------------- */

struct cg_image_write_options {
    enum cg_image_format format;
    int quality;                          /* of a JPEG or WebP, 1 to 100 */
    uint8_t background[3];                /* RGB, on which a JPEG shows what is transparent */
    const struct cg_image_extras *extras; /* to embed, or NULL */
    const char *mark;        /* what made the picture, to be written into the file, or NULL */
    enum cg_writing writing; /* of a file */
};

/*
 * Write image to path atomically: a temporary file beside it is written, flushed to disk and
 * renamed. A grey picture becomes a JPEG in colour. The bytes depend on nothing but the arguments.
 * Errors: CG_ERR_ARGUMENT; CG_ERR_IO; CG_ERR_LIMIT above 2^30 bytes of pixels; CG_ERR_MEMORY.
 */
enum cg_status cg_image_write(const char *path, const struct cg_image *image,
                              const struct cg_image_write_options *options, struct cg_error *error);

/* The same bytes into memory: *bytes is to be freed with free(), NULL after an error. Texts are
 * without a name. */
enum cg_status cg_image_encode(const struct cg_image *image,
                               const struct cg_image_write_options *options, uint8_t **bytes,
                               size_t *nbytes, struct cg_error *error);

/* The longest mark, with its NUL. */
#define CG_IMAGE_MARK_NBYTES 2048

/*
 * The mark in a PNG, JPEG or WebP: a line of ASCII without ' and <, "comicgan ..."
 * (cli/comic_mark.h says of what it is made). False, with an empty mark, if there is none (errno is
 * 0 then) or the file is unreadable.
 */
bool cg_image_read_mark(const char *path, char mark[CG_IMAGE_MARK_NBYTES]);

/* ---- changing -------------------------------------------------------------------------------- */

/*
 * Split an RGBA picture: *image becomes RGB, *alpha is created with one channel. Colours under full
 * transparency are replaced by the nearest visible ones, so that they do not bleed into visible
 * edges. Errors: CG_ERR_MEMORY, CG_ERR_ARGUMENT; then *image is unchanged and *alpha empty.
 */
enum cg_status cg_image_split_alpha(struct cg_image *image, struct cg_image *alpha,
                                    struct cg_error *error);

/* The reverse: *image, RGB and of alpha's size, becomes RGBA. Errors as above. */
enum cg_status cg_image_join_alpha(struct cg_image *image, const struct cg_image *alpha,
                                   struct cg_error *error);

/* Reduce a size, keeping its shape, until no side exceeds side_px; 0: no limit. */
void cg_image_fit(int side_px, int *width, int *height);

/*
 * Resize to width x height, axis by axis: area average where it shrinks (each output pixel is the
 * exact mean of the input it covers, rounded to nearest, halves up), bicubic (Catmull-Rom) where it
 * grows. Channels are independent, alpha does not weigh colour. *out is created. Errors:
 * CG_ERR_ARGUMENT, CG_ERR_LIMIT, CG_ERR_MEMORY.
 */
enum cg_status cg_image_resize(const struct cg_image *image, int width, int height,
                               struct cg_image *out, struct cg_error *error);

#endif
