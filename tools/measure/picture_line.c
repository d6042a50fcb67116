/* Strokes, flecks and fog: see picture_quality.h, which defines them. */
#include "measure/picture_line.h"

#include <math.h>

#define COMMON_PX 960.0f
#define STROKE_HALF_WIDTH_PX 4.0f
#define STROKE_DARKER_BY 0.15f
#define FLECK_PX 12.0f
#define LONG_PX 40.0f
#define EDGE_GRADIENT 0.03f
#define AROUND_EDGE_PX 3.0f
#define FLAT_SIGMA_PX 1.5f
#define FLAT_GRADIENT 0.0015f

/* Pixels of this picture to a pixel of its copy of COMMON_PX. */
static float unit_px(const struct cg_field *field)
{
    int longer = field->width > field->height ? field->width : field->height;
    return (float)longer / COMMON_PX;
}

static int radius_px(const struct cg_field *field, float common_px)
{
    int radius = (int)lroundf(common_px * unit_px(field));
    return radius > 1 ? radius : 1;
}

static void negate(const struct cg_field *field)
{
    for (size_t i = 0; i < cg_field_count(field); i++)
        field->v[i] = -field->v[i];
}

/* mask = 1 where luma is darker than its closing, which fills what is dark and narrow; else 0. */
static void find_strokes(const struct cg_field *luma, const struct cg_field *scratch,
                         const struct cg_field *closing, const struct cg_field *mask)
{
    int radius = radius_px(luma, STROKE_HALF_WIDTH_PX);
    cg_field_box_max(luma, radius, scratch, mask);
    negate(mask);
    cg_field_box_max(mask, radius, scratch, closing);
    for (size_t i = 0; i < cg_field_count(mask); i++)
        mask->v[i] = -closing->v[i] - luma->v[i] > STROKE_DARKER_BY ? 1.0f : 0.0f;
}

struct stroke {
    size_t pixels;
    int left, right, top, bottom;
};

static void add_pixel(struct stroke *stroke, int x, int y)
{
    stroke->pixels++;
    stroke->left = x < stroke->left ? x : stroke->left;
    stroke->right = x > stroke->right ? x : stroke->right;
    stroke->top = y < stroke->top ? y : stroke->top;
    stroke->bottom = y > stroke->bottom ? y : stroke->bottom;
}

/* Take the pixels that hang together with pixel start, over sides and corners, off the mask. */
static struct stroke take_stroke(const struct cg_field *mask, size_t start, size_t *stack)
{
    struct stroke stroke = {0, mask->width, 0, mask->height, 0};
    size_t waiting = 1, width = (size_t)mask->width;
    stack[0] = start;
    mask->v[start] = 0.0f;
    while (waiting > 0) {
        size_t here = stack[--waiting];
        int x = (int)(here % width), y = (int)(here / width);
        add_pixel(&stroke, x, y);
        for (int around = 0; around < 9; around++) {
            int to_x = x + around % 3 - 1, to_y = y + around / 3 - 1;
            if (to_x < 0 || to_x >= mask->width || to_y < 0 || to_y >= mask->height)
                continue;
            size_t there = (size_t)to_y * width + (size_t)to_x;
            if (mask->v[there] > 0.0f)
                stack[waiting++] = there;
            mask->v[there] = 0.0f;
        }
    }
    return stroke;
}

void cg_quality_measure_lines(const struct cg_field *luma,
                              const struct cg_field scratch[CG_QUALITY_LINE_SCRATCH], size_t *stack,
                              struct cg_quality *out)
{
    const struct cg_field *mask = &scratch[2];
    double all = 0.0, in_long = 0.0, flecks = 0.0;
    float unit = unit_px(luma);
    double pixels = (double)cg_field_count(luma);
    find_strokes(luma, &scratch[0], &scratch[1], mask);
    for (size_t i = 0; i < cg_field_count(mask); i++) {
        if (mask->v[i] == 0.0f)
            continue;
        struct stroke stroke = take_stroke(mask, i, stack);
        int width = stroke.right - stroke.left + 1, height = stroke.bottom - stroke.top + 1;
        float length = (float)(width > height ? width : height);
        all += (double)stroke.pixels;
        flecks += length < FLECK_PX * unit;
        in_long += length > LONG_PX * unit ? (double)stroke.pixels : 0.0;
    }
    out->strokes = all / pixels;
    out->continuity = all > 0.0 ? in_long / all : 0.0;
    out->flecks = flecks * 1e6 * (double)(unit * unit) / pixels;
}

void cg_quality_measure_fog(const struct cg_field *luma, const struct cg_field *gradient,
                            const struct cg_field scratch[CG_QUALITY_LINE_SCRATCH],
                            struct cg_quality *out)
{
    const struct cg_field *edge = &scratch[0], *slope = &scratch[1], *work = &scratch[2];
    float unit = unit_px(luma);
    size_t fog = 0;
    cg_field_blur(luma, FLAT_SIGMA_PX * unit, edge, work);
    cg_field_gradient(work, slope);
    cg_field_box_max(gradient, radius_px(luma, AROUND_EDGE_PX), work, edge);
    for (size_t i = 0; i < cg_field_count(luma); i++)
        fog += edge->v[i] * unit < EDGE_GRADIENT && slope->v[i] * unit > FLAT_GRADIENT;
    out->fog = (double)fog / (double)cg_field_count(luma);
}
