/*
 * Ink by the regions: see cel.h. The network decides pixel by pixel, so a line breaks where one of
 * them is in doubt; along the border of two regions the doubtful ones follow the rest.
 */
#include "base/memory.h"
#include "comic/cel_parts.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#define INK (-1.0f) /* logit from which a pixel is ink, as looks and boldness raise it */

#define BORDER_PX 25.0f /* length of a border from which it is a contour */
#define INKED_FROM 0.4f /* share of it that is inked from which the rest is drawn, */
#define INKED_TO 0.7f   /* and from which it is drawn surely */
#define STEP_FROM 0.06f /* distance in colour that a contour parts */
#define STEP_TO 0.14f
#define REGION_FROM_PX 150.0f /* area of the smaller of its regions */
#define REGION_TO_PX 600.0f
#define CLOSING_LOGIT 2.0f
#define ON_SKIN 0.2f /* of that, on skin */
#define CLOSING_SIGMA_PX 0.7f
#define CLOSING_GAIN 1.6f /* makes up for the blur of a line */

/* ---- contours -------------------------------------------------------------------------------- */

struct ink {
    struct cg_cel *cel;
    atomic_int *inked; /* pixels with ink beside them, by border */
    float *closing;    /* by border */
    int odd;           /* rows that are drawn */
};

typedef void visit_fn(const struct ink *ink, size_t border, int pixel, int other);

static bool is_large(const struct cg_regions *regions, int region)
{
    return regions->area_px[region] > REGION_FROM_PX;
}

/* Call visit for each two pixels of rows y and y + 1 that face each other across a border which may
 * be a contour, the darker region's first. */
static void visit_row(const struct ink *ink, int y, visit_fn *visit)
{
    const struct cg_regions *regions = &ink->cel->regions;
    const struct cg_border none = {.a = -1, .b = -1}, *border = &none;
    const int width = regions->width, first = y * width;
    for (int here = first; here + 1 < first + width; here++) {
        const int near[2] = {here + 1, here + width}, a = regions->label[here];
        if (regions->label[near[0]] == a && regions->label[near[1]] == a)
            continue;
        for (int side = 0; side < 2; side++) {
            const int b = regions->label[near[side]];
            if (a == b || !is_large(regions, a) || !is_large(regions, b))
                continue;
            if (border->a + border->b != a + b || (border->a != a && border->a != b))
                border = cg_regions_border(regions, a, b);
            bool darker = regions->mean[a][0] <= regions->mean[b][0];
            visit(ink, (size_t)(border - regions->borders), darker ? here : near[side],
                  darker ? near[side] : here);
        }
    }
}

/* Whether there is ink within two pixels across the border: lines lie beside it. */
static bool is_inked(const struct cg_cel *cel, int pixel, int other)
{
    const int step = other - pixel, area = cel->width * cel->height;
    for (int i = pixel - step, n = 0; n < 4; i += step, n++)
        if (i >= 0 && i < area && cel->logit[i] > INK)
            return true;
    return false;
}

static void count_inked(const struct ink *ink, size_t border, int pixel, int other)
{
    if (is_inked(ink->cel, pixel, other))
        atomic_fetch_add_explicit(&ink->inked[border], 1, memory_order_relaxed);
}

static void draw_closing(const struct ink *ink, size_t border, int pixel, int other)
{
    const struct cg_cel *cel = ink->cel;
    float *at = &cg_plane_row(&cel->line, pixel / cel->width)[pixel % cel->width];
    (void)other;
    *at = *at > ink->closing[border] ? *at : ink->closing[border];
}

static void count_row(void *context, size_t row, int worker)
{
    (void)worker;
    visit_row(context, (int)row, count_inked);
}

/* Every second row, for a row's lines reach into the next. */
static void draw_row(void *context, size_t item, int worker)
{
    const struct ink *ink = context;
    (void)worker;
    visit_row(ink, 2 * (int)item + ink->odd, draw_closing);
}

/* How much of a contour a border is, of whose length so much is inked. */
static float closing_of(const struct cg_regions *regions, const struct cg_border *border,
                        float inked)
{
    const float *a = regions->mean[border->a], *b = regions->mean[border->b];
    float area = fminf(regions->area_px[border->a], regions->area_px[border->b]);
    if (border->length_px < BORDER_PX)
        return 0.0f;
    return cg_smoothstep(INKED_FROM, INKED_TO, inked / border->length_px) *
           cg_smoothstep(STEP_FROM, STEP_TO, sqrtf(cg_colour_distance2(a, b))) *
           cg_smoothstep(REGION_FROM_PX, REGION_TO_PX, area);
}

static void add_closing(void *context, size_t row, int worker)
{
    const struct cg_cel *cel = context;
    const float *line = cg_plane_row(&cel->line, (int)row);
    const float *skin = cg_plane_row(&cel->skin, (int)row);
    float *logit = cel->logit + row * (size_t)cel->width;
    (void)worker;
    for (int x = 0; x < cel->width; x++)
        logit[x] += cel->amount * CLOSING_LOGIT * cg_clamp_unit(CLOSING_GAIN * line[x]) *
                    (1.0f - (1.0f - ON_SKIN) * skin[x]);
}

static void draw(struct ink *ink)
{
    struct cg_cel *cel = ink->cel;
    const struct cg_regions *regions = &cel->regions;
    const size_t rows = (size_t)cel->height;
    cg_pool_run(cel->pool, rows - 1, count_row, ink);
    for (size_t i = 0; i < regions->border_count; i++)
        ink->closing[i] = closing_of(regions, &regions->borders[i], (float)ink->inked[i]);
    cg_plane_clear(&cel->line);
    for (ink->odd = 0; ink->odd < 2; ink->odd++)
        cg_pool_run(cel->pool, (rows - (size_t)ink->odd) / 2, draw_row, ink);
    cg_plane_replicate(&cel->line);
    cg_plane_blur(cel->pool, &cel->line, &cel->line, &cel->scratch, CLOSING_SIGMA_PX);
    cg_pool_run(cel->pool, rows, add_closing, cel);
}

enum cg_status cg_cel_ink(struct cg_cel *cel, struct cg_error *error)
{
    const size_t count = cel->regions.border_count;
    struct ink ink = {.cel = cel};
    ink.inked = cg_alloc_zero(count, sizeof *ink.inked, "ink along borders", error);
    ink.closing = cg_alloc(count, sizeof *ink.closing, "ink along borders", error);
    const bool complete = ink.inked != NULL && ink.closing != NULL;
    if (complete)
        draw(&ink);
    free(ink.closing);
    free(ink.inked);
    return complete ? CG_OK : CG_ERR_MEMORY;
}
