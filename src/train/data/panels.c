/*
 * Cutting a page into panels: see findings.h. A recursive X-Y cut (Nagy and Seth 1984): a part of
 * the page is trimmed of paper, then cut along all bands of paper that cross it, alternately
 * horizontal and vertical, until none is left.
 *
 * White between figures of a drawing without a frame, or between the bars of a fence, is no gutter.
 * So a band counts only if the part on one side of it has straight edges, lines that are mostly not
 * paper, on at least three of its four sides; or is text, a caption.
 *
 * Gutters that slant by more than a few pixels, or that figures cross, are not found: such panels
 * stay together.
 */
#include "train/data/findings.h"

#define LINE_PAPER 0.03f /* a line with at most this much that is not paper belongs to a gutter */
#define EDGE_FILLED 0.5f /* a line that is the straight edge of a panel */
#define EDGES_MIN 3
#define DIRT_SHARE 0.025f /* of the page, from its rim: dark there, with paper behind, is dirt */
#define GUTTER_SHARE 0.003f
#define EDGE_SHARE 0.015f
#define SIDE_SHARE 0.06f   /* a panel's least side */
#define INSET_SHARE 0.012f /* left out inside a panel's edge: its frame and ragged parts */
#define MARGIN_SHARE 0.04f /* left out, of that length, if the page's own rim is the edge */
#define DEPTH_MAX 8

struct cutting {
    const struct cg_page_view *view;
    const struct cg_printed_text *printed_text;
    struct cg_panels *out;
    int gutter_px, edge_px, side_px, inset_px;
};

/* A box is scanned across or down: line i is a row or a column. */
enum direction { ROWS, COLUMNS };

static int first_line(const struct cg_page_box *box, enum direction direction)
{
    return direction == ROWS ? box->top : box->left;
}

static int end_line(const struct cg_page_box *box, enum direction direction)
{
    return direction == ROWS ? box->bottom : box->right;
}

static struct cg_page_box with_lines(struct cg_page_box box, enum direction direction, int first,
                                     int end)
{
    if (direction == ROWS) {
        box.top = first;
        box.bottom = end;
    } else {
        box.left = first;
        box.right = end;
    }
    return box;
}

/* The fraction of a line of the box that is not paper. */
static float filled(const struct cg_page_view *view, const struct cg_page_box *box,
                    enum direction direction, int line)
{
    int count = direction == ROWS ? box->right - box->left : box->bottom - box->top;
    size_t width = (size_t)view->width, step = direction == ROWS ? 1 : width, paper = 0;
    const uint8_t *pixel = direction == ROWS
                               ? view->paper + (size_t)line * width + (size_t)box->left
                               : view->paper + (size_t)box->top * width + (size_t)line;
    for (int i = 0; i < count; i++, pixel += step)
        paper += *pixel;
    return 1.0f - (float)paper / (float)count;
}

static bool is_paper(const struct cg_page_view *view, const struct cg_page_box *box,
                     enum direction direction, int line)
{
    return filled(view, box, direction, line) <= LINE_PAPER;
}

static bool is_empty(const struct cg_page_box *box)
{
    return box->right <= box->left || box->bottom <= box->top;
}

/* ---- trimming -------------------------------------------------------------------------------- */

/* Dirt along the rim of a scan: trim what lies outside the last line of paper near the rim. */
static void trim_dirt(const struct cg_page_view *view, struct cg_page_box *box,
                      enum direction direction)
{
    int first = first_line(box, direction), end = end_line(box, direction);
    int reach = (int)((float)(end - first) * DIRT_SHARE), new_first = first, new_end = end;
    for (int i = 0; i < reach; i++) {
        if (is_paper(view, box, direction, first + i))
            new_first = first + i;
        if (is_paper(view, box, direction, end - 1 - i))
            new_end = end - i;
    }
    *box = with_lines(*box, direction, new_first, new_end);
}

static void trim_lines(const struct cg_page_view *view, struct cg_page_box *box,
                       enum direction direction)
{
    int first = first_line(box, direction), end = end_line(box, direction);
    while (first < end && is_paper(view, box, direction, first))
        first++;
    while (end > first && is_paper(view, box, direction, end - 1))
        end--;
    *box = with_lines(*box, direction, first, end);
}

/* Trim paper, twice, as shorter lines may then be paper. */
static void trim(const struct cg_page_view *view, struct cg_page_box *box)
{
    for (int i = 0; i < 2 && !is_empty(box); i++) {
        trim_lines(view, box, ROWS);
        if (!is_empty(box))
            trim_lines(view, box, COLUMNS);
    }
}

/* ---- cutting --------------------------------------------------------------------------------- */

/* Is there a straight edge among the few lines from line on, in steps of 1 or -1? */
static bool edge_at(const struct cutting *cutting, const struct cg_page_box *box,
                    enum direction direction, int line, int step)
{
    int first = first_line(box, direction), end = end_line(box, direction);
    for (int i = 0; i < cutting->edge_px && line >= first && line < end; i++, line += step)
        if (filled(cutting->view, box, direction, line) >= EDGE_FILLED)
            return true;
    return false;
}

/* Does this part of the box look like a panel, or several, or like text? */
static bool is_part(const struct cutting *cutting, struct cg_page_box box, enum direction direction,
                    int first, int end)
{
    box = with_lines(box, direction, first, end);
    if (cg_printed_text_is_text(cutting->printed_text, &box))
        return true;
    trim(cutting->view, &box);
    if (box.right - box.left < cutting->side_px || box.bottom - box.top < cutting->side_px)
        return false;
    int edges = edge_at(cutting, &box, ROWS, box.top, 1) +
                edge_at(cutting, &box, ROWS, box.bottom - 1, -1) +
                edge_at(cutting, &box, COLUMNS, box.left, 1) +
                edge_at(cutting, &box, COLUMNS, box.right - 1, -1);
    return edges >= EDGES_MIN;
}

/* The next gutter from line on: *first and *end are its lines. */
static bool find_gutter(const struct cutting *cutting, const struct cg_page_box *box,
                        enum direction direction, int line, int *first, int *end)
{
    const int last = end_line(box, direction);
    const int begin = line;
    while (line < last) {
        while (line < last && !is_paper(cutting->view, box, direction, line))
            line++;
        *first = line;
        while (line < last && is_paper(cutting->view, box, direction, line))
            line++;
        *end = line;
        if (*end == last || *end - *first < cutting->gutter_px)
            continue;
        if (is_part(cutting, *box, direction, begin, *first) ||
            is_part(cutting, *box, direction, *end, last))
            return true;
    }
    return false;
}

static void add_panel(const struct cutting *cutting, struct cg_page_box box)
{
    struct cg_panels *out = cutting->out;
    const struct cg_page_view *view = cutting->view;
    if (box.right - box.left < cutting->side_px || box.bottom - box.top < cutting->side_px)
        return;
    if (cg_printed_text_is_text(cutting->printed_text, &box)) {
        out->texts++;
        return;
    }
    const int across = (int)((float)view->width * MARGIN_SHARE + 0.5f);
    const int down = (int)((float)view->height * MARGIN_SHARE + 0.5f);
    box.left += box.left == 0 ? across : cutting->inset_px;
    box.top += box.top == 0 ? down : cutting->inset_px;
    box.right -= box.right == view->width ? across : cutting->inset_px;
    box.bottom -= box.bottom == view->height ? down : cutting->inset_px;
    if (out->count < CG_PANELS_MAX && !is_empty(&box))
        out->boxes[out->count++] = box;
}

/* Cut the box along direction, its parts along the other one; uncut: directions tried before
 * without finding a gutter. */
static void cut(const struct cutting *cutting, struct cg_page_box box, enum direction direction,
                int uncut, int depth)
{
    trim(cutting->view, &box);
    if (is_empty(&box))
        return;
    if (uncut == 2 || depth == DEPTH_MAX) {
        add_panel(cutting, box);
        return;
    }
    const enum direction other = direction == ROWS ? COLUMNS : ROWS;
    int line = first_line(&box, direction), first, end, parts = 0;
    while (find_gutter(cutting, &box, direction, line, &first, &end)) {
        cut(cutting, with_lines(box, direction, line, first), other, 0, depth + 1);
        line = end;
        parts++;
    }
    cut(cutting, with_lines(box, direction, line, end_line(&box, direction)), other,
        parts == 0 ? uncut + 1 : 0, depth + 1);
}

static int fraction_px(int length, float share, int least)
{
    int px = (int)((float)length * share + 0.5f);
    return px < least ? least : px;
}

void cg_panels_find(const struct cg_page_view *view, const struct cg_printed_text *printed_text,
                    struct cg_panels *out)
{
    const int length = view->width > view->height ? view->width : view->height;
    const struct cutting cutting = {.view = view,
                                    .printed_text = printed_text,
                                    .out = out,
                                    .gutter_px = fraction_px(length, GUTTER_SHARE, 2),
                                    .edge_px = fraction_px(length, EDGE_SHARE, 3),
                                    .side_px = fraction_px(length, SIDE_SHARE, 8),
                                    .inset_px = fraction_px(length, INSET_SHARE, 0)};
    struct cg_page_box page = {0, 0, view->width, view->height};
    *out = (struct cg_panels){0};
    trim_dirt(view, &page, ROWS);
    trim_dirt(view, &page, COLUMNS);
    cut(&cutting, page, ROWS, 0, 0);
}
