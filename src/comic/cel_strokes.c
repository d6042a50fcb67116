/* Strokes: what is set in a map and touches, as runs of pixels in rows. See cel_parts.h. */
#include "comic/cel_parts.h"

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

/* From runs[number] on; returns the number of the next row's first. */
static size_t find_runs(const float *map, int width, float above, size_t number,
                        struct cg_run *runs)
{
    for (int x = 0; x < width;) {
        while (x < width && !(map[x] > above))
            x++;
        if (x == width)
            break;
        struct cg_run run = {.first = x, .stroke = (int)number};
        while (x < width && map[x] > above)
            x++;
        run.end = x;
        runs[number++] = run;
    }
    return number;
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

/* The number of a stroke, which was its first run, is its place among them. */
static int number(struct cg_run *runs, size_t count)
{
    int strokes = 0;
    for (size_t i = 0; i < count; i++)
        runs[i].stroke = runs[i].stroke == (int)i ? strokes++ : runs[runs[i].stroke].stroke;
    return strokes;
}

static void measure(const struct cg_strokes *strokes, int height)
{
    int known = 0;
    for (int y = 0; y < height; y++)
        for (size_t i = strokes->row[y]; i < strokes->row[y + 1]; i++) {
            const struct cg_run *run = &strokes->runs[i];
            struct cg_extent *extent = &strokes->extents[run->stroke];
            if (run->stroke == known) {
                *extent = (struct cg_extent){run->first, run->end, y, y};
                known++;
            }
            extent->left = run->first < extent->left ? run->first : extent->left;
            extent->right = run->end > extent->right ? run->end : extent->right;
            extent->bottom = y;
        }
}

enum cg_status cg_strokes_find(struct cg_buffer *memory, const float *map, ptrdiff_t stride,
                               int width, int height, float above, struct cg_strokes *out,
                               struct cg_error *error)
{
    const size_t rows = (size_t)height;
    size_t count = 0;
    for (size_t y = 0; y < rows; y++)
        count += count_runs(map + (ptrdiff_t)y * stride, width, above);
    const size_t nbytes = (rows + 1) * sizeof *out->row + count * sizeof *out->runs;
    enum cg_status status =
        cg_buffer_reserve(memory, 1, nbytes + count * sizeof *out->extents, 1, "strokes", error);
    if (status != CG_OK)
        return status;
    out->row = memory->memory;
    out->runs = (struct cg_run *)(out->row + rows + 1);
    out->extents = (struct cg_extent *)(out->runs + count);
    out->row[0] = 0;
    for (size_t y = 0; y < rows; y++)
        out->row[y + 1] =
            find_runs(map + (ptrdiff_t)y * stride, width, above, out->row[y], out->runs);
    for (size_t y = 1; y < rows; y++)
        join_rows(out->runs, out->row[y - 1], out->row[y], out->row[y + 1]);
    out->count = number(out->runs, count);
    measure(out, height);
    return CG_OK;
}
