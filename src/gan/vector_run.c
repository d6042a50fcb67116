/* run.json of a vector GAN: see vector_run.h. */
#include "gan/vector_run.h"

#include "train/core/json_fields.h"

static const struct cg_run_kind kind = {CG_VECTOR_NAME, 3};

#define AT(member) offsetof(struct cg_vector_options, member)

const struct cg_option CG_VECTOR_OPTIONS[] = {
    {"Pictures:", .kind = CG_OPTION_HEADING},
    {"side", 0, CG_OPTION_INT, AT(config.side_px), "PX", "side of the pictures (default %d)", 4,
     CG_VECTOR_SIDE_MAX_PX, .key = "side_px"},
    {"channels", 0, CG_OPTION_INT, AT(config.channels), "N", "1, grey, or 3, colour (default %d)",
     1, 3, .key = "channels"},
    {"crop", 0, CG_OPTION_FLOAT, AT(crop), "SHARE",
     "side of the crops as a share of the picture's shorter side, give or take a quarter (default "
     "%d; 1: the middle square of each)",
     0.05, 1, .key = "crop"},
    {"crops", 0, CG_OPTION_INT, AT(crops), "N",
     "crops of each picture (default: enough for 8192 in all)", 1, CG_SAMPLES_CROPS_MAX,
     .key = "crops"},
    {"noise", 0, CG_OPTION_INT, AT(config.latent), "N",
     "numbers that a picture is made from (default %d)", 1, CG_VECTOR_LATENT_MAX, .key = "noise"},
    {"dropout", 0, CG_OPTION_FLOAT, AT(config.dropout), "P",
     "share of D's hidden values dropped (default %d)", 0, 0.9, .key = "dropout"},
    {.kind = CG_OPTION_STEPS, .field = AT(seed), .key = "seed"},
    {.kind = CG_OPTION_FLAG, .field = AT(strict), .key = "strict", .is_new = true},
    CG_OPTION_END,
};

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
    cg_run_file_set(&root, "options", cg_json_fields_to_json(CG_VECTOR_OPTIONS, options));
    cg_run_file_set(&root, "recipe",
                    cg_json_fields_to_json(CG_VECTOR_RECIPE_OPTIONS, &options->recipe));
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
        status = cg_json_fields_from_json(CG_VECTOR_OPTIONS, json_object_get(root, "options"), path,
                                          options, error);
    if (status == CG_OK)
        status = cg_json_fields_from_json(CG_VECTOR_RECIPE_OPTIONS, json_object_get(root, "recipe"),
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
