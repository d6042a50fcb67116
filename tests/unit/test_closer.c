/* Faces drawn closer (comic/closer.h), and parts of a picture as their looks continue it
 * (full.h). */
#include "comic/closer.h"

#include "base/memory.h"
#include "comic/full.h"
#include "fixture_scene.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A photo of four times the working copy's size, 400 x 300. */
enum { WIDTH = 1600, HEIGHT = 1200, WORKING_WIDTH = 400, WORKING_HEIGHT = 300 };

static struct cg_image photo_new(void)
{
    struct cg_image photo;
    assert_int_equal(cg_image_create(WIDTH, HEIGHT, 3, &photo, NULL), CG_OK);
    for (size_t i = 0; i < (size_t)3 * WIDTH * HEIGHT; i++)
        photo.pixels[i] = (uint8_t)(i * i >> 9);
    return photo;
}

static struct cg_closer take(const struct cg_face *faces, int count, const struct cg_image *photo)
{
    struct cg_closer closer;
    assert_int_equal(cg_closer_take((struct cg_faces){faces, count},
                                    (float)photo->width / WORKING_WIDTH, photo, &closer, NULL),
                     CG_OK);
    return closer;
}

/* ---- what is taken --------------------------------------------------------------------------- */

static void small_faces_are_taken(void **state)
{
    struct cg_image photo = photo_new();
    const struct cg_face face = {.x = 190, .y = 100, .width = 20, .height = 30, .score = 1};
    struct cg_closer closer = take(&face, 1, &photo);
    const struct cg_closer_part *part = &closer.part[0];
    (void)state;
    assert_int_equal(closer.count, 1);
    assert_true(part->left < 4 * 190 && part->left + part->pixels.width > 4 * 210);
    assert_true(part->top < 4 * 100 && part->top + part->pixels.height > 4 * 130);
    /* at two and a half times the working copy's size */
    assert_in_range(part->working_width, part->pixels.width * 6 / 10,
                    part->pixels.width * 65 / 100);
    for (int y = 0; y < part->pixels.height; y++)
        assert_memory_equal(part->pixels.pixels + 3 * y * part->pixels.width,
                            photo.pixels + 3 * ((part->top + y) * WIDTH + part->left),
                            3 * (size_t)part->pixels.width);
    cg_closer_clear(&closer);
    cg_image_clear(&photo);
}

/* A photo as large as its working copy is enlarged there. */
static void no_photo_is_enlarged_more_than_twice(void **state)
{
    struct cg_image photo = photo_new(), small;
    const struct cg_face face = {.x = 190, .y = 100, .width = 20, .height = 30, .score = 1};
    (void)state;
    assert_int_equal(cg_image_resize(&photo, WORKING_WIDTH, WORKING_HEIGHT, &small, NULL), CG_OK);
    struct cg_closer closer = take(&face, 1, &small);
    assert_int_equal(closer.count, 1);
    assert_int_equal(closer.part[0].working_width, 2 * closer.part[0].pixels.width);
    cg_closer_clear(&closer);
    cg_image_clear(&small);
    cg_image_clear(&photo);
}

static void others_are_not(void **state)
{
    struct cg_image photo = photo_new(), small = {0};
    const struct cg_face faces[] = {
        {.x = 50, .y = 20, .width = 220, .height = 250, .score = 1}, /* large enough as it is */
        {.x = 0, .y = 0, .width = NAN, .height = 20, .score = 1},    /* and nonsense */
        {.x = 10, .y = 10, .width = -20, .height = 20, .score = 1},
        {.x = 900, .y = 900, .width = 20, .height = 20, .score = 1},
    };
    struct cg_closer closer = take(faces, sizeof faces / sizeof *faces, &photo);
    (void)state;
    assert_int_equal(closer.count, 0);
    const struct cg_face face = {.x = 190, .y = 100, .width = 20, .height = 30, .score = 1};
    assert_int_equal(cg_image_resize(&photo, WORKING_WIDTH / 2, WORKING_HEIGHT / 2, &small, NULL),
                     CG_OK);
    closer = take(&face, 1, &small); /* a photo that is enlarged already */
    assert_int_equal(closer.count, 0);
    closer = take(NULL, 0, &photo);
    assert_int_equal(closer.count, 0);
    cg_image_clear(&small);
    cg_image_clear(&photo);
}

static void a_crowd_takes_no_more_than_there_is_room_for(void **state)
{
    struct cg_image photo = photo_new();
    struct cg_face faces[100];
    size_t taken = 0, working = 0;
    (void)state;
    for (int i = 0; i < 100; i++) /* at the photo's edges, too */
        faces[i] = (struct cg_face){.x = (float)(40 * (i % 10)) - 8.0f,
                                    .y = (float)(30 * (i / 10)) - 8.0f,
                                    .width = 30,
                                    .height = 30,
                                    .score = 1};
    struct cg_closer closer = take(faces, 100, &photo);
    assert_in_range(closer.count, 2, CG_CLOSER_MAX);
    for (int i = 0; i < closer.count; i++) {
        const struct cg_closer_part *part = &closer.part[i];
        assert_true(part->left >= 0 && part->left + part->pixels.width <= WIDTH);
        assert_true(part->top >= 0 && part->top + part->pixels.height <= HEIGHT);
        taken += (size_t)part->pixels.width * (size_t)part->pixels.height;
        working += (size_t)part->working_width * (size_t)part->working_height;
    }
    assert_true(taken <= (size_t)WIDTH * HEIGHT / CG_CLOSER_PHOTO_SHARE);
    assert_true(working <= (size_t)WORKING_WIDTH * WORKING_HEIGHT);
    cg_closer_clear(&closer);
    cg_image_clear(&photo);
}

/* Four that would take one and a half times the room are drawn less close, all of them. */
static void where_room_is_short_all_get_some(void **state)
{
    struct cg_image photo = photo_new();
    struct cg_face faces[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        faces[i] = (struct cg_face){
            .x = 20.0f + 95.0f * (float)i, .y = 120, .width = 42, .height = 42, .score = 1};
    struct cg_closer closer = take(faces, 4, &photo);
    assert_int_equal(closer.count, 4);
    for (int i = 0; i < 4; i++) {
        const float closer_by =
            4.0f * (float)closer.part[i].working_width / (float)closer.part[i].pixels.width;
        assert_true(closer_by > 1.9f && closer_by < 2.15f);
    }
    cg_closer_clear(&closer);
    cg_image_clear(&photo);
}

static void faces_are_seen_from_a_part(void **state)
{
    struct cg_image photo = photo_new();
    const struct cg_face faces[] = {{190, 100, 20, 30, 1}, {215, 100, 20, 30, 0.8f}};
    struct cg_closer closer = take(faces, 1, &photo);
    const struct cg_closer_part *part = &closer.part[0];
    struct cg_face seen[2];
    (void)state;
    cg_closer_see(part, (struct cg_faces){faces, 2}, 4.0f, seen);
    assert_true(fabsf(seen[0].x + 0.5f * seen[0].width - 0.5f * (float)part->working_width) < 1.0f);
    assert_true(fabsf(seen[0].width - 2.5f * 20.0f) < 1.0f);
    assert_true(fabsf(seen[1].x - seen[0].x - 2.5f * 25.0f) < 1.0f);
    cg_closer_clear(&closer);
    cg_image_clear(&photo);
}

static void a_part_fades_out(void **state)
{
    struct cg_image photo = photo_new(), before = photo_new();
    const struct cg_face face = {.x = 190, .y = 100, .width = 20, .height = 30, .score = 1};
    struct cg_closer closer = take(&face, 1, &photo);
    struct cg_closer_part *part = &closer.part[0];
    const size_t middle = 3 * ((size_t)4 * 115 * WIDTH + (size_t)4 * 200);
    (void)state;
    memset(part->pixels.pixels, 0, 3 * (size_t)part->pixels.width * (size_t)part->pixels.height);
    cg_closer_lay(part, 0.0f, &photo);
    assert_memory_equal(photo.pixels, before.pixels, 3 * WIDTH * HEIGHT);
    photo.pixels[middle] = 200;
    cg_closer_lay(part, 0.5f, &photo);
    assert_int_equal(photo.pixels[middle], 100);
    cg_closer_lay(part, 1.0f, &photo);
    assert_int_equal(photo.pixels[middle], 0);
    for (int y = 0; y < HEIGHT; y++) { /* corners, sides and what is outside */
        bool inside = y > part->top && y < part->top + part->pixels.height - 1;
        size_t row = 3 * (size_t)y * WIDTH, left = 3 * (size_t)part->left + 3;
        size_t right = left + 3 * (size_t)part->pixels.width - 6;
        assert_memory_equal(photo.pixels + row, before.pixels + row, inside ? left : 3 * WIDTH);
        assert_memory_equal(photo.pixels + row + right, before.pixels + row + right,
                            3 * WIDTH - right);
    }
    cg_closer_clear(&closer);
    cg_image_clear(&before);
    cg_image_clear(&photo);
}

/* ---- parts ----------------------------------------------------------------------------------- */

enum { SCALE = 4, PART_LEFT = 24, PART_TOP = 10, PART_WIDTH = 30, PART_HEIGHT = 28, RIM = 6 };

static void dark(float u, float v, float colour[3], float *logit)
{
    (void)u, (void)v, (void)logit;
    colour[0] = colour[1] = colour[2] = 0.2f;
}

/* Layers and photo of a part of a scene. */
static struct fixture_scene part_of(const struct fixture_scene *whole, fixture_painter paint)
{
    struct fixture_scene part = fixture_scene_new(PART_WIDTH, PART_HEIGHT, SCALE, paint);
    for (int y = 0; y < PART_HEIGHT; y++) {
        int from = (PART_TOP + y) * whole->layers.width + PART_LEFT;
        memcpy(part.colour + 3 * y * PART_WIDTH, whole->colour + 3 * from,
               3 * PART_WIDTH * sizeof(float));
        memcpy(part.logit + y * PART_WIDTH, whole->logit + from, PART_WIDTH * sizeof(float));
    }
    fixture_photo_fill(&part);
    return part;
}

static void expect_continued(fixture_painter paint, const struct cg_render_params *looks)
{
    struct fixture_scene whole = fixture_scene_new(72, 48, SCALE, paint);
    struct fixture_scene part = part_of(&whole, paint);
    struct cg_image picture = {whole.width, whole.height, 3, whole.pixels};
    struct cg_image piece = {part.width, part.height, 3, part.pixels}, working = {0};
    const struct cg_full_place place = {SCALE * PART_LEFT, SCALE * PART_TOP, whole.width,
                                        whole.height};
    struct cg_layers layers = whole.layers, of_part = part.layers;
    struct cg_buffer shared = {0};
    struct cg_pool *pool;
    struct cg_full *full;
    assert_int_equal(cg_pool_create(2, &pool, NULL), CG_OK);
    assert_int_equal(cg_full_create(pool, &shared, &full, NULL), CG_OK);
    fixture_photo_fill(&whole);
    assert_int_equal(cg_full_render(full, looks, NULL, &layers, &working, &picture, NULL), CG_OK);
    assert_int_equal(cg_full_render_part(full, looks, &place, &of_part, &piece, NULL), CG_OK);
    for (int y = RIM * SCALE; y < piece.height - RIM * SCALE; y++)
        for (int x = 3 * RIM * SCALE; x < 3 * (piece.width - RIM * SCALE); x++)
            assert_int_equal(
                piece.pixels[3 * y * piece.width + x],
                picture.pixels[3 * (place.top + y) * picture.width + 3 * place.left + x]);
    cg_full_free(full);
    cg_pool_free(pool);
    free(shared.memory);
    fixture_scene_clear(&part);
    fixture_scene_clear(&whole);
}

static void looks_continue_the_picture(void **state)
{
    static const uint8_t mask[4] = {255, 60, 130, 200};
    struct cg_render_params looks = cg_render_params_neutral(72);
    (void)state;
    looks.halftone = 0.6f;
    looks.halftone_dots = 40;
    looks.paper[2] = 0.8f;
    looks.grain = 0.7f;
    expect_continued(fixture_paint_all, &looks);
    looks.colors = 6;
    looks.mask = (struct cg_mask){2, 2, mask};
    expect_continued(fixture_paint_all, &looks);
    looks = cg_render_params_neutral(72);
    looks.hatch = 1.0f;
    expect_continued(dark, &looks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_faces_are_taken),
        cmocka_unit_test(no_photo_is_enlarged_more_than_twice),
        cmocka_unit_test(others_are_not),
        cmocka_unit_test(a_crowd_takes_no_more_than_there_is_room_for),
        cmocka_unit_test(where_room_is_short_all_get_some),
        cmocka_unit_test(faces_are_seen_from_a_part),
        cmocka_unit_test(a_part_fades_out),
        cmocka_unit_test(looks_continue_the_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
