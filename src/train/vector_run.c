/* run.json of a vector GAN: see vector_run.h. */
#include "train/vector_run.h"

#include "base/file.h"
#include "base/memory.h"
#include "train/numbers.h"
#include "train/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUN_FILE "run.json"
#define RUN_NBYTES_MAX ((size_t)1 << 20)
#define RUN_DEPTH_MAX 3
/* Changes when a run of this program could not be gone on with by another. */
#define RUN_VERSION 2

struct cg_vector_run {
    json_t *root;
};

#define RECIPE(name, type)                                                                         \
    {                                                                                              \
#name, CG_NUMBER_##type, offsetof(struct cg_vector_recipe, name)                           \
    }

static const struct cg_number recipe_numbers[] = {
    RECIPE(batch, INT),
    RECIPE(d_steps, INT),
    RECIPE(objective, INT),
    RECIPE(label_smoothing, FLOAT),
    RECIPE(instance_noise, FLOAT),
    RECIPE(r1, FLOAT),
    RECIPE(spectral_norm, INT),
    RECIPE(augment, INT),
    RECIPE(mirror, INT),
    RECIPE(rule, INT),
    RECIPE(generator_rate, FLOAT),
    RECIPE(discriminator_rate, FLOAT),
    RECIPE(beta1, FLOAT),
    RECIPE(beta2, FLOAT),
    RECIPE(schedule, INT),
    RECIPE(warmup, STEPS),
    RECIPE(hold, STEPS),
    RECIPE(ema, FLOAT),
    RECIPE(log_steps, INT),
};
#define RECIPE_COUNT (sizeof(recipe_numbers) / sizeof(recipe_numbers[0]))

#define OPTION(name, type, field)                                                                  \
    {                                                                                              \
        name, CG_NUMBER_##type, offsetof(struct cg_vector_options, field)                          \
    }

static const struct cg_number option_numbers[] = {
    OPTION("side_px", INT, config.side_px),
    OPTION("channels", INT, config.channels),
    OPTION("noise", INT, config.noise),
    OPTION("dropout", FLOAT, config.dropout),
    OPTION("crops", INT, crops),
    OPTION("crop", FLOAT, crop),
    OPTION("seed", STEPS, seed),
};
#define OPTION_COUNT (sizeof(option_numbers) / sizeof(option_numbers[0]))

static json_t *widths_to_json(const struct cg_vector_widths *widths)
{
    json_t *array = json_array();
    for (int i = 0; i < widths->count; i++)
        json_array_append_new(array, json_integer(widths->width[i]));
    return array;
}

static enum cg_status widths_from_json(const json_t *root, const char *key, const char *path,
                                       struct cg_vector_widths *widths, struct cg_error *error)
{
    const json_t *array = json_object_get(root, key);
    size_t count = json_array_size(array);
    if (count < 1 || count > CG_VECTOR_WIDTHS_MAX)
        return cg_fail(error, CG_ERR_FORMAT, "%s: expected 1 to %d widths as \"%s\", found %zu",
                       path, CG_VECTOR_WIDTHS_MAX, key, count);
    widths->count = (int)count;
    for (size_t i = 0; i < count; i++)
        widths->width[i] = (int)json_integer_value(json_array_get(array, i));
    return CG_OK;
}

enum cg_status cg_vector_run_write(const struct cg_vector_options *options, uint64_t fingerprint,
                                   struct cg_error *error)
{
    char digits[32];
    enum cg_status status;
    char *path = cg_run_path(options->out_dir, RUN_FILE);
    snprintf(digits, sizeof(digits), "%016" PRIx64, fingerprint);
    json_t *root =
        json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "model", CG_VECTOR_NAME,
                  "version", RUN_VERSION, "comicgan", CG_VERSION, "data", options->data, "name",
                  options->name, "data_fingerprint", digits, "options",
                  cg_numbers_to_json(option_numbers, OPTION_COUNT, options), "recipe",
                  cg_numbers_to_json(recipe_numbers, RECIPE_COUNT, &options->recipe), "generator",
                  widths_to_json(&options->config.generator), "discriminator",
                  widths_to_json(&options->config.discriminator));
    char *text = root == NULL ? NULL : json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    if (path == NULL || text == NULL)
        status = cg_fail(error, CG_ERR_MEMORY,
                         "writing run.json: out of memory, or a path that is not UTF-8");
    else
        status = cg_file_write(path, text, strlen(text), error);
    free(text);
    json_decref(root);
    free(path);
    return status;
}

static enum cg_status check_kind(const json_t *root, const char *path, struct cg_error *error)
{
    const json_t *model = json_object_get(root, "model");
    int version = 0;
    if (!json_is_string(model) || strcmp(json_string_value(model), CG_VECTOR_NAME) != 0)
        return cg_fail(error, CG_ERR_FORMAT,
                       "%s: expected a run of the model \"" CG_VECTOR_NAME "\", found one of a "
                       "style",
                       path);
    enum cg_status status = cg_json_get_int(root, "version", 1, 1 << 20, path, &version, error);
    if (status == CG_OK && version != RUN_VERSION)
        status = cg_fail(error, CG_ERR_FORMAT,
                         "%s: expected a run of version %d, found %d: it belongs to another "
                         "version of comicgan",
                         path, RUN_VERSION, version);
    return status;
}

static enum cg_status options_from_json(const char *path, const json_t *root,
                                        struct cg_vector_options *options, uint64_t *fingerprint,
                                        struct cg_error *error)
{
    const char *digits;
    enum cg_status status = check_kind(root, path, error);
    if (status == CG_OK)
        status = cg_json_get_string(root, "data", path, &options->data, error);
    if (status == CG_OK)
        status = cg_json_get_string(root, "name", path, &options->name, error);
    if (status == CG_OK)
        status = cg_json_get_string(root, "data_fingerprint", path, &digits, error);
    if (status == CG_OK)
        status = cg_numbers_from_json(option_numbers, OPTION_COUNT,
                                      json_object_get(root, "options"), path, options, error);
    if (status == CG_OK)
        status = cg_numbers_from_json(recipe_numbers, RECIPE_COUNT, json_object_get(root, "recipe"),
                                      path, &options->recipe, error);
    if (status == CG_OK)
        status = widths_from_json(root, "generator", path, &options->config.generator, error);
    if (status == CG_OK)
        status =
            widths_from_json(root, "discriminator", path, &options->config.discriminator, error);
    if (status == CG_OK)
        *fingerprint = strtoull(digits, NULL, 16);
    return status;
}

static enum cg_status read_root(const char *out_dir, json_t **root, struct cg_error *error)
{
    uint8_t *bytes = NULL;
    size_t nbytes = 0;
    char *path = cg_run_path(out_dir, RUN_FILE);
    *root = NULL;
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "run.json: out of memory");
    enum cg_status status = cg_file_read(path, RUN_NBYTES_MAX, &bytes, &nbytes, error);
    if (status == CG_OK)
        status =
            cg_json_parse_object((const char *)bytes, nbytes, RUN_DEPTH_MAX, path, root, error);
    free(bytes);
    free(path);
    return status;
}

enum cg_status cg_vector_run_read(const char *out_dir, struct cg_vector_options *options,
                                  uint64_t *fingerprint, struct cg_vector_run **storage,
                                  struct cg_error *error)
{
    *storage = NULL;
    struct cg_vector_run *made = cg_alloc_zero(1, sizeof(*made), "run", error);
    if (made == NULL)
        return CG_ERR_MEMORY;
    enum cg_status status = read_root(out_dir, &made->root, error);
    if (status == CG_OK) {
        *options = (struct cg_vector_options){.out_dir = out_dir};
        status = options_from_json(out_dir, made->root, options, fingerprint, error);
    }
    if (status != CG_OK) {
        cg_vector_run_release(made);
        return status;
    }
    *storage = made;
    return CG_OK;
}

void cg_vector_run_release(struct cg_vector_run *storage)
{
    if (storage == NULL)
        return;
    json_decref(storage->root);
    free(storage);
}

bool cg_vector_is_run(const char *out_dir)
{
    json_t *root;
    bool is_run = read_root(out_dir, &root, NULL) == CG_OK && check_kind(root, "", NULL) == CG_OK;
    json_decref(root);
    return is_run;
}
