/*
 * What is done to a comic after the network, as its looks want it: lines of another width, other
 * tones, few colours, strokes, dots, paper, a mask. cg_finish_begin looks at the working copy and
 * makes what the renderer then asks for row by row, so nothing of the full picture's size is kept.
 * All of it is a function of the place in the picture and of the layers around it.
 */
#ifndef CG_COMIC_FINISH_H
#define CG_COMIC_FINISH_H

#include "comic/palette.h"
#include "comic/render.h"
#include "model/render_params.h"

/* Buffers that are kept from picture to picture; one caller at a time. */
struct cg_finish;
enum cg_status cg_finish_create(struct cg_finish **out, struct cg_error *error);
void cg_finish_free(struct cg_finish *finish);

struct cg_finish_request {
    const struct cg_render_params *looks; /* checked */
    const struct cg_palette *palette;     /* NULL: made from the layers if looks want few colours */
    int width, height;                    /* of the picture */
    float enlarged; /* how many times larger it is rendered than it will be shown; 1 or more */
};

/*
 * layers: in, as the network drew them; out, as they are to be rendered. *options: for cg_render of
 * this picture. Both point into finish until the next call. When looks ask for
 * nothing beyond ink and strength, layers stay as they are and nothing is made. Error:
 * CG_ERR_MEMORY.
 */
enum cg_status cg_finish_begin(struct cg_finish *finish, struct cg_pool *pool,
                               const struct cg_finish_request *request, struct cg_layers *layers,
                               struct cg_render_options *options, struct cg_error *error);

/* The mask and its edges for a picture of this size. Error: CG_ERR_MEMORY. */
enum cg_status cg_finish_set_mask(struct cg_finish *finish, const struct cg_render_params *looks,
                                  int width, int height, struct cg_error *error);

/* The palette that the last picture got (count 0: none), to be passed in with the next. */
struct cg_palette cg_finish_palette(const struct cg_finish *finish);

/* ---- for the renderer ------------------------------------------------------------------------ */

/* Where a row or column of the full picture lies among those of a small map. */
struct cg_tap {
    int index;      /* the working pixel at or before it: -1 to size - 1 */
    float linear;   /* weight of pixel index + 1; index has the rest */
    float cubic[4]; /* weights of the pixels index - 1 to index + 2 (Catmull and Rom 1974) */
};

/* Pixel centres meet: full pixel i lies at (i + 0.5) * size / full_size - 0.5. */
struct cg_tap cg_tap_make(int i, int size, int full_size);

/* Pixels left to left + count - 1 of row y of the picture. */
struct cg_finish_span {
    int left, y;
    size_t count;
    const struct cg_tap *columns; /* of these pixels, among the layers' */
    struct cg_tap row;
};

/* The photo as the colour layer follows it: 3 floats a pixel, 0 to 255. */
void cg_finish_guide_row(const struct cg_finish *finish, const uint8_t *pixels, size_t count,
                         float *guide);

/*
 * comic: 3 floats a pixel, 0 to 255; in: the colour layer, out: the comic. keep: 1 - ink, 1 float a
 * pixel, is used up.
 */
void cg_finish_row(const struct cg_finish *finish, const struct cg_finish_span *span, float *comic,
                   float *keep);

/* How much of the comic is to be seen at each pixel: strength, where the mask lets it. */
void cg_finish_strength_row(const struct cg_finish *finish, const struct cg_finish_span *span,
                            float strength, float *weights);

#endif
