/*
 * The converter (comicgan.h), top to bottom: a working copy of the photo, the generator on it, its
 * layers, and from them the full picture.
 */
#include "base/memory.h"
#include "comic/engine.h"
#include "comic/finish.h"
#include "comic/pixels.h"
#include "comic/working.h"

#include <stdlib.h>

struct cg_session {
    struct cg_pool *pool;
    struct cg_buffer shared; /* what working and renderer need in turn */
    struct cg_working *working;
    struct cg_renderer *renderer;
    struct cg_finish *finish;
    struct cg_pool_watch watch;
};

enum cg_status cg_session_create(const struct cg_engine *engine, int threads,
                                 struct cg_session **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_session *session = cg_alloc_zero(1, sizeof(*session), "session", error);
    if (session == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = cg_pool_create(threads, &session->pool, error);
    if (status == CG_OK)
        status = cg_working_create(engine->model, session->pool, &session->shared,
                                   &session->working, error);
    if (status == CG_OK)
        status = cg_renderer_create(&session->shared, &session->renderer, error);
    if (status == CG_OK)
        status = cg_finish_create(&session->finish, error);
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
    cg_finish_free(session->finish);
    cg_renderer_free(session->renderer);
    cg_working_free(session->working);
    free(session->shared.memory);
    cg_pool_free(session->pool);
    free(session);
}

void cg_session_set_progress(struct cg_session *session, cg_progress_fn progress, void *context)
{
    session->watch = (struct cg_pool_watch){.progress = progress, .context = context};
    cg_pool_set_watch(session->pool, progress != NULL ? &session->watch : NULL);
}

/* Move a photo to its comic by strength and mask, as the renderer does. */
static enum cg_status blend(struct cg_finish *finish, struct cg_image *photo,
                            const struct cg_image *comic, const struct cg_render_params *looks,
                            struct cg_error *error)
{
    size_t width = (size_t)photo->width;
    float *weights = cg_alloc(width, sizeof(float), "row of the mask", error);
    enum cg_status status = CG_ERR_MEMORY;
    if (weights != NULL)
        status = cg_finish_set_mask(finish, looks, photo->width, photo->height, error);
    for (int y = 0; y < photo->height && status == CG_OK; y++) {
        const struct cg_finish_span span = {.y = y, .count = width};
        uint8_t *to = photo->pixels + 3 * (size_t)y * width;
        const uint8_t *from = comic->pixels + 3 * (size_t)y * width;
        cg_finish_strength_row(finish, &span, looks->strength, weights);
        for (size_t i = 0; i < 3 * width; i++)
            to[i] = (uint8_t)((float)to[i] + weights[i / 3] * (float)(from[i] - to[i]) + 0.5f);
    }
    free(weights);
    return status;
}

/* A photo that was worked on enlarged: its comic is made at that size, on the working copy. */
static enum cg_status render_enlarged(struct cg_session *session, struct cg_layers *layers,
                                      const struct cg_render_params *looks,
                                      struct cg_image *working, struct cg_image *photo,
                                      struct cg_error *error)
{
    struct cg_render_params whole = *looks; /* blended later, at the photo's own size */
    whole.strength = 1.0f;
    whole.mask.pixels = NULL;
    const struct cg_finish_request request = {
        .looks = &whole,
        .width = working->width,
        .height = working->height,
        .enlarged =
            (float)(working->width + working->height) / (float)(photo->width + photo->height),
    };
    struct cg_render_options options;
    struct cg_image comic = {0};
    enum cg_status status =
        cg_finish_begin(session->finish, session->pool, &request, layers, &options, error);
    if (status == CG_OK)
        status = cg_render(session->renderer, session->pool, layers, &options, working->pixels,
                           working->width, working->height, error);
    if (status == CG_OK)
        status = cg_image_resize(working, photo->width, photo->height, &comic, error);
    if (status == CG_OK)
        status = blend(session->finish, photo, &comic, looks, error);
    cg_image_clear(&comic);
    return status;
}

static enum cg_status render_full(struct cg_session *session, struct cg_layers *layers,
                                  const struct cg_render_params *looks, struct cg_image *photo,
                                  struct cg_error *error)
{
    const struct cg_finish_request request = {
        .looks = looks, .width = photo->width, .height = photo->height, .enlarged = 1.0f};
    struct cg_render_options options;
    enum cg_status status =
        cg_finish_begin(session->finish, session->pool, &request, layers, &options, error);
    if (status != CG_OK)
        return status;
    return cg_render(session->renderer, session->pool, layers, &options, photo->pixels,
                     photo->width, photo->height, error);
}

/* Where the network's part of the work ends: a pixel of it costs as much as so many rendered. */
static double end_of_drawing(const struct cg_image *working, const struct cg_image *photo)
{
    double drawn = 25.0 * working->width * working->height;
    return drawn / (drawn + (double)photo->width * photo->height);
}

static enum cg_status convert(struct cg_session *session, struct cg_image *photo,
                              const struct cg_render_params *looks, struct cg_error *error)
{
    struct cg_image working;
    struct cg_layers layers;
    int width, height;
    cg_working_size(photo->width, photo->height, looks->detail_px, &width, &height);
    enum cg_status status = cg_image_resize(photo, width, height, &working, error);
    if (status != CG_OK)
        return status;
    session->watch.from = 0.0;
    session->watch.to = end_of_drawing(&working, photo);
    status = cg_working_draw(session->working, &working, looks->smooth, looks->cel, looks->blacks,
                             &layers, error);
    session->watch.from = session->watch.to;
    session->watch.to = 1.0;
    if (status == CG_OK && (width > photo->width || height > photo->height)) {
        status = render_enlarged(session, &layers, looks, &working, photo, error);
    } else if (status == CG_OK) {
        cg_image_clear(&working); /* memory that the renderer may need */
        status = render_full(session, &layers, looks, photo, error);
    }
    cg_image_clear(&working);
    return status;
}

enum cg_status cg_session_convert(struct cg_session *session, struct cg_pixels pixels,
                                  const struct cg_render_params *looks, struct cg_error *error)
{
    struct cg_loan loan;
    enum cg_status status = cg_render_params_check(looks, error);
    if (status == CG_OK)
        status = cg_pixels_lend(pixels, &loan, error);
    if (status != CG_OK)
        return status;
    status = convert(session, &loan.rgb, looks, error);
    return cg_pixels_return(&loan, status, error);
}
