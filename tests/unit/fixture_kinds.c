/* Files of kinds with a library of their own: see fixture_kinds.h. */
#include "unit/fixture_kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef CG_WITH_HEIF
#include <libheif/heif.h>
#endif
#ifdef CG_WITH_TIFF
#include <tiffio.h>
#endif
#ifdef CG_WITH_GIF
#include <gif_lib.h>
#endif
#ifdef CG_WITH_WEBP
#include <webp/encode.h>
#include <webp/mux.h>
#endif

#if defined(CG_WITH_HEIF) || defined(CG_WITH_TIFF) || defined(CG_WITH_GIF) || defined(CG_WITH_WEBP)
static void must(bool done, const char *what)
{
    if (!done) {
        fprintf(stderr, "fixture: %s failed\n", what);
        exit(EXIT_FAILURE);
    }
}
#endif

#ifdef CG_WITH_HEIF
/* What the encoder of HEIC keeps, and the decoder of AVIF loses of damaged files. The leak
 * sanitizer calls this by its name. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libx265\nleak:libdav1d\n";
}

static void heif_must(struct heif_error error)
{
    must(error.code == heif_error_Ok, error.message);
}

static struct heif_error heif_add(struct heif_context *context, const void *bytes, size_t nbytes,
                                  void *to)
{
    (void)context;
    fixture_add(to, bytes, nbytes);
    return (struct heif_error){heif_error_Ok, heif_suberror_Unspecified, "done"};
}

static struct heif_image *heif_picture(const struct cg_image *image)
{
    struct heif_image *picture;
    int stride;
    enum heif_chroma form =
        image->channels == 4 ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
    heif_must(heif_image_create(image->width, image->height, heif_colorspace_RGB, form, &picture));
    heif_must(
        heif_image_add_plane(picture, heif_channel_interleaved, image->width, image->height, 8));
    uint8_t *rows = heif_image_get_plane(picture, heif_channel_interleaved, &stride);
    size_t row_nbytes = (size_t)image->width * (size_t)image->channels;
    for (int y = 0; y < image->height; y++)
        memcpy(rows + (size_t)y * (size_t)stride, image->pixels + (size_t)y * row_nbytes,
               row_nbytes);
    return picture;
}

struct fixture_bytes fixture_heif(const struct cg_image *image, bool avif,
                                  const struct fixture_extras *extras)
{
    struct fixture_bytes file = {0};
    struct heif_context *context = heif_context_alloc();
    struct heif_encoder *encoder;
    struct heif_image_handle *handle;
    struct heif_image *picture = heif_picture(image);
    struct heif_writer writer = {1, heif_add};
    heif_must(heif_context_get_encoder_for_format(
        context, avif ? heif_compression_AV1 : heif_compression_HEVC, &encoder));
    heif_encoder_set_lossy_quality(encoder, 90);
    heif_encoder_set_parameter(encoder, "chroma", "444");
    if (avif)
        heif_encoder_set_parameter(encoder, "speed", "9");
    if (extras != NULL && extras->icc.nbytes > 0)
        heif_must(heif_image_set_raw_color_profile(picture, "prof", extras->icc.bytes,
                                                   extras->icc.nbytes));
    heif_must(heif_context_encode_image(context, picture, encoder, NULL, &handle));
    if (extras != NULL && extras->exif.nbytes > 0)
        heif_must(heif_context_add_exif_metadata(context, handle, extras->exif.bytes,
                                                 (int)extras->exif.nbytes));
    if (extras != NULL && extras->xmp.nbytes > 0)
        heif_must(heif_context_add_XMP_metadata(context, handle, extras->xmp.bytes,
                                                (int)extras->xmp.nbytes));
    heif_must(heif_context_write(context, &writer, &file));
    heif_image_handle_release(handle);
    heif_encoder_release(encoder);
    heif_image_release(picture);
    heif_context_free(context);
    return file;
}
#endif

#ifdef CG_WITH_TIFF
static void tiff_rows(TIFF *tiff, const struct cg_image *image, int depth)
{
    size_t row_nbytes = (size_t)image->width * (size_t)image->channels;
    uint16_t *row = calloc(row_nbytes, sizeof(*row));
    must(row != NULL, "allocating");
    for (int y = 0; y < image->height; y++) {
        const uint8_t *from = image->pixels + (size_t)y * row_nbytes;
        for (size_t i = 0; i < row_nbytes; i++)
            if (depth == 16)
                row[i] = (uint16_t)(from[i] * 257);
            else
                ((uint8_t *)row)[i] = from[i];
        must(TIFFWriteScanline(tiff, row, (uint32_t)y, 0) == 1, "TIFFWriteScanline");
    }
    free(row);
}

/* libtiff seeks while it writes; by way of a file that has no name. */
struct fixture_bytes fixture_tiff(const struct cg_image *image, int depth,
                                  const struct fixture_extras *extras)
{
    struct fixture_bytes file = {0};
    FILE *stream = tmpfile();
    must(stream != NULL, "tmpfile");
    TIFF *tiff = TIFFFdOpen(fileno(stream), "fixture", "wm");
    must(tiff != NULL, "TIFFFdOpen");
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, image->width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, image->height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, depth);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, image->channels);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
                 image->channels == 1 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
    if (image->channels == 4)
        TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, (uint16_t[]){EXTRASAMPLE_UNASSALPHA});
    if (extras != NULL && extras->orientation != 0)
        TIFFSetField(tiff, TIFFTAG_ORIENTATION, extras->orientation);
    if (extras != NULL && extras->icc.nbytes > 0)
        TIFFSetField(tiff, TIFFTAG_ICCPROFILE, (uint32_t)extras->icc.nbytes, extras->icc.bytes);
    if (extras != NULL && extras->xmp.nbytes > 0)
        TIFFSetField(tiff, TIFFTAG_XMLPACKET, (uint32_t)extras->xmp.nbytes, extras->xmp.bytes);
    if (extras != NULL && extras->dpi > 0.0f) {
        TIFFSetField(tiff, TIFFTAG_XRESOLUTION, (double)extras->dpi);
        TIFFSetField(tiff, TIFFTAG_YRESOLUTION, (double)extras->dpi);
        TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    }
    tiff_rows(tiff, image, depth);
    must(TIFFFlush(tiff) == 1, "TIFFFlush");
    rewind(stream);
    uint8_t part[4096];
    for (size_t taken; (taken = fread(part, 1, sizeof(part), stream)) > 0;)
        fixture_add(&file, part, taken);
    TIFFCleanup(tiff);
    fclose(stream);
    return file;
}
#endif

#ifdef CG_WITH_GIF
static int gif_add(GifFileType *gif, const GifByteType *bytes, int nbytes)
{
    fixture_add(gif->UserData, bytes, (size_t)nbytes);
    return nbytes;
}

static void gif_rows(GifFileType *file, const struct fixture_gif *gif)
{
    static const int first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    GifPixelType row[256];
    must(gif->width <= 256, "a narrow picture");
    for (int pass = 0; pass < (gif->interlaced ? 4 : 1); pass++)
        for (int y = first[pass]; y < gif->height; y += gif->interlaced ? step[pass] : 1) {
            memcpy(row, gif->pixels + y * gif->width, (size_t)gif->width);
            must(EGifPutLine(file, row, gif->width) == GIF_OK, "EGifPutLine");
        }
}

struct fixture_bytes fixture_gif(const struct fixture_gif *gif)
{
    static const GifColorType colours[] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};
    struct fixture_bytes bytes = {0};
    GifByteType extension[4];
    GifFileType *file = EGifOpen(&bytes, gif_add, NULL);
    ColorMapObject *palette = GifMakeMapObject(4, colours);
    must(file != NULL && palette != NULL, "EGifOpen");
    EGifSetGifVersion(file, true);
    must(EGifPutScreenDesc(file, gif->canvas_width, gif->canvas_height, 2, 0, palette) == GIF_OK,
         "EGifPutScreenDesc");
    GraphicsControlBlock control = {.TransparentColor = gif->transparent};
    size_t nbytes = EGifGCBToExtension(&control, extension);
    must(EGifPutExtension(file, GRAPHICS_EXT_FUNC_CODE, (int)nbytes, extension) == GIF_OK,
         "EGifPutExtension");
    must(EGifPutImageDesc(file, gif->left, gif->top, gif->width, gif->height, gif->interlaced,
                          NULL) == GIF_OK,
         "EGifPutImageDesc");
    gif_rows(file, gif);
    must(EGifCloseFile(file, NULL) == GIF_OK, "EGifCloseFile");
    GifFreeMapObject(palette);
    return bytes;
}
#endif

#ifdef CG_WITH_WEBP
static void webp_add(WebPAnimEncoder *encoder, const struct cg_image *image, int at_ms)
{
    WebPPicture picture;
    WebPConfig config;
    must(WebPPictureInit(&picture) && WebPConfigInit(&config), "WebPPictureInit");
    config.lossless = 1;
    picture.use_argb = 1;
    picture.width = image->width;
    picture.height = image->height;
    must(WebPPictureImportRGB(&picture, image->pixels, 3 * image->width), "WebPPictureImportRGB");
    must(WebPAnimEncoderAdd(encoder, &picture, at_ms, &config), "WebPAnimEncoderAdd");
    WebPPictureFree(&picture);
}

struct fixture_bytes fixture_webp_animation(const struct cg_image *first,
                                            const struct cg_image *second)
{
    struct fixture_bytes file = {0};
    WebPData data = {NULL, 0};
    WebPAnimEncoder *encoder = WebPAnimEncoderNew(first->width, first->height, NULL);
    must(encoder != NULL, "WebPAnimEncoderNew");
    webp_add(encoder, first, 0);
    webp_add(encoder, second, 100);
    must(WebPAnimEncoderAdd(encoder, NULL, 200, NULL) && WebPAnimEncoderAssemble(encoder, &data),
         "WebPAnimEncoderAssemble");
    fixture_add(&file, data.bytes, data.size);
    WebPDataClear(&data);
    WebPAnimEncoderDelete(encoder);
    return file;
}
#endif
