/*
 * What is carried from frame to frame so that a comic that moves does not flicker. All of it
 * happens on working copies (working.h):
 *
 *   carry     the former frame's photo, colour and ink are brought onto the new frame by the motion
 *             between the two (image/flow.h)
 *   trust     where the carried photo shows what the new one shows, but for the noise that the
 *             whole frame has, 1; where it does not (what comes into view, what moves too fast), 0
 *   photo     the mean over the frames in which a place was trusted: the generator draws what it is
 *             given, so most of the flicker is gone when its input is smooth
 *   layers    the same mean of what the generator drew. A small change is held back altogether
 *             (hysteresis), a large one passes: whatever came before, a layer is never further than
 *             a fixed limit from what the frame alone would have. There can be no trails
 *
 * A frame that has little in common with the former one is a cut: it begins anew.
 */
#ifndef CG_COMIC_STABILIZER_H
#define CG_COMIC_STABILIZER_H

#include "comic/render.h"

#include <stdbool.h>

/* Limits of what stability may add to a layer at full trust and stability 1. Colour and photo: 0 to
 * 1; ink: logits, of which the renderer looks at -8 to 8. Colour counts for all but the darkest
 * places, which may be held as black as they were. */
#define CG_STABILIZER_PHOTO_MAX 0.08f
#define CG_STABILIZER_COLOUR_MAX 0.12f
#define CG_STABILIZER_LOGIT_MAX 14.0f

struct cg_stabilizer;
enum cg_status cg_stabilizer_create(struct cg_stabilizer **out, struct cg_error *error);
void cg_stabilizer_free(struct cg_stabilizer *stabilizer);

/* Forget what came before: the next frame stands for itself. */
void cg_stabilizer_reset(struct cg_stabilizer *stabilizer);

/*
 * A frame has two halves. First its working copy: photo, height * width * 3 floats, 0 to 1. *smooth
 * is what the generator is to draw, of the same shape, in stabilizer's memory; *trusted the mean
 * trust, 0 for the first frame, one of another size than the former, and a cut. stability: 0 to 1.
 * Same bytes for any number of threads. Errors: CG_ERR_MEMORY; then the former frames are
 * forgotten.
 */
enum cg_status cg_stabilizer_photo(struct cg_stabilizer *stabilizer, struct cg_pool *pool,
                                   const float *photo, int width, int height, float stability,
                                   const float **smooth, float *trusted, struct cg_error *error);

/* Then what the generator drew on it: *layers leads to the calmed colour and ink afterwards, in
 * stabilizer's memory, whole until the next frame. */
void cg_stabilizer_layers(struct cg_stabilizer *stabilizer, struct cg_pool *pool,
                          struct cg_layers *layers);

/* Or, for a frame that is not drawn: what is carried of the former ones stands for it. Not for one
 * of which nothing is trusted. layers->photo stays the caller's. */
void cg_stabilizer_keep(struct cg_stabilizer *stabilizer, struct cg_pool *pool,
                        struct cg_layers *layers);

/*
 * All that is carried, to go on in another process, and `more` of the caller's, more_nbytes in
 * both. restore gives the size of the working copies, 0 when nothing was carried. Errors:
 * CG_ERR_IO, CG_ERR_FORMAT, CG_ERR_MEMORY.
 */
enum cg_status cg_stabilizer_save(const struct cg_stabilizer *stabilizer, const void *more,
                                  size_t more_nbytes, const char *path, struct cg_error *error);
enum cg_status cg_stabilizer_restore(struct cg_stabilizer *stabilizer, void *more,
                                     size_t more_nbytes, const char *path, int *width, int *height,
                                     struct cg_error *error);

#endif
