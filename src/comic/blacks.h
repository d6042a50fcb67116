/*
 * Spotted blacks, as an inker sets them: what is darkest in the picture becomes solid ink with
 * clean edges.
 *
 * Where dark begins is measured on the picture's own range. Dark pixels that hang together are a
 * shape; the darkest shapes become black, whole, as long as they take no more than a share of the
 * picture (those that are black already do anyway). Small ones (eyes, mouths, cracks) stay as they
 * were drawn, and so do those that are hardly dark, wide ones that are not very dark (roads,
 * floors), and those whose edge is no edge. Specks of light within a shape go unless they are
 * bright: a button stays. Skin counts as lighter than it is.
 */
#ifndef CG_COMIC_BLACKS_H
#define CG_COMIC_BLACKS_H

#include "base/buffer.h"
#include "base/pool.h"
#include "comic/render.h"
#include "image/plane.h"

/* Where a picture is black, for its parts that are drawn anew. Initialise to zero, release
 * buffer.memory with free(). */
struct cg_blacks {
    struct cg_buffer buffer;
    struct cg_plane mark; /* in buffer; from 0 to 1: black */
};

/*
 * logit: that of layers, changed in place; photo and colour are only read. amount: 1 for all that
 * may be black. kept is overwritten. Same result for any number of threads. Error: CG_ERR_MEMORY;
 * then logit has not changed.
 */
enum cg_status cg_blacks(struct cg_blacks *kept, struct cg_pool *pool,
                         const struct cg_layers *layers, float *logit, float amount,
                         struct cg_error *error);

/* The same shapes in a part: its first pixel lies at (left, top) of the picture, and a pixel of it
 * is scale of the picture's wide. logit: height * width. */
void cg_blacks_continue(const struct cg_blacks *kept, struct cg_pool *pool, float left, float top,
                        float scale, int width, int height, float *logit);

#endif
