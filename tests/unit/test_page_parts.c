/* train: panels, printed text and the width of lines, on drawn pages; and on the shared comics. */
#include "train/data/findings.h"
#include "unit/fixture_page.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- helpers --------------------------------------------------------------------------------- */

static struct cg_findings look(const struct cg_image *page)
{
    struct cg_findings findings;
    assert_int_equal(cg_findings_make(page, CG_CACHE_COMIC, &findings, NULL), CG_OK);
    return findings;
}

/* The panel lies inside the box, and no edge further inside than slack pixels. */
static void expect_panel(const struct cg_findings *findings, int index, int left, int top,
                         int right, int bottom)
{
    const float slack = 0.03f * fmaxf((float)findings->width, (float)findings->height);
    const struct cg_findings_panel *panel = &findings->panels[index];
    const float found[4] = {
        panel->left * (float)findings->width, panel->top * (float)findings->height,
        -panel->right * (float)findings->width, -panel->bottom * (float)findings->height};
    const float drawn[4] = {(float)left, (float)top, -(float)right, -(float)bottom};
    for (int i = 0; i < 4; i++)
        if (!(found[i] >= drawn[i] && found[i] <= drawn[i] + slack))
            fail_msg("panel %d, edge %d: found %g, drawn %g", index, i, (double)fabsf(found[i]),
                     (double)fabsf(drawn[i]));
}

/* Three rows; the middle one of two panels. */
static struct cg_image page_of_panels(int paper)
{
    struct cg_image page = fixture_page(600, 800, paper);
    fixture_draw_panel(&page, 30, 30, 570, 260, 1);
    fixture_draw_panel(&page, 30, 275, 290, 520, 2);
    fixture_draw_panel(&page, 305, 275, 570, 520, 3);
    fixture_draw_panel(&page, 30, 535, 570, 770, 4);
    return page;
}

static void expect_the_four(const struct cg_image *page)
{
    struct cg_findings findings = look(page);
    assert_int_equal(findings.panel_count, 4);
    expect_panel(&findings, 0, 30, 30, 570, 260);
    expect_panel(&findings, 1, 30, 275, 290, 520);
    expect_panel(&findings, 2, 305, 275, 570, 520);
    expect_panel(&findings, 3, 30, 535, 570, 770);
    assert_false(findings.text);
    assert_true(findings.paper < 0.01f);
}

/* ---- panels ---------------------------------------------------------------------------------- */

static void gutters_of_any_even_colour_are_found(void **state)
{
    static const int papers[] = {255, 228, 0};
    (void)state;
    for (size_t i = 0; i < sizeof(papers) / sizeof(papers[0]); i++) {
        struct cg_image page = page_of_panels(papers[i]);
        expect_the_four(&page);
        cg_image_clear(&page);
    }
}

static void grain_and_a_dirty_rim_do_no_harm(void **state)
{
    (void)state;
    struct cg_image page = page_of_panels(235);
    for (int y = 0; y < page.height; y++) /* the scanner's lid */
        memset(page.pixels + 3 * (size_t)y * 600, 30, 3 * 5);
    for (size_t i = 0; i < (size_t)600 * 800 * 3; i++) {
        int value = page.pixels[i] + (int)(i * 2654435761u >> 20 & 15) - 8;
        page.pixels[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
    expect_the_four(&page);
    cg_image_clear(&page);
}

static void white_between_figures_is_no_gutter(void **state)
{
    (void)state;
    struct cg_image page = fixture_page(600, 600, 255);
    for (int i = 0; i < 30; i++) { /* two round figures of lines */
        fixture_draw_line(&page, 150.0, 300.0, 6.0 * i, 240.0, 2.0);
        fixture_draw_line(&page, 450.0, 300.0, 6.0 * i, 240.0, 2.0);
    }
    struct cg_findings findings = look(&page);
    assert_int_equal(findings.panel_count, 1);
    expect_panel(&findings, 0, 30, 180, 570, 420);
    assert_true(findings.paper > 0.3f);
    cg_image_clear(&page);
    page = fixture_page(600, 600, 255);
    for (int i = 0; i < 10; i++) /* a fence */
        fixture_draw_line(&page, 40.0 + 57.0 * i, 300.0, 90.0, 400.0, 8.0);
    findings = look(&page);
    assert_int_equal(findings.panel_count, 1);
    expect_panel(&findings, 0, 36, 100, 557, 500);
    cg_image_clear(&page);
}

static void captions_and_blank_parts_are_left_out(void **state)
{
    (void)state;
    struct cg_image page = fixture_page(600, 800, 255);
    fixture_draw_panel(&page, 40, 40, 560, 500, 1);
    fixture_draw_text(&page, 60, 530, 540, 700, 10);
    struct cg_findings findings = look(&page);
    assert_int_equal(findings.panel_count, 1);
    expect_panel(&findings, 0, 40, 40, 560, 500);
    assert_false(findings.text);
    cg_image_clear(&page);
}

static void a_page_without_margins_loses_its_rim(void **state)
{
    (void)state;
    struct cg_image page = fixture_page(500, 400, 255);
    fixture_draw_panel(&page, 0, 0, 500, 400, 5);
    struct cg_findings findings = look(&page);
    assert_int_equal(findings.panel_count, 1);
    assert_true(fabsf(findings.panels[0].left - 0.04f) < 0.003f);
    assert_true(fabsf(findings.panels[0].bottom - 0.96f) < 0.003f);
    cg_image_clear(&page);
}

static void nothing_to_see_is_no_panel(void **state)
{
    (void)state;
    struct cg_image page = fixture_page(500, 400, 240);
    assert_int_equal(look(&page).panel_count, 0);
    assert_false(look(&page).text);
    fixture_draw_text(&page, 200, 200, 260, 212, 10); /* a page number */
    assert_int_equal(look(&page).panel_count, 0);
    cg_image_clear(&page);
    page = fixture_page(1, 1, 0);
    assert_int_equal(look(&page).panel_count, 0);
    cg_image_clear(&page);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void pages_of_text_are_told_from_drawings(void **state)
{
    (void)state;
    for (int height = 7; height <= 16; height += 3) {
        struct cg_image page = fixture_page(700, 1000, 244);
        fixture_draw_text(&page, 60, 60, 640, 940, height);
        if (!look(&page).text)
            fail_msg("letters %d px high are not found", height);
        cg_image_clear(&page);
    }
    struct cg_image page = fixture_page(700, 700, 255);
    for (int i = 0; i < 60; i++) /* hatching: strokes side by side, longer than letters */
        fixture_draw_line(&page, 60.0 + 10.0 * i, 200.0 + 5.0 * (i % 7), 80.0, 120.0, 2.0);
    assert_false(look(&page).text);
    cg_image_clear(&page);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static float measure(double width, double degrees)
{
    struct cg_image page = fixture_page(500, 500, 250);
    float found;
    for (int i = 0; i < 6; i++)
        fixture_draw_line(&page, 250.0 + 45.0 * (i - 2.5) * sin(degrees * 0.0174533),
                          250.0 - 45.0 * (i - 2.5) * cos(degrees * 0.0174533), degrees, 300.0,
                          width);
    assert_int_equal(cg_strokes_width(&page, &found, NULL), CG_OK);
    cg_image_clear(&page);
    return found;
}

/* An area is what is measured, so a tenth of a pixel is what steps and ends cost. */
static void lines_are_measured_at_any_angle(void **state)
{
    static const double widths[] = {2.0, 2.5, 3.0, 4.5}, angles[] = {0.0, 15.0, 45.0, 60.0, 90.0};
    (void)state;
    for (size_t w = 0; w < 4; w++)
        for (size_t a = 0; a < 5; a++) {
            float found = measure(widths[w], angles[a]);
            if (!(fabs((double)found - widths[w]) < 0.1 + 0.05 * widths[w]))
                fail_msg("%g px at %g degrees: found %g", widths[w], angles[a], (double)found);
        }
}

static void what_is_no_line_is_not_measured(void **state)
{
    (void)state;
    struct cg_image page = fixture_page(500, 500, 250);
    float found;
    assert_int_equal(cg_strokes_width(&page, &found, NULL), CG_OK);
    assert_true(found == 0.0f);
    fixture_draw_panel(&page, 20, 20, 480, 480, 3); /* soft slopes */
    assert_int_equal(cg_strokes_width(&page, &found, NULL), CG_OK);
    assert_true(found == 0.0f);
    fixture_draw_line(&page, 250.0, 250.0, 0.0, 400.0, 120.0); /* a dark area */
    assert_int_equal(cg_strokes_width(&page, &found, NULL), CG_OK);
    assert_true(found == 0.0f);
    cg_image_clear(&page);
}

/* ---- pictures that look alike ---------------------------------------------------------------- */

static void copies_are_alike_and_others_are_not(void **state)
{
    (void)state;
    struct cg_image page = page_of_panels(255), small, other = page_of_panels(255);
    struct cg_findings a = look(&page), b;
    assert_int_equal(cg_image_resize(&page, 431, 575, &small, NULL), CG_OK);
    b = look(&small);
    assert_true(cg_findings_alike(&a, &b));
    cg_image_clear(&small);
    assert_int_equal(cg_image_resize(&page, 600, 700, &small, NULL), CG_OK); /* another shape */
    b = look(&small);
    assert_false(cg_findings_alike(&a, &b));
    fixture_draw_panel(&other, 30, 275, 290, 520, 12);
    fixture_draw_panel(&other, 30, 30, 570, 260, 13);
    b = look(&other);
    assert_false(cg_findings_alike(&a, &b));
    cg_image_clear(&other);
    cg_image_clear(&small);
    cg_image_clear(&page);
}

/* ---- real pages ------------------------------------------------------------------------------ */

/* Counted by eye. */
static const struct {
    const char *path;
    int panels;
} real_pages[] = {
    {"pepper/E01P03.jpg", 1}, {"pepper/E04P02.jpg", 7}, {"pepper/E04P07.jpg", 6},
    {"pepper/E06P06.jpg", 6}, {"pepper/E18P06.jpg", 7}, {"oz/color_1.jpg", 1},
    {"oz/image12.jpg", 1},    {"pen/ill_001.jpg", 1},   {"wright/100_1.jpg", 1},
};

static void real_pages_come_apart_as_they_look(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(real_pages) / sizeof(real_pages[0]); i++) {
        char path[512];
        struct cg_image page;
        snprintf(path, sizeof(path), "%s/comics/%s", CG_SHARED_DATA, real_pages[i].path);
        if (access(path, R_OK) != 0) {
            print_message("skipped: %s is not there\n", path);
            skip();
        }
        assert_int_equal(
            cg_image_read(path, &(struct cg_image_read_options){.channels = 3}, &page, NULL, NULL),
            CG_OK);
        struct cg_findings findings = look(&page);
        if (findings.panel_count != real_pages[i].panels || findings.text)
            fail_msg("%s: %d panels%s", real_pages[i].path, findings.panel_count,
                     findings.text ? ", text" : "");
        cg_image_clear(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gutters_of_any_even_colour_are_found),
        cmocka_unit_test(grain_and_a_dirty_rim_do_no_harm),
        cmocka_unit_test(white_between_figures_is_no_gutter),
        cmocka_unit_test(captions_and_blank_parts_are_left_out),
        cmocka_unit_test(a_page_without_margins_loses_its_rim),
        cmocka_unit_test(nothing_to_see_is_no_panel),
        cmocka_unit_test(pages_of_text_are_told_from_drawings),
        cmocka_unit_test(lines_are_measured_at_any_angle),
        cmocka_unit_test(what_is_no_line_is_not_measured),
        cmocka_unit_test(copies_are_alike_and_others_are_not),
        cmocka_unit_test(real_pages_come_apart_as_they_look),
    };
    return cmocka_run_group_tests_name("parts of pages", tests, NULL, NULL);
}
