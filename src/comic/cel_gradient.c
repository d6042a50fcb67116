/* Linear gradients by least squares: see cel_parts.h. */
#include "base/memory.h"
#include "comic/cel_parts.h"

#include <stdlib.h>

/* Added to the variance of places, in pixels squared: small regions have hardly a slope. */
#define RIDGE 60.0

struct moments {
    double n, x, y, xx, xy, yy, v[3], xv[3], yv[3];
};

static void add_pixel(struct moments *m, double x, double y, const float *v, int channels)
{
    m->n += 1.0;
    m->x += x;
    m->y += y;
    m->xx += x * x;
    m->xy += x * y;
    m->yy += y * y;
    for (int c = 0; c < channels; c++) {
        m->v[c] += (double)v[c];
        m->xv[c] += x * (double)v[c];
        m->yv[c] += y * (double)v[c];
    }
}

static struct cg_gradient solve(const struct moments *m)
{
    struct cg_gradient out = {{0.0f}, {0.0f}, {0.0f}};
    if (m->n == 0.0)
        return out;
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

enum cg_status cg_cel_fit(struct cg_cel *cel, bool colour, struct cg_error *error)
{
    const size_t count = (size_t)cel->regions.count;
    free(cel->gradient);
    cel->gradient = cg_alloc(count, sizeof *cel->gradient, "gradients", error);
    struct moments *moments = cg_alloc_zero(count, sizeof *moments, "gradients", error);
    const bool complete = cel->gradient != NULL && moments != NULL;
    const int channels = colour ? 3 : 1;
    for (int y = 0; complete && y < cel->height; y++) {
        const int *label = cel->regions.label + (size_t)y * (size_t)cel->width;
        const float *value = colour ? cel->colour + 3 * (size_t)y * (size_t)cel->width
                                    : cg_plane_row(&cel->lab.c[0], y);
        for (int x = 0; x < cel->width; x++, value += channels)
            add_pixel(&moments[label[x]], x, y, value, channels);
    }
    for (size_t i = 0; complete && i < count; i++)
        cel->gradient[i] = solve(&moments[i]);
    free(moments);
    return complete ? CG_OK : CG_ERR_MEMORY;
}
