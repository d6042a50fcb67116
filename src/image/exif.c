/*
 * EXIF carried over: see exif.h. Read and written by libexif; which tags stay is decided here
 * (numbers as in EXIF 2.3, sections 4.6.4 to 4.6.8, and TIFF 6.0).
 */
#include "image/exif.h"

#include "base/memory.h"

#include <libexif/exif-data.h>
#include <libexif/exif-log.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX_NBYTES 6 /* "Exif\0\0", which libexif wants and writes */
#define COLOUR_SPACE_SRGB 1
#define CENTRED 1 /* where the encoder takes a block's colour */

/* About the file, not about the picture. */
static bool goes(ExifTag tag)
{
    static const uint16_t tags[] = {
        0x0100, 0x0101,                                                 /* size */
        0x0102, 0x0103, 0x0106, 0x0111, 0x0115, 0x0116, 0x0117, 0x011c, /* layout of pixels */
        0x014a,                         /* further directories, which libexif does not follow */
        0x0201, 0x0202,                 /* thumbnail */
        0x0211, 0x0212, 0x0214,         /* JPEG's YCbCr */
        0x02bc, 0x83bb, 0x8649, 0x8773, /* XMP, IPTC, Photoshop, ICC */
        0x1001, 0x1002,                 /* size again */
        0x927c,                         /* makers' notes */
        0xea1c, 0xea1d,                 /* padding, and where makers' notes were */
    };
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
        if ((int)tag == tags[i])
            return true;
    return false;
}

static void remove_all(ExifContent *content)
{
    while (content->count > 0)
        exif_content_remove_entry(content, content->entries[content->count - 1]);
}

static void remove_what_goes(ExifContent *content)
{
    for (unsigned i = content->count; i > 0; i--)
        if (goes(content->entries[i - 1]->tag))
            exif_content_remove_entry(content, content->entries[i - 1]);
}

/* Change an existing number, a short or a long. */
static void set_number(ExifData *data, ExifIfd directory, ExifTag tag, int value)
{
    ExifByteOrder order = exif_data_get_byte_order(data);
    ExifEntry *entry = exif_content_get_entry(data->ifd[directory], tag);
    if (entry == NULL)
        return;
    if (entry->format == EXIF_FORMAT_SHORT && entry->components == 1 && entry->size >= 2)
        exif_set_short(entry->data, order, (ExifShort)value);
    else if (entry->format == EXIF_FORMAT_LONG && entry->components == 1 && entry->size >= 4)
        exif_set_long(entry->data, order, (ExifLong)value);
    else
        exif_content_remove_entry(data->ifd[directory], entry);
}

static void remove_thumbnail(ExifData *data)
{
    remove_all(data->ifd[EXIF_IFD_1]);
    free(data->data);
    data->data = NULL;
    data->size = 0;
}

static void clean(ExifData *data, const struct cg_exif_options *options)
{
    remove_thumbnail(data);
    if (!options->keep_gps)
        remove_all(data->ifd[EXIF_IFD_GPS]);
    if (options->converted) {
        remove_all(data->ifd[EXIF_IFD_INTEROPERABILITY]); /* repeats the colour space */
        set_number(data, EXIF_IFD_EXIF, EXIF_TAG_COLOR_SPACE, COLOUR_SPACE_SRGB);
    }
    remove_what_goes(data->ifd[EXIF_IFD_0]);
    remove_what_goes(data->ifd[EXIF_IFD_EXIF]);
    remove_what_goes(data->ifd[EXIF_IFD_INTEROPERABILITY]);
    set_number(data, EXIF_IFD_0, EXIF_TAG_ORIENTATION, 1);
    set_number(data, EXIF_IFD_0, EXIF_TAG_YCBCR_POSITIONING, CENTRED);
    set_number(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION, options->width);
    set_number(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_Y_DIMENSION, options->height);
}

static bool is_empty(const ExifData *data)
{
    for (int i = 0; i < EXIF_IFD_COUNT; i++)
        if (data->ifd[i]->count > 0)
            return false;
    return true;
}

/* ---- libexif --------------------------------------------------------------------------------- */

/* libexif reports errors only to its log. Those about makers' notes do not matter, as it does not
 * know all of them. */
static void listen(ExifLog *log, ExifLogCode code, const char *domain, const char *format,
                   va_list arguments, void *context)
{
    (void)log;
    (void)format;
    (void)arguments;
    enum cg_status *status = context;
    if (strncmp(domain, "ExifMnote", 9) == 0)
        return;
    if (code == EXIF_LOG_CODE_NO_MEMORY)
        *status = CG_ERR_MEMORY;
    else if (code == EXIF_LOG_CODE_CORRUPT_DATA && *status == CG_OK)
        *status = CG_ERR_FORMAT;
}

/* Keep unknown tags, and fix or add nothing. */
static enum cg_status load(ExifData *data, ExifLog *log, const struct cg_span *from)
{
    enum cg_status status = CG_OK;
    size_t nbytes = PREFIX_NBYTES + from->nbytes;
    uint8_t *bytes = malloc(nbytes);
    if (bytes == NULL)
        return CG_ERR_MEMORY;
    memcpy(bytes, "Exif\0", PREFIX_NBYTES);
    memcpy(bytes + PREFIX_NBYTES, from->bytes, from->nbytes);
    exif_log_set_func(log, listen, &status);
    exif_data_log(data, log);
    exif_data_unset_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(data, bytes, (unsigned)nbytes);
    exif_data_log(data, NULL);
    free(bytes);
    return status;
}

static void *allocate(ExifLong nbytes)
{
    return cg_watched_calloc(1, nbytes);
}

static void *reallocate(void *memory, ExifLong nbytes)
{
    return cg_watched_realloc(memory, nbytes);
}

static enum cg_status save(ExifData *data, uint8_t **out, size_t *out_nbytes)
{
    unsigned char *bytes = NULL;
    unsigned nbytes = 0;
    exif_data_save_data(data, &bytes, &nbytes);
    enum cg_status status = CG_OK;
    if (bytes == NULL || nbytes <= PREFIX_NBYTES) {
        status = CG_ERR_MEMORY;
    } else if (nbytes - PREFIX_NBYTES > CG_EXIF_MAX_NBYTES) {
        status = CG_ERR_LIMIT;
    } else {
        *out_nbytes = nbytes - PREFIX_NBYTES;
        *out = malloc(*out_nbytes);
        status = *out != NULL ? CG_OK : CG_ERR_MEMORY;
    }
    if (status == CG_OK)
        memcpy(*out, bytes + PREFIX_NBYTES, *out_nbytes);
    free(bytes);
    return status;
}

static enum cg_status carry(ExifData *data, ExifLog *log, const struct cg_span *from,
                            const struct cg_exif_options *options, uint8_t **out,
                            size_t *out_nbytes)
{
    enum cg_status status = load(data, log, from);
    if (status == CG_OK && is_empty(data))
        status = CG_ERR_FORMAT;
    if (status == CG_OK)
        clean(data, options);
    if (status == CG_OK && !is_empty(data))
        status = save(data, out, out_nbytes);
    return status;
}

/* libexif silently drops tags when out of memory. */
enum cg_status cg_exif_carry(const struct cg_span *from, const struct cg_exif_options *options,
                             uint8_t **out, size_t *out_nbytes)
{
    *out = NULL;
    *out_nbytes = 0;
    if (from->nbytes > CG_EXIF_MAX_NBYTES)
        return CG_ERR_LIMIT;
    cg_memory_forget();
    ExifMem *memory = exif_mem_new(allocate, reallocate, free);
    ExifData *data = memory != NULL ? exif_data_new_mem(memory) : NULL;
    ExifLog *log = memory != NULL ? exif_log_new_mem(memory) : NULL;
    enum cg_status status = CG_ERR_MEMORY;
    if (data != NULL && log != NULL)
        status = carry(data, log, from, options, out, out_nbytes);
    if (cg_memory_was_short()) {
        status = CG_ERR_MEMORY;
        free(*out);
        *out = NULL;
    }
    exif_data_unref(data);
    exif_log_unref(log);
    exif_mem_unref(memory);
    return status;
}
