/*
 * The last stage for pictures and frames alike: from the layers of a working copy to the full
 * comic, by finish.h and render.h. A picture that is smaller than its working copy gets its comic
 * at that size, which is then reduced, so that what is small in it is drawn as finely.
 */
#ifndef CG_COMIC_FULL_H
#define CG_COMIC_FULL_H

#include "comic/finish.h"
#include "image/image.h"

/* Buffers that are kept from picture to picture; pool and shared, which others may use between
 * calls, must outlive them. */
struct cg_full;
enum cg_status cg_full_create(struct cg_pool *pool, struct cg_buffer *shared, struct cg_full **out,
                              struct cg_error *error);
void cg_full_free(struct cg_full *full);

/*
 * layers: of the copy `working`, which is used up. palette: NULL, or in: that of the scene (count
 * 0: none yet), out: this picture's. photo: in: the photo, out: the comic. Errors: those of
 * cg_finish_begin and cg_render.
 */
enum cg_status cg_full_render(struct cg_full *full, const struct cg_render_params *looks,
                              struct cg_palette *palette, struct cg_layers *layers,
                              struct cg_image *working, struct cg_image *photo,
                              struct cg_error *error);

/* Where a part of a picture lies, and the picture's size. */
struct cg_full_place {
    int left, top, width, height;
};

/*
 * The same for a part, whose layers are no larger than it, of the picture that was rendered last:
 * dots, strokes, grain and palette continue that picture's. Errors: as above.
 */
enum cg_status cg_full_render_part(struct cg_full *full, const struct cg_render_params *looks,
                                   const struct cg_full_place *place, struct cg_layers *layers,
                                   struct cg_image *photo, struct cg_error *error);

#endif
