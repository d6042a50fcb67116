/* Picture files of many kinds: see fixture_flavour.h. */
#include "cli/fixture_flavour.h"

#include "unit/fixture_image.h"
#include "unit/fixture_profile.h"

#include <libexif/exif-data.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 48
#define HEIGHT 32
#define SAMPLES_MOST_NBYTES 8

/* Colour types of PNG */
enum { PNG_GREY = 0, PNG_RGB = 2, PNG_GREY_ALPHA = 4, PNG_RGBA = 6 };

struct flavour {
    const char *name;
    int colour, depth;
    uint8_t hidden[3]; /* the colour under what is clear */
    enum { NO_PROFILE, PROFILE, BROKEN_PROFILE } profile;
};

static const struct flavour flavours[] = {
    {"rgba", PNG_RGBA, 8, {255, 0, 255}, NO_PROFILE},
    {"rgba-other", PNG_RGBA, 8, {0, 0, 0}, NO_PROFILE},
    {"grey", PNG_GREY, 8, {0}, NO_PROFILE},
    {"grey-alpha", PNG_GREY_ALPHA, 8, {0}, NO_PROFILE},
    {"rgb16", PNG_RGB, 16, {0}, NO_PROFILE},
    {"profile", PNG_RGB, 8, {0}, PROFILE},
    {"broken-profile", PNG_RGB, 8, {0}, BROKEN_PROFILE},
};

static const struct cg_image_read_options as_it_is = {
    .keep_profile = true, .keep_exif = true, .keep_gps = true};

static int save(const char *path, struct fixture_bytes *file)
{
    FILE *stream = fopen(path, "wb");
    bool written = stream != NULL && fwrite(file->bytes, 1, file->nbytes, stream) == file->nbytes;
    if (stream == NULL || fclose(stream) != 0 || !written)
        fprintf(stderr, "fixture: %s could not be written\n", path);
    free(file->bytes);
    return written ? 0 : 1;
}

/* ---- pixels ---------------------------------------------------------------------------------- */

/* The samples of one pixel, of 8 bits; returns how many. */
static int pixel_of(const struct flavour *flavour, int x, int y, uint8_t *samples)
{
    bool clear = flavour->colour == PNG_RGBA && x < WIDTH / 3;
    bool is_grey = flavour->colour == PNG_GREY || flavour->colour == PNG_GREY_ALPHA;
    uint8_t level = y / 8 == 1 ? 60 : 160;
    int count = 0;
    if (is_grey) {
        samples[count++] = level;
    } else {
        samples[count++] = clear ? flavour->hidden[0] : 20;
        samples[count++] = clear ? flavour->hidden[1] : level;
        samples[count++] = clear ? flavour->hidden[2] : 40;
    }
    if (flavour->colour == PNG_RGBA || flavour->colour == PNG_GREY_ALPHA)
        samples[count++] = clear ? 0 : x < 2 * WIDTH / 3 ? 128 : 255;
    return count;
}

static void add_pixels(struct fixture_bytes *file, const struct flavour *flavour)
{
    uint8_t raw[HEIGHT * (1 + WIDTH * SAMPLES_MOST_NBYTES)];
    size_t nbytes = 0;
    for (int y = 0; y < HEIGHT; y++) {
        raw[nbytes++] = 0; /* no filter */
        for (int x = 0; x < WIDTH; x++) {
            uint8_t samples[SAMPLES_MOST_NBYTES];
            int count = pixel_of(flavour, x, y, samples);
            for (int i = 0; i < count; i++)
                for (int byte = 0; byte < flavour->depth / 8; byte++)
                    raw[nbytes++] = samples[i];
        }
    }
    fixture_png_pixels(file, raw, nbytes);
}

static int write_png(const char *path, const struct flavour *flavour)
{
    struct fixture_bytes file = {0};
    fixture_png_begin(&file, WIDTH, HEIGHT, flavour->depth, flavour->colour, false);
    if (flavour->profile == BROKEN_PROFILE)
        fixture_png_chunk(&file, "iCCP", "p\0\0senseless", 12);
    if (flavour->profile == PROFILE) {
        struct fixture_bytes profile = fixture_profile_p3();
        fixture_png_profile(&file, &profile);
        free(profile.bytes);
    }
    add_pixels(&file, flavour);
    fixture_png_end(&file);
    return save(path, &file);
}

/* ---- EXIF ------------------------------------------------------------------------------------ */

static void add_text(ExifData *data, ExifIfd directory, int tag, const char *text)
{
    ExifEntry *entry = exif_entry_new();
    size_t nbytes = strlen(text) + 1;
    entry->tag = (ExifTag)tag;
    entry->format = EXIF_FORMAT_ASCII;
    entry->components = nbytes;
    entry->size = (unsigned)nbytes;
    entry->data = malloc(nbytes); /* libexif's own memory, by its default */
    if (entry->data != NULL)
        memcpy(entry->data, text, nbytes);
    exif_content_add_entry(data->ifd[directory], entry);
    exif_entry_unref(entry);
}

static int write_exif(const char *path)
{
    static const int values[] = {90, 128, 128};
    struct fixture_bytes file = {0};
    uint8_t *bytes = NULL;
    unsigned nbytes = 0;
    ExifData *data = exif_data_new();
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    add_text(data, EXIF_IFD_0, EXIF_TAG_MODEL, "Camera");
    add_text(data, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, "2024:05:06 07:08:09");
    add_text(data, EXIF_IFD_GPS, EXIF_TAG_GPS_LATITUDE_REF, "N");
    exif_data_save_data(data, &bytes, &nbytes);
    exif_data_unref(data);
    fixture_jpeg(&file, 3, values, false, -1);
    fixture_jpeg_add_segment(&file, 0xe1, bytes, nbytes);
    free(bytes);
    return save(path, &file);
}

int fixture_write_flavour(const char *path, const char *name)
{
    if (strcmp(name, "exif") == 0)
        return write_exif(path);
    for (size_t i = 0; i < sizeof(flavours) / sizeof(flavours[0]); i++)
        if (strcmp(name, flavours[i].name) == 0)
            return write_png(path, &flavours[i]);
    fprintf(stderr, "fixture: no flavour is called %s\n", name);
    return 2;
}

/* ---- looking --------------------------------------------------------------------------------- */

static bool read_as_it_is(const char *path, struct cg_image *image, struct cg_image_extras *extras)
{
    struct cg_error error;
    if (cg_image_read(path, &as_it_is, image, extras, &error) == CG_OK)
        return true;
    fprintf(stderr, "fixture: %s\n", error.text);
    return false;
}

static bool has_tag(const struct cg_image_extras *extras, ExifIfd directory, int tag)
{
    struct fixture_bytes block = {0};
    fixture_add(&block, "Exif\0", 6);
    fixture_add(&block, extras->exif, extras->exif_nbytes);
    ExifData *data = exif_data_new_from_data(block.bytes, (unsigned)block.nbytes);
    bool found = exif_content_get_entry(data->ifd[directory], (ExifTag)tag) != NULL;
    exif_data_unref(data);
    free(block.bytes);
    return found;
}

int fixture_print_contents(const char *path)
{
    struct cg_image image;
    struct cg_image_extras extras;
    if (!read_as_it_is(path, &image, &extras))
        return 1;
    bool alpha = image.channels == 4, profile = extras.icc != NULL;
    bool date = has_tag(&extras, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL);
    bool place = has_tag(&extras, EXIF_IFD_GPS, EXIF_TAG_GPS_LATITUDE_REF);
    const struct {
        bool found;
        const char *what;
    } parts[] = {{alpha, "alpha"}, {profile, "profile"}, {date, "date"}, {place, "place"}};
    const char *separator = "";
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        printf("%s%s", parts[i].found ? separator : "", parts[i].found ? parts[i].what : "");
        separator = parts[i].found ? " " : separator;
    }
    printf("\n");
    cg_image_extras_clear(&extras);
    cg_image_clear(&image);
    return 0;
}

int fixture_print_samples(const char *path, int x, int y)
{
    struct cg_image image;
    struct cg_image_extras extras;
    if (!read_as_it_is(path, &image, &extras))
        return 1;
    bool inside = x >= 0 && y >= 0 && x < image.width && y < image.height;
    size_t at = (size_t)y * (size_t)image.width + (size_t)x;
    for (int c = 0; inside && c < image.channels; c++)
        printf("%d%c", image.pixels[at * (size_t)image.channels + (size_t)c],
               c + 1 == image.channels ? '\n' : ' ');
    cg_image_extras_clear(&extras);
    cg_image_clear(&image);
    return inside ? 0 : 1;
}
