/* What a picture file says of itself: see header.h. Here: which format it is. */
#include "image/header.h"

#include "image/header_jpeg.h"
#include "image/header_png.h"

#include <string.h>

static bool has(const uint8_t *bytes, size_t nbytes, size_t at, const char *text, size_t length)
{
    return nbytes >= at + length && memcmp(bytes + at, text, length) == 0;
}

/* What files that people take for a PNG or JPEG often are. */
static const char *name_of_other(const uint8_t *bytes, size_t nbytes)
{
    static const struct {
        size_t at;
        const char *text;
        size_t length;
        const char *name;
    } known[] = {
        {0, "GIF8", 4, "a GIF picture"},
        {8, "WEBP", 4, "a WebP picture"},
        {4, "ftypavif", 8, "an AVIF picture"},
        {4, "ftypavis", 8, "an AVIF picture"},
        {4, "ftyphei", 7, "a HEIC picture"},
        {4, "ftyphev", 7, "a HEIC picture"},
        {4, "ftypmif1", 8, "a HEIF picture"},
        {4, "ftypmsf1", 8, "a HEIF picture"},
        {4, "ftypcrx", 7, "a CR3 raw photo"},
        {4, "ftyp", 4, "a video"},
        {0, "\x1a\x45\xdf\xa3", 4, "a Matroska or WebM video"},
        {0, "II*\0", 4, "a TIFF picture or a raw photo"},
        {0, "MM\0*", 4, "a TIFF picture or a raw photo"},
        {0, "BM", 2, "a BMP picture"},
        {0, "%PDF", 4, "a PDF document"},
        {0, "\0\0\0\x0cJXL ", 8, "a JPEG XL picture"},
        {0, "\xff\x0a", 2, "a JPEG XL picture"},
        {0, "\0\0\0\x0cjP  ", 8, "a JPEG 2000 picture"},
        {0, "\xff\x4f\xff\x51", 4, "a JPEG 2000 picture"},
        {0, "8BPS", 4, "a Photoshop picture"},
        {0, "gimp xcf", 8, "a GIMP picture"},
        {0, "\0\0\x01\0", 4, "an icon"},
        {0, "PK\x03\x04", 4, "a ZIP archive"},
        {0, "\x1f\x8b", 2, "a gzip archive"},
        {0, "<svg", 4, "an SVG drawing"},
        {0, "<?xml", 5, "an XML text"},
        {0, "<!DOCTYPE", 9, "an HTML page"},
        {0, "<!doctype", 9, "an HTML page"},
        {0, "<html", 5, "an HTML page"},
        {0, "<HTML", 5, "an HTML page"},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (has(bytes, nbytes, known[i].at, known[i].text, known[i].length))
            return known[i].name;
    return NULL;
}

enum cg_status cg_image_header_read(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                    struct cg_image_header *out, struct cg_error *error)
{
    *out = (struct cg_image_header){.orientation = 1};
    if (nbytes == 0)
        return cg_fail(error, CG_ERR_FORMAT, "expected a PNG or JPEG picture, found an empty file");
    if (has(bytes, nbytes, 0, "\x89PNG\r\n\x1a\n", 8))
        return cg_png_header_read(bytes, nbytes, scope, out, error);
    if (has(bytes, nbytes, 0, "\xff\xd8\xff", 3))
        return cg_jpeg_header_read(bytes, nbytes, scope, out, error);
    if (has(bytes, nbytes, 0, "\x89PNG", 4))
        return cg_fail(error, CG_ERR_FORMAT,
                       "expected the signature of a PNG, found it damaged (sent as text?)");
    const char *other = name_of_other(bytes, nbytes);
    if (other != NULL)
        return cg_fail(error, CG_ERR_UNSUPPORTED, "expected a PNG or JPEG picture, found %s",
                       other);
    return cg_fail(error, CG_ERR_FORMAT, "expected a PNG or JPEG picture, found neither");
}
