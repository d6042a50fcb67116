/*
 * GIF by giflib: the first frame, on the file's canvas, which is clear where the frame does not
 * reach and in its transparent colour (GIF89a, sections 18 to 23).
 */
#include "image/reader.h"

#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

struct source {
    const uint8_t *next, *end;
};

/* A file opened up to the pixels of its first frame. */
struct frame {
    struct source source;
    GifFileType *gif;
    int transparent; /* the palette's index of the colour that is clear; -1: none */
};

static int read_bytes(GifFileType *gif, GifByteType *to, int nbytes)
{
    struct source *source = gif->UserData;
    size_t left = (size_t)(source->end - source->next);
    size_t taken = nbytes > 0 ? (size_t)nbytes : 0;
    if (taken > left)
        taken = left;
    memcpy(to, source->next, taken);
    source->next += taken;
    return (int)taken;
}

static enum cg_status fail(int code, struct cg_error *error)
{
    return cg_reader_fail(code == D_GIF_ERR_NOT_ENOUGH_MEM ? CG_ERR_MEMORY : CG_ERR_FORMAT, error);
}

/* ---- to the first frame ---------------------------------------------------------------------- */

static bool read_extension(struct frame *frame)
{
    int code;
    GifByteType *block; /* its first byte is its length */
    GraphicsControlBlock control;
    if (DGifGetExtension(frame->gif, &code, &block) == GIF_ERROR)
        return false;
    if (code == GRAPHICS_EXT_FUNC_CODE && block != NULL &&
        DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
        frame->transparent = control.TransparentColor;
    while (block != NULL)
        if (DGifGetExtensionNext(frame->gif, &block) == GIF_ERROR)
            return false;
    return true;
}

static bool find_frame(struct frame *frame)
{
    GifRecordType kind;
    while (DGifGetRecordType(frame->gif, &kind) == GIF_OK) {
        if (kind == IMAGE_DESC_RECORD_TYPE)
            return DGifGetImageDesc(frame->gif) == GIF_OK;
        if (kind != EXTENSION_RECORD_TYPE || !read_extension(frame))
            return false;
    }
    return false;
}

/* frame must be closed even after an error. */
static enum cg_status open_frame(const uint8_t *bytes, size_t nbytes, struct frame *frame,
                                 struct cg_error *error)
{
    int code = D_GIF_SUCCEEDED;
    *frame = (struct frame){.source = {bytes, bytes + nbytes}, .transparent = NO_TRANSPARENT_COLOR};
    frame->gif = DGifOpen(&frame->source, read_bytes, &code);
    if (frame->gif == NULL)
        return fail(code, error);
    return find_frame(frame) ? CG_OK : fail(frame->gif->Error, error);
}

static void close_frame(struct frame *frame)
{
    if (frame->gif != NULL)
        DGifCloseFile(frame->gif, NULL);
}

static bool covers_canvas(const GifFileType *gif)
{
    const GifImageDesc *place = &gif->Image;
    return place->Left == 0 && place->Top == 0 && place->Width >= gif->SWidth &&
           place->Height >= gif->SHeight;
}

static enum cg_status read_header(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                  struct cg_image_header *out, struct cg_error *error)
{
    struct frame frame;
    (void)scope;
    enum cg_status status = open_frame(bytes, nbytes, &frame, error);
    out->cut_off = status == CG_ERR_FORMAT;
    if (status == CG_OK)
        status = cg_image_check_size((uint32_t)frame.gif->SWidth, (uint32_t)frame.gif->SHeight, 4,
                                     error);
    if (status == CG_OK) {
        bool clear = frame.transparent != NO_TRANSPARENT_COLOR || !covers_canvas(frame.gif);
        out->width = frame.gif->SWidth;
        out->height = frame.gif->SHeight;
        out->channels = clear ? 4 : 3;
    }
    close_frame(&frame);
    return status;
}

/* ---- its pixels ------------------------------------------------------------------------------ */

/* Copy a row of the frame to the canvas, clipped; false for a colour beyond the palette. */
static bool put_row(const struct frame *frame, const ColorMapObject *colours,
                    const GifByteType *row, int y, struct cg_image *out)
{
    const GifImageDesc *place = &frame->gif->Image;
    int top = place->Top + y;
    for (int x = 0; x < place->Width; x++) {
        int left = place->Left + x;
        if (row[x] == frame->transparent || top >= out->height || left >= out->width)
            continue;
        if (row[x] >= colours->ColorCount)
            return false;
        uint8_t *to =
            out->pixels + ((size_t)top * (size_t)out->width + (size_t)left) * (size_t)out->channels;
        const GifColorType *colour = &colours->Colors[row[x]];
        to[0] = colour->Red;
        to[1] = colour->Green;
        to[2] = colour->Blue;
        if (out->channels == 4)
            to[3] = 255;
    }
    return true;
}

/* Rows come in order or, interlaced, in four passes. */
static bool decode_rows(struct frame *frame, const ColorMapObject *colours, GifByteType *row,
                        struct cg_image *out)
{
    static const int first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    const GifImageDesc *place = &frame->gif->Image;
    int passes = place->Interlace ? 4 : 1;
    for (int pass = 0; pass < passes; pass++)
        for (int y = first[pass]; y < place->Height; y += passes == 1 ? 1 : step[pass])
            if (DGifGetLine(frame->gif, row, place->Width) == GIF_ERROR ||
                !put_row(frame, colours, row, y, out))
                return false;
    return true;
}

static enum cg_status decode_frame(struct frame *frame, struct cg_image *out,
                                   struct cg_error *error)
{
    const GifFileType *gif = frame->gif;
    const ColorMapObject *colours =
        gif->Image.ColorMap != NULL ? gif->Image.ColorMap : gif->SColorMap;
    if (colours == NULL || gif->Image.Width < 1 || gif->Image.Height < 1)
        return cg_reader_fail(CG_ERR_FORMAT, error);
    GifByteType *row = malloc((size_t)gif->Image.Width);
    if (row == NULL)
        return cg_reader_fail(CG_ERR_MEMORY, error);
    memset(out->pixels, 0, (size_t)out->width * (size_t)out->height * (size_t)out->channels);
    enum cg_status status = decode_rows(frame, colours, row, out) ? CG_OK : fail(gif->Error, error);
    free(row);
    return status;
}

static enum cg_status decode(const uint8_t *bytes, size_t nbytes,
                             const struct cg_image_header *header, struct cg_image *out,
                             struct cg_reader_extras *extras, struct cg_error *error)
{
    (void)header;
    (void)extras;
    struct frame frame;
    enum cg_status status = open_frame(bytes, nbytes, &frame, error);
    if (status == CG_OK)
        status = decode_frame(&frame, out, error);
    close_frame(&frame);
    return status;
}

const struct cg_reader cg_gif_reader = {NULL, read_header, decode};
