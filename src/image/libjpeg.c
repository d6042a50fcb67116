/*
 * libjpeg: see codec.h. It fails by longjmp, so functions that call setjmp acquire nothing and
 * change no local variables.
 */
#include "image/codec.h"

#include <setjmp.h>
#include <stdio.h> /* before jpeglib.h, which needs it */
#include <string.h>

#include <jpeglib.h> /* before jerror.h, which asks what it was built with */

#include <jerror.h>

#define TRIES_MAX 8

struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    bool too_many_scans;
    struct cg_libjpeg_findings *findings;
};

static void leave(j_common_ptr jpeg)
{
    struct decoder *decoder = jpeg->client_data;
    longjmp(decoder->failed, 1);
}

/* Warnings have a level below 0; not all concern the picture. */
static void notice(j_common_ptr jpeg, int level)
{
    struct decoder *decoder = jpeg->client_data;
    if (level >= 0)
        return;
    switch (jpeg->err->msg_code) {
    case JWRN_HIT_MARKER:
        decoder->findings->incomplete = true;
        decoder->findings->damaged = true;
        break;
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
        decoder->findings->damaged = true;
        break;
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_BOGUS_PROGRESSION:
        decoder->findings->odd = true;
        break;
    default:
        break;
    }
}

static void limit_scans(j_common_ptr jpeg)
{
    struct decoder *decoder = jpeg->client_data;
    if (((j_decompress_ptr)jpeg)->input_scan_number <= CG_JPEG_SCANS_MAX)
        return;
    decoder->too_many_scans = true;
    longjmp(decoder->failed, 1);
}

static void prepare(struct decoder *decoder, struct cg_libjpeg_findings *findings)
{
    *decoder = (struct decoder){.findings = findings};
    decoder->jpeg.err = jpeg_std_error(&decoder->errors);
    decoder->jpeg.client_data = decoder;
    decoder->errors.error_exit = leave;
    decoder->errors.emit_message = notice;
    decoder->progress.progress_monitor = limit_scans;
}

/* Whether scans have brought all bits of the coefficients. */
static bool is_refined(const struct jpeg_decompress_struct *jpeg)
{
    for (int i = 0; jpeg->coef_bits != NULL && i < jpeg->num_components; i++)
        for (int k = 0; k < DCTSIZE2; k++)
            if (jpeg->coef_bits[i][k] != 0)
                return false;
    return true;
}

static bool decode_rows(struct decoder *decoder, const uint8_t *bytes, size_t nbytes,
                        const struct cg_image *out)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    if (setjmp(decoder->failed) != 0)
        return false;
    jpeg_create_decompress(jpeg);
    jpeg->progress = &decoder->progress;
    jpeg_mem_src(jpeg, bytes, nbytes);
    jpeg_read_header(jpeg, TRUE);
    jpeg->out_color_space = out->channels == 4   ? JCS_CMYK
                            : out->channels == 3 ? JCS_RGB
                                                 : JCS_GRAYSCALE;
    jpeg_start_decompress(jpeg);
    if ((int)jpeg->output_width != out->width || (int)jpeg->output_height != out->height ||
        jpeg->output_components != out->channels)
        return false;
    if (!is_refined(jpeg))
        decoder->findings->incomplete = true;
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = out->pixels +
                       (size_t)jpeg->output_scanline * (size_t)out->width * (size_t)out->channels;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    return true;
}

/* Skip surplus data up to the end marker. */
static void read_end(struct decoder *decoder)
{
    if (setjmp(decoder->failed) == 0)
        jpeg_finish_decompress(&decoder->jpeg);
    else
        decoder->findings->odd = true;
}

/* *stopped_at: where in the file it failed. */
static enum cg_status try_decoding(const uint8_t *bytes, size_t nbytes, bool has_end,
                                   const struct cg_image *out, struct cg_libjpeg_findings *findings,
                                   size_t *stopped_at, struct cg_error *error)
{
    struct decoder decoder;
    prepare(&decoder, findings);
    bool decoded = decode_rows(&decoder, bytes, nbytes, out);
    if (decoded && has_end)
        read_end(&decoder);
    bool out_of_memory = decoder.errors.msg_code == JERR_OUT_OF_MEMORY;
    *stopped_at = decoder.jpeg.src != NULL ? nbytes - decoder.jpeg.src->bytes_in_buffer : 0;
    jpeg_destroy_decompress(&decoder.jpeg);
    if (decoded)
        return CG_OK;
    if (out_of_memory)
        return cg_fail(error, CG_ERR_MEMORY, "the memory to decode it could not be allocated");
    if (decoder.too_many_scans)
        return cg_fail(error, CG_ERR_LIMIT, "expected a JPEG of at most %d scans, found more",
                       CG_JPEG_SCANS_MAX);
    return cg_fail(error, CG_ERR_FORMAT, "expected picture data that decodes, found it damaged");
}

/* If it fails fatally after data have begun, the file is read again up to the marker before that
 * place. What looks like a marker may be none, so that takes some tries. */
enum cg_status cg_libjpeg_decode(const uint8_t *bytes, size_t nbytes,
                                 const struct cg_image_header *header, struct cg_image *out,
                                 struct cg_libjpeg_findings *findings, struct cg_error *error)
{
    size_t end = nbytes;
    *findings = (struct cg_libjpeg_findings){0};
    enum cg_status status =
        try_decoding(bytes, nbytes, header->has_end, out, findings, &end, error);
    for (int i = 0; status == CG_ERR_FORMAT && i < TRIES_MAX; i++) {
        findings->damaged = true;
        do {
            if (end <= header->data_begin)
                return status;
        } while (bytes[--end] != 0xff);
        status = try_decoding(bytes, end, false, out, findings, &end, error);
    }
    return status;
}
