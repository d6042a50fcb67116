/*
 * Every allocation fails once, in what goes through libexif, Little CMS, jansson, FreeType and
 * HarfBuzz: the result is the same as ever, or CG_ERR_MEMORY; never a result with something
 * missing, nor "damaged".
 */
#include "base/json.h"
#include "base/memory.h"
#include "fail_alloc.h"
#include "image/exif.h"
#include "image/image.h"
#include "image/walk.h"
#include "page/font.h"
#include "unit/fixture_profile.h"
#include "unit/temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define POINTS_MAX 20000

/* One way through, with the nth allocation failing; *out, to be freed, is its result. */
typedef enum cg_status (*work_fn)(const void *input, uint8_t **out, size_t *nbytes);

static void fail_each_once(work_fn work, const void *input)
{
    uint8_t *expected, *found;
    size_t expected_nbytes, found_nbytes;
    assert_int_equal(work(input, &expected, &expected_nbytes), CG_OK);
    for (long nth = 1;; nth++) {
        assert_true(nth < POINTS_MAX);
        fail_alloc_arm(nth, false);
        enum cg_status status = work(input, &found, &found_nbytes);
        long count = fail_alloc_count();
        fail_alloc_arm(0, false);
        if (status == CG_OK) {
            assert_int_equal(found_nbytes, expected_nbytes);
            assert_memory_equal(found, expected, expected_nbytes);
            free(found);
        } else if (status != CG_ERR_MEMORY) {
            fail_msg("allocation %ld: expected CG_ERR_MEMORY, found %s", nth,
                     cg_status_name(status));
        }
        if (count < nth)
            break;
    }
    free(expected);
}

static enum cg_status carry_exif(const void *input, uint8_t **out, size_t *nbytes)
{
    const struct cg_exif_options options = {.width = 40, .height = 30, .keep_gps = true};
    return cg_exif_carry(input, &options, out, nbytes);
}

/* A directory with a short, a text and a text that lies elsewhere. */
static void exif_data_is_whole_or_refused(void **state)
{
    static const uint8_t exif[] = "MM\0*\0\0\0\10\0\3"
                                  "\1\x0f\0\2\0\0\0\4abc\0"
                                  "\1\x12\0\3\0\0\0\1\0\6\0\0"
                                  "\1\x31\0\2\0\0\0\12\0\0\0\x32\0\0\0\0"
                                  "A program";
    const struct cg_span span = {exif, sizeof(exif)};
    (void)state;
    fail_each_once(carry_exif, &span);
}

static enum cg_status read_picture(const void *input, uint8_t **out, size_t *nbytes)
{
    const struct fixture_bytes *file = input;
    const struct cg_image_read_options options = {0};
    struct cg_image image = {0};
    struct cg_image_extras extras = {0};
    enum cg_status status =
        cg_image_decode(file->bytes, file->nbytes, &options, &image, &extras, NULL);
    *out = image.pixels;
    *nbytes = (size_t)image.width * (size_t)image.height * (size_t)image.channels;
    cg_image_extras_clear(&extras);
    return status;
}

/* A pixel with a profile of other colours; it must not come out in the profile's own. */
static void colours_are_right_or_refused(void **state)
{
    static const uint8_t row[] = {0, 200, 40, 90};
    struct fixture_bytes file = {0}, profile = fixture_profile_swapped();
    (void)state;
    fixture_png_begin(&file, 1, 1, 8, 2, false);
    fixture_png_profile(&file, &profile);
    fixture_png_pixels(&file, row, sizeof(row));
    fixture_png_end(&file);
    fail_each_once(read_picture, &file);
    free(profile.bytes);
    free(file.bytes);
}

static enum cg_status round_json(const void *input, uint8_t **out, size_t *nbytes)
{
    json_t *object;
    enum cg_status status = cg_json_parse_object(input, strlen(input), 4, "text", &object, NULL);
    if (status != CG_OK)
        return status;
    char *text;
    cg_memory_forget();
    status = cg_json_dump(object, JSON_COMPACT, "text", &text, NULL);
    *out = (uint8_t *)text;
    *nbytes = text != NULL ? strlen(text) : 0;
    return status;
}

/* With a string and a table that grow: there jansson drops bytes, and crashes. */
static void json_is_whole_or_refused(void **state)
{
    (void)state;
    fail_each_once(
        round_json,
        "{\"name\":\"a\",\"looks\":{\"ink\":1.5,\"dots\":[1,2,3],\"x\":\"\\u00e9\"},"
        "\"summary\":\"faces and small things stay whole, and nothing of it is lost\","
        "\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,"
        "\"k\":11,\"l\":12,\"m\":13,\"n\":14,\"o\":15,\"p\":16,\"q\":17,\"r\":18}");
}

#define FONT "/usr/share/fonts/opentype/comic-neue/ComicNeue-Bold.otf"

/* Advances of two letters with kerning, and the coverage of one; into sums,
 * which take no memory. */
static enum cg_status letter(struct cg_fonts *fonts, double sums[2], struct cg_error *error)
{
    struct cg_glyph first, second;
    struct cg_glyph_pixels pixels;
    enum cg_status status = cg_fonts_find(fonts, 'A', &first, error);
    if (status == CG_OK)
        status = cg_fonts_find(fonts, 'V', &second, error);
    if (status == CG_OK)
        status = cg_font_advance(fonts, &first, &second, &sums[0], error);
    if (status == CG_OK)
        status = cg_font_draw(fonts, &second, 20.0, 0.0, &pixels, error);
    for (int i = 0; status == CG_OK && i < pixels.width * pixels.height; i++)
        sums[1] += (i + 1) * pixels.coverage[i];
    return status;
}

static enum cg_status letter_with(const void *input, uint8_t **out, size_t *nbytes)
{
    static double sums[2];
    struct cg_fonts *fonts = NULL;
    struct cg_error error;
    memset(sums, 0, sizeof(sums));
    enum cg_status status = cg_fonts_create(input, NULL, &fonts, &error);
    if (status == CG_OK)
        status = letter(fonts, sums, &error);
    cg_fonts_free(fonts);
    *nbytes = sizeof(sums);
    *out = status == CG_OK ? malloc(sizeof(sums)) : NULL;
    if (*out != NULL)
        memcpy(*out, sums, sizeof(sums));
    else if (status == CG_OK || strstr(error.text, "memory was short") != NULL)
        status =
            CG_ERR_MEMORY; /* HarfBuzz does not tell a font without glyphs from memory without */
    return status;
}

static void letters_are_right_or_refused(void **state)
{
    (void)state;
    if (access(FONT, R_OK) != 0) {
        print_message("skipped: fonts-comic-neue is not installed\n");
        skip();
    }
    fail_each_once(letter_with, FONT);
}

static enum cg_status list_pictures(const void *input, uint8_t **out, size_t *nbytes)
{
    const struct cg_walk_options options = {.recursive = true, .follow_folders = true};
    struct cg_path_list list = {0};
    enum cg_status status = cg_walk_pictures(input, &options, &list, NULL, NULL);
    size_t length = 0;
    *nbytes = list.count > 0 ? (strlen(input) + 8) * list.count : 1;
    *out = status == CG_OK ? calloc(*nbytes, 1) : NULL;
    for (size_t i = 0; *out != NULL && i < list.count; i++)
        length += (size_t)sprintf((char *)*out + length, "%s;", list.paths[i]);
    cg_path_list_clear(&list);
    return status == CG_OK && *out == NULL ? CG_ERR_MEMORY : status;
}

static void lists_are_whole_or_refused(void **state)
{
    char *folder = temp_path(*state, "in");
    temp_write(*state, "in/b.png", "", 0);
    temp_write(*state, "in/a.jpg", "", 0);
    fail_each_once(list_pictures, folder);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exif_data_is_whole_or_refused),
        cmocka_unit_test(colours_are_right_or_refused),
        cmocka_unit_test(json_is_whole_or_refused),
        cmocka_unit_test(letters_are_right_or_refused),
        cmocka_unit_test(lists_are_whole_or_refused),
    };
    return cmocka_run_group_tests(tests, temp_folder_setup, temp_folder_teardown);
}
