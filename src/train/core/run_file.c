/* run.json of any kind of run: see run_file.h. */
#include "train/core/run_file.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN_FILE "run.json"
#define RUN_NBYTES_MAX ((size_t)1 << 20)
#define RUN_DEPTH_MAX 3

/* ---- writing --------------------------------------------------------------------------------- */

json_t *cg_run_file_create(const struct cg_run_kind *kind, const struct cg_run_record *record,
                           const struct cg_run_source *source)
{
    char digits[32];
    snprintf(digits, sizeof(digits), "%016" PRIx64, source->fingerprint);
    cg_memory_forget();
    return json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:{s:I, s:f, s:i}}", "model", kind->model,
                     "version", kind->version, "comicgan", CG_VERSION, "name", source->name, "data",
                     source->data, "data_fingerprint", digits, "asked", "steps",
                     (json_int_t)record->limits->steps, "minutes", record->limits->minutes,
                     "threads", record->threads);
}

void cg_run_file_set(json_t **root, const char *key, json_t *value)
{
    if (json_object_set_new(*root, key, value) == 0)
        return;
    json_decref(*root);
    *root = NULL;
}

enum cg_status cg_run_file_write(const char *out_dir, json_t *root, struct cg_error *error)
{
    char *text;
    enum cg_status status = cg_json_dump(root, JSON_INDENT(2) | JSON_REAL_PRECISION(9),
                                         "writing " RUN_FILE, &text, error);
    char *path = cg_string_format("%s/" RUN_FILE, out_dir);
    if (status == CG_OK && path == NULL)
        status = cg_fail(error, CG_ERR_MEMORY, "writing " RUN_FILE ": out of memory");
    if (status == CG_OK)
        status = cg_file_write(path, text, strlen(text), error);
    free(path);
    free(text);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum cg_status parse(const char *path, json_t **root, struct cg_error *error)
{
    uint8_t *bytes = NULL;
    size_t nbytes = 0;
    enum cg_status status = cg_file_read(path, RUN_NBYTES_MAX, &bytes, &nbytes, error);
    if (status == CG_OK)
        status =
            cg_json_parse_object((const char *)bytes, nbytes, RUN_DEPTH_MAX, path, root, error);
    free(bytes);
    return status;
}

static enum cg_status check_kind(const struct cg_run_file *file, const struct cg_run_kind *kind,
                                 struct cg_error *error)
{
    int version;
    const json_t *model = json_object_get(file->root, "model");
    const json_t *program = json_object_get(file->root, "comicgan");
    if (json_is_string(model) && strcmp(json_string_value(model), kind->model) != 0)
        return cg_fail(error, CG_ERR_FORMAT, "%s: expected a run of the model \"%s\", found \"%s\"",
                       file->path, kind->model, json_string_value(model));
    enum cg_status status =
        cg_json_get_int(file->root, "version", 1, 1 << 20, file->path, &version, error);
    if (status == CG_OK && version != kind->version)
        status = cg_fail(error, CG_ERR_FORMAT,
                         "%s: expected a run of version %d, found %d, made by comicgan %s; go on "
                         "with it by that program, or start a new run in another folder (its "
                         "model.safetensors can be used as it is)",
                         file->path, kind->version, version,
                         json_is_string(program) ? json_string_value(program) : "of old");
    return status;
}

enum cg_status cg_run_file_read(const char *out_dir, const struct cg_run_kind *kind,
                                struct cg_run_file *out, struct cg_error *error)
{
    *out = (struct cg_run_file){.path = cg_string_format("%s/" RUN_FILE, out_dir)};
    if (out->path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, RUN_FILE ": out of memory");
    enum cg_status status = parse(out->path, &out->root, error);
    if (status == CG_OK)
        status = check_kind(out, kind, error);
    if (status != CG_OK)
        cg_run_file_release(out);
    return status;
}

void cg_run_file_release(struct cg_run_file *file)
{
    json_decref(file->root);
    free(file->path);
    *file = (struct cg_run_file){0};
}

enum cg_status cg_run_file_get_source(const struct cg_run_file *file, struct cg_run_source *out,
                                      struct cg_error *error)
{
    const char *digits;
    enum cg_status status =
        cg_json_get_string(file->root, "data_fingerprint", file->path, &digits, error);
    if (status == CG_OK)
        status = cg_json_get_string(file->root, "data", file->path, &out->data, error);
    if (status == CG_OK)
        status = cg_json_get_string(file->root, "name", file->path, &out->name, error);
    if (status == CG_OK)
        out->fingerprint = strtoull(digits, NULL, 16);
    return status;
}

enum cg_status cg_run_file_is(const char *out_dir, const char *model, bool *out,
                              struct cg_error *error)
{
    json_t *root = NULL;
    *out = false;
    char *path = cg_string_format("%s/" RUN_FILE, out_dir);
    if (path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, RUN_FILE ": out of memory");
    enum cg_status status = access(path, F_OK) == 0 ? parse(path, &root, error) : CG_OK;
    const char *name = json_string_value(json_object_get(root, "model"));
    *out = name != NULL && strcmp(name, model) == 0;
    json_decref(root);
    free(path);
    return status == CG_ERR_MEMORY || status == CG_ERR_IO ? status : CG_OK;
}
