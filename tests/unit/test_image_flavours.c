/* image: every flavour of PNG and JPEG, sample by sample. */
#include "image/image.h"
#include "unit/fixture_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- PNG flavours ---------------------------------------------------------------------------- */

#define WIDTH 11
#define HEIGHT 9

/* Any sample of any depth: what a picture of WIDTH x HEIGHT holds. */
static int sample_at(int x, int y, int k, int depth)
{
    return (x * 5001 + y * 7919 + k * 2741 + x * y) & ((1 << depth) - 1);
}

/* Rows of every stride-th sample, each after filter type 0, as PNG packs them. */
static void add_rows(struct fixture_bytes *raw, const int *start, const int *step, int depth,
                     int samples)
{
    for (int y = start[1]; y < HEIGHT && start[0] < WIDTH; y += step[1]) {
        uint8_t row[1 + WIDTH * 8] = {0};
        int bit = 8;
        for (int x = start[0]; x < WIDTH; x += step[0])
            for (int k = 0; k < samples; k++, bit += depth) {
                int value = sample_at(x, y, k, depth);
                if (depth == 16) {
                    row[bit / 8] = (uint8_t)(value >> 8);
                    row[bit / 8 + 1] = (uint8_t)value;
                } else {
                    row[bit / 8] |= (uint8_t)(value << (8 - depth - bit % 8));
                }
            }
        fixture_add(raw, row, (size_t)(bit + 7) / 8);
    }
}

static void add_picture(struct fixture_bytes *file, int depth, int samples, bool interlaced)
{
    static const int adam7[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                    {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
    static const int whole[] = {0, 0, 1, 1};
    struct fixture_bytes raw = {0};
    for (int pass = 0; pass < (interlaced ? 7 : 1); pass++) {
        const int *grid = interlaced ? adam7[pass] : whole;
        add_rows(&raw, grid, grid + 2, depth, samples);
    }
    fixture_png_pixels(file, raw.bytes, raw.nbytes);
    fixture_png_end(file);
    free(raw.bytes);
}

static int to_8_bits(int value, int depth)
{
    int most = (1 << depth) - 1;
    return (value * 255 + most / 2) / most; /* to the nearest */
}

/* Grey, colour and either with alpha, by the samples; the value that tRNS names is clear. */
static void assert_samples(const struct cg_image *image, int depth, int samples, bool has_trns)
{
    bool grey = samples <= 2;
    int channels = has_trns || samples % 2 == 0 ? 4 : samples;
    assert_int_equal(image->channels, channels);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        int value[4] = {0, 0, 0, 255};
        bool clear = has_trns;
        for (int k = 0; k < samples; k++) {
            int sample = sample_at(i % WIDTH, i / WIDTH, k, depth);
            value[grey && k == 1 ? 3 : k] = to_8_bits(sample, depth);
            clear = clear && sample == sample_at(2, 1, k, depth);
        }
        if (grey)
            value[1] = value[2] = value[0];
        if (clear)
            value[3] = 0;
        for (int c = 0; c < channels; c++)
            assert_int_equal(image->pixels[i * channels + c], value[c]);
    }
}

static void add_trns(struct fixture_bytes *file, int depth, int samples)
{
    uint8_t data[6];
    for (int k = 0; k < samples; k++) {
        int value = sample_at(2, 1, k, depth);
        data[2 * k] = (uint8_t)(value >> 8);
        data[2 * k + 1] = (uint8_t)value;
    }
    fixture_png_chunk(file, "tRNS", data, 2 * (size_t)samples);
}

static void every_png_flavour_is_read(void **state)
{
    (void)state;
    static const int flavours[][3] = {{0, 1, 1},  {0, 2, 1}, {0, 4, 1},  {0, 8, 1},
                                      {0, 16, 1}, {2, 8, 3}, {2, 16, 3}, {4, 8, 2},
                                      {4, 16, 2}, {6, 8, 4}, {6, 16, 4}};
    for (size_t i = 0; i < 4 * sizeof(flavours) / sizeof(flavours[0]); i++) {
        int colour = flavours[i / 4][0], depth = flavours[i / 4][1], samples = flavours[i / 4][2];
        bool interlaced = i % 2 == 1, has_trns = i % 4 >= 2 && samples % 2 == 1;
        struct fixture_bytes file = {0};
        fixture_png_begin(&file, WIDTH, HEIGHT, depth, colour, interlaced);
        if (has_trns)
            add_trns(&file, depth, samples);
        add_picture(&file, depth, samples, interlaced);
        struct cg_image image = fixture_decode(&file, 0);
        assert_samples(&image, depth, samples, has_trns);
        cg_image_clear(&image);
        free(file.bytes);
    }
}

static void palettes_are_read(void **state)
{
    (void)state;
    for (int i = 0; i < 16; i++) {
        int depth = 1 << i % 4, entries = 1 << depth;
        bool interlaced = i & 4, has_trns = i & 8;
        uint8_t palette[768], alpha[256];
        for (int k = 0; k < 768; k++)
            palette[k] = (uint8_t)(k * 89 + 5);
        for (int k = 0; k < 256; k++)
            alpha[k] = (uint8_t)(255 - k);
        struct fixture_bytes file = {0};
        fixture_png_begin(&file, WIDTH, HEIGHT, depth, 3, interlaced);
        fixture_png_chunk(&file, "PLTE", palette, 3 * (size_t)entries);
        if (has_trns) /* fewer than the entries: the rest is opaque */
            fixture_png_chunk(&file, "tRNS", alpha, (size_t)entries / 2);
        add_picture(&file, depth, 1, interlaced);
        struct cg_image image = fixture_decode(&file, 0);
        assert_int_equal(image.channels, has_trns ? 4 : 3);
        for (int k = 0; k < WIDTH * HEIGHT; k++) {
            int index = sample_at(k % WIDTH, k / WIDTH, 0, depth);
            assert_memory_equal(image.pixels + k * image.channels, palette + 3 * index, 3);
            if (has_trns)
                assert_int_equal(image.pixels[4 * k + 3], index < entries / 2 ? 255 - index : 255);
        }
        cg_image_clear(&image);
        free(file.bytes);
    }
}

static void colours_beyond_the_palette_are_black(void **state)
{
    (void)state;
    static const uint8_t palette[] = {10, 20, 30};
    static const uint8_t row[] = {0, 0, 200};
    struct fixture_bytes file = {0};
    fixture_png_begin(&file, 2, 1, 8, 3, false);
    fixture_png_chunk(&file, "PLTE", palette, sizeof(palette));
    fixture_png_pixels(&file, row, sizeof(row));
    fixture_png_end(&file);
    struct cg_image image = fixture_decode(&file, 3);
    assert_memory_equal(image.pixels, "\x0a\x14\x1e\0\0\0", 6);
    cg_image_clear(&image);
    free(file.bytes);
}

static void transparency_is_laid_on_white(void **state)
{
    (void)state;
    static const uint8_t row[] = {0, 200, 100, 0, 255, 200, 100, 0, 0, 200, 100, 0, 51};
    static const uint8_t expected[] = {200, 100, 0, 255, 255, 255, 244, 224, 204};
    struct fixture_bytes file = {0};
    fixture_png_begin(&file, 3, 1, 8, 6, false);
    fixture_png_pixels(&file, row, sizeof(row));
    fixture_png_end(&file);
    struct cg_image image = fixture_decode(&file, 3);
    assert_int_equal(image.channels, 3);
    assert_memory_equal(image.pixels, expected, sizeof(expected));
    cg_image_clear(&image);
    image = fixture_decode(&file, 1);
    assert_int_equal(image.channels, 1);
    assert_memory_equal(image.pixels, "\x76\xff\xe3", 3); /* (77 r + 150 g + 29 b) / 256 */
    cg_image_clear(&image);
    free(file.bytes);
}

/* ---- JPEG flavours --------------------------------------------------------------------------- */

static void every_jpeg_colour_is_read(void **state)
{
    (void)state;
    static const struct {
        int components, adobe, values[4], red, green, blue;
    } known[] = {
        {1, -1, {77}, 77, 77, 77},
        {3, -1, {140, 128, 128}, 140, 140, 140},
        {3, 0, {10, 120, 250}, 10, 120, 250},       /* RGB */
        {4, 0, {51, 102, 255, 128}, 26, 51, 128},   /* CMYK, stored inverted */
        {4, 2, {55, 128, 128, 255}, 200, 200, 200}, /* YCCK */
        {4, 2, {155, 128, 128, 128}, 50, 50, 50},
    };
    for (size_t i = 0; i < 2 * sizeof(known) / sizeof(known[0]); i++) {
        struct fixture_bytes file = {0};
        fixture_jpeg(&file, known[i / 2].components, known[i / 2].values, i % 2 == 1,
                     known[i / 2].adobe);
        struct cg_image image = fixture_decode(&file, 0);
        assert_int_equal(image.width, 8);
        assert_int_equal(image.height, 8);
        assert_int_equal(image.channels, known[i / 2].components == 1 ? 1 : 3);
        for (size_t k = 0; k < fixture_image_nbytes(&image); k += (size_t)image.channels) {
            assert_int_equal(image.pixels[k], known[i / 2].red);
            if (image.channels == 3) {
                assert_int_equal(image.pixels[k + 1], known[i / 2].green);
                assert_int_equal(image.pixels[k + 2], known[i / 2].blue);
            }
        }
        cg_image_clear(&image);
        free(file.bytes);
    }
}

static void channels_are_converted(void **state)
{
    (void)state;
    const int grey[] = {77}, colour[] = {140, 128, 128};
    struct fixture_bytes file = {0};
    struct cg_error error;
    fixture_jpeg(&file, 1, grey, false, -1);
    struct cg_image image = fixture_decode(&file, 3);
    assert_int_equal(image.channels, 3);
    assert_memory_equal(image.pixels, "MMM", 3);
    cg_image_clear(&image);
    assert_int_equal(cg_image_decode(file.bytes, file.nbytes,
                                     &(struct cg_image_read_options){.channels = 4}, &image, NULL,
                                     &error),
                     CG_ERR_ARGUMENT);
    assert_null(image.pixels);
    free(file.bytes);
    file = (struct fixture_bytes){0};
    fixture_jpeg(&file, 3, colour, false, -1);
    image = fixture_decode(&file, 1);
    assert_int_equal(image.channels, 1);
    assert_int_equal(image.pixels[0], 140);
    cg_image_clear(&image);
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_png_flavour_is_read),
        cmocka_unit_test(palettes_are_read),
        cmocka_unit_test(colours_beyond_the_palette_are_black),
        cmocka_unit_test(transparency_is_laid_on_white),
        cmocka_unit_test(every_jpeg_colour_is_read),
        cmocka_unit_test(channels_are_converted),
    };
    return cmocka_run_group_tests_name("image flavours", tests, NULL, NULL);
}
