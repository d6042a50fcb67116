/* The vector GAN and its file: see vector_model.h. */
#include "gan/vector_model.h"

#include "base/json.h"
#include "base/memory.h"
#include "model/parameters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARCHITECTURE_KEY "comicgan.architecture"
#define CARD_KEY "comicgan.card"
#define SLOPE 0.2f
#define NAME_MAX_CHARS 64

const struct cg_vector_config CG_VECTOR_DEFAULT = {
    .side_px = 28,
    .channels = 1,
    .latent = 100,
    .generator = {3, {256, 512, 1024}},
    .discriminator = {3, {1024, 512, 256}},
};

size_t cg_vector_pixels(const struct cg_vector_config *config)
{
    return (size_t)config->side_px * (size_t)config->side_px * (size_t)config->channels;
}

/* ---- the networks ---------------------------------------------------------------------------- */

static enum cg_status check_range(const char *what, int value, int low, int high,
                                  struct cg_error *error)
{
    if (value >= low && value <= high)
        return CG_OK;
    return cg_fail(error, CG_ERR_MODEL, "%s: expected %d to %d, found %d", what, low, high, value);
}

static enum cg_status check_widths(const char *what, const struct cg_vector_widths *widths,
                                   struct cg_error *error)
{
    enum cg_status status =
        check_range("number of hidden layers", widths->count, 1, CG_VECTOR_WIDTHS_MAX, error);
    for (int i = 0; status == CG_OK && i < widths->count; i++)
        status = check_range("width of a layer", widths->width[i], 1, CG_VECTOR_WIDTH_MAX, error);
    if (status != CG_OK)
        cg_error_prefix(error, "%s", what);
    return status;
}

static enum cg_status check_config(const struct cg_vector_config *config, struct cg_error *error)
{
    enum cg_status status =
        check_range("side of the pictures", config->side_px, 4, CG_VECTOR_SIDE_MAX_PX, error);
    if (status == CG_OK && config->channels != 1 && config->channels != 3)
        status =
            cg_fail(error, CG_ERR_MODEL, "channels: expected 1 or 3, found %d", config->channels);
    if (status == CG_OK)
        status = check_range("noise", config->latent, 1, CG_VECTOR_LATENT_MAX, error);
    if (status == CG_OK)
        status = check_widths("generator", &config->generator, error);
    if (status == CG_OK)
        status = check_widths("discriminator", &config->discriminator, error);
    if (status == CG_OK && !(config->dropout >= 0.0f && config->dropout <= 0.9f))
        status = cg_fail(error, CG_ERR_MODEL, "dropout: expected 0 to 0.9, found %g",
                         (double)config->dropout);
    return status;
}

struct chain {
    const char *name;
    int in, out;
    const struct cg_vector_widths *hidden;
    enum cg_activation between, last;
    float dropout;
};

static enum cg_status add_linear(struct cg_network *network, const char *name, int number,
                                 int out_channels, enum cg_activation activation,
                                 struct cg_error *error)
{
    struct cg_layer layer = {.kind = CG_LAYER_LINEAR,
                             .from = network->layer_count - 1,
                             .out_channels = out_channels,
                             .activation = activation,
                             .slope = SLOPE};
    snprintf(layer.name, sizeof(layer.name), "%s.%d", name, number);
    return cg_network_add(network, &layer, NULL, error);
}

static enum cg_status build_chain(const struct chain *chain, struct cg_network **out,
                                  struct cg_error *error)
{
    struct cg_network *network;
    enum cg_status status = cg_network_create(chain->in, &network, error);
    for (int i = 0; status == CG_OK && i < chain->hidden->count; i++) {
        status =
            add_linear(network, chain->name, i, chain->hidden->width[i], chain->between, error);
        struct cg_layer dropout = {
            .kind = CG_LAYER_DROPOUT, .from = network->layer_count - 1, .rate = chain->dropout};
        if (status == CG_OK && chain->dropout > 0.0f)
            status = cg_network_add(network, &dropout, NULL, error);
    }
    if (status == CG_OK)
        status =
            add_linear(network, chain->name, chain->hidden->count, chain->out, chain->last, error);
    if (status != CG_OK) {
        cg_network_free(network);
        network = NULL;
    }
    *out = network;
    return status;
}

enum cg_status cg_vector_generator_build(const struct cg_vector_config *config,
                                         struct cg_network **out, struct cg_error *error)
{
    *out = NULL;
    enum cg_status status = check_config(config, error);
    if (status != CG_OK)
        return status;
    struct chain chain = {.name = "generator",
                          .in = config->latent,
                          .out = (int)cg_vector_pixels(config),
                          .hidden = &config->generator,
                          .between = CG_ACT_RELU,
                          .last = CG_ACT_TANH};
    return build_chain(&chain, out, error);
}

enum cg_status cg_vector_discriminator_build(const struct cg_vector_config *config,
                                             struct cg_network **out, struct cg_error *error)
{
    *out = NULL;
    enum cg_status status = check_config(config, error);
    if (status != CG_OK)
        return status;
    struct chain chain = {.name = "discriminator",
                          .in = (int)cg_vector_pixels(config),
                          .out = 1,
                          .hidden = &config->discriminator,
                          .between = CG_ACT_LEAKY_RELU,
                          .last = CG_ACT_NONE,
                          .dropout = config->dropout};
    return build_chain(&chain, out, error);
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum cg_status read_widths(const json_t *object, const char *key,
                                  struct cg_vector_widths *widths, struct cg_error *error)
{
    const json_t *array = json_object_get(object, key);
    size_t count = json_array_size(array);
    if (count < 1 || count > CG_VECTOR_WIDTHS_MAX)
        return cg_fail(error, CG_ERR_MODEL,
                       "%s: expected an array of 1 to %d widths as \"%s\", found %s of %zu",
                       ARCHITECTURE_KEY, CG_VECTOR_WIDTHS_MAX, key, cg_json_type_name(array),
                       count);
    widths->count = (int)count;
    for (size_t i = 0; i < count; i++) {
        json_int_t width = json_integer_value(json_array_get(array, i));
        if (width < 1 || width > CG_VECTOR_WIDTH_MAX)
            return cg_fail(error, CG_ERR_MODEL, "%s: expected widths of 1 to %d in \"%s\"",
                           ARCHITECTURE_KEY, CG_VECTOR_WIDTH_MAX, key);
        widths->width[i] = (int)width;
    }
    return CG_OK;
}

static enum cg_status read_config(const json_t *object, struct cg_vector_config *config,
                                  struct cg_error *error)
{
    const char *what = ARCHITECTURE_KEY, *kind;
    enum cg_status status = cg_json_get_string(object, "kind", what, &kind, error);
    if (status == CG_OK && strcmp(kind, CG_VECTOR_NAME) != 0)
        status =
            cg_fail(error, CG_ERR_MODEL,
                    "expected a GAN of the kind \"" CG_VECTOR_NAME "\" (comicgan train "
                    "--model vector), found the kind \"%.64s\"%s",
                    kind, strcmp(kind, "shift-mlp") == 0 ? ", a style for comicgan convert" : "");
    if (status == CG_OK)
        status = cg_json_get_int(object, "side_px", 4, CG_VECTOR_SIDE_MAX_PX, what,
                                 &config->side_px, error);
    if (status == CG_OK)
        status = cg_json_get_int(object, "channels", 1, 3, what, &config->channels, error);
    if (status == CG_OK)
        status =
            cg_json_get_int(object, "noise", 1, CG_VECTOR_LATENT_MAX, what, &config->latent, error);
    if (status == CG_OK)
        status = read_widths(object, "generator", &config->generator, error);
    if (status == CG_OK)
        status = read_widths(object, "discriminator", &config->discriminator, error);
    return status;
}

static enum cg_status read_name(const json_t *card, char **out, struct cg_error *error)
{
    const char *name;
    enum cg_status status = cg_json_get_string(card, "name", CARD_KEY, &name, error);
    if (status != CG_OK)
        return status;
    if (strlen(name) > NAME_MAX_CHARS)
        return cg_fail(error, CG_ERR_MODEL, "%s: expected a name of at most %d bytes, found %zu",
                       CARD_KEY, NAME_MAX_CHARS, strlen(name));
    *out = cg_string_copy(name);
    return *out != NULL ? CG_OK : cg_fail(error, CG_ERR_MEMORY, "model: out of memory");
}

static enum cg_status load(struct cg_vector_model *model, const struct cg_safetensors *file,
                           struct cg_error *error)
{
    json_t *architecture = NULL, *card = NULL;
    enum cg_status status = cg_metadata_object(file, ARCHITECTURE_KEY, &architecture, error);
    if (status == CG_OK)
        status = read_config(architecture, &model->config, error);
    if (status == CG_OK)
        status = cg_metadata_object(file, CARD_KEY, &card, error);
    if (status == CG_OK)
        status = read_name(card, &model->name, error);
    if (status == CG_OK)
        status = cg_vector_generator_build(&model->config, &model->networks[CG_VECTOR_G], error);
    if (status == CG_OK)
        status =
            cg_vector_discriminator_build(&model->config, &model->networks[CG_VECTOR_D], error);
    if (status == CG_OK)
        status = cg_parameters_load(file, (const struct cg_network *const *)model->networks,
                                    model->parameters, CG_VECTOR_NETWORKS, error);
    json_decref(card);
    json_decref(architecture);
    return status;
}

enum cg_status cg_vector_model_read(const char *path, struct cg_vector_model **out,
                                    struct cg_error *error)
{
    struct cg_safetensors *file = NULL;
    struct cg_vector_model *model = NULL;
    *out = NULL;
    enum cg_status status = cg_safetensors_read(path, &file, error);
    if (status == CG_OK) {
        model = cg_alloc_zero(1, sizeof(*model), "model", error);
        status = model == NULL ? CG_ERR_MEMORY : load(model, file, error);
        if (status != CG_OK)
            cg_error_prefix(error, "%s", path);
    }
    cg_safetensors_free(file);
    if (status != CG_OK) {
        cg_vector_model_free(model);
        return status;
    }
    *out = model;
    return CG_OK;
}

void cg_vector_model_free(struct cg_vector_model *model)
{
    if (model == NULL)
        return;
    for (int n = 0; n < CG_VECTOR_NETWORKS; n++) {
        free(model->parameters[n]);
        cg_network_free(model->networks[n]);
    }
    free(model->name);
    free(model);
}

/* ---- writing --------------------------------------------------------------------------------- */

json_t *cg_vector_widths_to_json(const struct cg_vector_widths *widths)
{
    json_t *array = json_array();
    for (int i = 0; i < widths->count; i++)
        json_array_append_new(array, json_integer(widths->width[i]));
    return array;
}

enum cg_status cg_vector_model_write(const char *path, const struct cg_vector_model *model,
                                     const float *const parameters[CG_VECTOR_NETWORKS],
                                     struct cg_error *error)
{
    const struct cg_vector_config *config = &model->config;
    char *architecture = NULL, *card = NULL;
    cg_memory_forget();
    enum cg_status status = cg_json_dump(
        json_pack("{s:s, s:i, s:i, s:i, s:o, s:o}", "kind", CG_VECTOR_NAME, "side_px",
                  config->side_px, "channels", config->channels, "noise", config->latent,
                  "generator", cg_vector_widths_to_json(&config->generator), "discriminator",
                  cg_vector_widths_to_json(&config->discriminator)),
        JSON_COMPACT, ARCHITECTURE_KEY, &architecture, error);
    if (status == CG_OK)
        status = cg_json_dump(json_pack("{s:s}", "name", model->name), JSON_COMPACT, CARD_KEY,
                              &card, error);
    if (status != CG_OK) {
        cg_error_prefix(error, "writing %s", path);
    } else {
        const struct cg_metadata metadata[] = {{ARCHITECTURE_KEY, architecture}, {CARD_KEY, card}};
        status = cg_parameters_write(
            path, CG_WRITE_OVER, (const struct cg_network *const *)model->networks, parameters,
            CG_VECTOR_NETWORKS, metadata, sizeof(metadata) / sizeof(metadata[0]), error);
    }
    free(card);
    free(architecture);
    return status;
}
