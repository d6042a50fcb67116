/* image: files that cannot be read, each with a status and a line that says why. */
#include "base/file_writer.h"
#include "image/image.h"
#include "unit/fixture.h"
#include "unit/fixture_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Decoding fails with this status and one line that has these words and names what was expected. */
static void assert_refused(const void *bytes, size_t nbytes, enum cg_status status,
                           const char *words)
{
    struct cg_error error = {.text = ""};
    struct cg_image image;
    uint8_t *exact = malloc(nbytes + (nbytes == 0)); /* so that reading past the end is seen */
    assert_non_null(exact);
    memcpy(exact, bytes, nbytes);
    enum cg_status got = cg_image_decode(
        exact, nbytes, &(struct cg_image_read_options){.channels = 3}, &image, NULL, &error);
    free(exact);
    assert_null(image.pixels);
    if (got != status || strstr(error.text, words) == NULL ||
        strstr(error.text, "expected") == NULL)
        fail_msg("expected %s with '%s', got %s: %s", cg_status_name(status), words,
                 cg_status_name(got), error.text);
}

static void assert_file_refused(struct fixture_bytes *file, enum cg_status status,
                                const char *words)
{
    assert_refused(file->bytes, file->nbytes, status, words);
    free(file->bytes);
    *file = (struct fixture_bytes){0};
}

static void other_formats_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t nbytes;
        enum cg_status status;
        const char *words;
    } known[] = {
        {"", 0, CG_ERR_FORMAT, "an empty file"},
        {"\0\0\0\0\0\0\0\0\0\0\0\0", 12, CG_ERR_FORMAT, "none of a known kind"},
        {"G", 1, CG_ERR_FORMAT, "none of a known kind"},
        {"8BPS\0\x01", 6, CG_ERR_UNSUPPORTED, "a Photoshop picture"},
        {"\0\0\0\x18"
         "ftypisom\0\0",
         14, CG_ERR_UNSUPPORTED, "a video"},
        {"BM6\0\0\0", 6, CG_ERR_UNSUPPORTED, "a BMP picture"},
        {"%PDF-1.7", 8, CG_ERR_UNSUPPORTED, "a PDF document"},
        {"<!DOCTYPE html>", 15, CG_ERR_UNSUPPORTED, "an HTML page"},
        {"<svg xmlns=", 11, CG_ERR_UNSUPPORTED, "an SVG drawing"},
        {"\x89PNG\n\x1a\n\0\0", 9, CG_ERR_FORMAT, "signature"},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        assert_refused(known[i].bytes, known[i].nbytes, known[i].status, known[i].words);
}

/* A grey PNG, 4 x 4 of 8 bits. */
static struct fixture_bytes good_png(void)
{
    static const uint8_t raw[4 * 5];
    struct fixture_bytes file = {0};
    fixture_png_begin(&file, 4, 4, 8, 0, false);
    fixture_png_pixels(&file, raw, sizeof(raw));
    fixture_png_end(&file);
    return file;
}

static struct fixture_bytes good_jpeg(int components)
{
    static const int values[] = {100, 110, 120, 130};
    struct fixture_bytes file = {0};
    fixture_jpeg(&file, components, values, false, components == 4 ? 0 : -1);
    return file;
}

/* Where the JPEG's segment with this marker begins. */
static size_t find_marker(const struct fixture_bytes *file, int marker)
{
    size_t at = 0;
    while (file->bytes[at] != 0xff || file->bytes[at + 1] != marker)
        at++;
    return at;
}

static void cut_off_files_are_refused(void **state)
{
    (void)state;
    struct fixture_bytes files[] = {good_png(), good_jpeg(1), good_jpeg(3)};
    for (size_t i = 0; i < 3; i++) {
        size_t end_nbytes = i == 0 ? 12 : 2; /* without its end alone it is read */
        for (size_t nbytes = 8; nbytes < files[i].nbytes - end_nbytes; nbytes++)
            assert_refused(files[i].bytes, nbytes, CG_ERR_FORMAT, "cut off after");
        struct cg_image image;
        fixture_add(&files[i], "more", 4); /* what follows the end does not matter */
        assert_int_equal(cg_image_decode(files[i].bytes, files[i].nbytes,
                                         &(struct cg_image_read_options){0}, &image, NULL, NULL),
                         CG_OK);
        cg_image_clear(&image);
        free(files[i].bytes);
    }
}

/* Refused, or from IEND on read with a note, and refused if strict. */
static void changed_png_bytes_are_noticed(void **state)
{
    (void)state;
    struct fixture_bytes file = good_png();
    for (size_t at = 8; at < file.nbytes; at++) {
        bool in_end = at >= file.nbytes - 12;
        for (int strict = 0; strict <= 1; strict++) {
            struct cg_error error;
            struct cg_image image;
            struct cg_image_extras extras;
            file.bytes[at] ^= 0x10;
            enum cg_status status = cg_image_decode(
                file.bytes, file.nbytes, &(struct cg_image_read_options){.strict = strict}, &image,
                &extras, &error);
            assert_int_equal(status, in_end && !strict ? CG_OK : CG_ERR_FORMAT);
            if (status == CG_OK)
                assert_string_equal(extras.note, "its end (IEND) is missing or damaged");
            cg_image_clear(&image);
            file.bytes[at] ^= 0x10;
        }
    }
    free(file.bytes);
}

static void impossible_png_headers_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t width, height;
        int depth, colour;
        enum cg_status status;
        const char *words;
    } known[] = {
        {0, 4, 8, 0, CG_ERR_FORMAT, "0 x 4"},
        {4, 4, 8, 1, CG_ERR_FORMAT, "type 1 with 8 bits"},
        {4, 4, 8, 7, CG_ERR_FORMAT, "type 7"},
        {4, 4, 4, 2, CG_ERR_FORMAT, "type 2 with 4 bits"},
        {4, 4, 16, 3, CG_ERR_FORMAT, "type 3 with 16 bits"},
        {4, 4, 8, 3, CG_ERR_FORMAT, "a palette, found none"},
        {60000, 60000, 8, 2, CG_ERR_LIMIT, "60000 x 60000"},
        {65536, 1, 8, 2, CG_ERR_LIMIT, "sides of at most 65535"},
        {0x7fffffff, 0x7fffffff, 8, 2, CG_ERR_LIMIT, "2147483647"},
        {20000, 13000, 8, 6, CG_ERR_FORMAT, "found only"},
        {4, 5, 8, 0, CG_ERR_FORMAT, "found it damaged"},
    };
    static const uint8_t raw[4 * 5];
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct fixture_bytes file = {0};
        fixture_png_begin(&file, known[i].width, known[i].height, known[i].depth, known[i].colour,
                          false);
        fixture_png_pixels(&file, raw, sizeof(raw));
        fixture_png_end(&file);
        assert_file_refused(&file, known[i].status, known[i].words);
    }
}

static void impossible_png_chunks_are_refused(void **state)
{
    (void)state;
    static const uint8_t raw[4 * 5];
    static const struct {
        int colour;
        const char *before, *type;
        size_t nbytes;
        enum cg_status status;
        const char *words;
    } known[] = {
        {3, NULL, "PLTE", 0, CG_ERR_FORMAT, "PLTE chunk, found an impossible size"},
        {3, NULL, "PLTE", 769, CG_ERR_FORMAT, "PLTE chunk, found an impossible size"},
        {3, "PLTE", "PLTE", 3, CG_ERR_FORMAT, "PLTE chunk, found it repeated"},
        {0, NULL, "ABCD", 2, CG_ERR_FORMAT, "an unknown ABCD chunk"},
        {0, NULL, "IEND", 0, CG_ERR_FORMAT, "no IDAT chunk"},
    };
    static const uint8_t data[769];
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct fixture_bytes file = {0};
        fixture_png_begin(&file, 4, 4, 8, known[i].colour, false);
        if (known[i].before != NULL)
            fixture_png_chunk(&file, known[i].before, data, 3);
        fixture_png_chunk(&file, known[i].type, data, known[i].nbytes);
        fixture_png_pixels(&file, raw, sizeof(raw));
        fixture_png_end(&file);
        assert_file_refused(&file, known[i].status, known[i].words);
    }
    struct fixture_bytes apple = {0};
    fixture_add(&apple, "\x89PNG\r\n\x1a\n", 8);
    fixture_png_chunk(&apple, "CgBI", data, 4);
    assert_file_refused(&apple, CG_ERR_UNSUPPORTED, "CgBI");
}

static void damaged_png_data_are_refused(void **state)
{
    (void)state;
    static const uint8_t zlib[] = {0x78, 0x01, 0x07, 0x02, 0, 0xfd, 0xff, 0, 7, 1, 2, 3, 4};
    static const uint8_t bad_filter[] = {9, 7};
    struct fixture_bytes file = {0};
    fixture_png_begin(&file, 1, 1, 8, 0, false);
    fixture_png_chunk(&file, "IDAT", zlib, sizeof(zlib));
    fixture_png_end(&file);
    assert_file_refused(&file, CG_ERR_FORMAT, "found it damaged");
    fixture_png_begin(&file, 1, 1, 8, 0, false);
    fixture_png_pixels(&file, bad_filter, sizeof(bad_filter));
    fixture_png_end(&file);
    assert_file_refused(&file, CG_ERR_FORMAT, "found it damaged");
}

static void jpeg_codings_are_named(void **state)
{
    (void)state;
    static const struct {
        int marker;
        const char *words;
    } known[] = {{0xc3, "lossless coding"},
                 {0xc5, "hierarchical coding"},
                 {0xc7, "hierarchical coding"},
                 {0xcb, "lossless arithmetic coding"},
                 {0xcf, "hierarchical arithmetic coding"}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct fixture_bytes file = good_jpeg(3);
        file.bytes[find_marker(&file, 0xc0) + 1] = (uint8_t)known[i].marker;
        assert_file_refused(&file, CG_ERR_UNSUPPORTED, known[i].words);
    }
}

/* A good JPEG with one byte of its frame header changed. */
static void impossible_jpeg_frames_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        int value;
        enum cg_status status;
        const char *words;
    } known[] = {
        {3, 12, CG_ERR_FORMAT, "wrong length"},
        {4, 12, CG_ERR_UNSUPPORTED, "8 bits, found 12"},
        {6, 0, CG_ERR_UNSUPPORTED, "height in the header"},
        {8, 0, CG_ERR_FORMAT, "0 x 8"},
        {5, 200, CG_ERR_FORMAT, "found only"},
        {9, 4, CG_ERR_FORMAT, "wrong length"},
        {11, 0x01, CG_ERR_FORMAT, "sampling factors of 1 to 4, found 0"},
        {11, 0x15, CG_ERR_FORMAT, "sampling factors of 1 to 4, found 5"},
        {12, 9, CG_ERR_FORMAT, "found it damaged"},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct fixture_bytes file = good_jpeg(3);
        file.bytes[find_marker(&file, 0xc0) + known[i].at] = (uint8_t)known[i].value;
        assert_file_refused(&file, known[i].status, known[i].words);
    }
    struct fixture_bytes file = good_jpeg(3);
    size_t frame = find_marker(&file, 0xc0);
    file.bytes[frame + 11] = 0x31;
    file.bytes[frame + 14] = 0x21;
    assert_file_refused(&file, CG_ERR_UNSUPPORTED, "found 3 and 2");
    file = good_jpeg(3);
    memset(file.bytes + find_marker(&file, 0xc0) + 5, 0xea, 4);
    assert_file_refused(&file, CG_ERR_LIMIT, "60138 x 60138");
}

static void impossible_jpeg_segments_are_refused(void **state)
{
    (void)state;
    struct fixture_bytes file = good_jpeg(2);
    assert_file_refused(&file, CG_ERR_UNSUPPORTED, "1, 3 or 4 colour components, found 2");
    file = good_jpeg(4);
    file.bytes[find_marker(&file, 0xee) + 15] = 1;
    assert_file_refused(&file, CG_ERR_UNSUPPORTED, "four inks");
    file = good_jpeg(1);
    memset(file.bytes + find_marker(&file, 0xc4) + 5, 255, 16);
    assert_file_refused(&file, CG_ERR_FORMAT, "found it damaged");
    file = good_jpeg(1);
    uint8_t frame[13];
    memcpy(frame, file.bytes + find_marker(&file, 0xc0), sizeof(frame));
    fixture_insert(&file, 2, frame, sizeof(frame));
    assert_file_refused(&file, CG_ERR_FORMAT, "a second");
    file = good_jpeg(1);
    file.bytes[find_marker(&file, 0xc0) + 1] = 0xe5;
    assert_file_refused(&file, CG_ERR_FORMAT, "frame header before the pixels");
    fixture_add(&file, "\xff\xd8\xff\xd9", 4);
    assert_file_refused(&file, CG_ERR_FORMAT, "no scan");
}

static void a_jpeg_of_endless_scans_is_refused(void **state)
{
    (void)state;
    const int value = 9;
    struct fixture_bytes file = {0};
    fixture_jpeg(&file, 1, &value, true, -1);
    size_t scan = find_marker(&file, 0xda), nbytes = file.nbytes - 2 - scan;
    for (int i = 0; i < 200; i++) {
        uint8_t copy[64];
        assert_true(nbytes <= sizeof(copy));
        memcpy(copy, file.bytes + scan, nbytes);
        fixture_insert(&file, scan, copy, nbytes);
    }
    assert_file_refused(&file, CG_ERR_LIMIT, "at most 200 scans");
}

/* Stop marker after half of the data: read as far as it goes, and said so. */
static void a_jpeg_with_a_hole_is_noted(void **state)
{
    (void)state;
    struct cg_image picture, image;
    struct cg_image_extras extras;
    struct fixture_bytes file = {0};
    const struct cg_image_write_options options = {.format = CG_IMAGE_JPEG, .quality = 95};
    assert_int_equal(cg_image_create(64, 64, 3, &picture, NULL), CG_OK);
    for (int i = 0; i < 64 * 64 * 3; i++)
        picture.pixels[i] = (uint8_t)(i * i / 7);
    assert_int_equal(cg_image_encode(&picture, &options, &file.bytes, &file.nbytes, NULL), CG_OK);
    for (int cut = 0; cut <= 1; cut++) {
        size_t nbytes = cut ? file.nbytes / 2 : file.nbytes;
        if (cut)
            memcpy(file.bytes + nbytes - 3, "\0\xff\xd9", 3);
        assert_int_equal(cg_image_decode(file.bytes, nbytes, &(struct cg_image_read_options){0},
                                         &image, &extras, NULL),
                         CG_OK);
        assert_string_equal(extras.note,
                            cut ? "part of its picture data is missing or damaged" : "");
        cg_image_clear(&image);
    }
    cg_image_clear(&picture);
    free(file.bytes);
}

static void reading_names_the_file(void **state)
{
    (void)state;
    char folder[64], path[128], expected[256];
    struct cg_error error;
    struct cg_image image;
    fixture_make_folder(folder);
    snprintf(path, sizeof(path), "%s/a.png", folder);
    assert_int_equal(cg_image_read(path, &(struct cg_image_read_options){0}, &image, NULL, &error),
                     CG_ERR_IO);
    snprintf(expected, sizeof(expected), "reading %s: no such file or folder", path);
    assert_string_equal(error.text, expected);
    assert_int_equal(cg_file_write(path, "%PDF-1", 6, NULL), CG_OK);
    assert_int_equal(cg_image_read(path, &(struct cg_image_read_options){0}, &image, NULL, &error),
                     CG_ERR_UNSUPPORTED);
    snprintf(
        expected, sizeof(expected),
        "reading %s: expected a picture of a kind that this program reads, found a PDF document",
        path);
    assert_string_equal(error.text, expected);
    assert_int_equal(
        cg_image_read(folder, &(struct cg_image_read_options){0}, &image, NULL, &error), CG_ERR_IO);
    fixture_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_formats_are_named),
        cmocka_unit_test(cut_off_files_are_refused),
        cmocka_unit_test(changed_png_bytes_are_noticed),
        cmocka_unit_test(impossible_png_headers_are_refused),
        cmocka_unit_test(impossible_png_chunks_are_refused),
        cmocka_unit_test(damaged_png_data_are_refused),
        cmocka_unit_test(jpeg_codings_are_named),
        cmocka_unit_test(impossible_jpeg_frames_are_refused),
        cmocka_unit_test(impossible_jpeg_segments_are_refused),
        cmocka_unit_test(a_jpeg_of_endless_scans_is_refused),
        cmocka_unit_test(a_jpeg_with_a_hole_is_noted),
        cmocka_unit_test(reading_names_the_file),
    };
    return cmocka_run_group_tests_name("image errors", tests, NULL, NULL);
}
