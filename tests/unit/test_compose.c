/* page: where a photo's window lies, and how panels are drawn. */
#include "page/compose.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct cg_image flat(int width, int height, uint8_t red, uint8_t green, uint8_t blue)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(width, height, 3, &image, NULL), CG_OK);
    const uint8_t colour[3] = {red, green, blue};
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++)
        memcpy(image.pixels + 3 * i, colour, 3);
    return image;
}

/* A chequered square, which has contours everywhere. */
static void add_chequer(struct cg_image *image, int left, int top, int side)
{
    for (int y = top; y < top + side; y++)
        for (int x = left; x < left + side; x++)
            memset(image->pixels + 3 * (y * image->width + x), (x / 8 + y / 8) % 2 * 200, 3);
}

static struct cg_crop crop_of(const struct cg_image *photo, double aspect)
{
    struct cg_focus *focus;
    assert_int_equal(cg_focus_create(photo, NULL, 0, &focus, NULL), CG_OK);
    struct cg_crop crop = cg_focus_crop(focus, aspect);
    struct cg_crop whole = {0, 0, photo->width, photo->height};
    assert_true(fabs(cg_focus_fraction(focus, &whole) - 1.0) < 1e-9);
    assert_true(crop.x >= 0 && crop.y >= 0 && crop.width > 0 && crop.height > 0);
    assert_true(crop.x + crop.width <= photo->width && crop.y + crop.height <= photo->height);
    cg_focus_free(focus);
    return crop;
}

static void faces_count_more_than_contours(void **state)
{
    const struct cg_crop face = {20, 60, 40, 50}, all = {20, 50, 60, 80};
    struct cg_image photo = flat(600, 200, 120, 130, 140);
    struct cg_focus *focus;
    (void)state;
    add_chequer(&photo, 450, 50, 60);
    assert_int_equal(cg_focus_create(&photo, &face, 1, &focus, NULL), CG_OK);
    struct cg_crop crop = cg_focus_crop(focus, 1.0);
    assert_true(crop.x <= 20 && cg_focus_fraction(focus, &all) > 0.3);
    cg_focus_free(focus);
    cg_image_clear(&photo);
}

static void the_window_goes_where_the_contours_are(void **state)
{
    (void)state;
    struct cg_image wide = flat(600, 200, 120, 130, 140), high = flat(200, 600, 120, 130, 140);
    for (int at = 0; at <= 500; at += 100) {
        struct cg_image photo = flat(600, 200, 120, 130, 140);
        add_chequer(&photo, at, 50, 100);
        struct cg_crop crop = crop_of(&photo, 1.0);
        assert_int_equal(crop.width, 200);
        assert_int_equal(crop.height, 200);
        assert_true(crop.x <= at + 5 && crop.x + 200 >= at + 95);
        cg_image_clear(&photo);
    }
    assert_true(abs(crop_of(&wide, 1.0).x - 200) <= 10);
    assert_true(crop_of(&high, 1.0).y < 200); /* nothing to see: a little above the middle */
    cg_image_clear(&high);
    cg_image_clear(&wide);
}

static void the_window_goes_where_the_skin_is(void **state)
{
    (void)state;
    struct cg_image photo = flat(300, 900, 90, 120, 150);
    for (int y = 650; y < 850; y++)
        for (int x = 100; x < 200; x++)
            memcpy(photo.pixels + 3 * (y * 300 + x), (const uint8_t[]){205, 150, 125}, 3);
    struct cg_crop crop = crop_of(&photo, 1.0);
    assert_true(crop.y <= 650 && crop.y + crop.height >= 840);
    cg_image_clear(&photo);
}

static void photos_of_any_size_have_a_window(void **state)
{
    (void)state;
    const int sizes[][2] = {{1, 1}, {1, 500}, {500, 1}, {2, 3}, {129, 127}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        for (double aspect = 0.1; aspect < 11.0; aspect *= 3.0) {
            struct cg_image photo = flat(sizes[i][0], sizes[i][1], 0, 0, 0);
            crop_of(&photo, aspect);
            cg_image_clear(&photo);
        }
}

static const uint8_t *pixel_at(const struct cg_image *image, int x, int y)
{
    return image->pixels + 3 * (y * image->width + x);
}

static void panels_have_frames_and_leave_the_rest_alone(void **state)
{
    (void)state;
    struct cg_page_ink ink = {.background = {10, 200, 30}, .frame_px = 3.0};
    struct cg_panel panel = {{20, 70, 70, 20}, {10, 10, 50, 50}};
    struct cg_image page = flat(100, 60, 0, 0, 0), picture = flat(50, 40, 250, 128, 250);
    cg_page_fill(&page, &ink);
    cg_page_draw_panel(&page, &ink, &panel, &picture);
    for (int y = 0; y < 60; y++)
        for (int x = 0; x < 100; x++) {
            int inside = (int)fmin(fmin(x - 20, 69 - x), fmin(y - 10, 49 - y));
            int green = pixel_at(&page, x, y)[1];
            assert_true(inside < 0 ? green == 200 : inside < 3 ? green < 30 : green == 128);
        }
    cg_image_clear(&picture);
    cg_image_clear(&page);
}

/* A leaning edge has pixels in between, and covers as much as its area says. */
static void leaning_edges_are_smooth(void **state)
{
    (void)state;
    struct cg_page_ink ink = {.background = {0, 0, 0}};
    struct cg_panel panel = {{10, 60.5, 70.5, 20}, {10, 10, 90, 90}};
    struct cg_panel_box box = cg_panel_box(&panel);
    struct cg_image page = flat(100, 100, 0, 0, 0);
    struct cg_image picture = flat(box.width, box.height, 255, 255, 255);
    cg_page_draw_panel(&page, &ink, &panel, &picture);
    double sum = 0.0;
    int between = 0;
    for (size_t i = 0; i < 100 * 100; i++) {
        sum += page.pixels[3 * i] / 255.0;
        between += page.pixels[3 * i] > 0 && page.pixels[3 * i] < 255;
    }
    assert_true(fabs(sum - 50.5 * 80.0) < 10.0);
    assert_true(between > 80);
    cg_image_clear(&picture);
    cg_image_clear(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_goes_where_the_contours_are),
        cmocka_unit_test(faces_count_more_than_contours),
        cmocka_unit_test(the_window_goes_where_the_skin_is),
        cmocka_unit_test(photos_of_any_size_have_a_window),
        cmocka_unit_test(panels_have_frames_and_leave_the_rest_alone),
        cmocka_unit_test(leaning_edges_are_smooth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
