/*
 * WebP by libwebp, libwebpdemux and libwebpmux (the container: RFC 9649). Of an animation the first
 * frame is read, on a clear canvas. Profile and EXIF data have chunks of their own, EXIF behind the
 * pixels.
 */
#include "image/codec.h"

#include "image/mark.h"
#include "image/orientation.h"
#include "image/reader.h"

#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

/* ---- reading --------------------------------------------------------------------------------- */

static struct cg_span find_chunk(const WebPDemuxer *demuxer, const char *name)
{
    WebPChunkIterator chunk;
    struct cg_span span = {0};
    if (WebPDemuxGetChunk(demuxer, name, 1, &chunk)) {
        span = (struct cg_span){chunk.chunk.bytes, chunk.chunk.size};
        WebPDemuxReleaseChunkIterator(&chunk);
    }
    return span;
}

/* EXIF data, without the prefix that a JPEG has and that some programs write here, too. */
static struct cg_span find_exif(const WebPDemuxer *demuxer)
{
    struct cg_span span = find_chunk(demuxer, "EXIF");
    if (span.nbytes >= 6 && memcmp(span.bytes, "Exif\0", 6) == 0)
        span = (struct cg_span){span.bytes + 6, span.nbytes - 6};
    return span;
}

static enum cg_status fill_header(const WebPDemuxer *demuxer, struct cg_image_header *out,
                                  struct cg_error *error)
{
    uint32_t flags = WebPDemuxGetI(demuxer, WEBP_FF_FORMAT_FLAGS);
    uint32_t width = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
    uint32_t height = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
    enum cg_status status = cg_image_check_size(width, height, 4, error);
    if (status != CG_OK)
        return status;
    out->width = (int)width;
    out->height = (int)height;
    out->channels = (flags & (ALPHA_FLAG | ANIMATION_FLAG)) != 0 ? 4 : 3;
    out->exif = find_exif(demuxer);
    out->xmp = find_chunk(demuxer, "XMP ");
    int orientation = cg_exif_orientation(out->exif.bytes, out->exif.nbytes);
    out->orientation = orientation != 0 ? orientation : 1;
    return CG_OK;
}

/* The head of a file is enough for its size. */
static enum cg_status read_header(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                  struct cg_image_header *out, struct cg_error *error)
{
    const WebPData data = {bytes, nbytes};
    WebPDemuxState state;
    WebPDemuxer *demuxer = WebPDemuxPartial(&data, &state);
    enum cg_status status;
    if (demuxer != NULL && (state == WEBP_DEMUX_DONE ||
                            (state == WEBP_DEMUX_PARSED_HEADER && scope == CG_HEADER_HEAD))) {
        status = fill_header(demuxer, out, error);
    } else if (state == WEBP_DEMUX_PARSE_ERROR) {
        status = cg_fail(error, CG_ERR_FORMAT, "expected a sound WebP, found its chunks damaged");
    } else {
        out->cut_off = true;
        status = cg_fail(error, CG_ERR_FORMAT,
                         "expected a WebP that runs to its end, found it cut off after %zu bytes",
                         nbytes);
    }
    WebPDemuxDelete(demuxer);
    return status;
}

/* Decode the frame into its place on the canvas. */
static enum cg_status decode_frame(const WebPIterator *frame, struct cg_image *out,
                                   struct cg_error *error)
{
    WebPDecoderConfig config;
    size_t channels = (size_t)out->channels, row_nbytes = (size_t)out->width * channels;
    size_t total = row_nbytes * (size_t)out->height;
    if (frame->x_offset < 0 || frame->y_offset < 0 || frame->width < 1 || frame->height < 1 ||
        frame->x_offset > out->width - frame->width ||
        frame->y_offset > out->height - frame->height || !WebPInitDecoderConfig(&config))
        return cg_reader_fail(CG_ERR_FORMAT, error);
    size_t offset =
        (size_t)frame->y_offset * row_nbytes + (size_t)frame->x_offset * (size_t)out->channels;
    config.output.colorspace = channels == 4 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = out->pixels + offset;
    config.output.u.RGBA.stride = (int)row_nbytes;
    config.output.u.RGBA.size = total - offset;
    switch (WebPDecode(frame->fragment.bytes, frame->fragment.size, &config)) {
    case VP8_STATUS_OK:
        return CG_OK;
    case VP8_STATUS_OUT_OF_MEMORY:
        return cg_reader_fail(CG_ERR_MEMORY, error);
    default:
        return cg_reader_fail(CG_ERR_FORMAT, error);
    }
}

static enum cg_status decode(const uint8_t *bytes, size_t nbytes,
                             const struct cg_image_header *header, struct cg_image *out,
                             struct cg_reader_extras *extras, struct cg_error *error)
{
    (void)header;
    const WebPData data = {bytes, nbytes};
    WebPIterator frame;
    WebPDemuxer *demuxer = WebPDemux(&data);
    if (demuxer == NULL) /* the header was valid before */
        return cg_reader_fail(CG_ERR_MEMORY, error);
    enum cg_status status = CG_ERR_FORMAT;
    if (WebPDemuxGetFrame(demuxer, 1, &frame)) {
        memset(out->pixels, 0, (size_t)out->width * (size_t)out->height * (size_t)out->channels);
        status = decode_frame(&frame, out, error);
        WebPDemuxReleaseIterator(&frame);
    } else {
        cg_reader_fail(status, error);
    }
    struct cg_span icc = find_chunk(demuxer, "ICCP");
    if (status == CG_OK)
        status = cg_reader_copy(icc.bytes, icc.nbytes, &extras->icc, &extras->icc_nbytes, error);
    WebPDemuxDelete(demuxer);
    return status;
}

const struct cg_reader cg_webp_reader = {NULL, read_header, decode};

/* ---- writing --------------------------------------------------------------------------------- */

static enum cg_status no_memory(struct cg_error *error)
{
    return cg_fail(error, CG_ERR_MEMORY, "the memory to compress it could not be allocated");
}

static bool import_grey(const struct cg_image *image, WebPPicture *picture)
{
    struct cg_image rgb;
    if (cg_image_create(image->width, image->height, 3, &rgb, NULL) != CG_OK)
        return false;
    size_t count = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < count; i++)
        memset(rgb.pixels + 3 * i, image->pixels[i], 3);
    bool imported = WebPPictureImportRGB(picture, rgb.pixels, 3 * rgb.width) != 0;
    cg_image_clear(&rgb);
    return imported;
}

static bool import(const struct cg_image *image, WebPPicture *picture)
{
    picture->width = image->width;
    picture->height = image->height;
    if (image->channels == 1)
        return import_grey(image, picture);
    int stride = image->width * image->channels;
    return image->channels == 4 ? WebPPictureImportRGBA(picture, image->pixels, stride) != 0
                                : WebPPictureImportRGB(picture, image->pixels, stride) != 0;
}

/* Write a file without extras into writer, which must be cleared even after an error. */
static enum cg_status compress(const struct cg_image *image, int quality, WebPMemoryWriter *writer,
                               struct cg_error *error)
{
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriterInit(writer);
    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        return cg_fail(error, CG_ERR_STATE, "expected libwebp as it was built with, found another");
    config.quality = (float)quality;
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = writer;
    bool encoded = import(image, &picture) && WebPEncode(&config, &picture) != 0;
    WebPPictureFree(&picture);
    return encoded ? CG_OK : no_memory(error); /* everything else was checked before */
}

static bool set_chunk(WebPMux *mux, const char *name, const void *bytes, size_t nbytes)
{
    const WebPData data = {bytes, nbytes};
    return bytes == NULL || WebPMuxSetChunk(mux, name, &data, 0) == WEBP_MUX_OK;
}

static bool set_extras(WebPMux *mux, const struct cg_image_extras *extras, const char *mark,
                       char **marked)
{
    const struct cg_span xmp = {extras->xmp, extras->xmp_nbytes};
    *marked = mark != NULL ? cg_mark_into_xmp(&xmp, mark) : NULL;
    if (mark != NULL && *marked == NULL)
        return false;
    return set_chunk(mux, "ICCP", extras->icc, extras->icc_nbytes) &&
           set_chunk(mux, "EXIF", extras->exif, extras->exif_nbytes) &&
           (mark != NULL ? set_chunk(mux, "XMP ", *marked, strlen(*marked))
                         : set_chunk(mux, "XMP ", extras->xmp, extras->xmp_nbytes));
}

static enum cg_status add_with_extras(const WebPMemoryWriter *writer,
                                      const struct cg_image_extras *extras, const char *mark,
                                      const struct cg_sink *sink, struct cg_error *error)
{
    const WebPData plain = {writer->mem, writer->size};
    WebPData whole = {NULL, 0};
    WebPMux *mux = WebPMuxCreate(&plain, 0);
    char *xmp = NULL; /* with the mark */
    enum cg_status status;
    if (mux != NULL && set_extras(mux, extras, mark, &xmp) &&
        WebPMuxAssemble(mux, &whole) == WEBP_MUX_OK)
        status = sink->add(sink->context, whole.bytes, whole.size, error);
    else
        status = no_memory(error);
    WebPDataClear(&whole);
    free(xmp);
    WebPMuxDelete(mux);
    return status;
}

enum cg_status cg_webp_encode(const struct cg_image *image,
                              const struct cg_image_write_options *options,
                              const struct cg_sink *sink, struct cg_error *error)
{
    static const struct cg_image_extras none = {0};
    const struct cg_image_extras *extras = options->extras != NULL ? options->extras : &none;
    bool plain =
        options->mark == NULL && extras->icc == NULL && extras->exif == NULL && extras->xmp == NULL;
    WebPMemoryWriter writer;
    if (image->width > CG_WEBP_SIDE_MAX_PX || image->height > CG_WEBP_SIDE_MAX_PX)
        return cg_fail(error, CG_ERR_LIMIT,
                       "expected sides of at most %d pixels for WebP, got %d x %d",
                       CG_WEBP_SIDE_MAX_PX, image->width, image->height);
    enum cg_status status = compress(image, options->quality, &writer, error);
    if (status == CG_OK && !plain)
        status = add_with_extras(&writer, extras, options->mark, sink, error);
    else if (status == CG_OK)
        status = sink->add(sink->context, writer.mem, writer.size, error);
    WebPMemoryWriterClear(&writer);
    return status;
}
