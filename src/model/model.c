/*
 * Model files: see model.h. Metadata of the safetensors file:
 *   comicgan.architecture  {"kind": "shift-mlp", "levels": [{"token_px": 4, "channels": C,
 *                           "distances": [d, ...], "distances_up": [d, ...]}, ...],
 *                           "feature_px": P, "pixel_features": F, "head": [H, ...]}
 *   comicgan.card          {"name": "...", "summary": "...", "detail_px": P, "looks": {...}}
 * The architecture is strict, as an unknown word could change what the numbers mean; a card may
 * say more than is read here. Another kind of architecture is a row of the table `kinds`.
 */
#include "model/model.h"

#include "base/json.h"
#include "base/memory.h"
#include "model/parameters.h"
#include "model/render_params.h"

#include <stdlib.h>
#include <string.h>

#define ARCHITECTURE_KEY "comicgan.architecture"
#define CARD_KEY "comicgan.card"
#define METADATA_COUNT 2
#define NAME_MAX_CHARS 64
#define SUMMARY_MAX_CHARS 400
#define DETAIL_MIN_PX 64
#define DETAIL_MAX_PX 8192

/* ---- architecture ---------------------------------------------------------------------------- */

static enum cg_status check_known_fields(const json_t *object, const char *const *known,
                                         const char *what, struct cg_error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        size_t i = 0;
        while (known[i] != NULL && strcmp(known[i], key) != 0)
            i++;
        if (known[i] == NULL)
            return cg_fail(error, CG_ERR_MODEL, "%s: unknown field \"%.64s\"", what, key);
    }
    return CG_OK;
}

/* How many numbers an array may have, at least 1, and their limit. */
struct range {
    size_t least, most;
    int high;
};

/* Member key of object, an array of such numbers. */
static enum cg_status read_numbers(const json_t *object, const char *key, struct range range,
                                   int *out, int *count, struct cg_error *error)
{
    const json_t *array = json_object_get(object, key);
    size_t size = json_array_size(array);
    if (!json_is_array(array) || size < range.least || size > range.most)
        return cg_fail(error, CG_ERR_MODEL,
                       "%s: expected an array of %zu to %zu numbers as \"%s\", found %s of %zu",
                       ARCHITECTURE_KEY, range.least, range.most, key, cg_json_type_name(array),
                       size);
    for (size_t i = 0; i < size; i++) {
        const json_t *value = json_array_get(array, i);
        json_int_t number = json_integer_value(value);
        if (!json_is_integer(value) || number < 1 || number > range.high)
            return cg_fail(error, CG_ERR_MODEL, "%s: expected whole numbers from 1 to %d in \"%s\"",
                           ARCHITECTURE_KEY, range.high, key);
        out[i] = (int)number;
    }
    *count = (int)size;
    return CG_OK;
}

/* Shift distances of one block after another. */
static enum cg_status read_blocks(const json_t *object, const char *key, size_t least,
                                  struct cg_generator_blocks *blocks, struct cg_error *error)
{
    return read_numbers(object, key, (struct range){least, CG_BLOCKS_MAX, 64}, blocks->distances,
                        &blocks->count, error);
}

/* cg_generator_build checks ranges, here and below. */
static enum cg_status read_level(const json_t *object, int token_px,
                                 struct cg_generator_level *level, struct cg_error *error)
{
    static const char *const fields[] = {"token_px", "channels", "distances", "distances_up", NULL};
    const char *what = ARCHITECTURE_KEY;
    int px;
    enum cg_status status = check_known_fields(object, fields, what, error);
    if (status == CG_OK)
        status = cg_json_get_int(object, "token_px", token_px, token_px, what, &px, error);
    if (status == CG_OK)
        status = cg_json_get_int(object, "channels", 0, INT32_MAX, what, &level->channels, error);
    if (status == CG_OK)
        status = read_blocks(object, "distances", 0, &level->down, error);
    if (status == CG_OK)
        status = read_blocks(object, "distances_up", 0, &level->up, error);
    return status;
}

static enum cg_status read_levels(const json_t *object, struct cg_generator_config *config,
                                  struct cg_error *error)
{
    const json_t *levels = json_object_get(object, "levels");
    size_t count = json_array_size(levels);
    if (count < 1 || count > CG_LEVELS_MAX)
        return cg_fail(error, CG_ERR_MODEL,
                       "%s: expected an array of 1 to %d objects as \"levels\", found %s of %zu",
                       ARCHITECTURE_KEY, CG_LEVELS_MAX, cg_json_type_name(levels), count);
    config->level_count = (int)count;
    enum cg_status status = CG_OK;
    for (size_t l = 0; status == CG_OK && l < count; l++)
        status = read_level(json_array_get(levels, l), CG_GENERATOR_CELL_PX << l,
                            &config->levels[l], error);
    return status;
}

/* The older form, of a single level: its numbers stand in the object itself, features are per
 * pixel, and the head has two layers of one width. */
static enum cg_status read_one_level(const json_t *object, struct cg_generator_config *config,
                                     struct cg_error *error)
{
    static const char *const fields[] = {"kind",           "channels",      "distances",
                                         "pixel_features", "head_channels", NULL};
    const char *what = ARCHITECTURE_KEY;
    struct cg_generator_level *level = &config->levels[0];
    enum cg_status status = check_known_fields(object, fields, what, error);
    config->level_count = 1;
    config->feature_px = 1;
    config->head_layers = 2;
    if (status == CG_OK)
        status = cg_json_get_int(object, "channels", 0, INT32_MAX, what, &level->channels, error);
    if (status == CG_OK)
        status = read_blocks(object, "distances", 1, &level->down, error);
    if (status == CG_OK)
        status = cg_json_get_int(object, "head_channels", 0, INT32_MAX, what,
                                 &config->head_channels[0], error);
    config->head_channels[1] = config->head_channels[0];
    return status;
}

static enum cg_status read_pyramid(const json_t *object, struct cg_generator_config *config,
                                   struct cg_error *error)
{
    static const char *const fields[] = {"kind",           "levels", "feature_px",
                                         "pixel_features", "head",   NULL};
    const char *what = ARCHITECTURE_KEY;
    enum cg_status status = check_known_fields(object, fields, what, error);
    if (status == CG_OK)
        status = read_levels(object, config, error);
    if (status == CG_OK)
        status =
            cg_json_get_int(object, "feature_px", 0, INT32_MAX, what, &config->feature_px, error);
    if (status == CG_OK)
        status = read_numbers(object, "head", (struct range){1, CG_HEAD_LAYERS_MAX, 256},
                              config->head_channels, &config->head_layers, error);
    return status;
}

static enum cg_status read_shift_mlp(const json_t *object, struct cg_generator_config *config,
                                     struct cg_error *error)
{
    bool pyramid = json_object_get(object, "levels") != NULL;
    enum cg_status status =
        pyramid ? read_pyramid(object, config, error) : read_one_level(object, config, error);
    if (status == CG_OK)
        status = cg_json_get_int(object, "pixel_features", 0, INT32_MAX, ARCHITECTURE_KEY,
                                 &config->pixel_features, error);
    return status;
}

static const struct {
    const char *name;
    enum cg_status (*read)(const json_t *object, struct cg_generator_config *config,
                           struct cg_error *error);
} kinds[] = {{CG_GENERATOR_NAME, read_shift_mlp}};

static enum cg_status read_architecture(const json_t *object, struct cg_generator_config *config,
                                        struct cg_error *error)
{
    const char *kind;
    enum cg_status status = cg_json_get_string(object, "kind", ARCHITECTURE_KEY, &kind, error);
    if (status != CG_OK)
        return status;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kind, kinds[i].name) == 0)
            return kinds[i].read(object, config, error);
    if (strcmp(kind, CG_MODEL_VECTOR) == 0)
        return cg_fail(error, CG_ERR_MODEL,
                       "expected a style, found a GAN that makes pictures from noise: "
                       "comicgan generate uses it");
    if (strcmp(kind, CG_MODEL_FACES) == 0)
        return cg_fail(error, CG_ERR_MODEL,
                       "expected a style, found the finder of faces, which is none");
    return cg_fail(error, CG_ERR_MODEL,
                   "%s: expected the kind \"" CG_GENERATOR_NAME "\", found \"%.64s\", which this "
                   "version does not know",
                   ARCHITECTURE_KEY, kind);
}

static json_t *describe_numbers(const int *numbers, int count)
{
    json_t *array = json_array();
    for (int i = 0; i < count; i++) {
        if (json_array_append_new(array, json_integer(numbers[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *describe_levels(const struct cg_generator_config *config)
{
    json_t *levels = json_array();
    for (int l = 0; l < config->level_count; l++) {
        const struct cg_generator_level *level = &config->levels[l];
        json_t *described =
            json_pack("{s:i, s:i, s:o, s:o}", "token_px", CG_GENERATOR_CELL_PX << l, "channels",
                      level->channels, "distances",
                      describe_numbers(level->down.distances, level->down.count), "distances_up",
                      describe_numbers(level->up.distances, level->up.count));
        if (json_array_append_new(levels, described) != 0) {
            json_decref(levels);
            return NULL;
        }
    }
    return levels;
}

static json_t *describe_architecture(const struct cg_generator_config *config)
{
    return json_pack("{s:s, s:o, s:i, s:i, s:o}", "kind", CG_GENERATOR_NAME, "levels",
                     describe_levels(config), "feature_px", config->feature_px, "pixel_features",
                     config->pixel_features, "head",
                     describe_numbers(config->head_channels, config->head_layers));
}

/* ---- card ------------------------------------------------------------------------------------ */

static enum cg_status check_card(const struct cg_card *card, struct cg_error *error)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t length = strlen(card->name);
    if (length == 0 || length > NAME_MAX_CHARS || strspn(card->name, allowed) != length)
        return cg_fail(error, CG_ERR_MODEL,
                       "%s: expected a name of 1 to %d letters, digits, - and _, found \"%.64s\"",
                       CARD_KEY, NAME_MAX_CHARS, card->name);
    if (strlen(card->summary) > SUMMARY_MAX_CHARS)
        return cg_fail(error, CG_ERR_MODEL, "%s: expected a summary of at most %d bytes, found %zu",
                       CARD_KEY, SUMMARY_MAX_CHARS, strlen(card->summary));
    for (const char *at = card->summary; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return cg_fail(error, CG_ERR_MODEL,
                           "%s: expected a summary of one line, found a control character",
                           CARD_KEY);
    if (cg_render_params_check(&card->looks, error) != CG_OK) {
        cg_error_prefix(error, CARD_KEY);
        return error->status = CG_ERR_MODEL;
    }
    return CG_OK;
}

static enum cg_status read_card(const json_t *object, struct cg_card *card, struct cg_error *error)
{
    const char *name = NULL, *summary = NULL;
    int detail_px = 0;
    enum cg_status status = cg_json_get_string(object, "name", CARD_KEY, &name, error);
    if (status == CG_OK)
        status = cg_json_get_string(object, "summary", CARD_KEY, &summary, error);
    if (status == CG_OK)
        status = cg_json_get_int(object, "detail_px", DETAIL_MIN_PX, DETAIL_MAX_PX, CARD_KEY,
                                 &detail_px, error);
    card->looks = cg_render_params_neutral(detail_px);
    if (status == CG_OK)
        status = cg_render_params_read(json_object_get(object, "looks"), &card->looks, error);
    if (status != CG_OK)
        return status;
    card->name = cg_string_copy(name);
    card->summary = cg_string_copy(summary);
    if (card->name == NULL || card->summary == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "%s: memory could not be allocated", CARD_KEY);
    return check_card(card, error);
}

/* ---- the object ------------------------------------------------------------------------------ */

static enum cg_status load(struct cg_model *model, const struct cg_safetensors *file,
                           struct cg_error *error)
{
    json_t *architecture = NULL, *card = NULL;
    enum cg_status status = cg_metadata_object(file, ARCHITECTURE_KEY, &architecture, error);
    if (status == CG_OK)
        status = read_architecture(architecture, &model->config, error);
    if (status == CG_OK)
        status = cg_metadata_object(file, CARD_KEY, &card, error);
    if (status == CG_OK)
        status = read_card(card, &model->card, error);
    if (status == CG_OK)
        status = cg_generator_build(&model->config, &model->network, error);
    if (status == CG_OK)
        status = cg_parameters_load(file, (const struct cg_network *const[]){model->network},
                                    &model->parameters, 1, error);
    json_decref(card);
    json_decref(architecture);
    return status;
}

static enum cg_status create_from(const struct cg_safetensors *file, const char *source,
                                  struct cg_model **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_model *model = calloc(1, sizeof(*model));
    if (model == NULL || (model->source = cg_string_copy(source)) == NULL) {
        free(model);
        return cg_fail(error, CG_ERR_MEMORY, "%s: memory could not be allocated", source);
    }
    enum cg_status status = load(model, file, error);
    if (status != CG_OK) {
        cg_error_prefix(error, "%s", source);
        cg_model_free(model);
        return status;
    }
    *out = model;
    return CG_OK;
}

enum cg_status cg_model_parse(const void *bytes, size_t nbytes, const char *source,
                              struct cg_model **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_safetensors *file;
    enum cg_status status = cg_safetensors_parse(bytes, nbytes, source, &file, error);
    if (status == CG_OK)
        status = create_from(file, source, out, error);
    cg_safetensors_free(file);
    return status;
}

enum cg_status cg_model_read(const char *path, struct cg_model **out, struct cg_error *error)
{
    *out = NULL;
    struct cg_safetensors *file;
    enum cg_status status = cg_safetensors_read(path, &file, error);
    if (status == CG_OK)
        status = create_from(file, path, out, error);
    cg_safetensors_free(file);
    return status;
}

void cg_model_free(struct cg_model *model)
{
    if (model == NULL)
        return;
    free(model->source);
    free(model->card.summary);
    free(model->card.name);
    free(model->parameters);
    cg_network_free(model->network);
    free(model);
}

/* ---- writing --------------------------------------------------------------------------------- */

static json_t *describe_card(const struct cg_card *card)
{
    json_t *looks = cg_render_params_to_json(&card->looks);
    if (json_object_size(looks) == 0 && !cg_memory_was_short()) {
        json_decref(looks);
        looks = NULL; /* left out by "o*" */
    }
    return json_pack("{s:s, s:s, s:i, s:o*}", "name", card->name, "summary", card->summary,
                     "detail_px", card->looks.detail_px, "looks", looks);
}

enum cg_status cg_model_write(const char *path, enum cg_writing writing,
                              const struct cg_model *model, const float *parameters,
                              struct cg_error *error)
{
    const struct cg_card *card = &model->card;
    enum cg_status status = check_card(card, error);
    if (status != CG_OK) {
        cg_error_prefix(error, "writing %s", path);
        return status;
    }
    char *architecture_text = NULL, *card_text = NULL;
    cg_memory_forget();
    status = cg_json_dump(describe_architecture(&model->config), JSON_COMPACT, ARCHITECTURE_KEY,
                          &architecture_text, error);
    if (status == CG_OK)
        status = cg_json_dump(describe_card(card), JSON_COMPACT, CARD_KEY, &card_text, error);
    if (status != CG_OK) {
        cg_error_prefix(error, "writing %s", path);
    } else {
        const struct cg_metadata metadata[METADATA_COUNT] = {{ARCHITECTURE_KEY, architecture_text},
                                                             {CARD_KEY, card_text}};
        const float *blob = parameters != NULL ? parameters : model->parameters;
        status =
            cg_parameters_write(path, writing, (const struct cg_network *const[]){model->network},
                                &blob, 1, metadata, METADATA_COUNT, error);
    }
    free(card_text);
    free(architecture_text);
    return status;
}
