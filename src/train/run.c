/* run.json: see run.h. */
#include "train/run.h"

#include "base/file.h"
#include "base/memory.h"
#include "train/numbers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN_FILE "run.json"
#define RUN_NBYTES_MAX ((size_t)1 << 20)
#define RUN_DEPTH_MAX 3
/* Changes when a run of this program could not be gone on with by another. */
#define RUN_VERSION 2

struct cg_run_storage {
    json_t *root;
};

/* The recipe's numbers by name. */
static const struct cg_number numbers[] = {
    {"crop_px", CG_NUMBER_INT, offsetof(struct cg_recipe, crop_px)},
    {"batch", CG_NUMBER_INT, offsetof(struct cg_recipe, batch)},
    {"shard_crops", CG_NUMBER_INT, offsetof(struct cg_recipe, shard_crops)},
    {"noise", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, noise)},
    {"consistency", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, consistency)},
    {"pretrain_steps", CG_NUMBER_STEPS, offsetof(struct cg_recipe, pretrain_steps)},
    {"head_start_steps", CG_NUMBER_STEPS, offsetof(struct cg_recipe, head_start_steps)},
    {"colour", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, colour)},
    {"gradient", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, gradient)},
    {"comic", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, comic)},
    {"ink", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, ink)},
    {"chroma", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, chroma)},
    {"palette", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, palette)},
    {"target_share", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, target_share)},
    {"teacher_share", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, teacher_share)},
    {"objective", CG_NUMBER_INT, offsetof(struct cg_recipe, objective)},
    {"adversarial_line", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, adversarial[CG_CRITIC_LINE])},
    {"adversarial_colour", CG_NUMBER_FLOAT,
     offsetof(struct cg_recipe, adversarial[CG_CRITIC_COLOUR])},
    {"pretrain_rate", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, pretrain_rate)},
    {"generator_rate", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, generator_rate)},
    {"critic_rate", CG_NUMBER_FLOAT, offsetof(struct cg_recipe, critic_rate)},
};

char *cg_run_path(const char *out_dir, const char *name)
{
    return cg_string_format("%s/%s", out_dir, name);
}

enum cg_status cg_run_check_free(const char *out_dir, struct cg_error *error)
{
    char *checkpoint = cg_run_path(out_dir, CG_RUN_CHECKPOINT);
    if (checkpoint == NULL)
        return cg_fail(error, CG_ERR_MEMORY, "training: out of memory");
    bool exists = access(checkpoint, F_OK) == 0;
    free(checkpoint);
    if (exists)
        return cg_fail(error, CG_ERR_STATE,
                       "%s: holds a run already; go on with it by --resume %s, or choose another "
                       "folder",
                       out_dir, out_dir);
    return CG_OK;
}

#define NUMBER_COUNT (sizeof(numbers) / sizeof(numbers[0]))

static json_t *optional_string(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

static json_t *options_to_json(const struct cg_train_options *options, uint64_t fingerprint)
{
    char digits[32];
    json_t *root = json_object();
    json_object_set_new(root, "version", json_integer(RUN_VERSION));
    json_object_set_new(root, "comicgan", json_string(CG_VERSION));
    json_object_set_new(root, "data", json_string(options->data_dir));
    json_object_set_new(root, "cache", json_string(options->cache_dir));
    json_object_set_new(root, "from", optional_string(options->from));
    json_object_set_new(root, "name", json_string(options->name));
    json_object_set_new(root, "summary", json_string(options->summary));
    json_object_set_new(root, "detail_px", json_integer(options->detail_px));
    json_object_set_new(root, "seed", json_integer((json_int_t)options->seed));
    snprintf(digits, sizeof(digits), "%016" PRIx64, fingerprint);
    json_object_set_new(root, "data_fingerprint", json_string(digits));
    json_object_set_new(root, "recipe",
                        cg_numbers_to_json(numbers, NUMBER_COUNT, &options->recipe));
    return root;
}

enum cg_status cg_run_write(const struct cg_train_options *options, uint64_t fingerprint,
                            struct cg_error *error)
{
    enum cg_status status = CG_OK;
    char *path = cg_run_path(options->out_dir, RUN_FILE);
    json_t *root = options_to_json(options, fingerprint);
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
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

static enum cg_status options_from_json(const char *path, const json_t *root,
                                        struct cg_train_options *options, uint64_t *fingerprint,
                                        struct cg_error *error)
{
    int version;
    const char *digits;
    enum cg_status status = cg_json_get_int(root, "version", 1, 1 << 20, path, &version, error);
    if (status == CG_OK && version != RUN_VERSION)
        status = cg_fail(error, CG_ERR_FORMAT,
                         "%s: expected a run of version %d, found %d: it belongs to another "
                         "version of comicgan",
                         path, RUN_VERSION, version);
    if (status == CG_OK)
        status = cg_json_get_string(root, "data", path, &options->data_dir, error);
    if (status == CG_OK)
        status = cg_json_get_string(root, "cache", path, &options->cache_dir, error);
    if (status == CG_OK)
        status = cg_json_get_string(root, "name", path, &options->name, error);
    if (status == CG_OK)
        status = cg_json_get_string(root, "summary", path, &options->summary, error);
    if (status == CG_OK)
        status = cg_json_get_int(root, "detail_px", 64, 8192, path, &options->detail_px, error);
    if (status == CG_OK)
        status = cg_json_get_string(root, "data_fingerprint", path, &digits, error);
    if (status != CG_OK)
        return status;
    *fingerprint = strtoull(digits, NULL, 16);
    options->from = json_string_value(json_object_get(root, "from"));
    options->seed = (uint64_t)json_integer_value(json_object_get(root, "seed"));
    return cg_numbers_from_json(numbers, NUMBER_COUNT, json_object_get(root, "recipe"), path,
                                &options->recipe, error);
}

enum cg_status cg_run_read(const char *out_dir, struct cg_train_options *options,
                           uint64_t *fingerprint, struct cg_run_storage **storage,
                           struct cg_error *error)
{
    uint8_t *bytes = NULL;
    size_t nbytes = 0;
    char *path = cg_run_path(out_dir, RUN_FILE);
    struct cg_run_storage *made = cg_alloc_zero(1, sizeof(*made), "run", error);
    enum cg_status status = path == NULL || made == NULL ? CG_ERR_MEMORY : CG_OK;
    *storage = NULL;
    if (status == CG_OK)
        status = cg_file_read(path, RUN_NBYTES_MAX, &bytes, &nbytes, error);
    if (status == CG_OK)
        status = cg_json_parse_object((const char *)bytes, nbytes, RUN_DEPTH_MAX, path, &made->root,
                                      error);
    if (status == CG_OK) {
        *options = (struct cg_train_options){.out_dir = out_dir};
        status = options_from_json(path, made->root, options, fingerprint, error);
    }
    if (status == CG_OK)
        *storage = made;
    else
        cg_run_release(made);
    free(bytes);
    free(path);
    return status;
}

void cg_run_release(struct cg_run_storage *storage)
{
    if (storage == NULL)
        return;
    json_decref(storage->root);
    free(storage);
}
