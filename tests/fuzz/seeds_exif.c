/* Seeds: EXIF data, from the TIFF header on, as libexif writes it. */
#include "fuzz/seeds.h"

#include <libexif/exif-data.h>
#include <stdlib.h>
#include <string.h>

static void add(ExifData *data, ExifIfd directory, int tag, ExifFormat format, const void *bytes,
                size_t nbytes)
{
    ExifEntry *entry = exif_entry_new();
    entry->tag = (ExifTag)tag;
    entry->format = format;
    entry->components = nbytes / exif_format_get_size(format);
    entry->size = (unsigned)nbytes;
    entry->data = calloc(1, nbytes); /* libexif's own memory, by its default */
    if (entry->data != NULL)
        memcpy(entry->data, bytes, nbytes);
    exif_content_add_entry(data->ifd[directory], entry);
    exif_entry_unref(entry);
}

static void save(const char *name, ExifByteOrder order, bool with_thumbnail)
{
    struct fixture_bytes file = {0};
    unsigned char *bytes = NULL;
    unsigned nbytes = 0;
    uint8_t number[4] = {0};
    ExifData *data = exif_data_new();
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_set_byte_order(data, order);
    exif_set_short(number, order, 6);
    add(data, EXIF_IFD_0, EXIF_TAG_MODEL, EXIF_FORMAT_ASCII, "Camera", 7);
    add(data, EXIF_IFD_0, EXIF_TAG_ORIENTATION, EXIF_FORMAT_SHORT, number, 2);
    add(data, EXIF_IFD_0, 0xfde8, EXIF_FORMAT_ASCII, "unknown", 8);
    add(data, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, EXIF_FORMAT_ASCII, "2024:05:06 07:08:09",
        20);
    add(data, EXIF_IFD_EXIF, EXIF_TAG_MAKER_NOTE, EXIF_FORMAT_UNDEFINED, "Nikon\0\2\0\0\0MM", 12);
    add(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION, EXIF_FORMAT_LONG, number, 4);
    add(data, EXIF_IFD_GPS, EXIF_TAG_GPS_LATITUDE_REF, EXIF_FORMAT_ASCII, "N", 2);
    add(data, EXIF_IFD_INTEROPERABILITY, EXIF_TAG_INTEROPERABILITY_INDEX, EXIF_FORMAT_ASCII, "R98",
        4);
    if (with_thumbnail) {
        data->data = calloc(1, 64);
        data->size = data->data != NULL ? 64 : 0;
    }
    exif_data_save_data(data, &bytes, &nbytes);
    exif_data_unref(data);
    fixture_add(&file, bytes + 6, nbytes - 6);
    free(bytes);
    seed_save("exif", name, &file);
}

void seed_exif(void)
{
    for (int i = 1; i <= 8; i++) {
        struct fixture_bytes file = {0};
        uint8_t tiff[26];
        char name[] = {(char)('0' + i), '\0'};
        fixture_add(&file, tiff, fixture_exif(tiff, i, i % 2));
        seed_save("exif", name, &file);
    }
    save("little", EXIF_BYTE_ORDER_INTEL, false);
    save("big", EXIF_BYTE_ORDER_MOTOROLA, false);
    save("little-thumbnail", EXIF_BYTE_ORDER_INTEL, true);
    save("big-thumbnail", EXIF_BYTE_ORDER_MOTOROLA, true);
}
