/*
 * From the working picture's layers to the full picture (He, Sun and Tang 2013, "Guided Image
 * Filtering"; He and Sun 2015, "Fast Guided Filter").
 *
 * The network works on a small copy of the photo. Its colour layer is carried to the full picture
 * as colour = a * photo + b, with a and b fitted on the working copy and enlarged; its ink logits
 * are enlarged as they are and only then made ink, with a slope that grows with the scale, so that
 * lines and edges are as sharp as the full picture allows. Pixel by pixel, in place, in strips.
 */
#ifndef CG_COMIC_RENDER_H
#define CG_COMIC_RENDER_H

#include "base/buffer.h"
#include "base/pool.h"

/*
 * Working-size maps, row by row. width and height are the working copy's.
 *   photo:  height * width * 3 floats, 0 to 1: the working copy itself
 *   colour: height * width * 3 floats, about 0 to 1: the colour layer on it
 *   logit:  height * width floats: ink = sigmoid(logit)
 */
struct cg_layers {
    int width, height;
    const float *photo;
    const float *colour;
    const float *logit;
};

struct cg_finish;

struct cg_render_options {
    float ink;                      /* 0 none, 1 as trained, 2 twice */
    float strength;                 /* 0 photo, 1 comic */
    const struct cg_finish *finish; /* what is done to the comic beyond that (finish.h), or NULL */
    int left, top;                  /* of the pixels in the picture that finish is for */
};

/* Buffers that are kept from picture to picture. shared: one that others may use between calls of
 * cg_render; it must outlive the renderer. */
struct cg_renderer;
enum cg_status cg_renderer_create(struct cg_buffer *shared, struct cg_renderer **out,
                                  struct cg_error *error);
void cg_renderer_free(struct cg_renderer *renderer);

/*
 * pixels: height rows of width pixels of 3 bytes; in: the photo, out: the comic. Untouched on
 * failure but the last. Same bytes for any number of threads in the pool. Errors: CG_ERR_MEMORY;
 * CG_ERR_CANCELLED, if the pool is watched.
 */
enum cg_status cg_render(struct cg_renderer *renderer, struct cg_pool *pool,
                         const struct cg_layers *layers, const struct cg_render_options *options,
                         uint8_t *pixels, int width, int height, struct cg_error *error);

#endif
