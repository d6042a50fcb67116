/*
 * EXIF orientation: see orientation.h. Only EXIF's first directory is read, with every offset
 * checked; a whole EXIF library would also parse makers' notes from untrusted files.
 */
#include "image/orientation.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "image/header_fields.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TAG_ORIENTATION 0x0112
#define TAG_X_RESOLUTION 0x011a /* Y follows */
#define TAG_RESOLUTION_UNIT 0x0128
#define TYPE_SHORT 3
#define TYPE_LONG 4
#define TYPE_RATIONAL 5
#define ENTRY_NBYTES 12
#define BLOCK_PX 32 /* of a transposition: both blocks stay in the first-level cache */

static uint32_t get16(const uint8_t *bytes, bool big_endian)
{
    return big_endian ? cg_big16(bytes) : (uint32_t)bytes[1] << 8 | bytes[0];
}

static uint32_t get32(const uint8_t *bytes, bool big_endian)
{
    uint32_t first = get16(bytes, big_endian), second = get16(bytes + 2, big_endian);
    return big_endian ? first << 16 | second : second << 16 | first;
}

/* The entry with this tag in the first directory, or NULL. */
static const uint8_t *find_entry(const uint8_t *tiff, size_t nbytes, uint32_t tag)
{
    if (nbytes < 8 || (memcmp(tiff, "II*\0", 4) != 0 && memcmp(tiff, "MM\0*", 4) != 0))
        return NULL;
    bool big_endian = tiff[0] == 'M';
    size_t directory = get32(tiff + 4, big_endian);
    if (directory > nbytes - 2)
        return NULL;
    uint32_t count = get16(tiff + directory, big_endian);
    const uint8_t *entry = tiff + directory + 2;
    for (size_t left = nbytes - directory - 2; count > 0 && left >= ENTRY_NBYTES; count--) {
        if (get16(entry, big_endian) == tag)
            return entry;
        entry += ENTRY_NBYTES;
        left -= ENTRY_NBYTES;
    }
    return NULL;
}

/* A number of kind short or long; 0 if there is none. */
static uint32_t find_number(const uint8_t *tiff, size_t nbytes, uint32_t tag)
{
    const uint8_t *entry = find_entry(tiff, nbytes, tag);
    bool big_endian = entry != NULL && tiff[0] == 'M';
    uint32_t type = entry != NULL ? get16(entry + 2, big_endian) : 0;
    return type == TYPE_LONG    ? get32(entry + 8, big_endian)
           : type == TYPE_SHORT ? get16(entry + 8, big_endian)
                                : 0;
}

int cg_exif_orientation(const uint8_t *tiff, size_t nbytes)
{
    uint32_t value = find_number(tiff, nbytes, TAG_ORIENTATION);
    return value <= 8 ? (int)value : 0;
}

/* A quotient of two longs; 0 if there is none. */
static double find_quotient(const uint8_t *tiff, size_t nbytes, uint32_t tag)
{
    const uint8_t *entry = find_entry(tiff, nbytes, tag);
    if (entry == NULL)
        return 0.0;
    bool big_endian = tiff[0] == 'M';
    size_t at = get32(entry + 8, big_endian);
    if (at > nbytes - 8 || get16(entry + 2, big_endian) != TYPE_RATIONAL)
        return 0.0;
    uint32_t divisor = get32(tiff + at + 4, big_endian);
    return divisor != 0 ? (double)get32(tiff + at, big_endian) / divisor : 0.0;
}

void cg_exif_resolution(const uint8_t *tiff, size_t nbytes, double dpi[2])
{
    uint32_t unit = find_number(tiff, nbytes, TAG_RESOLUTION_UNIT);
    for (uint32_t i = 0; i < 2; i++) {
        double dots = find_quotient(tiff, nbytes, TAG_X_RESOLUTION + i);
        dpi[i] = unit == 3 ? dots * CG_CM_PER_INCH : dots == 72.0 ? 0.0 : dots;
    }
}

static void swap_pixels(uint8_t *a, uint8_t *b, int channels)
{
    for (int c = 0; c < channels; c++) {
        uint8_t kept = a[c];
        a[c] = b[c];
        b[c] = kept;
    }
}

static void flip_left_right(struct cg_image *image)
{
    size_t channels = (size_t)image->channels, width = (size_t)image->width;
    for (size_t y = 0; y < (size_t)image->height; y++) {
        uint8_t *left = image->pixels + y * width * channels;
        uint8_t *right = left + (width - 1) * channels;
        for (; left < right; left += channels, right -= channels)
            swap_pixels(left, right, image->channels);
    }
}

static void flip_top_bottom(struct cg_image *image)
{
    size_t row_nbytes = (size_t)image->width * (size_t)image->channels;
    for (int y = 0; y < image->height / 2; y++) {
        uint8_t *top = image->pixels + (size_t)y * row_nbytes;
        uint8_t *bottom = image->pixels + (size_t)(image->height - 1 - y) * row_nbytes;
        for (size_t i = 0; i < row_nbytes; i++) {
            uint8_t kept = top[i];
            top[i] = bottom[i];
            bottom[i] = kept;
        }
    }
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* out (height columns, width rows) = image transposed, block by block. */
static void transpose_block(const struct cg_image *image, int x0, int y0, uint8_t *out)
{
    size_t channels = (size_t)image->channels;
    int x1 = least(x0 + BLOCK_PX, image->width), y1 = least(y0 + BLOCK_PX, image->height);
    for (int x = x0; x < x1; x++) {
        uint8_t *to = out + ((size_t)x * (size_t)image->height + (size_t)y0) * channels;
        const uint8_t *from =
            image->pixels + ((size_t)y0 * (size_t)image->width + (size_t)x) * channels;
        for (int y = y0; y < y1; y++) {
            for (size_t c = 0; c < channels; c++)
                to[c] = from[c];
            to += channels;
            from += (size_t)image->width * channels;
        }
    }
}

static enum cg_status transpose(struct cg_image *image, struct cg_error *error)
{
    struct cg_image out;
    enum cg_status status =
        cg_image_create(image->height, image->width, image->channels, &out, error);
    if (status != CG_OK)
        return status;
    for (int y = 0; y < image->height; y += BLOCK_PX)
        for (int x = 0; x < image->width; x += BLOCK_PX)
            transpose_block(image, x, y, out.pixels);
    cg_image_clear(image);
    *image = out;
    return CG_OK;
}

/* Each orientation is at most one transposition and then at most two flips. */
enum cg_status cg_image_turn_upright(struct cg_image *image, int orientation,
                                     struct cg_error *error)
{
    if (orientation >= 5) {
        enum cg_status status = transpose(image, error);
        if (status != CG_OK)
            return status;
    }
    if (orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7)
        flip_left_right(image);
    if (orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8)
        flip_top_bottom(image);
    return CG_OK;
}
