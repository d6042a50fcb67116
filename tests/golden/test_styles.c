/*
 * The shipped styles on a drawn photo, by figures, so that a new model needs no new picture: not
 * the photo, not blank, some ink, less texture than the photo and stronger contours.
 */
#include "measure/picture_quality.h"
#include "model/render_params.h"
#include "scene.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 203, HEIGHT = 149, VALUES = WIDTH * HEIGHT * 3, DETAIL_PX = 960 };

static double mean_difference(const struct cg_image *a, const struct cg_image *b)
{
    double sum = 0.0;
    for (int i = 0; i < VALUES; i++)
        sum += abs(a->pixels[i] - b->pixels[i]);
    return sum / VALUES;
}

static double deviation(const struct cg_image *image)
{
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < VALUES; i++) {
        sum += image->pixels[i];
        squares += image->pixels[i] * image->pixels[i];
    }
    return sqrt(squares / VALUES - sum / VALUES * sum / VALUES);
}

static void check(const char *name, const char *what, double value, double low, double high)
{
    if (!(value >= low && value <= high))
        fail_msg("%s: %s %.3f, expected %g to %g", name, what, value, low, high);
}

/* What the card adds, such as printed dots and paper, is texture of its own: looks without it. */
static void check_network(const char *style, const char *name, const struct cg_image *photo)
{
    const struct cg_render_params neutral = cg_render_params_neutral(DETAIL_PX);
    struct cg_image comic = scene_convert(style, photo, &neutral, 1);
    struct cg_quality quality;
    assert_int_equal(cg_quality_measure(photo, &comic, &quality, NULL), CG_OK);
    check(name, "ink", quality.ink, 0.01, 0.25);
    check(name, "texture", quality.texture, 0.0, 0.3);
    check(name, "contour", quality.contour, 1.2, 4.0);
    cg_image_clear(&comic);
}

static void check_style(const char *style, const char *name)
{
    struct cg_image photo = scene_draw(WIDTH, HEIGHT);
    struct cg_image comic = scene_convert(style, &photo, NULL, 1);
    check(name, "mean difference from the photo", mean_difference(&photo, &comic), 10.0, 120.0);
    check(name, "standard deviation", deviation(&comic), 25.0, 120.0);
    check_network(style, name, &photo);
    cg_image_clear(&photo);
    cg_image_clear(&comic);
}

static void built_in_style_draws_a_comic(void **state)
{
    (void)state;
    check_style(CG_DEFAULT_STYLE, "built in");
}

static void shipped_styles_draw_comics(void **state)
{
    (void)state;
    DIR *folder = opendir(CG_MODELS_DIR);
    assert_non_null(folder);
    int found = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        const char *ending = strrchr(entry->d_name, '.');
        if (ending == NULL || strcmp(ending, ".safetensors") != 0 ||
            strcmp(entry->d_name, "faces.safetensors") == 0) /* no style */
            continue;
        char path[1024];
        snprintf(path, sizeof(path), "%s/%s", CG_MODELS_DIR, entry->d_name);
        check_style(path, entry->d_name);
        found++;
    }
    closedir(folder);
    assert_true(found > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_style_draws_a_comic),
        cmocka_unit_test(shipped_styles_draw_comics),
    };
    return cmocka_run_group_tests_name("styles", tests, NULL, NULL);
}
