/* The sheet of styles: its grid, for photos of any form. */
#include "cli/preview/preview_sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void every_grid_holds_its_pictures(void **state)
{
    static const int sides[] = {1, 7, 60, 200, 600, 1200};
    (void)state;
    for (size_t count = 1; count < 40; count++)
        for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
            for (size_t j = 0; j < sizeof(sides) / sizeof(sides[0]); j++) {
                struct cg_preview_grid grid = cg_preview_grid_make(count, sides[i], sides[j]);
                int cells = grid.columns * grid.rows;
                assert_true(cells >= (int)count && cells - grid.columns < (int)count);
                assert_true(grid.cell_width >= sides[i] && grid.cell_height >= sides[j]);
                assert_int_equal(grid.width,
                                 grid.columns * (grid.cell_width + grid.gap) + grid.gap);
                assert_int_equal(grid.height,
                                 grid.rows * (grid.cell_height + grid.label_height + grid.gap) +
                                     grid.gap);
            }
}

static void expect_grid(size_t count, int width, int height, int columns, int rows)
{
    struct cg_preview_grid grid = cg_preview_grid_make(count, width, height);
    assert_int_equal(grid.columns, columns);
    assert_int_equal(grid.rows, rows);
}

/* Near a screen's form, and no empty cells where that can be had. */
static void grids_suit_a_screen(void **state)
{
    (void)state;
    expect_grid(6, 735, 490, 3, 2);
    expect_grid(6, 490, 735, 3, 2);
    expect_grid(6, 600, 600, 3, 2);
    expect_grid(6, 1200, 10, 1, 6);
    expect_grid(6, 10, 1200, 6, 1);
    expect_grid(1, 600, 600, 1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_grid_holds_its_pictures),
        cmocka_unit_test(grids_suit_a_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
