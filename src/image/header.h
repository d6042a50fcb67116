/*
 * What a picture file says of itself, and whether it is whole: looked at before a decoder sees it.
 * Inside src/image only. Texts of errors are without the file's name, "expected ..., found ...".
 */
#ifndef CG_IMAGE_HEADER_H
#define CG_IMAGE_HEADER_H

#include "image/image.h"

#include <stdbool.h>

/* The largest file that is read. */
#define CG_IMAGE_FILE_MAX_NBYTES ((size_t)1 << 30)

/* How much of the file is there to be looked at. */
enum cg_header_scope {
    CG_HEADER_WHOLE, /* all of it */
    CG_HEADER_HEAD   /* its first bytes: look no further than where the pixels begin */
};

/* A part of the file. */
struct cg_span {
    const uint8_t *bytes;
    size_t nbytes;
};

/* A JPEG numbers the parts of a profile with one byte; a segment holds so much of it. */
#define CG_ICC_PARTS_MAX 255
#define CG_ICC_PART_NBYTES (65535 - 2 - 14)
#define CG_ICC_MAX_NBYTES ((size_t)CG_ICC_PARTS_MAX * CG_ICC_PART_NBYTES)

/* What a file says of its colours. Nothing at all: sRGB. */
struct cg_colour_tags {
    struct cg_span icc[CG_ICC_PARTS_MAX]; /* of a JPEG: the profile in parts; of a PNG: in one part,
                                             compressed */
    int icc_count;                        /* 0: no profile */
    bool icc_broken;                      /* there is one, with parts missing or damaged */
    uint32_t gamma;                       /* PNG gAMA, 100000 times; 0: none, or an sRGB chunk */
    uint32_t chromaticities[8];           /* PNG cHRM, 100000 times: x, y of white, red, green,
                                             blue; all 0: none */
};

struct cg_image_header {
    enum cg_image_format format;
    int width, height;   /* as stored, before turning */
    int channels;        /* 1, 3 or 4: transparency of any kind makes it 4 */
    int depth;           /* bits of a sample */
    bool is_grey;        /* also with transparency */
    bool is_sequential;  /* a JPEG that is not progressive */
    bool is_cmyk;        /* a JPEG of four inks */
    bool is_progressive; /* a JPEG in several scans, which are held until the last */
    bool inks_inverted;  /* 255 stands for none of an ink, as Adobe's programs write it */
    int orientation;     /* EXIF: 1 to 8 */
    bool cut_off;        /* set with CG_ERR_FORMAT: the bytes end before what was to be looked at */
    struct cg_span exif; /* from its TIFF header on; none: no bytes */
    struct cg_colour_tags colours;
};

/*
 * Recognise the format, walk the file as far as scope says and check what can be checked without
 * decoding. Errors: CG_ERR_FORMAT not a picture, damaged or cut off; CG_ERR_UNSUPPORTED;
 * CG_ERR_LIMIT; CG_ERR_MEMORY.
 */
enum cg_status cg_image_header_read(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                    struct cg_image_header *out, struct cg_error *error);

/* The two formats; bytes begin with the format's signature, *out is empty before. */
enum cg_status cg_png_header_read(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                  struct cg_image_header *out, struct cg_error *error);
enum cg_status cg_jpeg_header_read(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                   struct cg_image_header *out, struct cg_error *error);

/* Refuse sizes that are not allowed. bytes_per_pixel: of the decoder's largest buffer. */
enum cg_status cg_image_check_size(uint32_t width, uint32_t height, size_t bytes_per_pixel,
                                   struct cg_error *error);

#endif
