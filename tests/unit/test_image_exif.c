/*
 * image: EXIF data carried from a file into the one written. Made and looked into by libexif, in
 * both byte orders, from and into both formats.
 */
#include "image/image.h"
#include "unit/fixture_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libexif/exif-data.h>

#define TAG_XMP 0x02bc
#define TAG_OF_NOBODY 0xfde8

static void add(ExifData *data, ExifIfd directory, int tag, ExifFormat format, const void *bytes,
                size_t nbytes)
{
    ExifEntry *entry = exif_entry_new();
    entry->tag = (ExifTag)tag;
    entry->format = format;
    entry->components = nbytes / exif_format_get_size(format);
    entry->size = (unsigned)nbytes;
    entry->data = malloc(nbytes); /* libexif's own memory, by its default */
    assert_non_null(entry->data);
    memcpy(entry->data, bytes, nbytes);
    exif_content_add_entry(data->ifd[directory], entry);
    exif_entry_unref(entry);
}

static void add_short(ExifData *data, ExifIfd directory, int tag, int value)
{
    uint8_t bytes[2];
    exif_set_short(bytes, exif_data_get_byte_order(data), (ExifShort)value);
    add(data, directory, tag, EXIF_FORMAT_SHORT, bytes, 2);
}

static void add_long(ExifData *data, ExifIfd directory, int tag, unsigned value)
{
    uint8_t bytes[4];
    exif_set_long(bytes, exif_data_get_byte_order(data), value);
    add(data, directory, tag, EXIF_FORMAT_LONG, bytes, 4);
}

/* Of everything something, with "Exif\0\0" in front. */
static struct fixture_bytes make_exif(ExifByteOrder order)
{
    struct fixture_bytes bytes = {0};
    unsigned nbytes;
    ExifData *data = exif_data_new();
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_set_byte_order(data, order);
    add(data, EXIF_IFD_0, EXIF_TAG_MAKE, EXIF_FORMAT_ASCII, "Maker", 6);
    add(data, EXIF_IFD_0, EXIF_TAG_COPYRIGHT, EXIF_FORMAT_ASCII, "Somebody", 9);
    add_short(data, EXIF_IFD_0, EXIF_TAG_ORIENTATION, 6);
    add_long(data, EXIF_IFD_0, EXIF_TAG_IMAGE_WIDTH, 4000);
    add(data, EXIF_IFD_0, TAG_XMP, EXIF_FORMAT_BYTE, "<x:xmpmeta/>", 12);
    add(data, EXIF_IFD_0, TAG_OF_NOBODY, EXIF_FORMAT_ASCII, "unknown", 8);
    add(data, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, EXIF_FORMAT_ASCII, "2024:05:06 07:08:09",
        20);
    add(data, EXIF_IFD_EXIF, EXIF_TAG_MAKER_NOTE, EXIF_FORMAT_UNDEFINED, "maker's own notes", 17);
    add_short(data, EXIF_IFD_EXIF, EXIF_TAG_COLOR_SPACE, 0xffff);
    add_long(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION, 4000);
    add_long(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_Y_DIMENSION, 3000);
    add(data, EXIF_IFD_GPS, EXIF_TAG_GPS_LATITUDE_REF, EXIF_FORMAT_ASCII, "N", 2);
    add_short(data, EXIF_IFD_1, EXIF_TAG_COMPRESSION, 6);
    data->data = malloc(500);
    assert_non_null(data->data);
    memset(data->data, 0x5a, 500);
    data->size = 500;
    exif_data_save_data(data, &bytes.bytes, &nbytes);
    bytes.nbytes = nbytes;
    exif_data_unref(data);
    return bytes;
}

static struct fixture_bytes make_file(enum cg_image_format format, const struct fixture_bytes *exif)
{
    static const uint8_t rows[] = {0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12};
    static const int values[] = {90, 128, 128};
    struct fixture_bytes file = {0};
    if (format == CG_IMAGE_JPEG) {
        fixture_jpeg(&file, 3, values, false, -1);
        fixture_jpeg_add_segment(&file, 0xe1, exif->bytes, exif->nbytes);
        return file;
    }
    fixture_png_begin(&file, 2, 2, 8, 2, false);
    fixture_png_chunk(&file, "eXIf", exif->bytes + 6, exif->nbytes - 6);
    fixture_png_pixels(&file, rows, sizeof(rows));
    fixture_png_end(&file);
    return file;
}

/* ---- looking into it ------------------------------------------------------------------------- */

static ExifData *open_exif(const struct cg_image_extras *extras)
{
    uint8_t *bytes = malloc(6 + extras->exif_nbytes);
    assert_non_null(bytes);
    memcpy(bytes, "Exif\0", 6);
    memcpy(bytes + 6, extras->exif, extras->exif_nbytes);
    ExifData *data = exif_data_new();
    exif_data_unset_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(data, bytes, (unsigned)(6 + extras->exif_nbytes));
    free(bytes);
    return data;
}

static void assert_text(ExifData *data, ExifIfd directory, int tag, const char *text)
{
    ExifEntry *entry = exif_content_get_entry(data->ifd[directory], (ExifTag)tag);
    assert_non_null(entry);
    assert_int_equal(entry->size, strlen(text) + 1);
    assert_string_equal((const char *)entry->data, text);
}

static void assert_short(ExifData *data, ExifIfd directory, int tag, int value)
{
    ExifEntry *entry = exif_content_get_entry(data->ifd[directory], (ExifTag)tag);
    assert_non_null(entry);
    assert_int_equal(exif_get_short(entry->data, exif_data_get_byte_order(data)), value);
}

static void assert_long(ExifData *data, ExifIfd directory, int tag, int value)
{
    ExifEntry *entry = exif_content_get_entry(data->ifd[directory], (ExifTag)tag);
    assert_non_null(entry);
    assert_int_equal(exif_get_long(entry->data, exif_data_get_byte_order(data)), value);
}

static void assert_carried(const struct cg_image_extras *extras, int size, bool gps)
{
    static const int gone[] = {EXIF_TAG_IMAGE_WIDTH, TAG_XMP, EXIF_TAG_MAKER_NOTE,
                               EXIF_TAG_COMPRESSION};
    ExifData *data = open_exif(extras);
    assert_text(data, EXIF_IFD_0, EXIF_TAG_MAKE, "Maker");
    assert_text(data, EXIF_IFD_0, EXIF_TAG_COPYRIGHT, "Somebody");
    assert_text(data, EXIF_IFD_0, TAG_OF_NOBODY, "unknown");
    assert_text(data, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, "2024:05:06 07:08:09");
    assert_short(data, EXIF_IFD_0, EXIF_TAG_ORIENTATION, 1);
    assert_short(data, EXIF_IFD_EXIF, EXIF_TAG_COLOR_SPACE, 0xffff);
    assert_long(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION, size);
    assert_long(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_Y_DIMENSION, size);
    assert_int_equal(data->ifd[EXIF_IFD_GPS]->count, gps ? 1 : 0);
    assert_int_equal(data->ifd[EXIF_IFD_1]->count, 0);
    assert_null(data->data);
    for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
        assert_null(exif_data_get_entry(data, (ExifTag)gone[i]));
    exif_data_unref(data);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void what_is_still_true_is_carried_over(void **state)
{
    (void)state;
    for (int i = 0; i < 16; i++) {
        bool gps = i & 8;
        const struct cg_image_read_options keep = {.keep_exif = true, .keep_gps = gps};
        struct fixture_bytes exif =
            make_exif(i & 1 ? EXIF_BYTE_ORDER_INTEL : EXIF_BYTE_ORDER_MOTOROLA);
        struct fixture_bytes file = make_file(i & 2 ? CG_IMAGE_JPEG : CG_IMAGE_PNG, &exif), written;
        struct cg_image_extras extras, again;
        struct cg_image image = fixture_take(&file, &keep, &extras), back;
        assert_string_equal(extras.note, "");
        assert_carried(&extras, image.width, gps);
        const struct cg_image_write_options options = {
            .format = i & 4 ? CG_IMAGE_JPEG : CG_IMAGE_PNG, .quality = 95, .extras = &extras};
        assert_int_equal(cg_image_encode(&image, &options, &written.bytes, &written.nbytes, NULL),
                         CG_OK);
        back = fixture_take(&written, &keep, &again);
        assert_int_equal(back.width, image.width);
        assert_int_equal(back.height, image.height);
        if (options.format == CG_IMAGE_PNG) /* and has not been turned once more */
            assert_memory_equal(back.pixels, image.pixels, fixture_image_nbytes(&image));
        assert_carried(&again, image.width, gps);
        cg_image_extras_clear(&again);
        cg_image_extras_clear(&extras);
        cg_image_clear(&back);
        cg_image_clear(&image);
        free(exif.bytes);
    }
}

static void nothing_is_carried_over_unasked(void **state)
{
    (void)state;
    struct fixture_bytes exif = make_exif(EXIF_BYTE_ORDER_INTEL);
    struct fixture_bytes file = make_file(CG_IMAGE_JPEG, &exif);
    struct cg_image_extras extras;
    struct cg_image image = fixture_take(&file, &(struct cg_image_read_options){0}, &extras);
    assert_null(extras.exif);
    assert_string_equal(extras.note, "");
    cg_image_clear(&image);
    file = make_file(CG_IMAGE_JPEG, &exif);
    image = fixture_take(&file, &(struct cg_image_read_options){.keep_exif = true}, NULL);
    cg_image_clear(&image);
    free(exif.bytes);
}

static void converted_colours_are_said_to_be_srgb(void **state)
{
    (void)state;
    static const uint8_t linear[] = {0, 1, 0x86, 0xa0};
    static const uint8_t rows[] = {0, 10, 20, 30};
    struct fixture_bytes exif = make_exif(EXIF_BYTE_ORDER_INTEL), file = {0};
    fixture_png_begin(&file, 1, 1, 8, 2, false);
    fixture_png_chunk(&file, "gAMA", linear, sizeof(linear));
    fixture_png_chunk(&file, "eXIf", exif.bytes + 6, exif.nbytes - 6);
    fixture_png_pixels(&file, rows, sizeof(rows));
    fixture_png_end(&file);
    struct cg_image_extras extras;
    struct cg_image image =
        fixture_take(&file, &(struct cg_image_read_options){.keep_exif = true}, &extras);
    ExifData *data = open_exif(&extras);
    assert_short(data, EXIF_IFD_EXIF, EXIF_TAG_COLOR_SPACE, 1);
    exif_data_unref(data);
    cg_image_extras_clear(&extras);
    cg_image_clear(&image);
    free(exif.bytes);
}

static bool is_left_out(const struct fixture_bytes *exif)
{
    const struct cg_image_read_options keep = {.keep_exif = true, .keep_gps = true};
    struct fixture_bytes file = make_file(CG_IMAGE_PNG, exif);
    struct cg_image_extras extras;
    struct cg_image image = fixture_take(&file, &keep, &extras);
    bool left_out = strstr(extras.note, "EXIF") != NULL;
    assert_false(left_out && extras.exif != NULL);
    cg_image_extras_clear(&extras);
    cg_image_clear(&image);
    return left_out;
}

/* Cut off anywhere or changed anywhere it is carried, or left out with a note; never an error. */
static void damaged_data_is_left_out(void **state)
{
    (void)state;
    struct fixture_bytes exif = make_exif(EXIF_BYTE_ORDER_MOTOROLA);
    int left_out = 0;
    for (size_t at = 6; at < exif.nbytes; at++) {
        left_out += is_left_out(&(struct fixture_bytes){exif.bytes, at});
        exif.bytes[at] ^= 0x91;
        left_out += is_left_out(&exif);
        exif.bytes[at] ^= 0x91;
    }
    assert_true(left_out > 100);
    free(exif.bytes);
}

static void data_too_large_for_a_jpeg_is_left_out(void **state)
{
    (void)state;
    struct fixture_bytes exif = make_exif(EXIF_BYTE_ORDER_INTEL);
    uint8_t *zeros = calloc(1, 70000);
    assert_non_null(zeros);
    fixture_add(&exif, zeros, 70000);
    free(zeros);
    struct fixture_bytes file = make_file(CG_IMAGE_PNG, &exif);
    struct cg_image_extras extras;
    struct cg_image image =
        fixture_take(&file, &(struct cg_image_read_options){.keep_exif = true}, &extras);
    assert_null(extras.exif);
    assert_non_null(strstr(extras.note, "too large"));
    cg_image_clear(&image);
    free(exif.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_still_true_is_carried_over),
        cmocka_unit_test(nothing_is_carried_over_unasked),
        cmocka_unit_test(converted_colours_are_said_to_be_srgb),
        cmocka_unit_test(damaged_data_is_left_out),
        cmocka_unit_test(data_too_large_for_a_jpeg_is_left_out),
    };
    return cmocka_run_group_tests_name("image exif", tests, NULL, NULL);
}
