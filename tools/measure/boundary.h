/*
 * How well the edges of pictures show the boundaries that people drew in the photos: F, the
 * harmonic mean of precision and recall, over thresholds of the edges' strength (Martin, Fowlkes
 * and Malik 2004; Arbelaez, Maire, Fowlkes and Malik 2011, "Contour detection and hierarchical
 * image segmentation", section 3). Edges are those of boundary_edges.h, two ways of matching those
 * of boundary_match.h.
 *
 *   precision  share of the edges that are a boundary of any annotator
 *   recall     share of the boundaries' pixels, all annotators' together, that an edge finds
 *   ODS        F of the counts summed over pictures, at the threshold that is best for all
 *   OIS        F of the counts summed over pictures, each at the threshold that is best for it
 */
#ifndef CG_MEASURE_BOUNDARY_H
#define CG_MEASURE_BOUNDARY_H

#include "image/image.h"
#include "measure/boundary_truth.h"

#define CG_BOUNDARY_LEVELS 64

enum cg_boundary_way { CG_BOUNDARY_PAIRED, CG_BOUNDARY_NEAR, CG_BOUNDARY_WAYS };
extern const char *const cg_boundary_way_names[CG_BOUNDARY_WAYS];

/* Of a picture: pixels at each threshold. */
struct cg_boundary_counts {
    uint32_t edges[CG_BOUNDARY_LEVELS];
    uint32_t right[CG_BOUNDARY_WAYS][CG_BOUNDARY_LEVELS];
    uint32_t found[CG_BOUNDARY_WAYS][CG_BOUNDARY_LEVELS];
    uint32_t drawn; /* of all annotators */
};

/* rgb and truth are of one size. Error: CG_ERR_MEMORY. */
enum cg_status cg_boundary_measure(const struct cg_image *rgb,
                                   const struct cg_boundary_truth *truth,
                                   struct cg_boundary_counts *out, struct cg_error *error);

struct cg_boundary_score {
    double ods, precision, recall, threshold; /* all at the threshold, a gradient */
    double ois;
};

/* Of so many pictures. What has neither edges nor boundaries scores 0. */
struct cg_boundary_score cg_boundary_score(const struct cg_boundary_counts *each, size_t count,
                                           enum cg_boundary_way way);

#endif
