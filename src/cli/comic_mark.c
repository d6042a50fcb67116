/* What made a comic, as a line of text: see comic_mark.h. */
#include "cli/comic_mark.h"

#include "base/content.h"
#include "base/json.h"
#include "base/memory.h"
#include "comic/engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHAT "the mark"
#define DEPTH_MAX 8

static json_t *json_hash(const void *bytes, size_t nbytes)
{
    char text[17];
    snprintf(text, sizeof(text), "%016" PRIx64, cg_content_hash(bytes, nbytes, 0).low);
    return json_string(text);
}

/* The working size, and all looks that are not neutral. */
static json_t *json_looks(const struct cg_render_params *looks)
{
    struct cg_render_params counted = *looks;
    if (looks->halftone == 0.0f)
        counted.halftone_dots = cg_render_params_neutral(looks->detail_px).halftone_dots;
    json_t *object = json_pack("{s:i}", "detail", looks->detail_px);
    json_t *others = cg_render_params_to_json(&counted);
    json_object_update(object, others);
    json_decref(others);
    if (looks->mask.pixels != NULL) {
        size_t nbytes = (size_t)looks->mask.width * (size_t)looks->mask.height;
        json_object_set_new(object, "mask", json_hash(looks->mask.pixels, nbytes));
        json_object_set_new(object, "feather", json_real((double)looks->feather));
    }
    return object;
}

static json_t *json_source(const struct cg_mark_source *source)
{
    const struct cg_model *model = source->engine->model;
    size_t nbytes = model->network->parameter_count * sizeof(*model->parameters);
    json_t *object =
        json_pack("{s:s, s:o, s:o}", "style", model->card.name, "model",
                  json_hash(model->parameters, nbytes), "looks", json_looks(source->looks));
    if (source->beside)
        json_object_set_new(object, "beside", json_true());
    if (source->max_side_px > 0)
        json_object_set_new(object, "max_size", json_integer(source->max_side_px));
    return object;
}

enum cg_status cg_mark_make(const struct cg_mark_source *source, char **out, struct cg_error *error)
{
    char *text;
    cg_memory_forget();
    enum cg_status status = cg_json_dump(json_source(source), JSON_COMPACT, WHAT, &text, error);
    *out = status == CG_OK ? cg_string_format("comicgan " CG_VERSION " %s", text) : NULL;
    free(text);
    if (status == CG_OK && *out == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, WHAT ": memory could not be allocated");
    return status;
}

uint64_t cg_mark_hash(const char *mark)
{
    size_t length = strlen(mark), major = strcspn(mark, "."), made = strcspn(mark, "{");
    size_t program = major < length ? major + 1 + strcspn(mark + major + 1, ". ") : length;
    uint64_t seed = cg_content_hash(mark, program, 0).low;
    uint64_t hash = cg_content_hash(mark + made, length - made, seed).low;
    return hash != 0 ? hash : 1;
}

enum cg_status cg_mark_text(const char *mark, char **out, struct cg_error *error)
{
    const char *made = strchr(mark, '{');
    size_t program = made > mark ? (size_t)(made - mark) - 1 : 0; /* without the space */
    json_t *object = NULL;
    *out = NULL;
    enum cg_status status = cg_json_parse_object(
        made != NULL ? made : "", made != NULL ? strlen(made) : 0, DEPTH_MAX, WHAT, &object, error);
    if (status != CG_OK)
        return status;
    cg_memory_forget();
    json_t *whole = json_pack("{s:s%}", "program", mark, program);
    json_object_update(whole, object);
    json_decref(object);
    return cg_json_dump(whole, JSON_INDENT(2), WHAT, out, error);
}
