/*
 * The converter (comicgan.h), top to bottom: a working copy of the photo, the generator on it, its
 * layers, and from them the full picture.
 */
#include "base/memory.h"
#include "comic/closer.h"
#include "comic/engine.h"
#include "comic/full.h"
#include "comic/pixels.h"
#include "comic/working.h"

#include <stdlib.h>

/* The long side of a copy in which faces are looked for. */
#define LOOKED_AT_PX 1300
/* Smaller photos are thumbnails, enlarged as they are: no face of theirs is drawn closer. */
#define LEAST_PX 300

struct cg_session {
    const struct cg_face_finder *finder; /* NULL: none */
    struct cg_pool *pool;
    struct cg_buffer shared; /* what working and full need in turn */
    struct cg_working *working;
    struct cg_full *full;
    struct cg_pool_watch watch;
};

enum cg_status cg_session_create(const struct cg_engine *engine, int threads,
                                 struct cg_session **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_session *session = cg_alloc_zero(1, sizeof(*session), "session", error);
    if (session == NULL)
        return CG_ERR_MEMORY;
    session->finder = engine->finder;
    enum cg_status status = cg_pool_create(threads, &session->pool, error);
    if (status == CG_OK)
        status = cg_working_create(engine->model, session->pool, &session->shared,
                                   &session->working, error);
    if (status == CG_OK)
        status = cg_full_create(session->pool, &session->shared, &session->full, error);
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
    cg_full_free(session->full);
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

/* Where the network's part of the work ends: a pixel of it costs as much as so many rendered. */
static double end_of_drawing(const struct cg_image *working, const struct cg_image *photo)
{
    double drawn = 25.0 * working->width * working->height;
    return drawn / (drawn + (double)photo->width * photo->height);
}

enum cg_status cg_session_find_faces(struct cg_session *session, const struct cg_image *photo,
                                     struct cg_face *faces, int max, int *count,
                                     struct cg_error *error)
{
    struct cg_image copy;
    int width = photo->width, height = photo->height;
    *count = 0;
    if (session->finder == NULL)
        return CG_OK;
    cg_image_fit(LOOKED_AT_PX, &width, &height);
    const float scale = (float)photo->width / (float)width;
    enum cg_status status = cg_image_resize(photo, width, height, &copy, error);
    if (status == CG_OK)
        status =
            cg_face_finder_find(session->finder, session->pool, &copy, faces, max, count, error);
    for (int i = 0; status == CG_OK && i < *count; i++) {
        faces[i].x *= scale;
        faces[i].y *= scale;
        faces[i].width *= scale;
        faces[i].height *= scale;
    }
    cg_image_clear(&copy);
    return status;
}

/* The faces of a working copy that looks ask for, if they are sure enough. */
static enum cg_status find_faces(struct cg_session *session, const struct cg_render_params *looks,
                                 const struct cg_image *photo, const struct cg_image *working,
                                 struct cg_face *faces, int *count, struct cg_error *error)
{
    *count = 0;
    if (looks->faces == 0.0f || session->finder == NULL ||
        (photo->width < LEAST_PX && photo->height < LEAST_PX))
        return CG_OK;
    enum cg_status status = cg_face_finder_find(session->finder, session->pool, working, faces,
                                                CG_CLOSER_MAX, count, error);
    *count = cg_faces_sure((struct cg_faces){faces, *count});
    return status;
}

/* scale: photo pixels to a pixel that faces are in. */
static enum cg_status draw_closer(struct cg_session *session, const struct cg_render_params *looks,
                                  struct cg_closer_part *part, struct cg_faces faces, float scale,
                                  const struct cg_image *comic, struct cg_error *error)
{
    const struct cg_full_place place = {part->left, part->top, comic->width, comic->height};
    struct cg_face here[CG_CLOSER_MAX];
    struct cg_working_view view = {.faces = {here, faces.count}, .is_part = true};
    struct cg_image working;
    struct cg_layers layers;
    enum cg_status status =
        cg_image_resize(&part->pixels, part->working_width, part->working_height, &working, error);
    if (status != CG_OK)
        return status;
    cg_closer_see(part, faces, scale, here);
    view.left = (float)part->left / scale;
    view.top = (float)part->top / scale;
    view.scale = (float)part->pixels.width / (scale * (float)part->working_width);
    status = cg_working_draw(session->working, &working, looks, &view, &layers, error);
    cg_image_clear(&working);
    if (status == CG_OK)
        status = cg_full_render_part(session->full, looks, &place, &layers, &part->pixels, error);
    if (status == CG_OK)
        cg_closer_lay(part, looks->faces, comic);
    return status;
}

static enum cg_status convert(struct cg_session *session, struct cg_image *photo,
                              const struct cg_render_params *looks, struct cg_error *error)
{
    struct cg_image working;
    struct cg_layers layers;
    struct cg_closer closer = {.count = 0};
    struct cg_face face[CG_CLOSER_MAX];
    struct cg_working_view view = {.faces = {face, 0}};
    int width, height;
    cg_working_size(photo->width, photo->height, looks->detail_px, &width, &height);
    enum cg_status status = cg_image_resize(photo, width, height, &working, error);
    if (status != CG_OK)
        return status;
    session->watch.from = session->watch.to = 0.0;
    const float scale = (float)photo->width / (float)width;
    status = find_faces(session, looks, photo, &working, face, &view.faces.count, error);
    if (status == CG_OK)
        status = cg_closer_take(view.faces, scale, photo, &closer, error);
    session->watch.to = end_of_drawing(&working, photo);
    if (status == CG_OK)
        status = cg_working_draw(session->working, &working, looks, &view, &layers, error);
    session->watch.from = session->watch.to;
    session->watch.to = 1.0;
    if (status == CG_OK)
        status = cg_full_render(session->full, looks, NULL, &layers, &working, photo, error);
    session->watch.from = 1.0;
    for (int i = 0; status == CG_OK && i < closer.count; i++)
        status = draw_closer(session, looks, &closer.part[i], view.faces, scale, photo, error);
    cg_closer_clear(&closer);
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
