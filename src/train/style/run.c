/* run.json: see run.h. */
#include "train/style/run.h"

#include "base/memory.h"
#include "model/architecture.h"
#include "train/core/json_fields.h"

static const struct cg_run_kind kind = {"style", 6};

static json_t *optional_string(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

enum cg_status cg_run_write(const struct cg_train_options *options,
                            const struct cg_train_limits *limits, uint64_t fingerprint,
                            struct cg_error *error)
{
    const struct cg_run_record record = {limits, options->threads};
    const struct cg_run_source source = {options->data_dir, options->name, fingerprint};
    json_t *root = cg_run_file_create(&kind, &record, &source);
    cg_run_file_set(&root, "photos", optional_string(options->photos_dir));
    cg_run_file_set(&root, "cache", json_string(options->cache_dir));
    cg_run_file_set(&root, "from", optional_string(options->from));
    cg_run_file_set(&root, "generator", optional_string(options->generator));
    cg_run_file_set(&root, "summary", json_string(options->summary));
    cg_run_file_set(&root, "detail_px", json_integer(options->detail_px));
    cg_run_file_set(&root, "photo_grow", json_real((double)options->photo_grow));
    cg_run_file_set(&root, "faces", optional_string(options->faces_file));
    cg_run_file_set(&root, "comic_detail_px", json_integer(options->comic_detail_px));
    cg_run_file_set(&root, "keep_all", json_boolean(options->keep_all));
    cg_run_file_set(&root, "strict", json_boolean(options->strict));
    cg_run_file_set(&root, "seed", json_integer((json_int_t)options->seed));
    cg_run_file_set(&root, "recipe", cg_json_fields_to_json(CG_RECIPE_OPTIONS, &options->recipe));
    return cg_run_file_write(options->out_dir, root, error);
}

static enum cg_status options_from_json(const struct cg_run_file *file,
                                        struct cg_train_options *options, uint64_t *fingerprint,
                                        struct cg_error *error)
{
    const json_t *root = file->root;
    const char *path = file->path;
    struct cg_run_source source;
    enum cg_status status = cg_run_file_get_source(file, &source, error);
    if (status == CG_OK)
        status = cg_json_get_string(root, "cache", path, &options->cache_dir, error);
    if (status == CG_OK)
        status = cg_json_get_string(root, "summary", path, &options->summary, error);
    if (status == CG_OK)
        status = cg_json_get_int(root, "detail_px", 64, 8192, path, &options->detail_px, error);
    if (status == CG_OK)
        status = cg_json_get_int(root, "comic_detail_px", 0, 8192, path, &options->comic_detail_px,
                                 error);
    if (status != CG_OK)
        return status;
    options->data_dir = source.data;
    options->name = source.name;
    *fingerprint = source.fingerprint;
    options->photo_grow = (float)json_number_value(json_object_get(root, "photo_grow"));
    options->faces_file = json_string_value(json_object_get(root, "faces"));
    options->photos_dir = json_string_value(json_object_get(root, "photos"));
    options->keep_all = json_is_true(json_object_get(root, "keep_all"));
    options->strict = json_is_true(json_object_get(root, "strict"));
    options->from = json_string_value(json_object_get(root, "from"));
    options->seed = (uint64_t)json_integer_value(json_object_get(root, "seed"));
    options->generator = json_string_value(json_object_get(root, "generator"));
    if (cg_generator_find(options->generator) == NULL)
        return cg_fail(error, CG_ERR_MODEL,
                       "%s: expected a known size as \"generator\", found \"%.64s\"", path,
                       options->generator);
    return cg_json_fields_from_json(CG_RECIPE_OPTIONS, json_object_get(root, "recipe"), path,
                                    &options->recipe, error);
}

enum cg_status cg_run_read(const char *out_dir, struct cg_train_options *options,
                           uint64_t *fingerprint, struct cg_run_file *file, struct cg_error *error)
{
    enum cg_status status = cg_run_file_read(out_dir, &kind, file, error);
    if (status != CG_OK)
        return status;
    *options = (struct cg_train_options){.out_dir = out_dir};
    status = options_from_json(file, options, fingerprint, error);
    if (status != CG_OK)
        cg_run_file_release(file);
    return status;
}
