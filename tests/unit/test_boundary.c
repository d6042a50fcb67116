/* measure: edges against the boundaries that people drew. */
#include "assert_near.h"
#include "base/memory.h"
#include "base/rng.h"
#include "fixture_boundary.h"
#include "measure/boundary.h"
#include "measure/boundary_match.h"
#include "temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- matching -------------------------------------------------------------------------------- */

/* The diagonal is 500 px: reach is 3.75. */
#define WIDTH 400
#define HEIGHT 300

struct scene {
    struct cg_boundary_edge edges[300];
    struct cg_boundary_hit hits[300];
    size_t count;
    uint8_t marked[WIDTH * HEIGHT];
};

static struct scene *make_scene(void)
{
    struct scene *scene = cg_alloc_zero(1, sizeof(*scene), "scene", NULL);
    assert_non_null(scene);
    return scene;
}

/* Each edge is weaker than those before. */
static void add_edge(struct scene *scene, int x, int y)
{
    scene->edges[scene->count] =
        (struct cg_boundary_edge){1.0f / (float)(scene->count + 1), (uint32_t)(y * WIDTH + x)};
    scene->count++;
}

static void match_paired(struct scene *scene)
{
    memset(scene->hits, 0, sizeof(scene->hits));
    assert_int_equal(cg_boundary_match_paired(scene->edges, scene->count, scene->marked, WIDTH,
                                              HEIGHT, scene->hits, NULL),
                     CG_OK);
}

static void match_near(struct scene *scene)
{
    memset(scene->hits, 0, sizeof(scene->hits));
    assert_int_equal(cg_boundary_match_near(scene->edges, scene->count, scene->marked, WIDTH,
                                            HEIGHT, scene->hits, NULL),
                     CG_OK);
}

static void edges_match_within_reach(void **state)
{
    (void)state;
    const struct {
        int dx, dy;
        bool right;
    } cases[] = {{0, 0, true},  {3, 0, true},  {0, -3, true}, {3, 2, true},
                 {4, 0, false}, {0, 4, false}, {3, 3, false}, {-2, -3, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct scene *scene = make_scene();
        add_edge(scene, 100, 100);
        scene->marked[(100 + cases[i].dy) * WIDTH + 100 + cases[i].dx] = 1;
        match_paired(scene);
        assert_int_equal(scene->hits[0].right, cases[i].right);
        match_near(scene);
        assert_int_equal(scene->hits[0].right, cases[i].right);
        assert_int_equal(scene->hits[0].found, cases[i].right);
        free(scene);
    }
    struct scene *scene = make_scene(); /* the end of one row is not near the next one's begin */
    add_edge(scene, WIDTH - 1, 10);
    scene->marked[11 * WIDTH] = 1;
    match_near(scene);
    assert_false(scene->hits[0].right);
    free(scene);
}

/* Both sides of an ink line, 2 px apart, for one boundary between them. */
static void both_sides_of_a_line_are_near_but_not_paired(void **state)
{
    (void)state;
    struct scene *scene = make_scene();
    for (int y = 100; y < 140; y++) {
        add_edge(scene, 99, y);
        add_edge(scene, 101, y);
        scene->marked[y * WIDTH + 100] = 1;
    }
    size_t right[2] = {0}, found[2] = {0};
    match_paired(scene);
    for (size_t i = 0; i < scene->count; i++) {
        right[0] += scene->hits[i].right;
        found[0] += scene->hits[i].found;
    }
    match_near(scene);
    for (size_t i = 0; i < scene->count; i++) {
        right[1] += scene->hits[i].right;
        found[1] += scene->hits[i].found;
    }
    assert_int_equal(scene->count, 80);
    assert_int_equal(right[0], 40);
    assert_int_equal(found[0], 40);
    assert_int_equal(right[1], 80);
    assert_int_equal(found[1], 40);
    free(scene);
}

/* ---- against a search that is easily seen to be right ---------------------------------------- */

static bool is_near(const struct scene *scene, size_t edge, int pixel)
{
    int dx = (int)scene->edges[edge].pixel % WIDTH - pixel % WIDTH;
    int dy = (int)scene->edges[edge].pixel / WIDTH - pixel / WIDTH;
    return dx * dx + dy * dy <= 14; /* 3.75 squared is 14.06 */
}

static bool pair_naively(const struct scene *scene, size_t edge, int *owner, bool *seen)
{
    for (int pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
        if (!scene->marked[pixel] || seen[pixel] || !is_near(scene, edge, pixel))
            continue;
        seen[pixel] = true;
        if (owner[pixel] >= 0 && !pair_naively(scene, (size_t)owner[pixel], owner, seen))
            continue;
        owner[pixel] = (int)edge;
        return true;
    }
    return false;
}

/* The most pairs among the strongest edges, by searching from each with nothing remembered. */
static size_t most_pairs(const struct scene *scene, size_t edges)
{
    int *owner = cg_alloc(WIDTH * HEIGHT, sizeof(*owner), "owners", NULL);
    bool *seen = cg_alloc(WIDTH * HEIGHT, sizeof(*seen), "seen", NULL);
    assert_true(owner != NULL && seen != NULL);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        owner[i] = -1;
    size_t pairs = 0;
    for (size_t i = edges; i-- > 0;) { /* the other way round */
        memset(seen, 0, WIDTH * HEIGHT * sizeof(*seen));
        pairs += pair_naively(scene, i, owner, seen);
    }
    free(seen);
    free(owner);
    return pairs;
}

static void as_many_as_can_be_are_paired_at_every_threshold(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 6; round++) {
        struct scene *scene = make_scene();
        struct cg_rng rng = cg_rng_make(11, round, 0);
        int side = 12 + 6 * (int)round; /* from crowded to sparse */
        for (int i = 0; i < 100; i++)
            scene->marked[cg_rng_below(&rng, (uint32_t)side) * WIDTH +
                          cg_rng_below(&rng, (uint32_t)side)] = 1;
        for (int i = 0; i < 80; i++)
            add_edge(scene, (int)cg_rng_below(&rng, (uint32_t)side),
                     (int)cg_rng_below(&rng, (uint32_t)side));
        match_paired(scene);
        size_t pairs = 0;
        for (size_t i = 0; i < scene->count; i++) {
            assert_int_equal(scene->hits[i].right, scene->hits[i].found);
            pairs += scene->hits[i].right;
            if (i % 8 == 7)
                assert_int_equal(pairs, most_pairs(scene, i + 1));
        }
        assert_true(pairs > 20 && (round > 0 || pairs < scene->count));
        free(scene);
    }
}

/* ---- edges and measures ---------------------------------------------------------------------- */

/* One colour to the left of the middle, another from there on. */
static struct cg_image make_step(const uint8_t left[3], const uint8_t right[3])
{
    struct cg_image image;
    assert_int_equal(cg_image_create(WIDTH, HEIGHT, 3, &image, NULL), CG_OK);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        memcpy(image.pixels + 3 * (size_t)i, i % WIDTH < WIDTH / 2 ? left : right, 3);
    return image;
}

static void a_step_is_one_line_of_edges(void **state)
{
    (void)state;
    const uint8_t colours[3][3] = {
        {0, 0, 0}, {255, 255, 255}, {255, 49, 255}};                /* luma .299, .114 */
    const uint8_t red[3] = {200, 60, 60}, green[3] = {60, 131, 60}; /* one luma */
    const uint8_t *const sides[][2] = {
        {colours[0], colours[1]}, {colours[1], colours[0]}, {colours[1], colours[2]}, {red, green}};
    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        struct cg_image image = make_step(sides[i][0], sides[i][1]);
        struct cg_boundary_edge *edges;
        size_t count;
        assert_int_equal(cg_boundary_edges(&image, 0.004f, &edges, &count, NULL), CG_OK);
        assert_int_equal(count, HEIGHT);
        for (size_t k = 0; k < count; k++) {
            uint32_t x = edges[k].pixel % WIDTH; /* of two that are alike but for rounding */
            assert_true(x == WIDTH / 2 - 1 || x == WIDTH / 2);
            assert_true(k == 0 || edges[k].strength <= edges[k - 1].strength);
        }
        /* a step of 1 has gradient (Phi(1.5 / 1.3) - Phi(-.5 / 1.3)) / 2; nearly,
         * blurred in pixels */
        if (i < 2)
            assert_near(edges[0].strength, 0.263, 0.01);
        free(edges);
        cg_image_clear(&image);
    }
}

static void flat_pictures_of_any_size_have_no_edges(void **state)
{
    (void)state;
    const int sizes[][2] = {{1, 1}, {1, 9}, {9, 1}, {2, 2}, {40, 30}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct cg_image image;
        assert_int_equal(cg_image_create(sizes[i][0], sizes[i][1], 3, &image, NULL), CG_OK);
        size_t pixels = (size_t)sizes[i][0] * (size_t)sizes[i][1];
        memset(image.pixels, 90, 3 * pixels);
        uint8_t *marked = cg_alloc(pixels, 1, "boundaries", NULL);
        memset(marked, 1, pixels);
        const struct cg_boundary_truth truth = {sizes[i][0], sizes[i][1], 1, marked};
        struct cg_boundary_counts counts;
        assert_int_equal(cg_boundary_measure(&image, &truth, &counts, NULL), CG_OK);
        assert_int_equal(counts.edges[0], 0);
        assert_int_equal(counts.drawn, pixels);
        assert_near(cg_boundary_score(&counts, 1, CG_BOUNDARY_PAIRED).ods, 0.0, 0.0);
        free(marked);
        cg_image_clear(&image);
    }
}

/* Two draw the step; one of them a line besides, in whose place there is nothing to be seen. */
static void annotators_share_precision_and_add_up_in_recall(void **state)
{
    (void)state;
    const uint8_t black[3] = {0, 0, 0}, white[3] = {255, 255, 255};
    struct cg_image image = make_step(black, white);
    uint8_t *marked = cg_alloc_zero(2 * WIDTH * HEIGHT, 1, "boundaries", NULL);
    for (int y = 0; y < HEIGHT; y++) {
        marked[y * WIDTH + 200] = 1;
        marked[(HEIGHT + y) * WIDTH + 200] = 1;
        marked[(HEIGHT + y) * WIDTH + 10] = 1;
    }
    const struct cg_boundary_truth truth = {WIDTH, HEIGHT, 2, marked};
    struct cg_boundary_counts counts;
    assert_int_equal(cg_boundary_measure(&image, &truth, &counts, NULL), CG_OK);
    for (int way = 0; way < CG_BOUNDARY_WAYS; way++) {
        struct cg_boundary_score score = cg_boundary_score(&counts, 1, (enum cg_boundary_way)way);
        assert_near(score.precision, 1.0, 0.0);
        assert_near(score.recall, 2.0 / 3.0, 1e-12);
        assert_near(score.ods, 0.8, 1e-12);
        assert_near(score.ois, 0.8, 1e-12);
    }
    free(marked);
    cg_image_clear(&image);
}

/* One picture is best at level 0, the other at level 1. */
static void the_best_threshold_is_common_or_each_ones_own(void **state)
{
    (void)state;
    const struct cg_boundary_counts each[2] = {
        {.edges = {10, 5}, .right = {{10, 5}}, .found = {{10, 5}}, .drawn = 10},
        {.edges = {40, 10}, .right = {{10, 10}}, .found = {{10, 10}}, .drawn = 10},
    };
    struct cg_boundary_score score = cg_boundary_score(each, 2, CG_BOUNDARY_PAIRED);
    /* level 0: P 20 / 50, R 20 / 20; level 1: P 15 / 15, R 15 / 20 */
    assert_near(score.precision, 1.0, 0.0);
    assert_near(score.recall, 0.75, 1e-12);
    assert_near(score.ods, 1.5 / 1.75, 1e-12);
    assert_near(score.ois, 1.0, 1e-12);
    assert_near(score.threshold, 0.004 * 1.07, 1e-6);
    assert_near(cg_boundary_score(each, 2, CG_BOUNDARY_NEAR).ods, 0.0, 0.0);
}

/* ---- files ----------------------------------------------------------------------------------- */

#ifdef CG_WITH_MATIO

#define MAP_WIDTH 3
#define MAP_HEIGHT 2

static const uint8_t maps[FIXTURE_ANNOTATORS][MAP_WIDTH * MAP_HEIGHT] = {{0, 0, 0, 0, 1, 1},
                                                                         {0, 0, 1, 1, 1, 1}};

static void write_truth(const char *path, const char *name, const char *field)
{
    assert_true(fixture_write_boundaries(path, name, field, MAP_WIDTH, MAP_HEIGHT, maps[0]));
}

static void boundaries_are_read_row_by_row(void **state)
{
    char *path = temp_path(*state, "1.mat");
    write_truth(path, "groundTruth", "Boundaries");
    struct cg_boundary_truth truth;
    assert_int_equal(cg_boundary_truth_read(path, MAP_WIDTH, MAP_HEIGHT, &truth, NULL), CG_OK);
    assert_int_equal(truth.annotators, FIXTURE_ANNOTATORS);
    assert_memory_equal(truth.marked, maps, sizeof(maps));
    free(truth.marked);
    free(path);
}

static void assert_refused(const char *path, int width, int height, enum cg_status status,
                           const char *words)
{
    struct cg_boundary_truth truth;
    struct cg_error error;
    assert_int_equal(cg_boundary_truth_read(path, width, height, &truth, &error), status);
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, words));
    assert_null(truth.marked);
}

static void other_files_are_refused(void **state)
{
    char *path = temp_path(*state, "1.mat");
    assert_refused(path, 3, 2, CG_ERR_IO, "reading");
    write_truth(path, "groundTruth", "Boundaries");
    assert_refused(path, 2, 3, CG_ERR_FORMAT, "3 x 2 pixels, but the photo is measured at 2 x 3");
    write_truth(path, "groundtruth", "Boundaries");
    assert_refused(path, 3, 2, CG_ERR_FORMAT, "no cell array groundTruth");
    write_truth(path, "groundTruth", "Segmentation");
    assert_refused(path, 3, 2, CG_ERR_FORMAT, "no map Boundaries of annotator 1");
    temp_write(*state, "1.mat", "no more than words", 18);
    assert_refused(path, 3, 2, CG_ERR_FORMAT, "MATLAB 5");
    free(path);
}

/* A cut anywhere, and a flipped bit anywhere behind the header. */
static void damage_is_told(void **state)
{
    char *path = temp_path(*state, "1.mat");
    write_truth(path, "groundTruth", "Boundaries");
    uint8_t bytes[4096];
    FILE *file = fopen(path, "rb");
    size_t nbytes = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    assert_true(nbytes > 200 && nbytes < sizeof(bytes));
    for (size_t cut = 129; cut < nbytes; cut += 5) {
        temp_write(*state, "1.mat", bytes, cut);
        assert_refused(path, 3, 2, CG_ERR_FORMAT, "damaged, or cut off");
    }
    for (size_t at = 132; at < nbytes; at += 5) {
        bytes[at] ^= 4;
        temp_write(*state, "1.mat", bytes, nbytes);
        assert_refused(path, 3, 2, CG_ERR_FORMAT, "damaged, or cut off");
        bytes[at] ^= 4;
    }
    free(path);
}

#else

static void a_build_without_the_library_says_so(void **state)
{
    (void)state;
    struct cg_boundary_truth truth;
    struct cg_error error;
    assert_false(cg_boundary_truth_is_read());
    assert_int_equal(cg_boundary_truth_read("1.mat", 3, 2, &truth, &error), CG_ERR_FORMAT);
    assert_non_null(strstr(error.text, "libmatio"));
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_match_within_reach),
        cmocka_unit_test(both_sides_of_a_line_are_near_but_not_paired),
        cmocka_unit_test(as_many_as_can_be_are_paired_at_every_threshold),
        cmocka_unit_test(a_step_is_one_line_of_edges),
        cmocka_unit_test(flat_pictures_of_any_size_have_no_edges),
        cmocka_unit_test(annotators_share_precision_and_add_up_in_recall),
        cmocka_unit_test(the_best_threshold_is_common_or_each_ones_own),
#ifdef CG_WITH_MATIO
        cmocka_unit_test_setup_teardown(boundaries_are_read_row_by_row, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(other_files_are_refused, temp_folder_setup,
                                        temp_folder_teardown),
        cmocka_unit_test_setup_teardown(damage_is_told, temp_folder_setup, temp_folder_teardown),
#else
        cmocka_unit_test(a_build_without_the_library_says_so),
#endif
    };
    return cmocka_run_group_tests_name("boundary", tests, NULL, NULL);
}
