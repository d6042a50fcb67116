/* Strokes: what is set in a map and touches, as runs of pixels in rows. See cel_parts.h. */
#include "comic/cel_parts.h"

#include "base/memory.h"

#include <stdlib.h>

static size_t count_runs(const float *map, int width, float above)
{
    size_t count = 0;
    bool before = false;
    for (int x = 0; x < width; x++) {
        bool set = map[x] > above;
        count += set && !before;
        before = set;
    }
    return count;
}

static void find_runs(const float *map, int width, float above, size_t number, struct cg_run *runs)
{
    for (int x = 0; x < width;) {
        while (x < width && !(map[x] > above))
            x++;
        if (x == width)
            return;
        struct cg_run run = {.first = x, .stroke = (int)number++};
        while (x < width && map[x] > above)
            x++;
        run.end = x;
        *runs++ = run;
    }
}

static int leader(struct cg_run *runs, int run)
{
    while (runs[run].stroke != run) {
        runs[run].stroke = runs[runs[run].stroke].stroke;
        run = runs[run].stroke;
    }
    return run;
}

/* Runs of two rows that touch, corners too, are one stroke. */
static void join_rows(struct cg_run *runs, size_t above, size_t here, size_t end)
{
    const size_t middle = here;
    while (above < middle && here < end) {
        const struct cg_run *a = &runs[above], *b = &runs[here];
        if (a->first <= b->end && b->first <= a->end) {
            int one = leader(runs, (int)above), other = leader(runs, (int)here);
            runs[one > other ? one : other].stroke = one < other ? one : other;
        }
        if (a->end < b->end)
            above++;
        else
            here++;
    }
}

static void measure(const struct cg_strokes *strokes, int height)
{
    for (int y = 0; y < height; y++)
        for (size_t i = strokes->row[y]; i < strokes->row[y + 1]; i++) {
            const struct cg_run *run = &strokes->runs[i];
            struct cg_extent *extent = &strokes->extents[run->stroke];
            if (run->stroke == (int)i)
                *extent = (struct cg_extent){run->first, run->end, y, y};
            extent->left = run->first < extent->left ? run->first : extent->left;
            extent->right = run->end > extent->right ? run->end : extent->right;
            extent->bottom = y;
        }
}

enum cg_status cg_strokes_find(const float *map, ptrdiff_t stride, int width, int height,
                               float above, struct cg_strokes *out, struct cg_error *error)
{
    const size_t rows = (size_t)height;
    size_t count = 0;
    *out = (struct cg_strokes){0};
    out->row = cg_alloc(rows + 1, sizeof *out->row, "rows of strokes", error);
    if (out->row == NULL)
        return CG_ERR_MEMORY;
    for (size_t y = 0; y < rows; y++) {
        out->row[y] = count;
        count += count_runs(map + (ptrdiff_t)y * stride, width, above);
    }
    out->row[rows] = count;
    out->runs = cg_alloc(count, sizeof *out->runs, "strokes", error);
    out->extents = cg_alloc(count, sizeof *out->extents, "strokes", error);
    if (out->runs == NULL || out->extents == NULL) {
        cg_strokes_clear(out);
        return CG_ERR_MEMORY;
    }
    for (size_t y = 0; y < rows; y++)
        find_runs(map + (ptrdiff_t)y * stride, width, above, out->row[y], out->runs + out->row[y]);
    for (size_t y = 1; y < rows; y++)
        join_rows(out->runs, out->row[y - 1], out->row[y], out->row[y + 1]);
    for (size_t i = 0; i < count; i++)
        out->runs[i].stroke = leader(out->runs, (int)i);
    measure(out, height);
    return CG_OK;
}

void cg_strokes_clear(struct cg_strokes *strokes)
{
    free(strokes->extents);
    free(strokes->runs);
    free(strokes->row);
    *strokes = (struct cg_strokes){0};
}
