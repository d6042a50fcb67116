/*
 * libjpeg: see libjpeg.h. It leaves by longjmp when it fails, so the two functions that call setjmp
 * acquire nothing and change no variable of their own.
 */
#include "image/libjpeg.h"

#include <setjmp.h>
#include <stdio.h> /* before jpeglib.h, which needs it */
#include <stdlib.h>

#include <jerror.h>
#include <jpeglib.h>

struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jmp_buf failed;
    bool damaged;
};

static void leave(j_common_ptr jpeg)
{
    struct decoder *decoder = jpeg->client_data;
    longjmp(decoder->failed, 1);
}

/* Warnings have a level below 0; not all of them are about the picture. */
static void notice(j_common_ptr jpeg, int level)
{
    struct decoder *decoder = jpeg->client_data;
    int code = jpeg->err->msg_code;
    if (level < 0 && (code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE ||
                      code == JWRN_MUST_RESYNC || code == JWRN_JPEG_EOF))
        decoder->damaged = true;
}

static void prepare(struct decoder *decoder)
{
    *decoder = (struct decoder){.damaged = false};
    decoder->jpeg.err = jpeg_std_error(&decoder->errors);
    decoder->jpeg.client_data = decoder;
    decoder->errors.error_exit = leave;
    decoder->errors.emit_message = notice;
}

static void open_file(struct decoder *decoder, const uint8_t *bytes, size_t nbytes)
{
    jpeg_create_decompress(&decoder->jpeg);
    jpeg_mem_src(&decoder->jpeg, bytes, nbytes);
    jpeg_read_header(&decoder->jpeg, TRUE);
}

/* ---- inks ------------------------------------------------------------------------------------ */

static bool decode_rows(struct decoder *decoder, const uint8_t *bytes, size_t nbytes,
                        const struct cg_image_header *header, uint8_t *out)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    if (setjmp(decoder->failed) != 0)
        return false;
    open_file(decoder, bytes, nbytes);
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

enum cg_status cg_libjpeg_decode_inks(const uint8_t *bytes, size_t nbytes,
                                      const struct cg_image_header *header, uint8_t *out,
                                      bool *damaged, struct cg_error *error)
{
    struct decoder decoder;
    prepare(&decoder);
    bool decoded = decode_rows(&decoder, bytes, nbytes, header, out);
    bool out_of_memory = decoder.errors.msg_code == JERR_OUT_OF_MEMORY;
    jpeg_destroy_decompress(&decoder.jpeg);
    *damaged = decoder.damaged;
    if (decoded)
        return CG_OK;
    if (out_of_memory)
        return cg_fail(error, CG_ERR_MEMORY, "the memory to decode it could not be allocated");
    return cg_fail(error, CG_ERR_FORMAT, "expected picture data that decodes, found it damaged");
}

/* ---- damage ---------------------------------------------------------------------------------- */

/* The quickest way through all data: an eighth of the size takes one value from each block. */
static void walk_rows(struct decoder *decoder, const uint8_t *bytes, size_t nbytes, uint8_t *row)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    if (setjmp(decoder->failed) != 0)
        return;
    open_file(decoder, bytes, nbytes);
    jpeg->scale_num = 1;
    jpeg->scale_denom = 8;
    jpeg->out_color_space = jpeg->jpeg_color_space;
    jpeg->do_fancy_upsampling = FALSE;
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < jpeg->output_height)
        jpeg_read_scanlines(jpeg, &row, 1);
}

bool cg_libjpeg_is_damaged(const uint8_t *bytes, size_t nbytes,
                           const struct cg_image_header *header)
{
    struct decoder decoder;
    uint8_t *row = malloc(((size_t)header->width + 7) / 8 * 4);
    if (row == NULL)
        return false;
    prepare(&decoder);
    walk_rows(&decoder, bytes, nbytes, row);
    jpeg_destroy_decompress(&decoder.jpeg);
    free(row);
    return decoder.damaged;
}
