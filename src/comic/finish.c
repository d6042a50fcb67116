/*
 * What is done after the network: memory, and the order of the work (see finish.h; each part has a
 * file of its own).
 *
 * Sizes. Dots, strokes and grain are laid out in parts of the picture's long side, but never finer
 * than can be seen in the picture that is shown, which may be smaller than the one rendered.
 */
#include "comic/finish.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "comic/finish_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DOT_MIN_PX 4.0f
#define STROKES_ACROSS 190.0f /* spacings along the long side */
#define STROKE_MIN_PX 4.2f
#define FINE_GRAINS_ACROSS 900.0f
#define COARSE_GRAINS_ACROSS 130.0f
#define GRAIN_MIN_PX 1.3f

struct cg_finish {
    struct cg_buffer line_memory, table_memory, colour_memory, guide_memory, hatch_memory;
    int width, height; /* of what is rendered */
    bool on_paper;
    float fill;
    struct cg_finish_tone grade; /* its table is kept while it stays the same */
    struct cg_halftone halftone; /* amount 0: none; so, too, for hatch */
    struct cg_hatch hatch;
    struct cg_paper paper;
    struct cg_image mask; /* empty: none */
};

enum cg_status cg_finish_create(struct cg_finish **out, struct cg_error *error)
{
    *out = cg_alloc_zero(1, sizeof(**out), "looks", error);
    return *out == NULL ? CG_ERR_MEMORY : CG_OK;
}

void cg_finish_free(struct cg_finish *finish)
{
    if (finish == NULL)
        return;
    cg_image_clear(&finish->mask);
    free(finish->line_memory.memory);
    free(finish->table_memory.memory);
    free(finish->colour_memory.memory);
    free(finish->guide_memory.memory);
    free(finish->hatch_memory.memory);
    free(finish);
}

struct cg_palette cg_finish_palette(const struct cg_finish *finish)
{
    return finish->grade.palette;
}

/* ---- beforehand: from the working copy ------------------------------------------------------- */

/* One picture's preparation. */
struct work {
    struct cg_finish *finish;
    struct cg_pool *pool;
    const struct cg_finish_request *request;
    struct cg_layers *layers;
    struct cg_line line;
};

static void line_ink_row(void *context, size_t y, int worker)
{
    const struct work *work = context;
    (void)worker;
    cg_line_ink_row(&work->line, work->layers, (int)y);
}

static void line_smooth_row(void *context, size_t y, int worker)
{
    const struct work *work = context;
    (void)worker;
    cg_line_smooth_row(&work->line, (int)y);
}

static void line_row(void *context, size_t y, int worker)
{
    const struct work *work = context;
    (void)worker;
    cg_line_row(&work->line, work->layers, (int)y);
}

static enum cg_status weigh_lines(struct work *work, struct cg_error *error)
{
    struct cg_layers *layers = work->layers;
    struct cg_buffer *memory = &work->finish->line_memory;
    size_t rows = (size_t)layers->height, size = rows * (size_t)layers->width;
    size_t padded = rows * cg_line_stride(layers->width);
    float weight = work->request->looks->line;
    size_t total = size + (weight < 1.0f ? 2 : 1) * padded;
    if (weight == 1.0f)
        return CG_OK;
    enum cg_status status = cg_buffer_reserve(memory, 1, total, sizeof(float), "lines", error);
    if (status != CG_OK)
        return status;
    float *map = memory->memory;
    work->line = (struct cg_line){weight, layers->width, layers->height,
                                  map,    map + size,    map + size + padded};
    cg_pool_run(work->pool, rows, line_ink_row, work);
    if (weight < 1.0f)
        cg_pool_run(work->pool, rows, line_smooth_row, work);
    cg_pool_run(work->pool, rows, line_row, work);
    layers->logit = map;
    return CG_OK;
}

static enum cg_status choose_palette(struct work *work, struct cg_finish_tone *grade,
                                     struct cg_error *error)
{
    const struct cg_finish_request *request = work->request;
    if (request->looks->colors == 0)
        return CG_OK;
    if (request->palette == NULL)
        return cg_palette_make(work->layers, request->looks->colors, cg_finish_tone_tone, grade,
                               &grade->palette, error);
    grade->palette = *request->palette;
    return CG_OK;
}

static void grade_red(void *context, size_t red, int worker)
{
    const struct work *work = context;
    (void)worker;
    cg_finish_tone_fill(&work->finish->grade, (int)red);
}

static bool is_neutral(const struct cg_finish_tone *grade)
{
    return grade->saturation == 1.0f && grade->contrast == 1.0f && grade->palette.count == 0;
}

static bool is_same(const struct cg_finish_tone *a, const struct cg_finish_tone *b)
{
    size_t nbytes = (size_t)a->palette.count * sizeof(a->palette.lab[0]);
    return a->saturation == b->saturation && a->contrast == b->contrast &&
           a->palette.count == b->palette.count &&
           memcmp(a->palette.lab, b->palette.lab, nbytes) == 0;
}

/* The table of what colours become; that of the former picture if it is the same. */
static enum cg_status grade_colours(struct work *work, struct cg_error *error)
{
    struct cg_finish *finish = work->finish;
    const struct cg_render_params *looks = work->request->looks;
    struct cg_finish_tone grade = {.saturation = looks->saturation, .contrast = looks->contrast};
    enum cg_status status = choose_palette(work, &grade, error);
    if (status != CG_OK)
        return status;
    grade.nodes = grade.palette.count > 0 ? CG_GRADE_NODES : CG_GRADE_NODES_PLAIN;
    grade.table = is_same(&grade, &finish->grade) ? finish->grade.table : NULL;
    finish->grade = grade;
    if (is_neutral(&grade) || grade.table != NULL)
        return CG_OK;
    status = cg_buffer_reserve(&finish->table_memory, 1, cg_finish_tone_floats(&grade),
                               sizeof(float), "table of colours", error);
    if (status != CG_OK)
        return status;
    finish->grade.table = finish->table_memory.memory;
    cg_pool_run(work->pool, (size_t)grade.nodes, grade_red, work);
    return CG_OK;
}

/* Tones alone are those of the colour layer; a palette's borders need all of the picture's
 * pixels. */
static bool has_tones(const struct cg_finish *finish)
{
    return finish->grade.table != NULL && finish->grade.palette.count == 0;
}

static void graded_row(void *context, size_t y, int worker)
{
    const struct work *work = context;
    const struct cg_layers *layers = work->layers;
    size_t count = (size_t)layers->width, begin = 3 * y * count;
    float *out = (float *)work->finish->colour_memory.memory + begin;
    (void)worker;
    memcpy(out, layers->colour + begin, 3 * count * sizeof(float));
    cg_finish_tone_layer(&work->finish->grade, out, count);
}

static void guide_row(void *context, size_t y, int worker)
{
    const struct work *work = context;
    const struct cg_layers *layers = work->layers;
    size_t count = (size_t)layers->width, begin = 3 * y * count;
    float *out = work->finish->guide_memory.memory;
    (void)worker;
    memcpy(out + begin, layers->photo + begin, 3 * count * sizeof(float));
    cg_finish_tone_guide(&work->finish->grade, out + begin, count);
}

/* One of the two row functions, into memory. */
static enum cg_status make_layer(struct work *work, struct cg_buffer *memory, cg_pool_fn row,
                                 struct cg_error *error)
{
    size_t rows = (size_t)work->layers->height, count = 3 * (size_t)work->layers->width;
    enum cg_status status = cg_buffer_reserve(memory, rows, count, sizeof(float), "colours", error);
    if (status == CG_OK)
        cg_pool_run(work->pool, rows, row, work);
    return status;
}

/* The tones are those of the colour layer and of the photo that it follows. */
static enum cg_status grade_layers(struct work *work, struct cg_error *error)
{
    struct cg_finish *finish = work->finish;
    if (!has_tones(finish))
        return CG_OK;
    enum cg_status status = make_layer(work, &finish->colour_memory, graded_row, error);
    if (status == CG_OK)
        work->layers->colour = finish->colour_memory.memory;
    if (status != CG_OK || finish->grade.saturation >= 1.0f)
        return status;
    status = make_layer(work, &finish->guide_memory, guide_row, error);
    if (status == CG_OK)
        work->layers->photo = finish->guide_memory.memory;
    return status;
}

static float long_side(const struct cg_finish *finish)
{
    return (float)(finish->width > finish->height ? finish->width : finish->height);
}

static enum cg_status lay_strokes(struct work *work, struct cg_error *error)
{
    struct cg_finish *finish = work->finish;
    const struct cg_layers *layers = work->layers;
    size_t size = (size_t)layers->width * (size_t)layers->height;
    finish->hatch = (struct cg_hatch){.amount = work->request->looks->hatch};
    if (finish->hatch.amount == 0.0f)
        return CG_OK;
    enum cg_status status = cg_buffer_reserve(&finish->hatch_memory, CG_HATCH_PLANES, size,
                                              sizeof(float), "directions of strokes", error);
    if (status != CG_OK)
        return status;
    finish->hatch.width = layers->width;
    finish->hatch.height = layers->height;
    finish->hatch.maps = finish->hatch_memory.memory;
    finish->hatch.spacing_px =
        fmaxf(long_side(finish) / STROKES_ACROSS, STROKE_MIN_PX * work->request->enlarged);
    cg_hatch_make(&finish->hatch, work->pool, layers, &finish->grade);
    return CG_OK;
}

/* What needs no memory of its own. */
static void set_print(struct cg_finish *finish, const struct cg_finish_request *request)
{
    const struct cg_render_params *looks = request->looks;
    float longest = long_side(finish), grain_min_px = GRAIN_MIN_PX * request->enlarged;
    finish->fill = looks->fill;
    finish->halftone.amount = 0.0f;
    if (looks->halftone > 0.0f) {
        float dots_px = longest / (float)looks->halftone_dots;
        finish->halftone =
            cg_halftone_make(looks->halftone, fmaxf(dots_px, DOT_MIN_PX * request->enlarged));
    }
    finish->on_paper = looks->grain > 0.0f || looks->paper[0] != 1.0f || looks->paper[1] != 1.0f ||
                       looks->paper[2] != 1.0f;
    if (finish->on_paper)
        cg_paper_make(looks, fmaxf(longest / FINE_GRAINS_ACROSS, grain_min_px),
                      fmaxf(longest / COARSE_GRAINS_ACROSS, grain_min_px), &finish->paper);
}

enum cg_status cg_finish_set_mask(struct cg_finish *finish, const struct cg_render_params *looks,
                                  int width, int height, struct cg_error *error)
{
    finish->width = width;
    finish->height = height;
    cg_image_clear(&finish->mask);
    if (looks->mask.pixels == NULL)
        return CG_OK;
    return cg_mask_prepare(&looks->mask, width, height, looks->feather, &finish->mask, error);
}

/* Nothing to be done pixel by pixel: each look that cg_finish_row applies has its part here. */
static bool is_idle(const struct cg_finish *finish)
{
    return finish->grade.palette.count == 0 && finish->grade.saturation >= 1.0f &&
           finish->fill == 1.0f && finish->hatch.amount == 0.0f &&
           finish->halftone.amount == 0.0f && !finish->on_paper && finish->mask.pixels == NULL;
}

enum cg_status cg_finish_begin(struct cg_finish *finish, struct cg_pool *pool,
                               const struct cg_finish_request *request, struct cg_layers *layers,
                               struct cg_render_options *options, struct cg_error *error)
{
    struct work work = {.finish = finish, .pool = pool, .request = request, .layers = layers};
    finish->width = request->width;
    finish->height = request->height;
    set_print(finish, request);
    enum cg_status status = weigh_lines(&work, error);
    if (status == CG_OK)
        status = grade_colours(&work, error);
    if (status == CG_OK)
        status = lay_strokes(&work, error); /* which grade what they look at themselves */
    if (status == CG_OK)
        status = grade_layers(&work, error);
    if (status == CG_OK)
        status = cg_finish_set_mask(finish, request->looks, request->width, request->height, error);
    *options = (struct cg_render_options){
        .ink = request->looks->ink,
        .strength = request->looks->strength,
        .finish = is_idle(finish) ? NULL : finish,
    };
    return status;
}

/* ---- row by row ------------------------------------------------------------------------------ */

static void fill_row(float fill, float *colour, size_t count)
{
    for (size_t i = 0; i < 3 * count; i++)
        colour[i] = 255.0f + fill * (colour[i] - 255.0f);
}

static void ink_row(const float *keep, float *comic, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < 3; c++)
            comic[3 * i + c] *= keep[i];
}

void cg_finish_guide_row(const struct cg_finish *finish, const uint8_t *pixels, size_t count,
                         float *guide)
{
    for (size_t i = 0; i < 3 * count; i++)
        guide[i] = (float)pixels[i];
    if (finish->grade.palette.count == 0)
        cg_finish_tone_guide(&finish->grade, guide, count);
}

void cg_finish_row(const struct cg_finish *finish, const struct cg_finish_span *span, float *comic,
                   float *keep)
{
    if (finish->grade.palette.count > 0)
        cg_finish_tone_row(&finish->grade, comic, span->count);
    if (finish->fill != 1.0f)
        fill_row(finish->fill, comic, span->count);
    if (finish->halftone.amount > 0.0f)
        cg_halftone_row(&finish->halftone, span->left, span->y, comic, span->count);
    if (finish->hatch.amount > 0.0f)
        cg_hatch_row(&finish->hatch, span, keep);
    ink_row(keep, comic, span->count);
    if (finish->on_paper)
        cg_paper_row(&finish->paper, span->left, span->y, comic, span->count);
}

void cg_finish_strength_row(const struct cg_finish *finish, const struct cg_finish_span *span,
                            float strength, float *weights)
{
    for (size_t i = 0; i < span->count; i++)
        weights[i] = strength;
    if (finish->mask.pixels != NULL)
        cg_mask_row(&finish->mask, finish->width, finish->height, span->left, span->y, weights,
                    span->count);
}
