/* Recognising the format of a picture file: see header.h. */
#include "image/header.h"

#include <string.h>

static bool has(const uint8_t *bytes, size_t nbytes, size_t at, const char *text, size_t length)
{
    return nbytes >= at + length && memcmp(bytes + at, text, length) == 0;
}

/* Signatures of files: pictures read by a library of their own, and other files that people take
 * for pictures. */
struct signature {
    size_t at;
    const char *text;
    size_t length;
    const char *name;
    enum cg_image_format format; /* CG_IMAGE_FORMAT_COUNT: none of those */
};

#define NO_FORMAT CG_IMAGE_FORMAT_COUNT

static const struct signature signatures[] = {
    {0, "GIF8", 4, "a GIF picture", CG_IMAGE_GIF},
    {8, "WEBP", 4, "a WebP picture", CG_IMAGE_WEBP},
    {4, "ftypavif", 8, "an AVIF picture", CG_IMAGE_AVIF},
    {4, "ftypavis", 8, "an AVIF picture", CG_IMAGE_AVIF},
    {4, "ftyphei", 7, "a HEIC picture", CG_IMAGE_HEIC},
    {4, "ftyphev", 7, "a HEIC picture", CG_IMAGE_HEIC},
    {4, "ftypmif1", 8, "a HEIF picture", CG_IMAGE_HEIC},
    {4, "ftypmsf1", 8, "a HEIF picture", CG_IMAGE_HEIC},
    {4, "ftypcrx", 7, "a CR3 raw photo", NO_FORMAT},
    {4, "ftyp", 4, "a video", NO_FORMAT},
    {0, "\x1a\x45\xdf\xa3", 4, "a Matroska or WebM video", NO_FORMAT},
    {8, "CR\x02", 3, "a CR2 raw photo", NO_FORMAT},
    {0, "II*\0", 4, "a TIFF picture or a raw photo", CG_IMAGE_TIFF},
    {0, "MM\0*", 4, "a TIFF picture or a raw photo", CG_IMAGE_TIFF},
    {0, "II+\0", 4, "a TIFF picture", CG_IMAGE_TIFF},
    {0, "MM\0+", 4, "a TIFF picture", CG_IMAGE_TIFF},
    {0, "BM", 2, "a BMP picture", NO_FORMAT},
    {0, "%PDF", 4, "a PDF document", NO_FORMAT},
    {0, "\0\0\0\x0cJXL ", 8, "a JPEG XL picture", NO_FORMAT},
    {0, "\xff\x0a", 2, "a JPEG XL picture", NO_FORMAT},
    {0, "\0\0\0\x0cjP  ", 8, "a JPEG 2000 picture", NO_FORMAT},
    {0, "\xff\x4f\xff\x51", 4, "a JPEG 2000 picture", NO_FORMAT},
    {0, "8BPS", 4, "a Photoshop picture", NO_FORMAT},
    {0, "gimp xcf", 8, "a GIMP picture", NO_FORMAT},
    {0, "\0\0\x01\0", 4, "an icon", NO_FORMAT},
    {0, "PK\x03\x04", 4, "a ZIP archive", NO_FORMAT},
    {0, "\x1f\x8b", 2, "a gzip archive", NO_FORMAT},
    {0, "<svg", 4, "an SVG drawing", NO_FORMAT},
    {0, "<?xml", 5, "an XML text", NO_FORMAT},
    {0, "<!DOCTYPE", 9, "an HTML page", NO_FORMAT},
    {0, "<!doctype", 9, "an HTML page", NO_FORMAT},
    {0, "<html", 5, "an HTML page", NO_FORMAT},
    {0, "<HTML", 5, "an HTML page", NO_FORMAT},
};

static const struct signature *signature_of(const uint8_t *bytes, size_t nbytes)
{
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
        if (has(bytes, nbytes, signatures[i].at, signatures[i].text, signatures[i].length))
            return &signatures[i];
    return NULL;
}

const struct cg_reader *cg_image_reader_of(const uint8_t *bytes, size_t nbytes)
{
    const struct signature *kind = signature_of(bytes, nbytes);
    return kind != NULL ? cg_reader_of(kind->format) : NULL;
}

enum cg_status cg_image_header_read(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                    struct cg_image_header *out, struct cg_error *error)
{
    *out = (struct cg_image_header){.orientation = 1};
    if (nbytes == 0)
        return cg_fail(error, CG_ERR_FORMAT, "expected a picture, found an empty file");
    if (has(bytes, nbytes, 0, "\x89PNG\r\n\x1a\n", 8))
        return cg_png_header_read(bytes, nbytes, scope, out, error);
    if (has(bytes, nbytes, 0, "\xff\xd8\xff", 3))
        return cg_jpeg_header_read(bytes, nbytes, scope, out, error);
    if (has(bytes, nbytes, 0, "\x89PNG", 4))
        return cg_fail(error, CG_ERR_FORMAT,
                       "expected the signature of a PNG, found it damaged (sent as text?)");
    const struct signature *kind = signature_of(bytes, nbytes);
    if (kind == NULL)
        return cg_fail(error, CG_ERR_FORMAT, "expected a picture, found none of a known kind");
    const struct cg_reader *reader = cg_reader_of(kind->format);
    if (reader == NULL)
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "expected a picture of a kind that this program reads, found %s",
                       kind->name);
    out->format = kind->format;
    out->depth = 8;
    return reader->header(bytes, nbytes, scope, out, error);
}
