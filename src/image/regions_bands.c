/*
 * What regions are like and where they meet, found in bands of rows, which threads share.
 */
#include "base/memory.h"
#include "image/regions_parts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Rows of a band: small pictures have four bands, if these are not narrower than that. */
enum { ROWS_LEAST = 40, ROWS_MOST = 160 };
enum { RECENT_BITS = 10 };

struct cg_bands cg_bands_of(struct cg_pool *pool, int height)
{
    int rows = (height + 3) / 4;
    rows = rows < ROWS_LEAST ? ROWS_LEAST : rows > ROWS_MOST ? ROWS_MOST : rows;
    rows = pool == NULL || height < rows ? height : rows;
    return (struct cg_bands){pool, height, rows,
                             ((size_t)height + (size_t)rows - 1) / (size_t)rows};
}

void cg_bands_run(const struct cg_bands *bands, cg_pool_fn fn, void *context)
{
    if (bands->pool != NULL)
        cg_pool_run(bands->pool, bands->count, fn, context);
    else
        fn(context, 0, 0);
}

/* ---- measuring ------------------------------------------------------------------------------- */

struct description {
    const struct cg_bands *bands;
    const struct cg_lab *lab, *sharp;
    const int *first;     /* region of a band */
    size_t *room, *found; /* borders that a band may have and has */
    struct cg_regions *out;
};

/* Add pixels x to end of a row of lab to a mean of so many pixels. */
static void add_run(const float *const row[3], int x, int end, float mean[3], float *area_px)
{
    const float count = (float)(end - x);
    float sum[3] = {0.0f, 0.0f, 0.0f};
    for (; x < end; x++)
        for (int c = 0; c < 3; c++)
            sum[c] += row[c][x];
    *area_px += count;
    for (int c = 0; c < 3; c++)
        mean[c] += (sum[c] - count * mean[c]) / *area_px;
}

/* Returns how often the region changes along row y. */
static size_t measure_row(const struct description *job, int y)
{
    const struct cg_regions *out = job->out;
    const int *label = out->label + (size_t)y * (size_t)out->width;
    const struct cg_lab_rows rows = cg_lab_rows_of(job->lab, y);
    size_t runs = 0;
    for (int x = 0, end; x < out->width; x = end, runs++) {
        end = cg_run_end(label, x, out->width);
        add_run(rows.here, x, end, out->mean[label[x]], &out->area_px[label[x]]);
    }
    return runs - 1;
}

static void measure_band(void *context, size_t band, int worker)
{
    const struct description *job = context;
    const int width = job->out->width, first = job->first[band];
    const int top = cg_band_top(job->bands, band), bottom = cg_band_bottom(job->bands, band);
    size_t room = bottom < job->out->height ? (size_t)width : 0;
    (void)worker;
    for (int y = top; y < bottom; y++) {
        int *label = job->out->label + (size_t)y * (size_t)width;
        for (int x = 0; x < width; x++)
            label[x] += first;
        for (int x = 0; x < width && y > top; x++)
            room += label[x] != label[x - width];
        room += measure_row(job, y);
    }
    job->room[band] = room;
}

/* ---- borders --------------------------------------------------------------------------------- */

/* The borders of a band. Most pixels of a border follow on others of it, which are found again. */
struct finder {
    struct cg_border *borders;
    unsigned count, recent[1 << RECENT_BITS];
};

static void add_border(struct finder *finder, int here, int there, float step)
{
    const int a = here < there ? here : there, b = here < there ? there : here;
    const unsigned key = (unsigned)a * 0x9e3779b1u + (unsigned)b * 0x85ebca6bu;
    unsigned *at = &finder->recent[key >> (32 - RECENT_BITS)];
    struct cg_border *border = &finder->borders[*at];
    if (*at >= finder->count || border->a != a || border->b != b) {
        *at = finder->count++;
        border = &finder->borders[*at];
        *border = (struct cg_border){.a = a, .b = b};
    }
    border->length_px += 1.0f;
    border->step += step;
}

static void find_borders(void *context, size_t band, int worker)
{
    const struct description *job = context;
    const struct cg_regions *out = job->out;
    const int width = out->width;
    struct finder finder = {.borders = out->borders + job->room[band]};
    (void)worker;
    for (int y = cg_band_top(job->bands, band); y < cg_band_bottom(job->bands, band); y++) {
        const int *label = out->label + (size_t)y * (size_t)width;
        const int *below = y + 1 < out->height ? label + width : label;
        const struct cg_lab_rows rows = cg_lab_rows_of(job->sharp, y);
        for (int x = 0; x < width; x++) {
            const int here = label[x], right = x + 1 < width ? label[x + 1] : here;
            if (here == right && here == below[x])
                continue;
            if (here != right)
                add_border(&finder, here, right, cg_colour_step(rows.here, rows.right, x));
            if (here != below[x])
                add_border(&finder, here, below[x], cg_colour_step(rows.here, rows.below, x));
        }
    }
    job->found[band] = finder.count;
}

enum cg_status cg_border_sorter_create(const struct cg_regions *regions,
                                       struct cg_border_sorter *out, struct cg_error *error)
{
    out->spare = cg_alloc(regions->border_count, sizeof *out->spare, "borders of regions", error);
    out->start =
        cg_alloc((size_t)regions->count + 1, sizeof *out->start, "borders of regions", error);
    return out->spare != NULL && out->start != NULL ? CG_OK : CG_ERR_MEMORY;
}

void cg_border_sorter_clear(struct cg_border_sorter *sorter)
{
    free(sorter->start);
    free(sorter->spare);
}

/* to = from in the order of one end of the borders; borders of one end keep their order. */
static void sort_by(const struct cg_border *from, size_t count, bool by_b, int *start, int regions,
                    struct cg_border *to)
{
    memset(start, 0, ((size_t)regions + 1) * sizeof *start);
    for (size_t i = 0; i < count; i++)
        start[(by_b ? from[i].b : from[i].a) + 1]++;
    for (int i = 0; i < regions; i++)
        start[i + 1] += start[i];
    for (size_t i = 0; i < count; i++)
        to[start[by_b ? from[i].b : from[i].a]++] = from[i];
}

void cg_borders_collapse(struct cg_regions *regions, const struct cg_border_sorter *sorter)
{
    size_t kept = 0;
    if (regions->border_count == 0)
        return;
    sort_by(regions->borders, regions->border_count, true, sorter->start, regions->count,
            sorter->spare);
    sort_by(sorter->spare, regions->border_count, false, sorter->start, regions->count,
            regions->borders);
    for (size_t i = 1; i < regions->border_count; i++) {
        struct cg_border *last = &regions->borders[kept], *next = &regions->borders[i];
        if (last->a != next->a || last->b != next->b) {
            regions->borders[++kept] = *next;
            continue;
        }
        last->length_px += next->length_px;
        last->step += next->step;
    }
    regions->border_count = kept + 1;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static enum cg_status list_borders(const struct description *job, struct cg_error *error)
{
    struct cg_regions *out = job->out;
    struct cg_border_sorter sorter;
    size_t room = 0, count = 0;
    for (size_t band = 0; band < job->bands->count; band++) {
        size_t own = job->room[band];
        job->room[band] = room;
        room += own;
    }
    out->borders = cg_alloc(room, sizeof *out->borders, "borders of regions", error);
    if (out->borders == NULL)
        return CG_ERR_MEMORY;
    cg_bands_run(job->bands, find_borders, (void *)job);
    for (size_t band = 0; band < job->bands->count; band++) {
        memmove(out->borders + count, out->borders + job->room[band],
                job->found[band] * sizeof *out->borders);
        count += job->found[band];
    }
    out->border_count = count;
    struct cg_border *fitted = realloc(out->borders, (count + 1) * sizeof *fitted);
    if (fitted != NULL) /* there was room for one wherever regions meet */
        out->borders = fitted;
    enum cg_status status = cg_border_sorter_create(out, &sorter, error);
    if (status == CG_OK)
        cg_borders_collapse(out, &sorter);
    cg_border_sorter_clear(&sorter);
    return status;
}

enum cg_status cg_regions_describe(const struct cg_bands *bands, const struct cg_lab *lab,
                                   const struct cg_lab *sharp, int *count, struct cg_regions *out,
                                   struct cg_error *error)
{
    out->count = 0;
    for (size_t band = 0; band <= bands->count; band++) {
        int own = band < bands->count ? count[band] : 0;
        count[band] = out->count;
        out->count += own;
    }
    free(out->mean);
    free(out->area_px);
    free(out->borders);
    out->borders = NULL;
    out->mean = cg_alloc_zero((size_t)out->count, sizeof *out->mean, "regions", error);
    out->area_px = cg_alloc_zero((size_t)out->count, sizeof *out->area_px, "regions", error);
    size_t *room = cg_alloc(2 * bands->count, sizeof *room, "borders of regions", error);
    enum cg_status status = CG_ERR_MEMORY;
    if (out->mean != NULL && out->area_px != NULL && room != NULL) {
        struct description job = {bands, lab, sharp, count, room, room + bands->count, out};
        cg_bands_run(bands, measure_band, &job);
        status = list_borders(&job, error);
    }
    free(room);
    return status;
}
