/*
 * Edges of a picture: pixels whose gradient is a maximum across the edge (Canny 1986, "A
 * computational approach to edge detection"). The gradient is that by central differences of the
 * R, G and B values, 0 to 1, blurred by a Gaussian of sigma 1.3 px; at each pixel that of the
 * channel where it is strongest counts, for drawings part colours of one brightness, too.
 */
#ifndef CG_MEASURE_BOUNDARY_EDGES_H
#define CG_MEASURE_BOUNDARY_EDGES_H

#include "image/image.h"

struct cg_boundary_edge {
    float strength; /* of the gradient, a pixel */
    uint32_t pixel; /* y * width + x */
};

/* The edges not weaker than least, which is above 0, the strongest first; *out is the caller's, to
 * free(). The picture has fewer than 2^32 - 1 pixels. Error: CG_ERR_MEMORY. */
enum cg_status cg_boundary_edges(const struct cg_image *rgb, float least,
                                 struct cg_boundary_edge **out, size_t *count,
                                 struct cg_error *error);

#endif
