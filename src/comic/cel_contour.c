/*
 * Contours that the network left half drawn, or did not draw: white on white, hair before a bright
 * wall. Where a line ends, the edge that it ran along is followed (cel_path.c) to the next ink or
 * until it fades, and so are edges without any ink.
 *
 * What was followed is drawn if the photo bears it out: it has a step there, a sharp one, with less
 * going on at one of its sides at least, and does not wriggle. That tells contours from the borders
 * of patches in grass and leaves, from clouds, and from what is out of focus. Where ink is dense
 * nothing is added, nor within skin, nor in faces that were found.
 */
#include "comic/cel_path.h"

#include <math.h>
#include <string.h>

#define NO_LINE_LOGIT (-2.0f)
#define AGREE_LINE 0.3f /* on the direction: of lines, of edges without ink */
#define AGREE_BARE 0.6f
/* Pixels of ink behind a line's end; how far it is open to a side; from any ink; between rows that
 * are searched; of a cell that need not be searched again. */
enum { TAIL_PX = 12, OPEN_PX = 5, BARE_PX = 9, BARE_ROWS = 4, CELL_PX = 4 };

/* What is drawn: ink between two lines, up to an end, at its tip. */
#define LOGIT_CLOSED 3.0f
#define LOGIT_OPEN 2.0f
#define LOGIT_TIP (-1.5f)
#define RADIUS_PX 0.8f
#define RIM_PX 1.2f
#define RIM_FALL 6.0f /* of the logit, by pixel */

/* What a path has to be. */
struct rule {
    int most_px;            /* to each side */
    int closed_px, open_px; /* least length, with and without ink at its end */
    int sure_px;            /* up to which nothing is asked of the photo */
    float dense;            /* share of it where ink is dense, at most */
    /* Of the photo, on average: */
    float step;
    float calm;  /* how many times the steps beside it */
    float sharp; /* share of the wide step, if it is faint */
    float turn;  /* radians from look to look, at most */
    float even;  /* the same, up to which it may be softer */
    float skin;  /* at both sides, at most */
};

static const struct rule line_end = {120, 4, 14, 6, 0.4f, 0.05f, 3.3f, 0.6f, 0.15f, 0.0f, 0.5f};
static const struct rule bare_edge = {600, 80, 80, 0, 0.3f, 0.13f, 3.5f, 0.8f, 0.14f, 0.087f, 0.4f};

/* Strong steps are sharp enough with so much less, and so are edges without a wriggle: an ear's,
 * not those of shadows and leaves. */
#define SHARP_LESS 0.25f
#define SHARP_LESS_EVEN 0.2f
#define STEP_FAINT 0.13f
#define STEP_STRONG 0.53f
#define STEP_SKIN 0.4f /* so much more of a step on skin */
#define SKY_MOST 0.4f  /* share of a path along clouds */
/* A loop's ends are so near by its length; it has to be so many times as calm. */
#define LOOP_GAP 0.25f
#define LOOP_CALM 1.6f

struct contours {
    struct cg_edges edges;
    float amount;
    struct cg_path *path; /* the present one */
    int cells_across;
    bool *seen; /* cells that an edge without ink was followed through */
};

/* ---- judging --------------------------------------------------------------------------------- */

/* Rings around berries and lamps are, and seldom are contours. */
static bool is_loop(const struct cg_path *path)
{
    const int last = path->count - 1;
    const float gap = fabsf(path->x[last] - path->x[0]) + fabsf(path->y[last] - path->y[0]);
    return gap < LOOP_GAP * (float)path->count;
}

static bool is_borne_out(const struct contours *in, const struct rule *rule)
{
    const struct cg_evidence sum = cg_path_look(&in->edges, in->path);
    const float looks = (float)sum.looks;
    const float calm = is_loop(in->path) ? LOOP_CALM * rule->calm : rule->calm;
    const float sharp = rule->sharp -
                        SHARP_LESS * cg_ramp(STEP_FAINT, STEP_STRONG, sum.step / looks) -
                        (sum.turned < rule->even * looks ? SHARP_LESS_EVEN : 0.0f);
    return sum.looks > 0 && sum.step >= rule->step * looks + STEP_SKIN * sum.skin &&
           sum.step >= sharp * sum.wide_step &&
           sum.step >= calm * cg_least(sum.beside[0], sum.beside[1]) &&
           sum.turned <= rule->turn * looks && sum.skin <= rule->skin * looks &&
           sum.sky <= SKY_MOST * looks;
}

/* Smooths the path. */
static bool is_contour(const struct contours *in, const struct rule *rule)
{
    struct cg_path *path = in->path;
    if (path->count < (path->inked[1] ? rule->closed_px : rule->open_px) ||
        (float)path->dense > rule->dense * (float)path->count)
        return false;
    cg_path_smooth(path);
    return path->count <= rule->sure_px || is_borne_out(in, rule);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void dot(const struct contours *in, float x, float y, float radius, float peak)
{
    const struct cg_edges *edges = &in->edges;
    const int reach = (int)(radius + RIM_PX) + 1;
    const int left = (int)x - reach, top = (int)y - reach;
    for (int i = cg_clamp_index(top, edges->height); i <= top + 2 * reach && i < edges->height; i++)
        for (int k = cg_clamp_index(left, edges->width); k <= left + 2 * reach && k < edges->width;
             k++) {
            const float dx = (float)k - x, dy = (float)i - y;
            const float beyond = sqrtf(dx * dx + dy * dy) - radius;
            float *logit = &edges->logit[(size_t)i * (size_t)edges->width + (size_t)k];
            const float more = peak - RIM_FALL * cg_most(beyond, 0.0f) - *logit;
            if (beyond < RIM_PX && more > 0.0f)
                *logit += in->amount * more;
        }
}

/* How much of its width a path has there: it tapers towards ends without ink. */
static float width_at(const struct cg_path *path, int at)
{
    const float half = 0.5f * (float)path->count;
    const float first = path->inked[0] ? 1.0f : (float)(at + 1) / half;
    const float last = path->inked[1] ? 1.0f : (float)(path->count - at) / half;
    return cg_clamp_unit(cg_least(first, last));
}

static void draw(const struct contours *in)
{
    const struct cg_path *path = in->path;
    const float peak = path->inked[0] && path->inked[1] ? LOGIT_CLOSED : LOGIT_OPEN;
    for (int i = 0; i < path->count; i++) {
        const float share = width_at(path, i);
        dot(in, path->x[i], path->y[i], RADIUS_PX * share,
            share * peak + (1.0f - share) * LOGIT_TIP);
    }
}

/* ---- where lines end ------------------------------------------------------------------------- */

/* Whether ink runs on from (x, y), as a line's, not an area's. */
static bool has_tail(const struct cg_edges *edges, float x, float y, float dx, float dy)
{
    for (int i = 0; i < TAIL_PX; i++) {
        x += dx;
        y += dy;
        cg_edges_turn(edges, x, y, &dx, &dy);
        if (cg_edges_ink(edges, x, y) < CG_LINE_LOGIT &&
            cg_edges_ink(edges, x - dy, y + dx) < CG_LINE_LOGIT &&
            cg_edges_ink(edges, x + dy, y - dx) < CG_LINE_LOGIT)
            return false;
    }
    dx *= (float)OPEN_PX;
    dy *= (float)OPEN_PX;
    return cg_edges_ink(edges, x - dy, y + dx) <= CG_LINE_LOGIT ||
           cg_edges_ink(edges, x + dy, y - dx) <= CG_LINE_LOGIT;
}

static bool is_end(const struct cg_edges *edges, float x, float y, float dx, float dy)
{
    static const float clear[][2] = {{3, 0}, {5, 0}, {4, -2}, {4, 2}}; /* ahead and aside */
    for (size_t i = 0; i < sizeof clear / sizeof *clear; i++)
        if (cg_edges_ink(edges, x + clear[i][0] * dx - clear[i][1] * dy,
                         y + clear[i][0] * dy + clear[i][1] * dx) > NO_LINE_LOGIT)
            return false;
    return has_tail(edges, x, y, -dx, -dy);
}

static void lengthen(const struct contours *in, float x, float y, float dx, float dy)
{
    if (!is_end(&in->edges, x, y, dx, dy))
        return;
    in->path->count = in->path->dense = 0;
    in->path->inked[0] = true;
    cg_path_follow(&in->edges, x, y, dx, dy, line_end.most_px, line_end.closed_px, in->path);
    if (is_contour(in, &line_end))
        draw(in);
}

static void lengthen_row(const struct contours *in, int y)
{
    const struct cg_flow_field *field = in->edges.field;
    const float *logit = in->edges.logit + (size_t)y * (size_t)in->edges.width;
    const float *along = cg_plane_row(&field->along, y / 2);
    const float *down = cg_plane_row(&field->down, y / 2);
    const float *agree = cg_plane_row(&field->agree, y / 2);
    for (int x = 0; x < in->edges.width; x++)
        if (logit[x] >= CG_LINE_LOGIT && agree[x / 2] >= AGREE_LINE) {
            lengthen(in, (float)x, (float)y, along[x / 2], down[x / 2]);
            lengthen(in, (float)x, (float)y, -along[x / 2], -down[x / 2]);
        }
}

/* ---- edges without ink ----------------------------------------------------------------------- */

static bool is_bare(const struct cg_edges *edges, int x, int y)
{
    for (int i = -2; i <= 2; i++)
        for (int k = -2; k <= 2; k++)
            if (cg_edges_ink(edges, (float)(x + k * BARE_PX / 2), (float)(y + i * BARE_PX / 2)) >
                NO_LINE_LOGIT)
                return false;
    return true;
}

static bool *cell_at(const struct contours *in, float x, float y)
{
    return &in->seen[((int)y / CELL_PX) * in->cells_across + (int)x / CELL_PX];
}

static void outline(const struct contours *in, float x, float y, float dx, float dy)
{
    struct cg_path *path = in->path;
    path->count = path->dense = 0;
    path->inked[0] = false;
    cg_path_follow(&in->edges, x, y, dx, dy, bare_edge.most_px, 0, path);
    cg_path_reverse(path);
    cg_path_follow(&in->edges, x, y, -dx, -dy, bare_edge.most_px, 0, path);
    for (int i = 0; i < path->count; i++)
        *cell_at(in, path->x[i], path->y[i]) = true;
    if (is_contour(in, &bare_edge))
        draw(in);
}

static void outline_row(const struct contours *in, int row)
{
    const struct cg_edges *edges = &in->edges;
    const struct cg_flow_field *field = edges->field;
    const float *step = cg_plane_row(&edges->step, row), y = (float)row;
    const float *along = cg_plane_row(&field->along, row / 2);
    const float *down = cg_plane_row(&field->down, row / 2);
    const float *agree = cg_plane_row(&field->agree, row / 2);
    for (int i = 1; i < edges->width - 1; i++) {
        const float x = (float)i, dx = along[i / 2], dy = down[i / 2];
        if (step[i] >= bare_edge.step && agree[i / 2] >= AGREE_BARE && !*cell_at(in, x, y) &&
            step[i] >= cg_edges_step(&edges->step, x - dy, y + dx) &&
            step[i] >= cg_edges_step(&edges->step, x + dy, y - dx) && is_bare(edges, i, row))
            outline(in, x, y, dx, dy);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

enum cg_status cg_cel_draw_contours(struct cg_cel_memory *memory, struct cg_pool *pool,
                                    const struct cg_flow_field *field, const float *photo,
                                    const float *colour, float *logit, int width, int height,
                                    float amount, const struct cg_plane spare[2],
                                    struct cg_error *error)
{
    struct contours in = {.edges = {field, width, height, photo, colour, logit, spare[0], spare[1]},
                          .amount = amount,
                          .cells_across = width / CELL_PX + 1};
    const size_t cells = (size_t)in.cells_across * (size_t)(height / CELL_PX + 1);
    enum cg_status status =
        cg_buffer_reserve(&memory->strokes, 1, 1, sizeof *in.path, "a contour", error);
    if (status == CG_OK)
        status = cg_buffer_reserve(&memory->counts, cells, 1, sizeof *in.seen, "cells of contours",
                                   error);
    if (status != CG_OK)
        return status;
    in.path = memory->strokes.memory;
    in.seen = memory->counts.memory;
    memset(in.seen, 0, cells * sizeof *in.seen);
    cg_edges_find_steps(pool, &in.edges);
    for (int y = 0; y < height; y++)
        lengthen_row(&in, y);
    for (int y = BARE_ROWS; y < height; y += BARE_ROWS)
        outline_row(&in, y);
    return CG_OK;
}
