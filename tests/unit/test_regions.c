/* Regions of one colour (image/regions.h). */
#include "image/regions.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { WIDTH = 60, HEIGHT = 40, PIXELS = WIDTH * HEIGHT };

struct picture {
    struct cg_plane_set set;
    struct cg_lab lab;
};

static struct picture paint(float lightness(int x, int y))
{
    struct picture picture;
    assert_int_equal(cg_plane_set_create(WIDTH, HEIGHT, 3, &picture.set, NULL), CG_OK);
    for (int c = 0; c < 3; c++) {
        picture.lab.c[c] = picture.set.plane[c];
        for (int i = 0; i < PIXELS; i++)
            cg_plane_row(&picture.lab.c[c], i / WIDTH)[i % WIDTH] =
                c == 0 ? lightness(i % WIDTH, i / WIDTH) : 0.0f;
        cg_plane_replicate(&picture.lab.c[c]);
    }
    return picture;
}

static struct cg_regions regions_of(const struct picture *picture)
{
    struct cg_regions regions;
    assert_int_equal(cg_regions_make(NULL, &picture->lab, &picture->lab, 0.0005f, &regions, NULL),
                     CG_OK);
    return regions;
}

/* Three fields; the right one has a speck and a slope too slow for a border. */
static float fields(int x, int y)
{
    if (x >= 50 && x < 52 && y >= 20 && y < 22)
        return 0.95f;
    return x < 20 ? 0.2f : y < 20 ? 0.5f : 0.8f + 0.0005f * (float)x;
}

static void fields_become_regions(void **state)
{
    struct picture picture = paint(fields);
    struct cg_regions regions = regions_of(&picture);
    (void)state;
    const int left = regions.label[5 * WIDTH + 5], above = regions.label[5 * WIDTH + 40],
              below = regions.label[30 * WIDTH + 40];
    for (int i = 0; i < PIXELS; i++) {
        int x = i % WIDTH, y = i / WIDTH;
        if (fields(x, y) < 0.9f)
            assert_int_equal(regions.label[i], x < 20 ? left : y < 20 ? above : below);
    }
    assert_float_equal(regions.mean[left][0], 0.2f, 1e-4f);
    assert_float_equal(regions.area_px[left], 20.0f * HEIGHT, 0.1f);
    const struct cg_border *border = cg_regions_border(&regions, above, left);
    assert_non_null(border);
    assert_float_equal(border->length_px, 20.0f, 1e-3f);
    assert_float_equal(border->step, 20.0f * 0.3f, 1e-3f);
    cg_regions_clear(&regions);
    cg_plane_set_clear(&picture.set);
}

static enum cg_status remove_specks(struct cg_regions *regions, float area_px, float keep_px,
                                    float distance)
{
    return cg_regions_remove_specks(NULL, regions, &area_px, 1, keep_px, distance, NULL);
}

static void specks_are_painted_over(void **state)
{
    struct picture picture = paint(fields);
    struct cg_regions regions = regions_of(&picture);
    const int speck = 20 * WIDTH + 50, around = 30 * WIDTH + 40;
    (void)state;
    if (regions.label[speck] == regions.label[around])
        fail_msg("the speck was no region");
    assert_int_equal(remove_specks(&regions, 3.0f, 1.0f, 1.0f), CG_OK);
    assert_int_not_equal(regions.label[speck], regions.label[around]); /* larger */
    assert_int_equal(remove_specks(&regions, 8.0f, 1.0f, 0.05f), CG_OK);
    assert_int_not_equal(regions.label[speck], regions.label[around]); /* stands out */
    assert_int_equal(remove_specks(&regions, 8.0f, 8.0f, 0.05f), CG_OK);
    assert_int_equal(regions.label[speck], regions.label[around]);
    cg_regions_clear(&regions);
    cg_plane_set_clear(&picture.set);
}

static float steps(int x, int y)
{
    (void)y;
    return x < 30 ? 0.3f + 0.002f * (float)x : 0.4f + 0.002f * (float)x;
}

static void pieces_part_at_steps_only(void **state)
{
    struct picture picture = paint(steps);
    struct cg_regions regions;
    int8_t tone[PIXELS];
    (void)state;
    for (int i = 0; i < PIXELS; i++)
        tone[i] = (int8_t)(i % WIDTH / 10);
    assert_int_equal(cg_regions_make(NULL, &picture.lab, &picture.lab, 10.0f, &regions, NULL),
                     CG_OK);
    assert_int_equal(regions.label[0], regions.label[PIXELS - 1]);
    assert_int_equal(cg_regions_split(NULL, &picture.lab, tone, 0.01f, &regions, NULL), CG_OK);
    assert_int_equal(regions.label[0], regions.label[29]);
    assert_int_equal(regions.label[30], regions.label[PIXELS - 1]);
    assert_int_not_equal(regions.label[29], regions.label[30]);
    cg_regions_clear(&regions);
    cg_plane_set_clear(&picture.set);
}

/* Each pixel another colour and another tone. */
static float noise(int x, int y)
{
    return (float)((unsigned)(y * WIDTH + x + 1) * 0x9e3779b1u >> 16) / 65536.0f;
}

static void noise_makes_no_more_regions_than_fit(void **state)
{
    struct picture picture = paint(noise);
    struct cg_regions regions;
    int8_t tone[PIXELS];
    (void)state;
    for (int i = 0; i < PIXELS; i++)
        tone[i] = (int8_t)(10.0f * noise(i % WIDTH, i / WIDTH));
    assert_int_equal(cg_regions_make(NULL, &picture.lab, &picture.lab, 0.0f, &regions, NULL),
                     CG_OK);
    assert_in_range(regions.count, 2, PIXELS / 8);
    const int count = regions.count;
    assert_int_equal(cg_regions_split(NULL, &picture.lab, tone, 0.012f, &regions, NULL), CG_OK);
    assert_int_equal(regions.count, count);
    cg_regions_clear(&regions);

    /* the whole picture, not measured yet */
    regions = (struct cg_regions){.width = WIDTH, .height = HEIGHT, .count = 1};
    regions.label = calloc(PIXELS, sizeof *regions.label);
    assert_non_null(regions.label);
    assert_int_equal(cg_regions_split(NULL, &picture.lab, tone, 0.0f, &regions, NULL), CG_OK);
    assert_int_equal(regions.count, 1);
    assert_float_equal(regions.area_px[0], PIXELS, 0.5f);
    assert_float_equal(regions.mean[0][0], 0.5f, 0.05f);
    cg_regions_clear(&regions);
    cg_plane_set_clear(&picture.set);
}

/* Bands of rows, in which threads work, leave no seam: in regions, in their pieces. */
static void threads_see_the_same_regions(void **state)
{
    enum { TALL = 700, NARROW = 40 };
    struct cg_plane_set set;
    struct cg_regions alone, shared;
    struct cg_pool *pool;
    int8_t tone[TALL * NARROW];
    (void)state;
    assert_int_equal(cg_plane_set_create(NARROW, TALL, 3, &set, NULL), CG_OK);
    const struct cg_lab lab = {{set.plane[0], set.plane[1], set.plane[2]}};
    for (int y = 0; y < TALL; y++)
        for (int x = 0; x < NARROW; x++) {
            cg_plane_row(&lab.c[0], y)[x] = x < 20 ? 0.3f : 0.6f;
            tone[y * NARROW + x] = y < 350 || x == 5;
        }
    assert_int_equal(cg_pool_create(2, &pool, NULL), CG_OK);
    assert_int_equal(cg_regions_make(NULL, &lab, &lab, 0.0005f, &alone, NULL), CG_OK);
    assert_int_equal(cg_regions_make(pool, &lab, &lab, 0.0005f, &shared, NULL), CG_OK);
    assert_int_equal(shared.count, 2);
    assert_memory_equal(alone.label, shared.label, sizeof(int) * TALL * NARROW);
    assert_int_equal(cg_regions_split(NULL, &lab, tone, 0.0f, &alone, NULL), CG_OK);
    assert_int_equal(cg_regions_split(pool, &lab, tone, 0.0f, &shared, NULL), CG_OK);
    assert_int_equal(shared.count, 5);
    assert_memory_equal(alone.label, shared.label, sizeof(int) * TALL * NARROW);
    cg_regions_clear(&alone);
    cg_regions_clear(&shared);
    cg_pool_free(pool);
    cg_plane_set_clear(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_become_regions),
        cmocka_unit_test(specks_are_painted_over),
        cmocka_unit_test(pieces_part_at_steps_only),
        cmocka_unit_test(noise_makes_no_more_regions_than_fit),
        cmocka_unit_test(threads_see_the_same_regions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
