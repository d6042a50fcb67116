/*
 * A few colours for a picture: weighted k-means (Lloyd 1982) in Oklab over a histogram of its
 * colour layer. Everything is determined by the picture; a small change of it moves the colours a
 * little.
 */
#ifndef CG_COMIC_PALETTE_H
#define CG_COMIC_PALETTE_H

#include "comic/render.h"

#define CG_PALETTE_MAX 64

struct cg_palette {
    int count; /* 0: none */
    float lab[CG_PALETTE_MAX][3];
};

/* What is done to a colour before it is counted: Oklab, in place. */
typedef void (*cg_palette_tone)(const void *context, float lab[3]);

/* count: 2 to CG_PALETTE_MAX; fewer come out if the layer has fewer. Error: CG_ERR_MEMORY. */
enum cg_status cg_palette_make(const struct cg_layers *layers, int count, cg_palette_tone tone,
                               const void *context, struct cg_palette *out, struct cg_error *error);

/*
 * Move a colour to the palette: to its nearest, or between the nearest where they are as near as
 * each other, so that a border between two is smooth.
 */
void cg_palette_apply(const struct cg_palette *palette, float lab[3]);

#endif
