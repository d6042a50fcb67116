/* run.json of a vector GAN: see vector_run.h. */
#include "gan/vector_run.h"

#include "train/core/json_fields.h"

static const struct cg_run_kind kind = {CG_VECTOR_NAME, 3};

#define RECIPE(name, type)                                                                         \
    {                                                                                              \
#name, CG_FIELD_##type, offsetof(struct cg_vector_recipe, name)                            \
    }

static const struct cg_json_field recipe_fields[] = {
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
#define RECIPE_COUNT (sizeof(recipe_fields) / sizeof(recipe_fields[0]))

#define OPTION(name, type, field)                                                                  \
    {                                                                                              \
        name, CG_FIELD_##type, offsetof(struct cg_vector_options, field)                           \
    }

static const struct cg_json_field option_fields[] = {
    OPTION("side_px", INT, config.side_px),
    OPTION("channels", INT, config.channels),
    OPTION("noise", INT, config.latent),
    OPTION("dropout", FLOAT, config.dropout),
    OPTION("crops", INT, crops),
    OPTION("crop", FLOAT, crop),
    OPTION("seed", STEPS, seed),
};
#define OPTION_COUNT (sizeof(option_fields) / sizeof(option_fields[0]))

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

enum cg_status cg_vector_run_write(const struct cg_vector_options *options,
                                   const struct cg_train_limits *limits, uint64_t fingerprint,
                                   struct cg_error *error)
{
    const struct cg_run_record record = {limits, options->threads};
    const struct cg_vector_config *config = &options->config;
    const struct cg_run_source source = {options->data, options->name, fingerprint};
    json_t *root = cg_run_file_create(&kind, &record, &source);
    cg_run_file_set(&root, "options", cg_json_fields_to_json(option_fields, OPTION_COUNT, options));
    cg_run_file_set(&root, "recipe",
                    cg_json_fields_to_json(recipe_fields, RECIPE_COUNT, &options->recipe));
    cg_run_file_set(&root, "generator", widths_to_json(&config->generator));
    cg_run_file_set(&root, "discriminator", widths_to_json(&config->discriminator));
    return cg_run_file_write(options->out_dir, root, error);
}

static enum cg_status options_from_json(const struct cg_run_file *file,
                                        struct cg_vector_options *options, uint64_t *fingerprint,
                                        struct cg_error *error)
{
    const json_t *root = file->root;
    const char *path = file->path;
    struct cg_run_source source;
    enum cg_status status = cg_run_file_get_source(file, &source, error);
    if (status == CG_OK)
        status = cg_json_fields_from_json(option_fields, OPTION_COUNT,
                                          json_object_get(root, "options"), path, options, error);
    if (status == CG_OK)
        status =
            cg_json_fields_from_json(recipe_fields, RECIPE_COUNT, json_object_get(root, "recipe"),
                                     path, &options->recipe, error);
    if (status == CG_OK)
        status = widths_from_json(root, "generator", path, &options->config.generator, error);
    if (status == CG_OK)
        status =
            widths_from_json(root, "discriminator", path, &options->config.discriminator, error);
    if (status != CG_OK)
        return status;
    options->data = source.data;
    options->name = source.name;
    *fingerprint = source.fingerprint;
    return CG_OK;
}

enum cg_status cg_vector_run_read(const char *out_dir, struct cg_vector_options *options,
                                  uint64_t *fingerprint, struct cg_run_file *file,
                                  struct cg_error *error)
{
    enum cg_status status = cg_run_file_read(out_dir, &kind, file, error);
    if (status != CG_OK)
        return status;
    *options = (struct cg_vector_options){.out_dir = out_dir};
    status = options_from_json(file, options, fingerprint, error);
    if (status != CG_OK)
        cg_run_file_release(file);
    return status;
}

enum cg_status cg_vector_is_run(const char *out_dir, bool *out, struct cg_error *error)
{
    return cg_run_file_is(out_dir, CG_VECTOR_NAME, out, error);
}
