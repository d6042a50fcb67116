/* What comicgan.h offers its users: pixels of any layout, looks by name, progress, files. */
#include "base/file_writer.h"
#include "fixture.h"
#include "fixture_image.h"

#include <comicgan/comicgan.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 70
#define HEIGHT 45
#define PIXELS (WIDTH * HEIGHT)

static struct cg_engine *engine;
static struct cg_session *session;
static struct cg_render_params *looks;

static int open_all(void **state)
{
    (void)state;
    return cg_engine_open(CG_DEFAULT_STYLE, &engine, NULL) != CG_OK ||
           cg_session_create(engine, 2, &session, NULL) != CG_OK ||
           cg_render_params_create(engine, &looks, NULL) != CG_OK ||
           cg_render_params_set(looks, "detail", 64, NULL) != CG_OK;
}

static int close_all(void **state)
{
    (void)state;
    cg_render_params_free(looks);
    cg_session_free(session);
    cg_engine_free(engine);
    return 0;
}

/* A picture of stripes and spots, grey or not. */
static void draw(uint8_t *rgb, int is_grey)
{
    for (int i = 0; i < PIXELS; i++)
        for (int c = 0; c < 3; c++)
            rgb[3 * i + c] =
                (uint8_t)(i % WIDTH / 9 * 30 + i / WIDTH / 7 * 20 + (is_grey ? 0 : 25 * c));
}

static struct cg_pixels packed(uint8_t *data, int channels)
{
    return (struct cg_pixels){data, WIDTH, HEIGHT, channels, 0};
}

/* ---- pixels ---------------------------------------------------------------------------------- */

static void gaps_between_rows_change_nothing_and_stay(void **state)
{
    (void)state;
    enum { STRIDE = 3 * WIDTH + 11 };
    static uint8_t rgb[3 * PIXELS], wide[STRIDE * HEIGHT];
    draw(rgb, 0);
    memset(wide, 0xa5, sizeof(wide));
    for (int y = 0; y < HEIGHT; y++)
        memcpy(wide + y * STRIDE, rgb + 3 * y * WIDTH, 3 * WIDTH);
    assert_int_equal(cg_session_convert(session, packed(rgb, 3), looks, NULL), CG_OK);
    struct cg_pixels pixels = {wide, WIDTH, HEIGHT, 3, STRIDE};
    assert_int_equal(cg_session_convert(session, pixels, looks, NULL), CG_OK);
    for (int y = 0; y < HEIGHT; y++) {
        assert_memory_equal(wide + y * STRIDE, rgb + 3 * y * WIDTH, 3 * WIDTH);
        for (int i = 3 * WIDTH; i < STRIDE; i++)
            assert_int_equal(wide[y * STRIDE + i], 0xa5);
    }
}

static void alpha_is_kept_and_opaque_colours_are_those_of_rgb(void **state)
{
    (void)state;
    static uint8_t rgb[3 * PIXELS], rgba[4 * PIXELS];
    draw(rgb, 0);
    for (int i = 0; i < PIXELS; i++) {
        memcpy(rgba + 4 * i, rgb + 3 * i, 3);
        rgba[4 * i + 3] = 255;
    }
    rgba[3] = 17;
    assert_int_equal(cg_session_convert(session, packed(rgb, 3), looks, NULL), CG_OK);
    assert_int_equal(cg_session_convert(session, packed(rgba, 4), looks, NULL), CG_OK);
    assert_int_equal(rgba[3], 17);
    for (int i = 1; i < PIXELS; i++) {
        assert_int_equal(rgba[4 * i + 3], 255);
        assert_memory_equal(rgba + 4 * i, rgb + 3 * i, 3);
    }
}

static void grey_becomes_the_comics_luma(void **state)
{
    (void)state;
    static uint8_t rgb[3 * PIXELS], grey[PIXELS];
    draw(rgb, 1);
    for (int i = 0; i < PIXELS; i++)
        grey[i] = rgb[3 * i];
    assert_int_equal(cg_session_convert(session, packed(rgb, 3), looks, NULL), CG_OK);
    assert_int_equal(cg_session_convert(session, packed(grey, 1), looks, NULL), CG_OK);
    for (int i = 0; i < PIXELS; i++) {
        const uint8_t *p = rgb + 3 * i;
        assert_true(fabs(.299 * p[0] + .587 * p[1] + .114 * p[2] - grey[i]) < 1.5);
    }
}

static void pixels_that_make_no_picture_are_refused(void **state)
{
    (void)state;
    static uint8_t rgb[3 * PIXELS];
    const struct cg_pixels bad[] = {
        {NULL, 4, 4, 3, 0}, {rgb, 0, 4, 3, 0},  {rgb, 4, -1, 3, 0}, {rgb, 65536, 1, 3, 0},
        {rgb, 4, 4, 2, 0},  {rgb, 4, 4, 3, 11}, {rgb, 4, 4, 4, 12}, {rgb, 65535, 65535, 3, 0}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct cg_error error = {CG_OK, ""};
        assert_int_equal(cg_session_convert(session, bad[i], looks, &error), CG_ERR_ARGUMENT);
        assert_non_null(strstr(error.text, "expected"));
    }
}

/* ---- looks ----------------------------------------------------------------------------------- */

static void looks_are_set_and_told_by_name(void **state)
{
    (void)state;
    struct cg_render_params *own;
    const char *name;
    double low, high, value;
    assert_int_equal(cg_render_params_create(engine, &own, NULL), CG_OK);
    size_t count = 0;
    for (; (name = cg_render_params_name(count, &low, &high)) != NULL; count++) {
        assert_int_equal(cg_render_params_set(own, name, high, NULL), CG_OK);
        assert_int_equal(cg_render_params_get(own, name, &value, NULL), CG_OK);
        assert_true((float)value == (float)high);
        assert_int_equal(cg_render_params_set(own, name, low, NULL), CG_OK);
        assert_int_equal(cg_render_params_set(own, name, high + 1.0, NULL), CG_ERR_ARGUMENT);
        assert_int_equal(cg_render_params_set(own, name, (double)NAN, NULL), CG_ERR_ARGUMENT);
    }
    assert_true(count >= 13);
    assert_null(cg_render_params_name(count + 1, NULL, NULL));
    struct cg_error error;
    assert_int_equal(cg_render_params_set(own, "sharpness", 1.0, &error), CG_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "sharpness"));
    assert_non_null(strstr(error.text, "halftone-dots, strength, feather"));
    assert_int_equal(cg_render_params_set(own, "colors", 7.5, &error), CG_ERR_ARGUMENT);
    assert_int_equal(cg_render_params_set_paper(own, "mud", &error), CG_ERR_ARGUMENT);
    assert_int_equal(cg_render_params_set_paper(own, "kraft:0.5", NULL), CG_OK);
    cg_render_params_free(own);
}

static void a_mask_keeps_the_photo_where_it_is_black(void **state)
{
    (void)state;
    static uint8_t rgb[3 * PIXELS], before[3 * PIXELS];
    uint8_t black = 0;
    struct cg_pixels mask = {&black, 1, 1, 1, 0}, wide = {&black, 1, 1, 3, 0};
    draw(rgb, 0);
    memcpy(before, rgb, sizeof(rgb));
    assert_int_equal(cg_render_params_set_mask(looks, wide, NULL), CG_ERR_ARGUMENT);
    assert_int_equal(cg_render_params_set_mask(looks, mask, NULL), CG_OK);
    assert_int_equal(cg_session_convert(session, packed(rgb, 3), looks, NULL), CG_OK);
    assert_memory_equal(rgb, before, sizeof(rgb));
    assert_int_equal(cg_render_params_set_mask(looks, (struct cg_pixels){NULL, 0, 0, 0, 0}, NULL),
                     CG_OK);
    assert_int_equal(cg_session_convert(session, packed(rgb, 3), looks, NULL), CG_OK);
    assert_memory_not_equal(rgb, before, sizeof(rgb));
}

/* ---- progress -------------------------------------------------------------------------------- */

struct course {
    double last, stop_at;
    int calls, falls;
};

static int watch(void *context, double done)
{
    struct course *course = context;
    course->falls += done < course->last;
    course->last = done;
    course->calls++;
    return done >= course->stop_at;
}

static void progress_rises_to_one(void **state)
{
    (void)state;
    static uint8_t rgb[3 * PIXELS], unwatched[3 * PIXELS];
    struct course course = {.stop_at = 2.0};
    draw(rgb, 0);
    draw(unwatched, 0);
    cg_session_set_progress(session, watch, &course);
    assert_int_equal(cg_session_convert(session, packed(rgb, 3), looks, NULL), CG_OK);
    cg_session_set_progress(session, NULL, NULL);
    assert_true(course.calls > 3);
    assert_int_equal(course.falls, 0);
    assert_true(course.last > 0.9 && course.last <= 1.0);
    int calls = course.calls;
    assert_int_equal(cg_session_convert(session, packed(unwatched, 3), looks, NULL), CG_OK);
    assert_int_equal(course.calls, calls);
    assert_memory_equal(rgb, unwatched, sizeof(rgb));
}

static void a_picture_is_given_up_when_that_is_wanted(void **state)
{
    (void)state;
    static uint8_t rgb[3 * PIXELS], before[3 * PIXELS];
    const double moments[] = {0.0, 0.5};
    for (int i = 0; i < 2; i++) {
        struct course course = {.stop_at = moments[i]};
        struct cg_error error;
        draw(rgb, 0);
        memcpy(before, rgb, sizeof(rgb));
        cg_session_set_progress(session, watch, &course);
        assert_int_equal(cg_session_convert(session, packed(rgb, 3), looks, &error),
                         CG_ERR_CANCELLED);
        cg_session_set_progress(session, NULL, NULL);
        assert_string_equal(cg_status_name(error.status), "cancelled");
        assert_memory_equal(rgb, before, sizeof(rgb)); /* drawing comes before rendering */
    }
    assert_int_equal(cg_session_convert(session, packed(rgb, 3), looks, NULL), CG_OK);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* A photo on its side: PNG with an orientation of 6, grey, WIDTH x HEIGHT as stored. */
static void write_turned(const char *path)
{
    static uint8_t raw[HEIGHT * (WIDTH + 1)];
    uint8_t tiff[26];
    struct fixture_bytes file = {0};
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            raw[y * (WIDTH + 1) + 1 + x] = (uint8_t)(3 * x + y);
    fixture_png_begin(&file, WIDTH, HEIGHT, 8, 0, false);
    fixture_png_chunk(&file, "eXIf", tiff, fixture_exif(tiff, 6, true));
    fixture_png_pixels(&file, raw, sizeof(raw));
    fixture_png_end(&file);
    assert_int_equal(cg_file_write(path, file.bytes, file.nbytes, NULL), CG_OK);
    free(file.bytes);
}

static void a_picture_goes_from_file_to_file(void **state)
{
    (void)state;
    struct cg_picture *picture, *comic;
    char in[128], out[128];
    snprintf(in, sizeof(in), "%s", fixture_path("turned.png"));
    snprintf(out, sizeof(out), "%s", fixture_path("comic.jpg"));
    write_turned(in);
    assert_int_equal(cg_picture_read(in, CG_PICTURE_KEEP_EXIF, &picture, NULL), CG_OK);
    assert_string_equal(cg_picture_note(picture), "");
    struct cg_pixels pixels = cg_picture_pixels(picture);
    assert_int_equal(pixels.width, HEIGHT);
    assert_int_equal(pixels.height, WIDTH);
    assert_int_equal(pixels.channels, 3);
    assert_int_equal(cg_session_convert(session, pixels, looks, NULL), CG_OK);
    assert_int_equal(cg_picture_write(picture, out, 0, NULL), CG_OK);
    assert_int_equal(cg_picture_write(picture, out, 101, NULL), CG_ERR_ARGUMENT);
    assert_int_equal(cg_picture_read(out, CG_PICTURE_STRICT, &comic, NULL), CG_OK);
    pixels = cg_picture_pixels(comic);
    assert_int_equal(pixels.width, HEIGHT);
    cg_picture_free(comic);
    cg_picture_free(picture);
}

static void files_that_are_no_pictures_say_so(void **state)
{
    (void)state;
    struct cg_error error;
    struct cg_picture *picture;
    char in[128];
    assert_int_equal(cg_picture_read("/nowhere/a.png", 0, &picture, &error), CG_ERR_IO);
    assert_null(picture);
    assert_non_null(strstr(error.text, "/nowhere/a.png"));
    snprintf(in, sizeof(in), "%s", fixture_path("text.png"));
    assert_int_equal(cg_file_write(in, "no picture", 10, NULL), CG_OK);
    assert_int_not_equal(cg_picture_read(in, 0, &picture, &error), CG_OK);
    assert_null(picture);
    write_turned(in);
    assert_int_equal(cg_picture_read(in, 0, &picture, NULL), CG_OK);
    assert_int_equal(cg_picture_write(picture, "comic.bmp", 0, &error), CG_ERR_UNSUPPORTED);
    assert_int_equal(cg_picture_write(picture, "/nowhere/a.png", 0, &error), CG_ERR_IO);
    cg_picture_free(picture);
}

static int open_everything(void **state)
{
    return fixture_folder_setup(state) != 0 || open_all(state);
}

static int close_everything(void **state)
{
    return close_all(state) != 0 || fixture_folder_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_between_rows_change_nothing_and_stay),
        cmocka_unit_test(alpha_is_kept_and_opaque_colours_are_those_of_rgb),
        cmocka_unit_test(grey_becomes_the_comics_luma),
        cmocka_unit_test(pixels_that_make_no_picture_are_refused),
        cmocka_unit_test(looks_are_set_and_told_by_name),
        cmocka_unit_test(a_mask_keeps_the_photo_where_it_is_black),
        cmocka_unit_test(progress_rises_to_one),
        cmocka_unit_test(a_picture_is_given_up_when_that_is_wanted),
        cmocka_unit_test(a_picture_goes_from_file_to_file),
        cmocka_unit_test(files_that_are_no_pictures_say_so),
    };
    return cmocka_run_group_tests(tests, open_everything, close_everything);
}
