/* page: layouts of random photos, by what has to hold for every page. */
#include "base/rng.h"
#include "page/layout.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 12

/* A page with panels on it. */
struct sheet {
    struct cg_page_geometry page;
    double aspects[CG_PAGE_PANELS_MAX];
    struct cg_panel panels[CG_PAGE_PANELS_MAX];
    int count;
};

static struct sheet sheet_of(int count, int round)
{
    struct sheet sheet = {.page = {.width = 1000,
                                   .height = 1414,
                                   .margin_px = 40,
                                   .gutter_px = 13,
                                   .row_gutter_px = 20,
                                   .slant = round % 3 * 0.04},
                          .count = count};
    struct cg_rng rng = cg_rng_make(5, (uint64_t)count, (uint64_t)round);
    for (int i = 0; i < count; i++) {
        double upright = 0.55 + 0.3 * (double)cg_rng_below(&rng, 1000) / 1000.0;
        sheet.aspects[i] = cg_rng_below(&rng, 3) == 0 ? upright : 1.0 / upright;
    }
    return sheet;
}

static void make(struct sheet *sheet, const char *layout)
{
    struct cg_error error = {0};
    if (cg_layout_make(&sheet->page, layout, sheet->aspects, sheet->count, sheet->panels, &error) !=
        CG_OK)
        fail_msg("%s, %d photos: %s", layout, sheet->count, error.text);
}

static double area_of(const struct cg_panel *panel)
{
    return 0.5 * (panel->x[1] - panel->x[0] + panel->x[2] - panel->x[3]) *
           (panel->y[2] - panel->y[0]);
}

static bool fraction_of_level(const struct cg_panel *a, const struct cg_panel *b)
{
    return fmin(a->y[2], b->y[2]) - fmax(a->y[0], b->y[0]) > 0.5;
}

/* Horizontal room from a to b at a height that both have; negative if b lies left of a's right
 * side. */
static double room_between(const struct cg_panel *a, const struct cg_panel *b, double y)
{
    double ta = (y - a->y[0]) / (a->y[2] - a->y[0]), tb = (y - b->y[0]) / (b->y[2] - b->y[0]);
    double right = a->x[1] + ta * (a->x[2] - a->x[1]), left = b->x[0] + tb * (b->x[3] - b->x[0]);
    return left - right;
}

/* Panels beside each other: never nearer than a gutter; and neighbours exactly a gutter apart. */
static void check_gutters(const struct sheet *sheet)
{
    for (int i = 0; i < sheet->count; i++) {
        double nearest = INFINITY;
        for (int j = 0; j < sheet->count; j++) {
            const struct cg_panel *a = &sheet->panels[i], *b = &sheet->panels[j];
            if (i == j)
                continue;
            if (!fraction_of_level(a, b)) {
                double apart = fmax(b->y[0] - a->y[2], a->y[0] - b->y[2]);
                assert_true(apart > sheet->page.gutter_px - 1e-6);
                continue;
            }
            double y = fmax(a->y[0], b->y[0]);
            double right = room_between(a, b, y), left = room_between(b, a, y);
            assert_true(fmax(right, left) > sheet->page.gutter_px - 1e-6);
            if (right > 0.0)
                nearest = fmin(nearest, right);
        }
        double to_margin = sheet->page.width - sheet->page.margin_px - sheet->panels[i].x[1];
        if (nearest == INFINITY)
            assert_true(fabs(to_margin) < 1e-6);
        else
            assert_true(fabs(nearest - sheet->page.gutter_px) < 1e-6);
    }
}

static double width_at(const struct cg_panel *panel, double y)
{
    double t = (y - panel->y[0]) / (panel->y[2] - panel->y[0]);
    return (1.0 - t) * (panel->x[1] - panel->x[0]) + t * (panel->x[2] - panel->x[3]);
}

/* Whether panels and gutters take up the whole width at a height; not so between two rows, and
 * between the panels of a stack. */
static bool is_full_at(const struct sheet *sheet, double y)
{
    double width = 0.0;
    int count = 0;
    for (int i = 0; i < sheet->count; i++) {
        if (y < sheet->panels[i].y[0] || y > sheet->panels[i].y[2])
            continue;
        width += width_at(&sheet->panels[i], y);
        count++;
    }
    double inner_width = sheet->page.width - 2.0 * sheet->page.margin_px;
    return fabs(width + (count - 1) * sheet->page.gutter_px - inner_width) < 1e-6;
}

/* Panels and gutters fill the page between the margins: no row is short, nothing sticks out. */
static void check_filled(const struct sheet *sheet)
{
    const struct cg_page_geometry *page = &sheet->page;
    double highest = page->height, lowest = 0.0;
    for (int i = 0; i < sheet->count; i++) {
        const struct cg_panel *panel = &sheet->panels[i];
        for (int c = 0; c < 4; c++) {
            assert_true(panel->x[c] > page->margin_px - 1e-6);
            assert_true(panel->x[c] < page->width - page->margin_px + 1e-6);
        }
        highest = fmin(highest, panel->y[0]);
        lowest = fmax(lowest, panel->y[2]);
    }
    assert_true(highest == page->margin_px + page->header_px);
    assert_true(lowest == page->height - page->margin_px);
    int not_full = 0;
    for (double y = highest + 0.5; y < lowest; y += 1.0)
        not_full += !is_full_at(sheet, y);
    assert_true(not_full <= (sheet->count - 1) * page->row_gutter_px);
}

/* The next panel lies below the last, or on the side to which one reads. */
static void check_order(const struct sheet *sheet)
{
    for (int i = 0; i + 1 < sheet->count; i++) {
        const struct cg_panel *a = &sheet->panels[i], *b = &sheet->panels[i + 1];
        bool is_below = b->y[0] >= a->y[2];
        bool is_beside =
            sheet->page.right_to_left ? b->x[2] < a->x[3] + 1.0 : b->x[3] > a->x[2] - 1.0;
        assert_true(is_below || is_beside);
    }
}

static void check_sheet(const struct sheet *sheet)
{
    check_gutters(sheet);
    check_filled(sheet);
    check_order(sheet);
}

static void pages_are_filled_and_read_in_order(void **state)
{
    (void)state;
    for (size_t layout = 0; cg_layout_name(layout) != NULL; layout++)
        for (int count = CG_PAGE_PANELS_MIN; count <= CG_PAGE_PANELS_MAX; count++)
            for (int round = 0; round < ROUNDS / 4; round++) {
                struct sheet sheet = sheet_of(count, round);
                make(&sheet, cg_layout_name(layout));
                check_sheet(&sheet);
            }
}

static void right_to_left_is_the_mirror_image(void **state)
{
    (void)state;
    for (int count = CG_PAGE_PANELS_MIN; count <= CG_PAGE_PANELS_MAX; count++) {
        struct sheet left = sheet_of(count, 1), right = left;
        right.page.right_to_left = true;
        make(&left, "auto");
        make(&right, "auto");
        check_order(&right);
        for (int i = 0; i < count; i++) {
            assert_true(fabs(left.panels[i].x[0] + right.panels[i].x[1] - left.page.width) < 1e-6);
            assert_true(left.panels[i].y[0] == right.panels[i].y[0]);
        }
    }
}

/* The share of a photo that a panel does not show. */
static double cropped(const struct sheet *sheet, int i)
{
    const struct cg_panel *panel = &sheet->panels[i];
    double height = panel->y[2] - panel->y[0];
    double aspect = area_of(panel) / height / height;
    return 1.0 - fmin(aspect / sheet->aspects[i], sheet->aspects[i] / aspect);
}

/* Photos of cameras, 2 to 9, at random upright or wide: a third at most is lost of any, and far
 * less of most. */
static void little_is_cropped(void **state)
{
    (void)state;
    double sum = 0.0;
    int photos = 0;
    for (int count = CG_PAGE_PANELS_MIN; count <= CG_PAGE_PANELS_MAX; count++)
        for (int round = 0; round < ROUNDS; round++) {
            struct sheet sheet = sheet_of(count, round);
            make(&sheet, "auto");
            for (int i = 0; i < count; i++, photos++) {
                double lost = cropped(&sheet, i);
                sum += lost;
                if (lost > (count == 2 ? 0.56 : 0.4))
                    fail_msg("photo %d of %d, round %d: %.2f lost", i, count, round, lost);
            }
        }
    assert_true(sum / photos < 0.15);
}

static void grids_have_equal_panels(void **state)
{
    (void)state;
    struct sheet sheet = sheet_of(6, 0);
    for (int i = 0; i < 6; i++)
        sheet.aspects[i] = 1.0;
    make(&sheet, "grid");
    for (int i = 1; i < 6; i++)
        assert_true(fabs(area_of(&sheet.panels[i]) / area_of(&sheet.panels[0]) - 1.0) < 0.01);
    assert_true(sheet.panels[1].y[0] == sheet.panels[0].y[0]);
    assert_true(sheet.panels[2].y[0] > sheet.panels[0].y[0]);
}

static void features_are_the_largest_and_first(void **state)
{
    (void)state;
    for (int count = 3; count <= CG_PAGE_PANELS_MAX; count++) {
        struct sheet sheet = sheet_of(count, 0);
        sheet.aspects[0] = 1.5;
        make(&sheet, "feature");
        assert_true(sheet.panels[0].x[1] - sheet.panels[0].x[0] == 920.0);
        for (int i = 1; i < count; i++)
            assert_true(area_of(&sheet.panels[i]) < area_of(&sheet.panels[0]));
    }
}

static void free_heights_crop_nothing(void **state)
{
    (void)state;
    const char *const names[] = {"strip", "stack"};
    for (int k = 0; k < 2; k++)
        for (int count = CG_PAGE_PANELS_MIN; count <= CG_PAGE_PANELS_MAX; count++) {
            struct sheet sheet = sheet_of(count, 0);
            sheet.page.width = 3000;
            sheet.page.height = 0;
            make(&sheet, names[k]);
            check_sheet(&sheet);
            for (int i = 0; i < count; i++)
                assert_true(cropped(&sheet, i) < 0.02);
        }
}

static void bad_calls_are_refused(void **state)
{
    (void)state;
    struct cg_error error;
    struct sheet sheet = sheet_of(9, 0);
    struct cg_page_geometry page = sheet.page;
    assert_int_equal(cg_layout_make(&page, "spiral", sheet.aspects, 9, sheet.panels, &error),
                     CG_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "spiral"));
    for (int count = 0; count <= 10; count += count == 1 ? 9 : 1)
        assert_int_equal(cg_layout_make(&page, "auto", sheet.aspects, count, sheet.panels, &error),
                         CG_ERR_ARGUMENT);
    page.height = 0;
    assert_int_equal(cg_layout_make(&page, "auto", sheet.aspects, 9, sheet.panels, &error),
                     CG_ERR_ARGUMENT);
    page.height = 1414;
    page.gutter_px = page.row_gutter_px = 900;
    assert_int_equal(cg_layout_make(&page, "auto", sheet.aspects, 9, sheet.panels, &error),
                     CG_ERR_LIMIT);
    assert_non_null(strstr(error.text, "no room"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_filled_and_read_in_order),
        cmocka_unit_test(right_to_left_is_the_mirror_image),
        cmocka_unit_test(little_is_cropped),
        cmocka_unit_test(grids_have_equal_panels),
        cmocka_unit_test(features_are_the_largest_and_first),
        cmocka_unit_test(free_heights_crop_nothing),
        cmocka_unit_test(bad_calls_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
