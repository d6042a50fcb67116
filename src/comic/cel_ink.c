/*
 * Ink by the regions: see cel.h. The network decides pixel by pixel, so a line breaks where one of
 * them is in doubt; along the border of two regions the doubtful ones follow the rest.
 */
#include "base/memory.h"
#include "comic/cel_parts.h"

#include <math.h>
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

typedef void visit_fn(struct cg_cel *cel, size_t border, int pixel, int other, void *context);

/* Call visit for each two pixels that face each other across a border, the darker region's first. */
static void visit_borders(struct cg_cel *cel, visit_fn *visit, void *context)
{
    const struct cg_regions *regions = &cel->regions;
    const struct cg_border none = {.a = -1, .b = -1}, *border = &none;
    for (int y = 0; y + 1 < cel->height; y++)
        for (int x = 0; x + 1 < cel->width; x++) {
            const int here = y * cel->width + x, near[2] = {here + 1, here + cel->width};
            for (int side = 0; side < 2; side++) {
                int a = regions->label[here], b = regions->label[near[side]];
                if (a == b)
                    continue;
                if (border->a + border->b != a + b || (border->a != a && border->a != b))
                    border = cg_regions_border(regions, a, b);
                bool first = regions->mean[a][0] <= regions->mean[b][0];
                visit(cel, (size_t)(border - regions->borders), first ? here : near[side],
                      first ? near[side] : here, context);
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

static void count_inked(struct cg_cel *cel, size_t border, int pixel, int other, void *context)
{
    float *inked = context;
    inked[border] += is_inked(cel, pixel, other) ? 1.0f : 0.0f;
}

static void draw_closing(struct cg_cel *cel, size_t border, int pixel, int other, void *context)
{
    const float *closing = context;
    const struct cg_plane *to = &cel->scratch[0];
    float *at = &cg_plane_row(to, pixel / cel->width)[pixel % cel->width];
    (void)other;
    *at = fmaxf(*at, closing[border]);
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

static void add_closing(struct cg_cel *cel)
{
    const struct cg_plane *closing = &cel->scratch[0];
    cg_plane_replicate(closing);
    cg_plane_blur(closing, closing, &cel->scratch[1], CLOSING_SIGMA_PX);
    for (int y = 0; y < cel->height; y++) {
        const float *row = cg_plane_row(closing, y), *skin = cg_plane_row(&cel->skin, y);
        float *logit = cel->logit + (size_t)y * (size_t)cel->width;
        for (int x = 0; x < cel->width; x++)
            logit[x] += cel->amount * CLOSING_LOGIT * fminf(1.0f, CLOSING_GAIN * row[x]) *
                        (1.0f - (1.0f - ON_SKIN) * skin[x]);
    }
}

enum cg_status cg_cel_ink(struct cg_cel *cel, struct cg_error *error)
{
    const struct cg_regions *regions = &cel->regions;
    float *inked =
        cg_alloc_zero(regions->border_count + 1, sizeof *inked, "ink along borders", error);
    if (inked == NULL)
        return CG_ERR_MEMORY;
    visit_borders(cel, count_inked, inked);
    for (size_t i = 0; i < regions->border_count; i++)
        inked[i] = closing_of(regions, &regions->borders[i], inked[i]);
    cg_plane_clear(&cel->scratch[0]);
    visit_borders(cel, draw_closing, inked);
    add_closing(cel);
    free(inked);
    return CG_OK;
}
