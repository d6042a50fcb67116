/* Loading a style: see comicgan.h. */
#include "comic/engine.h"

#include "base/memory.h"
#include "tensor/matrix.h"

#include <stdlib.h>

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

struct cg_looks cg_engine_looks(const struct cg_engine *engine)
{
    return (struct cg_looks){
        .detail_px = engine->info.detail_px,
        .ink = 1.0f,
        .strength = 1.0f,
    };
}

void cg_engine_free(struct cg_engine *engine)
{
    if (engine == NULL)
        return;
    cg_model_free(engine->model);
    free(engine);
}
