/*
 * HEIC and AVIF by libheif, which also turns and crops as the file says; EXIF's orientation is
 * ignored (ISO/IEC 23008-12, annex A). Colours named by numbers (nclx) are taken as sRGB.
 */
#include "base/bytes.h"
#include "image/heif_calls.h"
#include "image/reader.h"

#include <stdlib.h>
#include <string.h>

#define ITEMS_MAX 8          /* of other data, that are looked at */
#define EXIF_OFFSET_NBYTES 4 /* before EXIF data: the offset of the TIFF header */

static enum cg_status status_of(const struct heif_error *found)
{
    switch (found->code) {
    case heif_error_Memory_allocation_error:
        return found->subcode == heif_suberror_Security_limit_exceeded ? CG_ERR_LIMIT
                                                                       : CG_ERR_MEMORY;
    case heif_error_Unsupported_feature:
    case heif_error_Unsupported_filetype:
        return CG_ERR_UNSUPPORTED;
    default:
        return CG_ERR_FORMAT;
    }
}

static enum cg_status fail(const struct heif_error *found, struct cg_error *error)
{
    enum cg_status status = status_of(found);
    if (status == CG_ERR_MEMORY)
        return cg_reader_fail(status, error);
    return cg_fail(error, status, "expected a HEIC or AVIF picture that decodes, found: %s",
                   found->message);
}

/* A file that is open, and the picture in it that is to be shown. */
struct opened {
    struct cg_heif_calls heif;
    struct heif_context *context;
    struct heif_image_handle *handle;
};

/* To be closed after an error, too. The bytes must outlive it. */
static enum cg_status open_file(const uint8_t *bytes, size_t nbytes, struct opened *file,
                                struct cg_error *error)
{
    *file = (struct opened){.context = NULL};
    enum cg_status status = cg_heif_load(&file->heif, error);
    if (status != CG_OK)
        return status;
    const struct cg_heif_calls *heif = &file->heif;
    file->context = heif->context_alloc();
    if (file->context == NULL)
        return cg_reader_fail(CG_ERR_MEMORY, error);
    heif->context_set_max_decoding_threads(file->context, 0);
    struct heif_error found =
        heif->context_read_from_memory_without_copy(file->context, bytes, nbytes, NULL);
    if (found.code == heif_error_Ok)
        found = heif->context_get_primary_image_handle(file->context, &file->handle);
    return found.code == heif_error_Ok ? CG_OK : fail(&found, error);
}

static void close_file(struct opened *file)
{
    if (file->handle != NULL)
        file->heif.image_handle_release(file->handle);
    if (file->context != NULL)
        file->heif.context_free(file->context);
}

/* ---- what the file says ---------------------------------------------------------------------- */

/* Common video's primaries and curves are near those of sRGB; wide and HDR ones are not. */
static bool is_near_srgb(const struct heif_color_profile_nclx *nclx)
{
    unsigned primaries = (unsigned)nclx->color_primaries;
    switch (nclx->transfer_characteristics) {
    case heif_transfer_characteristic_ITU_R_BT_709_5:
    case heif_transfer_characteristic_unspecified:
    case heif_transfer_characteristic_ITU_R_BT_601_6:
    case heif_transfer_characteristic_IEC_61966_2_1:
        return primaries <= 2 || (primaries >= 5 && primaries <= 7);
    default:
        return false;
    }
}

static bool has_other_colours(const struct opened *file)
{
    const struct cg_heif_calls *heif = &file->heif;
    struct heif_color_profile_nclx *nclx = NULL; /* may be set even after an error */
    if (heif->image_handle_get_raw_color_profile_size(file->handle) > 0)
        return false;
    bool others =
        heif->image_handle_get_nclx_color_profile(file->handle, &nclx).code == heif_error_Ok &&
        !is_near_srgb(nclx);
    heif->nclx_color_profile_free(nclx);
    return others;
}

static enum cg_status fill_header(const struct opened *file, struct cg_image_header *out,
                                  struct cg_error *error)
{
    const struct cg_heif_calls *heif = &file->heif;
    int width = heif->image_handle_get_width(file->handle);
    int height = heif->image_handle_get_height(file->handle);
    out->width = width;
    out->height = height;
    out->channels = heif->image_handle_has_alpha_channel(file->handle) ? 4 : 3;
    out->depth = heif->image_handle_get_luma_bits_per_pixel(file->handle) > 8 ? 16 : 8;
    out->colours.cicp_unread = has_other_colours(file);
    return cg_image_check_size(width > 0 ? (uint32_t)width : 0, height > 0 ? (uint32_t)height : 0,
                               4, error);
}

static enum cg_status read_header(const uint8_t *bytes, size_t nbytes, enum cg_header_scope scope,
                                  struct cg_image_header *out, struct cg_error *error)
{
    struct opened file;
    (void)scope;
    enum cg_status status = open_file(bytes, nbytes, &file, error);
    out->cut_off = status == CG_ERR_FORMAT;
    if (status == CG_OK)
        status = fill_header(&file, out, error);
    close_file(&file);
    return status;
}

/* ---- pixels ---------------------------------------------------------------------------------- */

static enum cg_status copy_rows(const struct opened *file, const struct heif_image *picture,
                                struct cg_image *out, struct cg_error *error)
{
    const struct cg_heif_calls *heif = &file->heif;
    int stride;
    const uint8_t *rows =
        heif->image_get_plane_readonly(picture, heif_channel_interleaved, &stride);
    size_t row_nbytes = (size_t)out->width * (size_t)out->channels;
    if (rows == NULL || stride < 0 || (size_t)stride < row_nbytes ||
        heif->image_get_width(picture, heif_channel_interleaved) != out->width ||
        heif->image_get_height(picture, heif_channel_interleaved) != out->height)
        return cg_reader_fail(CG_ERR_FORMAT, error);
    for (int y = 0; y < out->height; y++)
        memcpy(out->pixels + (size_t)y * row_nbytes, rows + (size_t)y * (size_t)stride, row_nbytes);
    return CG_OK;
}

static enum cg_status decode_pixels(const struct opened *file, struct cg_image *out,
                                    struct cg_error *error)
{
    const struct cg_heif_calls *heif = &file->heif;
    struct heif_decoding_options *options = heif->decoding_options_alloc();
    struct heif_image *picture = NULL;
    if (options == NULL)
        return cg_reader_fail(CG_ERR_MEMORY, error);
    options->convert_hdr_to_8bit = 1;
    options->strict_decoding = 1;
    enum heif_chroma form =
        out->channels == 4 ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
    struct heif_error found =
        heif->decode_image(file->handle, &picture, heif_colorspace_RGB, form, options);
    enum cg_status status =
        found.code == heif_error_Ok ? copy_rows(file, picture, out, error) : fail(&found, error);
    heif->image_release(picture);
    heif->decoding_options_free(options);
    return status;
}

/* ---- profile and EXIF ------------------------------------------------------------------------ */

static enum cg_status copy_profile(const struct opened *file, struct cg_reader_extras *extras,
                                   struct cg_error *error)
{
    const struct cg_heif_calls *heif = &file->heif;
    size_t nbytes = heif->image_handle_get_raw_color_profile_size(file->handle);
    if (nbytes == 0)
        return CG_OK;
    extras->icc = malloc(nbytes);
    if (extras->icc == NULL)
        return cg_reader_fail(CG_ERR_MEMORY, error);
    extras->icc_nbytes = nbytes;
    struct heif_error found = heif->image_handle_get_raw_color_profile(file->handle, extras->icc);
    return found.code == heif_error_Ok ? CG_OK : fail(&found, error);
}

/* Invalid EXIF data are ignored. */
static enum cg_status copy_exif(const struct opened *file, struct cg_reader_extras *extras,
                                struct cg_error *error)
{
    const struct cg_heif_calls *heif = &file->heif;
    heif_item_id id;
    if (heif->image_handle_get_list_of_metadata_block_IDs(file->handle, "Exif", &id, 1) != 1)
        return CG_OK;
    size_t nbytes = heif->image_handle_get_metadata_size(file->handle, id);
    if (nbytes <= EXIF_OFFSET_NBYTES)
        return CG_OK;
    uint8_t *block = malloc(nbytes);
    if (block == NULL)
        return cg_reader_fail(CG_ERR_MEMORY, error);
    enum cg_status status = CG_OK;
    if (heif->image_handle_get_metadata(file->handle, id, block).code == heif_error_Ok) {
        size_t offset = EXIF_OFFSET_NBYTES + (size_t)cg_big32(block);
        if (offset < nbytes)
            status = cg_reader_copy(block + offset, nbytes - offset, &extras->exif,
                                    &extras->exif_nbytes, error);
    }
    free(block);
    return status;
}

/* Unreadable XMP is ignored. */
static enum cg_status copy_xmp(const struct opened *file, struct cg_reader_extras *extras,
                               struct cg_error *error)
{
    const struct cg_heif_calls *heif = &file->heif;
    heif_item_id ids[ITEMS_MAX];
    int count =
        heif->image_handle_get_list_of_metadata_block_IDs(file->handle, "mime", ids, ITEMS_MAX);
    for (int i = 0; i < count && extras->xmp == NULL; i++) {
        const char *type = heif->image_handle_get_metadata_content_type(file->handle, ids[i]);
        size_t nbytes = heif->image_handle_get_metadata_size(file->handle, ids[i]);
        if (type == NULL || strcmp(type, "application/rdf+xml") != 0 || nbytes == 0)
            continue;
        extras->xmp = malloc(nbytes);
        if (extras->xmp == NULL)
            return cg_reader_fail(CG_ERR_MEMORY, error);
        if (heif->image_handle_get_metadata(file->handle, ids[i], extras->xmp).code ==
            heif_error_Ok)
            extras->xmp_nbytes = nbytes;
    }
    return CG_OK;
}

static enum cg_status decode(const uint8_t *bytes, size_t nbytes,
                             const struct cg_image_header *header, struct cg_image *out,
                             struct cg_reader_extras *extras, struct cg_error *error)
{
    (void)header;
    struct opened file;
    enum cg_status status = open_file(bytes, nbytes, &file, error);
    if (status == CG_OK)
        status = decode_pixels(&file, out, error);
    if (status == CG_OK)
        status = copy_profile(&file, extras, error);
    if (status == CG_OK)
        status = copy_exif(&file, extras, error);
    if (status == CG_OK)
        status = copy_xmp(&file, extras, error);
    close_file(&file);
    return status;
}

static void load(void)
{
    struct cg_heif_calls heif;
    cg_heif_load(&heif, NULL);
}

const struct cg_reader cg_heif_reader = {load, read_header, decode};
