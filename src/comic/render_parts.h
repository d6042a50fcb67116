/*
 * What the parts of the renderer share: render_fit.c makes the maps on the working copy,
 * render_tile.c carries them to the full picture, render.c owns the memory and drives both.
 *
 * A map's row holds, before its first and after its last column, CG_MAP_PAD copies of that column,
 * so that interpolation never has to look where a row ends.
 */
#ifndef CG_COMIC_RENDER_PARTS_H
#define CG_COMIC_RENDER_PARTS_H

#include "comic/finish.h"

#define CG_MAP_PAD 2

/* A tile of the full picture, sized so that its rows of maps stay in the cache next to the core. */
#define CG_TILE_WIDTH 256
#define CG_TILE_HEIGHT 128

/*
 * height rows of (width + 2 * CG_MAP_PAD) columns:
 *   gain, offset: 3 floats a column, colour = gain * photo + offset, photo and colour 0 to 255
 *   ink:          1 float a column, the logit that is enlarged
 */
struct cg_maps {
    int width, height;
    float *gain;
    float *offset;
    float *ink;
};

static inline size_t cg_map_stride(const struct cg_maps *maps)
{
    return (size_t)maps->width + 2 * CG_MAP_PAD;
}

/* ---- render_fit.c ---------------------------------------------------------------------------- */

/* Floats of scratch that the functions below need for a working width. */
size_t cg_fit_scratch_count(int width);

/* Row y of gain and offset. */
void cg_fit_colour_row(const struct cg_layers *layers, int y, struct cg_maps *maps, float *scratch);

/*
 * Row y of ink: the logit, smoothed where it will be enlarged, raised by boldness (0: as it is)
 * where a line is near, times steepness, which is the scale.
 */
void cg_fit_ink_row(const struct cg_layers *layers, int y, float boldness, float steepness,
                    struct cg_maps *maps, float *scratch);

/* ---- render_tile.c --------------------------------------------------------------------------- */

struct cg_tile_job {
    const struct cg_maps *maps;
    const struct cg_tap *columns; /* one for each column of the picture */
    float opacity;                /* of the ink, 0 to 1 */
    float strength;
    const struct cg_finish *finish; /* or NULL */
    int picture_left, picture_top;  /* of pixels, in the picture that finish is for */
    uint8_t *pixels;
    int width, height;
};

size_t cg_tile_scratch_count(void);

/* Pixels left to left + CG_TILE_WIDTH - 1 (or the edge), top to top + CG_TILE_HEIGHT - 1. */
void cg_tile_render(const struct cg_tile_job *job, int left, int top, float *scratch);

#endif
