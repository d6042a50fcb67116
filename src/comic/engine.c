/* Loading a style: see comicgan.h. */
#include "comic/engine.h"

#include "base/memory.h"
#include "tensor/matrix.h"

#include <stdlib.h>

enum cg_status cg_engine_open_in(const char *folder, const char *style, struct cg_engine **out,
                                 struct cg_error *error)
{
    *out = NULL;
    struct cg_engine *engine = cg_alloc_zero(1, sizeof(*engine), "engine", error);
    if (engine == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = cg_model_open_style(folder, style, &engine->model, error);
    if (status != CG_OK) {
        free(engine);
        return status;
    }
    status = cg_face_finder_builtin(&engine->finder, error);
    if (status != CG_OK) {
        cg_engine_free(engine);
        return status;
    }
    cg_blas_single_threaded();
    engine->looks = engine->model->card.looks;
    engine->info = (struct cg_style_info){
        .name = engine->model->card.name,
        .summary = engine->model->card.summary,
        .source = engine->model->source,
        .detail_px = engine->model->card.looks.detail_px,
        .parameter_count = engine->model->network->parameter_count,
    };
    *out = engine;
    return CG_OK;
}

enum cg_status cg_engine_open(const char *style, struct cg_engine **out, struct cg_error *error)
{
    return cg_engine_open_in(NULL, style, out, error);
}

const struct cg_style_info *cg_engine_style(const struct cg_engine *engine)
{
    return &engine->info;
}

enum cg_status cg_render_params_create(const struct cg_engine *engine,
                                       struct cg_render_params **out, struct cg_error *error)
{
    *out = cg_alloc(1, sizeof(**out), "looks", error);
    if (*out == NULL)
        return CG_ERR_MEMORY;
    **out = engine->looks;
    return CG_OK;
}

void cg_render_params_free(struct cg_render_params *looks)
{
    free(looks);
}

void cg_engine_free(struct cg_engine *engine)
{
    if (engine == NULL)
        return;
    cg_face_finder_free(engine->finder);
    cg_model_free(engine->model);
    free(engine);
}
