/* The finder of faces (face/finder.h) and its training, on drawn faces. */
#include "face/cascade.h"
#include "train/face/face_trainer.h"
#include "train/face/face_windows.h"

#include "base/file.h"
#include "base/rng.h"
#include "fixture.h"
#include "temp_folder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 200, PHOTOS = 16, STEPS = 40, FACES = 4 };

/* ---- drawn faces ----------------------------------------------------------------------------- */

/* Blotches, as photos have. */
static struct cg_image ground(uint64_t seed, int channels)
{
    struct cg_image image;
    assert_int_equal(cg_image_create(SIDE, SIDE, channels, &image, NULL), CG_OK);
    struct cg_rng rng = cg_rng_make(seed, 1, 0);
    float blotch[32 * 32];
    for (int i = 0; i < 32 * 32; i++)
        blotch[i] = 60.0f + 130.0f * cg_rng_uniform(&rng);
    for (int i = 0; i < SIDE * SIDE; i++)
        for (int c = 0; c < channels; c++)
            image.pixels[i * channels + c] =
                (uint8_t)(blotch[i / SIDE / 9 * 32 + i % SIDE / 9] + 20.0f * cg_rng_uniform(&rng));
    return image;
}

static void draw_ellipse(struct cg_image *image, float x, float y, float across, float down,
                         int grey)
{
    for (int i = 0; i < image->height; i++)
        for (int j = 0; j < image->width; j++) {
            float u = ((float)j - x) / across, v = ((float)i - y) / down;
            if (u * u + v * v < 1.0f)
                memset(image->pixels + (i * image->width + j) * image->channels, grey,
                       (size_t)image->channels);
        }
}

static void draw_face(struct cg_image *image, float x, float y, float width)
{
    draw_ellipse(image, x, y, width / 2, width * 0.65f, 220);
    draw_ellipse(image, x - width / 5, y - width / 6, width / 9, width / 12, 30);
    draw_ellipse(image, x + width / 5, y - width / 6, width / 9, width / 12, 30);
    draw_ellipse(image, x, y + width / 3, width / 5, width / 12, 60);
}

/* Faces in the quarters of a picture; the first ones of them. */
static struct cg_image scene(uint64_t seed, int faces, float boxes[FACES][4], int channels)
{
    struct cg_image image = ground(seed, channels);
    struct cg_rng rng = cg_rng_make(seed, 2, 0);
    for (int f = 0; f < faces; f++) {
        float width = 40.0f + 20.0f * cg_rng_uniform(&rng);
        float x = (float)(f % 2) * 100.0f + 47.0f + 6.0f * cg_rng_uniform(&rng);
        float y = (float)(f / 2) * 100.0f + 47.0f + 6.0f * cg_rng_uniform(&rng);
        draw_face(&image, x, y, width);
        boxes[f][0] = x - width / 2;
        boxes[f][1] = y - width * 0.65f;
        boxes[f][2] = width;
        boxes[f][3] = width * 1.3f;
    }
    return image;
}

static void write_scenes(const char *folder)
{
    char text[8192] = "{", name[32];
    size_t used = 1;
    for (int i = 0; i < PHOTOS; i++) {
        float boxes[FACES][4];
        int faces = i % (FACES + 1);
        struct cg_image image = scene((uint64_t)i, faces, boxes, 3);
        snprintf(name, sizeof(name), "photos/%02d.png", i);
        temp_write_png(folder, name, &image);
        cg_image_clear(&image);
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s\"%02d.png\": [",
                                 i > 0 ? ", " : "", i);
        for (int f = 0; f < faces; f++)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s[%g, %g, %g, %g, 1]",
                                     f > 0 ? ", " : "", (double)boxes[f][0], (double)boxes[f][1],
                                     (double)boxes[f][2], (double)boxes[f][3]);
        used += (size_t)snprintf(text + used, sizeof(text) - used, "]");
    }
    used += (size_t)snprintf(text + used, sizeof(text) - used, "}");
    temp_write(folder, "faces.json", text, used);
}

/* ---- trained once ---------------------------------------------------------------------------- */

static char *folder, *model_path;
static struct cg_face_finder *finder;

static void ignore(void *context, const struct cg_face_report *report)
{
    (void)context;
    (void)report;
}

static bool go_on(void *context)
{
    (void)context;
    return false;
}

static bool stop(void *context)
{
    (void)context;
    return true;
}

static enum cg_status train(const char *list, const char *out, int threads, bool (*stopped)(void *),
                            struct cg_error *error)
{
    char *photos = temp_path(folder, "photos"), *faces = temp_path(folder, list);
    char *path = temp_path(folder, out);
    struct cg_face_result result;
    const struct cg_face_training training = {photos,  faces, 3,      STEPS,
                                              threads, NULL,  ignore, stopped};
    enum cg_status status = cg_face_train(&training, path, &result, error);
    if (status == CG_OK)
        assert_true(result.photos + result.tested_photos == PHOTOS && result.faces > 10);
    free(path);
    free(faces);
    free(photos);
    return status;
}

static int set_up(void **state)
{
    struct cg_error error;
    if (temp_folder_setup(state) != 0)
        return -1;
    folder = *state;
    write_scenes(folder);
    model_path = temp_path(folder, "model.safetensors");
    if (train("faces.json", "model.safetensors", 1, go_on, &error) != CG_OK ||
        cg_face_finder_read(model_path, &finder, &error) != CG_OK) {
        print_error("%s\n", error.text);
        return -1;
    }
    return 0;
}

static int tear_down(void **state)
{
    cg_face_finder_free(finder);
    free(model_path);
    return temp_folder_teardown(state);
}

static int find(const struct cg_image *picture, int threads, struct cg_face *faces, int max)
{
    struct cg_pool *pool;
    int count;
    assert_int_equal(cg_pool_create(threads, &pool, NULL), CG_OK);
    assert_int_equal(cg_face_finder_find(finder, pool, picture, faces, max, &count, NULL), CG_OK);
    cg_pool_free(pool);
    assert_in_range(count, 0, max);
    return count;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static int count_known(const struct cg_face *finds, int count, float boxes[FACES][4])
{
    int known = 0;
    for (int f = 0; f < FACES; f++) {
        const struct cg_face face = {boxes[f][0], boxes[f][1], boxes[f][2], boxes[f][3], 1.0f};
        bool found = false;
        for (int i = 0; i < count; i++)
            found |= cg_face_overlap(&finds[i], &face) > 0.4f;
        known += found;
    }
    return known;
}

static void test_finds_faces_in_grey_and_colour(void **state)
{
    (void)state;
    int known = 0, count = 0;
    for (int i = 0; i < 6; i++) {
        struct cg_face finds[16];
        float boxes[FACES][4];
        struct cg_image picture = scene(100 + (uint64_t)i, FACES, boxes, i % 2 == 0 ? 1 : 3);
        int here = find(&picture, 1, finds, 16);
        known += count_known(finds, here, boxes);
        count += here;
        for (int f = 0; f < here; f++) {
            assert_true(finds[f].score > 0.0f && finds[f].score <= 1.0f);
            assert_true(f == 0 || finds[f].score <= finds[f - 1].score);
        }
        cg_image_clear(&picture);
    }
    assert_in_range(known, 20, 24);
    assert_in_range(count, known, known + 8);
}

static void test_finds_little_where_there_is_no_face(void **state)
{
    (void)state;
    int count = 0;
    for (int i = 0; i < 6; i++) {
        struct cg_face finds[64];
        struct cg_image picture = ground(200 + (uint64_t)i, 3);
        count += find(&picture, 1, finds, 64);
        cg_image_clear(&picture);
    }
    assert_in_range(count, 0, 6);
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    float boxes[FACES][4];
    struct cg_face one[16], four[16];
    struct cg_image picture = scene(300, FACES, boxes, 3);
    int count = find(&picture, 1, one, 16);
    assert_int_equal(find(&picture, 4, four, 16), count);
    assert_true(count > 0);
    assert_memory_equal(one, four, (size_t)count * sizeof(*one));
    cg_image_clear(&picture);
}

static void test_any_size_and_number(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {1, 3000}, {35, 35}, {36, 36}, {37, 900}, {3000, 40}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct cg_image picture;
        struct cg_face finds[8];
        assert_int_equal(cg_image_create(sizes[i][0], sizes[i][1], 1, &picture, NULL), CG_OK);
        memset(picture.pixels, 90, (size_t)sizes[i][0] * (size_t)sizes[i][1]);
        find(&picture, 2, finds, 8);
        cg_image_clear(&picture);
    }
    float boxes[FACES][4];
    struct cg_face best[16], some[16];
    struct cg_image picture = scene(301, FACES, boxes, 3);
    assert_int_equal(find(&picture, 1, NULL, 0), 0);
    int count = find(&picture, 1, best, 16);
    assert_true(count >= 2);
    assert_int_equal(find(&picture, 1, some, 2), 2);
    assert_true(some[0].score == best[0].score && some[1].score == best[1].score);
    cg_image_clear(&picture);
}

static void test_a_hundred_faces(void **state)
{
    (void)state;
    struct cg_image picture;
    struct cg_face finds[200];
    assert_int_equal(cg_image_create(1000, 1000, 1, &picture, NULL), CG_OK);
    memset(picture.pixels, 120, 1000 * 1000);
    for (int i = 0; i < 100; i++)
        draw_face(&picture, 50.0f + 100.0f * (float)(i % 10), 50.0f + 100.0f * (float)(i / 10),
                  50.0f);
    assert_in_range(find(&picture, 2, finds, 200), 90, 200);
    assert_int_equal(find(&picture, 2, finds, 64), 64);
    cg_image_clear(&picture);
}

static void expect_refused(const char *path, enum cg_status status, const char *text)
{
    struct cg_error error;
    struct cg_face_finder *none = finder;
    assert_int_equal(cg_face_finder_read(path, &none, &error), status);
    assert_null(none);
    assert_non_null(strstr(error.text, text));
}

static void test_other_files_are_refused(void **state)
{
    (void)state;
    char *missing = temp_path(folder, "missing.safetensors");
    char *cut = temp_path(folder, "cut.safetensors"), bytes[4000];
    FILE *file = fopen(model_path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, sizeof(bytes), file), sizeof(bytes));
    fclose(file);
    temp_write(folder, "cut.safetensors", bytes, sizeof(bytes));
    expect_refused(missing, CG_ERR_IO, "missing.safetensors");
    expect_refused(cut, CG_ERR_MODEL, "cut.safetensors");
    expect_refused(CG_MODELS "/comic.safetensors", CG_ERR_MODEL, "expected a finder of faces");
    free(cut);
    free(missing);
}

static void test_the_shipped_finder(void **state)
{
    (void)state;
    struct cg_face_finder *drawn = finder;
    struct cg_error error;
    struct cg_image picture;
    struct cg_face finds[8];
    assert_int_equal(cg_face_finder_read(CG_MODELS "/faces.safetensors", &finder, &error), CG_OK);
    assert_int_equal(cg_image_create(1300, 975, 3, &picture, NULL), CG_OK);
    memset(picture.pixels, 90, 1300 * 975 * 3);
    assert_int_equal(find(&picture, 2, finds, 8), 0);
    cg_image_clear(&picture);
    cg_face_finder_free(finder);
    finder = drawn;
}

static void test_training_repeats_itself(void **state)
{
    (void)state;
    char *again = temp_path(folder, "again.safetensors");
    uint8_t *one, *two;
    size_t one_nbytes, two_nbytes;
    assert_int_equal(train("faces.json", "again.safetensors", 3, go_on, NULL), CG_OK);
    assert_int_equal(cg_file_read(model_path, SIZE_MAX, &one, &one_nbytes, NULL), CG_OK);
    assert_int_equal(cg_file_read(again, SIZE_MAX, &two, &two_nbytes, NULL), CG_OK);
    assert_int_equal(one_nbytes, two_nbytes);
    assert_memory_equal(one, two, one_nbytes);
    free(two);
    free(one);
    free(again);
}

static void test_training_refuses(void **state)
{
    (void)state;
    struct cg_error error;
    char *out = temp_path(folder, "none.safetensors");
    temp_write(folder, "empty.json", "{}", 2);
    temp_write(folder, "bad.json", "{\"a\": 1}", 8);
    assert_int_equal(train("faces.json", "none.safetensors", 1, stop, &error), CG_ERR_CANCELLED);
    assert_int_equal(train("missing.json", "none.safetensors", 1, go_on, &error), CG_ERR_IO);
    assert_int_equal(train("bad.json", "none.safetensors", 1, go_on, &error), CG_ERR_FORMAT);
    assert_int_equal(train("empty.json", "none.safetensors", 1, go_on, &error), CG_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "expected photos with faces"));
    assert_null(fopen(out, "rb"));
    free(out);
}

static bool read_on(void *context, int done, int count)
{
    (void)context;
    return done < count;
}

/* A score of 0 says that nobody has looked there; photos that a list does not have are left out. */
static void test_areas_and_photos_that_are_not_known(void **state)
{
    (void)state;
    static const char list[] = "{\"01.png\": [[20, 20, 40, 50, 1], [100, 0, 100, 200, 0]],"
                               " \"02.png\": [[30, 30, 40, 50, 0.5]], \"03.png\": []}";
    temp_write(folder, "known.json", list, strlen(list));
    char *photos = temp_path(folder, "photos"), *path = temp_path(folder, "known.json");
    struct cg_face_photos read;
    assert_int_equal(cg_face_photos_read(photos, path, 1, read_on, NULL, &read, NULL), CG_OK);
    assert_int_equal(read.count, 3);
    const struct cg_face_photo *one = &read.photos[0];
    float scale = one->base.scale * (float)one->base.grey.width / SIDE;
    assert_true(one->box_count == 1 && !one->boxes[0].doubtful && one->area_count == 1);
    assert_true(cg_face_photo_is_known(one, 90.0f * scale, 50.0f * scale));
    assert_false(cg_face_photo_is_known(one, 110.0f * scale, 50.0f * scale));
    const struct cg_face_pyramid pyramid = {.count = 1, .scale = {scale}};
    const struct cg_face_place left = {.x = 75, .y = 150}, right = {.x = 130, .y = 150};
    assert_true(cg_face_photo_is_free(one, &pyramid, &left));
    assert_false(cg_face_photo_is_free(one, &pyramid, &right));
    assert_true(read.photos[1].box_count == 1 && read.photos[1].boxes[0].doubtful);
    assert_int_equal(read.photos[2].box_count + read.photos[2].area_count, 0);
    cg_face_photos_clear(&read);
    free(path);
    free(photos);
}

/* ---- parts ----------------------------------------------------------------------------------- */

static void test_light_is_taken_off(void **state)
{
    (void)state;
    uint8_t plain[400], lit[400], flat[400];
    float a[400], b[400], c[400];
    struct cg_rng rng = cg_rng_make(1, 1, 1);
    for (int i = 0; i < 400; i++) {
        int v = 2 * (int)cg_rng_below(&rng, 20);
        plain[i] = (uint8_t)(40 + v);
        lit[i] = (uint8_t)(20 + 2 * v + 3 * (i % 20) + 2 * (i / 20));
        flat[i] = (uint8_t)(50 + i % 20 + 2 * (i / 20));
    }
    cg_face_window_correct(plain, 20, a);
    cg_face_window_correct(lit, 20, b);
    cg_face_window_correct(flat, 20, c);
    double square = 0.0;
    for (int i = 0; i < 400; i++) {
        assert_float_equal(a[i], b[i], 1e-4); /* sums of whole numbers; the rest is rounding */
        assert_float_equal(c[i], 0.0f, 1e-4);
        square += (double)(a[i] * a[i]);
    }
    assert_float_equal((float)(square / 400.0), 1.0f, 1e-4);
}

/* Mixed with itself a window stays; of two, each place is something between them. */
static void test_faces_are_mixed(void **state)
{
    (void)state;
    struct cg_rng rng = cg_rng_make(5, 5, 5);
    for (int tries = 0; tries < 50; tries++) {
        struct cg_face_window window, other;
        for (size_t i = 0; i < CG_FACE_WINDOW_VALUES; i++) {
            window.grey[i] = (uint8_t)(i % 2 == 0 ? 50 : 60);
            other.grey[i] = (uint8_t)(i % 2 == 0 ? 170 : 160); /* as if lit less, 60 and 50 */
        }
        memset(window.colour, 10, sizeof(window.colour));
        memset(other.colour, 20, sizeof(other.colour));
        const struct cg_face_window same = window;
        cg_face_window_mix(&window, &same, &rng);
        assert_memory_equal(&window, &same, sizeof(window));
        cg_face_window_mix(&window, &other, &rng);
        for (int i = 0; i < CG_FACE_WINDOW_VALUES; i++)
            assert_in_range(window.grey[i], 50, 60);
        for (int i = 0; i < CG_FACE_WINDOW_CELLS; i++)
            assert_in_range(window.colour[i][0], 10, 20);
        assert_memory_not_equal(&window, &same, sizeof(window));
    }
}

/* All of a window's edges lie in one direction of each field,
 * the opposite one if it is mirrored. */
static void test_edges_have_directions(void **state)
{
    (void)state;
    enum { FIELDS = CG_FACE_EDGE_VALUES / CG_FACE_DIRECTIONS, BACK = CG_FACE_DIRECTIONS / 2 };
    uint8_t flat[400], right[400], left[400];
    float none[CG_FACE_EDGE_VALUES], a[CG_FACE_EDGE_VALUES], b[CG_FACE_EDGE_VALUES];
    memset(flat, 90, sizeof(flat));
    for (int i = 0; i < 400; i++) {
        right[i] = (uint8_t)(10 * (i % 20));
        left[i] = (uint8_t)(10 * (19 - i % 20));
    }
    cg_face_window_edges(flat, none);
    cg_face_window_edges(right, a);
    cg_face_window_edges(left, b);
    for (int i = 0; i < FIELDS; i++) {
        const float *to_right = a + i * CG_FACE_DIRECTIONS, *to_left = b + i * CG_FACE_DIRECTIONS;
        assert_true(to_right[0] > 1.0f && to_right[BACK] == 0.0f);
        assert_true(to_left[BACK] == to_right[0] && to_left[0] == 0.0f);
        assert_true(to_right[1] == 0.0f && to_right[1 + BACK] == 0.0f); /* up and down */
        assert_true(to_right[2] > 0.0f && to_right[2] < to_right[0]);   /* aslant */
        for (int j = 0; j < CG_FACE_DIRECTIONS; j++)
            assert_true(none[i * CG_FACE_DIRECTIONS + j] == 0.0f);
    }
}

static void test_heaps_become_faces(void **state)
{
    (void)state;
    const struct cg_face_pyramid pyramid = {.count = 2, .scale = {2.0f, 2.5f}};
    struct cg_face faces[4];
    struct cg_face_place places[] = {
        {0, 10, 10, 1.0f},  {0, 12, 10, 3.0f}, {1, 8, 8, 2.0f}, /* one heap, at two sizes */
        {0, 100, 40, 0.4f},                                     /* too little evidence */
        {0, 60, 10, 2.0f},  {0, 70, 10, 1.5f},                  /* overlap: the better remains */
    };
    assert_int_equal(cg_face_merge(&pyramid, 1.0f, places, 6, faces, 4), 2);
    assert_true(faces[0].score > faces[1].score);
    float side = (4.0f * 40.0f + 2.0f * 50.0f) / 6.0f;
    float x = (1.0f * 40.0f + 3.0f * 44.0f + 2.0f * 45.0f) / 6.0f;
    struct cg_face expected = cg_face_of_window(x, (4.0f * 40.0f + 2.0f * 45.0f) / 6.0f, side);
    assert_true(cg_face_overlap(&faces[0], &expected) > 0.999f);
    expected = cg_face_of_window(140.0f, 40.0f, 40.0f);
    assert_true(cg_face_overlap(&faces[1], &expected) > 0.999f);
    assert_int_equal(cg_face_merge(&pyramid, 1.0f, places, 0, faces, 4), 0);
}

static void test_sure_finds_count(void **state)
{
    const struct cg_face finds[] = {{.score = 0.9f}, {.score = 0.5f}, {.score = 0.49f}};
    (void)state;
    assert_int_equal(cg_faces_sure((struct cg_faces){finds, 3}), 2);
    assert_int_equal(cg_faces_sure((struct cg_faces){finds, 1}), 1);
    assert_int_equal(cg_faces_sure((struct cg_faces){finds + 2, 1}), 0);
    assert_int_equal(cg_faces_sure((struct cg_faces){NULL, 0}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_faces_in_grey_and_colour),
        cmocka_unit_test(test_finds_little_where_there_is_no_face),
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_any_size_and_number),
        cmocka_unit_test(test_a_hundred_faces),
        cmocka_unit_test(test_other_files_are_refused),
        cmocka_unit_test(test_the_shipped_finder),
        cmocka_unit_test(test_training_repeats_itself),
        cmocka_unit_test(test_training_refuses),
        cmocka_unit_test(test_light_is_taken_off),
        cmocka_unit_test(test_faces_are_mixed),
        cmocka_unit_test(test_edges_have_directions),
        cmocka_unit_test(test_areas_and_photos_that_are_not_known),
        cmocka_unit_test(test_heaps_become_faces),
        cmocka_unit_test(test_sure_finds_count),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
