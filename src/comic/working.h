/*
 * The working copy: the photo at the size at which the style is applied, and the layers that the
 * generator draws on it. What all converters (pictures, frames) begin with.
 */
#ifndef CG_COMIC_WORKING_H
#define CG_COMIC_WORKING_H

#include "comic/render.h"
#include "face/finder.h"
#include "image/image.h"
#include "model/model.h"
#include "model/render_params.h"

#include <stdbool.h>

/*
 * The working copy's size: the long side is detail_px. A smaller photo is worked on enlarged, so
 * that its faces get lines of their own, but at most twice, and not for less than a quarter.
 */
void cg_working_size(int width, int height, int detail_px, int *working_width, int *working_height);

/* Buffers that are kept from picture to picture; one caller at a time. */
struct cg_working;

/* shared: a buffer that others may use between the calls. model, pool and shared must outlive it.
 * Errors: CG_ERR_MEMORY. */
enum cg_status cg_working_create(const struct cg_model *model, struct cg_pool *pool,
                                 struct cg_buffer *shared, struct cg_working **out,
                                 struct cg_error *error);
void cg_working_free(struct cg_working *working);

/* What a copy shows. */
struct cg_working_view {
    struct cg_faces faces; /* in its pixels */
    bool is_part;          /* of the picture before it that is none: from so many of its pixels */
    float left, top;       /* on, and so many of them to a pixel */
    float scale;
};

/*
 * Run the generator on copy (RGB, of the working size), smooth its colours (smooth.h), make them
 * flat (cel.h) and spot blacks (blacks.h), as looks have it; a part has those of its picture.
 * *layers points into working's memory: whole until the next call. Errors: CG_ERR_MEMORY.
 */
enum cg_status cg_working_draw(struct cg_working *working, const struct cg_image *copy,
                               const struct cg_render_params *looks,
                               const struct cg_working_view *view, struct cg_layers *layers,
                               struct cg_error *error);

/* The same for a frame of a film, in floats: height * width * 3, 0 to 1. Of what cel.h does, only
 * its ink follows the flow; there are no blacks. */
enum cg_status cg_working_draw_floats(struct cg_working *working, const float *copy, int width,
                                      int height, const struct cg_render_params *looks,
                                      struct cg_layers *layers, struct cg_error *error);

#endif
