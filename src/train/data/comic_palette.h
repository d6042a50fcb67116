/*
 * A style's palette, learned from its comics: a single map from the colours of the teacher's
 * pictures to theirs. It moves three things in Oklab:
 *
 *   tone    lightness, towards the comics' distribution of it (histogram matching)
 *   tint the mean colour at each lightness, the tint of shadows and lights
 *   chroma  how far colours lie from that mean
 *
 * After Reinhard et al. 2001 ("Color transfer between images") and Pitié et al. 2007, but per
 * lightness and with bounded slopes, so that no hue jumps and flat areas stay flat. Applied to the
 * targets, it lets the generator learn the style's colours where an adversary alone paints
 * blotches.
 */
#ifndef CG_TRAIN_DATA_COMIC_PALETTE_H
#define CG_TRAIN_DATA_COMIC_PALETTE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct cg_comic_palette;

/* Pixels of pictures: count * 3 floats, sRGB, 0 to 1. */
struct cg_comic_palette_sample {
    const float *pixels;
    size_t count;
};

/*
 * The map from colours as in `from` to colours as in `to`. strength: 0 leaves colours as they are,
 * 1 goes as far as looks good. Errors: CG_ERR_ARGUMENT (no pixels), CG_ERR_MEMORY.
 */
enum cg_status cg_comic_palette_create(struct cg_comic_palette_sample from,
                                       struct cg_comic_palette_sample to, float strength,
                                       struct cg_comic_palette **out, struct cg_error *error);
void cg_comic_palette_free(struct cg_comic_palette *grade);

/* Map pixels, 3 floats each, sRGB, 0 to 1, in place. Thread-safe. */
void cg_comic_palette_apply(const struct cg_comic_palette *grade, float *pixels, size_t count);

#endif
