/*
 * The full-resolution renderer: memory, and the order of the work (see render.h; the arithmetic is
 * in render_fit.c and render_tile.c).
 *
 * Ink at full size. A logit that rises by g from one working pixel to the next rises by only
 * g / scale from one full pixel to the next, and an edge drawn with it would be scale times as
 * soft. So logits are multiplied by the scale: a line's edge is then as many full pixels soft on a
 * large picture as it is working pixels soft on the working copy.
 *
 * The ink option, t:  opacity = min(t, 1);  logits raised by max(t - 1, 0) * 2 near lines
 * (cg_fit_ink_row), which makes lines wider and grey ones darker and leaves the paper clean. The
 * picture changes continuously with t and never grows lighter as t grows.
 *
 * Memory: seven floats for each working pixel, a few words for each column of the picture, and each
 * thread's rows; nothing of the full picture's size.
 */
#include "comic/render.h"

#include "base/clamp.h"
#include "base/memory.h"
#include "comic/render_parts.h"

#include <math.h>
#include <stdlib.h>

struct cg_renderer {
    struct cg_buffer *colours; /* maps of gain and offset */
    struct cg_buffer ink;      /* map */
    struct cg_buffer columns;  /* struct cg_tap for each column */
    struct cg_buffer scratch;  /* each worker's rows */
};

enum cg_status cg_renderer_create(struct cg_buffer *shared, struct cg_renderer **out,
                                  struct cg_error *error)
{
    *out = cg_alloc_zero(1, sizeof(**out), "renderer", error);
    if (*out == NULL)
        return CG_ERR_MEMORY;
    (*out)->colours = shared;
    return CG_OK;
}

void cg_renderer_free(struct cg_renderer *renderer)
{
    if (renderer == NULL)
        return;
    free(renderer->ink.memory);
    free(renderer->columns.memory);
    free(renderer->scratch.memory);
    free(renderer);
}

/* Everything that one picture's rendering looks at. */
struct work {
    const struct cg_layers *layers;
    struct cg_maps maps;
    float boldness, steepness;
    struct cg_tile_job tiles;
    int tiles_across;
    float *scratch;
    size_t scratch_count; /* of one worker */
};

static enum cg_status reserve_all(struct cg_renderer *renderer, const struct work *work,
                                  int threads, struct cg_error *error)
{
    size_t rows = (size_t)work->maps.height, stride = cg_map_stride(&work->maps);
    enum cg_status status;
    if ((status = cg_buffer_reserve(renderer->colours, rows, stride * 6, sizeof(float),
                                    "colour maps", error)) != CG_OK ||
        (status = cg_buffer_reserve(&renderer->ink, rows, stride, sizeof(float), "ink map",
                                    error)) != CG_OK ||
        (status = cg_buffer_reserve(&renderer->columns, 1, (size_t)work->tiles.width,
                                    sizeof(struct cg_tap), "table of columns", error)) != CG_OK ||
        (status = cg_buffer_reserve(&renderer->scratch, (size_t)threads, work->scratch_count,
                                    sizeof(float), "rows of a tile", error)) != CG_OK)
        return status;
    return CG_OK;
}

static void maps_row(void *context, size_t item, int worker)
{
    struct work *work = context;
    float *scratch = work->scratch + (size_t)worker * work->scratch_count;
    cg_fit_colour_row(work->layers, (int)item, &work->maps, scratch);
    cg_fit_ink_row(work->layers, (int)item, work->boldness, work->steepness, &work->maps, scratch);
}

static void tile(void *context, size_t item, int worker)
{
    const struct work *work = context;
    int left = (int)(item % (size_t)work->tiles_across) * CG_TILE_WIDTH;
    int top = (int)(item / (size_t)work->tiles_across) * CG_TILE_HEIGHT;
    cg_tile_render(&work->tiles, left, top, work->scratch + (size_t)worker * work->scratch_count);
}

/* Full pixels to a working pixel, along one side; at least 1. */
static float scale_of(const struct cg_layers *layers, int width, int height)
{
    double area = (double)width * (double)height;
    double working_area = (double)layers->width * (double)layers->height;
    return fmaxf((float)sqrt(area / working_area), 1.0f);
}

enum cg_status cg_render(struct cg_renderer *renderer, struct cg_pool *pool,
                         const struct cg_layers *layers, const struct cg_render_options *options,
                         uint8_t *pixels, int width, int height, struct cg_error *error)
{
    int threads = cg_pool_threads(pool);
    size_t fit_count = cg_fit_scratch_count(layers->width), tile_count = cg_tile_scratch_count();
    struct work work = {
        .layers = layers,
        .maps = {.width = layers->width, .height = layers->height},
        .boldness = cg_clamp_unit(options->ink - 1.0f),
        .steepness = scale_of(layers, width, height),
        .tiles = {.opacity = cg_clamp_unit(options->ink),
                  .strength = cg_clamp_unit(options->strength),
                  .finish = options->finish,
                  .picture_left = options->left,
                  .picture_top = options->top,
                  .pixels = pixels,
                  .width = width,
                  .height = height},
        .tiles_across = (width + CG_TILE_WIDTH - 1) / CG_TILE_WIDTH,
        .scratch_count = fit_count > tile_count ? fit_count : tile_count,
    };
    enum cg_status status = reserve_all(renderer, &work, threads, error);
    if (status != CG_OK)
        return status;
    work.maps.gain = renderer->colours->memory;
    work.maps.offset = work.maps.gain + 3 * (size_t)layers->height * cg_map_stride(&work.maps);
    work.maps.ink = renderer->ink.memory;
    work.scratch = renderer->scratch.memory;
    struct cg_tap *columns = renderer->columns.memory;
    for (int x = 0; x < width; x++)
        columns[x] = cg_tap_make(x, layers->width, width);
    work.tiles.maps = &work.maps;
    work.tiles.columns = columns;

    size_t tiles_down = (size_t)(height + CG_TILE_HEIGHT - 1) / CG_TILE_HEIGHT;
    cg_pool_run(pool, (size_t)layers->height, maps_row, &work);
    return cg_pool_run_watched(pool, tiles_down * (size_t)work.tiles_across, tile, &work, 0, 1,
                               error);
}
