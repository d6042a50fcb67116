/* video/y4m and video/yuv: headers, streams that end badly, colours there and back. */
#include "base/memory.h"
#include "base/rng.h"
#include "video/yuv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static enum cg_status parse(const char *line, struct cg_y4m_format *format)
{
    struct cg_error error;
    enum cg_status status = cg_y4m_parse(line, format, &error);
    if (status != CG_OK)
        assert_int_equal(error.status, status);
    return status;
}

static void headers_say_what_follows(void **state)
{
    (void)state;
    struct cg_y4m_format format;
    assert_int_equal(parse("YUV4MPEG2 W640 H361 F30000:1001 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2 "
                           "XCOLORRANGE=FULL",
                           &format),
                     CG_OK);
    assert_int_equal(format.width, 640);
    assert_int_equal(format.height, 361);
    assert_int_equal(format.rate_num, 30000);
    assert_int_equal(format.rate_den, 1001);
    assert_true(format.full_range && !format.chroma_centred);
    assert_int_equal(cg_y4m_frame_nbytes(&format), 640 * 361 + 2 * 320 * 181);
    assert_int_equal(parse("YUV4MPEG2 W3 H5", &format), CG_OK);
    assert_int_equal(format.rate_num, 0);
    assert_true(format.chroma == CG_Y4M_420 && format.chroma_centred && !format.full_range);
    assert_int_equal(cg_y4m_frame_nbytes(&format), 15 + 2 * 2 * 3);
    assert_int_equal(parse("YUV4MPEG2 H5 W3 F0:0 I? C422", &format), CG_OK);
    assert_int_equal(cg_y4m_frame_nbytes(&format), 15 + 2 * 2 * 5);
    assert_int_equal(parse("YUV4MPEG2 W3 H5 C444", &format), CG_OK);
    assert_int_equal(cg_y4m_frame_nbytes(&format), 45);
}

static void other_headers_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum cg_status status;
    } cases[] = {
        {"", CG_ERR_FORMAT},
        {"RIFF....", CG_ERR_FORMAT},
        {"YUV4MPEG W8 H8", CG_ERR_FORMAT},
        {"YUV4MPEG2", CG_ERR_FORMAT},
        {"YUV4MPEG2 W8", CG_ERR_FORMAT},
        {"YUV4MPEG2 W0 H8", CG_ERR_FORMAT},
        {"YUV4MPEG2 W-8 H8", CG_ERR_FORMAT},
        {"YUV4MPEG2 W8x H8", CG_ERR_FORMAT},
        {"YUV4MPEG2 W99999999999999999999 H8", CG_ERR_FORMAT},
        {"YUV4MPEG2 W65535 H65535", CG_ERR_LIMIT},
        {"YUV4MPEG2 W8 H8 F25", CG_ERR_FORMAT},
        {"YUV4MPEG2 W8 H8 F25:0", CG_ERR_FORMAT},
        {"YUV4MPEG2 W8 H8 It", CG_ERR_UNSUPPORTED},
        {"YUV4MPEG2 W8 H8 Ib", CG_ERR_UNSUPPORTED},
        {"YUV4MPEG2 W8 H8 Im", CG_ERR_UNSUPPORTED},
        {"YUV4MPEG2 W8 H8 C420p17", CG_ERR_UNSUPPORTED},
        {"YUV4MPEG2 W8 H8 C420p", CG_ERR_UNSUPPORTED},
        {"YUV4MPEG2 W8 H8 Cmonop10", CG_ERR_UNSUPPORTED},
        {"YUV4MPEG2 W8 H8 C411", CG_ERR_UNSUPPORTED},
        {"YUV4MPEG2 W8 H8 C444alpha", CG_ERR_UNSUPPORTED},
    };
    struct cg_y4m_format format;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (parse(cases[i].line, &format) != cases[i].status)
            fail_msg("\"%s\": expected status %s", cases[i].line, cg_status_name(cases[i].status));
}

/* ---- streams --------------------------------------------------------------------------------- */

/* A reader on bytes in a file that has no name. */
static struct cg_y4m_reader *reader_on(FILE *file, const void *bytes, size_t nbytes)
{
    struct cg_y4m_reader *reader;
    assert_int_equal(fwrite(bytes, 1, nbytes, file), nbytes);
    rewind(file);
    assert_int_equal(cg_y4m_reader_create(fileno(file), "film", &reader, NULL), CG_OK);
    return reader;
}

static void frames_come_back(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "YUV4MPEG2 W7 H5 F25:1 C420jpeg",  "YUV4MPEG2 W7 H5 C422",
        "YUV4MPEG2 W300 H401 C444 XANY=1", "YUV4MPEG2 W1 H1",
        "YUV4MPEG2 W7 H5 C420p10",         "YUV4MPEG2 W7 H5 C444p16",
        "YUV4MPEG2 W7 H5 Cmono",           "YUV4MPEG2 W7 H5 Cmono12"};
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        struct cg_y4m_format format, again;
        struct cg_y4m_reader *reader;
        FILE *file = tmpfile();
        bool end;
        assert_int_equal(parse(headers[i], &format), CG_OK);
        size_t nbytes = cg_y4m_frame_nbytes(&format);
        uint8_t *frame = cg_alloc(nbytes, 1, "frame", NULL);
        uint8_t *read = cg_alloc(nbytes, 1, "frame", NULL);
        for (size_t k = 0; k < nbytes; k++)
            frame[k] = (uint8_t)(k * 31 + k / 256);
        assert_int_equal(cg_y4m_write_header(fileno(file), "film", &format, NULL), CG_OK);
        for (int n = 0; n < 2; n++)
            assert_int_equal(cg_y4m_write_frame(fileno(file), "film", &format, frame, NULL), CG_OK);
        rewind(file);
        assert_int_equal(cg_y4m_reader_create(fileno(file), "film", &reader, NULL), CG_OK);
        assert_int_equal(cg_y4m_read_header(reader, &again, NULL), CG_OK);
        assert_string_equal(again.header, headers[i]);
        for (int n = 0; n < 2; n++) {
            assert_int_equal(cg_y4m_read_frame(reader, read, &end, NULL), CG_OK);
            assert_false(end);
            assert_memory_equal(read, frame, nbytes);
        }
        assert_int_equal(cg_y4m_read_frame(reader, read, &end, NULL), CG_OK);
        assert_true(end);
        cg_y4m_reader_free(reader);
        free(read);
        free(frame);
        fclose(file);
    }
}

/* What follows the header, and what is said of it. A frame of 2 x 2 has 6 bytes. */
static void streams_that_end_badly_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *rest, *said;
        int good_frames;
    } cases[] = {
        {"FRAME\n123456FRAME\n1234", "frame 2 is cut off: expected 6 bytes, found 4", 1},
        {"FRAME\n123456FRA", "after frame 1: expected the next frame, found \"FRA\"", 1},
        {"FRAME\n", "frame 1 is cut off", 0},
        {"FRAME Ip\n123456YUV4MPEG2 W4 H4\nFRAME\n", "found a second header", 1},
        {"FRAMES\n123456", "expected the next frame", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char bytes[256];
        uint8_t frame[6];
        struct cg_y4m_format format;
        struct cg_error error;
        bool end;
        FILE *file = tmpfile();
        int length = snprintf(bytes, sizeof(bytes), "YUV4MPEG2 W2 H2\n%s", cases[i].rest);
        struct cg_y4m_reader *reader = reader_on(file, bytes, (size_t)length);
        assert_int_equal(cg_y4m_read_header(reader, &format, NULL), CG_OK);
        for (int n = 0; n < cases[i].good_frames; n++)
            assert_int_equal(cg_y4m_read_frame(reader, frame, &end, NULL), CG_OK);
        assert_int_equal(cg_y4m_read_frame(reader, frame, &end, &error), CG_ERR_FORMAT);
        if (strstr(error.text, cases[i].said) == NULL)
            fail_msg("expected \"%s\", found \"%s\"", cases[i].said, error.text);
        cg_y4m_reader_free(reader);
        fclose(file);
    }
}

static void a_stream_without_a_header_is_refused(void **state)
{
    (void)state;
    static const char *const streams[] = {"", "YUV4MPEG2 W2 H2", "\n\n\n", "GIF89a"};
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        struct cg_y4m_format format;
        FILE *file = tmpfile();
        struct cg_y4m_reader *reader = reader_on(file, streams[i], strlen(streams[i]));
        assert_int_equal(cg_y4m_read_header(reader, &format, NULL), CG_ERR_FORMAT);
        cg_y4m_reader_free(reader);
        fclose(file);
    }
}

/* ---- colours --------------------------------------------------------------------------------- */

/* Greatest difference after pixels -> planes -> pixels. */
static int there_and_back(const char *header, const uint8_t *pixels)
{
    struct cg_y4m_format format;
    struct cg_yuv *yuv;
    int greatest = 0;
    assert_int_equal(parse(header, &format), CG_OK);
    size_t count = 3 * (size_t)format.width * (size_t)format.height;
    uint8_t *planes = cg_alloc(cg_y4m_frame_nbytes(&format), 1, "planes", NULL);
    uint8_t *back = cg_alloc(count, 1, "pixels", NULL);
    assert_int_equal(cg_yuv_create(&format, &yuv, NULL), CG_OK);
    cg_yuv_from_rgb(yuv, pixels, planes);
    cg_yuv_to_rgb(yuv, planes, back);
    for (size_t i = 0; i < count; i++)
        greatest = abs(pixels[i] - back[i]) > greatest ? abs(pixels[i] - back[i]) : greatest;
    cg_yuv_free(yuv);
    free(back);
    free(planes);
    return greatest;
}

/* Rounding to 8 bits of limited range costs up to two levels in each of three values. */
static void colours_come_back(void **state)
{
    (void)state;
    enum { WIDTH = 37, HEIGHT = 29 };
    uint8_t noise[WIDTH * HEIGHT * 3], ramp[WIDTH * HEIGHT * 3];
    struct cg_rng rng = cg_rng_make(4, 0, 0);
    for (int i = 0; i < WIDTH * HEIGHT * 3; i++)
        noise[i] = (uint8_t)cg_rng_below(&rng, 256);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            uint8_t *pixel = ramp + 3 * (y * WIDTH + x);
            pixel[0] = (uint8_t)(40 + 3 * x);
            pixel[1] = (uint8_t)(90 + 2 * y);
            pixel[2] = (uint8_t)(200 - 2 * x - y);
        }
    assert_true(there_and_back("YUV4MPEG2 W37 H29 C444", noise) <= 4);
    assert_true(there_and_back("YUV4MPEG2 W37 H29 C444 XCOLORRANGE=FULL", noise) <= 3);
    static const char *const chromas[] = {"420jpeg", "420mpeg2", "420paldv", "422", "444"};
    for (size_t i = 0; i < sizeof(chromas) / sizeof(chromas[0]); i++) {
        char header[64];
        snprintf(header, sizeof(header), "YUV4MPEG2 W37 H29 C%s", chromas[i]);
        int greatest = there_and_back(header, ramp);
        if (greatest > 8)
            fail_msg("%s: a ramp changed by %d", chromas[i], greatest);
    }
    assert_true(there_and_back("YUV4MPEG2 W1 H1 C420", noise) <= 4);
    /* deep samples have fractions; they are lost on the way back, which rounds each to 8 bits */
    static const char *const deep[] = {"444p10", "444p12", "444p16", "444p10 XCOLORRANGE=FULL"};
    for (size_t i = 0; i < sizeof(deep) / sizeof(deep[0]); i++) {
        char header[64];
        snprintf(header, sizeof(header), "YUV4MPEG2 W37 H29 C%s", deep[i]);
        assert_true(there_and_back(header, noise) <= 4);
    }
}

/* White, grey and black in every depth and range: luma is at the ends and in the middle of it. */
static void deep_and_grey_samples_have_known_values(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        int black, white;
    } cases[] = {
        {"YUV4MPEG2 W4 H2 C420p10", 64, 940},
        {"YUV4MPEG2 W4 H2 C444p16 XCOLORRANGE=FULL", 0, 65535},
        {"YUV4MPEG2 W4 H2 C422p12", 256, 3760},
        {"YUV4MPEG2 W4 H2 Cmono10", 64, 940},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cg_y4m_format format;
        struct cg_yuv *yuv;
        uint8_t pixels[4 * 2 * 3], back[sizeof(pixels)], planes[4 * 2 * 3 * 2];
        assert_int_equal(parse(cases[i].header, &format), CG_OK);
        assert_int_equal(cg_yuv_create(&format, &yuv, NULL), CG_OK);
        for (size_t k = 0; k < sizeof(pixels); k++)
            pixels[k] = k < sizeof(pixels) / 2 ? 0 : 255;
        cg_yuv_from_rgb(yuv, pixels, planes);
        assert_int_equal(planes[0] | planes[1] << 8, cases[i].black);
        assert_int_equal(planes[14] | planes[15] << 8, cases[i].white);
        cg_yuv_to_rgb(yuv, planes, back);
        assert_memory_equal(back, pixels, sizeof(pixels));
        cg_yuv_free(yuv);
    }
}

/* The matrix that a format names is used, whatever its size. */
static void a_named_matrix_is_used(void **state)
{
    (void)state;
    struct cg_y4m_format format;
    struct cg_yuv *yuv;
    uint8_t pixels[2 * 2 * 3] = {0}, planes[2 * 2 * 3];
    for (int i = 0; i < 4; i++)
        pixels[3 * i] = 255;
    assert_int_equal(parse("YUV4MPEG2 W2 H2 C444", &format), CG_OK);
    format.kr = 0.2126f;
    format.kb = 0.0722f;
    assert_int_equal(cg_yuv_create(&format, &yuv, NULL), CG_OK);
    cg_yuv_from_rgb(yuv, pixels, planes);
    assert_int_equal(planes[0], 63);
    cg_yuv_free(yuv);
}

/* A line before a frame may be of any length. */
static void long_frame_lines_are_read(void **state)
{
    (void)state;
    static const char header[] = "YUV4MPEG2 W2 H2\nFRAME X";
    char bytes[5000];
    uint8_t frame[6];
    struct cg_y4m_format format;
    bool end;
    FILE *file = tmpfile();
    memset(bytes, 'x', sizeof(bytes));
    memcpy(bytes, header, strlen(header));
    memcpy(bytes + sizeof(bytes) - 7, "\n123456", 7);
    struct cg_y4m_reader *reader = reader_on(file, bytes, sizeof(bytes));
    assert_int_equal(cg_y4m_read_header(reader, &format, NULL), CG_OK);
    assert_int_equal(cg_y4m_read_frame(reader, frame, &end, NULL), CG_OK);
    assert_memory_equal(frame, "123456", 6);
    assert_int_equal(cg_y4m_read_frame(reader, frame, &end, NULL), CG_OK);
    assert_true(end);
    cg_y4m_reader_free(reader);
    fclose(file);
}

static void known_colours_have_known_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        uint8_t y, u, v;
    } cases[] = {
        /* red in Rec. 601 and in Rec. 709, limited and full */
        {"YUV4MPEG2 W2 H2 C420", 81, 90, 240},
        {"YUV4MPEG2 W2 H2 C420 XCOLORRANGE=FULL", 76, 85, 255},
        {"YUV4MPEG2 W1280 H2 C420", 63, 102, 240},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cg_y4m_format format;
        struct cg_yuv *yuv;
        assert_int_equal(parse(cases[i].header, &format), CG_OK);
        size_t count = (size_t)format.width * (size_t)format.height;
        uint8_t *pixels = cg_alloc_zero(count, 3, "pixels", NULL);
        uint8_t *planes = cg_alloc(cg_y4m_frame_nbytes(&format), 1, "planes", NULL);
        for (size_t k = 0; k < count; k++)
            pixels[3 * k] = 255;
        assert_int_equal(cg_yuv_create(&format, &yuv, NULL), CG_OK);
        cg_yuv_from_rgb(yuv, pixels, planes);
        assert_int_equal(planes[0], cases[i].y);
        assert_int_equal(planes[count], cases[i].u);
        assert_int_equal(planes[count + count / 4], cases[i].v);
        cg_yuv_free(yuv);
        free(planes);
        free(pixels);
    }
}

/* The matrix of Rec. 601, limited range, in doubles. */
static void plain_to_rgb(const uint8_t *yuv, int rgb[3])
{
    double y = (yuv[0] - 16) * 255.0 / 219.0;
    double u = (yuv[1] - 128) * 255.0 / 224.0, v = (yuv[2] - 128) * 255.0 / 224.0;
    const double values[3] = {y + 1.402 * v, y - 0.344136 * u - 0.714136 * v, y + 1.772 * u};
    for (int c = 0; c < 3; c++)
        rgb[c] = (int)lround(fmin(fmax(values[c], 0.0), 255.0));
}

static void plain_from_rgb(const uint8_t *rgb, double yuv[3])
{
    double y = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
    yuv[0] = 16.0 + y * 219.0 / 255.0;
    yuv[1] = 128.0 + (rgb[2] - y) / 1.772 * 224.0 / 255.0;
    yuv[2] = 128.0 + (rgb[0] - y) / 1.402 * 224.0 / 255.0;
}

/* Pixels of a picture of 4:4:4, one by one, both ways; a guard byte stands behind the last. */
static void compare_with_plain(int width, struct cg_rng *rng)
{
    enum { HEIGHT = 3, WIDTH_MAX = 80 };
    uint8_t planes[3 * WIDTH_MAX * HEIGHT], back[3 * WIDTH_MAX * HEIGHT];
    uint8_t pixels[3 * WIDTH_MAX * HEIGHT + 1];
    struct cg_y4m_format format;
    struct cg_yuv *yuv;
    char header[64];
    snprintf(header, sizeof(header), "YUV4MPEG2 W%d H%d C444", width, HEIGHT);
    assert_int_equal(parse(header, &format), CG_OK);
    assert_int_equal(cg_yuv_create(&format, &yuv, NULL), CG_OK);
    size_t count = (size_t)width * HEIGHT;
    for (size_t i = 0; i < 3 * count; i++)
        planes[i] = (uint8_t)cg_rng_below(rng, 256);
    pixels[3 * count] = 77;
    cg_yuv_to_rgb(yuv, planes, pixels);
    cg_yuv_from_rgb(yuv, pixels, back);
    assert_int_equal(pixels[3 * count], 77);
    for (size_t i = 0; i < count; i++) {
        const uint8_t point[3] = {planes[i], planes[count + i], planes[2 * count + i]};
        int rgb[3];
        double expected[3];
        plain_to_rgb(point, rgb);
        plain_from_rgb(pixels + 3 * i, expected);
        for (size_t c = 0; c < 3; c++) {
            assert_true(abs(rgb[c] - pixels[3 * i + c]) <= 1); /* a half is rounded either way */
            assert_true(fabs(expected[c] - back[c * count + i]) < 0.501);
        }
    }
    cg_yuv_free(yuv);
}

/* Every way in which a row's length may leave a remainder over vectors of up to 64 bytes. */
static void rows_of_any_length_equal_plain_ones(void **state)
{
    (void)state;
    struct cg_rng rng = cg_rng_make(5, 0, 0);
    for (int width = 1; width <= 80; width++)
        compare_with_plain(width, &rng);
}

/* Subsampled chroma is the mean of the pixels around, by the definition in yuv.h. */
static void chroma_is_the_mean_around(void **state)
{
    (void)state;
    enum { WIDTH = 37, HEIGHT = 6, ACROSS = (WIDTH + 1) / 2 };
    static const char *const headers[] = {"YUV4MPEG2 W37 H6 C420jpeg",
                                          "YUV4MPEG2 W37 H6 C420mpeg2"};
    uint8_t pixels[3 * WIDTH * HEIGHT], planes[WIDTH * HEIGHT + 2 * ACROSS * HEIGHT / 2];
    struct cg_rng rng = cg_rng_make(6, 0, 0);
    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = (uint8_t)cg_rng_below(&rng, 256);
    for (int centred = 0; centred < 2; centred++) {
        struct cg_y4m_format format;
        struct cg_yuv *yuv;
        assert_int_equal(parse(headers[1 - centred], &format), CG_OK);
        assert_int_equal(cg_yuv_create(&format, &yuv, NULL), CG_OK);
        cg_yuv_from_rgb(yuv, pixels, planes);
        for (int i = 0; i < ACROSS * HEIGHT / 2; i++) {
            double u = 0.0;
            for (int k = 0; k < 2; k++)
                for (int dx = -1; dx <= 1; dx++) {
                    int x = 2 * (i % ACROSS) + dx, y = 2 * (i / ACROSS) + k;
                    double weight = centred ? (dx < 0 ? 0.0 : 0.25) : dx == 0 ? 0.25 : 0.125;
                    double point[3];
                    x = x < 0 ? 0 : x >= WIDTH ? WIDTH - 1 : x;
                    plain_from_rgb(pixels + 3 * (y * WIDTH + x), point);
                    u += weight * point[1];
                }
            assert_true(fabs(u - planes[WIDTH * HEIGHT + i]) < 0.501);
        }
        cg_yuv_free(yuv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_say_what_follows),
        cmocka_unit_test(other_headers_are_refused),
        cmocka_unit_test(frames_come_back),
        cmocka_unit_test(streams_that_end_badly_are_refused),
        cmocka_unit_test(a_stream_without_a_header_is_refused),
        cmocka_unit_test(colours_come_back),
        cmocka_unit_test(deep_and_grey_samples_have_known_values),
        cmocka_unit_test(a_named_matrix_is_used),
        cmocka_unit_test(long_frame_lines_are_read),
        cmocka_unit_test(rows_of_any_length_equal_plain_ones),
        cmocka_unit_test(chroma_is_the_mean_around),
        cmocka_unit_test(known_colours_have_known_bytes),
    };
    return cmocka_run_group_tests_name("y4m", tests, NULL, NULL);
}
