/* Seeds: pictures of every kind that PNG and JPEG have, and one or two of the others,
 * a few pixels each. */
#include "fuzz/seeds.h"
#include "image/image.h"
#include "unit/fixture_kinds.h"
#include "unit/fixture_profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#define SIDE_PX 24

static int sample_at(int i)
{
    return i * 37 + i / 13 * 5;
}

/* ---- PNG ------------------------------------------------------------------------------------- */

static void add_rows(struct fixture_bytes *file, int bits, int width, int height)
{
    struct fixture_bytes raw = {0};
    for (int y = 0; y < height; y++) {
        uint8_t row[1 + SIDE_PX * 8] = {(uint8_t)(y % 5)}; /* every filter */
        size_t nbytes = 1 + (size_t)(width * bits + 7) / 8;
        for (size_t i = 1; i < nbytes; i++)
            row[i] = (uint8_t)sample_at(y * 50 + (int)i);
        fixture_add(&raw, row, nbytes);
    }
    fixture_png_pixels(file, raw.bytes, raw.nbytes);
    free(raw.bytes);
}

/* The passes of an interlaced picture of 8 x 8, one after the other. */
static void add_passes(struct fixture_bytes *file, int bits)
{
    static const int sizes[7][2] = {{1, 1}, {1, 1}, {2, 1}, {2, 2}, {4, 2}, {4, 4}, {8, 4}};
    struct fixture_bytes raw = {0};
    for (int pass = 0; pass < 7; pass++)
        for (int y = 0; y < sizes[pass][1]; y++) {
            uint8_t row[1 + 8 * 8] = {(uint8_t)(y % 5), 1, 2, 3};
            fixture_add(&raw, row, 1 + (size_t)(sizes[pass][0] * bits + 7) / 8);
        }
    fixture_png_pixels(file, raw.bytes, raw.nbytes);
    free(raw.bytes);
}

static void save_png(int colour, int depth, bool interlaced, bool has_trns)
{
    static const int samples[] = {1, 0, 3, 1, 2, 0, 4};
    static const uint8_t trns[6] = {0, 1, 0, 1, 0, 1};
    uint8_t palette[3 * 256];
    char name[64];
    struct fixture_bytes file = {0};
    int side = interlaced ? 8 : SIDE_PX, bits = depth * samples[colour];
    for (int i = 0; i < 3 * 256; i++)
        palette[i] = (uint8_t)sample_at(i);
    fixture_png_begin(&file, (uint32_t)side, (uint32_t)side, depth, colour, interlaced);
    if (colour == 3)
        fixture_png_chunk(&file, "PLTE", palette, depth == 8 ? 3 * 200 : 6);
    if (has_trns)
        fixture_png_chunk(&file, "tRNS", trns, colour == 2 ? 6 : 2);
    if (interlaced)
        add_passes(&file, bits);
    else
        add_rows(&file, bits, side, side);
    fixture_png_end(&file);
    snprintf(name, sizeof(name), "%d-%d%s%s.png", colour, depth, interlaced ? "-interlaced" : "",
             has_trns ? "-clear" : "");
    seed_save("picture", name, &file);
}

static void save_pngs(void)
{
    static const int kinds[][2] = {{0, 1}, {0, 2}, {0, 4}, {0, 8}, {0, 16}, {2, 8}, {2, 16}, {3, 1},
                                   {3, 2}, {3, 4}, {3, 8}, {4, 8}, {4, 16}, {6, 8}, {6, 16}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        save_png(kinds[i][0], kinds[i][1], false, false);
        save_png(kinds[i][0], kinds[i][1], true, false);
        if (kinds[i][0] < 4)
            save_png(kinds[i][0], kinds[i][1], i % 2, true);
    }
}

/* What stands beside the pixels. */
static void save_png_with_all(void)
{
    static const uint8_t chromaticities[32] = {0, 0, 0x7a, 0x26, 0, 0, 0x80, 0x84, 0, 0, 0xfa, 0,
                                               0, 0, 0x80, 0xe8, 0, 0, 0x75, 0x30, 0, 0, 0xea, 0x60,
                                               0, 0, 0x3a, 0x98, 0, 0, 0x17, 0x70};
    uint8_t tiff[26];
    struct fixture_bytes file = {0}, profile = fixture_profile_p3();
    fixture_png_begin(&file, 8, 8, 8, 2, false);
    fixture_png_profile(&file, &profile);
    fixture_png_chunk(&file, "eXIf", tiff, fixture_exif(tiff, 6, true));
    add_rows(&file, 24, 8, 8);
    fixture_png_end(&file);
    seed_save("picture", "profile-exif.png", &file);
    fixture_png_begin(&file, 8, 8, 8, 6, false);
    fixture_png_chunk(&file, "gAMA", "\0\1\x86\xa0", 4);
    fixture_png_chunk(&file, "cHRM", chromaticities, sizeof(chromaticities));
    fixture_png_chunk(&file, "tEXt", "Comment\0none", 12);
    add_rows(&file, 32, 8, 4);
    fixture_png_end(&file);
    seed_save("picture", "gamma-cut.png", &file);
    fixture_png_begin(&file, 8, 8, 8, 6, false);
    fixture_png_chunk(&file, "gAMA", "\0\1\x86\xa0", 4);
    fixture_png_chunk(&file, "cHRM", chromaticities, sizeof(chromaticities));
    add_rows(&file, 32, 8, 8);
    fixture_png_end(&file);
    seed_save("picture", "gamma.png", &file);
    free(profile.bytes);
}

/* ---- JPEG ------------------------------------------------------------------------------------ */

struct jpeg_kind {
    const char *name;
    J_COLOR_SPACE from, to;
    int channels, across, down; /* sampling of the first component */
    int restart;                /* rows of blocks between markers; 0: none */
    bool is_progressive, is_arithmetic;
};

static void encode_jpeg(const struct jpeg_kind *kind, struct fixture_bytes *file)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long nbytes = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &nbytes);
    jpeg.image_width = jpeg.image_height = SIDE_PX;
    jpeg.input_components = kind->channels;
    jpeg.in_color_space = kind->from;
    jpeg_set_defaults(&jpeg);
    jpeg_set_colorspace(&jpeg, kind->to);
    jpeg_set_quality(&jpeg, 60, TRUE);
    jpeg.comp_info[0].h_samp_factor = kind->across;
    jpeg.comp_info[0].v_samp_factor = kind->down;
    jpeg.restart_in_rows = kind->restart;
    jpeg.arith_code = kind->is_arithmetic;
    if (kind->is_progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        uint8_t samples[SIDE_PX * 4];
        JSAMPROW row = samples;
        for (int i = 0; i < SIDE_PX * 4; i++)
            samples[i] = (uint8_t)sample_at((int)jpeg.next_scanline * 7 + i / 9);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    fixture_add(file, bytes, nbytes);
    free(bytes);
}

static void save_jpegs(void)
{
    static const struct jpeg_kind kinds[] = {
        {"grey.jpg", JCS_GRAYSCALE, JCS_GRAYSCALE, 1, 1, 1, 0, false, false},
        {"444.jpg", JCS_RGB, JCS_YCbCr, 3, 1, 1, 0, false, false},
        {"422.jpg", JCS_RGB, JCS_YCbCr, 3, 2, 1, 1, false, false},
        {"420.jpg", JCS_RGB, JCS_YCbCr, 3, 2, 2, 0, false, false},
        {"440.jpg", JCS_RGB, JCS_YCbCr, 3, 1, 2, 1, false, false},
        {"411.jpg", JCS_RGB, JCS_YCbCr, 3, 4, 1, 0, false, false},
        {"rgb.jpg", JCS_RGB, JCS_RGB, 3, 1, 1, 0, false, false},
        {"cmyk.jpg", JCS_CMYK, JCS_CMYK, 4, 1, 1, 0, false, false},
        {"ycck.jpg", JCS_CMYK, JCS_YCCK, 4, 2, 2, 0, true, false},
        {"progressive.jpg", JCS_RGB, JCS_YCbCr, 3, 2, 2, 0, true, false},
        {"progressive-grey.jpg", JCS_GRAYSCALE, JCS_GRAYSCALE, 1, 1, 1, 1, true, false},
        {"arithmetic.jpg", JCS_RGB, JCS_YCbCr, 3, 2, 2, 0, false, true},
        {"arithmetic-progressive.jpg", JCS_RGB, JCS_YCbCr, 3, 1, 1, 0, true, true},
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct fixture_bytes file = {0};
        encode_jpeg(&kinds[i], &file);
        seed_save("picture", kinds[i].name, &file);
    }
}

static void save_fixture_jpegs(void)
{
    static const int values[] = {90, 120, 140, 200};
    for (int i = 0; i < 4 * 4 * 2; i++) {
        int components = 1 + i / 2 % 4, adobe = i / 8 - 1;
        char name[64];
        struct fixture_bytes file = {0};
        if (components == 2)
            continue;
        fixture_jpeg(&file, components, values, i % 2, adobe);
        if (adobe == 1)
            fixture_jpeg_add_exif(&file, 1 + i % 8, i % 2);
        snprintf(name, sizeof(name), "block-%d%s%d.jpg", components, i % 2 ? "p" : "b", adobe);
        seed_save("picture", name, &file);
    }
    struct fixture_bytes file = {0}, profile = fixture_profile_p3();
    fixture_jpeg(&file, 3, values, false, -1);
    fixture_jpeg_add_profile(&file, &profile, 3, 0);
    fixture_jpeg_add_exif(&file, 8, false);
    seed_save("picture", "profile-exif.jpg", &file);
    free(profile.bytes);
}

/* ---- the kinds with a library of their own --------------------------------------------------- */

static void save(const char *name, struct fixture_bytes file)
{
    seed_save("picture", name, &file);
}

static void save_kinds(void)
{
    const struct fixture_extras none = {0};
    struct cg_image image;
    if (cg_image_create(SIDE_PX, SIDE_PX, 3, &image, NULL) != CG_OK)
        exit(EXIT_FAILURE);
    for (int i = 0; i < 3 * SIDE_PX * SIDE_PX; i++)
        image.pixels[i] = (uint8_t)sample_at(i);
#ifdef CG_WITH_HEIF
    save("picture.heic", fixture_heif(&image, false, &none));
    save("picture.avif", fixture_heif(&image, true, &none));
#endif
#ifdef CG_WITH_TIFF
    save("8-bits.tif", fixture_tiff(&image, 8, &none));
    save("16-bits.tif", fixture_tiff(&image, 16, &none));
#endif
#ifdef CG_WITH_GIF
    uint8_t indices[SIDE_PX * SIDE_PX];
    for (int i = 0; i < SIDE_PX * SIDE_PX; i++)
        indices[i] = (uint8_t)(sample_at(i) % 4);
    save("picture.gif", fixture_gif(&(struct fixture_gif){SIDE_PX, SIDE_PX, 0, 0, SIDE_PX, SIDE_PX,
                                                          1, true, indices}));
#endif
#ifdef CG_WITH_WEBP
    const struct cg_image_write_options still = {.format = CG_IMAGE_WEBP, .quality = 80};
    struct fixture_bytes file = {0};
    if (cg_image_encode(&image, &still, &file.bytes, &file.nbytes, NULL) != CG_OK)
        exit(EXIT_FAILURE);
    save("picture.webp", file);
    save("animation.webp", fixture_webp_animation(&image, &image));
#endif
    (void)none;
    (void)save;
    cg_image_clear(&image);
}

void seed_pictures(void)
{
    save_pngs();
    save_png_with_all();
    save_jpegs();
    save_fixture_jpegs();
    save_kinds();
}
