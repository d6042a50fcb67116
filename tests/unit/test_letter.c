/* page: UTF-8, fonts, and the setting of text. Needs a font of those that the program looks for;
 * what needs one is skipped without. */
#include "base/file.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "page/letter.h"
#include "temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const font_path = "/usr/share/fonts/opentype/comic-neue/ComicNeue-Bold.otf";

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

static void code_points_are_read_and_written(void **state)
{
    (void)state;
    const int32_t codepoints[] = {'A', 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff};
    for (size_t i = 0; i < sizeof(codepoints) / sizeof(codepoints[0]); i++) {
        char bytes[5];
        cg_utf8_put(codepoints[i], bytes);
        const char *at = bytes;
        assert_int_equal(cg_utf8_next(&at), codepoints[i]);
        assert_int_equal(*at, '\0');
    }
}

static void what_is_not_utf8_is_refused(void **state)
{
    (void)state;
    const char *const bad[] = {"\x80",         "\xc3",     "\xc3(",        "\xc0\xaf",
                               "\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                               "\xf0\x9f\x98", "\xff",     "\xf8\x88\x80"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *at = bad[i];
        assert_int_equal(cg_utf8_next(&at), -1);
    }
}

/* ---- fonts ----------------------------------------------------------------------------------- */

static struct cg_fonts *open_fonts(void)
{
    struct cg_fonts *fonts;
    if (cg_fonts_create(NULL, NULL, &fonts, NULL) != CG_OK) {
        print_message("skipped: no font; install fonts-comic-neue\n");
        skip();
    }
    return fonts;
}

static void without_fonts_the_package_is_named(void **state)
{
    const char *const folders[] = {*state, NULL};
    struct cg_fonts *fonts;
    struct cg_error error;
    assert_int_equal(cg_fonts_create(NULL, folders, &fonts, &error), CG_ERR_IO);
    assert_null(fonts);
    assert_non_null(strstr(error.text, "fonts-comic-neue"));
}

static void expect_no_font(const char *path, enum cg_status expected)
{
    struct cg_fonts *fonts;
    struct cg_error error;
    assert_int_equal(cg_fonts_create(path, NULL, &fonts, &error), expected);
    assert_non_null(strstr(error.text, "reading"));
}

static void what_is_no_font_is_refused(void **state)
{
    char *path = temp_path(*state, "font.otf");
    expect_no_font(path, CG_ERR_IO);
    temp_write(*state, "font.otf", "", 0);
    expect_no_font(path, CG_ERR_FORMAT);
    temp_write(*state, "font.otf", "not a font", 10);
    expect_no_font(path, CG_ERR_FORMAT);
    free(path);
}

/* Set and draw a text in the font of that path; what may come of it, if the font is damaged. */
static enum cg_status letter_with(const char *path)
{
    const struct cg_letter_box box = {400.0, 200.0, 10.0, 30.0};
    const uint8_t black[3] = {0, 0, 0};
    struct cg_fonts *fonts;
    struct cg_lettering *text = NULL;
    struct cg_image image;
    struct cg_error error = {0};
    assert_int_equal(cg_image_create(100, 60, 3, &image, NULL), CG_OK);
    memset(image.pixels, 255, (size_t)100 * 60 * 3);
    enum cg_status status = cg_fonts_create(path, NULL, &fonts, &error);
    if (status == CG_OK)
        status = cg_lettering_create(fonts, "AV To: jumps, \"\xc3\xbc\"!", &box, &text, &error);
    if (status == CG_OK)
        status = cg_lettering_draw(text, &image, 0.3, 0.0, CG_LETTER_LEFT, black, &error);
    if (status != CG_OK && status != CG_ERR_FORMAT && status != CG_ERR_LIMIT &&
        status != CG_ERR_UNSUPPORTED)
        fail_msg("%s", error.text);
    cg_lettering_free(text);
    cg_fonts_free(fonts);
    cg_image_clear(&image);
    return status;
}

/* A damaged font is refused or does its work; it never brings the program down (the sanitizers'
 * builds see more than a crash). */
static void damaged_fonts_do_no_harm(void **state)
{
    enum { CUTS = 64, FLIPS = 400 };
    uint8_t *bytes;
    size_t nbytes;
    struct cg_rng rng = cg_rng_make(1, 0, 0);
    char *path = temp_path(*state, "font.otf");
    if (cg_file_read(font_path, (size_t)1 << 24, &bytes, &nbytes, NULL) != CG_OK) {
        free(path);
        print_message("skipped: fonts-comic-neue is not installed\n");
        skip();
    }
    assert_int_equal(letter_with(font_path), CG_OK);
    for (size_t part = 0; part < CUTS; part++) {
        temp_write(*state, "font.otf", bytes, nbytes * part / CUTS);
        enum cg_status status = letter_with(path);
        assert_true(part > CUTS / 4 || status == CG_ERR_FORMAT);
    }
    for (int i = 0; i < FLIPS; i++) {
        size_t within = i % 2 == 0 ? 400 : nbytes; /* the list of tables, and anywhere */
        size_t at = (size_t)cg_rng_below(&rng, (uint32_t)within);
        uint8_t former = bytes[at];
        bytes[at] = (uint8_t)cg_rng_below(&rng, 256);
        temp_write(*state, "font.otf", bytes, nbytes);
        letter_with(path);
        if (i % 8 != 0) /* the damage adds up */
            bytes[at] = former;
    }
    free(bytes);
    free(path);
}

static void letters_come_from_the_first_font_that_has_them(void **state)
{
    (void)state;
    struct cg_fonts *fonts = open_fonts();
    struct cg_glyph glyph;
    struct cg_error error;
    assert_int_equal(cg_fonts_find(fonts, 'A', &glyph, &error), CG_OK);
    assert_int_equal(glyph.font, 0);
    assert_int_equal(cg_fonts_find(fonts, 0x10fffd, &glyph, &error), CG_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.text, "U+10FFFD"));
    cg_fonts_free(fonts);
}

/* ---- setting --------------------------------------------------------------------------------- */

static const char *const sentence = "The quick brown fox jumps over the lazy dog, and well-fed "
                                    "jackdaws love a sphinx of quartz.";

static struct cg_lettering *set(struct cg_fonts *fonts, const char *text, double width,
                                double height)
{
    struct cg_letter_box box = {width, height, 10.0, 30.0};
    struct cg_lettering *lettering;
    struct cg_error error = {0};
    if (cg_lettering_create(fonts, text, &box, &lettering, &error) != CG_OK)
        fail_msg("%s: %s", text, error.text);
    assert_true(cg_lettering_width(lettering) <= width + 1e-6);
    assert_true(cg_lettering_height(lettering) <= height + 1e-6);
    assert_true(cg_lettering_size(lettering) >= 10.0);
    assert_true(cg_lettering_size(lettering) <= 30.0);
    return lettering;
}

static int count_lines(struct cg_fonts *fonts, const char *text, double width)
{
    struct cg_lettering *lettering = set(fonts, text, width, 4000.0);
    int count = cg_lettering_line_count(lettering);
    cg_lettering_free(lettering);
    return count;
}

static void lines_break_where_they_may(void **state)
{
    (void)state;
    struct cg_fonts *fonts = open_fonts();
    assert_int_equal(count_lines(fonts, "one two", 4000.0), 1);
    assert_int_equal(count_lines(fonts, "one\ntwo", 4000.0), 2);
    assert_int_equal(count_lines(fonts, "one\n\ntwo", 4000.0), 3);
    assert_int_equal(count_lines(fonts, "one two  \n", 4000.0), 1);
    assert_int_equal(count_lines(fonts, "wwwwww wwwwww", 200.0), 2);
    assert_int_equal(count_lines(fonts, "wwwwww\twwwwww", 200.0), 2);
    assert_int_equal(count_lines(fonts, "wwwwww-wwwwww", 200.0), 2);
    int last = 1;
    for (double width = 1600.0; width > 150.0; width *= 0.7) {
        int lines = count_lines(fonts, sentence, width);
        assert_true(lines >= last);
        last = lines;
    }
    assert_true(last > 5);
    cg_fonts_free(fonts);
}

static void lines_are_even(void **state)
{
    (void)state;
    struct cg_fonts *fonts = open_fonts();
    struct cg_lettering *line = set(fonts, sentence, 4000.0, 4000.0);
    double whole = cg_lettering_width(line);
    struct cg_lettering *lines = set(fonts, sentence, 0.9 * whole, 4000.0);
    assert_int_equal(cg_lettering_line_count(lines), 2);
    assert_true(cg_lettering_width(lines) < 0.6 * whole);
    cg_lettering_free(lines);
    cg_lettering_free(line);
    cg_fonts_free(fonts);
}

static void text_shrinks_until_it_fits(void **state)
{
    (void)state;
    struct cg_fonts *fonts = open_fonts();
    struct cg_lettering *roomy = set(fonts, sentence, 1000.0, 1000.0);
    struct cg_lettering *tight = set(fonts, sentence, 300.0, 100.0);
    assert_true(cg_lettering_size(roomy) == 30.0);
    assert_true(cg_lettering_size(tight) < 30.0);
    cg_lettering_free(tight);
    cg_lettering_free(roomy);
    cg_fonts_free(fonts);
}

static void refuse(struct cg_fonts *fonts, const char *text, enum cg_status expected,
                   const char *part)
{
    struct cg_letter_box box = {300.0, 60.0, 10.0, 30.0};
    struct cg_lettering *lettering;
    struct cg_error error = {0};
    assert_int_equal(cg_lettering_create(fonts, text, &box, &lettering, &error), expected);
    assert_null(lettering);
    if (strstr(error.text, part) == NULL)
        fail_msg("expected \"%s\" in: %s", part, error.text);
}

static void what_cannot_be_set_is_refused(void **state)
{
    (void)state;
    struct cg_fonts *fonts = open_fonts();
    char *endless = malloc(5001);
    assert_non_null(endless);
    memset(endless, 'w', 5000);
    endless[5000] = '\0';
    refuse(fonts, sentence + strlen(sentence), CG_ERR_ARGUMENT, "blanks");
    refuse(fonts, " \n ", CG_ERR_ARGUMENT, "blanks");
    refuse(fonts, "ab\xff", CG_ERR_FORMAT, "after byte 2");
    refuse(fonts, "a\x07", CG_ERR_FORMAT, "U+0007");
    refuse(fonts, "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", CG_ERR_UNSUPPORTED, "left to right");
    refuse(fonts, "a \xf4\x8f\xbf\xbd", CG_ERR_UNSUPPORTED, "U+10FFFD");
    refuse(fonts, endless, CG_ERR_LIMIT, "4000 bytes");
    endless[300] = '\0';
    refuse(fonts, endless, CG_ERR_LIMIT, "300 letters");
    refuse(fonts, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj", CG_ERR_LIMIT, "fits");
    free(endless);
    cg_fonts_free(fonts);
}

/* Ink lies inside the text's box (but for three pixels: letters may lean out of their place), and
 * there is some in each part of it; text that hangs over the picture's edges is cut off. */
static void ink_lies_in_its_box(void **state)
{
    (void)state;
    struct cg_fonts *fonts = open_fonts();
    struct cg_lettering *text = set(fonts, sentence, 400.0, 400.0);
    const uint8_t black[3] = {0, 0, 0};
    struct cg_image image;
    assert_int_equal(cg_image_create(500, 400, 3, &image, NULL), CG_OK);
    memset(image.pixels, 255, (size_t)500 * 400 * 3);
    assert_int_equal(cg_lettering_draw(text, &image, 50.3, 40.0, CG_LETTER_LEFT, black, NULL),
                     CG_OK);
    int quarters[4] = {0}, outside = 0;
    double right = 50.3 + cg_lettering_width(text), lower = 40.0 + cg_lettering_height(text);
    for (int i = 0; i < 500 * 400; i++) {
        int x = i % 500, y = i / 500;
        if (image.pixels[3 * i] == 255)
            continue;
        outside += x < 47 || y < 37 || x > right + 3.0 || y > lower + 3.0;
        quarters[2 * (y > (40.0 + lower) / 2) + (x > (50.3 + right) / 2)]++;
    }
    assert_int_equal(outside, 0);
    for (int i = 0; i < 4; i++)
        assert_true(quarters[i] > 200);
    assert_int_equal(cg_lettering_draw(text, &image, -200.0, 350.0, CG_LETTER_MIDDLE, black, NULL),
                     CG_OK);
    assert_int_equal(cg_lettering_draw(text, &image, 450.0, -30.0, CG_LETTER_RIGHT, black, NULL),
                     CG_OK);
    cg_image_clear(&image);
    cg_lettering_free(text);
    cg_fonts_free(fonts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_points_are_read_and_written),
        cmocka_unit_test(what_is_not_utf8_is_refused),
        cmocka_unit_test_setup_teardown(without_fonts_the_package_is_named, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_font_is_refused, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(damaged_fonts_do_no_harm, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test(letters_come_from_the_first_font_that_has_them),
        cmocka_unit_test(lines_break_where_they_may),
        cmocka_unit_test(lines_are_even),
        cmocka_unit_test(text_shrinks_until_it_fits),
        cmocka_unit_test(what_cannot_be_set_is_refused),
        cmocka_unit_test(ink_lies_in_its_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
