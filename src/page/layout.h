/*
 * The geometry of a comic page's panels; no pixels. All lengths are pixels of the page. A new
 * layout is a row of the table in arrange.c.
 */
#ifndef CG_PAGE_LAYOUT_H
#define CG_PAGE_LAYOUT_H

#include "base/error.h"

#include <stdbool.h>

#define CG_PAGE_PANELS_MIN 2
#define CG_PAGE_PANELS_MAX 9

/*
 * A panel: four corners, clockwise from the upper left. Upper and lower edge are level; the sides
 * lean where the gutters do.
 */
struct cg_panel {
    double x[4], y[4];
};

/* The pixels that a panel covers: from (x, y), width x height. */
struct cg_panel_box {
    int x, y, width, height;
};
struct cg_panel_box cg_panel_box(const struct cg_panel *panel);

struct cg_page_geometry {
    int width, height;  /* of the page */
    int margin_px;      /* around the panels */
    int header_px;      /* kept free below the upper margin, for a title */
    int gutter_px;      /* between panels beside each other, and in a stack */
    int row_gutter_px;  /* between rows: wider, so that the eye stays in the row */
    double slant;       /* how far upright gutters lean: tangent of the angle, 0 none */
    bool right_to_left; /* reading order within a row */
};

/*
 * Rows from top to bottom; a row is columns beside each other; a column is one panel, or panels on
 * top of each other. Panels are numbered in reading order.
 */
struct cg_arrangement {
    int row_count;
    struct cg_arrangement_row {
        int column_count;
        int panel_counts[CG_PAGE_PANELS_MAX];
    } rows[CG_PAGE_PANELS_MAX];
};

/*
 * The panels of an arrangement that fills the page. aspects: the width / height that each panel
 * should have. All are stretched by one factor, so that all photos are cropped alike. panels: one
 * for each aspect, in reading order. Returns the factor; 0 when the gutters leave no room, and then
 * panels are undefined.
 */
double cg_layout_fit(const struct cg_page_geometry *page, const struct cg_arrangement *arrangement,
                     const double *aspects, struct cg_panel *panels);

/* The page's height with which that factor is 1. */
double cg_layout_natural_height(const struct cg_page_geometry *page,
                                const struct cg_arrangement *arrangement, const double *aspects);

/* The names of the layouts by number, the default first; NULL beyond the last. */
const char *cg_layout_name(size_t index);

/*
 * Lay out count photos by the layout of that name. aspects: width / height of the photos, in
 * reading order. If page->height is 0, the layout must be a single row or column, and the height is
 * set to what it needs. panels: count of them. Errors: CG_ERR_ARGUMENT for an unknown name, a wrong
 * count, or a height of 0 with another layout; CG_ERR_LIMIT when the gutters leave the panels no
 * room.
 */
enum cg_status cg_layout_make(struct cg_page_geometry *page, const char *name,
                              const double *aspects, int count, struct cg_panel *panels,
                              struct cg_error *error);

/* Whether a page of that layout may have a height of 0, see above. */
bool cg_layout_has_free_height(const char *name);

#endif
