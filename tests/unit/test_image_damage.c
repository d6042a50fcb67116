/*
 * image: files that are against the rules or damaged, which browsers show: read as far as they go,
 * with a note where something is lost, and refused if strict.
 */
#include "image/image.h"
#include "unit/fixture_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jpeglib.h>

#define WIDTH 96
#define HEIGHT 64
#define DAMAGED "part of its picture data is missing or damaged"
#define ODD "its data break the format's rules, all pixels were read"
#define TRNS "its transparency (tRNS) is damaged or out of place and was left out"

/* It is read, with this note (NULL: any but none); and refused if strict, if there is a note. */
static struct cg_image assert_read(const struct fixture_bytes *file, const char *note)
{
    struct cg_image image, refused;
    struct cg_image_extras extras;
    struct cg_error error = {.text = ""};
    const struct cg_image_read_options strict = {.strict = true};
    if (cg_image_decode(file->bytes, file->nbytes, &(struct cg_image_read_options){0}, &image,
                        &extras, &error) != CG_OK)
        fail_msg("refused: %s", error.text);
    if (note != NULL)
        assert_string_equal(extras.note, note);
    assert_true(note != NULL || extras.note[0] != '\0');
    bool clean = extras.note[0] == '\0';
    assert_int_equal(cg_image_decode(file->bytes, file->nbytes, &strict, &refused, NULL, &error),
                     clean ? CG_OK : CG_ERR_FORMAT);
    if (!clean)
        assert_non_null(strstr(error.text, "expected a picture without damage, found that"));
    cg_image_clear(&refused);
    return image;
}

static void assert_file_read(struct fixture_bytes *file, const char *note)
{
    struct cg_image image = assert_read(file, note);
    cg_image_clear(&image);
    free(file->bytes);
    *file = (struct fixture_bytes){0};
}

/* ---- JPEG ------------------------------------------------------------------------------------ */

enum kind { BASELINE, PROGRESSIVE, RESTARTS, ARITHMETIC, KINDS };

/* A colourful picture as libjpeg writes it. */
static struct fixture_bytes make_jpeg(enum kind kind)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long nbytes = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &nbytes);
    jpeg.image_width = WIDTH;
    jpeg.image_height = HEIGHT;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 90, TRUE);
    if (kind == PROGRESSIVE)
        jpeg_simple_progression(&jpeg);
    if (kind == RESTARTS)
        jpeg.restart_interval = 4;
    jpeg.arith_code = kind == ARITHMETIC;
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < HEIGHT; y++) {
        uint8_t row[3 * WIDTH];
        JSAMPROW rows[] = {row};
        for (int x = 0; x < 3 * WIDTH; x++)
            row[x] = (uint8_t)((x * x / 9 + y * 5 + (x * y) / 7) & 255);
        jpeg_write_scanlines(&jpeg, rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    struct fixture_bytes file = {0};
    fixture_add(&file, bytes, nbytes);
    free(bytes);
    return file;
}

static size_t find(const struct fixture_bytes *file, int marker)
{
    size_t at = 0;
    while (file->bytes[at] != 0xff || file->bytes[at + 1] != marker)
        at++;
    return at;
}

static size_t segment_nbytes(const struct fixture_bytes *file, size_t at)
{
    return 2 + ((size_t)file->bytes[at + 2] << 8) + file->bytes[at + 3];
}

/* Where the first scan's data begin. */
static size_t find_data(const struct fixture_bytes *file)
{
    size_t at = find(file, 0xda);
    return at + segment_nbytes(file, at);
}

static void sound_jpegs_have_no_note(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        struct fixture_bytes file = make_jpeg((enum kind)kind);
        assert_file_read(&file, "");
    }
}

/* Bytes put in at places where libjpeg passes over them. */
static void stray_bytes_cost_no_pixel(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t nbytes;
        bool at_end;
        const char *note;
    } known[] = {
        {"\xff\xd1", 2, true, ""},      {"\xff\x01", 2, true, ""},
        {"\xff\0", 2, false, ODD},      {"\xff\xdc\0\4\0\x40", 6, false, ""},
        {"\xff\xfe\0\0", 4, false, ""}, {"\xff\xe5\0\1", 4, false, ""},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct fixture_bytes file = make_jpeg(BASELINE);
        struct cg_image good = assert_read(&file, "");
        fixture_insert(&file, known[i].at_end ? file.nbytes - 2 : find(&file, 0xdb), known[i].bytes,
                       known[i].nbytes);
        struct cg_image image = assert_read(&file, known[i].note);
        assert_int_equal(fixture_image_nbytes(&image), fixture_image_nbytes(&good));
        cg_image_clear(&image);
        cg_image_clear(&good);
        free(file.bytes);
    }
}

static void odd_scan_parameters_are_read(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct fixture_bytes file = make_jpeg(BASELINE);
        file.bytes[find_data(&file) - (i == 0 ? 3 : 1)] = 1; /* Ss; Ah, Al */
        assert_file_read(&file, ODD);
    }
}

/* As from webcams, which leave the standard's tables out. */
static void huffman_tables_may_be_left_out(void **state)
{
    (void)state;
    struct fixture_bytes file = make_jpeg(BASELINE);
    struct cg_image good = assert_read(&file, "");
    while (find(&file, 0xc4) < find(&file, 0xda)) {
        size_t at = find(&file, 0xc4), nbytes = segment_nbytes(&file, at);
        memmove(file.bytes + at, file.bytes + at + nbytes, file.nbytes - at - nbytes);
        file.nbytes -= nbytes;
        fixture_add(&file, "\xff\xc4", 2); /* so that the search ends */
    }
    struct cg_image image = assert_read(&file, "");
    for (size_t i = 0; i < fixture_image_nbytes(&good); i++)
        assert_true(abs(good.pixels[i] - image.pixels[i]) <= 40); /* other decoder's chroma */
    cg_image_clear(&image);
    cg_image_clear(&good);
    free(file.bytes);
}

/* Whatever byte of the data is changed. */
static void one_changed_byte_loses_no_picture(void **state)
{
    (void)state;
    for (int kind = 0; kind <= RESTARTS; kind++) {
        struct fixture_bytes file = make_jpeg((enum kind)kind);
        int noted = 0;
        for (size_t at = find_data(&file) + 8; at < file.nbytes - 2; at += 3) {
            struct cg_image image;
            struct cg_image_extras extras;
            struct cg_error error;
            uint8_t kept = file.bytes[at];
            file.bytes[at] = at % 2 == 0 ? 0xff : (uint8_t)(kept ^ 0x55);
            if (cg_image_decode(file.bytes, file.nbytes, &(struct cg_image_read_options){0}, &image,
                                &extras, &error) != CG_OK)
                fail_msg("kind %d, byte %zu of %zu: %s", kind, at, file.nbytes, error.text);
            noted += extras.note[0] != '\0';
            cg_image_clear(&image);
            file.bytes[at] = kept;
        }
        assert_true(noted > 20);
        free(file.bytes);
    }
}

static void a_lost_restart_marker_is_noted(void **state)
{
    (void)state;
    struct fixture_bytes file = make_jpeg(RESTARTS);
    size_t at = find(&file, 0xd1);
    memmove(file.bytes + at, file.bytes + at + 2, file.nbytes - at - 2);
    file.nbytes -= 2;
    assert_file_read(&file, DAMAGED);
}

static void short_and_surplus_data_are_noted(void **state)
{
    (void)state;
    for (int kind = 0; kind <= RESTARTS; kind++) {
        struct fixture_bytes file = make_jpeg((enum kind)kind);
        memmove(file.bytes + file.nbytes - 42, file.bytes + file.nbytes - 2, 2);
        file.nbytes -= 40;
        assert_file_read(&file, DAMAGED);
        file = make_jpeg((enum kind)kind);
        fixture_insert(&file, file.nbytes - 2, "\x5a\xa5\x5a\xa5\x5a\xa5\x5a\xa5", 8);
        assert_file_read(&file, ODD);
    }
}

/* Without its end marker, with and without something behind; but not with pixels missing. */
static void the_end_marker_may_be_missing(void **state)
{
    (void)state;
    static const char note[] = "its end marker is missing, all pixels are there";
    for (int kind = 0; kind <= RESTARTS; kind++) {
        struct fixture_bytes file = make_jpeg((enum kind)kind);
        struct cg_image image;
        file.nbytes -= 2;
        assert_file_read(&file, note);
        file = make_jpeg((enum kind)kind);
        file.nbytes -= 2;
        fixture_add(&file,
                    "\0\0\0\x18"
                    "ftypmp42",
                    12);
        image = assert_read(&file, NULL);
        cg_image_clear(&image);
        file.nbytes -= 60;
        assert_int_equal(cg_image_decode(file.bytes, file.nbytes,
                                         &(struct cg_image_read_options){0}, &image, NULL, NULL),
                         CG_ERR_FORMAT);
        free(file.bytes);
    }
}

/* libjpeg's rules: RGB only without a JFIF marker and without another word from Adobe. */
static void names_of_components_do_not_make_rgb(void **state)
{
    (void)state;
    static const uint8_t names[][3] = {{'R', 'G', 'B'}, {1, 1, 1}};
    static const uint8_t adobe[] = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 1};
    for (int i = 0; i < 3; i++) {
        struct fixture_bytes file = make_jpeg(BASELINE);
        struct cg_image good = assert_read(&file, "");
        size_t frame = find(&file, 0xc0) + 10, scan = find(&file, 0xda) + 5;
        for (size_t k = 0; k < 3; k++)
            file.bytes[frame + 3 * k] = file.bytes[scan + 2 * k] = names[i == 2][k];
        if (i == 1) {
            memmove(file.bytes + 2, file.bytes + 20, file.nbytes - 20); /* JFIF's segment */
            file.nbytes -= 18;
            fixture_jpeg_add_segment(&file, 0xee, adobe, sizeof(adobe));
        }
        struct cg_image image = assert_read(&file, "");
        for (size_t k = 0; k < fixture_image_nbytes(&good); k++)
            assert_true(abs(good.pixels[k] - image.pixels[k]) <= 40);
        cg_image_clear(&image);
        cg_image_clear(&good);
        free(file.bytes);
    }
}

/* ---- PNG ------------------------------------------------------------------------------------- */

/* 2 x 2 pixels of a colour type, with one more chunk and bytes more than the pixels take. */
static struct fixture_bytes make_png(int colour, const char *type, size_t nbytes, bool after_plte,
                                     size_t surplus)
{
    static const uint8_t raw[1000], data[800];
    static const size_t samples[] = {1, 0, 3, 1, 2, 0, 4};
    struct fixture_bytes file = {0};
    fixture_png_begin(&file, 2, 2, 8, colour, false);
    if (type != NULL && !after_plte)
        fixture_png_chunk(&file, type, data, nbytes);
    if (colour == 3)
        fixture_png_chunk(&file, "PLTE", data, 6);
    if (type != NULL && after_plte)
        fixture_png_chunk(&file, type, data, nbytes);
    fixture_png_pixels(&file, raw, 2 * (1 + 2 * samples[colour]) + surplus);
    fixture_png_end(&file);
    return file;
}

static void chunks_that_do_not_fit_are_left_out(void **state)
{
    (void)state;
    static const struct {
        int colour;
        const char *type;
        size_t nbytes;
        bool after_plte;
        int channels;
        const char *note;
    } known[] = {
        {6, "tRNS", 6, true, 4, TRNS},
        {4, "tRNS", 2, true, 4, TRNS},
        {3, "tRNS", 2, false, 3, TRNS},
        {3, "tRNS", 3, true, 3, TRNS},
        {3, "tRNS", 0, true, 3, TRNS},
        {2, "tRNS", 5, true, 3, TRNS},
        {0, "tRNS", 6, true, 1, TRNS},
        {3, "tRNS", 2, true, 4, ""},
        {2, "PLTE", 5, true, 3, "it has a palette (PLTE) that makes no sense, left out"},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct fixture_bytes file =
            make_png(known[i].colour, known[i].type, known[i].nbytes, known[i].after_plte, 0);
        struct cg_image image = assert_read(&file, known[i].note);
        assert_int_equal(image.channels, known[i].channels);
        cg_image_clear(&image);
        free(file.bytes);
    }
}

static void surplus_png_data_are_noted(void **state)
{
    (void)state;
    for (int colour = 0; colour <= 6; colour += 2) {
        struct fixture_bytes file = make_png(colour, NULL, 0, false, 900);
        assert_file_read(&file, ODD);
    }
    struct fixture_bytes file = make_png(2, NULL, 0, false, 0);
    fixture_png_chunk(&file, "IDAT", "surplus", 7); /* after IEND: nobody looks */
    assert_file_read(&file, "");
}

/* A small file that would inflate to sixteen megabytes. */
static void surplus_without_end_costs_nothing(void **state)
{
    (void)state;
    uint8_t *zeros = calloc(1, 1 << 24);
    assert_non_null(zeros);
    struct fixture_bytes file = {0};
    fixture_png_begin(&file, 4, 4, 8, 0, false);
    fixture_png_pixels(&file, zeros, 1 << 24);
    fixture_png_end(&file);
    free(zeros);
    assert_file_read(&file, ODD);
}

static void the_end_of_a_png_may_be_missing(void **state)
{
    (void)state;
    for (size_t cut = 1; cut <= 12; cut++) {
        struct fixture_bytes file = make_png(6, NULL, 0, false, 0);
        file.nbytes -= cut;
        assert_file_read(&file, "its end (IEND) is missing or damaged");
    }
}

/* ---- what is said in text, or not read ------------------------------------------------------- */

/* A picture twice as wide as high, upright only when it is turned; the chunk says so. */
static void assert_turned(const char *type, const void *data, size_t nbytes)
{
    static const uint8_t raw[2 * 5];
    struct fixture_bytes file = {0};
    fixture_png_begin(&file, 4, 2, 8, 0, false);
    fixture_png_chunk(&file, type, data, nbytes);
    fixture_png_pixels(&file, raw, sizeof(raw));
    fixture_png_end(&file);
    struct cg_image image = assert_read(&file, "");
    assert_int_equal(image.width, 2);
    assert_int_equal(image.height, 4);
    cg_image_clear(&image);
    free(file.bytes);
}

static void orientation_is_read_from_text(void **state)
{
    (void)state;
    static const char xmp[] = "XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation=\"6\"/>";
    static const char element[] =
        "XML:com.adobe.xmp\0\0\0\0\0<tiff:Orientation>8</tiff:Orientation>";
    static const char raw[] = "Raw profile type exif\0\nexif\n      32\n"
                              "4578696600004d4d002a00000008000101120003\n"
                              "000000010006000000000000\n";
    static const uint8_t as_long[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0,
                                      4,   0,   0, 0,  1, 0, 0, 0, 6, 0, 0, 0,    0};
    assert_turned("iTXt", xmp, sizeof(xmp) - 1);
    assert_turned("iTXt", element, sizeof(element) - 1);
    assert_turned("tEXt", raw, sizeof(raw) - 1);
    assert_turned("eXIf", as_long, sizeof(as_long));
}

static void xmp_turns_a_jpeg(void **state)
{
    (void)state;
    static const char xmp[] = "http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation='5'/>";
    struct fixture_bytes file = make_jpeg(BASELINE);
    fixture_jpeg_add_segment(&file, 0xe1, xmp, sizeof(xmp) - 1);
    struct cg_image image = assert_read(&file, "");
    assert_int_equal(image.width, HEIGHT);
    cg_image_clear(&image);
    free(file.bytes);
}

static void colours_by_cicp_are_noted(void **state)
{
    (void)state;
    static const uint8_t said[][4] = {{1, 13, 0, 1}, {9, 16, 0, 1}};
    for (int i = 0; i < 2; i++) {
        static const uint8_t raw[2];
        struct fixture_bytes file = {0};
        struct cg_image image;
        struct cg_image_extras extras;
        fixture_png_begin(&file, 1, 1, 8, 0, false);
        fixture_png_chunk(&file, "cICP", said[i], 4);
        fixture_png_pixels(&file, raw, sizeof(raw));
        fixture_png_end(&file);
        assert_int_equal(cg_image_decode(file.bytes, file.nbytes,
                                         &(struct cg_image_read_options){.strict = true}, &image,
                                         &extras, NULL),
                         CG_OK);
        assert_string_equal(extras.note, i == 0 ? "" : "its colours as said by cICP are not read");
        cg_image_clear(&image);
        free(file.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_jpegs_have_no_note),
        cmocka_unit_test(stray_bytes_cost_no_pixel),
        cmocka_unit_test(odd_scan_parameters_are_read),
        cmocka_unit_test(huffman_tables_may_be_left_out),
        cmocka_unit_test(one_changed_byte_loses_no_picture),
        cmocka_unit_test(a_lost_restart_marker_is_noted),
        cmocka_unit_test(short_and_surplus_data_are_noted),
        cmocka_unit_test(the_end_marker_may_be_missing),
        cmocka_unit_test(names_of_components_do_not_make_rgb),
        cmocka_unit_test(chunks_that_do_not_fit_are_left_out),
        cmocka_unit_test(surplus_png_data_are_noted),
        cmocka_unit_test(surplus_without_end_costs_nothing),
        cmocka_unit_test(the_end_of_a_png_may_be_missing),
        cmocka_unit_test(orientation_is_read_from_text),
        cmocka_unit_test(xmp_turns_a_jpeg),
        cmocka_unit_test(colours_by_cicp_are_noted),
    };
    return cmocka_run_group_tests_name("image damage", tests, NULL, NULL);
}
