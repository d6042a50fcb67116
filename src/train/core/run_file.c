/* run.json of any kind of run: see run_file.h. */
#include "train/core/run_file.h"

#include "base/file.h"
#include "base/file_writer.h"
#include "base/memory.h"
#include "image/walk.h"
#include "train/core/checkpoints.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN_FILE "run.json"
#define RUN_NBYTES_MAX ((size_t)1 << 20)
#define RUN_DEPTH_MAX 3

/* ---- writing --------------------------------------------------------------------------------- */

/* NULL on failure: out of memory, or a text that is not UTF-8. */
static json_t *to_json(const struct cg_option *rows, const void *structure)
{
    json_t *object = json_object();
    bool failed = false;
    for (const struct cg_option *row = rows; row->kind != CG_OPTION_NONE; row++) {
        const char *at = (const char *)structure + row->field;
        const char *text =
            row->kind == CG_OPTION_TEXT ? *(const char *const *)(const void *)at : "";
        json_t *value;
        if (row->key == NULL)
            continue;
        if (row->kind == CG_OPTION_GROUP)
            value = to_json(row->rows, at);
        else if (row->kind == CG_OPTION_TEXT)
            value = text == NULL ? json_null() : json_string(text);
        else if (row->kind == CG_OPTION_FLOAT || row->kind == CG_OPTION_DOUBLE)
            value = json_real(cg_option_get(row, structure));
        else
            value = json_integer((json_int_t)cg_option_get(row, structure));
        failed |= json_object_set_new(object, row->key, value) != 0;
    }
    if (failed) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* NULL as above; takes options and more over. */
static json_t *create(const struct cg_run_kind *kind, const struct cg_run_record *record,
                      json_t *options, json_t *more)
{
    char digits[32];
    snprintf(digits, sizeof(digits), "%016" PRIx64, record->fingerprint);
    json_t *root = json_pack("{s:s, s:i, s:s, s:s, s:{s:I, s:f, s:i}}", "model", kind->model,
                             "version", kind->version, "comicgan", CG_VERSION, "data_fingerprint",
                             digits, "asked", "steps", (json_int_t)record->limits->steps, "minutes",
                             record->limits->minutes, "threads", record->threads);
    if (json_object_update(root, options) != 0 ||
        (more != NULL && json_object_update(root, more) != 0)) {
        json_decref(root);
        root = NULL;
    }
    json_decref(more);
    json_decref(options);
    return root;
}

enum cg_status cg_run_file_write(const struct cg_run_kind *kind, const char *out_dir,
                                 const void *options, const struct cg_run_record *record,
                                 json_t *more, struct cg_error *error)
{
    char *text;
    cg_memory_forget();
    json_t *root = create(kind, record, to_json(kind->rows, options), more);
    enum cg_status status = cg_json_dump(root, JSON_INDENT(2), "writing " RUN_FILE, &text, error);
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

static enum cg_status read_number(const struct cg_option *row, const json_t *value,
                                  const char *path, void *structure, struct cg_error *error)
{
    bool bounded = row->name == NULL && row->high > row->low;
    double number = json_is_true(value) ? 1.0 : json_number_value(value);
    if (value == NULL && row->is_new)
        return CG_OK;
    if (!json_is_number(value) && !json_is_boolean(value))
        return cg_fail(error, CG_ERR_FORMAT, "%s: the recipe lacks a number: %s", path, row->key);
    if (bounded && !cg_option_in_range(row, number))
        return cg_fail(error, CG_ERR_MODEL, "%s: expected %g to %g as \"%s\", found %g", path,
                       row->low, row->high, row->key, number);
    cg_option_set(row, structure, number);
    return CG_OK;
}

static enum cg_status from_json(const struct cg_option *rows, const json_t *object,
                                const char *path, void *structure, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    for (const struct cg_option *row = rows; status == CG_OK && row->kind != CG_OPTION_NONE;
         row++) {
        void *at = (char *)structure + row->field;
        const json_t *value = row->key != NULL ? json_object_get(object, row->key) : NULL;
        bool missing = value == NULL || json_is_null(value);
        if (row->key == NULL || (missing && row->kind == CG_OPTION_TEXT && row->or_zero))
            continue;
        if (row->kind == CG_OPTION_GROUP)
            status = from_json(row->rows, value, path, at, error);
        else if (row->kind == CG_OPTION_TEXT)
            status = cg_json_get_string(object, row->key, path, at, error);
        else
            status = read_number(row, value, path, structure, error);
    }
    return status;
}

static enum cg_status read_members(const struct cg_run_kind *kind, struct cg_run_file *file,
                                   void *options, struct cg_error *error)
{
    const char *digits = NULL;
    enum cg_status status = check_kind(file, kind, error);
    if (status == CG_OK)
        status = cg_json_get_string(file->root, "data_fingerprint", file->path, &digits, error);
    if (status == CG_OK)
        status = from_json(kind->rows, file->root, file->path, options, error);
    if (status == CG_OK)
        file->fingerprint = strtoull(digits, NULL, 16);
    return status;
}

enum cg_status cg_run_file_read(const struct cg_run_kind *kind, const char *out_dir, void *options,
                                struct cg_run_file *out, struct cg_error *error)
{
    *out = (struct cg_run_file){.path = cg_string_format("%s/" RUN_FILE, out_dir)};
    if (out->path == NULL)
        return cg_fail(error, CG_ERR_MEMORY, RUN_FILE ": out of memory");
    enum cg_status status = parse(out->path, &out->root, error);
    if (status == CG_OK)
        status = read_members(kind, out, options, error);
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

char *cg_run_path(const char *out_dir, const char *name)
{
    return cg_string_format("%s/%s", out_dir, name);
}

/* ---- may a run begin ------------------------------------------------------------------------- */

bool cg_run_has_file(const char *name)
{
    static const char *const names[] = {CG_RUN_MODEL,  CG_RUN_DATA, CG_RUN_CARD, CG_RUN_CONTACT,
                                        CG_RUN_REPORT, "log.csv",   "run.json"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

bool cg_run_has_sample(const char *name)
{
    uint64_t step;
    char ending[8];
    return sscanf(name, "step-%" SCNu64 "%7s", &step, ending) == 2 &&
           (strcmp(ending, ".jpg") == 0 || strcmp(ending, ".png") == 0);
}

/* A list of pictures written by cg_dataset_write_report. */
static bool is_data_report(const char *path)
{
    static const char begin[] = "{\n \"photos\": [";
    uint8_t *bytes;
    size_t nbytes;
    if (cg_file_read_head(path, sizeof(begin) - 1, &bytes, &nbytes, NULL) != CG_OK)
        return false;
    bool is = nbytes == sizeof(begin) - 1 && memcmp(bytes, begin, nbytes) == 0;
    free(bytes);
    return is;
}

/* Whether a file is left from a run that ended before its first step: not worth keeping. */
static bool is_left_over(const char *folder, const char *name, const char *path)
{
    if (strcmp(name, CG_RUN_DATA) == 0)
        return is_data_report(path);
    bool is_style = false, is_vector = false;
    return (strcmp(name, "run.json") == 0 || strcmp(name, "log.csv") == 0) &&
           cg_run_file_is(folder, "style", &is_style, NULL) == CG_OK &&
           cg_run_file_is(folder, "vector", &is_vector, NULL) == CG_OK && (is_style || is_vector);
}

/* Apply the rule for outputs to the files that a run would write in a folder. */
static enum cg_status check_folder(const char *folder, bool (*is_written)(const char *name),
                                   struct cg_inputs *inputs, bool force, struct cg_error *error)
{
    enum cg_status status = CG_OK;
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return errno == ENOENT ? CG_OK : cg_fail_errno(error, "listing", folder, errno);
    for (struct dirent *entry; status == CG_OK && (entry = readdir(entries)) != NULL;) {
        if (!is_written(entry->d_name))
            continue;
        char *path = cg_run_path(folder, entry->d_name);
        if (path == NULL)
            status = cg_fail(error, CG_ERR_MEMORY, "run: out of memory");
        else
            status = cg_output_check(inputs, path,
                                     force || is_left_over(folder, entry->d_name, path), error);
        free(path);
    }
    closedir(entries);
    return status;
}

static enum cg_status check_files(const char *out_dir, struct cg_inputs *inputs, bool force,
                                  struct cg_error *error)
{
    char *samples = cg_run_path(out_dir, CG_RUN_SAMPLES);
    enum cg_status status =
        samples != NULL ? CG_OK : cg_fail(error, CG_ERR_MEMORY, "run: out of memory");
    if (status == CG_OK)
        status = check_folder(out_dir, cg_run_has_file, inputs, force, error);
    if (status == CG_OK)
        status = check_folder(samples, cg_run_has_sample, inputs, force, error);
    free(samples);
    return status;
}

enum cg_status cg_run_check_free(const char *out_dir, const char *const read[], bool force,
                                 struct cg_error *error)
{
    struct cg_inputs inputs = {0};
    bool exist = false;
    enum cg_status status = force ? CG_OK : cg_checkpoints_exist(out_dir, &exist, error);
    if (exist)
        return cg_fail(error, CG_ERR_STATE,
                       "%s: holds a run already; go on with it by --resume %s, choose another "
                       "folder, or replace it by --force",
                       out_dir, out_dir);
    for (; status == CG_OK && *read != NULL; read++)
        status = cg_walk_add_inputs(*read, &inputs, error);
    if (status == CG_OK)
        status = check_files(out_dir, &inputs, force, error);
    cg_inputs_clear(&inputs);
    if (status != CG_ERR_ARGUMENT)
        return status;
    if (error != NULL)
        error->status = CG_ERR_STATE;
    return CG_ERR_STATE;
}

/* path need not be there: then the nearest folder that is counts. */
static bool lies_in(const char *path, const char *folder)
{
    char here[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof(here))
        return false;
    memcpy(here, path, length + 1);
    while (access(here, F_OK) != 0 && strchr(here, '/') != NULL && strcmp(here, "/") != 0) {
        char *slash = strrchr(here, '/');
        slash[slash == here ? 1 : 0] = '\0';
    }
    if (access(here, F_OK) != 0)
        strcpy(here, ".");
    for (; !cg_file_is_same(here, folder); strcat(here, "/.."))
        if (cg_file_is_same(here, "/") || strlen(here) + 4 > sizeof(here))
            return false;
    return true;
}

enum cg_status cg_run_check_apart(const char *out_dir, const char *pictures, struct cg_error *error)
{
    if (out_dir == NULL || pictures == NULL || !lies_in(out_dir, pictures))
        return CG_OK;
    return cg_fail(error, CG_ERR_STATE,
                   "%s: lies in %s, where its samples would be learnt from like pictures; choose "
                   "another folder for the run",
                   out_dir, pictures);
}
