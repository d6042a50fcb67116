/* The parts of finish.c, each in a file of its own. All are made once a picture, then only read. */
#ifndef CG_COMIC_FINISH_PARTS_H
#define CG_COMIC_FINISH_PARTS_H

#include "base/clamp.h"
#include "comic/finish.h"
#include "image/image.h"

#include <math.h>

/* What is drawn over a row is worked on in blocks of so many pixels, the last one filled up, so
 * that every loop over them becomes vectors. */
#define CG_FINISH_BLOCK_PX 64

/* How many of a row's count pixels the block that begins at one of them has. */
static inline size_t cg_finish_block_count(size_t count, size_t begin)
{
    return count - begin < CG_FINISH_BLOCK_PX ? count - begin : CG_FINISH_BLOCK_PX;
}

/* A cosine of two parabolas: 1 at whole numbers, -1 halfway between them. */
static inline float cg_arch(float place)
{
    float f = fabsf(place - floorf(place + 0.5f)), rest = 0.5f - f;
    return f < 0.25f ? 1.0f - 16.0f * f * f : 16.0f * rest * rest - 1.0f;
}

/* ---- finish_line.c: lines of another width --------------------------------------------------- */

/* Columns at each side of a padded map's rows, which repeat its first and last. */
#define CG_LINE_PAD 4

static inline size_t cg_line_stride(int width)
{
    return (size_t)width + 2 * CG_LINE_PAD;
}

struct cg_line {
    float weight;      /* 1 as trained, at most 4 */
    int width, height; /* of the working copy, and of these maps */
    float *logit;
    float *ink, *smooth; /* padded */
};

/* Row y of line->ink; when all are there, of line->smooth (which only thinner lines need); then of
 * line->logit. */
void cg_line_ink_row(const struct cg_line *line, const struct cg_layers *layers, int y);
void cg_line_smooth_row(const struct cg_line *line, int y);
void cg_line_row(const struct cg_line *line, const struct cg_layers *layers, int y);

/* ---- finish_tone.c: tones and palette, as a table of colours --------------------------------- */

/* Along each of red, green and blue: palettes have borders, tones alone are smooth. */
#define CG_GRADE_NODES 65
#define CG_GRADE_NODES_PLAIN 33

struct cg_finish_tone {
    float saturation, contrast;
    struct cg_palette palette; /* count 0: all colours */
    int nodes;
    float *table; /* 3 nodes^3: 0 to 255 */
};

size_t cg_finish_tone_floats(const struct cg_finish_tone *grade);

/* Saturation and contrast of one colour. context: a struct cg_finish_tone. */
void cg_finish_tone_tone(const void *context, float lab[3]);

/* The nodes of one red. */
void cg_finish_tone_fill(const struct cg_finish_tone *grade, int red);

/* In place, 3 floats a pixel. */
void cg_finish_tone_row(const struct cg_finish_tone *grade, float *colour, size_t count);

/* The same for pixels of a colour layer, about 0 to 1. */
void cg_finish_tone_layer(const struct cg_finish_tone *grade, float *colour, size_t count);

/* The photo that the layer follows, in place, loses no less colour than the layer: what it adds
 * must not bring back what was taken. */
void cg_finish_tone_guide(const struct cg_finish_tone *grade, float *photo, size_t count);

/* ---- finish_halftone.c: printed dots --------------------------------------------------------- */

#define CG_HALFTONE_STEPS 256

struct cg_halftone {
    float amount;
    float cell_px;
    float softness;                         /* of a dot's edge, as a part of the screen's height */
    float threshold[CG_HALFTONE_STEPS + 2]; /* of a coverage: what a screen must reach */
};

struct cg_halftone cg_halftone_make(float amount, float cell_px);
void cg_halftone_row(const struct cg_halftone *halftone, int left, int y, float *colour,
                     size_t count);

/* ---- finish_form.c, finish_hatch.c: pen strokes ---------------------------------------------- */

/* Floats a pixel of the working copy that maps need, all in all. */
#define CG_HATCH_PLANES 7

struct cg_hatch {
    float amount;
    float spacing_px;
    int width, height; /* of the maps: the working copy's */
    float *maps;       /* 3 floats a pixel: darkness, and twice the strokes' angle as a unit vector;
                          then scratch */
};

/* Fills hatch->maps. */
void cg_hatch_make(struct cg_hatch *hatch, struct cg_pool *pool, const struct cg_layers *layers,
                   const struct cg_finish_tone *grade);

/* keep *= 1 - strokes */
void cg_hatch_row(const struct cg_hatch *hatch, const struct cg_finish_span *span, float *keep);

/* ---- finish_paper.c -------------------------------------------------------------------------- */

#define CG_PAPER_NOISE 128 /* pixels along each side of the noise */

struct cg_paper {
    float tint[3];
    float grain;
    float fine_px, coarse_px; /* size of the two kinds of grain */
    float noise[CG_PAPER_NOISE * CG_PAPER_NOISE];
};

void cg_paper_make(const struct cg_render_params *looks, float fine_px, float coarse_px,
                   struct cg_paper *out);
void cg_paper_row(const struct cg_paper *paper, int left, int y, float *comic, size_t count);

/* ---- finish_mask.c --------------------------------------------------------------------------- */

/* The mask with soft edges: a copy, at most as large as the picture. Errors: CG_ERR_MEMORY. */
enum cg_status cg_mask_prepare(const struct cg_mask *mask, int width, int height, float feather,
                               struct cg_image *out, struct cg_error *error);

/* weights *= the mask, stretched to width x height, at a span of row y. */
void cg_mask_row(const struct cg_image *mask, int width, int height, int left, int y,
                 float *weights, size_t count);

#endif
