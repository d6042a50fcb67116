/*
 * TIFF by libtiff: the first picture of a file, in any layout that libtiff converts to 8-bit RGB.
 * Raw photos are TIFF files too, with a small preview in front, and are refused.
 */
#include "image/reader.h"

#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#define ALLOCATION_MAX_NBYTES ((tmsize_t)1 << 30)
#define NOTE_INKS "its inks were mixed without their profile, colours are approximate"

/* The file in memory, and what libtiff reported. */
struct source {
    const uint8_t *bytes;
    size_t nbytes, at;
    bool complained, memory_was_short;
};

/* ---- the file -------------------------------------------------------------------------------- */

static tmsize_t read_bytes(thandle_t handle, void *to, tmsize_t nbytes)
{
    struct source *source = handle;
    size_t left = source->at < source->nbytes ? source->nbytes - source->at : 0;
    size_t taken = nbytes > 0 ? (size_t)nbytes : 0;
    if (taken > left)
        taken = left;
    memcpy(to, source->bytes + (taken > 0 ? source->at : 0), taken);
    source->at += taken;
    return (tmsize_t)taken;
}

static tmsize_t write_nothing(thandle_t handle, void *from, tmsize_t nbytes)
{
    (void)handle;
    (void)from;
    (void)nbytes;
    return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence)
{
    struct source *source = handle;
    size_t from = whence == SEEK_CUR ? source->at : whence == SEEK_END ? source->nbytes : 0;
    source->at = from + (size_t)offset;
    return source->at;
}

static int close_nothing(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t size_of(thandle_t handle)
{
    return ((struct source *)handle)->nbytes;
}

/* libtiff reports lack of memory only in its messages. */
static int listen(TIFF *tiff, void *context, const char *module, const char *format,
                  va_list arguments)
{
    struct source *source = context;
    (void)tiff;
    (void)module;
    (void)arguments;
    source->complained = true;
    if (strstr(format, "emory") != NULL || strstr(format, "o space for") != NULL)
        source->memory_was_short = true;
    return 1;
}

/* Only warnings about unreadable data matter; there are many about other programs' tags. */
static int listen_to_warning(TIFF *tiff, void *context, const char *module, const char *format,
                             va_list arguments)
{
    struct source *source = context;
    (void)tiff;
    (void)module;
    (void)arguments;
    if (strstr(format, "tag ignored") != NULL)
        source->complained = true;
    return 1;
}

/* Open at the first directory; NULL if there is none. */
static TIFF *open_file(struct source *source)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL) {
        source->memory_was_short = true;
        return NULL;
    }
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, ALLOCATION_MAX_NBYTES);
    TIFFOpenOptionsSetErrorHandlerExtR(options, listen, source);
    TIFFOpenOptionsSetWarningHandlerExtR(options, listen_to_warning, source);
    TIFF *tiff = TIFFClientOpenExt("", "rm", source, read_bytes, write_nothing, seek, close_nothing,
                                   size_of, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

static enum cg_status fail(const struct source *source, struct cg_error *error)
{
    return cg_reader_fail(source->memory_was_short ? CG_ERR_MEMORY : CG_ERR_FORMAT, error);
}

/* ---- what it says ---------------------------------------------------------------------------- */

static int number(TIFF *tiff, uint32_t tag)
{
    uint16_t value = 0;
    TIFFGetFieldDefaulted(tiff, tag, &value);
    return value;
}

static bool has_alpha(TIFF *tiff)
{
    uint16_t count = 0, *kinds = NULL;
    return TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds) && count > 0 &&
           kinds[0] != EXTRASAMPLE_UNSPECIFIED;
}

static bool is_raw_photo(TIFF *tiff)
{
    uint32_t kind = 0;
    const void *version;
    return TIFFGetField(tiff, TIFFTAG_DNGVERSION, &version) ||
           (TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind) && (kind & FILETYPE_REDUCEDIMAGE) != 0);
}

static void read_resolution(TIFF *tiff, double dpi[2])
{
    static const uint32_t tags[] = {TIFFTAG_XRESOLUTION, TIFFTAG_YRESOLUTION};
    int unit = number(tiff, TIFFTAG_RESOLUTIONUNIT);
    float dots;
    for (int i = 0; i < 2; i++)
        if (unit != RESUNIT_NONE && TIFFGetField(tiff, tags[i], &dots))
            dpi[i] = (double)dots * (unit == RESUNIT_CENTIMETER ? CG_CM_PER_INCH : 1.0);
}

static enum cg_status fill_header(TIFF *tiff, struct cg_image_header *out, struct cg_error *error)
{
    char reason[1024] = "";
    uint32_t width = 0, height = 0;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    enum cg_status status = cg_image_check_size(width, height, 4, error);
    if (status != CG_OK)
        return status;
    if (is_raw_photo(tiff))
        return cg_fail(error, CG_ERR_UNSUPPORTED,
                       "expected a picture of a kind that this program reads, found a raw photo");
    if (!TIFFRGBAImageOK(tiff, reason))
        return cg_fail(error, CG_ERR_UNSUPPORTED, "expected a TIFF of 8 or 16 bits, found: %s",
                       reason);
    int photometric = number(tiff, TIFFTAG_PHOTOMETRIC);
    int orientation = number(tiff, TIFFTAG_ORIENTATION);
    out->width = (int)width;
    out->height = (int)height;
    out->is_grey = photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
    out->channels = has_alpha(tiff) ? 4 : out->is_grey ? 1 : 3;
    out->depth = number(tiff, TIFFTAG_BITSPERSAMPLE);
    read_resolution(tiff, out->dpi);
    out->orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
    return CG_OK;
}

static enum cg_status read_header(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                  struct cg_image_header *out, struct cg_error *error)
{
    struct source source = {.bytes = bytes, .nbytes = nbytes};
    (void)scope;
    TIFF *tiff = open_file(&source);
    if (tiff == NULL) {
        out->cut_off = true;
        return source.memory_was_short
                   ? cg_reader_fail(CG_ERR_MEMORY, error)
                   : cg_fail(error, CG_ERR_FORMAT,
                             "expected a TIFF with a directory, found it damaged or cut off");
    }
    enum cg_status status = fill_header(tiff, out, error);
    out->cut_off = status == CG_ERR_FORMAT;
    TIFFClose(tiff);
    return status;
}

/* ---- pixels ---------------------------------------------------------------------------------- */

static uint8_t without_alpha(uint32_t value, uint32_t alpha)
{
    uint32_t result = alpha > 0 ? (value * 255 + alpha / 2) / alpha : 0;
    return result < 255 ? (uint8_t)result : 255;
}

/* libtiff returns colours premultiplied by alpha. */
static void copy_pixel(uint32_t pixel, int channels, uint8_t *to)
{
    uint32_t alpha = channels == 4 ? TIFFGetA(pixel) : 255;
    to[0] = without_alpha(TIFFGetR(pixel), alpha);
    if (channels == 1)
        return;
    to[1] = without_alpha(TIFFGetG(pixel), alpha);
    to[2] = without_alpha(TIFFGetB(pixel), alpha);
    if (channels == 4)
        to[3] = (uint8_t)alpha;
}

/* As stored: asking for the file's own orientation turns nothing. */
static enum cg_status decode_pixels(TIFF *tiff, const struct source *source,
                                    const struct cg_image_header *header, struct cg_image *out,
                                    struct cg_error *error)
{
    size_t count = (size_t)out->width * (size_t)out->height;
    uint32_t *raster = malloc(count * sizeof(*raster));
    if (raster == NULL)
        return cg_reader_fail(CG_ERR_MEMORY, error);
    enum cg_status status = CG_OK;
    if (TIFFReadRGBAImageOriented(tiff, (uint32_t)out->width, (uint32_t)out->height, raster,
                                  header->orientation, 1))
        for (size_t i = 0; i < count; i++)
            copy_pixel(raster[i], out->channels, out->pixels + i * (size_t)out->channels);
    else
        status = fail(source, error);
    free(raster);
    return status;
}

/* A profile for inks does not fit the RGB that libtiff makes of them. */
static enum cg_status copy_profile(TIFF *tiff, struct cg_reader_extras *extras,
                                   struct cg_error *error)
{
    uint32_t nbytes = 0;
    const void *profile = NULL;
    if (number(tiff, TIFFTAG_PHOTOMETRIC) == PHOTOMETRIC_SEPARATED) {
        extras->note = NOTE_INKS;
        return CG_OK;
    }
    if (!TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &nbytes, &profile))
        return CG_OK;
    return cg_reader_copy(profile, nbytes, &extras->icc, &extras->icc_nbytes, error);
}

static enum cg_status copy_xmp(TIFF *tiff, struct cg_reader_extras *extras, struct cg_error *error)
{
    uint32_t nbytes = 0;
    const void *packet = NULL;
    if (!TIFFGetField(tiff, TIFFTAG_XMLPACKET, &nbytes, &packet))
        return CG_OK;
    return cg_reader_copy(packet, nbytes, &extras->xmp, &extras->xmp_nbytes, error);
}

static enum cg_status decode(const uint8_t *bytes, size_t nbytes,
                             const struct cg_image_header *header, struct cg_image *out,
                             struct cg_reader_extras *extras, struct cg_error *error)
{
    struct source source = {.bytes = bytes, .nbytes = nbytes};
    TIFF *tiff = open_file(&source);
    if (tiff == NULL)
        return fail(&source, error);
    enum cg_status status = decode_pixels(tiff, &source, header, out, error);
    if (status == CG_OK)
        status = copy_profile(tiff, extras, error);
    if (status == CG_OK)
        status = copy_xmp(tiff, extras, error);
    extras->odd = source.complained;
    TIFFClose(tiff);
    return status;
}

const struct cg_reader cg_tiff_reader = {NULL, read_header, decode};
