/*
 * From an arrangement to panels: see layout.h.
 *
 * A panel of aspect a is a h wide when it is h high. A stack of panels with a gutter g between is
 * alpha h + beta wide, 1 / alpha = sum of 1 / a, beta = -(panels - 1) g alpha; so is a row, the sum
 * of its columns. A row of given width has thus one height, by division. With all aspects stretched
 * by a factor t, the sum of the rows' heights falls as t grows: bisection finds the t that fills
 * the page.
 */
#include "page/layout.h"

#include <math.h>

#define STRETCH_MAX 64.0
#define BISECTION_STEPS 60
#define PANEL_MIN_PX 8.0
#define LEAN_MAX 0.2 /* of the narrowest column of the row */

/* Width of a column as a function of its height: alpha * height + beta. */
struct span {
    double alpha, beta;
};

static struct span span_of_column(const double *aspects, int panel_count, double stretch,
                                  int gutter_px)
{
    double inverse = 0.0;
    for (int i = 0; i < panel_count; i++)
        inverse += 1.0 / (aspects[i] * stretch);
    return (struct span){1.0 / inverse, -(double)((panel_count - 1) * gutter_px) / inverse};
}

static struct span span_of_row(const struct cg_arrangement_row *row, const double *aspects,
                               double stretch, int gutter_px)
{
    struct span sum = {0.0, (double)((row->column_count - 1) * gutter_px)};
    for (int c = 0; c < row->column_count; c++) {
        struct span column = span_of_column(aspects, row->panel_counts[c], stretch, gutter_px);
        sum.alpha += column.alpha;
        sum.beta += column.beta;
        aspects += row->panel_counts[c];
    }
    return sum;
}

static int panels_in_row(const struct cg_arrangement_row *row)
{
    int count = 0;
    for (int c = 0; c < row->column_count; c++)
        count += row->panel_counts[c];
    return count;
}

static double inner_width(const struct cg_page_geometry *page)
{
    return page->width - 2.0 * page->margin_px;
}

static double row_height(const struct cg_page_geometry *page, const struct cg_arrangement_row *row,
                         const double *aspects, double stretch)
{
    struct span span = span_of_row(row, aspects, stretch, page->gutter_px);
    return (inner_width(page) - span.beta) / span.alpha;
}

/* Height of all rows and the gutters between them. */
static double total_height(const struct cg_page_geometry *page,
                           const struct cg_arrangement *arrangement, const double *aspects,
                           double stretch)
{
    double height = (double)((arrangement->row_count - 1) * page->row_gutter_px);
    for (int r = 0; r < arrangement->row_count; r++) {
        height += row_height(page, &arrangement->rows[r], aspects, stretch);
        aspects += panels_in_row(&arrangement->rows[r]);
    }
    return height;
}

double cg_layout_natural_height(const struct cg_page_geometry *page,
                                const struct cg_arrangement *arrangement, const double *aspects)
{
    return total_height(page, arrangement, aspects, 1.0) + page->header_px + 2.0 * page->margin_px;
}

static double find_stretch(const struct cg_page_geometry *page,
                           const struct cg_arrangement *arrangement, const double *aspects)
{
    double wanted = page->height - page->header_px - 2.0 * page->margin_px;
    double low = -log(STRETCH_MAX), high = log(STRETCH_MAX);
    for (int i = 0; i < BISECTION_STEPS; i++) {
        double middle = 0.5 * (low + high);
        if (total_height(page, arrangement, aspects, exp(middle)) > wanted)
            low = middle;
        else
            high = middle;
    }
    return exp(0.5 * (low + high));
}

/* ---- from heights to corners ----------------------------------------------------------------- */

/* A leaning cut from (upper_x, upper_y) down to (lower_x, lower_y). */
struct cut {
    double upper_x, lower_x, upper_y, lower_y;
};

static double cut_x(const struct cut *cut, double y)
{
    double t = (y - cut->upper_y) / (cut->lower_y - cut->upper_y);
    return cut->upper_x + t * (cut->lower_x - cut->upper_x);
}

/* The panels of one column, between its two cuts. */
static void place_column(const struct cut *left, const struct cut *right, const double *aspects,
                         int panel_count, int gutter_px, struct cg_panel *panels)
{
    double height = left->lower_y - left->upper_y - (double)((panel_count - 1) * gutter_px);
    double inverse = 0.0, above = 0.0;
    for (int i = 0; i < panel_count; i++)
        inverse += 1.0 / aspects[i];
    for (int i = 0; i < panel_count; i++) {
        double upper = round(left->upper_y + height * above / inverse) + i * gutter_px;
        above += 1.0 / aspects[i];
        double lower = round(left->upper_y + height * above / inverse) + i * gutter_px;
        panels[i] = (struct cg_panel){
            {cut_x(left, upper), cut_x(right, upper), cut_x(right, lower), cut_x(left, lower)},
            {upper, upper, lower, lower}};
    }
}

/* How far the tops of a row's inner cuts lie to the right of their middles: by the slant, limited
 * by narrow columns. */
static double lean_of(const struct cg_page_geometry *page, const struct cg_arrangement_row *row,
                      const double *aspects, double stretch, int number)
{
    double height = row_height(page, row, aspects, stretch), narrowest = INFINITY;
    for (int c = 0; c < row->column_count; c++) {
        struct span span = span_of_column(aspects, row->panel_counts[c], stretch, page->gutter_px);
        narrowest = fmin(narrowest, span.alpha * height + span.beta);
        aspects += row->panel_counts[c];
    }
    double most = LEAN_MAX * narrowest;
    double lean = fmin(fmax(0.5 * page->slant * height, -most), most);
    return number % 2 == 0 ? lean : -lean;
}

/* The panels of one row; lean: how far the tops of its inner cuts lie to the right of their
 * middles. */
static void place_row(const struct cg_page_geometry *page, const struct cg_arrangement_row *row,
                      const double *aspects, double stretch, double upper, double lower,
                      double lean, struct cg_panel *panels)
{
    double height = row_height(page, row, aspects, stretch);
    double x = page->margin_px;
    struct cut left = {x, x, upper, lower};
    for (int c = 0; c < row->column_count; c++) {
        bool is_last = c == row->column_count - 1;
        int count = row->panel_counts[c];
        struct span span = span_of_column(aspects, count, stretch, page->gutter_px);
        x += span.alpha * height + span.beta;
        double end = is_last ? page->width - page->margin_px : round(x);
        double end_lean = is_last ? 0.0 : lean;
        struct cut right = {end + end_lean, end - end_lean, upper, lower};
        place_column(&left, &right, aspects, count, page->gutter_px, panels);
        x += page->gutter_px;
        left = right;
        left.upper_x += page->gutter_px;
        left.lower_x += page->gutter_px;
        aspects += count;
        panels += count;
    }
}

static void mirror(const struct cg_page_geometry *page, struct cg_panel *panel)
{
    struct cg_panel from = *panel;
    const int source[4] = {1, 0, 3, 2};
    for (int i = 0; i < 4; i++)
        panel->x[i] = page->width - from.x[source[i]];
}

/* False if gutters leave a panel no room. */
static bool has_room(const struct cg_panel *panel)
{
    return panel->x[1] - panel->x[0] >= PANEL_MIN_PX && panel->x[2] - panel->x[3] >= PANEL_MIN_PX &&
           panel->y[2] - panel->y[1] >= PANEL_MIN_PX;
}

double cg_layout_fit(const struct cg_page_geometry *page, const struct cg_arrangement *arrangement,
                     const double *aspects, struct cg_panel *panels)
{
    double stretch = find_stretch(page, arrangement, aspects);
    double y = page->margin_px + page->header_px;
    int count = 0;
    for (int r = 0; r < arrangement->row_count; r++) {
        const struct cg_arrangement_row *row = &arrangement->rows[r];
        double height = row_height(page, row, aspects + count, stretch);
        bool is_last = r == arrangement->row_count - 1;
        double upper = round(y);
        double lower = is_last ? page->height - page->margin_px : round(y + height);
        double lean = lean_of(page, row, aspects + count, stretch, r);
        place_row(page, row, aspects + count, stretch, upper, lower, lean, panels + count);
        y += height + page->row_gutter_px;
        count += panels_in_row(row);
    }
    for (int i = 0; i < count; i++) {
        if (!has_room(&panels[i]))
            return 0.0;
        if (page->right_to_left)
            mirror(page, &panels[i]);
    }
    return stretch;
}

struct cg_panel_box cg_panel_box(const struct cg_panel *panel)
{
    double left = floor(fmin(panel->x[0], panel->x[3]));
    double right = ceil(fmax(panel->x[1], panel->x[2]));
    double upper = floor(panel->y[0]), lower = ceil(panel->y[2]);
    return (struct cg_panel_box){(int)left, (int)upper, (int)(right - left), (int)(lower - upper)};
}
