/*
 * Which edges are boundaries that a person drew, as far as a picture's diagonal times .0075 may lie
 * between the two. Two ways:
 *
 *   paired  one to one, as many pairs as can be (Martin, Fowlkes and Malik 2004, "Learning to
 *           detect natural image boundaries using local brightness, color, and texture cues",
 *           appendix B; among pairings with as many, theirs is that of the least distances). By
 *           augmenting paths, for the strongest edge first: an edge once paired stays so, and among
 *           the edges above any threshold as many as can be are paired. One pass serves all.
 *   near    each edge within reach of any boundary, each boundary within reach of any edge
 */
#ifndef CG_MEASURE_BOUNDARY_MATCH_H
#define CG_MEASURE_BOUNDARY_MATCH_H

#include "measure/boundary_edges.h"

#include <stdbool.h>

/* What an edge is worth, over all annotators. */
struct cg_boundary_hit {
    bool right;     /* a boundary of any */
    uint32_t found; /* pixels of boundaries that no stronger edge finds */
};

/* Add an annotator to the hits of the edges, the strongest of which is the first. marked: height *
 * width bytes, 1 where there is a boundary. Error: CG_ERR_MEMORY. */
enum cg_status cg_boundary_match_paired(const struct cg_boundary_edge *edges, size_t count,
                                        const uint8_t *marked, int width, int height,
                                        struct cg_boundary_hit *hits, struct cg_error *error);
enum cg_status cg_boundary_match_near(const struct cg_boundary_edge *edges, size_t count,
                                      const uint8_t *marked, int width, int height,
                                      struct cg_boundary_hit *hits, struct cg_error *error);

#endif
