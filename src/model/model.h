/*
 * A model: a generator's network, its parameters and its style card; as a safetensors file whose
 * metadata carries "comicgan.architecture" and "comicgan.card", both JSON.
 */
#ifndef CG_MODEL_MODEL_H
#define CG_MODEL_MODEL_H

#include "base/output.h"
#include "model/architecture.h"
#include "model/render_params.h"

/* The style card: what people and the converter need to know. Strings owned by the model. */
struct cg_card {
    char *name;                    /* letters, digits, '-' and '_' */
    char *summary;                 /* one line */
    struct cg_render_params looks; /* with the working size, looks.detail_px; no mask */
};

struct cg_model {
    struct cg_generator_config config;
    struct cg_network *network;
    float *parameters; /* network->parameter_count, aligned, finite */
    struct cg_card card;
    char *source; /* "built in" or the path */
};

/*
 * bytes: a model file in memory; source names it. Errors: CG_ERR_MODEL (with what was expected and
 * found: unknown architecture, missing or surplus tensors, wrong shapes, bad card), CG_ERR_MEMORY.
 */
enum cg_status cg_model_parse(const void *bytes, size_t nbytes, const char *source,
                              struct cg_model **out, struct cg_error *error);
enum cg_status cg_model_read(const char *path, struct cg_model **out, struct cg_error *error);
void cg_model_free(struct cg_model *model);

/* Write atomically. parameters: in place of the model's own when not NULL. */
enum cg_status cg_model_write(const char *path, enum cg_writing writing,
                              const struct cg_model *model, const float *parameters,
                              struct cg_error *error);

/* By style name or path, as cg_engine_open (comicgan.h) describes it; folder: searched before all
 * other places, or NULL. */
enum cg_status cg_model_open_style(const char *folder, const char *style, struct cg_model **out,
                                   struct cg_error *error);

/* Called with each file and folder that opening a style may read. */
typedef enum cg_status (*cg_model_visit_fn)(void *context, const char *path,
                                            struct cg_error *error);
/* Errors: CG_ERR_MEMORY, and those of visit. */
enum cg_status cg_model_visit_style(const char *folder, const char *style, cg_model_visit_fn visit,
                                    void *context, struct cg_error *error);

/* The model file that a style's name or path stands for, to be freed; NULL if there is none, as for
 * the built-in style. Errors: CG_ERR_MEMORY, CG_ERR_IO. */
enum cg_status cg_model_style_path(const char *folder, const char *style, char **out,
                                   struct cg_error *error);

#endif
