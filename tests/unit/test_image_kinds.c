/*
 * image: the kinds that a library of its own reads (HEIC, AVIF, WebP, TIFF, GIF), and WebP as it is
 * written. What the build has not got is skipped.
 */
#include "base/file_writer.h"
#include "image/walk.h"
#include "unit/fixture.h"
#include "unit/fixture_kinds.h"
#include "unit/fixture_profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 48
#define HEIGHT 32

/* What these encoders may change of flat colours, and of a profile's conversion besides. */
#define TOLERANCE 8

static void skip_unless(enum cg_image_format format)
{
    if (!cg_image_is_read(format)) {
        print_message("this build does not read %s\n", cg_image_format_name(format));
        skip();
    }
}

/* Four fields of flat colour, half of them half transparent if there are 4 channels. */
static struct cg_image make_image(int channels)
{
    static const uint8_t colours[4][3] = {
        {200, 40, 60}, {40, 160, 90}, {60, 70, 190}, {230, 220, 200}};
    struct cg_image image;
    assert_int_equal(cg_image_create(WIDTH, HEIGHT, channels, &image, NULL), CG_OK);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        int field = (i % WIDTH >= WIDTH / 2) + 2 * (i / WIDTH >= HEIGHT / 2);
        uint8_t *to = image.pixels + i * channels;
        memcpy(to, colours[field], channels == 1 ? 1 : 3);
        if (channels == 4)
            to[3] = field % 2 == 0 ? 255 : 128;
    }
    return image;
}

/* The kinds that take RGB and RGBA, which is all but GIF. */
static const enum cg_image_format kinds[] = {CG_IMAGE_HEIC, CG_IMAGE_AVIF, CG_IMAGE_WEBP,
                                             CG_IMAGE_TIFF};
#define KIND_COUNT ((int)(sizeof(kinds) / sizeof(kinds[0])))

static struct fixture_bytes make_webp(const struct cg_image *image,
                                      const struct fixture_extras *extras)
{
    struct fixture_bytes file;
    struct cg_image_extras embedded = {0};
    if (extras != NULL)
        embedded = (struct cg_image_extras){.icc = extras->icc.bytes,
                                            .icc_nbytes = extras->icc.nbytes,
                                            .exif = extras->exif.bytes,
                                            .exif_nbytes = extras->exif.nbytes};
    const struct cg_image_write_options options = {
        .format = CG_IMAGE_WEBP, .quality = 95, .extras = &embedded};
    assert_int_equal(cg_image_encode(image, &options, &file.bytes, &file.nbytes, NULL), CG_OK);
    return file;
}

/* No bytes for a kind that is not built in. */
static struct fixture_bytes make_file(enum cg_image_format format, const struct cg_image *image,
                                      const struct fixture_extras *extras)
{
    switch (format) {
#ifdef CG_WITH_HEIF
    case CG_IMAGE_HEIC:
    case CG_IMAGE_AVIF:
        return fixture_heif(image, format == CG_IMAGE_AVIF, extras);
#endif
#ifdef CG_WITH_TIFF
    case CG_IMAGE_TIFF:
        return fixture_tiff(image, 8, extras);
#endif
    case CG_IMAGE_WEBP:
        if (cg_image_is_read(CG_IMAGE_WEBP))
            return make_webp(image, extras);
        return (struct fixture_bytes){0};
    default:
        return (struct fixture_bytes){0};
    }
}

static void assert_near(const struct cg_image *a, const struct cg_image *b, int tolerance)
{
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->channels, b->channels);
    for (int i = 0; i < a->width * a->height; i++) {
        int x = i % a->width % (a->width / 2), y = i / a->width % (a->height / 2);
        if (x < 2 || y < 2 || x >= a->width / 2 - 2 || y >= a->height / 2 - 2)
            continue; /* at edges chroma is shared */
        for (int c = 0; c < a->channels; c++)
            assert_in_range(a->pixels[i * a->channels + c] - b->pixels[i * a->channels + c] + 255,
                            255 - tolerance, 255 + tolerance);
    }
}

static void assert_probed(const struct fixture_bytes *file, enum cg_image_format format,
                          const struct cg_image *image)
{
    const char *path = fixture_path("probed");
    struct cg_image_info info;
    assert_int_equal(cg_file_write(path, file->bytes, file->nbytes, NULL), CG_OK);
    assert_int_equal(cg_image_probe(path, &info, NULL), CG_OK);
    assert_int_equal(info.format, format);
    assert_int_equal(info.width, image->width);
    assert_int_equal(info.height, image->height);
    assert_int_equal(info.channels, image->channels);
}

/* ---- sound files ----------------------------------------------------------------------------- */

static void colours_and_transparency_come_back(void **state)
{
    (void)state;
    for (int k = 0; k < KIND_COUNT; k++)
        for (int channels = 3; channels <= 4; channels++) {
            struct cg_image image = make_image(channels);
            struct fixture_bytes file = make_file(kinds[k], &image, NULL);
            if (file.nbytes > 0) {
                struct cg_image_extras extras;
                struct cg_image found =
                    fixture_read(&file, &(struct cg_image_read_options){.strict = true}, &extras);
                assert_near(&found, &image, kinds[k] == CG_IMAGE_TIFF ? 1 : TOLERANCE);
                assert_string_equal(extras.note, "");
                assert_probed(&file, kinds[k], &found);
                cg_image_clear(&found);
            }
            free(file.bytes);
            cg_image_clear(&image);
        }
}

static void tiffs_of_grey_and_16_bits_are_read(void **state)
{
    (void)state;
    skip_unless(CG_IMAGE_TIFF);
#ifdef CG_WITH_TIFF
    for (int channels = 1; channels <= 4; channels += channels == 1 ? 2 : 1) {
        struct cg_image image = make_image(channels);
        struct fixture_bytes file = fixture_tiff(&image, 16, NULL);
        struct cg_image found = fixture_decode(&file, 0);
        assert_near(&found, &image, 1);
        assert_probed(&file, CG_IMAGE_TIFF, &found);
        cg_image_clear(&found);
        found = fixture_decode(&file, 3);
        assert_int_equal(found.channels, 3);
        cg_image_clear(&found);
        free(file.bytes);
        cg_image_clear(&image);
    }
#endif
}

static void tiffs_are_turned_upright(void **state)
{
    (void)state;
    skip_unless(CG_IMAGE_TIFF);
#ifdef CG_WITH_TIFF
    static const char *const upright[9] = {"123456", "123456", "321654", "654321", "456123",
                                           "142536", "415263", "635241", "362514"};
    struct cg_image image = {3, 2, 1, (uint8_t *)"123456"};
    for (int orientation = 0; orientation <= 8; orientation++) {
        const struct fixture_extras extras = {.orientation = orientation};
        struct fixture_bytes file = fixture_tiff(&image, 8, &extras);
        struct cg_image found = fixture_decode(&file, 1);
        assert_int_equal(found.width, orientation >= 5 ? 2 : 3);
        assert_memory_equal(found.pixels, upright[orientation], 6);
        cg_image_clear(&found);
        free(file.bytes);
    }
#endif
}

static void exif_turns_a_webp_and_not_a_heic(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        uint8_t tiff[26];
        struct cg_image image = make_image(3);
        const struct fixture_extras extras = {.exif = {tiff, fixture_exif(tiff, 6, false)}};
        struct fixture_bytes file = make_file(kinds[k], &image, &extras);
        if (file.nbytes > 0) {
            struct cg_image_extras carried;
            struct cg_image found =
                fixture_read(&file, &(struct cg_image_read_options){.keep_exif = true}, &carried);
            assert_int_equal(found.width, kinds[k] == CG_IMAGE_WEBP ? HEIGHT : WIDTH);
            assert_string_equal(carried.note, "");
            assert_true(carried.exif_nbytes > 0);
            cg_image_extras_clear(&carried);
            cg_image_clear(&found);
        }
        free(file.bytes);
        cg_image_clear(&image);
    }
}

static void profiles_are_applied_or_kept(void **state)
{
    (void)state;
    struct fixture_extras extras = {.icc = fixture_profile_swapped()};
    struct cg_image image = make_image(3), swapped = make_image(3);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        swapped.pixels[3 * i] = image.pixels[3 * i + 1];
        swapped.pixels[3 * i + 1] = image.pixels[3 * i];
    }
    for (int k = 0; k < KIND_COUNT; k++) {
        struct fixture_bytes file = make_file(kinds[k], &image, &extras);
        if (file.nbytes == 0)
            continue;
        struct cg_image_extras found;
        struct cg_image srgb = fixture_read(&file, &(struct cg_image_read_options){0}, &found);
        assert_near(&srgb, &swapped, TOLERANCE + 2);
        assert_null(found.icc);
        struct cg_image kept =
            fixture_read(&file, &(struct cg_image_read_options){.keep_profile = true}, &found);
        assert_near(&kept, &image, TOLERANCE);
        assert_int_equal(found.icc_nbytes, extras.icc.nbytes);
        assert_memory_equal(found.icc, extras.icc.bytes, extras.icc.nbytes);
        cg_image_extras_clear(&found);
        cg_image_clear(&kept);
        cg_image_clear(&srgb);
        free(file.bytes);
    }
    cg_image_clear(&swapped);
    cg_image_clear(&image);
    free(extras.icc.bytes);
}

/* ---- GIF ------------------------------------------------------------------------------------- */

#ifdef CG_WITH_GIF
static void gif_pixel(const struct cg_image *image, int x, int y, const uint8_t *expected)
{
    assert_memory_equal(image->pixels + (y * image->width + x) * image->channels, expected,
                        (size_t)image->channels);
}
#endif

static void a_gif_is_its_first_frame_on_its_canvas(void **state)
{
    (void)state;
    skip_unless(CG_IMAGE_GIF);
#ifdef CG_WITH_GIF
    static const uint8_t pixels[] = {0, 1, 2, 3, 3, 2, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1,
                                     2, 2, 2, 2, 3, 3, 3, 3, 0, 1, 0, 1, 2, 3, 2, 3};
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        struct fixture_gif gif = {4, 8, 0, 0, 4, 8, -1, interlaced == 1, pixels};
        struct fixture_bytes file = fixture_gif(&gif);
        struct cg_image found = fixture_decode(&file, 0);
        assert_int_equal(found.channels, 3);
        gif_pixel(&found, 1, 0, (const uint8_t[]){0, 255, 0});
        gif_pixel(&found, 2, 7, (const uint8_t[]){0, 0, 255});
        gif_pixel(&found, 3, 3, (const uint8_t[]){0, 255, 0});
        assert_probed(&file, CG_IMAGE_GIF, &found);
        cg_image_clear(&found);
        free(file.bytes);
        gif = (struct fixture_gif){6, 5, 1, 2, 4, 8, 3, interlaced == 1, pixels};
        file = fixture_gif(&gif);
        found = fixture_decode(&file, 0);
        assert_int_equal(found.width, 6);
        assert_int_equal(found.height, 5);
        gif_pixel(&found, 0, 0, (const uint8_t[]){0, 0, 0, 0}); /* outside the frame */
        gif_pixel(&found, 4, 2, (const uint8_t[]){0, 0, 0, 0}); /* clear */
        gif_pixel(&found, 1, 2, (const uint8_t[]){255, 0, 0, 255});
        assert_probed(&file, CG_IMAGE_GIF, &found);
        cg_image_clear(&found);
        free(file.bytes);
    }
#endif
}

/* ---- WebP ------------------------------------------------------------------------------------ */

static void an_animated_webp_is_its_first_frame(void **state)
{
    (void)state;
    skip_unless(CG_IMAGE_WEBP);
#ifdef CG_WITH_WEBP
    struct cg_image first = make_image(3), second = make_image(3);
    memset(second.pixels, 99, fixture_image_nbytes(&second));
    struct fixture_bytes file = fixture_webp_animation(&first, &second);
    struct cg_image found = fixture_decode(&file, 3);
    assert_memory_equal(found.pixels, first.pixels, fixture_image_nbytes(&first));
    cg_image_clear(&found);
    free(file.bytes);
    cg_image_clear(&second);
    cg_image_clear(&first);
#endif
}

static void webp_is_written_as_asked(void **state)
{
    (void)state;
    skip_unless(CG_IMAGE_WEBP);
    struct cg_image image = make_image(4), grey = make_image(1);
    size_t nbytes[2];
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        image.pixels[4 * i + 3] = (uint8_t)(i * 7); /* without loss, whatever the quality */
    for (int i = 0; i < 2; i++) {
        const struct cg_image_write_options options = {.format = CG_IMAGE_WEBP,
                                                       .quality = i == 0 ? 30 : 98};
        struct fixture_bytes file, again;
        assert_int_equal(cg_image_encode(&image, &options, &file.bytes, &file.nbytes, NULL), CG_OK);
        assert_int_equal(cg_image_encode(&image, &options, &again.bytes, &again.nbytes, NULL),
                         CG_OK);
        assert_int_equal(file.nbytes, again.nbytes);
        assert_memory_equal(file.bytes, again.bytes, file.nbytes);
        nbytes[i] = file.nbytes;
        struct cg_image found = fixture_decode(&file, 0);
        for (int p = 0; p < WIDTH * HEIGHT; p++)
            assert_int_equal(found.pixels[4 * p + 3], image.pixels[4 * p + 3]);
        cg_image_clear(&found);
        free(again.bytes);
        free(file.bytes);
    }
    assert_true(nbytes[0] < nbytes[1]);
    struct fixture_bytes file = make_webp(&grey, NULL);
    struct cg_image found = fixture_decode(&file, 1);
    assert_near(&found, &grey, TOLERANCE);
    cg_image_clear(&found);
    free(file.bytes);
    cg_image_clear(&grey);
    cg_image_clear(&image);
}

static void webp_has_its_limits(void **state)
{
    (void)state;
    skip_unless(CG_IMAGE_WEBP);
    struct cg_image image;
    struct cg_error error;
    uint8_t *bytes;
    size_t nbytes;
    struct cg_image_write_options options = {.format = CG_IMAGE_WEBP, .quality = 90};
    assert_int_equal(cg_image_create(16384, 1, 3, &image, NULL), CG_OK);
    memset(image.pixels, 1, fixture_image_nbytes(&image));
    assert_int_equal(cg_image_encode(&image, &options, &bytes, &nbytes, &error), CG_ERR_LIMIT);
    assert_non_null(strstr(error.text, "16383"));
    assert_null(bytes);
    image.width = 16;
    options.quality = 0;
    assert_int_equal(cg_image_encode(&image, &options, &bytes, &nbytes, NULL), CG_ERR_ARGUMENT);
    options = (struct cg_image_write_options){.format = CG_IMAGE_HEIC, .quality = 90};
    assert_int_equal(cg_image_encode(&image, &options, &bytes, &nbytes, NULL), CG_ERR_UNSUPPORTED);
    cg_image_clear(&image);
}

/* ---- bad files ------------------------------------------------------------------------------- */

/* Refused in one line, with nothing left, or read; whether it was refused or noted. */
static bool is_noticed(const uint8_t *bytes, size_t nbytes)
{
    struct cg_image image;
    struct cg_image_extras extras;
    struct cg_error error = {.text = ""};
    enum cg_status status =
        cg_image_decode(bytes, nbytes, &(struct cg_image_read_options){0}, &image, &extras, &error);
    if (status == CG_OK) {
        bool noted = extras.note[0] != '\0';
        cg_image_extras_clear(&extras);
        cg_image_clear(&image);
        return noted;
    }
    assert_null(image.pixels);
    assert_null(extras.icc);
    assert_true(status == CG_ERR_FORMAT || status == CG_ERR_UNSUPPORTED || status == CG_ERR_LIMIT ||
                status == CG_ERR_MEMORY);
    assert_true(strncmp(error.text, "expected ", 9) == 0);
    assert_null(strchr(error.text, '\n'));
    return true;
}

/* Of a copy in memory of its own, so that a sanitizer sees a byte too far. Cut by more than
 * spare bytes it is noticed. */
static void assert_robust(const struct fixture_bytes *file, size_t spare, int steps)
{
    for (int i = 0; i < steps; i++) {
        size_t nbytes = file->nbytes * (size_t)i / (size_t)steps;
        uint8_t *cut = malloc(nbytes + 1);
        memcpy(cut, file->bytes, nbytes);
        bool noticed = is_noticed(cut, nbytes);
        assert_true(noticed || nbytes + spare >= file->nbytes);
        free(cut);
        size_t at = file->nbytes * (size_t)i / (size_t)steps;
        uint8_t *bent = malloc(file->nbytes);
        memcpy(bent, file->bytes, file->nbytes);
        bent[at] ^= (uint8_t)(1 + i * 37 % 255);
        is_noticed(bent, file->nbytes);
        free(bent);
    }
}

static void damaged_files_cost_one_line(void **state)
{
    (void)state;
    struct fixture_extras extras = {.icc = fixture_profile_srgb()};
    for (int k = 0; k < KIND_COUNT; k++)
        for (int channels = 3; channels <= 4; channels++) {
            struct cg_image image = make_image(channels);
            struct fixture_bytes file = make_file(kinds[k], &image, &extras);
            if (file.nbytes > 0)
                assert_robust(&file, 1, 200);
            free(file.bytes);
            cg_image_clear(&image);
        }
    free(extras.icc.bytes);
}

static void damaged_gifs_cost_one_line(void **state)
{
    (void)state;
    skip_unless(CG_IMAGE_GIF);
#ifdef CG_WITH_GIF
    uint8_t pixels[64 * 64];
    for (int i = 0; i < 64 * 64; i++)
        pixels[i] = (uint8_t)(i * i / 7 % 4);
    struct fixture_gif gif = {70, 64, 3, 0, 64, 64, 2, true, pixels};
    struct fixture_bytes file = fixture_gif(&gif);
    assert_robust(&file, 8, 300); /* what ends a picture and the file */
    free(file.bytes);
#endif
}

/* The end of a TIFF's directory: where its one strip lies, and its length. */
#define STRIP "\x11\x01\x04\0\x01\0\0\0\x08\0\0\0\x17\x01\x04\0\x01\0\0\0\x04\0\0\0\0\0\0\0"

static void sizes_beyond_the_limit_are_refused(void **state)
{
    (void)state;
    static const uint8_t gif[] = "GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff"
                                 ",\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0;";
    static const uint8_t webp[] = "RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\0\xff\xff\0"
                                  "VP8 \0\0\0\0";
    static const uint8_t tiff[] = "II*\0\x08\0\0\0\x04\0\0\x01\x04\0\x01\0\0\0\0\0\x01\0"
                                  "\x01\x01\x04\0\x01\0\0\0\xff\xff\0\0" STRIP;
    struct cg_image image;
    struct cg_error error;
    if (cg_image_is_read(CG_IMAGE_GIF))
        assert_int_equal(cg_image_decode(gif, sizeof(gif) - 1, &(struct cg_image_read_options){0},
                                         &image, NULL, &error),
                         CG_ERR_LIMIT);
    if (cg_image_is_read(CG_IMAGE_WEBP))
        assert_true(is_noticed(webp, sizeof(webp) - 1));
    if (cg_image_is_read(CG_IMAGE_TIFF))
        assert_int_equal(cg_image_decode(tiff, sizeof(tiff) - 1, &(struct cg_image_read_options){0},
                                         &image, NULL, &error),
                         CG_ERR_LIMIT);
}

static void a_raw_photo_is_no_tiff(void **state)
{
    (void)state;
    skip_unless(CG_IMAGE_TIFF);
    static const uint8_t preview[] = "II*\0\x08\0\0\0\x05\0\xfe\0\x04\0\x01\0\0\0\x01\0\0\0"
                                     "\0\x01\x04\0\x01\0\0\0\x02\0\0\0"
                                     "\x01\x01\x04\0\x01\0\0\0\x02\0\0\0" STRIP;
    struct cg_image image;
    struct cg_error error;
    assert_int_equal(cg_image_decode(preview, sizeof(preview) - 1,
                                     &(struct cg_image_read_options){0}, &image, NULL, &error),
                     CG_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.text, "raw photo"));
}

/* ---- kinds that are not read ----------------------------------------------------------------- */

static void kinds_that_are_not_read_are_counted_by_name(void **state)
{
    (void)state;
    static const char *const names[] = {"a.png", "b.BMP", "c.bmp", "d.jxl", "e.nef", "f.txt"};
    char folder[64], path[96], text[CG_WALK_UNREAD_NBYTES];
    fixture_make_folder(folder);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        assert_int_equal(cg_file_write(path, "", 0, NULL), CG_OK);
    }
    struct cg_path_list list = {0};
    struct cg_walk_left_out left_out = {0};
    assert_int_equal(cg_walk_pictures(folder, &(struct cg_walk_options){0}, &list, &left_out, NULL),
                     CG_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(left_out.others, 1);
    assert_string_equal(cg_walk_unread_text(left_out.unread, text), "2 BMP, 1 JPEG XL, 1 raw");
    cg_path_list_clear(&list);
    fixture_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_and_transparency_come_back),
        cmocka_unit_test(tiffs_of_grey_and_16_bits_are_read),
        cmocka_unit_test(tiffs_are_turned_upright),
        cmocka_unit_test(exif_turns_a_webp_and_not_a_heic),
        cmocka_unit_test(profiles_are_applied_or_kept),
        cmocka_unit_test(a_gif_is_its_first_frame_on_its_canvas),
        cmocka_unit_test(an_animated_webp_is_its_first_frame),
        cmocka_unit_test(webp_is_written_as_asked),
        cmocka_unit_test(webp_has_its_limits),
        cmocka_unit_test(damaged_files_cost_one_line),
        cmocka_unit_test(damaged_gifs_cost_one_line),
        cmocka_unit_test(sizes_beyond_the_limit_are_refused),
        cmocka_unit_test(a_raw_photo_is_no_tiff),
        cmocka_unit_test(kinds_that_are_not_read_are_counted_by_name),
    };
    return cmocka_run_group_tests_name("image kinds", tests, fixture_folder_setup,
                                       fixture_folder_teardown);
}
