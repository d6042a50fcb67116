/* Edges of a picture: see boundary_edges.h. */
#include "measure/boundary_edges.h"

#include "base/clamp.h"
#include "base/memory.h"
#include "measure/field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIGMA_PX 1.3f

/* The strongest channel's gradient: its size, and its parts. */
enum { SIZE, ACROSS, DOWN, CHANNEL, BLURRED, SCRATCH, FIELDS };

static float at(const struct cg_field *field, int x, int y)
{
    x = cg_clamp_index(x, field->width);
    y = cg_clamp_index(y, field->height);
    return field->v[(size_t)y * (size_t)field->width + (size_t)x];
}

static void take_channel(const struct cg_image *rgb, int channel, const struct cg_field *field)
{
    const uint8_t *value = rgb->pixels + channel;
    for (size_t i = 0; i < cg_field_count(&field[CHANNEL]); i++)
        field[CHANNEL].v[i] = (float)value[3 * i] / 255.0f;
    cg_field_blur(&field[CHANNEL], SIGMA_PX, &field[SCRATCH], &field[BLURRED]);
    for (int y = 0, i = 0; y < rgb->height; y++)
        for (int x = 0; x < rgb->width; x++, i++) {
            float dx = 0.5f * (at(&field[BLURRED], x + 1, y) - at(&field[BLURRED], x - 1, y));
            float dy = 0.5f * (at(&field[BLURRED], x, y + 1) - at(&field[BLURRED], x, y - 1));
            float size = sqrtf(dx * dx + dy * dy);
            if (size <= field[SIZE].v[i])
                continue;
            field[SIZE].v[i] = size;
            field[ACROSS].v[i] = dx;
            field[DOWN].v[i] = dy;
        }
}

/* Between four pixels. */
static float between(const struct cg_field *field, float x, float y)
{
    int left = (int)floorf(x), top = (int)floorf(y);
    float right = x - (float)left, low = y - (float)top;
    float above = (1.0f - right) * at(field, left, top) + right * at(field, left + 1, top);
    float below = (1.0f - right) * at(field, left, top + 1) + right * at(field, left + 1, top + 1);
    return (1.0f - low) * above + low * below;
}

/* Is the gradient stronger here than a pixel on either way along it? Of two alike, one is an
 * edge. */
static bool is_edge(const struct cg_field *field, int x, int y)
{
    float size = at(&field[SIZE], x, y);
    float dx = at(&field[ACROSS], x, y) / size, dy = at(&field[DOWN], x, y) / size;
    if (dx < 0.0f || (dx == 0.0f && dy < 0.0f)) {
        dx = -dx;
        dy = -dy;
    }
    return size >= between(&field[SIZE], (float)x + dx, (float)y + dy) &&
           size > between(&field[SIZE], (float)x - dx, (float)y - dy);
}

static int by_strength(const void *a, const void *b)
{
    const struct cg_boundary_edge *p = a, *q = b;
    if (p->strength != q->strength)
        return p->strength < q->strength ? 1 : -1;
    return (p->pixel > q->pixel) - (p->pixel < q->pixel);
}

static size_t list_edges(const struct cg_field *field, float least, struct cg_boundary_edge *edges)
{
    size_t count = 0;
    uint32_t pixel = 0;
    for (int y = 0; y < field[SIZE].height; y++)
        for (int x = 0; x < field[SIZE].width; x++, pixel++) {
            float size = field[SIZE].v[pixel];
            if (size >= least && is_edge(field, x, y))
                edges[count++] = (struct cg_boundary_edge){size, pixel};
        }
    qsort(edges, count, sizeof(*edges), by_strength);
    return count;
}

enum cg_status cg_boundary_edges(const struct cg_image *rgb, float least,
                                 struct cg_boundary_edge **out, size_t *count,
                                 struct cg_error *error)
{
    struct cg_field field[FIELDS] = {0};
    *out = NULL;
    *count = 0;
    enum cg_status status = cg_field_set_create(rgb->width, rgb->height, FIELDS, field, error);
    if (status == CG_OK) {
        *out = cg_alloc(cg_field_count(field), sizeof(**out), "edges", error);
        status = *out != NULL ? CG_OK : CG_ERR_MEMORY;
    }
    if (status == CG_OK) {
        memset(field[SIZE].v, 0, cg_field_count(field) * sizeof(*field[SIZE].v));
        for (int channel = 0; channel < 3; channel++)
            take_channel(rgb, channel, field);
        *count = list_edges(field, least, *out);
    }
    free(field[0].v);
    return status;
}
