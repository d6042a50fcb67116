/* The working copy: see working.h. */
#include "comic/working.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "comic/blacks.h"
#include "comic/cel.h"
#include "comic/smooth.h"
#include "model/architecture.h"
#include "nn/infer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BAND_ROWS 32
#define ENLARGED_MIN 1.25
#define ENLARGED_MAX 2.0

/* The most that layers have, either way: a style's numbers are finite, but not what comes of large
 * ones. */
#define COLOUR_MOST 16.0f
#define LOGIT_MOST 1000.0f

struct cg_working {
    const struct cg_model *model;
    struct cg_pool *pool;
    struct cg_infer *infer;
    struct cg_buffer *shared; /* planes of what follows the generator */
    struct cg_cel_memory cel;
    struct cg_blacks blacks; /* of the last picture that is no part */
    struct cg_buffer maps;   /* padded input, then photo, colour and logit of the working copy */
};

enum cg_status cg_working_create(const struct cg_model *model, struct cg_pool *pool,
                                 struct cg_buffer *shared, struct cg_working **out,
                                 struct cg_error *error)
{
    *out = NULL;
    struct cg_working *working = cg_alloc_zero(1, sizeof(*working), "working copy", error);
    if (working == NULL)
        return CG_ERR_MEMORY;
    working->model = model;
    working->pool = pool;
    working->shared = shared;
    working->cel.planes = shared;
    enum cg_status status =
        cg_infer_create(model->network, CG_PRECISION_BF16, &working->infer, error);
    if (status != CG_OK) {
        cg_working_free(working);
        return status;
    }
    *out = working;
    return CG_OK;
}

void cg_working_free(struct cg_working *working)
{
    if (working == NULL)
        return;
    free(working->maps.memory);
    free(working->blacks.buffer.memory);
    cg_cel_memory_clear(&working->cel);
    cg_infer_free(working->infer);
    free(working);
}

void cg_working_size(int width, int height, int detail_px, int *working_width, int *working_height)
{
    int longest = width > height ? width : height;
    double scale = fmin((double)detail_px / longest, ENLARGED_MAX);
    if (scale > 1.0 && scale < ENLARGED_MIN)
        scale = 1.0;
    *working_width = (int)fmax(1.0, round(width * scale));
    *working_height = (int)fmax(1.0, round(height * scale));
}

/* The maps' places in the kept memory, for one working size. */
struct maps {
    int width, height;               /* of the working copy */
    int padded_width, padded_height; /* whole tokens */
    float *input;                    /* padded RGB */
    float *colour, *logit;           /* padded */
};

static enum cg_status reserve_maps(struct cg_working *working, int width, int height,
                                   struct maps *maps, struct cg_error *error)
{
    *maps = (struct maps){.width = width,
                          .height = height,
                          .padded_width = cg_generator_padded_px(&working->model->config, width),
                          .padded_height = cg_generator_padded_px(&working->model->config, height)};
    size_t pixels = (size_t)maps->padded_width * (size_t)maps->padded_height;
    enum cg_status status =
        cg_buffer_reserve(&working->maps, 7, pixels, sizeof(float), "working copy", error);
    if (status != CG_OK)
        return status;
    maps->input = working->maps.memory;
    maps->colour = maps->input + 3 * pixels;
    maps->logit = maps->colour + 3 * pixels;
    return CG_OK;
}

/*
 * Repeat the right and lower edges of the input up to whole tokens; its rows lie at their places.
 */
static void fill_padding(const struct maps *maps)
{
    size_t line = 3 * (size_t)maps->padded_width;
    for (int y = 0; y < maps->height; y++) {
        float *row = maps->input + (size_t)y * line;
        for (size_t i = 3 * (size_t)maps->width; i < line; i++)
            row[i] = row[i - 3];
    }
    for (int y = maps->height; y < maps->padded_height; y++)
        memcpy(maps->input + (size_t)y * line, maps->input + (size_t)(y - 1) * line,
               line * sizeof(float));
}

/* Take the padding off a map of so many channels, in place. */
static void crop_rows(float *map, const struct maps *maps, size_t channels)
{
    size_t line = (size_t)maps->width * channels;
    size_t padded_line = (size_t)maps->padded_width * channels;
    for (int y = 1; y < maps->height && line != padded_line; y++)
        memmove(map + (size_t)y * line, map + (size_t)y * padded_line, line * sizeof(float));
}

static size_t band_count(int height)
{
    return ((size_t)height + BAND_ROWS - 1) / BAND_ROWS;
}

static int band_end(size_t band, int height)
{
    int end = ((int)band + 1) * BAND_ROWS;
    return end < height ? end : height;
}

/* Numbers from -most to most; NaN becomes one, too. */
static void hold(float *values, size_t count, float most)
{
    for (size_t i = 0; i < count; i++) {
        float value = values[i] > -most ? values[i] : -most;
        values[i] = value < most ? value : most;
    }
}

struct output_job {
    const struct maps *maps;
    const float *output;
};

static void take_output(void *context, size_t band, int worker)
{
    const struct output_job *job = context;
    const struct maps *maps = job->maps;
    const int first = (int)band * BAND_ROWS, end = band_end(band, maps->padded_height);
    const size_t begin = (size_t)first * (size_t)maps->padded_width;
    const size_t count = (size_t)(end - first) * (size_t)maps->padded_width;
    (void)worker;
    cg_layers_from_output_rows(job->output, maps->input, first, end, maps->padded_width,
                               maps->colour, maps->logit);
    hold(maps->colour + 3 * begin, 3 * count, COLOUR_MOST);
    hold(maps->logit + begin, count, LOGIT_MOST);
}

/* Run the generator on the input; then, of the looks, smooth its colours. */
static enum cg_status draw(struct cg_working *working, const struct maps *maps,
                           const struct cg_render_params *looks, struct cg_layers *layers,
                           struct cg_error *error)
{
    struct output_job job = {.maps = maps};
    fill_padding(maps);
    enum cg_status status =
        cg_infer_run(working->infer, working->pool, working->model->parameters, maps->input,
                     maps->padded_height, maps->padded_width, &job.output, NULL, error);
    if (status != CG_OK)
        return status;
    cg_pool_run(working->pool, band_count(maps->padded_height), take_output, &job);
    crop_rows(maps->input, maps, 3);
    crop_rows(maps->colour, maps, 3);
    crop_rows(maps->logit, maps, 1);
    *layers = (struct cg_layers){maps->width, maps->height, maps->input, maps->colour, maps->logit};
    return cg_smooth(working->shared, working->pool, maps->colour, maps->width, maps->height,
                     looks->smooth, error);
}

struct input_job {
    const struct maps *maps;
    const struct cg_image *copy;
};

static void take_input(void *context, size_t band, int worker)
{
    const struct input_job *job = context;
    size_t count = 3 * (size_t)job->copy->width, line = 3 * (size_t)job->maps->padded_width;
    (void)worker;
    for (int y = (int)band * BAND_ROWS; y < band_end(band, job->copy->height); y++) {
        const uint8_t *from = job->copy->pixels + (size_t)y * count;
        float *to = job->maps->input + (size_t)y * line;
        for (size_t i = 0; i < count; i++)
            to[i] = (float)from[i] * (1.0f / 255.0f);
    }
}

enum cg_status cg_working_draw(struct cg_working *working, const struct cg_image *copy,
                               const struct cg_render_params *looks,
                               const struct cg_working_view *view, struct cg_layers *layers,
                               struct cg_error *error)
{
    struct maps maps;
    enum cg_status status = reserve_maps(working, copy->width, copy->height, &maps, error);
    if (status != CG_OK)
        return status;
    cg_pool_run(working->pool, band_count(copy->height), take_input,
                &(struct input_job){&maps, copy});
    status = draw(working, &maps, looks, layers, error);
    if (status == CG_OK && looks->cel > 0.0f)
        status = cg_cel(&working->cel, working->pool, maps.input, view->faces, maps.colour,
                        maps.logit, maps.width, maps.height, looks->cel, looks->fill, error);
    if (status != CG_OK || looks->blacks == 0.0f)
        return status;
    if (!view->is_part)
        return cg_blacks(&working->blacks, working->pool, layers, maps.logit, looks->blacks, error);
    cg_blacks_continue(&working->blacks, working->pool, view->left, view->top, view->scale,
                       maps.width, maps.height, maps.logit);
    return status;
}

enum cg_status cg_working_draw_floats(struct cg_working *working, const float *copy, int width,
                                      int height, const struct cg_render_params *looks,
                                      struct cg_layers *layers, struct cg_error *error)
{
    struct maps maps;
    enum cg_status status = reserve_maps(working, width, height, &maps, error);
    if (status != CG_OK)
        return status;
    size_t count = 3 * (size_t)width, line = 3 * (size_t)maps.padded_width;
    for (int y = 0; y < height; y++)
        memcpy(maps.input + (size_t)y * line, copy + (size_t)y * count, count * sizeof(float));
    status = draw(working, &maps, looks, layers, error);
    if (status == CG_OK && looks->cel > 0.0f)
        status = cg_cel_flow(&working->cel, working->pool, NULL, (struct cg_faces){0}, maps.colour,
                             maps.logit, maps.width, maps.height, looks->cel, error);
    return status;
}
