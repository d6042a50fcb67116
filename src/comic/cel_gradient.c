/* Linear gradients by least squares: see cel_parts.h. */
#include "base/memory.h"
#include "comic/cel_parts.h"

#include <stdlib.h>

/* Added to the variance of places, in pixels squared: small regions have hardly a slope. */
#define RIDGE 60.0

enum { BAND_ROWS = 128 };

struct moments {
    double n, x, y, xx, xy, yy, v[3], xv[3], yv[3];
};

/* Add pixels x to end of row y, v being the first one's value in so many channels. */
static inline void add_run(struct moments *m, int x, int end, double y, const float *v,
                           int channels)
{
    const double n = end - x, middle = 0.5 * (x + end - 1);
    double sum[3] = {0.0, 0.0, 0.0}, moment[3] = {0.0, 0.0, 0.0};
    m->n += n;
    m->x += n * middle;
    m->y += n * y;
    m->xx += n * (middle * middle + (n * n - 1.0) / 12.0);
    m->xy += n * middle * y;
    m->yy += n * y * y;
    for (; x < end; x++, v += channels)
        for (int c = 0; c < channels; c++) {
            sum[c] += (double)v[c];
            moment[c] += (double)x * (double)v[c];
        }
    for (int c = 0; c < channels; c++) {
        m->v[c] += sum[c];
        m->xv[c] += moment[c];
        m->yv[c] += y * sum[c];
    }
}

static void add_moments(struct moments *to, const struct moments *from)
{
    to->n += from->n;
    to->x += from->x;
    to->y += from->y;
    to->xx += from->xx;
    to->xy += from->xy;
    to->yy += from->yy;
    for (int c = 0; c < 3; c++) {
        to->v[c] += from->v[c];
        to->xv[c] += from->xv[c];
        to->yv[c] += from->yv[c];
    }
}

static struct cg_gradient solve(const struct moments *m)
{
    struct cg_gradient out;
    double x = m->x / m->n, y = m->y / m->n, xy = m->xy / m->n - x * y;
    double xx = m->xx / m->n - x * x + RIDGE, yy = m->yy / m->n - y * y + RIDGE;
    double determinant = xx * yy - xy * xy;
    for (int c = 0; c < 3; c++) {
        double v = m->v[c] / m->n, xv = m->xv[c] / m->n - x * v, yv = m->yv[c] / m->n - y * v;
        double dx = (xv * yy - yv * xy) / determinant, dy = (yv * xx - xv * xy) / determinant;
        out.at[c] = (float)(v - dx * x - dy * y);
        out.dx[c] = (float)dx;
        out.dy[c] = (float)dy;
    }
    return out;
}

/* The bands that a gradient's region lies in, a few of them as a rule, and the moments of these. */
struct span {
    int first, last;
    size_t moments;
};

struct fit {
    const struct cg_cel *cel;
    struct span *spans;      /* of the gradients */
    struct moments *moments; /* of each gradient's bands, one after another */
    bool of_colour;          /* or lightness */
};

static inline void add_row(const struct fit *fit, int y, const float *value, int channels)
{
    const struct cg_cel *cel = fit->cel;
    const int *label = cel->regions.label + (size_t)y * (size_t)cel->width;
    for (int x = 0, end; x < cel->width; x = end) {
        const int place = cel->place[label[x]];
        end = cg_run_end(label, x, cel->width);
        if (place < 0)
            continue;
        const struct span *span = &fit->spans[place];
        add_run(&fit->moments[span->moments + (size_t)(y / BAND_ROWS - span->first)], x, end, y,
                value + channels * x, channels);
    }
}

static void add_band(void *context, size_t band, int worker)
{
    const struct fit *fit = context;
    const struct cg_cel *cel = fit->cel;
    const int top = (int)band * BAND_ROWS;
    (void)worker;
    for (int y = top; y < top + BAND_ROWS && y < cel->height; y++)
        if (fit->of_colour)
            add_row(fit, y, cel->colour + 3 * (size_t)y * (size_t)cel->width, 3);
        else
            add_row(fit, y, cg_plane_row(&cel->lab.c[0], y), 1);
}

/* Give each region larger than that a place among the gradients; returns how many there are. */
static size_t find_places(struct cg_cel *cel, float least_px)
{
    int count = 0;
    for (int i = 0; i < cel->regions.count; i++)
        cel->place[i] = cel->regions.area_px[i] > least_px ? count++ : -1;
    return (size_t)count;
}

/* Returns how many moments there are in all. */
static size_t find_spans(const struct cg_cel *cel, struct span *spans, size_t count)
{
    size_t moments = 0;
    for (size_t i = 0; i < count; i++)
        spans[i] = (struct span){.last = -1};
    for (int y = 0; y < cel->height; y++) {
        const int *label = cel->regions.label + (size_t)y * (size_t)cel->width;
        for (int x = 0; x < cel->width; x = cg_run_end(label, x, cel->width)) {
            const int place = cel->place[label[x]];
            if (place < 0)
                continue;
            if (spans[place].last < 0)
                spans[place].first = y / BAND_ROWS;
            spans[place].last = y / BAND_ROWS;
        }
    }
    for (size_t i = 0; i < count; i++) {
        spans[i].moments = moments;
        moments += (size_t)(spans[i].last - spans[i].first + 1);
    }
    return moments;
}

/* The sum over the bands, in their order for any number of threads. */
static struct cg_gradient solve_span(const struct fit *fit, const struct span *span)
{
    struct moments *sum = &fit->moments[span->moments];
    for (int i = 1; i <= span->last - span->first; i++)
        add_moments(sum, sum + i);
    return solve(sum);
}

enum cg_status cg_cel_fit(struct cg_cel *cel, bool colour, float least_px, struct cg_error *error)
{
    const size_t bands = ((size_t)cel->height + BAND_ROWS - 1) / BAND_ROWS;
    struct fit fit = {.cel = cel, .of_colour = colour};
    free(cel->gradient);
    free(cel->place);
    cel->gradient = NULL;
    cel->place = cg_alloc((size_t)cel->regions.count, sizeof *cel->place, "gradients", error);
    if (cel->place == NULL)
        return CG_ERR_MEMORY;
    const size_t count = find_places(cel, least_px);
    cel->gradient = cg_alloc(count, sizeof *cel->gradient, "gradients", error);
    fit.spans = cg_alloc(count, sizeof *fit.spans, "gradients", error);
    if (fit.spans != NULL)
        fit.moments = cg_alloc_zero(find_spans(cel, fit.spans, count), sizeof *fit.moments,
                                    "gradients", error);
    const bool complete = cel->gradient != NULL && fit.moments != NULL;
    if (complete)
        cg_pool_run(cel->pool, bands, add_band, &fit);
    for (size_t i = 0; complete && i < count; i++)
        cel->gradient[i] = solve_span(&fit, &fit.spans[i]);
    free(fit.moments);
    free(fit.spans);
    return complete ? CG_OK : CG_ERR_MEMORY;
}
