/*
 * Boundaries that people drew in a photo, from the files of BSDS500 (Arbelaez et al. 2011): MATLAB
 * files with a cell array groundTruth, in it a struct for each annotator whose field Boundaries has
 * 1 for a boundary pixel, else 0. By libmatio, which a build may lack.
 */
#ifndef CG_MEASURE_BOUNDARY_TRUTH_H
#define CG_MEASURE_BOUNDARY_TRUTH_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct cg_boundary_truth {
    int width, height;
    size_t annotators;
    uint8_t *marked; /* annotators * height * width, 1 or 0; the owner's, to free() */
};

/* Whether this build can. */
bool cg_boundary_truth_is_read(void);

/* The boundaries of a photo of width x height pixels. Errors: CG_ERR_IO, CG_ERR_FORMAT
 * (damaged, other things in it, another size, or this build cannot), CG_ERR_LIMIT,
 * CG_ERR_MEMORY. */
enum cg_status cg_boundary_truth_read(const char *path, int width, int height,
                                      struct cg_boundary_truth *out, struct cg_error *error);

#endif
