/* train: the teacher, on generated pictures. */
#include "base/pool.h"
#include "base/rng.h"
#include "train/data/face_list.h"
#include "train/teacher/teacher.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A picture of one colour. */
static struct cg_image flat(int width, int height, uint8_t r, uint8_t g, uint8_t b)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(width, height, 3, &image, NULL), CG_OK);
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++) {
        image.pixels[3 * i] = r;
        image.pixels[3 * i + 1] = g;
        image.pixels[3 * i + 2] = b;
    }
    return image;
}

static uint8_t byte_of(float value)
{
    return (uint8_t)(value < 0.0f ? 0.0f : value > 255.0f ? 255.0f : value + 0.5f);
}

/* Dark grey left, light grey right, with normal noise of deviation 6 on both. */
static struct cg_image noisy_step(int width, int height)
{
    struct cg_image image = flat(width, height, 0, 0, 0);
    struct cg_rng rng = cg_rng_make(5, 0, 0);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < 3; c++)
                image.pixels[3 * (y * width + x) + c] =
                    byte_of((x < width / 2 ? 110.0f : 190.0f) + 6.0f * cg_rng_normal(&rng));
    return image;
}

/* Mean step from pixel to pixel along the rows, over columns first to last - 1. */
static double mean_step(const struct cg_image *image, int first, int last)
{
    double sum = 0.0;
    for (int y = 0; y < image->height; y++)
        for (int x = first; x + 1 < last; x++) {
            const uint8_t *pixel = image->pixels + 3 * (y * image->width + x);
            sum += abs(pixel[4] - pixel[1]);
        }
    return sum / image->height / (last - first - 1);
}

static double hue_degrees(const uint8_t *rgb)
{
    const double pi = 3.14159265358979;
    double alpha = rgb[0] - 0.5 * (rgb[1] + rgb[2]), beta = sqrt(3.0) / 2.0 * (rgb[1] - rgb[2]);
    return atan2(beta, alpha) * 180.0 / pi;
}

static void every_size_has_targets(void **state)
{
    (void)state;
    const int size[][2] = {{1, 1}, {1, 2}, {2, 1}, {3, 3}, {1, 97}, {97, 1}, {17, 5}, {63, 41}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        struct cg_image photo = noisy_step(size[i][0], size[i][1]), colour, ink;
        assert_int_equal(cg_teacher_draw(&photo, NULL, 0, &colour, &ink, NULL), CG_OK);
        assert_int_equal(colour.width, size[i][0]);
        assert_int_equal(colour.height, size[i][1]);
        assert_int_equal(colour.channels, 3);
        assert_int_equal(ink.width, size[i][0]);
        assert_int_equal(ink.height, size[i][1]);
        assert_int_equal(ink.channels, 1);
        cg_image_clear(&photo);
        cg_image_clear(&colour);
        cg_image_clear(&ink);
    }
}

static void only_rgb_is_taken(void **state)
{
    (void)state;
    struct cg_image grey, colour, ink;
    struct cg_error error;
    assert_int_equal(cg_image_create(4, 4, 1, &grey, NULL), CG_OK);
    assert_int_equal(cg_teacher_draw(&grey, NULL, 0, &colour, &ink, &error), CG_ERR_ARGUMENT);
    assert_null(colour.pixels);
    assert_null(ink.pixels);
    cg_image_clear(&grey);
}

static void constant_picture_stays_constant(void **state)
{
    (void)state;
    struct cg_image photo = flat(70, 50, 170, 140, 120), colour, ink;
    assert_int_equal(cg_teacher_draw(&photo, NULL, 0, &colour, &ink, NULL), CG_OK);
    for (size_t i = 0; i < 70 * 50; i++) {
        assert_int_equal(ink.pixels[i], 0);
        assert_memory_equal(colour.pixels + 3 * i, colour.pixels, 3);
    }
    assert_memory_not_equal(colour.pixels, photo.pixels, 3);
    cg_image_clear(&photo);
    cg_image_clear(&colour);
    cg_image_clear(&ink);
}

static void deep_shadow_is_black(void **state)
{
    (void)state;
    struct cg_image photo = flat(40, 40, 8, 8, 8), colour, ink;
    assert_int_equal(cg_teacher_draw(&photo, NULL, 0, &colour, &ink, NULL), CG_OK);
    for (size_t i = 0; i < 40 * 40; i++)
        assert_int_equal(ink.pixels[i], 255);
    cg_image_clear(&photo);
    cg_image_clear(&colour);
    cg_image_clear(&ink);
}

static void noisy_step_has_a_line_and_calm_sides(void **state)
{
    (void)state;
    const int width = 120, height = 90, middle = width / 2;
    struct cg_image photo = noisy_step(width, height), colour, ink;
    assert_int_equal(cg_teacher_draw(&photo, NULL, 0, &colour, &ink, NULL), CG_OK);
    for (int y = 0; y < height; y++) {
        int greatest = 0;
        for (int x = 0; x < width; x++) {
            int value = ink.pixels[y * width + x];
            if (x >= middle - 5 && x < middle + 1)
                greatest = value > greatest ? value : greatest;
            else if (x < middle - 12 || x >= middle + 8)
                assert_int_equal(value, 0);
        }
        assert_int_equal(greatest, 255);
    }
    /* a fifth of the noise may remain: the mark set for calm areas */
    assert_true(mean_step(&colour, 0, middle - 8) < 0.2 * mean_step(&photo, 0, middle - 8));
    assert_true(mean_step(&colour, middle + 8, width) < 0.2 * mean_step(&photo, middle + 8, width));
    /* the step itself stays, but for what the tone curve and its treads take or give */
    int left = colour.pixels[3 * 10 + 1], right = colour.pixels[3 * (width - 10) + 1];
    assert_true(right - left > 0.8 * 80);
    cg_image_clear(&photo);
    cg_image_clear(&colour);
    cg_image_clear(&ink);
}

static void hue_is_kept(void **state)
{
    (void)state;
    const uint8_t colours[][3] = {{200, 40, 40},   {60, 160, 70}, {40, 80, 190},  {220, 180, 50},
                                  {225, 170, 140}, {110, 70, 50}, {150, 60, 150}, {80, 170, 190}};
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
        struct cg_image photo = flat(9, 9, colours[i][0], colours[i][1], colours[i][2]);
        struct cg_image colour, ink;
        assert_int_equal(cg_teacher_draw(&photo, NULL, 0, &colour, &ink, NULL), CG_OK);
        double turn = fabs(hue_degrees(colour.pixels) - hue_degrees(colours[i]));
        turn = turn > 180.0 ? 360.0 - turn : turn;
        /* Oklab's hue is kept exactly; in the plain RGB hexagon that is a few degrees */
        assert_true(turn < 7.0);
        cg_image_clear(&photo);
        cg_image_clear(&colour);
        cg_image_clear(&ink);
    }
}

static void same_photo_same_targets(void **state)
{
    (void)state;
    struct cg_image photo = noisy_step(77, 33), colour[2], ink[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(cg_teacher_draw(&photo, NULL, 0, &colour[i], &ink[i], NULL), CG_OK);
    assert_memory_equal(colour[0].pixels, colour[1].pixels, 77 * 33 * 3);
    assert_memory_equal(ink[0].pixels, ink[1].pixels, 77 * 33);
    for (int i = 0; i < 2; i++) {
        cg_image_clear(&colour[i]);
        cg_image_clear(&ink[i]);
    }
    cg_image_clear(&photo);
}

static void disc(struct cg_image *image, double cx, double cy, double radius, int grey)
{
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++)
            if (hypot(x - cx, y - cy) < radius)
                memset(image->pixels + 3 * (y * image->width + x), grey, 3);
}

static int most_ink(const struct cg_image *ink, int left, int top, int right, int bottom)
{
    int most = 0;
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
            if (ink->pixels[y * ink->width + x] > most)
                most = ink->pixels[y * ink->width + x];
    return most;
}

/* Every ray from the middle of a disc crosses its contour. */
static void contour_of_a_disc_is_closed(void **state)
{
    (void)state;
    struct cg_image photo = flat(200, 200, 205, 205, 205), colour, ink;
    disc(&photo, 100, 100, 60, 120);
    assert_int_equal(cg_teacher_draw(&photo, NULL, 0, &colour, &ink, NULL), CG_OK);
    for (int degree = 0; degree < 360; degree++) {
        int most = 0;
        for (double radius = 50; radius < 68; radius += 0.5) {
            int x = (int)(100.5 + radius * cos(degree * 0.0174533));
            int y = (int)(100.5 + radius * sin(degree * 0.0174533));
            most = ink.pixels[200 * y + x] > most ? ink.pixels[200 * y + x] : most;
        }
        assert_true(most > 200);
    }
    assert_int_equal(most_ink(&ink, 70, 70, 130, 130), 0);
    cg_image_clear(&photo);
    cg_image_clear(&colour);
    cg_image_clear(&ink);
}

/* Noise of deviation 6, as grain or sand is, gets no ink and becomes one colour on each side. */
static void texture_becomes_flat(void **state)
{
    (void)state;
    struct cg_image photo = noisy_step(240, 160), colour, ink;
    assert_int_equal(cg_teacher_draw(&photo, NULL, 0, &colour, &ink, NULL), CG_OK);
    assert_int_equal(most_ink(&ink, 0, 0, 100, 160), 0);
    assert_int_equal(most_ink(&ink, 140, 0, 240, 160), 0);
    assert_true(mean_step(&colour, 0, 100) < 0.1 * mean_step(&photo, 0, 100));
    cg_image_clear(&photo);
    cg_image_clear(&colour);
    cg_image_clear(&ink);
}

/* Skin with two eyes of few pixels: too small to be drawn, but in a face. */
static void features_of_a_face_are_drawn(void **state)
{
    (void)state;
    const struct cg_teacher_face face = {60 / 200.0f, 50 / 200.0f, 80 / 200.0f, 100 / 200.0f};
    for (size_t known = 0; known < 2; known++) {
        struct cg_image photo = flat(200, 200, 226, 178, 150), colour, ink;
        disc(&photo, 82, 88, 3.0, 120);
        disc(&photo, 118, 88, 3.0, 120);
        assert_int_equal(cg_teacher_draw(&photo, &face, known, &colour, &ink, NULL), CG_OK);
        const int eyes[] = {most_ink(&ink, 77, 83, 88, 94), most_ink(&ink, 113, 83, 124, 94)};
        assert_true(known ? eyes[0] > 200 && eyes[1] > 200 : eyes[0] == 0 && eyes[1] == 0);
        assert_int_equal(most_ink(&ink, 92, 100, 108, 140), 0);
        cg_image_clear(&photo);
        cg_image_clear(&colour);
        cg_image_clear(&ink);
    }
}

struct drawing {
    struct cg_image photo, colour[4], ink[4];
};

static void draw_item(void *context, size_t item, int worker)
{
    struct drawing *drawing = context;
    const struct cg_teacher_face face = {0.2f, 0.2f, 0.5f, 0.5f};
    (void)worker;
    cg_teacher_draw(&drawing->photo, &face, 1, &drawing->colour[item], &drawing->ink[item], NULL);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    struct drawing drawing = {.photo = noisy_step(77, 60)};
    struct cg_pool *pool;
    assert_int_equal(cg_pool_create(3, &pool, NULL), CG_OK);
    cg_pool_run(pool, 4, draw_item, &drawing);
    cg_pool_free(pool);
    for (int i = 0; i < 4; i++) {
        assert_non_null(drawing.ink[i].pixels);
        assert_memory_equal(drawing.colour[i].pixels, drawing.colour[0].pixels, 77 * 60 * 3);
        assert_memory_equal(drawing.ink[i].pixels, drawing.ink[0].pixels, 77 * 60);
    }
    for (int i = 0; i < 4; i++) {
        cg_image_clear(&drawing.colour[i]);
        cg_image_clear(&drawing.ink[i]);
    }
    cg_image_clear(&drawing.photo);
}

/* ---- where the faces are --------------------------------------------------------------------- */

static enum cg_status read_list(const char *text, struct cg_face_list **list)
{
    char path[] = "/tmp/faces.XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    enum cg_status status = cg_face_list_read(path, list, NULL);
    unlink(path);
    return status;
}

static void faces_are_found_by_the_end_of_a_path(void **state)
{
    (void)state;
    struct cg_face_list *list;
    struct cg_teacher_face faces[CG_FACES_MAX];
    const char *text = "{\"a/b.jpg\": [[20, 10, 50, 40, 0.9], [1, 1, 9, 9, 0.59]], \"c.jpg\": []}";
    assert_int_equal(read_list(text, &list), CG_OK);
    assert_int_equal(cg_face_list_find(list, "/photos/a/b.jpg", 200, 100, CG_FACE_SCORE_MIN, faces),
                     1);
    assert_true(fabsf(faces[0].x - 0.1f) < 1e-6f && fabsf(faces[0].height - 0.4f) < 1e-6f);
    assert_int_equal(cg_face_list_find(list, "/photos/b.jpg", 200, 100, CG_FACE_SCORE_MIN, faces),
                     0);
    assert_int_equal(cg_face_list_find(list, "c.jpg", 200, 100, CG_FACE_SCORE_MIN, faces), 0);
    assert_int_equal(cg_face_list_find(NULL, "a/b.jpg", 200, 100, CG_FACE_SCORE_MIN, faces), 0);
    cg_face_list_free(list);
}

static void list_of_another_kind_is_refused(void **state)
{
    (void)state;
    struct cg_face_list *list;
    const char *texts[] = {"[]", "{\"a.jpg\": 3}", "{\"a.jpg\": [[1, 2, 3, 4]]}", "{\"a.jpg\": [",
                           "{\"a.jpg\": [[1, 2, 3, 4, \"x\"]]}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(read_list(texts[i], &list), CG_ERR_FORMAT);
    assert_int_equal(cg_face_list_read("/nowhere/faces.json", &list, NULL), CG_ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_has_targets),
        cmocka_unit_test(only_rgb_is_taken),
        cmocka_unit_test(constant_picture_stays_constant),
        cmocka_unit_test(deep_shadow_is_black),
        cmocka_unit_test(noisy_step_has_a_line_and_calm_sides),
        cmocka_unit_test(hue_is_kept),
        cmocka_unit_test(same_photo_same_targets),
        cmocka_unit_test(contour_of_a_disc_is_closed),
        cmocka_unit_test(texture_becomes_flat),
        cmocka_unit_test(features_of_a_face_are_drawn),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(faces_are_found_by_the_end_of_a_path),
        cmocka_unit_test(list_of_another_kind_is_refused),
    };
    return cmocka_run_group_tests_name("teacher", tests, NULL, NULL);
}
