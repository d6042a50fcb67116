/* Edges against boundaries: see boundary.h. */
#include "measure/boundary.h"

#include "base/memory.h"
#include "measure/boundary_match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* From grain to black beside white, by steps of 7 %. */
#define LEAST 0.004f
#define STEP 1.07f

const char *const cg_boundary_way_names[CG_BOUNDARY_WAYS] = {"paired", "near"};

static enum cg_status (*const match[CG_BOUNDARY_WAYS])(
    const struct cg_boundary_edge *, size_t, const uint8_t *, int, int, struct cg_boundary_hit *,
    struct cg_error *) = {cg_boundary_match_paired, cg_boundary_match_near};

/* ---- counting -------------------------------------------------------------------------------- */

static float threshold_of(int level)
{
    return LEAST * powf(STEP, (float)level);
}

/* counts[level] becomes the sum from there upwards. */
static void add_up(uint32_t counts[CG_BOUNDARY_LEVELS])
{
    for (int level = CG_BOUNDARY_LEVELS - 1; level > 0; level--)
        counts[level - 1] += counts[level];
}

/* The highest threshold that an edge passes; edges come by falling strength. */
static int next_level(float strength, int level)
{
    while (level > 0 && strength < threshold_of(level))
        level--;
    return level;
}

static void count_edges(const struct cg_boundary_edge *edges, size_t count,
                        struct cg_boundary_counts *out)
{
    int level = CG_BOUNDARY_LEVELS - 1;
    for (size_t i = 0; i < count; i++) {
        level = next_level(edges[i].strength, level);
        out->edges[level]++;
    }
    add_up(out->edges);
}

static void count_hits(const struct cg_boundary_edge *edges, size_t count,
                       const struct cg_boundary_hit *hits, uint32_t right[CG_BOUNDARY_LEVELS],
                       uint32_t found[CG_BOUNDARY_LEVELS])
{
    int level = CG_BOUNDARY_LEVELS - 1;
    for (size_t i = 0; i < count; i++) {
        level = next_level(edges[i].strength, level);
        right[level] += hits[i].right;
        found[level] += hits[i].found;
    }
    add_up(right);
    add_up(found);
}

static uint32_t count_drawn(const struct cg_boundary_truth *truth)
{
    uint32_t drawn = 0;
    size_t pixels = (size_t)truth->width * (size_t)truth->height;
    for (size_t i = 0; i < truth->annotators * pixels; i++)
        drawn += truth->marked[i];
    return drawn;
}

enum cg_status cg_boundary_measure(const struct cg_image *rgb,
                                   const struct cg_boundary_truth *truth,
                                   struct cg_boundary_counts *out, struct cg_error *error)
{
    struct cg_boundary_edge *edges;
    struct cg_boundary_hit *hits = NULL;
    size_t count, pixels = (size_t)truth->width * (size_t)truth->height;
    *out = (struct cg_boundary_counts){.drawn = count_drawn(truth)};
    enum cg_status status = cg_boundary_edges(rgb, LEAST, &edges, &count, error);
    if (status == CG_OK) {
        hits = cg_alloc(count + 1, sizeof(*hits), "edges found", error);
        status = hits != NULL ? CG_OK : CG_ERR_MEMORY;
    }
    if (status == CG_OK)
        count_edges(edges, count, out);
    for (int way = 0; status == CG_OK && way < CG_BOUNDARY_WAYS; way++) {
        memset(hits, 0, count * sizeof(*hits));
        for (size_t i = 0; status == CG_OK && i < truth->annotators; i++)
            status = match[way](edges, count, truth->marked + i * pixels, truth->width,
                                truth->height, hits, error);
        count_hits(edges, count, hits, out->right[way], out->found[way]);
    }
    free(hits);
    free(edges);
    return status;
}

/* ---- scores ---------------------------------------------------------------------------------- */

struct sums {
    double edges, right, found, drawn;
};

static void add(struct sums *sums, const struct cg_boundary_counts *counts,
                enum cg_boundary_way way, int level)
{
    sums->edges += counts->edges[level];
    sums->right += counts->right[way][level];
    sums->found += counts->found[way][level];
    sums->drawn += counts->drawn;
}

static double share(double part, double whole)
{
    return whole > 0.0 ? part / whole : 0.0;
}

static double f_of(const struct sums *sums)
{
    double precision = share(sums->right, sums->edges), recall = share(sums->found, sums->drawn);
    return share(2.0 * precision * recall, precision + recall);
}

/* The sums over pictures at the threshold that is best for them together. */
static struct sums sums_at_best(const struct cg_boundary_counts *each, size_t count,
                                enum cg_boundary_way way, int *best_level)
{
    struct sums best = {0};
    *best_level = 0;
    for (int level = 0; level < CG_BOUNDARY_LEVELS; level++) {
        struct sums sums = {0};
        for (size_t i = 0; i < count; i++)
            add(&sums, &each[i], way, level);
        if (level > 0 && f_of(&sums) <= f_of(&best))
            continue;
        best = sums;
        *best_level = level;
    }
    return best;
}

struct cg_boundary_score cg_boundary_score(const struct cg_boundary_counts *each, size_t count,
                                           enum cg_boundary_way way)
{
    int level, own_level;
    struct sums all = sums_at_best(each, count, way, &level), own = {0};
    for (size_t i = 0; i < count; i++) {
        sums_at_best(&each[i], 1, way, &own_level);
        add(&own, &each[i], way, own_level);
    }
    return (struct cg_boundary_score){.ods = f_of(&all),
                                      .precision = share(all.right, all.edges),
                                      .recall = share(all.found, all.drawn),
                                      .threshold = (double)threshold_of(level),
                                      .ois = f_of(&own)};
}
