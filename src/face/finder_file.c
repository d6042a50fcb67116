/* The finder's networks and their file: see cascade.h. */
#include "face/cascade.h"

#include "base/json.h"
#include "base/memory.h"
#include "model/architecture.h"
#include "model/parameters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* base/builtin.S */
extern const unsigned char cg_builtin_faces[];
extern const uint64_t cg_builtin_faces_nbytes;

#define ARCHITECTURE_KEY "comicgan.architecture"

static const struct {
    const char *name;
    int hidden_count, hidden[2];
} stages[CG_FACE_STAGES] = {
    {"scout", 1, {32}},
    {"judge", 1, {32}},
    {"critic", 2, {128, 32}},
};

static enum cg_status add_linear(struct cg_network *network, const char *name, int number,
                                 int outputs, bool last, struct cg_error *error)
{
    struct cg_layer layer = {.kind = CG_LAYER_LINEAR,
                             .from = network->layer_count - 1,
                             .out_channels = outputs,
                             .activation = last ? CG_ACT_NONE : CG_ACT_LEAKY_RELU,
                             .slope = 0.1f};
    snprintf(layer.name, sizeof(layer.name), "%s.%d", name, number);
    return cg_network_add(network, &layer, NULL, error);
}

static enum cg_status build(int stage, float dropout, struct cg_network **out,
                            struct cg_error *error)
{
    const char *name = stages[stage].name;
    enum cg_status status = cg_network_create((int)cg_face_stage_values(stage), out, error);
    for (int i = 0; status == CG_OK && i < stages[stage].hidden_count; i++) {
        status = add_linear(*out, name, i, stages[stage].hidden[i], false, error);
        const struct cg_layer drop = {
            .kind = CG_LAYER_DROPOUT, .from = (*out)->layer_count - 1, .rate = dropout};
        if (status == CG_OK && dropout > 0.0f && stage == CG_FACE_CRITIC)
            status = cg_network_add(*out, &drop, NULL, error);
    }
    if (status == CG_OK)
        status = add_linear(*out, name, stages[stage].hidden_count, 1, true, error);
    return status;
}

enum cg_status cg_face_finder_create(float dropout, struct cg_face_finder **out,
                                     struct cg_error *error)
{
    *out = cg_alloc_zero(1, sizeof(**out), "face finder", error);
    enum cg_status status = *out != NULL ? CG_OK : CG_ERR_MEMORY;
    for (int s = 0; status == CG_OK && s < CG_FACE_STAGES; s++)
        status = build(s, dropout, &(*out)->networks[s], error);
    if (status != CG_OK) {
        cg_face_finder_free(*out);
        *out = NULL;
    }
    return status;
}

void cg_face_finder_free(struct cg_face_finder *finder)
{
    if (finder == NULL)
        return;
    for (int s = 0; s < CG_FACE_STAGES; s++) {
        free(finder->parameters[s]);
        cg_network_free(finder->networks[s]);
    }
    free(finder);
}

static enum cg_status read_architecture(const struct cg_safetensors *file, float *least_evidence,
                                        struct cg_error *error)
{
    json_t *architecture;
    const char *kind;
    enum cg_status status = cg_metadata_object(file, ARCHITECTURE_KEY, &architecture, error);
    if (status == CG_OK)
        status = cg_json_get_string(architecture, "kind", ARCHITECTURE_KEY, &kind, error);
    if (status == CG_OK && strcmp(kind, CG_MODEL_FACES) != 0)
        status = cg_fail(error, CG_ERR_MODEL,
                         "expected a finder of faces (comicgan train --model faces), found a model "
                         "of the kind \"%.64s\"",
                         kind);
    const json_t *evidence = json_object_get(architecture, "evidence");
    if (status == CG_OK && !(json_is_number(evidence) && json_number_value(evidence) >= 0.0))
        status = cg_fail(error, CG_ERR_MODEL, "%s: expected a number from 0 as \"evidence\"",
                         ARCHITECTURE_KEY);
    *least_evidence = (float)json_number_value(evidence);
    json_decref(architecture);
    return status;
}

/* Takes the file. name: for messages. */
static enum cg_status load(struct cg_safetensors *file, const char *name,
                           struct cg_face_finder **out, struct cg_error *error)
{
    float least_evidence;
    enum cg_status status = read_architecture(file, &least_evidence, error);
    if (status == CG_OK)
        status = cg_face_finder_create(0.0f, out, error);
    if (status == CG_OK)
        status = cg_parameters_load(file, (const struct cg_network *const *)(*out)->networks,
                                    (*out)->parameters, CG_FACE_STAGES, error);
    cg_safetensors_free(file);
    if (status != CG_OK) {
        cg_error_prefix(error, "%s", name);
        cg_face_finder_free(*out);
        *out = NULL;
        return status;
    }
    (*out)->least_evidence = least_evidence;
    return CG_OK;
}

enum cg_status cg_face_finder_read(const char *path, struct cg_face_finder **out,
                                   struct cg_error *error)
{
    struct cg_safetensors *file = NULL;
    *out = NULL;
    enum cg_status status = cg_safetensors_read(path, &file, error);
    return status == CG_OK ? load(file, path, out, error) : status;
}

enum cg_status cg_face_finder_builtin(struct cg_face_finder **out, struct cg_error *error)
{
    static const char name[] = "the built-in finder of faces";
    struct cg_safetensors *file = NULL;
    *out = NULL;
    if (cg_builtin_faces_nbytes == 0)
        return CG_OK;
    enum cg_status status =
        cg_safetensors_parse(cg_builtin_faces, (size_t)cg_builtin_faces_nbytes, name, &file, error);
    return status == CG_OK ? load(file, name, out, error) : status;
}

enum cg_status cg_face_finder_write(const char *path, const struct cg_face_finder *finder,
                                    struct cg_error *error)
{
    char *architecture;
    cg_memory_forget();
    enum cg_status status = cg_json_dump(
        json_pack("{s:s, s:f}", "kind", CG_MODEL_FACES, "evidence", (double)finder->least_evidence),
        JSON_COMPACT, ARCHITECTURE_KEY, &architecture, error);
    if (status != CG_OK)
        return status;
    const struct cg_metadata metadata[] = {{ARCHITECTURE_KEY, architecture}};
    status = cg_parameters_write(
        path, CG_WRITE_OVER, (const struct cg_network *const *)finder->networks,
        (const float *const *)finder->parameters, CG_FACE_STAGES, metadata, 1, error);
    free(architecture);
    return status;
}
