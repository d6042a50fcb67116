/*
 * Choosing a page's arrangement: see layout.h.
 *
 * All arrangements of the photos, in order, into rows of columns are tried (some thousands for nine
 * photos), and the cheapest is chosen. Costs, each about 0 to 1:
 *   - the area cropped away, by far the most important;
 *   - panels much smaller than the mean, which cannot be read;
 *   - vertical gutters that line up between rows, as in a table: a page needs rhythm.
 * To have a choice when all photos have one shape, each arrangement is also tried with the rows'
 * first panels alternately a little wider and a little narrower.
 */
#include "page/layout.h"

#include <math.h>
#include <string.h>

/* The most extreme shapes of panels: a panorama is cropped to fit. */
#define PANEL_ASPECT_MIN 0.4
#define PANEL_ASPECT_MAX 3.2

#define RHYTHM_STRETCH 1.13 /* of a row's first panel; the others have its inverse */
#define COLUMNS_MAX 4
#define FEATURE_SHARE 0.42 /* of the panels' area, for the first one */

enum kind { KIND_AUTO, KIND_FEATURE, KIND_GRID, KIND_STRIP, KIND_STACK };

static const struct layout {
    const char *name;
    enum kind kind;
    bool has_free_height;
} layouts[] = {
    {"auto", KIND_AUTO, false},
    {"feature", KIND_FEATURE, false}, /* the first panel large, over the whole width */
    {"grid", KIND_GRID, false},       /* rows of equal panels */
    {"strip", KIND_STRIP, true},      /* one row */
    {"stack", KIND_STACK, true},      /* one column */
};

#define LAYOUT_COUNT (sizeof(layouts) / sizeof(layouts[0]))

static const struct layout *find_layout(const char *name)
{
    for (size_t i = 0; i < LAYOUT_COUNT; i++)
        if (strcmp(layouts[i].name, name) == 0)
            return &layouts[i];
    return NULL;
}

const char *cg_layout_name(size_t index)
{
    return index < LAYOUT_COUNT ? layouts[index].name : NULL;
}

bool cg_layout_has_free_height(const char *name)
{
    const struct layout *layout = find_layout(name);
    return layout != NULL && layout->has_free_height;
}

/* ---- what an arrangement costs --------------------------------------------------------------- */

/* A search for the best arrangement of count photos. */
struct search {
    const struct cg_page_geometry *page;
    const double *aspects; /* of the photos */
    int count;
    bool feature;
    double best_cost;
    struct cg_panel best[CG_PAGE_PANELS_MAX];
};

static double mean_width(const struct cg_panel *panel)
{
    return 0.5 * (panel->x[1] - panel->x[0] + panel->x[2] - panel->x[3]);
}

static double height_of(const struct cg_panel *panel)
{
    return panel->y[2] - panel->y[0];
}

/* Mean of the log ratios of the panels' and the photos' shapes, plus half of the worst. */
static double crop_cost(const struct search *search, const struct cg_panel *panels)
{
    double sum = 0.0, worst = 0.0;
    for (int i = 0; i < search->count; i++) {
        double shape = mean_width(&panels[i]) / height_of(&panels[i]);
        double cropped = fabs(log(shape / search->aspects[i]));
        sum += cropped;
        worst = fmax(worst, cropped);
    }
    return sum / search->count + 0.5 * worst;
}

/* For panels more than a third smaller than the mean, or a feature of another size than
 * intended. */
static double size_cost(const struct search *search, const struct cg_panel *panels)
{
    double areas[CG_PAGE_PANELS_MAX], total = 0.0, cost = 0.0;
    for (int i = 0; i < search->count; i++) {
        areas[i] = mean_width(&panels[i]) * height_of(&panels[i]);
        total += areas[i];
    }
    for (int i = 0; i < search->count; i++)
        cost += fmax(0.0, log(0.67 * total / search->count / areas[i]));
    cost *= 0.3 / search->count;
    if (search->feature)
        cost += 2.0 * fabs(areas[0] / total - FEATURE_SHARE);
    return cost;
}

/* Upright gutters that end where one of the next row begins. */
static double table_cost(const struct search *search, const struct cg_panel *panels)
{
    double near_px = 0.05 * search->page->width, cost = 0.0;
    for (int i = 0; i < search->count; i++) {
        for (int j = i + 1; j < search->count; j++) {
            bool is_below =
                fabs(panels[j].y[0] - panels[i].y[2] - search->page->row_gutter_px) < 1.5;
            bool is_inner = panels[i].x[2] < search->page->width - search->page->margin_px - 1;
            double apart = fabs(panels[i].x[2] - panels[j].x[1]);
            if (is_below && is_inner && apart < near_px)
                cost += 0.1 * (1.0 - apart / near_px);
        }
    }
    return cost;
}

static double clamp_aspect(double aspect)
{
    return fmin(fmax(aspect, PANEL_ASPECT_MIN), PANEL_ASPECT_MAX);
}

/* The shapes to aim for. rhythm 0: the photos' own; else the rows' first panels are alternately
 * wider and narrower than their neighbours, beginning with wider (1) or narrower (-1). */
static void wish_aspects(const struct search *search, const struct cg_arrangement *arrangement,
                         int rhythm, double *wishes)
{
    int panel = 0;
    for (int r = 0; r < arrangement->row_count; r++) {
        const struct cg_arrangement_row *row = &arrangement->rows[r];
        bool first_is_wider = (r % 2 == 0) == (rhythm > 0);
        for (int c = 0; c < row->column_count; c++) {
            double factor = (c == 0) == first_is_wider ? RHYTHM_STRETCH : 1.0 / RHYTHM_STRETCH;
            if (rhythm == 0 || row->column_count == 1)
                factor = 1.0;
            for (int i = 0; i < row->panel_counts[c]; i++, panel++)
                wishes[panel] = clamp_aspect(search->aspects[panel]) * factor;
        }
    }
}

static void try_arrangement(struct search *search, const struct cg_arrangement *arrangement)
{
    struct cg_panel panels[CG_PAGE_PANELS_MAX];
    double wishes[CG_PAGE_PANELS_MAX];
    for (int rhythm = -1; rhythm <= 1; rhythm++) {
        wish_aspects(search, arrangement, rhythm, wishes);
        if (cg_layout_fit(search->page, arrangement, wishes, panels) == 0.0)
            continue;
        double cost =
            crop_cost(search, panels) + size_cost(search, panels) + table_cost(search, panels);
        if (cost < search->best_cost) {
            search->best_cost = cost;
            memcpy(search->best, panels, sizeof(panels));
        }
    }
}

/* ---- all arrangements ------------------------------------------------------------------------ */

/* All possible rows. Two stacks side by side would leave the reading order ambiguous. */
static const struct cg_arrangement_row rows_known[] = {
    {1, {1}}, {2, {1, 1}}, {3, {1, 1, 1}}, {4, {1, 1, 1, 1}}, {2, {1, 2}}, {2, {2, 1}},
};

static void try_all(struct search *search, struct cg_arrangement *begun, int placed)
{
    if (placed == search->count) {
        try_arrangement(search, begun);
        return;
    }
    for (size_t i = 0; i < sizeof(rows_known) / sizeof(rows_known[0]); i++) {
        const struct cg_arrangement_row *row = &rows_known[i];
        int panels = 0;
        for (int c = 0; c < row->column_count; c++)
            panels += row->panel_counts[c];
        if (placed + panels > search->count ||
            (search->feature && placed == 0 && row->column_count > 1))
            continue;
        begun->rows[begun->row_count++] = *row;
        try_all(search, begun, placed + panels);
        begun->row_count--;
    }
}

static struct cg_arrangement_row row_of(int column_count)
{
    struct cg_arrangement_row row = {.column_count = column_count};
    for (int c = 0; c < column_count; c++)
        row.panel_counts[c] = 1;
    return row;
}

/* Rows of the same height, with as equal numbers of panels as possible. */
static void try_grids(struct search *search)
{
    const struct cg_page_geometry *page = search->page;
    for (int row_count = 1; row_count <= search->count; row_count++) {
        struct cg_arrangement grid = {.row_count = row_count};
        struct cg_panel panels[CG_PAGE_PANELS_MAX];
        double wishes[CG_PAGE_PANELS_MAX];
        int placed = 0;
        for (int r = 0; r < row_count; r++) {
            int columns = (search->count - placed) / (row_count - r);
            grid.rows[r] = row_of(columns);
            double inner = page->width - 2.0 * page->margin_px - (columns - 1) * page->gutter_px;
            for (int c = 0; c < columns; c++)
                wishes[placed++] = inner / columns / page->width;
        }
        if (cg_layout_fit(page, &grid, wishes, panels) == 0.0)
            continue;
        double cost = crop_cost(search, panels);
        if (cost < search->best_cost) {
            search->best_cost = cost;
            memcpy(search->best, panels, sizeof(panels));
        }
    }
}

/* All panels in one row or one column; a page without a height gets one. */
static void try_line(struct search *search, struct cg_page_geometry *page, bool is_column)
{
    struct cg_arrangement line = {.row_count = is_column ? search->count : 1};
    double wishes[CG_PAGE_PANELS_MAX];
    for (int r = 0; r < line.row_count; r++)
        line.rows[r] = row_of(is_column ? 1 : search->count);
    for (int i = 0; i < search->count; i++)
        wishes[i] = clamp_aspect(search->aspects[i]);
    if (page->height == 0)
        page->height = (int)fmax(1.0, round(cg_layout_natural_height(page, &line, wishes)));
    if (cg_layout_fit(page, &line, wishes, search->best) != 0.0)
        search->best_cost = 0.0;
}

enum cg_status cg_layout_make(struct cg_page_geometry *page, const char *name,
                              const double *aspects, int count, struct cg_panel *panels,
                              struct cg_error *error)
{
    const struct layout *layout = find_layout(name);
    if (layout == NULL)
        return cg_fail(error, CG_ERR_ARGUMENT, "unknown layout %s", name);
    if (count < CG_PAGE_PANELS_MIN || count > CG_PAGE_PANELS_MAX)
        return cg_fail(error, CG_ERR_ARGUMENT, "expected %d to %d photos, found %d",
                       CG_PAGE_PANELS_MIN, CG_PAGE_PANELS_MAX, count);
    if (page->height == 0 && !layout->has_free_height)
        return cg_fail(error, CG_ERR_ARGUMENT, "layout %s needs a page of given height", name);
    struct search search = {page,     aspects,     count, layout->kind == KIND_FEATURE,
                            INFINITY, {{{0}, {0}}}};
    struct cg_arrangement empty = {0};
    if (layout->kind == KIND_GRID)
        try_grids(&search);
    else if (layout->has_free_height)
        try_line(&search, page, layout->kind == KIND_STACK);
    else
        try_all(&search, &empty, 0);
    if (search.best_cost == INFINITY)
        return cg_fail(
            error, CG_ERR_LIMIT,
            "a page of %d x %d pixels with margins and gutters of %d to %d pixels has no "
            "room for %d panels",
            page->width, page->height, page->gutter_px, page->margin_px, count);
    memcpy(panels, search.best, (size_t)count * sizeof(*panels));
    return CG_OK;
}
