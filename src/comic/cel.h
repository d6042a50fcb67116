/*
 * Flat colour, as on the painted cels of animated films, and the ink that belongs to it.
 *
 * The colour layer is cut into regions (image/regions.h), and where tone steps within one, into
 * tones. Each piece is painted with the one linear gradient that fits it best, so that clouds of
 * shading go while skies and walls keep their slope. What stands out from a piece too much to be
 * shading stays, and so does skin: faces are modelled, not cut out. Where two pieces meet without a
 * step in the colour layer, they run into each other. First of all soft passages get hard edges
 * (cel_shock.c).
 *
 * Ink follows the flow of the picture (cel_flow.c), and contours that it has left out are drawn
 * (cel_contour.c). Lines that are there in colour, as stripes and lips, lose theirs (cel_vivid.c),
 * and short strokes by themselves on light ground, as on clouds, go (cel_stray.c). No contour
 * crosses a face (cel_face.c).
 */
#ifndef CG_COMIC_CEL_H
#define CG_COMIC_CEL_H

#include "base/buffer.h"
#include "base/pool.h"
#include "face/finder.h"

/* Memory that is kept from picture to picture. planes: a buffer that others may use between the
 * calls. Initialise the others to zero; release them with cg_cel_memory_clear. */
struct cg_cel_memory {
    struct cg_buffer *planes, strokes, counts;
};

void cg_cel_memory_clear(struct cg_cel_memory *memory);

/*
 * photo, colour: height * width * 3 floats, about 0 to 1; faces: those of the photo, in its pixels;
 * logit: height * width, of ink. Colour and logit are changed in place. amount: 1 for all of it,
 * less for a blend with what they were. fill: how much colour will be laid under the ink; without
 * any, lines that are there in colour keep their ink. Same result for any number of threads.
 * Errors: CG_ERR_MEMORY; then colour and logit may have changed.
 */
enum cg_status cg_cel(struct cg_cel_memory *memory, struct cg_pool *pool, const float *photo,
                      struct cg_faces faces, float *colour, float *logit, int width, int height,
                      float amount, float fill, struct cg_error *error);

/* Ink alone changes, by the flow of colour and of itself, and contours are drawn that it has left
 * out, if there is a photo; films have none. Error: CG_ERR_MEMORY; then logit may have changed. */
enum cg_status cg_cel_flow(struct cg_cel_memory *memory, struct cg_pool *pool, const float *photo,
                           struct cg_faces faces, const float *colour, float *logit, int width,
                           int height, float amount, struct cg_error *error);

#endif
