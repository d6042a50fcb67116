/* PNG and JPEG files put together byte by byte: see fixture_image.h. */
#include "unit/fixture_image.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        fputs("fixture: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    return memory;
}

struct cg_image fixture_read(const struct fixture_bytes *file,
                             const struct cg_image_read_options *options,
                             struct cg_image_extras *extras)
{
    struct cg_error error = {.text = ""};
    struct cg_image image;
    if (cg_image_decode(file->bytes, file->nbytes, options, &image, extras, &error) != CG_OK) {
        fprintf(stderr, "fixture: %s\n", error.text);
        exit(EXIT_FAILURE);
    }
    return image;
}

struct cg_image fixture_decode(const struct fixture_bytes *file, int channels)
{
    return fixture_read(file, &(struct cg_image_read_options){.channels = channels}, NULL);
}

struct cg_image fixture_take(struct fixture_bytes *file,
                             const struct cg_image_read_options *options,
                             struct cg_image_extras *extras)
{
    struct cg_image image = fixture_read(file, options, extras);
    free(file->bytes);
    *file = (struct fixture_bytes){0};
    return image;
}

size_t fixture_image_nbytes(const struct cg_image *image)
{
    return (size_t)image->width * (size_t)image->height * (size_t)image->channels;
}

void fixture_insert(struct fixture_bytes *file, size_t at, const void *bytes, size_t nbytes)
{
    file->bytes = must(realloc(file->bytes, file->nbytes + nbytes + 1));
    memmove(file->bytes + at + nbytes, file->bytes + at, file->nbytes - at);
    if (nbytes > 0)
        memcpy(file->bytes + at, bytes, nbytes);
    file->nbytes += nbytes;
}

void fixture_add(struct fixture_bytes *file, const void *bytes, size_t nbytes)
{
    fixture_insert(file, file->nbytes, bytes, nbytes);
}

static void add_byte(struct fixture_bytes *file, int value)
{
    uint8_t byte = (uint8_t)value;
    fixture_add(file, &byte, 1);
}

static void add16(struct fixture_bytes *file, uint32_t value)
{
    add_byte(file, value >> 8 & 255);
    add_byte(file, value & 255);
}

static void add32(struct fixture_bytes *file, uint32_t value)
{
    add16(file, value >> 16);
    add16(file, value & 0xffff);
}

/* ---- PNG ------------------------------------------------------------------------------------- */

void fixture_png_chunk(struct fixture_bytes *file, const char *type, const void *data,
                       size_t nbytes)
{
    add32(file, (uint32_t)nbytes);
    size_t start = file->nbytes;
    fixture_add(file, type, 4);
    fixture_add(file, data, nbytes);
    add32(file, libdeflate_crc32(0, file->bytes + start, nbytes + 4));
}

void fixture_png_begin(struct fixture_bytes *file, uint32_t width, uint32_t height, int depth,
                       int colour, bool interlaced)
{
    struct fixture_bytes header = {0};
    add32(&header, width);
    add32(&header, height);
    add_byte(&header, depth);
    add_byte(&header, colour);
    add16(&header, 0);
    add_byte(&header, interlaced);
    fixture_add(file, "\x89PNG\r\n\x1a\n", 8);
    fixture_png_chunk(file, "IHDR", header.bytes, header.nbytes);
    free(header.bytes);
}

void fixture_png_pixels(struct fixture_bytes *file, const void *raw, size_t nbytes)
{
    struct libdeflate_compressor *compressor = must(libdeflate_alloc_compressor(6));
    size_t bound = libdeflate_zlib_compress_bound(compressor, nbytes);
    uint8_t *data = must(malloc(bound));
    size_t length = libdeflate_zlib_compress(compressor, raw, nbytes, data, bound);
    fixture_png_chunk(file, "IDAT", data, length);
    free(data);
    libdeflate_free_compressor(compressor);
}

void fixture_png_end(struct fixture_bytes *file)
{
    fixture_png_chunk(file, "IEND", "", 0);
}

/* ---- JPEG ------------------------------------------------------------------------------------ */

/* Huffman-coded bits, a zero byte after each 0xff. */
struct bits {
    struct fixture_bytes *file;
    uint32_t held;
    int count;
};

static void add_bits(struct bits *bits, uint32_t value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        bits->held = bits->held << 1 | (value >> i & 1);
        if (++bits->count < 8)
            continue;
        add_byte(bits->file, (int)bits->held);
        if (bits->held == 0xff)
            add_byte(bits->file, 0);
        bits->held = 0;
        bits->count = 0;
    }
}

/* A DC difference, its size as a code of four bits; then, but in a progressive file's first scan,
 * the end of the block as a zero bit. */
static void add_block(struct bits *bits, int dc, bool progressive)
{
    int magnitude = abs(dc), size = 0;
    while (magnitude >> size != 0)
        size++;
    add_bits(bits, (uint32_t)size, 4);
    add_bits(bits, (uint32_t)(dc < 0 ? dc + (1 << size) - 1 : dc), size);
    if (!progressive)
        add_bits(bits, 0, 1);
}

static void add_segment(struct fixture_bytes *file, int marker, const void *data, size_t nbytes)
{
    add_byte(file, 0xff);
    add_byte(file, marker);
    add16(file, (uint32_t)nbytes + 2);
    fixture_add(file, data, nbytes);
}

static void add_tables(struct fixture_bytes *file)
{
    static const uint8_t dc[] = {0x00, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0,
                                 0,    0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
    static const uint8_t ac[] = {0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    uint8_t steps[65];
    memset(steps, 8, sizeof(steps)); /* so that a block's DC is its value less 128 */
    steps[0] = 0;
    add_segment(file, 0xdb, steps, sizeof(steps));
    add_segment(file, 0xc4, dc, sizeof(dc));
    add_segment(file, 0xc4, ac, sizeof(ac));
}

void fixture_jpeg(struct fixture_bytes *file, int components, const int *values, bool progressive,
                  int adobe_transform)
{
    struct fixture_bytes frame = {0}, scan = {0};
    fixture_add(&frame, "\x08\0\x08\0\x08", 5);
    add_byte(&frame, components);
    add_byte(&scan, components);
    for (int i = 0; i < components; i++) {
        const uint8_t component[] = {(uint8_t)(i + 1), 0x11, 0};
        fixture_add(&frame, component, 3);
        add_byte(&scan, i + 1);
        add_byte(&scan, 0);
    }
    fixture_add(&scan, progressive ? "\0\0\0" : "\0\x3f\0", 3);
    fixture_add(file, "\xff\xd8", 2);
    if (adobe_transform >= 0) {
        uint8_t adobe[] = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (uint8_t)adobe_transform};
        add_segment(file, 0xee, adobe, sizeof(adobe));
    }
    add_tables(file);
    add_segment(file, progressive ? 0xc2 : 0xc0, frame.bytes, frame.nbytes);
    add_segment(file, 0xda, scan.bytes, scan.nbytes);
    struct bits bits = {.file = file};
    for (int i = 0; i < components; i++)
        add_block(&bits, values[i] - 128, progressive);
    add_bits(&bits, 0x7f, 7);
    fixture_add(file, "\xff\xd9", 2);
    free(scan.bytes);
    free(frame.bytes);
}

/* ---- EXIF ------------------------------------------------------------------------------------ */

size_t fixture_exif(uint8_t *tiff, int orientation, bool big_endian)
{
    static const uint8_t big[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0,
                                  3,   0,   0, 0,  1, 0, 0, 0, 0, 0, 0, 0,    0};
    static const uint8_t little[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3,
                                     0,   1,   0,  0, 0, 0, 0, 0, 0, 0, 0,    0, 0};
    memcpy(tiff, big_endian ? big : little, sizeof(big));
    tiff[big_endian ? 19 : 18] = (uint8_t)orientation;
    return sizeof(big);
}

void fixture_jpeg_add_segment(struct fixture_bytes *file, int marker, const void *data,
                              size_t nbytes)
{
    struct fixture_bytes segment = {0};
    add_segment(&segment, marker, data, nbytes);
    fixture_insert(file, 2, segment.bytes, segment.nbytes);
    free(segment.bytes);
}

void fixture_jpeg_add_exif(struct fixture_bytes *file, int orientation, bool big_endian)
{
    uint8_t data[6 + 26] = "Exif\0";
    size_t nbytes = 6 + fixture_exif(data + 6, orientation, big_endian);
    fixture_jpeg_add_segment(file, 0xe1, data, nbytes);
}
