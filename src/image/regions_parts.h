/* What the files of regions.h share. */
#ifndef CG_IMAGE_REGIONS_PARTS_H
#define CG_IMAGE_REGIONS_PARTS_H

#include "image/regions.h"

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

/* ---- regions_graph.c ---- */

/* out->label and out->count, by the graph's criterion; out has its size. See cg_regions_make. Error:
 * CG_ERR_MEMORY. */
enum cg_status cg_regions_of_pixels(struct cg_pool *pool, const struct cg_lab *lab,
                                    struct cg_regions *out, struct cg_error *error);

#endif
