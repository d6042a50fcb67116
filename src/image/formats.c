/* The kinds of picture files, their names, endings and readers: see image.h and reader.h. */
#include "base/file.h"
#include "image/reader.h"

#include <string.h>
#include <strings.h>

#ifdef CG_WITH_WEBP
#define WEBP_READER &cg_webp_reader
#else
#define WEBP_READER NULL
#endif
#ifdef CG_WITH_HEIF
#define HEIF_READER &cg_heif_reader
#else
#define HEIF_READER NULL
#endif
#ifdef CG_WITH_TIFF
#define TIFF_READER &cg_tiff_reader
#else
#define TIFF_READER NULL
#endif
#ifdef CG_WITH_GIF
#define GIF_READER &cg_gif_reader
#else
#define GIF_READER NULL
#endif

static const struct {
    const char *name;
    const struct cg_reader *reader;
} formats[CG_IMAGE_FORMAT_COUNT] = {
    [CG_IMAGE_PNG] = {"PNG", NULL},
    [CG_IMAGE_JPEG] = {"JPEG", NULL},
    [CG_IMAGE_WEBP] = {"WebP", WEBP_READER},
    [CG_IMAGE_HEIC] = {"HEIC", HEIF_READER},
    [CG_IMAGE_AVIF] = {"AVIF", HEIF_READER},
    [CG_IMAGE_TIFF] = {"TIFF", TIFF_READER},
    [CG_IMAGE_GIF] = {"GIF", GIF_READER},
    [CG_IMAGE_BMP] = {"BMP", NULL},
    [CG_IMAGE_JPEG_XL] = {"JPEG XL", NULL},
    [CG_IMAGE_JPEG_2000] = {"JPEG 2000", NULL},
    [CG_IMAGE_PHOTOSHOP] = {"Photoshop", NULL},
    [CG_IMAGE_SVG] = {"SVG", NULL},
    [CG_IMAGE_TGA] = {"TGA", NULL},
    [CG_IMAGE_RAW] = {"raw", NULL},
};

static const struct {
    const char *ending;
    enum cg_image_format format;
} endings[] = {
    {".png", CG_IMAGE_PNG},       {".jpg", CG_IMAGE_JPEG},      {".jpeg", CG_IMAGE_JPEG},
    {".jfif", CG_IMAGE_JPEG},     {".jpe", CG_IMAGE_JPEG},      {".webp", CG_IMAGE_WEBP},
    {".heic", CG_IMAGE_HEIC},     {".heif", CG_IMAGE_HEIC},     {".hif", CG_IMAGE_HEIC},
    {".avif", CG_IMAGE_AVIF},     {".tif", CG_IMAGE_TIFF},      {".tiff", CG_IMAGE_TIFF},
    {".gif", CG_IMAGE_GIF},       {".bmp", CG_IMAGE_BMP},       {".jxl", CG_IMAGE_JPEG_XL},
    {".jp2", CG_IMAGE_JPEG_2000}, {".j2k", CG_IMAGE_JPEG_2000}, {".psd", CG_IMAGE_PHOTOSHOP},
    {".svg", CG_IMAGE_SVG},       {".tga", CG_IMAGE_TGA},       {".dng", CG_IMAGE_RAW},
    {".cr2", CG_IMAGE_RAW},       {".cr3", CG_IMAGE_RAW},       {".nef", CG_IMAGE_RAW},
    {".arw", CG_IMAGE_RAW},       {".orf", CG_IMAGE_RAW},       {".rw2", CG_IMAGE_RAW},
    {".raf", CG_IMAGE_RAW},       {".pef", CG_IMAGE_RAW},
};

const char *cg_image_format_name(enum cg_image_format format)
{
    return formats[format].name;
}

bool cg_image_is_read(enum cg_image_format format)
{
    return format == CG_IMAGE_PNG || format == CG_IMAGE_JPEG || cg_reader_of(format) != NULL;
}

bool cg_image_is_written(enum cg_image_format format)
{
    return format == CG_IMAGE_PNG || format == CG_IMAGE_JPEG ||
           (format == CG_IMAGE_WEBP && cg_reader_of(format) != NULL);
}

/* ---- endings --------------------------------------------------------------------------------- */

static const char *ending_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *ending = strrchr(slash == NULL ? path : slash + 1, '.');
    return ending != NULL ? ending : "";
}

bool cg_image_format_by_ending(const char *path, enum cg_image_format *out)
{
    const char *ending = ending_of(path);
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (strcasecmp(ending, endings[i].ending) == 0) {
            *out = endings[i].format;
            return true;
        }
    }
    return false;
}

enum cg_status cg_image_format_of(const char *path, enum cg_image_format *out,
                                  struct cg_error *error)
{
    const char *ending = ending_of(path);
    if (cg_image_format_by_ending(path, out) && cg_image_is_written(*out))
        return CG_OK;
    return cg_fail(error, CG_ERR_UNSUPPORTED,
                   "%s: expected a name that ends in .png, .jpg, .jpeg, .jpe%s, got %s",
                   cg_path_tail(path),
                   cg_image_is_written(CG_IMAGE_WEBP) ? ", .jfif or .webp" : " or .jfif",
                   ending[0] == '\0' ? "no ending" : ending);
}

const struct cg_reader *cg_reader_of(enum cg_image_format format)
{
    return format < CG_IMAGE_FORMAT_COUNT ? formats[format].reader : NULL;
}
