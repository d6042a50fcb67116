/* What the files of regions.h share. */
#ifndef CG_IMAGE_REGIONS_PARTS_H
#define CG_IMAGE_REGIONS_PARTS_H

#include "image/regions.h"

/* Pixels that regions have on average, at least: this bounds the memory for them. */
enum { CG_REGION_MEAN_LEAST_PX = 8 };

/* ---- sets ------------------------------------------------------------------------------------ */

/* Sets as trees: parent[i] is i in a root. */
static inline int cg_set_find(int *parent, int i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

/* Join two sets; the root is the smaller number. */
static inline void cg_set_join(int *parent, int a, int b)
{
    a = cg_set_find(parent, a);
    b = cg_set_find(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

/* ---- regions_bands.c ------------------------------------------------------------------------- */

/* A picture in bands of rows, which threads share; its height alone says where it is cut. */
struct cg_bands {
    struct cg_pool *pool; /* NULL: one band, in the caller's thread */
    int height, rows;
    size_t count;
};

struct cg_bands cg_bands_of(struct cg_pool *pool, int height);
void cg_bands_run(const struct cg_bands *bands, cg_pool_fn fn, void *context);

static inline int cg_band_top(const struct cg_bands *bands, size_t band)
{
    return (int)band * bands->rows;
}

static inline int cg_band_bottom(const struct cg_bands *bands, size_t band)
{
    const int top = cg_band_top(bands, band);
    return bands->height - top < bands->rows ? bands->height : top + bands->rows;
}

/* Measure regions of which none reaches from one band into another, and find their borders. Their
 * labels count from 0 in each band, up to count[band], which becomes the number of the band's first
 * region: count has one more entry. Means are of lab, steps of sharp. Error: CG_ERR_MEMORY. */
enum cg_status cg_regions_describe(const struct cg_bands *bands, const struct cg_lab *lab,
                                   const struct cg_lab *sharp, int *count, struct cg_regions *out,
                                   struct cg_error *error);

/* Room to sort as many borders as regions have. */
struct cg_border_sorter {
    struct cg_border *spare;
    int *start; /* by region */
};

enum cg_status cg_border_sorter_create(const struct cg_regions *regions,
                                       struct cg_border_sorter *out, struct cg_error *error);
void cg_border_sorter_clear(struct cg_border_sorter *sorter);

/* Sort the borders, by a, then b, and make those of one pair one. */
void cg_borders_collapse(struct cg_regions *regions, const struct cg_border_sorter *sorter);

/* ---- regions_graph.c ------------------------------------------------------------------------- */

/* out->label, and count as cg_regions_describe wants them, by the graph's criterion; out has its
 * size. Error: CG_ERR_MEMORY. */
enum cg_status cg_regions_of_pixels(const struct cg_bands *bands, const struct cg_lab *lab,
                                    int *count, struct cg_regions *out, struct cg_error *error);

#endif
