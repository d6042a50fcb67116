/*
 * The converter (comicgan.h), top to bottom: a working copy of the photo, the generator on it, its
 * layers, and from them the full picture.
 */
#include "base/memory.h"
#include "comic/render.h"
#include "image/image.h"
#include "model/layers.h"
#include "model/model.h"
#include "nn/infer.h"
#include "tensor/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DETAIL_MIN_PX 64
#define DETAIL_MAX_PX 8192
#define ENLARGED_MIN 1.25
#define ENLARGED_MAX 2.0

struct cg_engine {
    struct cg_model *model;
    struct cg_style_info info;
};

struct cg_session {
    const struct cg_engine *engine;
    struct cg_pool *pool;
    struct cg_infer *infer;
    struct cg_renderer *renderer;
    float *maps; /* padded input, then photo, colour and logit of the working copy */
    size_t maps_floats;
};

enum cg_status cg_engine_open(const char *style, struct cg_engine **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_engine *engine = cg_alloc_zero(1, sizeof(*engine), "engine", error);
    if (engine == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = cg_model_open_style(style, &engine->model, error);
    if (status != CG_OK) {
        free(engine);
        return status;
    }
    cg_blas_single_threaded();
    engine->info = (struct cg_style_info){
        .name = engine->model->card.name,
        .summary = engine->model->card.summary,
        .source = engine->model->source,
        .detail_px = engine->model->card.detail_px,
        .parameter_count = engine->model->network->parameter_count,
    };
    *out = engine;
    return CG_OK;
}

const struct cg_style_info *cg_engine_style(const struct cg_engine *engine)
{
    return &engine->info;
}

void cg_engine_free(struct cg_engine *engine)
{
    if (engine == NULL)
        return;
    cg_model_free(engine->model);
    free(engine);
}

enum cg_status cg_session_create(const struct cg_engine *engine, int threads,
                                 struct cg_session **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_session *session = cg_alloc_zero(1, sizeof(*session), "session", error);
    if (session == NULL)
        return CG_ERR_MEMORY;
    session->engine = engine;
    enum cg_status status = cg_pool_create(threads, &session->pool, error);
    if (status == CG_OK)
        status = cg_infer_create(engine->model->network, &session->infer, error);
    if (status == CG_OK)
        status = cg_renderer_create(&session->renderer, error);
    if (status != CG_OK) {
        cg_session_free(session);
        return status;
    }
    *out = session;
    return CG_OK;
}

void cg_session_free(struct cg_session *session)
{
    if (session == NULL)
        return;
    free(session->maps);
    cg_renderer_free(session->renderer);
    cg_infer_free(session->infer);
    cg_pool_free(session->pool);
    free(session);
}

/*
 * The working copy's size: the long side is detail_px. A smaller photo is worked on enlarged, so
 * that its faces get lines of their own, but not by more than ENLARGED_MAX, and not for little.
 */
static void working_size(int width, int height, int detail_px, int *working_width,
                         int *working_height)
{
    int longest = width > height ? width : height;
    double scale = fmin((double)detail_px / longest, ENLARGED_MAX);
    if (scale > 1.0 && scale < ENLARGED_MIN)
        scale = 1.0;
    *working_width = (int)fmax(1.0, round(width * scale));
    *working_height = (int)fmax(1.0, round(height * scale));
}

static int padded(int side)
{
    return (side + CG_GENERATOR_CELL_PX - 1) / CG_GENERATOR_CELL_PX * CG_GENERATOR_CELL_PX;
}

/* The maps' places in the session's memory, for one working size. */
struct maps {
    int width, height;               /* of the working copy */
    int padded_width, padded_height; /* whole cells */
    float *input;                    /* padded RGB */
    float *colour, *logit;           /* padded */
};

static enum cg_status reserve_maps(struct cg_session *session, int width, int height,
                                   struct maps *maps, struct cg_error *error)
{
    *maps = (struct maps){.width = width,
                          .height = height,
                          .padded_width = padded(width),
                          .padded_height = padded(height)};
    size_t pixels = (size_t)maps->padded_width * (size_t)maps->padded_height;
    if (7 * pixels > session->maps_floats) {
        free(session->maps);
        session->maps_floats = 0;
        session->maps = cg_alloc(7 * pixels, sizeof(float), "working copy", error);
        if (session->maps == NULL)
            return CG_ERR_MEMORY;
        session->maps_floats = 7 * pixels;
    }
    maps->input = session->maps;
    maps->colour = maps->input + 3 * pixels;
    maps->logit = maps->colour + 3 * pixels;
    return CG_OK;
}

/* Bytes to floats from 0 to 1, the right and lower edges repeated up to whole cells. */
static void fill_input(const struct cg_image *working, const struct maps *maps)
{
    size_t line = 3 * (size_t)maps->padded_width;
    for (int y = 0; y < maps->padded_height; y++) {
        int from_y = y < working->height ? y : working->height - 1;
        const uint8_t *from = working->pixels + 3 * (size_t)from_y * (size_t)working->width;
        float *to = maps->input + (size_t)y * line;
        for (size_t i = 0; i < 3 * (size_t)working->width; i++)
            to[i] = (float)from[i] * (1.0f / 255.0f);
        for (size_t i = 3 * (size_t)working->width; i < line; i++)
            to[i] = to[i - 3];
    }
}

/* Take the padding off a map of so many channels, in place. */
static void crop_rows(float *map, const struct maps *maps, size_t channels)
{
    size_t line = (size_t)maps->width * channels;
    size_t padded_line = (size_t)maps->padded_width * channels;
    for (int y = 1; y < maps->height && line != padded_line; y++)
        memmove(map + (size_t)y * line, map + (size_t)y * padded_line, line * sizeof(float));
}

static enum cg_status draw_layers(struct cg_session *session, const struct cg_image *working,
                                  struct cg_layers *layers, struct cg_error *error)
{
    struct maps maps;
    const float *output;
    const struct cg_model *model = session->engine->model;
    enum cg_status status = reserve_maps(session, working->width, working->height, &maps, error);
    if (status != CG_OK)
        return status;
    fill_input(working, &maps);
    status = cg_infer_run(session->infer, session->pool, model->parameters, maps.input,
                          maps.padded_height, maps.padded_width, &output, NULL, error);
    if (status != CG_OK)
        return status;
    cg_layers_from_output(output, maps.input, maps.padded_height, maps.padded_width, maps.colour,
                          maps.logit);
    crop_rows(maps.input, &maps, 3);
    crop_rows(maps.colour, &maps, 3);
    crop_rows(maps.logit, &maps, 1);
    *layers = (struct cg_layers){maps.width, maps.height, maps.input, maps.colour, maps.logit};
    return CG_OK;
}

static enum cg_status check_call(int width, int height, const struct cg_convert_options *options,
                                 struct cg_error *error)
{
    if (width < 1 || height < 1 || width > CG_IMAGE_SIDE_MAX_PX || height > CG_IMAGE_SIDE_MAX_PX ||
        (size_t)width * (size_t)height > CG_IMAGE_AREA_MAX_PX)
        return cg_fail(error, CG_ERR_ARGUMENT,
                       "picture: expected sides of 1 to %d and at most %zu pixels, got %d x %d",
                       CG_IMAGE_SIDE_MAX_PX, CG_IMAGE_AREA_MAX_PX, width, height);
    if (options->detail_px != 0 &&
        (options->detail_px < DETAIL_MIN_PX || options->detail_px > DETAIL_MAX_PX))
        return cg_fail(error, CG_ERR_ARGUMENT, "detail: expected %d to %d pixels, got %d",
                       DETAIL_MIN_PX, DETAIL_MAX_PX, options->detail_px);
    if (!(options->ink >= 0.0f && options->ink <= 2.0f))
        return cg_fail(error, CG_ERR_ARGUMENT, "ink: expected 0 to 2, got %g",
                       (double)options->ink);
    if (!(options->strength >= 0.0f && options->strength <= 1.0f))
        return cg_fail(error, CG_ERR_ARGUMENT, "strength: expected 0 to 1, got %g",
                       (double)options->strength);
    return CG_OK;
}

/* Move `pixels` from what they are (0) to what they are in `comic` (1). */
static void blend(uint8_t *pixels, const struct cg_image *comic, float strength)
{
    size_t count = 3 * (size_t)comic->width * (size_t)comic->height;
    for (size_t i = 0; i < count; i++) {
        float photo = (float)pixels[i];
        pixels[i] = (uint8_t)(photo + strength * ((float)comic->pixels[i] - photo) + 0.5f);
    }
}

/* A photo that was worked on enlarged: its comic is made at that size, on the working copy. */
static enum cg_status render_enlarged(struct cg_session *session, const struct cg_layers *layers,
                                      const struct cg_convert_options *options,
                                      struct cg_image *working, struct cg_image *photo,
                                      struct cg_error *error)
{
    struct cg_render_options looks = {options->ink, 1.0f};
    struct cg_image comic;
    enum cg_status status = cg_render(session->renderer, session->pool, layers, &looks,
                                      working->pixels, working->width, working->height, error);
    if (status == CG_OK)
        status = cg_image_resize(working, photo->width, photo->height, &comic, error);
    if (status != CG_OK)
        return status;
    blend(photo->pixels, &comic, options->strength);
    cg_image_clear(&comic);
    return CG_OK;
}

static enum cg_status convert(struct cg_session *session, struct cg_image *photo,
                              const struct cg_convert_options *options, struct cg_error *error)
{
    struct cg_render_options looks = {options->ink, options->strength};
    struct cg_image working;
    struct cg_layers layers;
    int detail_px = options->detail_px != 0 ? options->detail_px : session->engine->info.detail_px;
    int width, height;
    working_size(photo->width, photo->height, detail_px, &width, &height);
    enum cg_status status = cg_image_resize(photo, width, height, &working, error);
    if (status != CG_OK)
        return status;
    status = draw_layers(session, &working, &layers, error);
    if (status == CG_OK && (width > photo->width || height > photo->height)) {
        status = render_enlarged(session, &layers, options, &working, photo, error);
    } else if (status == CG_OK) {
        cg_image_clear(&working); /* memory that the renderer may need */
        status = cg_render(session->renderer, session->pool, &layers, &looks, photo->pixels,
                           photo->width, photo->height, error);
    }
    cg_image_clear(&working);
    return status;
}

enum cg_status cg_session_convert(struct cg_session *session, uint8_t *pixels, int width,
                                  int height, const struct cg_convert_options *options,
                                  struct cg_error *error)
{
    struct cg_image photo = {width, height, 3, pixels};
    enum cg_status status = check_call(width, height, options, error);
    return status == CG_OK ? convert(session, &photo, options, error) : status;
}
