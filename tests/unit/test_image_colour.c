/*
 * image: colours. What profiles make of known colours is computed here from the definitions of the
 * spaces; profiles that are broken or do not fit are taken for sRGB, with a note.
 */
#include "base/pool.h"
#include "base/rng.h"
#include "image/image.h"
#include "unit/fixture_profile.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT 512

/* Any bytes; alpha, too. */
static void fill(uint8_t *samples, size_t count)
{
    struct cg_rng rng = cg_rng_make(4, 2, count);
    for (size_t i = 0; i < count; i++)
        samples[i] = (uint8_t)cg_rng_below(&rng, 256);
}

/* A PNG of one row of COUNT pixels, 8 bits, with a profile unless it is NULL. */
static struct fixture_bytes png_of(const uint8_t *samples, int colour, int channels,
                                   const struct fixture_bytes *profile)
{
    uint8_t row[1 + 4 * COUNT] = {0};
    size_t nbytes = (size_t)channels * COUNT;
    struct fixture_bytes file = {0};
    memcpy(row + 1, samples, nbytes);
    fixture_png_begin(&file, COUNT, 1, 8, colour, false);
    if (profile != NULL)
        fixture_png_profile(&file, profile);
    fixture_png_pixels(&file, row, 1 + nbytes);
    fixture_png_end(&file);
    return file;
}

static double to_linear(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double to_srgb(double v)
{
    return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

/* Display P3 to sRGB: both have the same white, so one matrix between linear values. power: what
 * makes them linear; 0: the curve of sRGB. */
static void p3_to_srgb(const uint8_t *p3, double power, double *srgb)
{
    static const double matrix[3][3] = {{1.2249402, -0.2249402, 0.0},
                                        {-0.0420570, 1.0420570, 0.0},
                                        {-0.0196376, -0.0786360, 1.0982736}};
    for (int c = 0; c < 3; c++) {
        double sum = 0;
        for (int k = 0; k < 3; k++)
            sum += matrix[c][k] *
                   (power == 0.0 ? to_linear(p3[k] / 255.0) : pow(p3[k] / 255.0, power));
        srgb[c] = 255 * to_srgb(sum < 0 ? 0 : sum > 1 ? 1 : sum);
    }
}

/* Within a level: 8 bits in and out, and lcms's fixed point between. */
static void assert_from_p3(const uint8_t *p3, const uint8_t *found)
{
    double expected[3];
    p3_to_srgb(p3, 0.0, expected);
    for (int c = 0; c < 3; c++)
        assert_true(fabs(expected[c] - found[c]) <= 1.0);
}

static void colours_of_a_profile_become_srgb(void **state)
{
    (void)state;
    struct fixture_bytes profile = fixture_profile_p3();
    uint8_t samples[4 * COUNT];
    fill(samples, sizeof(samples));
    for (int channels = 3; channels <= 4; channels++) {
        struct cg_image_extras extras;
        struct fixture_bytes file = png_of(samples, channels == 3 ? 2 : 6, channels, &profile);
        struct cg_image image = fixture_take(&file, &(struct cg_image_read_options){0}, &extras);
        assert_int_equal(image.channels, channels);
        assert_string_equal(extras.note, "");
        assert_null(extras.icc);
        for (int i = 0; i < COUNT; i++) {
            assert_from_p3(samples + i * channels, image.pixels + i * channels);
            if (channels == 4)
                assert_int_equal(image.pixels[4 * i + 3], samples[4 * i + 3]);
        }
        cg_image_clear(&image);
    }
    free(profile.bytes);
}

static void transparency_is_laid_on_white_after_the_colours(void **state)
{
    (void)state;
    struct fixture_bytes profile = fixture_profile_swapped();
    uint8_t samples[4 * COUNT] = {200, 0, 0, 51};
    struct fixture_bytes file = png_of(samples, 6, 4, &profile);
    struct cg_image image =
        fixture_take(&file, &(struct cg_image_read_options){.channels = 3}, NULL);
    assert_int_equal(image.channels, 3);
    assert_true(abs(image.pixels[0] - 204) <= 1);
    assert_true(abs(image.pixels[1] - 244) <= 1);
    assert_memory_equal(image.pixels + 3, "\xff\xff\xff", 3);
    cg_image_clear(&image);
    free(profile.bytes);
}

static void an_srgb_profile_changes_nothing(void **state)
{
    (void)state;
    struct fixture_bytes profile = fixture_profile_srgb();
    uint8_t samples[3 * COUNT];
    fill(samples, sizeof(samples));
    struct fixture_bytes file = png_of(samples, 2, 3, &profile);
    struct cg_image image = fixture_take(&file, &(struct cg_image_read_options){0}, NULL);
    assert_memory_equal(image.pixels, samples, sizeof(samples));
    cg_image_clear(&image);
    free(profile.bytes);
}

/* ---- grey ------------------------------------------------------------------------------------ */

static void grey_profiles_keep_grey(void **state)
{
    (void)state;
    static const int flavours[][4] = {{0, 1, 0, 1}, {0, 1, 3, 3}, {4, 2, 0, 4}}; /* colour type,
                                                      samples, channels asked for, given */
    struct fixture_bytes grey = fixture_profile_grey(1.0), swapped = fixture_profile_swapped();
    for (int i = 0; i < 6; i++) {
        const int *flavour = flavours[i / 2];
        uint8_t samples[2 * COUNT];
        fill(samples, sizeof(samples));
        struct fixture_bytes file =
            png_of(samples, flavour[0], flavour[1], i % 2 == 0 ? &grey : &swapped);
        struct cg_image image =
            fixture_take(&file, &(struct cg_image_read_options){.channels = flavour[2]}, NULL);
        assert_int_equal(image.channels, flavour[3]);
        for (int k = 0; k < COUNT; k++) {
            int value = samples[flavour[1] * k];
            double expected = i % 2 == 0 ? 255 * to_srgb(value / 255.0) : value;
            for (int c = 0; c < (flavour[3] == 1 ? 1 : 3); c++)
                assert_true(fabs(image.pixels[flavour[3] * k + c] - expected) <= 1.0);
            if (flavour[3] == 4)
                assert_int_equal(image.pixels[4 * k + 3], samples[2 * k + 1]);
        }
        cg_image_clear(&image);
    }
    free(swapped.bytes);
    free(grey.bytes);
}

/* ---- a PNG's gamma --------------------------------------------------------------------------- */

static const uint8_t p3_points[32] = {0, 0, 0x7a, 0x26, 0, 0, 0x80, 0x84, 0, 1, 0x09, 0xa0,
                                      0, 0, 0x7d, 0x00, 0, 0, 0x67, 0x84, 0, 1, 0x0d, 0x88,
                                      0, 0, 0x3a, 0x98, 0, 0, 0x17, 0x70};

/* One grey-blue pixel in a PNG with these chunks; gamma 0: no gAMA. */
static struct cg_image read_gamma(uint32_t gamma, bool srgb, bool points, bool damaged,
                                  struct cg_image_extras *extras)
{
    static const uint8_t row[] = {0, 200, 100, 50};
    uint8_t data[4];
    struct fixture_bytes file = {0};
    for (int i = 0; i < 4; i++)
        data[i] = (uint8_t)(gamma >> (24 - 8 * i));
    fixture_png_begin(&file, 1, 1, 8, 2, false);
    if (points)
        fixture_png_chunk(&file, "cHRM", p3_points, sizeof(p3_points));
    if (gamma != 0)
        fixture_png_chunk(&file, "gAMA", data, sizeof(data));
    if (damaged)
        file.bytes[file.nbytes - 1] ^= 1;
    if (srgb)
        fixture_png_chunk(&file, "sRGB", "", 1);
    fixture_png_pixels(&file, row, sizeof(row));
    fixture_png_end(&file);
    return fixture_take(&file, &(struct cg_image_read_options){0}, extras);
}

static void gamma_counts_where_nothing_better_is_said(void **state)
{
    (void)state;
    static const uint8_t stored[] = {200, 100, 50};
    static const struct {
        uint32_t gamma;
        bool srgb, points, damaged;
        double power; /* 0: colours as stored */
    } known[] = {
        {100000, false, false, false, 1.0},
        {55555, false, false, false, 1.8},
        {45455, false, false, false, 0.0},
        {45000, false, false, false, 0.0},
        {100000, true, false, false, 0.0},
        {100000, false, false, true, 0.0},
        {0, false, true, false, 0.0},
        {1, false, false, false, 0.0},
        {4000000000u, false, false, false, 0.0},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct cg_image_extras extras;
        struct cg_image image =
            read_gamma(known[i].gamma, known[i].srgb, known[i].points, known[i].damaged, &extras);
        assert_string_equal(extras.note, "");
        for (int c = 0; c < 3; c++) {
            double expected = known[i].power == 0.0
                                  ? stored[c]
                                  : 255 * to_srgb(pow(stored[c] / 255.0, known[i].power));
            assert_true(fabs(image.pixels[c] - expected) <= 1.0);
        }
        cg_image_clear(&image);
    }
}

static void chromaticities_count_with_a_gamma(void **state)
{
    (void)state;
    static const uint8_t stored[] = {200, 100, 50};
    struct cg_image image = read_gamma(45455, false, true, false, NULL);
    double expected[3];
    p3_to_srgb(stored, 2.2, expected);
    for (int c = 0; c < 3; c++)
        assert_true(fabs(image.pixels[c] - expected[c]) <= 1.0);
    cg_image_clear(&image);
}

/* ---- JPEG ------------------------------------------------------------------------------------ */

static const int red_values[] = {200, 10, 20};

static void a_profile_in_parts_is_put_together(void **state)
{
    (void)state;
    struct fixture_bytes profile = fixture_profile_swapped();
    for (int missing = 0; missing <= 3; missing++) {
        struct cg_image_extras extras;
        struct fixture_bytes file = {0};
        fixture_jpeg(&file, 3, red_values, false, 0);
        fixture_jpeg_add_profile(&file, &profile, 3, missing);
        struct cg_image image = fixture_take(&file, &(struct cg_image_read_options){0}, &extras);
        assert_true(abs(image.pixels[missing == 0 ? 1 : 0] - 200) <= 1);
        assert_int_equal(extras.note[0] != '\0', missing != 0);
        cg_image_clear(&image);
    }
    free(profile.bytes);
}

/* The profile exchanges cyan and magenta; without it the inks are mixed as they are. */
static void inks_go_through_their_profile(void **state)
{
    (void)state;
    static const int inks[] = {55, 255, 255, 255}; /* inverted: 200 of cyan */
    static const int plain[] = {200, 0, 0, 0};
    struct fixture_bytes profile = fixture_profile_cmyk(), wrong = fixture_profile_p3();
    for (int i = 0; i < 6; i++) {
        struct cg_image_extras extras;
        struct fixture_bytes file = {0};
        fixture_jpeg(&file, 4, i % 2 == 0 ? inks : plain, false, i % 2 == 0 ? 0 : -1);
        if (i >= 2)
            fixture_jpeg_add_profile(&file, i >= 4 ? &wrong : &profile, 17, 0);
        struct cg_image image = fixture_take(&file, &(struct cg_image_read_options){0}, &extras);
        bool used = i == 2 || i == 3;
        assert_int_equal(image.channels, 3);
        assert_true(abs(image.pixels[used ? 1 : 0] - 55) <= 3); /* 8 bits of a table of 9 steps */
        assert_true(image.pixels[used ? 0 : 1] >= 252);
        assert_true(image.pixels[2] >= 252);
        assert_int_equal(strstr(extras.note, "approximate") != NULL, !used);
        cg_image_clear(&image);
    }
    free(wrong.bytes);
    free(profile.bytes);
}

/* ---- profiles that are kept ------------------------------------------------------------------ */

static void a_kept_profile_comes_back_from_the_file_written(void **state)
{
    (void)state;
    const struct cg_image_read_options keep = {.keep_profile = true};
    struct fixture_bytes profiles[] = {fixture_profile_p3(), fixture_profile_large(300000)};
    uint8_t samples[3 * COUNT];
    memset(samples, 120, sizeof(samples));
    for (int i = 0; i < 4; i++) {
        const struct fixture_bytes *profile = &profiles[i / 2];
        struct cg_image_extras extras, again;
        struct fixture_bytes file = png_of(samples, 2, 3, profile), written;
        struct cg_image image = fixture_take(&file, &keep, &extras);
        assert_memory_equal(image.pixels, samples, sizeof(samples));
        assert_int_equal(extras.icc_nbytes, profile->nbytes);
        assert_memory_equal(extras.icc, profile->bytes, profile->nbytes);
        struct cg_image_write_options options = {
            .format = i % 2 == 0 ? CG_IMAGE_PNG : CG_IMAGE_JPEG, .quality = 95, .extras = &extras};
        assert_int_equal(cg_image_encode(&image, &options, &written.bytes, &written.nbytes, NULL),
                         CG_OK);
        cg_image_clear(&image);
        image = fixture_take(&written, &keep, &again);
        assert_true(abs(image.pixels[0] - 120) <= (i % 2 == 0 ? 0 : 1));
        assert_string_equal(again.note, "");
        assert_int_equal(again.icc_nbytes, profile->nbytes);
        assert_memory_equal(again.icc, profile->bytes, profile->nbytes);
        cg_image_extras_clear(&again);
        cg_image_extras_clear(&extras);
        cg_image_clear(&image);
    }
    free(profiles[0].bytes);
    free(profiles[1].bytes);
}

static void a_profile_not_for_rgb_is_not_kept(void **state)
{
    (void)state;
    const struct cg_image_read_options keep = {.keep_profile = true};
    struct fixture_bytes grey = fixture_profile_grey(1.0), cmyk = fixture_profile_cmyk(), file;
    struct cg_image_extras extras;
    static const int inks[] = {55, 255, 255, 255};
    uint8_t samples[COUNT];
    memset(samples, 60, sizeof(samples));
    file = png_of(samples, 0, 1, &grey);
    struct cg_image image = fixture_take(&file, &keep, &extras);
    assert_true(image.pixels[0] > 120);
    assert_null(extras.icc);
    assert_non_null(strstr(extras.note, "not kept"));
    cg_image_clear(&image);
    fixture_jpeg(&file, 4, inks, false, 0);
    fixture_jpeg_add_profile(&file, &cmyk, 17, 0);
    image = fixture_take(&file, &keep, &extras);
    assert_null(extras.icc);
    assert_non_null(strstr(extras.note, "not kept"));
    cg_image_clear(&image);
    free(cmyk.bytes);
    free(grey.bytes);
}

/* ---- profiles that are no good --------------------------------------------------------------- */

static void assert_taken_for_srgb(const struct fixture_bytes *profile)
{
    uint8_t samples[3 * COUNT];
    fill(samples, sizeof(samples));
    for (int keep = 0; keep <= 1; keep++) {
        struct cg_image_extras extras;
        struct fixture_bytes file = png_of(samples, 2, 3, profile);
        struct cg_image image =
            fixture_take(&file, &(struct cg_image_read_options){.keep_profile = keep}, &extras);
        assert_memory_equal(image.pixels, samples, sizeof(samples));
        assert_null(extras.icc);
        assert_string_equal(extras.note, "its colour profile could not be used, taken for sRGB");
        cg_image_clear(&image);
    }
}

static void broken_profiles_are_taken_for_srgb(void **state)
{
    (void)state;
    struct fixture_bytes p3 = fixture_profile_p3(), grey = fixture_profile_grey(2.2);
    struct fixture_bytes cmyk = fixture_profile_cmyk();
    assert_taken_for_srgb(&grey);
    assert_taken_for_srgb(&cmyk);
    for (size_t nbytes = 0; nbytes < p3.nbytes / 2; nbytes += 37)
        assert_taken_for_srgb(&(struct fixture_bytes){p3.bytes, nbytes});
    memset(p3.bytes + 12, 'x', 4); /* its class */
    assert_taken_for_srgb(&p3);
    memset(p3.bytes, 0xff, p3.nbytes);
    assert_taken_for_srgb(&p3);
    uint8_t *zeros = calloc(1, 20 << 20); /* more than any profile has */
    assert_non_null(zeros);
    assert_taken_for_srgb(&(struct fixture_bytes){zeros, 20 << 20});
    free(zeros);
    free(cmyk.bytes);
    free(grey.bytes);
    free(p3.bytes);
}

/* Whatever a profile says, the picture is read. */
static void changed_profiles_do_no_harm(void **state)
{
    (void)state;
    struct fixture_bytes profiles[] = {fixture_profile_p3(), fixture_profile_grey(1.8)};
    uint8_t samples[3 * COUNT];
    fill(samples, sizeof(samples));
    for (int i = 0; i < 2; i++) {
        for (size_t at = 0; at < profiles[i].nbytes; at += 3) {
            profiles[i].bytes[at] ^= 0x85;
            struct fixture_bytes file =
                png_of(samples, i == 0 ? 2 : 0, i == 0 ? 3 : 1, &profiles[i]);
            struct cg_image image = fixture_take(&file, &(struct cg_image_read_options){0}, NULL);
            cg_image_clear(&image);
            profiles[i].bytes[at] ^= 0x85;
        }
        free(profiles[i].bytes);
    }
}

/* A file with everything in it, cut off anywhere: no more than refused. Only the end itself, IEND
 * or EOI, may be missing. */
static void every_beginning_of_a_file_is_safe(void **state)
{
    (void)state;
    const struct cg_image_read_options keep = {.keep_profile = true, .keep_exif = true};
    struct fixture_bytes profile = fixture_profile_p3(), files[2] = {{0}};
    uint8_t samples[3 * COUNT], tiff[26];
    fill(samples, sizeof(samples));
    files[0] = png_of(samples, 2, 3, &profile);
    struct fixture_bytes chunk = {0};
    fixture_png_chunk(&chunk, "eXIf", tiff, fixture_exif(tiff, 3, true));
    fixture_insert(&files[0], 33, chunk.bytes, chunk.nbytes);
    fixture_jpeg(&files[1], 3, red_values, true, 0);
    fixture_jpeg_add_profile(&files[1], &profile, 2, 0);
    fixture_jpeg_add_exif(&files[1], 6, false);
    for (int i = 0; i < 2; i++) {
        for (size_t nbytes = 0; nbytes <= files[i].nbytes; nbytes++) {
            struct cg_image image;
            struct cg_image_extras extras;
            uint8_t *exact = malloc(nbytes + (nbytes == 0)); /* so that reading past is seen */
            assert_non_null(exact);
            memcpy(exact, files[i].bytes, nbytes);
            enum cg_status status = cg_image_decode(exact, nbytes, &keep, &image, &extras, NULL);
            bool has_pixels = nbytes >= files[i].nbytes - (i == 0 ? 12 : 0);
            assert_int_equal(status, has_pixels ? CG_OK : CG_ERR_FORMAT);
            assert_int_equal(extras.icc != NULL && extras.exif != NULL, status == CG_OK);
            cg_image_extras_clear(&extras);
            cg_image_clear(&image);
            free(exact);
        }
        free(files[i].bytes);
    }
    free(chunk.bytes);
    free(profile.bytes);
}

/* ---- threads --------------------------------------------------------------------------------- */

struct thread_context {
    struct fixture_bytes file;
    struct cg_image image[8];
};

static void decode_one(void *context, size_t item, int worker)
{
    (void)worker;
    struct thread_context *decoded = context;
    decoded->image[item] = fixture_decode(&decoded->file, 3);
}

static void threads_convert_side_by_side(void **state)
{
    (void)state;
    struct fixture_bytes profile = fixture_profile_p3();
    uint8_t samples[3 * COUNT];
    fill(samples, sizeof(samples));
    struct thread_context context = {.file = png_of(samples, 2, 3, &profile)};
    struct cg_pool *pool;
    assert_int_equal(cg_pool_create(4, &pool, NULL), CG_OK);
    cg_pool_run(pool, 8, decode_one, &context);
    cg_pool_free(pool);
    for (int i = 0; i < 8; i++) {
        assert_from_p3(samples, context.image[i].pixels);
        assert_memory_equal(context.image[i].pixels, context.image[0].pixels, sizeof(samples));
    }
    for (int i = 0; i < 8; i++)
        cg_image_clear(&context.image[i]);
    free(context.file.bytes);
    free(profile.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_of_a_profile_become_srgb),
        cmocka_unit_test(transparency_is_laid_on_white_after_the_colours),
        cmocka_unit_test(an_srgb_profile_changes_nothing),
        cmocka_unit_test(grey_profiles_keep_grey),
        cmocka_unit_test(gamma_counts_where_nothing_better_is_said),
        cmocka_unit_test(chromaticities_count_with_a_gamma),
        cmocka_unit_test(a_profile_in_parts_is_put_together),
        cmocka_unit_test(inks_go_through_their_profile),
        cmocka_unit_test(a_kept_profile_comes_back_from_the_file_written),
        cmocka_unit_test(a_profile_not_for_rgb_is_not_kept),
        cmocka_unit_test(broken_profiles_are_taken_for_srgb),
        cmocka_unit_test(changed_profiles_do_no_harm),
        cmocka_unit_test(every_beginning_of_a_file_is_safe),
        cmocka_unit_test(threads_convert_side_by_side),
    };
    return cmocka_run_group_tests_name("image colour", tests, NULL, NULL);
}
