/*
 * The fields of a picture file's header, and limits on sizes. Private to src/image.
 */
#ifndef CG_IMAGE_HEADER_FIELDS_H
#define CG_IMAGE_HEADER_FIELDS_H

#include "image/image.h"

#include <stdbool.h>

/* The largest file that is read. */
#define CG_IMAGE_FILE_MAX_NBYTES ((size_t)1 << 30)

/* A small file of many scans can keep a decoder busy for hours. */
#define CG_JPEG_SCANS_MAX 200

#define CG_CM_PER_INCH 2.54

/* How much of the file is available. */
enum cg_header_scope {
    CG_HEADER_WHOLE, /* all of it */
    CG_HEADER_HEAD   /* its first bytes: stop where the pixels begin */
};

/* A part of the file. */
struct cg_span {
    const uint8_t *bytes;
    size_t nbytes;
};

/* XMP beyond a JPEG's one packet, as it lies in the file. */
#define CG_XMP_PARTS_MAX 16
struct cg_xmp_extension {
    struct cg_span parts[CG_XMP_PARTS_MAX];
    int count; /* above the limit: there were more */
};

/* A JPEG numbers the parts of a profile with one byte; a part's size is limited. */
#define CG_ICC_PARTS_MAX 255
#define CG_ICC_PART_NBYTES (65535 - 2 - 14)
#define CG_ICC_MAX_NBYTES ((size_t)CG_ICC_PARTS_MAX * CG_ICC_PART_NBYTES)

/* A file's colour tags. None: sRGB. */
struct cg_colour_tags {
    struct cg_span icc[CG_ICC_PARTS_MAX]; /* of a JPEG: the profile in parts; of a PNG: in one part,
                                             compressed */
    int icc_count;                        /* 0: no profile */
    bool icc_broken;                      /* there is one, with parts missing or damaged */
    bool cicp_unread;                     /* PNG cICP, which is not read, and not for sRGB */
    uint32_t gamma;                       /* PNG gAMA, 100000 times; 0: none, or an sRGB chunk */
    uint32_t chromaticities[8];           /* PNG cHRM, 100000 times: x, y of white, red, green,
                                             blue; all 0: none */
};

struct cg_image_header {
    enum cg_image_format format;
    int width, height;      /* as stored, before turning */
    int channels;           /* 1, 3 or 4: transparency of any kind makes it 4 */
    int depth;              /* bits of a sample */
    bool is_grey;           /* also with transparency */
    bool is_cmyk;           /* a JPEG of four inks */
    bool is_progressive;    /* a JPEG that is refined scan by scan, and held until the last */
    bool inks_inverted;     /* 255 stands for none of an ink, as Adobe's programs write it */
    int orientation;        /* EXIF or XMP: 1 to 8 */
    bool cut_off;           /* set with CG_ERR_FORMAT: the bytes end too early */
    bool is_plain;          /* nothing in it that stb would silently misread */
    bool has_end;           /* the file has its end marker, or IEND */
    bool lacks_scans;       /* of a sequential JPEG: a component is in none of them */
    size_t data_begin;      /* of a JPEG: where the data of its first scan begin */
    size_t data_end;        /* of a plain JPEG: where the data of its last scan end */
    size_t inflated_nbytes; /* of a PNG: its pixels before compression, with filter bytes */
    const char *oddity;     /* of the file's structure, for people; NULL: none */
    struct cg_span exif;    /* from its TIFF header on; none: no bytes */
    struct cg_span xmp;     /* of a PNG the whole chunk; none: no bytes */
    struct cg_xmp_extension xmp_extension; /* of a JPEG */
    struct cg_span iptc; /* its records, of a PNG the whole chunk; none: no bytes */
    double dpi[2];       /* dots per inch across and down, as stored; 0: not said */
    struct cg_colour_tags colours;
};

/* Refuse sizes beyond the limits. bytes_per_pixel: of the decoder's largest buffer. */
enum cg_status cg_image_check_size(uint32_t width, uint32_t height, size_t bytes_per_pixel,
                                   struct cg_error *error);

#endif
