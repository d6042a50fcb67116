/*
 * libpng: see codec.h. It fails by longjmp, so the one function that calls setjmp acquires nothing
 * and changes no local variables.
 */
#include "image/codec.h"

#include "base/bytes.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct decoder {
    png_structp png;
    png_infop info;
    const uint8_t *next, *end;
    png_bytep *rows;
    bool odd;
};

static void read_bytes(png_structp png, png_bytep to, size_t nbytes)
{
    struct decoder *decoder = png_get_io_ptr(png);
    if (nbytes > (size_t)(decoder->end - decoder->next))
        png_error(png, "end of file");
    memcpy(to, decoder->next, nbytes);
    decoder->next += nbytes;
}

static void leave(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void notice(png_structp png, png_const_charp text)
{
    struct decoder *decoder = png_get_error_ptr(png);
    (void)text;
    decoder->odd = true;
}

/* Read only chunks that pixels depend on, tRNS included; the others were read with the header. */
static void choose_chunks(png_structp png)
{
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_user_limits(png, CG_IMAGE_SIDE_MAX_PX, CG_IMAGE_SIDE_MAX_PX);
    png_set_benign_errors(png, 1);
}

static void choose_form(struct decoder *decoder, int channels)
{
    png_structp png = decoder->png;
    png_set_scale_16(png);
    png_set_expand(png);
    if (channels >= 3)
        png_set_gray_to_rgb(png);
    if (channels == 4)
        png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
    else
        png_set_strip_alpha(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, decoder->info);
}

static bool decode_rows(struct decoder *decoder, const struct cg_image *out)
{
    png_structp png = decoder->png;
    if (setjmp(png_jmpbuf(png)) != 0)
        return false;
    choose_chunks(png);
    png_set_read_fn(png, decoder, read_bytes);
    png_read_info(png, decoder->info);
    choose_form(decoder, out->channels);
    size_t row_nbytes = (size_t)out->width * (size_t)out->channels;
    if (png_get_rowbytes(png, decoder->info) != row_nbytes ||
        png_get_image_height(png, decoder->info) != (png_uint_32)out->height)
        return false;
    for (int y = 0; y < out->height; y++)
        decoder->rows[y] = out->pixels + (size_t)y * row_nbytes;
    png_read_image(png, decoder->rows);
    return true;
}

enum cg_status cg_libpng_decode(const uint8_t *bytes, size_t nbytes,
                                const struct cg_image_header *header, int channels,
                                struct cg_image *out, bool *odd, struct cg_error *error)
{
    struct decoder decoder = {.next = bytes, .end = bytes + nbytes};
    enum cg_status status = cg_image_create(header->width, header->height, channels, out, error);
    if (status != CG_OK)
        return status;
    decoder.rows = malloc((size_t)header->height * sizeof(*decoder.rows));
    decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, leave, notice);
    decoder.info = decoder.png != NULL ? png_create_info_struct(decoder.png) : NULL;
    if (decoder.rows == NULL || decoder.info == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "the memory to decode it could not be allocated");
    else if (!decode_rows(&decoder, out))
        status =
            cg_fail(error, CG_ERR_FORMAT, "expected picture data that decodes, found it damaged");
    png_destroy_read_struct(&decoder.png, &decoder.info, NULL);
    free(decoder.rows);
    if (status != CG_OK)
        cg_image_clear(out);
    *odd = decoder.odd;
    return status;
}

/* ---- palettes -------------------------------------------------------------------------------- */

/* The decoder ignores checksums, so the new one stays zero. */
#define FIRST_CHUNK 8
#define COLOUR_TYPE_AT 25
#define COLOUR_TYPE_PALETTE 3
#define CHUNK_OVERHEAD_NBYTES 12
#define PALETTE_NBYTES 768

enum cg_status cg_png_complete_palette(const uint8_t *bytes, size_t nbytes, uint8_t **copy,
                                       size_t *copy_nbytes, struct cg_error *error)
{
    *copy = NULL;
    if (bytes[COLOUR_TYPE_AT] != COLOUR_TYPE_PALETTE)
        return CG_OK;
    size_t at = FIRST_CHUNK;
    while (memcmp(bytes + at + 4, "PLTE", 4) != 0)
        at += cg_big32(bytes + at) + CHUNK_OVERHEAD_NBYTES;
    size_t length = cg_big32(bytes + at);
    if (length == PALETTE_NBYTES)
        return CG_OK;
    size_t added = PALETTE_NBYTES - length;
    size_t data = at + 8, rest = data + length;
    uint8_t *out = calloc(1, nbytes + added);
    if (out == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "the memory for its palette could not be allocated");
    memcpy(out, bytes, rest);
    out[at + 2] = PALETTE_NBYTES >> 8;
    out[at + 3] = PALETTE_NBYTES & 255;
    memcpy(out + rest + added, bytes + rest, nbytes - rest);
    *copy = out;
    *copy_nbytes = nbytes + added;
    return CG_OK;
}
