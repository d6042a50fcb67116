/*
 * Four inks: see cmyk.h. libjpeg leaves by longjmp when it fails; between setjmp and the end of
 * decode_rows there is nothing that would have to be freed but its own.
 */
#include "image/cmyk.h"

#include <setjmp.h>
#include <stdio.h> /* before jpeglib.h, which needs it */

#include <jerror.h>
#include <jpeglib.h>

struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jmp_buf failed;
};

static void leave(j_common_ptr jpeg)
{
    struct decoder *decoder = jpeg->client_data;
    longjmp(decoder->failed, 1);
}

/* Warnings are damage that libjpeg would paint over; traces (level 0 and above) are not. */
static void notice(j_common_ptr jpeg, int level)
{
    if (level < 0)
        leave(jpeg);
}

static bool decode_rows(struct decoder *decoder, const uint8_t *bytes, size_t nbytes,
                        const struct cg_image_header *header, uint8_t *out)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    if (setjmp(decoder->failed) != 0)
        return false;
    jpeg_create_decompress(jpeg);
    jpeg_mem_src(jpeg, bytes, nbytes);
    jpeg_read_header(jpeg, TRUE);
    jpeg->out_color_space = JCS_CMYK;
    jpeg_start_decompress(jpeg);
    if ((int)jpeg->output_width != header->width || (int)jpeg->output_height != header->height ||
        jpeg->output_components != 4)
        return false;
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = out + (size_t)jpeg->output_scanline * (size_t)header->width * 4;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    return true;
}

enum cg_status cg_cmyk_decode(const uint8_t *bytes, size_t nbytes,
                              const struct cg_image_header *header, uint8_t *out,
                              struct cg_error *error)
{
    struct decoder decoder = {.jpeg = {0}};
    decoder.jpeg.err = jpeg_std_error(&decoder.errors);
    decoder.jpeg.client_data = &decoder;
    decoder.errors.error_exit = leave;
    decoder.errors.emit_message = notice;
    bool decoded = decode_rows(&decoder, bytes, nbytes, header, out);
    bool out_of_memory = decoder.errors.msg_code == JERR_OUT_OF_MEMORY;
    jpeg_destroy_decompress(&decoder.jpeg);
    if (decoded)
        return CG_OK;
    if (out_of_memory)
        return cg_fail(error, CG_ERR_MEMORY, "the memory to decode it could not be had");
    return cg_fail(error, CG_ERR_FORMAT, "expected picture data that decodes, found it damaged");
}

void cg_cmyk_mix(const uint8_t *cmyk, bool inverted, struct cg_image *out)
{
    size_t count = (size_t)out->width * (size_t)out->height;
    uint8_t flip = inverted ? 0 : 255, *to = out->pixels;
    for (size_t i = 0; i < count; i++, cmyk += 4, to += 3)
        for (int c = 0; c < 3; c++)
            to[c] = (uint8_t)(((cmyk[c] ^ flip) * (cmyk[3] ^ flip) + 127) / 255);
}
